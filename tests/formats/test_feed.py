"""Feeds: what of an entry becomes what, in RSS, Atom, RDF and JSON; damage, entities, nothing fetched."""

from __future__ import annotations

import io
import json
import socket
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest

from searchkit.article import Article
from searchkit.format import BadRecord, Format, Limits, ReadingOptions, Record, Remark, detect
from searchkit.formats import FORMATS
from searchkit.formats.feed import FeedFormat
from searchkit.formats.json import JsonFormat
from tests.formats.contract import FormatContract


def rss(*items: str, channel: str = "<title>The Wire</title><language>en-us</language>") -> bytes:
    """An RSS feed of these items."""
    inside = channel + "".join(f"<item>{item}</item>" for item in items)
    spaces = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    return f'<?xml version="1.0"?><rss version="2.0" {spaces}><channel>{inside}</channel></rss>'.encode()


def atom(*entries: str, feed: str = "<title>The Wire</title>") -> bytes:
    """An Atom feed of these entries."""
    inside = feed + "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{inside}</feed>'.encode()


def read(raw: bytes, source: str = "a.rss", **limits: int) -> list[Record]:
    """All that this feed gives."""
    return list(FeedFormat().read(io.BytesIO(raw), source, ReadingOptions(limits=Limits(**limits))))


def read_one(raw: bytes) -> Article:
    """Its one article, which comes without remarks."""
    (article,) = read(raw)
    assert isinstance(article, Article), article
    return article


class TestFeedContract(FormatContract):
    """Feeds keep what every format promises."""

    format: ClassVar[Format] = FeedFormat()
    good: ClassVar[bytes] = rss(
        "<title>One</title><guid>g1</guid><pubDate>Fri, 17 Mar 2017 10:00:00 GMT</pubDate>",
        "<title>Two</title><description>Text</description>",
    )
    articles_in_good: ClassVar[int] = 2


# --- RSS ---------------------------------------------------------------------------------------------------------


def test_all_of_an_rss_item() -> None:
    """Title, whole content before the description, guid, link, author, date with its zone; publisher and language
    are the feed's."""
    article = read_one(
        rss(
            "<title>Bread &amp;amp; butter</title><link>https://x.org/1</link><guid isPermaLink='false'>g1</guid>"
            "<description>&lt;p&gt;Short&lt;/p&gt;</description>"
            "<content:encoded><![CDATA[<p>First.</p><script>x</script><p>Second &amp; <b>third</b>.</p>]]>"
            "</content:encoded>"
            "<dc:creator>Jane Doe and John Roe</dc:creator><pubDate>Fri, 17 Mar 2017 10:00:00 EST</pubDate>"
        )
    )
    assert (article.title, article.body, article.dek) == ("Bread & butter", "First.\n\nSecond & third.", "Short")
    assert (article.source, article.url) == ("a.rss#g1", "https://x.org/1")
    assert (article.authors, article.publisher, article.language) == (("Jane Doe", "John Roe"), "The Wire", "en-US")
    assert (article.published, article.date_source) == (datetime(2017, 3, 17, 15, 0, tzinfo=UTC), "meta")


def test_a_description_alone_is_the_body() -> None:
    """One that only begins the content is no dek."""
    assert read_one(rss("<description>Text</description>")).body == "Text"
    item = "<description>The bridge […]</description><content:encoded>The bridge is open.</content:encoded>"
    assert read_one(rss(item)).dek is None


@pytest.mark.parametrize(
    ("item", "record"),
    [
        ("<title>T</title><guid>g</guid><link>l</link>", "g"),
        ("<title>T</title><link>http://x.org/1</link>", "http://x.org/1"),
        ("<title>T</title>", "1"),
        (f"<title>T</title><guid>{'g' * 600}</guid>", "1"),
    ],
)
def test_an_entry_is_named_by_id_address_or_number(item: str, record: str) -> None:
    """The first of these that there is, and that is not too long."""
    assert read_one(rss(item)).record == record


@pytest.mark.parametrize(
    ("author", "authors"),
    [
        ("<author>jane@x.org (Jane Doe)</author>", ("Jane Doe",)),
        ("<dc:creator>Doe, J., Roe, J. K.</dc:creator>", ("Doe, J.", "Roe, J. K.")),
        ("<author><name>Jane Doe</name><title>Editor</title></author>", ("Jane Doe",)),
    ],
)
def test_authors(author: str, authors: tuple[str, ...]) -> None:
    """Names beside addresses, initials behind family names, and names with a title, which is not the article's."""
    article = read_one(rss(f"<title>T</title>{author}"))
    assert (article.title, article.authors) == ("T", authors)


@pytest.mark.parametrize(
    ("stated", "published", "source"),
    [
        ("<pubDate>Fri, 17 Mar 2017 10:00:00 +0200</pubDate>", datetime(2017, 3, 17, 8, 0, tzinfo=UTC), "meta"),
        ("<pubDate>Fri, 17 Mar 17 10:00:00 GMT</pubDate>", datetime(2017, 3, 17, 10, 0, tzinfo=UTC), "meta"),
        ("<dc:date>2017-03-17</dc:date>", date(2017, 3, 17), "updated"),
    ],
)
def test_dates(stated: str, published: date, source: str) -> None:
    """Forms of RFC 822 and ISO 8601; a date that may be one of a change is told apart."""
    article = read_one(rss(f"<title>T</title>{stated}"))
    assert (article.published, article.date_source) == (published, source)


def test_a_date_that_cannot_be_read_is_told() -> None:
    """The article stays, undated."""
    remark, article = read(rss("<title>T</title><pubDate>soon</pubDate>"))
    assert isinstance(remark, Remark) and "'soon'" in remark.text
    assert isinstance(article, Article) and article.published is None


# --- Atom, RDF, JSON ---------------------------------------------------------------------------------------------


def test_all_of_an_atom_entry() -> None:
    """Plain text stays as it stands, HTML and XHTML become text, the feed's author counts where an entry has none."""
    first, second = read(
        atom(
            '<title type="text">1 &lt; 2 &amp;amp; &lt;b></title><id>i1</id><link rel="self" href="https://x.org/s"/>'
            '<link href="https://x.org/1"/><published>2017-03-17T10:00:00+02:00</published>'
            '<updated>2018-01-01T00:00:00Z</updated><summary type="text">S</summary>'
            '<content type="xhtml" xml:lang="de"><div xmlns="http://www.w3.org/1999/xhtml"><p>A <b>b</b></p>c</div>'
            "</content>",
            "<title>Two</title><id>i2</id><updated>2018-01-01T00:00:00Z</updated><author><name>John Roe</name></author>"
            '<source><title>Other</title></source><content type="text">One.\n\nTwo &lt;p>.</content>',
            feed="<title>The Wire</title><author><name>Jane Doe</name></author>",
        ),
        "a.atom",
    )
    assert isinstance(first, Article) and isinstance(second, Article)
    assert (first.title, first.body, first.dek) == ("1 < 2 &amp; <b>", "A b\n\nc", "S")
    assert (first.url, first.authors, first.language) == ("https://x.org/1", ("Jane Doe",), "de")
    assert (first.published, first.date_source) == (datetime(2017, 3, 17, 8, 0, tzinfo=UTC), "meta")
    assert (second.authors, second.publisher, second.body) == (("John Roe",), "Other", "One.\n\nTwo <p>.")
    assert second.date_source == "updated"


def test_rss_in_rdf() -> None:
    """RSS 1.0 is read and told by its beginning; other RDF is not taken for it."""
    raw = (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        b'<channel rdf:about="x"><title>The Wire</title></channel><item rdf:about="i"><title>T</title></item></rdf:RDF>'
    )
    assert read_one(raw).title == "T" and FeedFormat().accepts(raw)
    assert not FeedFormat().accepts(raw.replace(b"purl.org/rss", b"purl.org/other"))


FEED: dict[str, Any] = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "The Wire",
    "language": "de",
    "authors": [{"name": "Jane Doe"}],
    "items": [
        {"id": 1, "title": "T", "content_html": "<p>A</p><p>B</p>", "date_published": "2017-03-17", "url": "https://x.org/1"},
        {"id": "2", "content_text": "a < b", "author": {"name": "John Roe"}, "date_modified": "2017-03-18"},
        "x",
    ],
}  # fmt: skip


@pytest.mark.parametrize("format", [FeedFormat(), JsonFormat()])
@pytest.mark.parametrize("indent", [None, 1])
def test_json_feeds(format: Format, indent: int | None) -> None:
    """Items with what the feed states for all; the same under the ending of JSON, and told by the beginning."""
    raw = json.dumps(FEED, indent=indent).encode()
    first, second, bad = format.read(io.BytesIO(raw), "a.json")
    assert isinstance(first, Article) and isinstance(second, Article) and isinstance(bad, BadRecord)
    assert (first.source, first.title, first.body) == ("a.json#1", "T", "A\n\nB")
    assert (first.authors, first.publisher, first.language) == (("Jane Doe",), "The Wire", "de")
    assert (second.body, second.authors, second.date_source) == ("a < b", ("John Roe",), "updated")
    found = detect("", raw[:200], FORMATS)
    assert found is not None and found.name == "feed"


# --- damage ------------------------------------------------------------------------------------------------------


def test_an_ill_formed_feed_is_read_as_far_as_it_goes() -> None:
    """What is not well-formed is told, and the entries before it are read."""
    raw = rss("<title>One</title>", "<title>Two</title>")
    remark, *articles = read(raw[: raw.index(b"Two")])
    assert isinstance(remark, Remark) and "read as far as it goes" in remark.text
    assert [a.title for a in articles if isinstance(a, Article)] == ["One"]


def test_a_bad_entry_costs_itself_only() -> None:
    """Entries without text and repeated ids are named, the others read."""
    empty, first, repeated, deep, last = read(
        rss(
            "<guid>x</guid>", "<title>A</title><guid>g</guid>", "<title>B</title><guid>g</guid>",
            f"<description>{'&lt;div>' * 1200}x</description>", "<title>C</title>",
        )
    )  # fmt: skip
    assert isinstance(empty, BadRecord) and empty.source == "a.rss#1"
    assert isinstance(repeated, BadRecord) and repeated.reason == "entry 3: its id g repeats entry 2"
    assert isinstance(deep, BadRecord) and "deep" in deep.reason
    assert isinstance(first, Article) and isinstance(last, Article)


ENTITIES = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
FILE = '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("prolog", [ENTITIES, FILE, f"<!-- <a> -->{ENTITIES}", f"<?x <a>?>\n{ENTITIES}"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_entities_are_refused(prolog: str, encoding: str) -> None:
    """A feed that declares entities is not read, wherever it hides them."""
    raw = prolog + "<rss version='2.0'><channel><item><title>&b;</title></item></channel></rss>"
    (bad,) = read(raw.encode(encoding))
    assert isinstance(bad, BadRecord) and "<!ENTITY" in bad.reason


def test_nothing_is_fetched_or_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Document types, style sheets and addresses are left alone; a feed that is a file's name is no feed."""

    def refuse(*_: object) -> None:
        raise AssertionError("a connection is opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    file = tmp_path / "x.rss"
    file.write_bytes(rss("<title>secret</title>"))
    for raw in (str(file).encode(), b"http://127.0.0.1:9/feed"):
        (bad,) = read(raw)
        assert isinstance(bad, BadRecord)
    dtd = b'<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://127.0.0.1:9/rss.dtd">'
    assert read_one(dtd + rss("<title>T</title>").partition(b"?>")[2]).title == "T"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"<html><body>x</body></html>", "not a feed"),
        (b'{"version": 1, "items": []}', "not a JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1", ', "not JSON"),
        (rss(*["<title>x</title>"] * 50_000), "the limit is 1 MB"),
    ],
)
def test_what_is_no_feed_says_so(raw: bytes, reason: str) -> None:
    """One bad record for the file."""
    (bad,) = read(raw, file_mb=1)
    assert isinstance(bad, BadRecord) and bad.source == "a.rss" and reason in bad.reason


def test_a_feed_without_entries_is_worth_a_remark() -> None:
    """It is no trouble."""
    assert read(rss()) == [Remark("a.rss", "holds no entries")]
