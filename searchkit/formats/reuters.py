"""Reuters-21578: files of SGML with a thousand stories each. Topics and the other labels are left out."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import BinaryIO

from searchkit.format import BadRecord, ReadingOptions, Record
from searchkit.formats._between import without_between
from searchkit.formats._bytes import name_kind
from searchkit.formats._entries import Entry, EntryMaker
from searchkit.formats._people import split_names
from searchkit.formats._sniffing import without_marks
from searchkit.formats._streams import borrow

_CHUNK = 64 * 1024
_BEGIN = re.compile(rb"\s*(?:<!DOCTYPE\s+lewis\b[^>]*>\s*)?<REUTERS\b", re.IGNORECASE)
_END = b"</REUTERS>"
_TAG = re.compile(r"<[^<>]*>")
_AT_INDENT = re.compile(r"\n[ \t]{2,}(?=\S)|\n\s*\n")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SIGNATURE = re.compile(r"\n\s*reuter\s*$", re.IGNORECASE)
_FRACTION = re.compile(r"(:\d\d)\.\d+\s*$")


class ReutersFormat:
    """Reuters-21578 (SGML): each story is an article."""

    name = "reuters"
    about = "the SGML of the Reuters-21578 collection"
    suffixes: tuple[str, ...] = (".sgm", ".sgml")

    def accepts(self, head: bytes) -> bool:
        """Whether the document type or the first story is that of the collection."""
        return _BEGIN.match(head) is not None

    def read(self, stream: BinaryIO, source: str, options: ReadingOptions = ReadingOptions()) -> Iterator[Record]:
        """Yield the article of each story, named by its NEWID. Its dateline begins its text."""
        borrowed = borrow(stream)
        head = borrowed.peek(_CHUNK)
        if kind := name_kind(head):
            yield BadRecord(source, f"begins like {kind}; stories of Reuters are SGML")
            return
        if not without_marks(head).strip() and len(head) < _CHUNK:
            yield BadRecord(source, "empty")
            return
        maker = EntryMaker(source, "story")
        limit = options.limits.record_mb * 2**20
        number = 0
        for number, story in enumerate(_stories(borrowed, limit), 1):
            if story is None:
                yield maker.bad(number, options.limits.over("record_mb", "longer than one record may be"))
            elif not story.endswith(_END):
                yield maker.bad(number, "the file ends inside it")
            else:
                yield from maker.make(_entry(story.decode("latin-1")), number)
        if not number:
            yield BadRecord(source, "holds no story of Reuters-21578 (<REUTERS ...>)")


def _stories(stream: BinaryIO, limit: int) -> Iterator[bytes | None]:
    """Each story from its first tag to its last; None for one that is too long."""
    held = b""
    is_long = False
    while True:
        end = held.find(_END)
        if end >= 0:
            end += len(_END)
            begin = held.find(b"<REUTERS")
            if is_long or 0 <= begin < end:
                yield None if is_long or end - begin > limit else held[begin:end]
            held, is_long = held[end:], False
            continue
        if len(held) > limit:
            held, is_long = held[-len(_END) :], True
        data = stream.read(_CHUNK)
        if not data:
            break
        held += data
    begin = held.find(b"<REUTERS")
    if begin >= 0 or is_long:
        yield None if is_long else held[begin:]


def _entry(story: str) -> Entry:
    opening = story[: story.find(">")]
    number = re.search(r'\bNEWID="?(\d+)', opening)
    text = _inside(story, "TEXT")
    body = _inside(text, "BODY")
    if not body:  # a brief, or one that was not taken apart
        body = text
        for name in ("TITLE", "DATELINE", "AUTHOR"):
            body = without_between(body, f"<{name}", f"</{name}>")
    body = _SIGNATURE.sub("", _plain(body).rstrip())
    paragraphs = [" ".join(part.split()) for part in _AT_INDENT.split(body)]
    dateline = " ".join(_plain(_inside(text, "DATELINE")).split())
    if dateline and paragraphs:
        paragraphs[0] = f"{dateline} {paragraphs[0]}".strip()
    return Entry(
        id=number[1] if number else "",
        title=" ".join(_plain(_inside(text, "TITLE")).split()),
        body="\n\n".join(filter(None, paragraphs)),
        authors=split_names(" ".join(_plain(_inside(text, "AUTHOR")).split()).removesuffix(", Reuters").strip()),
        publisher="Reuters",
        published=_FRACTION.sub(r"\1", _inside(story, "DATE").strip()),
        language="en",
    )


def _inside(text: str, name: str) -> str:
    """What stands in the first element of a name; up to the end where it is not closed."""
    match = re.search(rf"<{name}\b[^>]*>(.*?)(?:</{name}>|\Z)", text, re.DOTALL)
    return match[1] if match else ""


def _plain(text: str) -> str:
    """Text without tags and controls, its entities as characters."""
    return _CONTROLS.sub("", html.unescape(_TAG.sub("", text).replace("\r\n", "\n")))
