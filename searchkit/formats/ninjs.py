"""ninjs, News in JSON of the IPTC: one article per document, or an array of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from searchkit.format import ReadingOptions, Record
from searchkit.formats._entries import Entry, read_document
from searchkit.formats._jsonlines import parse_value
from searchkit.formats._ninjs import begins_like_ninjs, is_ninjs, ninjs_entry
from searchkit.formats._streams import utf8_head


class NinjsFormat:
    """ninjs (News in JSON): one article per document."""

    name = "ninjs"
    about = "ninjs, news items as JSON"
    suffixes: tuple[str, ...] = (".ninjs",)

    def accepts(self, head: bytes) -> bool:
        """Whether it is an object with the properties of ninjs; a line that is one by itself is JSON Lines."""
        head = utf8_head(head)
        return begins_like_ninjs(head) and not head.strip().partition(b"\n")[0].rstrip().endswith(b"}")

    def read(self, stream: BinaryIO, source: str, options: ReadingOptions = ReadingOptions()) -> Iterator[Record]:
        """Yield the article, named by its file, or those of an array, each named by its uri."""

        def entries(raw: bytes) -> Iterator[Entry | str]:
            value = parse_value(utf8_head(raw))
            for item in value if isinstance(value, list) else [value]:
                if not is_ninjs(item):
                    yield "no item of ninjs: has no `uri` with a headline or body of ninjs"
                    continue
                try:
                    yield ninjs_entry(item, options.limits.html_depth)
                except ValueError as error:
                    yield str(error)

        yield from read_document(stream, source, options, entries)
