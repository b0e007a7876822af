"""WACZ: web archives as crawlers pack them, a ZIP of WARCs with their indexes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

from searchkit.article import record_source
from searchkit.containers import Member, zip_members
from searchkit.decompression import BUFFER_BYTES, compression_of, unpack
from searchkit.format import BadRecord, ReadingOptions, Record, Remark
from searchkit.formats._captures import CaptureReader
from searchkit.formats._streams import borrow

_ZIP = b"PK\x03\x04"
_PARTS = (b"datapackage.json", b"archive/", b"indexes/", b"pages/")
_ARCHIVES = (".warc", ".warc.gz", ".arc", ".arc.gz")


class WaczFormat:
    """A packed web archive (WACZ): each captured HTML page is an article."""

    name = "wacz"
    about = "packed web archives (WACZ)"
    suffixes: tuple[str, ...] = (".wacz",)

    def accepts(self, head: bytes) -> bool:
        """Whether it is a ZIP archive whose first member is one that a WACZ has."""
        return head.startswith(_ZIP) and head[30:].startswith(_PARTS)

    def read(self, stream: BinaryIO, source: str, options: ReadingOptions = ReadingOptions()) -> Iterator[Record]:
        """Yield the pages of the WARCs in it as `WarcFormat` does, each content once in all of them.

        Its directory stands at its end: a stream that cannot be wound is held in memory, up to `file_mb`.
        """
        limits = options.limits
        if not stream.seekable():
            held = io.BytesIO(stream.read(limits.file_mb * 2**20 + 1))
            if held.seek(0, 2) > limits.file_mb * 2**20:
                trouble = "a WACZ in a pipe or in another archive is read in memory, and this one is too large"
                yield BadRecord(source, limits.over("file_mb", f"{trouble}; name its file instead"))
                return
            stream = held
        if not stream.seek(0, 2):
            yield BadRecord(source, "empty")
            return
        reader = CaptureReader(source, options)
        archives = troubles = 0
        for member in zip_members(stream, limits):
            if not member.name:
                troubles += bool(member.trouble)
                yield BadRecord(source, member.trouble) if member.trouble else Remark(source, member.remark)
            elif member.name.startswith("archive/") and member.name.lower().endswith(_ARCHIVES):
                archives += 1
                yield from _archive(member, source, reader, options)
        if not archives and not troubles:
            yield BadRecord(source, "holds no WARC in a folder archive/, as a WACZ does")
        elif reader.records:
            yield from reader.sum()


def _archive(member: Member, source: str, reader: CaptureReader, options: ReadingOptions) -> Iterator[Record]:
    """The pages of one WARC, and what is wrong with it."""
    if member.stream is None:
        yield BadRecord(record_source(source, member.name), member.trouble or member.remark)
        return
    packed = io.BufferedReader(member.stream, BUFFER_BYTES)
    compression = compression_of(packed.peek(16))
    if compression is None:
        yield from reader.read(borrow(packed))
        trouble = member.stream.trouble
    else:
        unpacked = unpack(packed, compression, options.limits)
        yield from reader.read(io.BufferedReader(unpacked, BUFFER_BYTES))
        trouble = unpacked.trouble or member.stream.trouble
    if trouble:
        yield BadRecord(record_source(source, member.name), trouble)
