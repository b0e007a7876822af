"""The records of one file -> its articles: their names inside the file, repeated ids, pages left to be extracted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from searchkit.article import Article, record_source
from searchkit.format import BadRecord, Foreign, Page, ReadingOptions, Record, Remark
from searchkit.formats._fields import BadFieldsError, fields_of, make_article, names_with, own_id, page_of, paths_of


class NothingError(BadFieldsError):
    """A record without anything of an article."""


class RecordMaker:
    """Makes articles of the records of one file, in order, and remembers which names they have taken.

    `unit` is what a record is called in messages ("line 17: ..."). A record without an id of its own is named by its
    number; on standard input (source `-`), where numbers say nothing lasting, by the first 16 digits of its SHA-256.
    """

    def __init__(self, source: str, options: ReadingOptions, unit: str) -> None:
        self._source = source
        self._unit = unit
        self._names = names_with(options.fields)
        self._paths = paths_of(options.fields)
        self._seen: dict[int, int] = {}  # the number of every record so far by the hash (8 bytes) of its name

    def make(self, record: Mapping[str, Any], number: int, digest: str) -> list[Record]:
        """One record's remarks and then its article or page, or what is wrong with it."""
        try:
            fields = fields_of(record, self._paths)
            name = own_id(fields, self._names) or (digest[:16] if self._source == "-" else str(number))
            made, remarks = self._made(fields, name, digest)
            first = self._seen.setdefault(hash(name), number)
            if first != number:
                raise BadFieldsError(f"its id {name} repeats {self._unit} {first}")
        except BadFieldsError as error:
            return [self.bad(number, str(error))]
        if remarks:
            source = record_source(self._source, name)
            return [*(Remark(source, f"{self._unit} {number}: {remark}") for remark in remarks), made]
        return [made]

    def make_only(self, record: Mapping[str, Any], digest: str) -> list[Record]:
        """The same for the one record of a file, which is named by the file alone; on standard input by its id."""
        if self._source == "-":
            return self.make(record, 1, digest)
        try:
            made, remarks = self._made(fields_of(record, self._paths), None, digest)
        except NothingError as error:
            return [Foreign(self._source, f"holds no article: {error}")]
        except BadFieldsError as error:
            return [BadRecord(self._source, str(error))]
        return [*(Remark(self._source, remark) for remark in remarks), made]

    def _made(self, fields: Mapping[str, Any], name: str | None, digest: str) -> tuple[Article | Page, list[str]]:
        article, remarks = make_article(fields, self._source, name, digest, self._names)
        html = None if article.body else page_of(fields, self._names)
        if html:
            return Page(html, article, "utf-8"), remarks
        if not (article.body or article.title or article.links):
            raise NothingError("has no title, body or links")
        return article, remarks

    def holds(self, record: Mapping[str, Any], *fields: str) -> bool:
        """Whether a record has a value under one of the keys of these fields."""
        values = fields_of(record, self._paths)
        return any(name in values for field in fields for name in self._names[field])

    def bad(self, number: int, reason: str) -> BadRecord:
        """A record that cannot be read."""
        return BadRecord(record_source(self._source, number), f"{self._unit} {number}: {reason}")
