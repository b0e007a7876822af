"""JSON documents: an array of records, an object that holds one, a single record, or several one behind the other."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from searchkit.format import BadRecord, ReadingOptions, Record
from searchkit.formats._bytes import name_kind
from searchkit.formats._entries import EntryMaker, records_of
from searchkit.formats._fields import kind_of
from searchkit.formats._jsonfeed import feed_entries, is_json_feed
from searchkit.formats._jsonlines import BadJsonError, parse_object, parse_value, read_lines
from searchkit.formats._jsonvalues import CutOffError, JsonValues
from searchkit.formats._ninjs import is_ninjs, ninjs_entry
from searchkit.formats._records import RecordMaker
from searchkit.formats._streams import borrow_as_utf8, utf8_head

_HOLDERS = (
    "articles", "items", "item", "results", "docs", "documents", "records", "entries", "hits", "posts", "stories", "news",
    "data",
)  # fmt: skip
"""Keys under which services answer with their records; where an object holds several arrays, these count."""

_HOLDER = re.compile(rb'"(?:%s)"\s*:\s*[\[{]' % "|".join(_HOLDERS).encode())
_OF_AN_ARTICLE = re.compile(rb'"(?:title|headline|body|text|content|html)"\s*:')
_DEEPEST_HOLDER = 3


class JsonFormat:
    """A JSON document: an array of records, an object that holds one, or a single record."""

    name = "json"
    about = "JSON documents: an array of objects, or an object that holds one"
    suffixes: tuple[str, ...] = (".json",)

    def accepts(self, head: bytes) -> bool:
        """Whether it is an array of objects, or an object that goes on in the next line or holds an array of records.

        A line that is an object by itself is JSON Lines, also when it is the only one.
        """
        head = utf8_head(head).lstrip()
        if head.startswith(b"["):
            return head[1:].lstrip()[:1] in (b"{", b"]")
        if not head.startswith(b"{"):
            return False
        line, newline, _ = head.partition(b"\n")
        holder = _HOLDER.search(line)
        if holder and not _OF_AN_ARTICLE.search(line, 0, holder.start()):
            return True
        return bool(newline) and _goes_on(line)

    def read(self, stream: BinaryIO, source: str, options: ReadingOptions = ReadingOptions()) -> Iterator[Record]:
        """Yield the article of each record; an array is read element by element.

        The single record of a file is named by the file alone; others by their own id or number, as JSON Lines are.
        """
        borrowed = borrow_as_utf8(stream)
        head = borrowed.peek()
        if kind := name_kind(head):
            yield BadRecord(source, f"begins like {kind}; JSON is plain text")
            return
        if _is_lines(head):
            yield from read_lines(borrowed, source, options)
            return
        values = JsonValues(borrowed)
        first = values.next_byte()
        if first == b"[":
            values.skip()
            yield from _Document(values, source, options).elements()
        elif first == b"{":
            yield from _Document(values, source, options).objects()
        else:
            yield BadRecord(source, "not JSON: begins with neither [ nor {" if first else "empty")


def _goes_on(line: bytes) -> bool:
    """Whether a line is the beginning of an object, and no whole one."""
    values = JsonValues(io.BytesIO(line))
    try:
        values.next_byte()
        values.take(len(line))
    except CutOffError:
        return True
    return False


def _is_lines(head: bytes) -> bool:
    """Whether the first line is an object by itself and the next one begins another."""
    line, _, rest = head.lstrip().partition(b"\n")
    if not line.startswith(b"{") or not rest.lstrip().startswith(b"{"):
        return False
    try:
        parse_object(line)
    except BadJsonError:
        return False
    return True


class _Document:
    """One file while it is read."""

    def __init__(self, values: JsonValues, source: str, options: ReadingOptions) -> None:
        self._values = values
        self._source = source
        self._options = options
        self._maker = RecordMaker(source, options, "record")
        self._items = EntryMaker(source, "item")
        self._limit = options.limits.record_mb * 2**20

    def elements(self) -> Iterator[Record]:
        """The records of an array."""
        number = 0
        while (byte := self._values.next_byte(commas=True)) not in (b"]", b""):
            number += 1
            if byte == b"}":
                yield self._maker.bad(number, "not JSON: a } that closes nothing; the rest is not read")
                return
            try:
                yield from self._record(number)
            except CutOffError:
                yield self._maker.bad(number, "not JSON: the file ends inside it")
                return
        if not byte:
            yield BadRecord(self._source, "not JSON: the file ends before its array does")
            return
        self._values.skip()
        if self._values.next_byte():
            yield BadRecord(self._source, "not JSON: something follows the end of the array; it is not read")

    def objects(self) -> Iterator[Record]:
        """The records of an object, which may be one itself, and of the objects behind it."""
        try:
            raw = self._values.take(self._limit)
        except CutOffError:
            yield BadRecord(self._source, "not JSON: the file ends inside its object")
            return
        if not self._values.next_byte():
            yield from self._only(raw)
            return
        yield from self._made(raw, 1)
        number = 1
        while byte := self._values.next_byte():
            number += 1
            if byte != b"{":
                yield self._maker.bad(number, "not JSON: not an object; the rest is not read")
                return
            try:
                yield from self._record(number)
            except CutOffError:
                yield self._maker.bad(number, "not JSON: the file ends inside it")
                return

    def _record(self, number: int) -> Iterator[Record]:
        yield from self._made(self._values.take(self._limit), number)

    def _made(self, raw: bytes | None, number: int) -> Iterator[Record]:
        if raw is None:
            yield self._maker.bad(number, self._too_long)
            return
        try:
            record = parse_object(raw)
        except BadJsonError as error:
            yield self._maker.bad(number, str(error))
            return
        if is_ninjs(record):
            yield from self._ninjs(record, self._items, number)
            return
        yield from self._maker.make(record, number, hashlib.sha256(raw).hexdigest())

    def _only(self, raw: bytes | None) -> Iterator[Record]:
        """What a file holds that is one object."""
        if raw is None:
            yield BadRecord(self._source, f"{self._too_long}; an array or JSON Lines may be of any length")
            return
        try:
            record = parse_value(raw)
        except BadJsonError as error:
            yield BadRecord(self._source, str(error))
            return
        if isinstance(record, dict) and is_json_feed(record):
            yield from records_of(feed_entries(record, self._options.limits.html_depth), self._source)
            return
        if is_ninjs(record) and self._source != "-":
            yield from self._ninjs(record, EntryMaker(self._source, only=True), 1)
            return
        holders = [] if self._maker.holds(record, "body", "html") else _arrays(record)
        known = [pair for pair in holders if pair[0] in _HOLDERS]
        if not known and self._maker.holds(record, "title"):
            holders = []
        chosen = known or holders
        if len(chosen) > 1:
            names = ", ".join(sorted(name for name, _ in chosen))
            yield BadRecord(self._source, f"holds several arrays of records ({names}); make each a file of its own")
        elif chosen:
            for number, item in enumerate(chosen[0][1], 1):
                yield from self._held(item, number)
        else:
            yield from self._maker.make_only(record, hashlib.sha256(raw).hexdigest())

    def _ninjs(self, item: Mapping[str, Any], maker: EntryMaker, number: int) -> Iterator[Record]:
        try:
            yield from maker.make(ninjs_entry(item, self._options.limits.html_depth), number)
        except ValueError as error:
            yield maker.bad(number, str(error))

    def _held(self, item: Any, number: int) -> Iterator[Record]:
        if not isinstance(item, dict):
            yield self._maker.bad(number, f"not a JSON object but {kind_of(item)}")
            return
        if is_ninjs(item):
            yield from self._ninjs(item, self._items, number)
            return
        try:
            raw = json.dumps(item, sort_keys=True).encode()
        except RecursionError:
            yield self._maker.bad(number, "nested too deeply")
            return
        yield from self._maker.make(item, number, hashlib.sha256(raw).hexdigest())

    @property
    def _too_long(self) -> str:
        return self._options.limits.over("record_mb", "longer than a record may be")


def _arrays(record: Mapping[str, Any], depth: int = 1) -> list[tuple[str, list[Any]]]:
    """The arrays of objects in an object and in the objects in it, with their keys."""
    found: list[tuple[str, list[Any]]] = []
    for key, value in record.items():
        if isinstance(value, list) and any(isinstance(item, dict) for item in value):
            found.append((key, value))
        elif isinstance(value, dict) and depth < _DEEPEST_HOLDER:
            found += _arrays(value, depth + 1)
    return found
