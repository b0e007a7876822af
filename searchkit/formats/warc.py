"""Web archives: WARC and ARC. Each captured HTML page is a page to be extracted, named by its address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from searchkit.format import BadRecord, ReadingOptions, Record
from searchkit.formats._captures import CaptureReader
from searchkit.formats._capturing import begins_like_capture
from searchkit.formats._streams import borrow


class WarcFormat:
    """A web archive (WARC, ARC): each captured HTML page is an article."""

    name = "warc"
    about = "web archives (WARC, ARC); each page is an article"
    suffixes: tuple[str, ...] = (".warc", ".arc")

    def accepts(self, head: bytes) -> bool:
        """Whether `head` begins a record of a WARC, or the first record of an ARC."""
        return begins_like_capture(head)

    def read(self, stream: BinaryIO, source: str, options: ReadingOptions = ReadingOptions()) -> Iterator[Record]:
        """Yield the page of each response or resource that is HTML, each content once, and at the end what else there was.

        The time of a capture is no date of publication, so what a page does not state stays unknown. Revisits, other
        media types and statuses are counted in one remark. What is damaged costs itself only.
        """
        borrowed = borrow(stream)
        if not borrowed.peek(1):
            yield BadRecord(source, "empty")
            return
        reader = CaptureReader(source, options)
        damage: list[BadRecord] = []
        for record in reader.read(borrowed):
            if not reader.records and isinstance(record, BadRecord):
                damage.append(record)
            else:
                yield record
        if not reader.records:
            yield BadRecord(source, "holds no record of a WARC or ARC")
            return
        yield from damage
        yield from reader.sum()
