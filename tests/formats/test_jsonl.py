"""JSON Lines: keys and their other names, records without ids, bad lines, dates."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import UTC, date, datetime
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.article import Article, Link, article_id
from searchkit.errors import InputError
from searchkit.format import BadRecord, Format, Limits, Page, ReadingOptions, Record, Remark, detect
from searchkit.formats import FORMATS, _fields, format_named
from searchkit.formats.jsonl import JsonLinesFormat
from tests.formats.contract import FormatContract

MARCH_17 = date(2017, 3, 17)
AT_TEN_UTC = datetime(2017, 3, 17, 10, 0, tzinfo=UTC)


def read(raw: bytes | str, source: str = "a.jsonl") -> list[Record]:
    """All that these lines give."""
    return list(JsonLinesFormat().read(io.BytesIO(raw.encode() if isinstance(raw, str) else raw), source))


def read_one(**fields: Any) -> Article:
    """The article of one record with these fields, and a title unless they have one; it comes without remarks."""
    (article,) = read(json.dumps({"title": "T", **fields}))
    assert isinstance(article, Article), article
    return article


def read_bad(line: bytes | str) -> str:
    """What is said of one bad line."""
    (record,) = read(line)
    assert isinstance(record, BadRecord) and record.source == "a.jsonl#1", record
    return record.reason


class TestJsonLinesContract(FormatContract):
    """JSON Lines keep what every format promises."""

    format: ClassVar[Format] = JsonLinesFormat()
    good: ClassVar[bytes] = (
        b'{"title": "One", "date": "2017-03-17", "links": ["A - Reuters - July 8th, 2025"]}\n'
        b'{"id": "x", "title": "Two", "body": "B", "authors": ["Jane Doe"], "lang": "en"}\n'
    )
    articles_in_good: ClassVar[int] = 2
    says_empty: ClassVar[bool] = False


# --- fields ------------------------------------------------------------------------------------------------------


def test_all_fields_of_a_record() -> None:
    """A record with every field gives an article with every field."""
    record = {
        "id": 17, "title": " A  title ", "body": "One.\r\n\r\nTwo.", "dek": "D", "date": "2017-03-17", "author": "Jane Doe",
        "publisher": "CNN", "url": "https://x.org/1", "language": "en", "note": "N",
        "links": [{"headline": "H", "publisher": "P", "date": "2025-07-08", "url": "https://x.org/2"}],
    }  # fmt: skip
    line = json.dumps(record)
    assert read(line) == [
        Article(
            id=article_id("a.jsonl#17"),
            source="a.jsonl#17",
            record="17",
            title="A title",
            body="One.\n\nTwo.",
            sha256=hashlib.sha256(line.encode()).hexdigest(),
            dek="D",
            authors=("Jane Doe",),
            publisher="CNN",
            published=MARCH_17,
            date_source="meta",
            language="en",
            url="https://x.org/1",
            links=(Link("H", "P", date(2025, 7, 8), "https://x.org/2"),),
            note="N",
        )
    ]


ALIASES = {
    "title": ["title", "headline", "name"],
    "body": [
        "body", "text", "content", "article", "articleBody", "maintext", "story", "content_text", "body_text",
        "full_text", "fulltext",
    ],
    "dek": ["dek", "description", "summary", "subtitle", "standfirst", "abstract"],
    "publisher": ["publisher", "outlet", "source", "site", "site_name", "publication", "sitename"],
    "url": ["url", "link", "canonical_url", "canonicalUrl", "web_url"],
    "note": ["note", "bio"],
    "record": ["id", "_id", "uuid", "guid"],
}  # fmt: skip


@pytest.mark.parametrize(("field", "key"), [(field, key) for field, keys in ALIASES.items() for key in keys])
def test_every_alias_gives_its_field(field: str, key: str) -> None:
    """Each name of a field is read, in any case."""
    for name in (key, key.upper()):
        (article,) = read(json.dumps({name: "value", "links": ["L"]}))
        assert getattr(article, field) == "value"


@pytest.mark.parametrize("keys", [*ALIASES.items()], ids=lambda keys: keys[0])
def test_the_first_alias_with_a_value_wins(keys: tuple[str, list[str]]) -> None:
    """Among several names the first with a value counts, whatever their order in the record; empty values do not."""
    field, names = keys
    fields: dict[str, Any] = {name: name for name in reversed(names)}
    (article,) = read(json.dumps({**fields, "links": ["L"]}))
    assert getattr(article, field) == names[0]
    for empty in (None, "", " \n"):
        (article,) = read(json.dumps({**fields, names[0]: empty, "links": ["L"]}))
        assert getattr(article, field) == names[1]


@pytest.mark.parametrize(
    "key",
    ["date", "published", "published_at", "publishedAt", "pubDate", "pub_date", "date_published", "datePublished",
     "date_publish", "publish_date", "publishDate", "published_date", "publication_date", "timestamp"],
)  # fmt: skip
def test_every_alias_of_the_date_is_read(key: str) -> None:
    """Each name of the date is read, and its source is `meta`."""
    article = read_one(**{key: "17 March 2017"})
    assert (article.published, article.date_source) == (MARCH_17, "meta")


def test_unknown_keys_are_left_out() -> None:
    """A key that is not in the table changes nothing but the checksum; when a record was made is no date."""
    plain, more = read_one(id="x"), read_one(id="x", created_at="2017-03-17", tags=["a"], score=1.5, nested={"a": {}})
    assert {name: getattr(more, name) for name in Article.__slots__ if name != "sha256"} == {
        name: getattr(plain, name) for name in Article.__slots__ if name != "sha256"
    }


@pytest.mark.parametrize(
    ("value", "published"),
    [
        ("2017-03-17", MARCH_17),
        ("2017-03-17T12:00:00+02:00", AT_TEN_UTC),
        ("Fri, 17 Mar 2017 10:00:00 GMT", AT_TEN_UTC),
        (1489744800, AT_TEN_UTC),
        (1489744800.0, AT_TEN_UTC),
        (1489744800000, AT_TEN_UTC),
        ("1489744800", AT_TEN_UTC),
        ("1489744800000", AT_TEN_UTC),
        (20170317, MARCH_17),
        (20170317100000, datetime(2017, 3, 17, 10)),
        (946684800000, datetime(2000, 1, 1, tzinfo=UTC)),
        ({"$date": "2017-03-17T10:00:00Z"}, AT_TEN_UTC),
        ({"$date": {"$numberLong": "1489744800000"}}, AT_TEN_UTC),
    ],
)
def test_a_date_is_read_in_each_form(value: Any, published: date | datetime) -> None:
    """Text, Unix times as numbers and digits, days as numbers, and the wrappers of databases."""
    assert read_one(date=value).published == published


@pytest.mark.parametrize(
    "value",
    ["03/04/2017", "yesterday", "2017", 2017, 0, -5, 201703171000, 1e300, 10**400, [2017, 3, 17],
     {"year": 2017}, {"$date": []}],
)  # fmt: skip
def test_an_unreadable_date_leaves_the_article_undated_with_a_remark(value: Any) -> None:
    """A date that is there but not certain is told, and the article is kept."""
    remark, article = read(json.dumps({"title": "T", "id": "x", "date": value}))
    assert isinstance(remark, Remark) and remark.source == "a.jsonl#x"
    assert remark.text.startswith("line 1: date ") and "left undated" in remark.text
    assert isinstance(article, Article) and (article.published, article.date_source) == (None, None)


def test_whether_it_was_published_is_no_date() -> None:
    """`"published": true` is passed over for the next name, and is not worth a remark."""
    assert read_one(published=True).published is None
    assert read_one(published=True, pubDate="2017-03-17").published == MARCH_17


@pytest.mark.parametrize(
    ("value", "authors"),
    [
        ("Jane Doe", ("Jane Doe",)),
        ("By Jane Doe and John Roe", ("Jane Doe", "John Roe")),
        ("by: Jane Doe, John Roe, and Ann Lee & Bob Poe", ("Jane Doe", "John Roe", "Ann Lee", "Bob Poe")),
        ("Doe, Jane; Roe, John", ("Doe, Jane", "Roe, John")),
        ("Martin King, Jr., Jane Doe", ("Martin King, Jr.", "Jane Doe")),
        ("Alexander Anderson", ("Alexander Anderson",)),
        ("Byron Smith", ("Byron Smith",)),
        (["Jane Doe", "By John Roe", "Jane Doe", None, ""], ("Jane Doe", "John Roe")),
        ([{"@type": "Person", "name": "Jane Doe"}, {"name": "King, Jr."}], ("Jane Doe", "King, Jr.")),
        ({"name": "Jane Doe"}, ("Jane Doe",)),
        ([{}], ()),
    ],
)
def test_authors_are_split(value: Any, authors: tuple[str, ...]) -> None:
    """One text is split like a byline; the items of a list are whole names."""
    assert read_one(authors=value).authors == authors


def test_a_publisher_may_be_an_object() -> None:
    """The name of a publisher is taken out of an object."""
    assert read_one(publisher={"@type": "Organization", "name": " CNN "}).publisher == "CNN"
    assert read_one(publisher={"logo": "x"}).publisher is None


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en", "en"),
        ("EN-us", "en-US"),
        ("pt_BR", "pt-BR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("und", None),
    ],
)
def test_a_language_tag_gets_its_usual_spelling(tag: str, language: str | None) -> None:
    """BCP 47 tags are kept in their usual case; "und" says nothing."""
    assert read_one(lang=tag).language == language


def test_a_date_of_another_calendar_names_it() -> None:
    """The day is Gregorian, and what states it tells that it was converted."""
    article = read_one(date="۲۷ فروردین ۱۳۹۶")
    assert article.published == date(2017, 4, 16)
    assert article.date_source == "meta, Persian calendar"


def test_the_stated_language_settles_the_order_of_a_date() -> None:
    """In Portuguese the day stands first; without a language the order is not known."""
    assert read_one(date="12/07/2017", lang="pt").published == date(2017, 7, 12)
    assert isinstance(read(json.dumps({"title": "T", "date": "12/07/2017"}))[0], Remark)


@pytest.mark.parametrize("value", ["English", "e", "en-", "en us", "en-USA1", 5, ["en"], "١٢"])
def test_what_is_no_language_tag_is_left_out_with_a_remark(value: Any) -> None:
    """A language in another form is told, and the article is kept without one."""
    remark, article = read(json.dumps({"title": "T", "language": value}))
    assert isinstance(remark, Remark) and "is not a language tag" in remark.text
    assert isinstance(article, Article) and article.language is None


@pytest.mark.parametrize("key", ["links", "related", "related_links"])
def test_links_are_lines_or_objects(key: str) -> None:
    """A link is a line as scrapes have it, an address, or an object under common names; empty ones are passed over."""
    links = [
        "- A - dash - Reuters - July 8th, 2025 [July 8th, 2025]", "https://x.org/1", "word " * 100, "", None, {},
        {"title": "B", "source": {"name": "CNN"}, "date": "2025-07-08T23:00:00-05:00"}, {"text": "C", "date": "soon"},
        {"url": "https://x.org/2"},
    ]  # fmt: skip
    assert read_one(**{key: links}).links == (
        Link("A - dash", "Reuters", date(2025, 7, 8)),
        Link("https://x.org/1", None, None, "https://x.org/1"),
        Link(("word " * 100).strip()),
        Link("B", "CNN", date(2025, 7, 9)),
        Link("C"),
        Link("https://x.org/2", None, None, "https://x.org/2"),
    )


def test_markup_in_a_body_is_left_as_it_is() -> None:
    """Tags and entities in a body are not touched, nor are separators of lines other than line ends."""
    assert read_one(body="<p>A &amp; B</p>\u2028C").body == "<p>A &amp; B</p>\u2028C"


def test_lone_surrogates_are_replaced() -> None:
    """Half a pair of surrogates becomes U+FFFD in text and an escape in an id; a whole pair is its character."""
    (article,) = read(
        r'{"id": "\ud800", "title": "a\udc00b", "body": "\ud83d\ude00", "author": "J\ud800", "links": ["L\udfff"]}'
    )
    assert isinstance(article, Article)
    assert (article.title, article.body, article.authors) == ("a\ufffdb", "😀", ("J\ufffd",))
    assert (article.links[0].headline, article.record) == ("L\ufffd", "\\ud800")


# --- ids ---------------------------------------------------------------------------------------------------------


def test_a_record_without_id_is_named_by_its_line() -> None:
    """Line numbers count every line, blank ones too; null and empty ids are none."""
    articles = read('{"title": "a"}\n\n{"title": "b", "id": null}\r\n{"title": "c", "id": " "}')
    assert [a.source for a in articles] == ["a.jsonl#1", "a.jsonl#3", "a.jsonl#4"]


def test_on_standard_input_a_record_without_id_is_named_by_its_checksum() -> None:
    """From `-` the name does not depend on the line's place or its line end."""
    first, second = read('{"title": "a"}\r\n{"title": "b"}', "-"), read('{"title": "b"}\n{"title": "a"}\n', "-")
    assert {a.source for a in first} == {a.source for a in second}
    digest = hashlib.sha256(b'{"title": "a"}').hexdigest()
    assert isinstance(first[0], Article) and first[0].record == digest[:16] and first[0].sha256 == digest


@pytest.mark.parametrize(
    ("own", "record"),
    [("a/b c#d", "a/b c#d"), (0, "0"), (" x ", "x"), ("a\nb\tc", "a\\nb\\tc"),
     ("\x1b[31m\u202e", "\\x1b[31m\\u202e"), ({"$oid": "5f"}, "5f")],
)  # fmt: skip
def test_an_own_id_is_kept_with_its_controls_visible(own: Any, record: str) -> None:
    """Ids are kept as they are, but for what would not print, which is written as an escape."""
    article = read_one(id=own)
    assert (article.record, article.source, article.file) == (record, f"a.jsonl#{record}", "a.jsonl")


def test_a_repeated_id_is_a_bad_record() -> None:
    """The second record of an id is refused with the line of the first, also where the first has it by its line."""
    ids: list[dict[str, Any]] = [{"id": "x"}, {"id": "x"}, {}, {"id": 3}, {"id": "y"}]
    records = read("\n".join(json.dumps({**own, "title": "T"}) for own in ids))
    assert [r.reason if isinstance(r, BadRecord) else r.source for r in records] == [
        "a.jsonl#x", "line 2: its id x repeats line 1", "a.jsonl#3", "line 4: its id 3 repeats line 3", "a.jsonl#y",
    ]  # fmt: skip


def test_a_bad_record_does_not_use_up_its_id() -> None:
    """An id which only a bad record had is free for a good one."""
    bad, good = read('{"id": "x"}\n{"id": "x", "title": "b"}')
    assert isinstance(bad, BadRecord) and isinstance(good, Article)


# --- bad lines ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "line 1: not JSON: "),
        ('{"title": "a"} x', "line 1: not JSON: Extra data at character 16"),
        ('{"title": "a"', "line 1: not JSON: "),
        ('{"title": "a\tb"}', "line 1: not JSON: Invalid control character"),
        ('["a"]', "line 1: not a JSON object but a list"),
        ('"a"', "line 1: not a JSON object but text"),
        ("17", "line 1: not a JSON object but a number"),
        ("null", "line 1: not a JSON object but null"),
        ('{"title": "a", "x": NaN}', "line 1: a number in it is NaN"),
        ('{"title": "a", "x": -Infinity}', "line 1: a number in it is NaN, infinite"),
        ('{"title": "a", "x": ' + "9" * 5000 + "}", "line 1: a number in it is NaN, infinite or far too long"),
        ('{"title": ' + "[" * 100_000 + "]" * 100_000 + "}", "line 1: nested too deeply"),
        (b'{"title": "\xff"}', "line 1: not UTF-8: invalid start byte at byte 12"),
        ("{}", "line 1: has no title, body or links"),
        ('{"title": " ", "body": null, "links": [""], "dek": "D"}', "line 1: has no title, body or links"),
        ('{"headline": ["a"]}', "line 1: headline is a list, not text"),
        ('{"title": "a", "text": {"b": 1}}', "line 1: text is an object, not text"),
        ('{"title": true}', "line 1: title is true or false, not text"),
        ('{"title": "a", "url": 5}', "line 1: url is a number, not text"),
        ('{"title": "a", "_id": [1]}', "line 1: _id is a list, not text or a whole number"),
        ('{"title": "a", "id": 1.5}', "line 1: id is a number, not text or a whole number"),
        ('{"title": "a", "id": false}', "line 1: id is true or false"),
        ('{"title": "a", "id": "' + "x" * 513 + '"}', "line 1: id is longer than 512 characters"),
        ('{"title": "a", "author": [5]}', "line 1: author holds a number where a name is expected"),
        ('{"title": "a", "source": ["CNN"]}', "line 1: source holds a list where a name is expected"),
        ('{"title": "a", "links": "x"}', "line 1: links is text, not a list"),
        ('{"title": "a", "links": [5]}', "line 1: links holds a number, not text or objects"),
    ],
)
def test_a_bad_line_says_what_is_wrong(line: str | bytes, reason: str) -> None:
    """Each kind of bad line gives one bad record with the line's number and the trouble."""
    assert read_bad(line).startswith(reason)


def test_a_bad_line_does_not_stop_the_others() -> None:
    """The lines around a bad one are read, and it is reported with its own number."""
    first, bad, last = read('{"title": "a"}\nnot json\n{"title": "c"}\n')
    assert isinstance(first, Article) and isinstance(last, Article)
    assert isinstance(bad, BadRecord) and bad.source == "a.jsonl#2" and bad.reason.startswith("line 2: not JSON")


def test_lines_end_with_line_feeds_only() -> None:
    """Separators that Python counts as line ends do not part records, and carriage returns belong to the line end."""
    raw = '{"title": "a\u2028b\u0085c"}\r\n{"title": "d"}'
    article, _ = read(raw)
    assert isinstance(article, Article) and article.title == "a b c"
    assert article.sha256 == hashlib.sha256(raw.encode().split(b"\r\n")[0]).hexdigest()


def test_a_byte_order_mark_is_allowed() -> None:
    """UTF-8 with its mark is read."""
    (article,) = read(b'\xef\xbb\xbf{"title": "a"}')
    assert isinstance(article, Article) and article.title == "a"


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ('{"title": "a"}\n{"title": "b"}'.encode("utf-16"), "UTF-16"),
        (b"\x28\xb5\x2f\xfd\n\n\n", "Zstandard data"),
        (b"\x1f\x8b\x08\n\n", "gzip data"),
    ],
)
def test_a_file_that_is_something_else_is_one_bad_record(raw: bytes, kind: str) -> None:
    """UTF-16 and compressed files are named once, not line by line."""
    (record,) = read(raw)
    assert isinstance(record, BadRecord) and record.source == "a.jsonl" and f"begins like {kind}" in record.reason


class _CountingStream(io.BytesIO):
    """Remembers the size of the largest piece that was asked for."""

    largest = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        assert size is not None and size > 0
        self.largest = max(self.largest, size)
        return super().readline(size)


def test_a_line_too_long_is_skipped_in_pieces() -> None:
    """A line over the limit is a bad record, the next one is read; one at the limit is an article."""
    fits = '{"title": "a"' + " " * (2**20 - 14) + "}"
    stream = _CountingStream(f'{fits}\r\n{fits[:-1]} }}\n{" " * 3_000_000}\n{{"title": "b"}}'.encode())
    options = ReadingOptions(limits=Limits(record_mb=1))
    records = list(JsonLinesFormat().read(stream, "a.jsonl", options))
    assert [r.source for r in records] == ["a.jsonl#1", "a.jsonl#2", "a.jsonl#3", "a.jsonl#4"]
    assert [type(r) for r in records] == [Article, BadRecord, BadRecord, Article]
    assert stream.largest <= 2**20 + 2
    assert isinstance(records[1], BadRecord)
    assert records[1].reason == "line 2: longer than a record may be; the limit is 1 MB (setting reading.record_mb)"


def test_keys_of_ones_own_come_first() -> None:
    """A user's keys are read before the usual ones, in any case; a dotted one leads into objects and lists."""
    options = ReadingOptions(
        fields={"title": ("Kopf",), "body": ("doc.parts.1.Txt", "doc.lead"), "date": ("doc.at",), "id": ("doc.no",)}
    )
    lines = [
        {"title": "T", "kopf": "K", "doc": {"Parts": [{}, {"txt": "two"}], "at": "2017-03-17", "no": 5}},
        {"title": "T", "doc": {"parts": [1], "lead": "L"}},
        {"title": "T", "doc.lead": "flat", "doc": {"lead": "deep"}},
        {"title": "T", "body": "B", "doc": ["x"]},
    ]
    stream = io.BytesIO("\n".join(map(json.dumps, lines)).encode())
    records = list(JsonLinesFormat().read(stream, "a", options))
    found = [(r.source, r.title, r.body, r.published) for r in records if isinstance(r, Article)]
    assert found == [
        ("a#5", "K", "two", MARCH_17), ("a#2", "T", "L", None), ("a#3", "T", "flat", None), ("a#4", "T", "B", None)
    ]  # fmt: skip


def test_a_record_with_a_page_is_left_to_be_extracted() -> None:
    """HTML under its own key is a page with what the record states; a body in the record comes before it."""
    page, article = read(
        '{"id": 1, "html": "<p>é</p>", "url": "https://x.org/1", "title": ""}\n{"html": "x", "text": "B"}'
    )
    assert isinstance(page, Page) and (page.html, page.charset) == ("<p>é</p>".encode(), "utf-8")
    assert (page.known.source, page.known.url, page.known.body) == ("a.jsonl#1", "https://x.org/1", "")
    assert isinstance(article, Article) and article.body == "B"


def test_records_are_read_one_by_one() -> None:
    """The first article is there before the second line is read."""
    stream = io.BytesIO(b'{"title": "a"}\n{"title": "b"}\n')
    records = JsonLinesFormat().read(stream, "-")
    next(records)
    assert stream.tell() == len(b'{"title": "a"}\n')


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "title", "$date", "url", "x"]), inner)
    ),
    max_leaves=6,
)
_KEYS = sorted({name for names in _fields.ALIASES.values() for name in names})


@given(st.dictionaries(st.sampled_from(_KEYS), _JSON, max_size=8))
def test_any_values_under_known_keys_are_read_or_refused(fields: dict[str, Any]) -> None:
    """Whatever stands under the known keys, the line gives an article, a page or a bad record, perhaps remarks."""
    *remarks, last = read(json.dumps(fields))
    assert isinstance(last, (Article, BadRecord, Page)) and all(isinstance(remark, Remark) for remark in remarks)
    if isinstance(last, Article):
        repr(last).encode("utf-8")


# --- the table of formats ----------------------------------------------------------------------------------------


def test_formats_are_found_by_name() -> None:
    """Each format is found by its name, and an unknown name is an error that lists the known ones."""
    assert [format_named(format.name) for format in FORMATS] == list(FORMATS)
    with pytest.raises(InputError, match=r"unknown format 'none'; there are .*jsonl.*, text"):
        format_named("none")


@pytest.mark.parametrize(
    ("name", "head", "format"),
    [
        ("a.txt", b'{"title"', "text"),
        ("a.NDJSON", b"", "jsonl"),
        ("-", b'\n {"title": "a"}', "jsonl"),
        ("-", b'\xef\xbb\xbf{"title": "a"}', "jsonl"),
        ("-", b'{"title": "a"', "jsonl"),
        ("-", b'[{"title": "a"}]', "json"),
        ("-", b'{\n "title": "a"}', "json"),
        ("-", b'{"status": "ok", "articles": [{"title": "a"}]}', "json"),
        ("-", b'{"title": "a", "items": [{"x": 1}]}', "jsonl"),
        ("-", b"title;text\r\na;b", "csv"),
        ("-", b"Title, text\n\nA body.", "text"),
        ("-", b"A title\n\nA body.", "text"),
        ("-", b"<html>", "html"),
        ("-", b"<!unknown>", None),
        ("-", b"\x00\x01", None),
    ],
)
def test_a_format_is_detected(name: str, head: bytes, format: str | None) -> None:
    """The ending of the name decides, else the beginning of the file, else nothing."""
    found = detect(name, head, FORMATS)
    assert (found.name if found else None) == format
