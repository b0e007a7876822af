"""What holds for all tests."""

from __future__ import annotations

import signal

from hypothesis import settings

# A generated example that takes long on a busy machine is no failure.
settings.register_profile("searchkit", deadline=None)
settings.load_profile("searchkit")

# A shell that starts the tests in the background has them ignore Ctrl-C, and so would each process that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
