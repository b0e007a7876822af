"""JSON Lines: one object per line, one article each, under the common names of the keys (`_fields.py`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from searchkit.format import ReadingOptions, Record
from searchkit.formats._bytes import UTF8_BOM
from searchkit.formats._jsonlines import read_lines


class JsonLinesFormat:
    """One JSON object per line, one article each."""

    name = "jsonl"
    about = "JSON Lines: an object on each line, which is an article"
    suffixes: tuple[str, ...] = (".jsonl", ".ndjson", ".jsonlines")

    def accepts(self, head: bytes) -> bool:
        """Whether the first line that is not blank begins with an object."""
        return re.match(rb"\s*\{(?!\\rtf)", head.removeprefix(UTF8_BOM)) is not None

    def read(self, stream: BinaryIO, source: str, options: ReadingOptions = ReadingOptions()) -> Iterator[Record]:
        """Yield the article of each line. A record without an id of its own is named by the number of its line.

        On standard input (source `-`), where line numbers say nothing lasting, it is named by the first 16 digits of
        its line's SHA-256. A bad line is a bad record; a file that is plainly something else is one altogether.
        """
        return read_lines(stream, source, options)
