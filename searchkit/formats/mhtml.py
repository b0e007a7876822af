"""Web pages that a browser saved with all their parts in one file (MHTML, RFC 2557): one article per file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from searchkit.article import Article, article_id
from searchkit.format import BadRecord, Page, ReadingOptions, Record
from searchkit.formats._bytes import UTF8_BOM, name_kind

if TYPE_CHECKING:
    from email.message import Message

_SAVED = re.compile(
    rb"^(?:snapshot-content-location|content-location)[ \t]*:|^content-type[ \t]*:[ \t]*multipart/related\b",
    re.IGNORECASE | re.MULTILINE,
)
_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]*[ \t]*:")
_HTML = ("text/html", "application/xhtml+xml")


class MhtmlFormat:
    """Reads the page of a web archive in the form of mail; its pictures and style sheets are left out."""

    name = "mhtml"
    about = "a web page saved with its parts in one file"
    suffixes: tuple[str, ...] = (".mhtml", ".mht")

    def accepts(self, head: bytes) -> bool:
        """Whether it begins with headers, among them one of a saved page: its address, or parts that belong together."""
        head = head.removeprefix(UTF8_BOM).lstrip(b"\r\n")
        headers = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
        return _HEADER.match(head) is not None and len(_SAVED.findall(headers)) >= 1 and b"multipart/related" in headers

    def read(self, stream: BinaryIO, source: str, options: ReadingOptions = ReadingOptions()) -> Iterator[Record]:
        """Yield the page: the first part that is HTML, or the one that the headers name as the root."""
        from email import message_from_bytes  # slow to load, and few archives hold such files

        most = options.limits.file_mb * 2**20
        raw = stream.read(most + 1)
        plain = raw.removeprefix(UTF8_BOM).lstrip(b"\r\n")
        if len(raw) > most:
            yield BadRecord(source, options.limits.over("file_mb", "larger than a file may be"))
        elif kind := name_kind(raw):
            yield BadRecord(source, f"binary: begins like {kind}")
        elif not plain.strip():
            yield BadRecord(source, "empty")
        elif _HEADER.match(plain) is None:
            yield BadRecord(source, "not MHTML: does not begin with headers")
        else:
            message = message_from_bytes(plain)
            part = _page_of(message)
            content = part.get_payload(decode=True) if part is not None else None
            if part is None or not isinstance(content, bytes) or not content.strip():
                yield BadRecord(source, "holds no page: no part of it is HTML")
                return
            digest = hashlib.sha256(raw).hexdigest()
            known = Article(
                id=article_id(source), source=source, title="", body="", sha256=digest, url=_address(message, part)
            )
            yield Page(content, known, part.get_content_charset())


def _page_of(message: Message) -> Message | None:
    """The part that is the page: the root that `start` names, else the first of HTML."""
    pages = [part for part in message.walk() if part.get_content_type() in _HTML]
    start = message.get_param("start")
    rooted = [part for part in pages if start and part.get("Content-ID", "").strip() == start]
    return next(iter((*rooted, *pages)), None)


def _address(message: Message, part: Message) -> str | None:
    """Where the page was saved from, if that is an address of the web."""
    for header in (
        part.get("Content-Location"),
        message.get("Snapshot-Content-Location"),
        message.get("Content-Location"),
    ):
        address = "".join(str(header or "").split())
        if address.startswith(("http://", "https://")):
            return address
    return None
