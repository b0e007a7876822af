"""The records of a web archive -> its pages, each once; how many others there were is told in sum."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Iterator

from searchkit.article import Article, article_id, record_source
from searchkit.format import BadRecord, Page, ReadingOptions, Record, Remark
from searchkit.formats._capturing import Capture, Damage, captures
from searchkit.formats._fields import printable
from searchkit.formats._http import HEAD_BYTES, ContentError, Response, content_of, parse_response, split_media_type
from searchkit.formats._sniffing import begins_like_html

LONGEST_URL = 2000
_HTML = ("text/html", "application/xhtml+xml")
_UNTOLD = ("", "application/octet-stream", "application/x-unknown-content-type", "unknown/unknown", "no-type", "*/*")
"""Media types that say nothing, so that the content has to."""

_MOST_KINDS = 8
_EXPECTED = ("warcinfo", "request", "metadata")
_OK = range(200, 300)


class CaptureReader:
    """Reads the captures of one web archive, which may lie in several parts.

    A page is named by its address; a second one of the same address that differs from it by the time of its capture as
    well. Pages with the content of an earlier one are left out.
    """

    def __init__(self, source: str, options: ReadingOptions) -> None:
        self._source = source
        self._options = options
        self._limit = options.limits.record_mb * 2**20
        self._contents: set[bytes] = set()
        self._names: set[int] = set()
        self._passed: Counter[str] = Counter()
        self.records = 0
        self.pages = 0

    def read(self, stream: io.BufferedReader) -> Iterator[Record]:
        """The pages of one part, and what is wrong with it."""
        for number, found in enumerate(captures(stream), 1):
            if isinstance(found, Damage):
                yield BadRecord(self._source, found.reason)
                continue
            self.records += 1
            yield from self._record(found, number)
            if found.block.is_cut:
                yield BadRecord(self._named(found, number), "the file ends inside it; not read")

    def sum(self) -> Iterator[Remark]:
        """How many records of which kind were no pages to be read, if any."""
        told = self._passed.most_common(_MOST_KINDS)
        kinds = [f"{count:,} × {kind}" for kind, count in told]
        if others := self._passed.total() - sum(count for _, count in told):
            kinds.append(f"{others:,} of other kinds")
        if kinds or not self.pages:
            over = f"; passed over: {', '.join(kinds)}" if kinds else ""
            yield Remark(self._source, f"pages read: {self.pages:,}, of {self.records:,} records{over}")

    def _record(self, capture: Capture, number: int) -> Iterator[Record]:
        if capture.kind in _EXPECTED:
            return
        if capture.kind == "revisit":
            self._passed["revisit of an unchanged page"] += 1
            return
        if capture.kind not in ("response", "resource"):
            self._passed[f"record of type {printable(capture.kind)[:40] or '(none)'}"] += 1
            return
        response = self._response(capture)
        if response.status not in _OK:
            self._passed[f"HTTP status {response.status}"] += 1
            return
        if response.media_type not in (*_HTML, *_UNTOLD):
            self._passed[f"{printable(response.media_type)[:60]}"] += 1
            return
        yield from self._page(capture, response, number)

    def _response(self, capture: Capture) -> Response:
        """The response of a record; of a resource, and of what holds no HTTP, its content alone."""
        if capture.kind == "response" and capture.url.lower().startswith(("http:", "https:")):
            head = capture.block.read(HEAD_BYTES)
            return parse_response(head) or Response(200, "", None, head)
        media_type, charset = split_media_type(capture.headers.get("content-type", ""))
        return Response(200, media_type, charset, capture.block.read(HEAD_BYTES))

    def _page(self, capture: Capture, response: Response, number: int) -> Iterator[Record]:
        name = self._named(capture, number)
        limits = self._options.limits
        if capture.block.left + len(response.begin) > self._limit:
            yield BadRecord(name, limits.over("record_mb", "longer than a record may be"))
            return
        sent = response.begin + capture.block.read(self._limit)
        if capture.block.is_cut:
            return
        try:
            content = content_of(response, sent, limits)
        except ContentError as error:
            yield BadRecord(name, str(error))
            return
        if response.media_type not in _HTML and not begins_like_html(content[:HEAD_BYTES]):
            self._passed[response.media_type or "no stated type, and no HTML"] += 1
            return
        if not content.strip():
            self._passed["empty page"] += 1
            return
        digest = hashlib.sha256(content)
        if digest.digest() in self._contents:
            self._passed["content of an earlier page"] += 1
            return
        self._contents.add(digest.digest())
        self._names.add(hash(name))
        self.pages += 1
        if reason := capture.headers.get("warc-truncated"):
            yield Remark(name, f"cut off when it was captured ({printable(reason)[:40]})")
        record = name.removeprefix(f"{self._source}#")
        known = Article(article_id(name), name, "", "", digest.hexdigest(), record, url=_address(capture.url))
        yield Page(content, known, response.charset)

    def _named(self, capture: Capture, number: int) -> str:
        """The source of a record: by its address, that and its time, its id, or its number; the first that is free."""
        url = printable(capture.url).replace(" ", "%20")
        at = printable(capture.headers.get("warc-date", ""))[:30]
        names = [url, f"{url}@{at}"] if 0 < len(url) <= LONGEST_URL else []
        own = printable(capture.headers.get("warc-record-id", ""))[:LONGEST_URL]
        for name in filter(None, (*names, own, str(number))):
            source = record_source(self._source, name)
            if hash(source) not in self._names:
                return source
        return record_source(self._source, f"{self.records}~{number}")


def _address(url: str) -> str | None:
    return printable(url) if url.lower().startswith(("http:", "https:")) else None
