"""What this run may do on its streams: colour, width, hyperlinks, the pager, and how a closed pipe ends it.

Imports no click: a simple query is answered without it (`cli.run`).
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress

from searchkit.value import Value


class Look(Value):
    """`layout`: text laid out for people rather than lines for programs; `terminal`: stdout is one."""

    layout: bool
    color: bool
    terminal: bool
    hyperlinks: bool
    width: int


def look(*, color: str, hyperlinks: bool, force_layout: bool, environment: Mapping[str, str] = os.environ) -> Look:
    """How to write to stdout. `color` is "auto", "always" or "never"; auto asks NO_COLOR, FORCE_COLOR and TERM."""
    terminal = sys.stdout.isatty()
    dumb = environment.get("TERM") == "dumb"
    forced = environment.get("FORCE_COLOR", "") not in ("", "0")
    if color == "auto":
        colored = (forced or (terminal and not dumb)) and not environment.get("NO_COLOR")
    else:
        colored = color == "always"
    layout = terminal or force_layout or color == "always"
    width = _width() if layout else 80
    return Look(layout, colored, terminal, hyperlinks and terminal and not dumb and color != "never", width)


def _width() -> int:
    """The columns of the terminal: what COLUMNS says, else what the terminal on stdout says, else 80."""
    import shutil

    return shutil.get_terminal_size((80, 24)).columns


def tell(message: str) -> None:
    """Say something on standard error."""
    print(message, file=sys.stderr)


def end_quietly_on_closed_pipe() -> None:
    """Let a closed pipe end this process the way it ends grep. Only for commands that change nothing."""
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def write(pieces: Iterable[str], *, raw_names: bool = False) -> None:
    """Write text to stdout as UTF-8; `raw_names` passes undecodable file names through as the bytes they are."""
    if reconfigure := getattr(sys.stdout, "reconfigure", None):
        reconfigure(encoding="utf-8", errors="surrogateescape" if raw_names else "backslashreplace")
    for piece in pieces:
        sys.stdout.write(piece)
    sys.stdout.flush()


def page(pieces: Iterable[str], environment: Mapping[str, str] = os.environ) -> None:
    """Write text through the pager of the user, or plainly where there is none. Leaving the pager early is no error."""
    import shutil
    import subprocess

    command = (environment.get("SEARCHKIT_PAGER") or environment.get("PAGER") or "less").strip()
    # On a terminal that cannot move its cursor, as inside an editor, less asks for a key and shows nothing.
    dumb = environment.get("TERM", "dumb") == "dumb"
    if dumb or command in ("", "cat") or shutil.which(command.split()[0]) is None:
        write(pieces)
        return
    settings = {"LESS": "FRX", "LV": "-c", **environment}
    process = subprocess.Popen(
        command, shell=True, stdin=subprocess.PIPE, env=settings, encoding="utf-8", errors="backslashreplace"
    )
    assert process.stdin is not None
    # The pager ends before the text does when the user has seen enough: that must not end this process, too. Ctrl-C
    # is for the pager to handle; what was written so far can still be read in it.
    with _closed_pipe_raises(), suppress(BrokenPipeError, KeyboardInterrupt):
        for piece in pieces:
            process.stdin.write(piece)
            process.stdin.flush()
    with _closed_pipe_raises(), suppress(BrokenPipeError):
        process.stdin.close()
    while True:
        try:
            process.wait()
            break
        except KeyboardInterrupt:
            continue


@contextmanager
def _closed_pipe_raises() -> Iterator[None]:
    """Inside the block a closed pipe is a BrokenPipeError."""
    if not hasattr(signal, "SIGPIPE"):
        yield
        return
    before = signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGPIPE, before)
