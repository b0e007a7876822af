"""JSON documents: arrays, objects that hold one, single records, and what is no JSON."""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any, ClassVar

import pytest

from searchkit.article import Article
from searchkit.format import BadRecord, Foreign, Format, Limits, ReadingOptions, Record
from searchkit.formats.json import JsonFormat
from tests.formats.contract import FormatContract

A, B = {"title": "A"}, {"title": "B", "body": "b"}


def read(raw: bytes | str, source: str = "a.json", **limits: int) -> list[Record]:
    """All that this document gives."""
    stream = io.BytesIO(raw.encode() if isinstance(raw, str) else raw)
    return list(JsonFormat().read(stream, source, ReadingOptions(limits=Limits(**limits))))


def titles(raw: bytes | str) -> list[str]:
    """The titles of its articles; of anything else its kind."""
    return [r.title if isinstance(r, Article) else type(r).__name__ for r in read(raw)]


def sources(raw: bytes | str, source: str = "a.json") -> list[str]:
    return [r.source for r in read(raw, source) if isinstance(r, Article)]


class TestJsonContract(FormatContract):
    """JSON documents keep what every format promises."""

    format: ClassVar[Format] = JsonFormat()
    good: ClassVar[bytes] = b'[{"title": "One", "date": "2017-03-17"},\n {"id": "x", "headline": "Two", "text": "B"}]'
    articles_in_good: ClassVar[int] = 2


# --- shapes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    "document",
    [
        [A, B],
        {"status": "ok", "articles": [A, B]},
        {"title": "Feed", "items": [A, B]},
        {"took": 3, "hits": {"total": 2, "hits": [A, B]}},
        {"whatever": [A, B], "tags": ["x"]},
        {"response": {"meta": [], "docs": [A, B]}, "facets": [{"x": 1}]},
    ],
)
def test_the_records_of_a_document(document: Any, indent: int | None) -> None:
    """An array, or the one array of objects in an object, gives an article for each element, named by its number."""
    raw = json.dumps(document, indent=indent)
    assert titles(raw) == ["A", "B"]
    assert sources(raw) == ["a.json#1", "a.json#2"]


@pytest.mark.parametrize(
    "record",
    [
        {"title": "T", "body": "x", "items": [A, B]},
        {"title": "T", "authors": [{"name": "Jane Doe"}], "tags": [{"x": 1}]},
        {"headline": "T"},
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_a_single_record_is_named_by_its_file(record: dict[str, Any], indent: int | None) -> None:
    """An object that is an article is one whatever arrays it has; its source is the file, on a pipe its checksum."""
    raw = json.dumps(record, indent=indent)
    assert (titles(raw), sources(raw)) == (["T"], ["a.json"])
    assert sources(raw, "-") == [f"-#{hashlib.sha256(raw.encode()).hexdigest()[:16]}"]


def test_objects_behind_one_another() -> None:
    """JSON Lines under the name of JSON are read, and so are objects over several lines."""
    lines = '{"title": "A"}\nnot JSON\n{"title": "B"}\n'
    assert titles('{"title": "A"}\n{"title": "B"}\nnot JSON\n{"title": "C"}') == ["A", "B", "BadRecord", "C"]
    assert titles(lines) == ["A", "BadRecord"]
    assert titles('{\n"title": "A"}\n{\n"title": "B"}{"title": "C"}') == ["A", "B", "C"]


def test_several_arrays_are_not_chosen_from() -> None:
    """Where an object holds several arrays of records, none of them known, it says so."""
    (record,) = read(json.dumps({"x": [A], "y": [B]}))
    assert isinstance(record, BadRecord) and "several arrays of records (x, y)" in record.reason


def test_ids_and_checksums_of_elements() -> None:
    """An element's own id names it, a repeated one is refused; the checksum is of its bytes as they stand."""
    first, second, repeated = read('[{"id": 7, "title": "A"} , {"title":"B"}, {"id": 7, "title": "C"}]')
    assert isinstance(first, Article) and isinstance(second, Article)
    assert (first.source, second.source) == ("a.json#7", "a.json#2")
    assert second.sha256 == hashlib.sha256(b'{"title":"B"}').hexdigest()
    assert isinstance(repeated, BadRecord) and repeated.reason == "record 3: its id 7 repeats record 1"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks(encoding: str) -> None:
    """Documents in UTF-16 and UTF-32 with their mark are read and told by their beginning."""
    raw = '[{"title": "É聖"}]'.encode(encoding)
    assert titles(raw) == ["É聖"] and JsonFormat().accepts(raw)


# --- damage ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ('[{"title": "A"}, {"title": nope}, 5, "x", [1], {"title": "B"}]', ["A", *["BadRecord"] * 4, "B"]),
        ('[{"title": "A"} {"title": "B"}]', ["A", "B"]),
        ('[{"title": "A"},]', ["A"]),
        ('[{"title": "A"}, {"title": "B"', ["A", "BadRecord"]),
        ('[{"title": "A"}, {"title": "B', ["A", "BadRecord"]),
        ('[{"title": "A"}', ["A", "BadRecord"]),
        ('[{"title": "A"}] x', ["A", "BadRecord"]),
        ('[{"title": "A"}}, {"title": "B"}]', ["A", "BadRecord"]),
        ('[{"title": "A\\"]}"}, {"title": "B\\\\"}]', ['A"]}', "B\\"]),
        (b'[{"title": "\xff"}, {"title": "B"}]', ["BadRecord", "B"]),
        ('[{"title": ' + "[" * 100_000 + "]" * 100_000 + '}, {"title": "B"}]', ["BadRecord", "B"]),
        ("[]", []),
        ("{}", ["Foreign"]),
        ("{", ["BadRecord"]),
        ("5", ["BadRecord"]),
        ('{"items": [{"title": "A"}, 5]}', ["A", "BadRecord"]),
    ],
)
def test_a_bad_element_costs_itself_only(raw: bytes | str, found: list[str]) -> None:
    """What is whole is read, what is not is named."""
    assert titles(raw) == found


def test_strings_and_escapes_may_lie_across_pieces() -> None:
    """Wherever the stream is cut into pieces, elements are the same."""
    for pad in range(65536 - 40, 65536 + 4):
        raw = '["' + "x" * pad + '", {"title": "a\\\\\\"]}b"}, {"title": "B"}]'
        assert titles(raw) == ["BadRecord", 'a\\"]}b', "B"]


def test_an_element_over_the_limit_is_passed_over() -> None:
    """An element that is too long is named and not held; the next one is read."""
    raw = json.dumps([{"title": "x" * 2**20}, B, {"title": "y" * (2**20 - 50)}])
    bad, article, fits = read(raw, record_mb=1)
    assert isinstance(bad, BadRecord) and bad.source == "a.json#1" and "the limit is 1 MB" in bad.reason
    assert isinstance(article, Article) and isinstance(fits, Article)
    (bad,) = read(json.dumps({"items": [{"title": "x" * 2**20}]}), record_mb=1)
    assert isinstance(bad, BadRecord) and "may be of any length" in bad.reason


def test_elements_are_read_one_by_one() -> None:
    """The first article is there long before the stream is read to its end."""
    stream = io.BytesIO(b"[" + b'{"title": "a"},' * 100_000)
    next(JsonFormat().read(stream, "-"))
    assert stream.tell() < 200_000


def test_a_file_of_something_else_is_foreign() -> None:
    """An object with nothing of an article in it, such as a `package.json`; a damaged one is bad."""
    (foreign,) = JsonFormat().read(io.BytesIO(b'{"version": "1.0", "scripts": {"test": "x"}}'), "package.json")
    assert isinstance(foreign, Foreign) and "has no title, body or links" in foreign.reason
    (bad,) = JsonFormat().read(io.BytesIO(b'{"version": "1.0",'), "package.json")
    assert type(bad) is BadRecord
