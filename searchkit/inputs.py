"""Paths, folders and patterns -> the files to read, each under the name by which the index knows it."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from searchkit.format import BadRecord

STREAM = "-"
"""The path that stands for standard input, and its source."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read: its `path` as found, its `name` in the index; `named` when the user named it or a pattern of it
    (rather than a folder around it)."""

    path: Path
    name: str
    named: bool


def source_name(path: Path, root: Path) -> str:
    """The name of a file in the index: relative to the archive's root where it lies in it, else absolute; with "/"."""
    absolute = Path(os.path.abspath(path))
    try:
        return absolute.relative_to(os.path.abspath(root)).as_posix()
    except ValueError:
        return absolute.as_posix()


def find_files(paths: Iterable[str], root: Path, skip: Path | None = None) -> Iterator[InputFile | BadRecord]:
    """The files that `paths` stand for, each once, folders recursively and in order of name.

    Hidden files and folders (a leading dot) are passed over unless named, as is the folder `skip` (the index itself).
    Folders that are symbolic links are followed only when named. What does not exist, matches nothing or is not a
    regular file is a BadRecord.
    """
    seen: set[str] = set()
    for path in paths:
        for item in _expand(path, root, skip):
            key = item.source if isinstance(item, BadRecord) else item.name
            if key not in seen:
                seen.add(key)
                yield item


def covers(paths: Sequence[str], root: Path, name: str) -> bool:
    """Whether the file of that name in the index lies in one of `paths` (a file, a folder around it, a pattern)."""
    file = os.path.join(os.path.abspath(root), name)  # noqa: PTH118 - pathlib would normalise what must compare as is
    for path in paths:
        absolute = os.path.abspath(path)
        if file == absolute or file.startswith(absolute.rstrip("/") + "/"):
            return True
        if glob.has_magic(path) and fnmatch(file, absolute):
            return True
    return False


def _expand(path: str, root: Path, skip: Path | None) -> Iterator[InputFile | BadRecord]:
    plain = Path(path)
    if plain.is_dir():
        yield from _walk(plain, root, skip)
    elif os.path.lexists(path):
        yield _file(plain, root, named=True)
    elif glob.has_magic(path):
        matches = sorted(glob.glob(path, recursive=True))  # noqa: PTH207 - absolute and relative patterns alike
        if not matches:
            yield BadRecord(path, "no file matches this pattern")
        for match in matches:
            if Path(match).is_dir():
                yield from _walk(Path(match), root, skip)
            else:
                yield _file(Path(match), root, named=True)
    else:
        yield BadRecord(path, "there is no such file or folder")


def _walk(folder: Path, root: Path, skip: Path | None) -> Iterator[InputFile | BadRecord]:
    unreadable: list[OSError] = []
    for parent, folders, files in os.walk(folder, onerror=unreadable.append):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and not _same(Path(parent, f), skip))
        for name in sorted(files):
            if not name.startswith("."):
                yield _file(Path(parent, name), root, named=False)
    for error in unreadable:
        yield BadRecord(str(error.filename), f"the folder cannot be read: {error.strerror}")


def _same(folder: Path, skip: Path | None) -> bool:
    return skip is not None and os.path.abspath(folder) == os.path.abspath(skip)


def _file(path: Path, root: Path, *, named: bool) -> InputFile | BadRecord:
    name = source_name(path, root)
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return BadRecord(name, f"cannot be read: {error.strerror}")
    if not stat.S_ISREG(mode):
        return BadRecord(name, "is no regular file; to read from a pipe, use - and standard input")
    return InputFile(path, name, named)
