"""Processes of our own: the command that starts one, and how it ends with its parent.

Such a process is a plain child on two pipes. It imports what its work needs and no more, and is given its work as messages
(`transfer.py`) on its standard input, which its parent holds open as long as it lives.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from pathlib import Path
from threading import Thread

_START = "import sys; sys.path.insert(0, sys.argv[1]); from importlib import import_module as i; i(sys.argv[2]).main()"


def command(module: str) -> list[str]:
    """What starts a process that runs `main` of a module of searchkit: the same searchkit, wherever ours came from."""
    return [sys.executable, "-c", _START, str(Path(__file__).parents[1]), module]


def end_with_parent() -> None:
    """From now on end this process as soon as nobody holds the other end of its standard input, whatever it is doing.

    Ctrl-C is for the parent, whose end is seen so.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    hang_up = select.poll()
    hang_up.register(sys.stdin.fileno(), 0)
    if hang_up.poll(0):
        os._exit(1)  # gone while we were starting
    Thread(target=_end, args=(hang_up,), daemon=True).start()


def _end(hang_up: select.poll) -> None:
    hang_up.poll()
    os._exit(1)
