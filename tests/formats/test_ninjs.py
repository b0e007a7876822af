"""ninjs: items of versions 1 to 3, under their own ending and that of JSON."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from searchkit.article import Article
from searchkit.format import BadRecord, Format, Record, detect
from searchkit.formats import FORMATS
from searchkit.formats.json import JsonFormat
from searchkit.formats.ninjs import NinjsFormat
from tests.formats.contract import FormatContract

ITEM: dict[str, Any] = {
    "uri": "urn:1",
    "type": "text",
    "language": "en",
    "versioncreated": "2017-03-17T10:00:00Z",
    "byline": "By Jane Doe and John Roe",
    "headline": "A bridge",
    "body_xhtml": "<p>One.</p><p>Two.</p>",
    "description_text": "Short.",
    "infosource": [{"name": "The Wire"}],
}
THREE: dict[str, Any] = {
    "uri": "urn:2",
    "firstcreated": "2017-03-17T10:00:00Z",
    "headlines": [{"role": "main", "value": "A bridge"}],
    "bodies": [{"contenttype": "text/html", "value": "<p>One.</p><p>Two.</p>"}],
    "by": "Jane Doe, John Roe",
    "infosources": [{"name": "The Wire"}],
}


def read(value: Any, format: Format | None = None) -> list[Record]:
    """All that this document gives."""
    return list((format or NinjsFormat()).read(io.BytesIO(json.dumps(value).encode()), "a.json"))


class TestNinjsContract(FormatContract):
    """ninjs keeps what every format promises."""

    format: ClassVar[Format] = NinjsFormat()
    good: ClassVar[bytes] = json.dumps(ITEM, indent=1).encode()


@pytest.mark.parametrize("format", [NinjsFormat(), JsonFormat()])
@pytest.mark.parametrize(("item", "source"), [(ITEM, "updated"), (THREE, "meta")])
def test_all_of_an_item(format: Format, item: dict[str, Any], source: str) -> None:
    """Both generations of properties give the same; so does the ending of JSON."""
    (article,) = read(item, format)
    assert isinstance(article, Article)
    assert (article.title, article.body, article.source) == ("A bridge", "One.\n\nTwo.", "a.json")
    assert (article.authors, article.publisher) == (("Jane Doe", "John Roe"), "The Wire")
    assert (article.published, article.date_source) == (datetime(2017, 3, 17, 10, 0, tzinfo=UTC), source)


def test_text_comes_before_markup_and_descriptions_stand_for_pictures() -> None:
    """Plain text is taken as it stands."""
    (text,) = read({**ITEM, "body_text": "A < b."})
    (picture,) = read({key: value for key, value in ITEM.items() if key != "body_xhtml"})
    assert isinstance(text, Article) and isinstance(picture, Article)
    assert (text.body, text.dek) == ("A < b.", "Short.")
    assert (picture.body, picture.dek) == ("Short.", None)


def test_an_array_of_items() -> None:
    """Each is named by its uri; what is none is named."""
    first, second, bad = read([ITEM, THREE, {"title": "x"}])
    assert (first.source, second.source) == ("a.json#urn:1", "a.json#urn:2")  # type: ignore[union-attr]
    assert isinstance(bad, BadRecord) and "no item of ninjs" in bad.reason


def test_items_with_a_guid_for_their_uri() -> None:
    """As some programs write them, with the source as a text; without the time of a version it is a record of JSON."""
    old = {
        "guid": "urn:3",
        "source": "The Wire",
        "versioncreated": "2017-03-17T10:00:00+0000",
        "body_html": "<p>One.</p>",
    }
    (article,) = read({**old, "headline": "A bridge"}, JsonFormat())
    assert isinstance(article, Article)
    assert (article.title, article.body, article.publisher) == ("A bridge", "One.", "The Wire")
    assert article.published == datetime(2017, 3, 17, 10, 0, tzinfo=UTC)
    (plain,) = read({"guid": "urn:3", "title": "A bridge", "body_html": "<p>One.</p>"}, JsonFormat())
    assert isinstance(plain, Article) and plain.body == ""


@pytest.mark.parametrize("document", [[ITEM, THREE], {"total": 2, "item": [ITEM, THREE]}])
def test_items_in_documents_of_json(document: Any) -> None:
    """In an array, or in an object that holds one, each is read as an item of ninjs and named by its uri."""
    first, second = read(document, JsonFormat())
    assert isinstance(first, Article) and isinstance(second, Article)
    assert (first.source, second.source) == ("a.json#urn:1", "a.json#urn:2")
    assert first.body == second.body == "One.\n\nTwo."


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (json.dumps(ITEM, indent=2), "ninjs"),
        (json.dumps(ITEM), "jsonl"),
        (json.dumps({"uri": "x", "title": "y"}, indent=2), "json"),
    ],
)
def test_ninjs_is_told_by_its_beginning(text: str, name: str) -> None:
    """Items over several lines; one in a line is JSON Lines."""
    found = detect("", text.encode(), FORMATS)
    assert found is not None and found.name == name
