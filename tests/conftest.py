"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

# A generated example that takes long on a busy machine is no failure.
settings.register_profile("searchkit", deadline=None)
settings.load_profile("searchkit")
