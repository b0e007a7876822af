"""The writers' lock: an flock on `lock` in the index directory, with the holder's name inside.

The kernel releases the lock when its holder ends, however it ends; what the file says is for people only, so a stale
name in it is harmless. The file stays: removing it would let two writers lock two files of one name.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from searchkit.errors import EngineError, IndexLockedError

_POLL_S = 0.05


class IndexLock:
    """Held inside its `with` block; entering waits up to `wait_s` seconds, then raises `IndexLockedError`."""

    def __init__(self, directory: Path, wait_s: float = 0.0) -> None:
        self._directory = directory
        self._path = directory / "lock"
        self._wait_s = wait_s

    def __enter__(self) -> None:
        end = time.monotonic() + self._wait_s
        try:
            # Never through a symbolic link: what is locked is written to, and must lie in the index.
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as exc:
            raise EngineError(f"{self._directory}/ cannot be written ({exc.strerror})") from exc
        try:
            while not self._acquired():
                if time.monotonic() >= end:
                    raise self._locked()
                time.sleep(_POLL_S)
            self._sign()
        except BaseException:
            os.close(self._file)
            raise

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        os.close(self._file)

    def _acquired(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _sign(self) -> None:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        holder = {"pid": os.getpid(), "host": os.uname().nodename, "since": since, "command": sys.argv[:8]}
        with suppress(OSError):  # a full disk must not keep anybody from deleting
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, json.dumps(holder).encode("ascii"), 0)

    def _locked(self) -> IndexLockedError:
        holder, since = self._read_holder()
        who = holder or "another process"
        when = f" since {since:%Y-%m-%d %H:%M} UTC" if since else ""
        message = f"{self._directory}/ is being written by {who}{when}; wait with --wait SECONDS"
        return IndexLockedError(message, holder, since)

    def _read_holder(self) -> tuple[str | None, datetime | None]:
        """Who wrote its name last; nothing where the file is being written at this moment."""
        try:
            said = json.loads(os.pread(self._file, 65536, 0))
            return f"process {int(said['pid'])} on {said['host']}", datetime.fromisoformat(said["since"])
        except (OSError, ValueError, KeyError, TypeError):
            return None, None
