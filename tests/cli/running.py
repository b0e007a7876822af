"""Runs the command line as users do: a process of its own, with pipes or on a pseudo-terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent.parent
COMMAND = (sys.executable, "-m", "searchkit")
PATIENCE_S = 60


@dataclass(frozen=True)
class Done:
    """What a process left: its exit status (negative: the signal that ended it), its output and its messages."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


def environment(home: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """An environment without anything of the one that runs the tests."""
    plain = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(REPOSITORY), "LANG": "C.UTF-8"}
    return plain | dict(more or {})


class Shell:
    """A folder in which searchkit is run, with a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self, *arguments: str, stdin: str | bytes = "", env: Mapping[str, str] | None = None, cwd: str = "."
    ) -> Done:
        """Run with pipes."""
        done = subprocess.run(
            (*COMMAND, *arguments),
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            cwd=self.folder / cwd,
            env=environment(self.folder, env),
            timeout=PATIENCE_S,
        )
        return Done(done.returncode, _text(done.stdout), _text(done.stderr))

    def script(self, line: str, env: Mapping[str, str] | None = None) -> Done:
        """Run a line of shell, in which `$searchkit` is the command; its status is that of the first of a pipe."""
        more = {"searchkit": " ".join(COMMAND)} | dict(env or {})
        done = subprocess.run(
            ("bash", "-c", f"{line}\nexit ${{PIPESTATUS[0]}}"),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=self.folder,
            env=environment(self.folder, more),
            timeout=PATIENCE_S,
        )
        return Done(done.returncode, _text(done.stdout), _text(done.stderr))

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start with pipes, and leave it running."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            (*COMMAND, *arguments),
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            cwd=self.folder,
            env=environment(self.folder),
            start_new_session=True,
        )

    def terminal(
        self, *arguments: str, env: Mapping[str, str] | None = None, columns: int = 80, messages: bool = False
    ) -> Done:
        """Run on a pseudo-terminal: `out` is what it shows; messages go there, too, or to a pipe of their own.

        There is no pager but one that `env` names.
        """
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        process = subprocess.Popen(
            (*COMMAND, *arguments),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs if messages else subprocess.PIPE,
            cwd=self.folder,
            env=environment(self.folder, {"TERM": "xterm-256color", "SEARCHKIT_PAGER": "cat"} | dict(env or {})),
        )
        os.close(theirs)
        shown = b""
        while chunk := _read(ours):
            shown += chunk
        os.close(ours)
        err = b"" if messages else process.communicate(timeout=PATIENCE_S)[1]
        return Done(process.wait(PATIENCE_S), _text(shown).replace("\r\n", "\n"), _text(err))


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until something becomes true; fail when it does not."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # how Linux tells that the other side is closed
        return b""


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
