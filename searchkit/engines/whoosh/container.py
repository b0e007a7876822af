"""The frame of every file of a segment: a magic number, named sections, and a directory of them at the end.

    magic       8 bytes     "SKIT", format version (u8), 3 zero bytes
    sections    ...         each aligned to 8 bytes, in the order of writing
    directory   JSON        {name: [offset, length in bytes, CRC-32]}
    trailer     16 bytes    length of the directory (u32), CRC-32 of the directory (u32), "SKITEND\\n"

Numbers are little-endian. Files are written once, from the front, and never changed.
"""

from __future__ import annotations

import json
import mmap
import os
import stat
import struct
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Literal

from searchkit.value import Value

FORMAT_VERSION = 2
_MAGIC = b"SKIT" + bytes([FORMAT_VERSION, 0, 0, 0])
_END = b"SKITEND\n"
_TRAILER = struct.Struct("<II8s")
# Of a file that is being written: one call to the system for many small pieces.
_BUFFER_BYTES = 1 << 16
_PIECE_BYTES = 1 << 20


class Damaged(Exception):
    """What a file of a segment holds cannot be right; the text says what."""


def create(path: Path) -> BinaryIO:
    """A new file that is ours alone to read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb", _BUFFER_BYTES)


def open_file(path: Path) -> BinaryIO:
    """A file of an index, to be read. Raises `Damaged` for anything but a plain file: a pipe, say, would never end."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Damaged(f"{path.name} is not a file")
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


class FileSum(Value):
    """A finished file: its size and CRC-32."""

    name: str
    size: int
    crc32: int


def as_named(files: Iterable[FileSum]) -> dict[str, tuple[int, int]]:
    """Files by name, as the manifest holds them: size and CRC-32."""
    return {file.name: (file.size, file.crc32) for file in files}


class ContainerWriter:
    """Writes one file, section by section."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: BinaryIO = create(path)
        self._size = 0
        self._crc = 0
        self._directory: dict[str, list[int]] = {}
        self._open: tuple[str, int] | None = None
        self._section_crc = 0
        _unfinished.add(self)
        self._put(_MAGIC)

    def add(self, name: str, data: Any) -> None:
        """A whole section: bytes, or an array of fixed-width numbers."""
        self.begin(name)
        self.append(data)

    def begin(self, name: str) -> None:
        """Start a section, to be filled by `append`; the one before it is complete."""
        self._end_section()
        self._put(bytes(-self._size % 8))
        self._open = name, self._size
        self._section_crc = 0

    def append(self, data: Any) -> None:
        """More of the open section."""
        view = memoryview(data)
        if view.nbytes:
            self._section_crc = zlib.crc32(view, self._section_crc)
            self._put(view.cast("B"))

    def finish(self) -> FileSum:
        """Complete the file."""
        self._end_section()
        directory = json.dumps(self._directory).encode()
        self._put(directory)
        self._put(_TRAILER.pack(len(directory), zlib.crc32(directory), _END))
        self._file.close()
        _unfinished.discard(self)
        return FileSum(self.path.name, self._size, self._crc)

    def abandon(self) -> None:
        """Close and remove the unfinished file."""
        _unfinished.discard(self)
        with suppress(OSError):  # closing writes what is left, and there may be no room for it
            self._file.close()
        self.path.unlink(missing_ok=True)

    def _end_section(self) -> None:
        if self._open is not None:
            name, start = self._open
            self._directory[name] = [start, self._size - start, self._section_crc]
            self._open = None

    def _put(self, data: bytes | memoryview) -> None:
        self._file.write(data)
        self._crc = zlib.crc32(data, self._crc)
        self._size += len(data)


_unfinished: set[ContainerWriter] = set()


def abandon_unfinished(folder: Path, start: str) -> None:
    """Abandon all that is being written in a folder under names that start so: an exception has come between."""
    for writer in [each for each in _unfinished if each.path.parent == folder and each.path.name.startswith(start)]:
        writer.abandon()


class Container:
    """A file of a segment, mapped into memory; sections are views of it, nothing is read before it is looked at."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with open_file(path) as file:
            try:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except ValueError as exc:
                raise Damaged(f"{path.name} is empty") from exc
        self._view = memoryview(self._map)
        self._directory = self._read_directory()
        self._checked: set[str] = set()

    def has(self, name: str) -> bool:
        """Whether there is such a section."""
        return name in self._directory

    def section(self, name: str) -> memoryview:
        """The bytes of a section, whose checksum is compared when it is first asked for. Raises `Damaged`."""
        section = self.unchecked(name)
        if name not in self._checked:
            if zlib.crc32(section) != self._directory[name][2]:
                raise Damaged(f"{self.path.name}: section {name!r} does not hold what was written")
            self._checked.add(name)
        return section

    def unchecked(self, name: str) -> memoryview:
        """The bytes of a section of which a search reads only small parts: checking all would take longer."""
        place = self._directory.get(name)
        if place is None:
            raise Damaged(f"{self.path.name} has no section {name!r}")
        offset, length, _ = place
        return self._view[offset : offset + length]

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a section piece by piece, unchecked; read, not mapped, as what is mapped counts as memory in use."""
        left = len(self.unchecked(name))
        with open_file(self.path) as file:
            file.seek(self._directory[name][0])
            while left:
                piece = file.read(min(left, _PIECE_BYTES))
                if not piece:
                    raise Damaged(f"{self.path.name} has become shorter")
                left -= len(piece)
                yield piece

    def numbers(self, name: str, code: Literal["H", "I", "Q", "q"]) -> memoryview:
        """A section as numbers of a `struct` code ("I", "Q", ...)."""
        section = self.section(name)
        try:
            return section.cast(code)
        except TypeError as exc:
            raise Damaged(
                f"{self.path.name}: section {name!r} has {len(section)} bytes, no multiple of a number's"
            ) from exc

    def close(self) -> None:
        """Let go of the file; views handed out keep the mapping alive until they are gone."""
        self._view = memoryview(b"")
        del self._map

    def _read_directory(self) -> dict[str, list[int]]:
        size = len(self._view)
        if size < len(_MAGIC) + _TRAILER.size or self._view[:4] != _MAGIC[:4]:
            raise Damaged(f"{self.path.name} is no file of a segment, or is cut off")
        if self._view[4] != FORMAT_VERSION:
            raise Damaged(f"{self.path.name} is of format {self._view[4]}, not {FORMAT_VERSION}")
        length, crc, end = _TRAILER.unpack(self._view[size - _TRAILER.size :])
        start = size - _TRAILER.size - length
        if end != _END or start < len(_MAGIC):
            raise Damaged(f"{self.path.name} is cut off")
        data = bytes(self._view[start : start + length])
        if zlib.crc32(data) != crc:
            raise Damaged(f"{self.path.name}: its directory is not what was written")
        try:
            directory: dict[str, list[int]] = json.loads(data)
        except RecursionError as exc:
            raise Damaged(f"{self.path.name}: its directory is none") from exc
        return directory

    def __enter__(self) -> Container:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.close()
