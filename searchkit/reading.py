"""One file or stream -> its records, whatever containers they lie in: what is compressed is unpacked, what is an archive
opened, member by member, and each content read by its format.

The record of a member is named `dump.zip#inner/page.html`, or `dump.zip#inner/a.jsonl#12` when the member holds many.
Compression alone adds no name: `a.jsonl.gz#12`.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from io import BufferedReader, FileIO
from typing import Any, BinaryIO

from searchkit.article import Article, record_source
from searchkit.containers import Member, archive_of, tar_members, zip_members
from searchkit.decompression import BUFFER_BYTES, Compression, Guarded, compression_of, unpack, unpacked_name
from searchkit.format import HEAD_BYTES, BadRecord, Format, Page, ReadingOptions, Record, Remark, detect
from searchkit.value import Value, replace

UNKNOWN = "not in a format that searchkit reads"


class Unknown(Value):
    """A file, or a member of one, that no format accepts; `empty` when it holds nothing."""

    source: str
    empty: bool = False


class Physical(io.RawIOBase):
    """The bytes of a file or a pipe up to `size` (None: to the end), counted.

    A file that grows while it is read has no end of its own: what comes later is for the next run.
    """

    def __init__(self, stream: FileIO | BufferedReader, size: int | None) -> None:
        self.position = 0
        self._stream = stream
        # One step: a buffered pipe would else wait until all of the buffer is full.
        self._readinto: Callable[[Any], int | None] = getattr(stream, "readinto1", stream.readinto)
        self._size = size
        self._seekable = size is not None

    @property
    def buffer_bytes(self) -> int:
        """How large a buffer is worth while: small files have small ones."""
        return BUFFER_BYTES if self._size is None else min(BUFFER_BYTES, max(HEAD_BYTES, self._size))

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def seekable(self) -> bool:
        """A file can be wound, a pipe cannot."""
        return self._seekable

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place of the file."""
        if not self._seekable:
            raise io.UnsupportedOperation("a pipe cannot be wound")
        base = (0, self.position, self._size or 0)[whence]
        self.position = self._stream.seek(max(0, base + offset))
        return self.position

    def tell(self) -> int:
        """Where reading stands."""
        return self.position

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as one step goes; at first at least as far as is needed to tell a format."""
        if self._size is not None:
            buffer = memoryview(buffer)[: max(0, self._size - self.position)]
        done = self._readinto(buffer) or 0
        if self.position == 0 and self._size is None:
            # A pipe may begin with less. A line is enough, or a program that writes some and waits would wait for long.
            view = memoryview(buffer)
            while 0 < done < HEAD_BYTES and b"\n" not in bytes(view[:done]):
                part = self._readinto(view[done:])
                if not part:
                    break
                done += part
        self.position += done
        return done


class Reader:
    """Reads one file or stream. `name` is its source; `stated` the format of what it holds, where the user says so."""

    def __init__(
        self, name: str, formats: Sequence[Format], options: ReadingOptions, stated: Format | None = None
    ) -> None:
        self.name = name
        self._formats = formats
        self._options = options
        self._limits = options.limits
        self._stated = stated

    def knows(self, head: bytes) -> bool:
        """Whether a file that begins so (with at most `HEAD_BYTES`) is read at all."""
        known = self._stated or compression_of(head) or archive_of(self.name, head)
        return bool(known or detect(self.name, head, self._formats))

    def read(self, physical: Physical) -> Iterator[Record | Unknown]:
        """What the file holds, in order. Errors of the disk pass through, and whatever a format fails with."""
        name = "" if self.name == "-" else self.name
        yield from self._read(BufferedReader(physical, physical.buffer_bytes), self.name, name, 1)

    def _read(self, stream: BufferedReader, source: str, name: str, level: int) -> Iterator[Record | Unknown]:
        """What a stream holds: `source` names it, `name` only tells of what it is, `level` how deep it lies."""
        head = stream.peek(HEAD_BYTES)[:HEAD_BYTES]
        compression, archive = compression_of(head), archive_of(name, head)
        if (compression or archive) and self._is_claimed(name, compression):
            yield from self._read_content(stream, head, source, name)
        elif compression:
            if level > self._limits.nesting:
                yield BadRecord(source, self._too_deep())
                return
            unpacked = unpack(stream, compression, self._limits)
            inner = unpacked_name(name, compression)
            # An archive that is compressed as a whole is one container, not two.
            yield from self._read_guarded(unpacked, source, inner, level + (not inner.endswith(".tar")))
        elif archive:
            if level > self._limits.nesting:
                yield BadRecord(source, self._too_deep())
            elif archive == "tar":
                yield from self._read_members(tar_members(stream, self._limits), source, level)
            else:
                yield from self._read_zip(stream, source, level)
        else:
            yield from self._read_content(stream, head, source, name)

    def _is_claimed(self, name: str, compression: Compression | None) -> bool:
        """Whether a format opens containers with this ending itself, as is usual for what it reads (`.wacz`)."""
        suffixes = [suffix for format in self._formats for suffix in format.suffixes if name.lower().endswith(suffix)]
        return any(compression is None or suffix.endswith(tuple(compression.suffixes)) for suffix in suffixes)

    def _read_content(self, stream: BinaryIO, head: bytes, source: str, name: str) -> Iterator[Record | Unknown]:
        format = self._stated or detect(name, head, self._formats)
        if format is None:
            yield Unknown(source, empty=not head)
        else:
            yield from format.read(stream, source, self._options)

    def _read_guarded(self, stream: Guarded, source: str, name: str, level: int) -> Iterator[Record | Unknown]:
        """What an unpacked stream holds, and what is wrong with it.

        An article that was read last, after the stream broke off, may be half an article, and is left out.
        """
        held: Record | Unknown | None = None
        for record in self._read(BufferedReader(stream, BUFFER_BYTES), source, name, level):
            if held is not None:
                yield held
                held = None
            of_all = (
                isinstance(record, BadRecord) and record.source == source
            )  # "empty", when nothing could be unpacked
            if stream.trouble and (of_all or isinstance(record, Article | Page | Unknown)):
                held = record
            else:
                yield record
        if stream.trouble:
            yield BadRecord(source, stream.trouble)
        elif held is not None:
            yield held

    def _read_zip(self, stream: BufferedReader, source: str, level: int) -> Iterator[Record | Unknown]:
        if stream.seekable():
            yield from self._read_members(zip_members(stream, self._limits), source, level)
            return
        # Its directory stands at its end. In memory, as nothing is unpacked to disk.
        most = self._limits.file_mb * 2**20
        held = io.BytesIO(stream.read(most + 1))
        if held.seek(0, 2) > most:
            trouble = (
                "a ZIP archive inside of another container or in a pipe is read in memory, and this one is too large"
            )
            yield BadRecord(source, self._limits.over("file_mb", trouble))
            return
        yield from self._read_members(zip_members(held, self._limits), source, level)

    def _read_members(self, members: Iterator[Member], source: str, level: int) -> Iterator[Record | Unknown]:
        names: dict[str, int] = {}
        for member in members:
            if not member.name:
                yield BadRecord(source, member.trouble) if member.trouble else Remark(source, member.remark)
                continue
            name = member.name
            if (count := names.setdefault(name, 0) + 1) > 1:
                while f"{name}~{count}" in names:
                    count += 1
                name = f"{name}~{count}"
                names[name] = 1
            names[member.name] = count
            inner = self._member_source(source, name)
            if name != member.name:
                yield Remark(inner, f"is number {count} of the name {member.name}")
            if member.trouble:
                yield BadRecord(inner, member.trouble)
            elif member.remark:
                yield Remark(inner, member.remark)
            elif member.stream is not None:
                yield from map(self._placed, self._read_guarded(member.stream, inner, member.name, level + 1))

    def _member_source(self, source: str, name: str) -> str:
        return record_source(source, name)

    def _placed(self, record: Record | Unknown) -> Record | Unknown:
        """The record with `Article.record` being all that stands behind the name of the file on disk."""
        if isinstance(record, Article):
            return replace(record, record=record.source[len(self.name) + 1 :])
        if isinstance(record, Page):
            return replace(record, known=replace(record.known, record=record.known.source[len(self.name) + 1 :]))
        return record

    def _too_deep(self) -> str:
        return self._limits.over("nesting", "containers lie in one another too deeply")
