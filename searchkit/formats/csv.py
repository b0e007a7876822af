"""Tables of text (CSV, TSV): a row of names, then one article a row, under the common names of the columns."""

from __future__ import annotations

import ast
import csv
import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from searchkit.format import BadRecord, ReadingOptions, Record, Remark
from searchkit.formats._bytes import decode_1252, name_kind
from searchkit.formats._fields import ALIASES
from searchkit.formats._records import RecordMaker
from searchkit.formats._streams import borrow_as_utf8, utf8_head

_DELIMITERS = ",\t;|"
_TITLES = frozenset(ALIASES["title"] + ALIASES["body"] + ALIASES["html"]) - {"name"}
_NAMES = frozenset(name for names in ALIASES.values() for name in names)
_LISTS = frozenset(ALIASES["authors"] + ALIASES["links"])
_LONGEST_HEADER = 64 * 1024
_LONGEST_LIST = 64 * 1024


class CsvFormat:
    """A table: a row of column names, then one article a row; parted by commas, tabs, semicolons or bars."""

    name = "csv"
    about = "a table under the names of its columns; each row is an article"
    suffixes: tuple[str, ...] = (".csv", ".tsv", ".tab")

    def accepts(self, head: bytes) -> bool:
        """Whether the first line is made of names without blanks, two of them known, one for a title or a text."""
        line = utf8_head(head).lstrip(b"\r\n").partition(b"\n")[0].strip(b"\r")
        try:
            text = line.decode("utf-8")
            cells = [cell.lower() for row in csv.reader([text], delimiter=_delimiter(text)) for cell in row]
        except (UnicodeDecodeError, csv.Error):
            return False
        if len(cells) < 2 or not all(cell.replace("_", "").replace(".", "").isalnum() for cell in cells if cell):
            return False
        return not _TITLES.isdisjoint(cells) and len(_NAMES.intersection(cells)) >= 2

    def read(self, stream: BinaryIO, source: str, options: ReadingOptions = ReadingOptions()) -> Iterator[Record]:
        """Yield the article of each row; one without an id of its own is named by its number, the first row being 1.

        Lines that are no UTF-8 are read as windows-1252, with a remark. A row with more or fewer cells than there are
        names is a bad record. Lists may stand in a cell as JSON, as Python writes them, or in lines.
        """
        borrowed = borrow_as_utf8(stream)
        head = borrowed.peek(16)
        if kind := name_kind(head):
            yield BadRecord(source, f"begins like {kind}; a table is plain text")
            return
        yield from _Table(borrowed, source, options).records()


def _delimiter(header: str) -> str:
    """What parts the names in a table's first line: of the usual marks the one that gives most cells."""
    return max(_DELIMITERS, key=lambda mark: len(_split(header, mark)))


def _split(line: str, delimiter: str) -> list[str]:
    return [cell.strip() for row in csv.reader([line], delimiter=delimiter) for cell in row]


class _RowTooLongError(Exception):
    """A row over the limit, most often because a quotation mark is never closed."""


class _Lines:
    """The lines of a table as text, one by one; the csv reader asks for as many as a row has."""

    def __init__(self, stream: io.BufferedReader, limit: int) -> None:
        self._stream = stream
        self._limit = limit
        self.row_bytes = 0
        self.first_1252 = 0
        self.number = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._stream.readline(self._limit + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self.row_bytes += len(line)
        if self.row_bytes > self._limit:
            while not line.endswith(b"\n") and (line := self._stream.readline(2**20)):
                pass
            raise _RowTooLongError
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError:
            self.first_1252 = self.first_1252 or self.number
            return decode_1252(line)


class _Table:
    """One table while it is read."""

    def __init__(self, stream: io.BufferedReader, source: str, options: ReadingOptions) -> None:
        self._source = source
        self._options = options
        self._limit = options.limits.record_mb * 2**20
        self._lines = _Lines(stream, self._limit)
        self._maker = RecordMaker(source, options, "row")

    def records(self) -> Iterator[Record]:
        """The articles of all rows."""
        csv.field_size_limit(max(csv.field_size_limit(), self._limit))
        try:
            header = next((line for line in self._lines if line.strip()), "")
        except _RowTooLongError:
            header = " " * (_LONGEST_HEADER + 1)
        if not header:
            yield BadRecord(self._source, "empty")
            return
        if len(header) > _LONGEST_HEADER or "\0" in header:
            yield BadRecord(self._source, "no table: its first line holds no names of columns")
            return
        try:
            delimiter = _delimiter(header)
            names = [name.lower() for name in _split(header.rstrip("\r\n"), delimiter)]
        except csv.Error as error:
            yield BadRecord(self._source, f"no table: {error} in its first line")
            return
        if not self._maker.holds(dict.fromkeys(names, 1), "title", "body", "html", "links"):
            yield BadRecord(
                self._source,
                "names no column for a title or a text in its first line; call one `title` or `body`, or name yours in "
                "the setting `fields`",
            )
            return
        yield from self._rows(names, delimiter)
        if self._lines.first_1252:
            yield Remark(
                self._source,
                f"read as windows-1252 where it is not valid UTF-8, first in line {self._lines.first_1252}",
            )

    def _rows(self, names: Sequence[str], delimiter: str) -> Iterator[Record]:
        reader = csv.reader(self._lines, delimiter=delimiter)
        known = hashlib.sha256(json.dumps(names).encode())
        number = 0
        while True:
            self._lines.row_bytes = 0
            try:
                row = next(reader)
            except StopIteration:
                return
            except _RowTooLongError:
                number += 1
                yield self._bad(number, self._options.limits.over("record_mb", "longer than a record may be"))
                continue
            except csv.Error as error:
                number += 1
                yield self._bad(number, str(error))
                continue
            if not any(cell.strip() for cell in row):
                continue
            number += 1
            if len(row) < len(names) or any(cell.strip() for cell in row[len(names) :]):
                cells = "1 cell" if len(row) == 1 else f"{len(row)} cells"
                yield self._bad(number, f"has {cells} where the first line names {len(names)} columns")
                continue
            digest = known.copy()
            digest.update(json.dumps(row).encode())
            record = {name: _value(name, cell) for name, cell in zip(names, row, strict=False) if name}
            yield from self._maker.make(record, number, digest.hexdigest())

    def _bad(self, number: int, reason: str) -> BadRecord:
        return self._maker.bad(number, f"{reason} (it ends in line {self._lines.number})")


def _value(name: str, cell: str) -> Any:
    """A cell; where a list is expected, the list that it holds."""
    if name not in _LISTS:
        return cell
    if cell.lstrip().startswith("[") and len(cell) <= _LONGEST_LIST:
        for parse in (json.loads, ast.literal_eval):
            try:
                found = parse(cell.strip())
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                continue
            if isinstance(found, list):
                return found
    return cell.splitlines() if name in ALIASES["links"] else cell
