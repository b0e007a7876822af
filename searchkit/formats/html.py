"""Saved HTML pages: one article per file. What the article is, is told by `_page`, where the page is extracted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from searchkit.article import Article, article_id
from searchkit.format import BadRecord, Page, ReadingOptions, Record
from searchkit.formats._bytes import looks_like_text, name_kind
from searchkit.formats._sniffing import begins_like_html, without_marks


class HtmlFormat:
    """Reads a saved page as one page to be extracted."""

    name = "html"
    about = "a saved web page"
    suffixes: tuple[str, ...] = (".html", ".htm", ".xhtml", ".xht", ".shtml")

    def accepts(self, head: bytes) -> bool:
        """Whether `head` begins as HTML does: with its document type, or with one of its outer elements."""
        return looks_like_text(head) and begins_like_html(head)

    def read(self, stream: BinaryIO, source: str, options: ReadingOptions = ReadingOptions()) -> Iterator[Record]:
        """Yield the page, or why there is none."""
        most = options.limits.file_mb * 2**20
        raw = stream.read(most + 1)
        if len(raw) > most:
            yield BadRecord(source, options.limits.over("file_mb", "larger than a file may be"))
        elif kind := name_kind(raw):
            yield BadRecord(source, f"binary: begins like {kind}")
        elif not without_marks(raw).strip():
            yield BadRecord(source, "empty")
        else:
            digest = hashlib.sha256(raw).hexdigest()
            yield Page(raw, Article(id=article_id(source), source=source, title="", body="", sha256=digest))
