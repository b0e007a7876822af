"""The records of one file -> its articles: their names inside the file, repeated ids, pages left to be extracted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from searchkit.article import record_source
from searchkit.format import BadRecord, Page, ReadingOptions, Record, Remark
from searchkit.formats._fields import BadFieldsError, fields_of, make_article, names_with, own_id, page_of, paths_of


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
        names = self._names
        try:
            fields = fields_of(record, self._paths)
            name = own_id(fields, names) or (digest[:16] if self._source == "-" else str(number))
            article, remarks = make_article(fields, self._source, name, digest, names)
            html = None if article.body else page_of(fields, names)
            if not (article.body or article.title or article.links or html):
                raise BadFieldsError("has no title, body or links")
            first = self._seen.setdefault(hash(name), number)
            if first != number:
                raise BadFieldsError(f"its id {name} repeats {self._unit} {first}")
        except BadFieldsError as error:
            return [self.bad(number, str(error))]
        made: Record = Page(html, article, "utf-8") if html else article
        if remarks:
            return [*(Remark(article.source, f"{self._unit} {number}: {remark}") for remark in remarks), made]
        return [made]

    def bad(self, number: int, reason: str) -> BadRecord:
        """A record that cannot be read."""
        return BadRecord(record_source(self._source, number), f"{self._unit} {number}: {reason}")
