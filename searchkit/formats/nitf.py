"""NITF, the News Industry Text Format of the IPTC: one article per document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from searchkit.format import ReadingOptions, Record
from searchkit.formats._entries import Entry, read_document
from searchkit.formats._nitf import nitf_entry
from searchkit.formats._xml import read_prolog
from searchkit.formats._xmltree import parse_xml


class NitfFormat:
    """NITF (News Industry Text Format): one article per document."""

    name = "nitf"
    about = "NITF, the markup of one news article"
    suffixes: tuple[str, ...] = (".nitf",)

    def accepts(self, head: bytes) -> bool:
        """Whether the root is `nitf`."""
        return read_prolog(head).root == "nitf"

    def read(self, stream: BinaryIO, source: str, options: ReadingOptions = ReadingOptions()) -> Iterator[Record]:
        """Yield the article, or why there is none. Pictures and their captions are left out; nothing is fetched."""

        def entries(raw: bytes) -> Iterator[Entry | str]:
            root = parse_xml(raw)
            document = root if root.tag == "nitf" else next(root.iter("nitf"), None)
            yield "holds no element nitf" if document is None else nitf_entry(document)

        yield from read_document(stream, source, options, entries)
