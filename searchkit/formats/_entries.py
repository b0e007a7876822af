"""Entries of a document with many articles (feeds, news items) -> articles: names, repeated ids, checksums."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import BinaryIO

from searchkit.article import Article, article_id, record_source
from searchkit.dates import dated_by, parse_article_date
from searchkit.format import BadRecord, ReadingOptions, Record, Remark
from searchkit.formats._bytes import name_kind
from searchkit.formats._fields import LONGEST_ID, clean, printable
from searchkit.formats._sniffing import without_marks
from searchkit.languagetags import language_tag
from searchkit.value import Value

_HEAD = 4096


class Entry(Value):
    """What a document states of one article, as text. `parsed` is a date that a library has read already."""

    id: str = ""
    title: str = ""
    body: str = ""
    dek: str = ""
    authors: tuple[str, ...] = ()
    publisher: str = ""
    published: str = ""
    date_source: str = "meta"
    parsed: date | datetime | None = None
    language: str = ""
    url: str = ""


class EntryMaker:
    """Makes articles of the entries of one document, in order. `only`: it holds one article, named by the file alone."""

    def __init__(self, source: str, unit: str = "entry", only: bool = False) -> None:
        self._source = source
        self._unit = unit
        self._only = only
        self._seen: dict[int, int] = {}

    def make(self, entry: Entry, number: int) -> list[Record]:
        """Remarks and the article of an entry, or why there is none."""
        title, body, dek = _line(entry.title), clean(entry.body), _line(entry.dek)
        if not (title or body):
            return [self.bad(number, "has no title and no text")]
        digest = _digest(entry)
        name = _name(entry) or (digest[:16] if self._source == "-" else str(number))
        first = number if self._only else self._seen.setdefault(hash(name), number)
        if first != number:
            return [self.bad(number, f"its id {name} repeats {self._unit} {first}")]
        source = self._source if self._only else record_source(self._source, name)
        remarks: list[Record] = []
        published = parse_article_date(entry.published) or entry.parsed
        if entry.published.strip() and published is None:
            shown = printable(entry.published.strip())[:60]
            remarks.append(Remark(source, f"date {shown!r} is not one that can be read with certainty; left undated"))
        language = None
        try:
            language = language_tag(entry.language) if entry.language.strip() else None
        except ValueError:
            remarks.append(Remark(source, f"{printable(entry.language)[:60]!r} is not a language tag; left out"))
        authors = map(_line, entry.authors)
        article = Article(
            id=article_id(source),
            source=source,
            title=title,
            body=body,
            sha256=digest,
            record=None if self._only else name,
            dek=dek if dek and dek not in (title, body) else None,
            authors=tuple(dict.fromkeys(filter(None, authors))),
            publisher=_line(entry.publisher) or None,
            published=published,
            date_source=dated_by(entry.date_source, entry.published, published),
            language=language,
            url=_line(entry.url) or None,
        )
        return [*remarks, article]

    def bad(self, number: int, reason: str) -> BadRecord:
        """An entry that cannot be read."""
        if self._only:
            return BadRecord(self._source, reason)
        return BadRecord(record_source(self._source, number), f"{self._unit} {number}: {reason}")


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def _name(entry: Entry) -> str:
    """An entry's own id, else its address, where these are short enough for names."""
    names = (printable(_line(text)) for text in (entry.id, entry.url))
    return next((name for name in names if 0 < len(name) <= LONGEST_ID), "")


def _digest(entry: Entry) -> str:
    named = (entry.id, entry.url, entry.publisher, entry.language, entry.published)
    stated = [*named, entry.title, entry.dek, entry.body, *entry.authors]
    return hashlib.sha256(json.dumps(stated).encode()).hexdigest()


def records_of(entries: Iterator[Entry | str], source: str) -> Iterator[Record]:
    """The articles of the entries of one document, and why others give none."""
    maker = EntryMaker(source)
    number = 0
    for number, entry in enumerate(entries, 1):
        yield from [maker.bad(number, entry)] if isinstance(entry, str) else maker.make(entry, number)
    if not number:
        yield Remark(source, "holds no entries")


def read_document(
    stream: BinaryIO, source: str, options: ReadingOptions, entries: Callable[[bytes], Iterator[Entry | str]]
) -> Iterator[Record]:
    """The articles of a document that is read as a whole. The only one of a file is named by the file alone.

    What `entries` raises as ValueError says why the document cannot be read.
    """
    most = options.limits.file_mb * 2**20
    raw = stream.read(most + 1)
    if len(raw) > most:
        yield BadRecord(source, options.limits.over("file_mb", "larger than a file may be that is read as a whole"))
        return
    if kind := name_kind(raw):
        yield BadRecord(source, f"begins like {kind}; not in this format")
        return
    if not without_marks(raw[:_HEAD]).strip() and len(raw) <= _HEAD:
        yield BadRecord(source, "empty")
        return
    try:
        found = list(entries(raw))
    except ValueError as error:
        yield BadRecord(source, str(error))
        return
    maker = EntryMaker(source, "item", only=len(found) == 1 and source != "-")
    for number, entry in enumerate(found, 1):
        yield from [maker.bad(number, entry)] if isinstance(entry, str) else maker.make(entry, number)
    if not found:
        yield Remark(source, "holds no items")
