"""Paths, folders and patterns -> the files to read, each under the name by which the index knows it."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from searchkit.format import BadRecord
from searchkit.value import Value

STREAM = "-"
"""The path that stands for standard input, and its source."""

NO_SUCH_FILE = "there is no such file or folder"
NO_MATCH = "no file matches this pattern"


class InputFile(Value):
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


def find_files(paths: Iterable[str | Path], root: Path, skip: Path | None = None) -> Iterator[InputFile | BadRecord]:
    """The files that `paths` stand for, each once, folders recursively and in order of name. A string may be a pattern,
    where no file is called so; a Path is none.

    Hidden files and folders (a leading dot) are passed over unless named; the folder `skip` (the index itself) always is.
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


class Coverage:
    """Some paths (files, folders, patterns), asked which files of the index lie in them."""

    def __init__(self, paths: Iterable[str | Path], root: Path) -> None:
        self._root = root
        named = [path for path in paths if path != ""]
        self._named = {os.path.abspath(path) for path in named}
        patterns = [path for path in named if isinstance(path, str) and glob.has_magic(path)]
        self._patterns = [_absolute_pattern(pattern).split("/") for pattern in patterns]

    def holds(self, name: str) -> bool:
        """Whether the file of that name in the index is one of the paths, lies in one, or matches one."""
        if not self._named.isdisjoint(lineage(name, self._root)):
            return True
        parts = _absolute(name, self._root).split("/")
        return any(_lies_in(parts, pattern) for pattern in self._patterns)


def lineage(name: str, root: Path) -> Iterator[str]:
    """The absolute path of the file of that name in the index, and of each folder around it."""
    file = _absolute(name, root)
    yield file
    yield from (file[:at] or "/" for at, character in enumerate(file) if character == "/")


def has_vanished(name: str, root: Path) -> bool:
    """Whether there is no file of that name any more. What merely cannot be looked at now has not vanished."""
    try:
        return not stat.S_ISREG((root / name).stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False


def _absolute(name: str, root: Path) -> str:
    return os.path.join(os.path.abspath(root), name)  # noqa: PTH118 - pathlib would normalise what must compare as is


def _absolute_pattern(pattern: str) -> str:
    """The pattern from the root of the file system; what is special in the current folder's own name is not."""
    return os.path.normpath(os.path.join(glob.escape(os.path.abspath(".")), pattern))  # noqa: PTH118


def _lies_in(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a path, or a folder around it, matches a pattern; `**` stands for any number of folders, `*` for none."""
    reached = _past_stars({0}, pattern)  # how many parts of the pattern may be used up so far
    for part in parts:
        going_on = {at for at in reached if at < len(pattern) and fnmatchcase(part, pattern[at])}
        reached = _past_stars({at + (pattern[at] != "**") for at in going_on}, pattern)
        if len(pattern) in reached:
            return True
    return False


def _past_stars(reached: set[int], pattern: Sequence[str]) -> set[int]:
    """The same places, and those behind each `**` there, which may stand for nothing."""
    for at, part in enumerate(pattern):
        if at in reached and part == "**":
            reached.add(at + 1)
    return reached


def _expand(path: str | Path, root: Path, skip: Path | None) -> Iterator[InputFile | BadRecord]:
    if path == "":
        yield BadRecord("", "the path is empty; . is the current folder")
    elif os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises where a folder may not be searched
        yield from _walk(Path(path), root, skip)
    elif os.path.lexists(path):
        if not _lies_inside(path, skip):
            yield _file(Path(path), root, named=True)
    elif isinstance(path, str) and glob.has_magic(path):
        matches = sorted(set(_matches(path)))
        if not matches:
            yield BadRecord(path, NO_MATCH)
        for match in matches:
            if os.path.isdir(match):  # noqa: PTH112
                yield from _walk(Path(match), root, skip)
            elif not _lies_inside(match, skip):
                yield _file(Path(match), root, named=True)
    else:
        yield BadRecord(str(path), NO_SUCH_FILE)


def _matches(pattern: str) -> Iterator[str]:
    """The files and folders of a pattern. Unlike those of `glob`, the `**` in it stay out of folders that are symbolic
    links: a few of these in a circle would never come to an end."""
    parts = pattern.split("/")
    if "**" not in parts:
        yield from glob.glob(pattern)  # noqa: PTH207 - absolute and relative patterns alike
        return
    at = parts.index("**")
    rest = [part for part in parts[at + 1 :] if part]
    base = "/".join([*parts[:at], ""])
    for start in glob.glob(base) if base else ["."]:  # noqa: PTH207
        if set(rest) <= {"**"}:
            yield start
            continue
        for folder, folders, _ in os.walk(os.path.normpath(start)):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for match in _matches(os.path.join(glob.escape(folder), *rest)):  # noqa: PTH118
                if not (os.path.islink(match) and os.path.isdir(match)):  # noqa: PTH112, PTH114
                    yield match


def _walk(folder: Path, root: Path, skip: Path | None) -> Iterator[InputFile | BadRecord]:
    if _lies_inside(folder, skip):
        return
    unreadable: list[OSError] = []
    for parent, folders, files in os.walk(folder, onerror=unreadable.append):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and not _lies_inside(Path(parent, f), skip))
        for name in sorted(files):
            if not name.startswith("."):
                yield _file(Path(parent, name), root, named=False)
    for error in unreadable:
        name = source_name(Path(os.fsdecode(error.filename)), root)
        yield BadRecord(name, f"the folder cannot be read: {error.strerror}")


def _lies_inside(path: str | Path, folder: Path | None) -> bool:
    if folder is None:
        return False
    inner, outer = os.path.abspath(path), os.path.abspath(folder)
    return inner == outer or inner.startswith(outer.rstrip("/") + "/")


def _file(path: Path, root: Path, *, named: bool) -> InputFile | BadRecord:
    name = source_name(path, root)
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return BadRecord(name, f"cannot be read: {error.strerror}")
    if not stat.S_ISREG(mode):
        return BadRecord(name, "is no regular file; to read from a pipe, use - and standard input")
    return InputFile(path, name, named)
