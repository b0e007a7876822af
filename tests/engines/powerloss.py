"""A model of a disk that keeps, when the power goes, what was synced and an arbitrary part of everything else.

It is fed what `hook/sitecustomize.py` recorded. What POSIX does not promise, it does not keep: a file's data is safe after
an fsync of the file, a name (made, changed or removed) after an fsync of its directory, and neither brings the other.
Of what was not synced, each write to a file is there, missing, or zeros; each change of a name has happened or not.
"""

from __future__ import annotations

import base64
from pathlib import Path, PurePosixPath
from random import Random
from typing import Any

_SECTOR = 512


class _File:
    def __init__(self) -> None:
        self.data = b""
        self.synced = b""


class _Folder:
    def __init__(self) -> None:
        self.names: dict[str, _File | _Folder] = {}
        self.synced: dict[str, _File | _Folder] = {}
        self.changes: list[dict[str, _File | _Folder | None]] = []
        """Since the last sync: what each change makes of some names (None: gone)."""

    def change(self, names: dict[str, _File | _Folder | None]) -> None:
        self.changes.append(names)
        _apply(self.names, names)


class Disk:
    """The folder that was recorded; the folder itself is there and safe."""

    def __init__(self) -> None:
        self._root = _Folder()

    def do(self, operation: list[Any]) -> None:
        """One recorded operation."""
        kind, name, *rest = operation
        folder, last = self._place(name)
        match kind:
            case "create":
                folder.change({last: _File()})
            case "mkdir":
                folder.change({last: _Folder()})
            case "unlink":
                folder.change({last: None})
            case "rename":
                (new,) = rest
                assert PurePosixPath(new).parent == PurePosixPath(name).parent
                folder.change({last: None, PurePosixPath(new).name: folder.names[last]})
            case "write":
                file = folder.names.get(last)
                if isinstance(file, _File):  # not the lock, and nothing that was collected while it was written
                    file.data += base64.b64decode(rest[0])
            case "fsync":
                self._sync(folder.names.get(last) if last else folder)

    def _place(self, name: str) -> tuple[_Folder, str]:
        *parents, last = PurePosixPath(name).parts or ("",)
        folder = self._root
        for part in parents:
            inner = folder.names[part]
            assert isinstance(inner, _Folder)
            folder = inner
        return folder, last

    def _sync(self, what: _File | _Folder | None) -> None:
        if isinstance(what, _File):
            what.synced = what.data
        elif what:
            what.synced = dict(what.names)
            what.changes.clear()

    def lose_power(self, random: Random, target: Path) -> None:
        """Write what may be left to a new folder."""
        _write_folder(self._root, random, target)


def _apply(names: dict[str, _File | _Folder], change: dict[str, _File | _Folder | None]) -> None:
    for name, what in change.items():
        if what is None:
            names.pop(name, None)
        else:
            names[name] = what


def _write_folder(folder: _Folder, random: Random, target: Path) -> None:
    target.mkdir()
    names = dict(folder.synced)
    likely = random.choice((0.0, 0.1, 0.5, 0.9, 1.0))
    for change in folder.changes:
        if random.random() < likely:
            _apply(names, change)
    for name, what in names.items():
        if isinstance(what, _Folder):
            _write_folder(what, random, target / name)
        else:
            (target / name).write_bytes(_surviving(what, random))


def _surviving(file: _File, random: Random) -> bytes:
    """The data of a file: what was synced, and what is left of the rest."""
    safe, rest = file.synced, file.data[len(file.synced) :]
    match random.choice(("all", "lost", "cut", "zeros", "sectors")) if rest else "all":
        case "lost":
            rest = b""
        case "cut":
            rest = rest[: random.randrange(len(rest))]
        case "zeros":
            rest = bytes(len(rest))
        case "sectors":
            parts = [rest[at : at + _SECTOR] for at in range(0, len(rest), _SECTOR)]
            rest = b"".join(part if random.random() < 0.5 else bytes(len(part)) for part in parts)
    return safe + rest
