"""Loaded by a child process as it starts: what the process does to files is counted, recorded, or its end.

SEARCHKIT_HOOK_FOLDER  only what happens below this folder counts
SEARCHKIT_HOOK_LOG     a file to record it in, an operation a line: [name, path in the folder, ...] as JSON
SEARCHKIT_HOOK_KILL    the number of the operation (from 1) at which the process kills itself: before it is done, or,
                       when it is a write, half-way
"""

from __future__ import annotations

import base64
import io
import json
import os
import signal
from typing import Any

_FOLDER = os.environ["SEARCHKIT_HOOK_FOLDER"] + os.sep
_KILL = int(os.environ.get("SEARCHKIT_HOOK_KILL", "0"))
_open, _fdopen, _fsync, _rename, _unlink, _mkdir = os.open, os.fdopen, os.fsync, os.rename, os.unlink, os.mkdir
_log = _open(os.environ["SEARCHKIT_HOOK_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC)
_paths: dict[int, str] = {}
_count = 0


def note(*what: Any) -> None:
    """Add something to the record."""
    os.write(_log, json.dumps(what).encode() + b"\n")


def _step(*what: Any) -> bool:
    """One operation more; whether it is the last."""
    global _count
    _count += 1
    last = _count == _KILL
    if last and what[0] != "write":
        os.kill(os.getpid(), signal.SIGKILL)
    return last


def _inside(path: Any) -> str | None:
    whole = os.path.abspath(os.fspath(path))
    if (whole + os.sep).startswith(_FOLDER):
        return os.path.relpath(whole, _FOLDER)
    return None


def _hooked_open(path: Any, flags: int, mode: int = 0o777, **rest: Any) -> int:
    name = _inside(path) if isinstance(path, (str, os.PathLike)) else None
    creates = name is not None and flags & os.O_CREAT and not os.access(path, os.F_OK)
    if creates:
        _step("create", name)
    descriptor = _open(path, flags, mode, **rest)
    _paths.pop(descriptor, None)
    if name is not None:
        _paths[descriptor] = name
    if creates:
        note("create", name)
    return descriptor


class _Raw(io.FileIO):
    path = ""

    def write(self, data: Any) -> int:
        content = bytes(data)
        if _step("write", self.path):
            super().write(content[: len(content) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        written = super().write(content)
        note("write", self.path, base64.b64encode(content).decode())
        return written


def _hooked_fdopen(descriptor: int, mode: str = "r", *rest: Any, **more: Any) -> Any:
    if mode == "wb" and descriptor in _paths:
        raw = _Raw(descriptor, "wb")
        raw.path = _paths[descriptor]
        return io.BufferedWriter(raw)
    return _fdopen(descriptor, mode, *rest, **more)


def _hooked_fsync(descriptor: int) -> None:
    name = _paths.get(descriptor)
    if name is not None:
        _step("fsync", name)
    _fsync(descriptor)
    if name is not None:
        note("fsync", name)


def _hooked_rename(old: Any, new: Any, **rest: Any) -> None:
    names = _inside(old), _inside(new)
    if None not in names:
        _step("rename", *names)
    _rename(old, new, **rest)
    if None not in names:
        note("rename", *names)


def _hooked_unlink(path: Any, **rest: Any) -> None:
    name = _inside(path)
    if name is not None:
        _step("unlink", name)
    _unlink(path, **rest)
    if name is not None:
        note("unlink", name)


def _hooked_mkdir(path: Any, *rest: Any, **more: Any) -> None:
    name = _inside(path)
    if name is not None:
        _step("mkdir", name)
    _mkdir(path, *rest, **more)
    if name is not None:
        note("mkdir", name)


os.open, os.fdopen, os.fsync = _hooked_open, _hooked_fdopen, _hooked_fsync  # type: ignore[assignment]
os.rename, os.unlink, os.mkdir = _hooked_rename, _hooked_unlink, _hooked_mkdir  # type: ignore[assignment]
