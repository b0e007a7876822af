"""NITF: what of a document becomes what; and what all readers of XML refuse."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import ClassVar

import pytest

from searchkit.article import Article
from searchkit.format import BadRecord, Format, Record, detect
from searchkit.formats import FORMATS, format_named
from searchkit.formats.nitf import NitfFormat
from tests.formats.contract import FormatContract

DOCUMENT = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE nitf SYSTEM "http://127.0.0.1:9/nitf-3-5.dtd">
<nitf xml:lang="en-GB">
 <head>
  <title>Slug</title>
  <docdata><doc-id id-string="x.1"/><date.issue norm="20170318T110000Z"/></docdata>
  <pubdata name="The Wire" date.publication="20170317T100000+0200" ex-ref="https://x.org/1"/>
 </head>
 <body>
  <body.head>
   <hedline><hl1>A <em>bridge</em>
     reopens</hl1><hl2>After two years</hl2></hedline>
   <byline>By <person>Jane Doe</person>, <byttl>Staff Writer</byttl></byline>
   <dateline><location>Mosul</location></dateline>
  </body.head>
  <body.content>
   <p lede="true">The <org>bridge</org> was opened&mdash;again.</p>
   <media media-type="image"><media-caption>A caption</media-caption></media>
   <block><hl2>Later</hl2><p>More.</p><ul><li>one</li><li>two</li></ul></block>
  </body.content>
 </body>
</nitf>"""


def read(text: str | bytes, source: str = "a.xml") -> list[Record]:
    """All that this document gives."""
    return list(NitfFormat().read(io.BytesIO(text.encode() if isinstance(text, str) else text), source))


def read_one(text: str) -> Article:
    """Its one article, which comes without remarks."""
    (article,) = read(text)
    assert isinstance(article, Article), article
    return article


def nitf(head: str = "", about: str = "<hedline><hl1>T</hl1></hedline>", content: str = "") -> str:
    return (
        f"<nitf><head>{head}</head><body><body.head>{about}</body.head>"
        f"<body.content>{content}</body.content></body></nitf>"
    )


class TestNitfContract(FormatContract):
    """NITF keeps what every format promises."""

    format: ClassVar[Format] = NitfFormat()
    good: ClassVar[bytes] = DOCUMENT.encode()


def test_all_of_a_document() -> None:
    """Headline, second headline, people, publication; text without pictures; named by its file."""
    article = read_one(DOCUMENT)
    assert (article.title, article.dek) == ("A bridge reopens", "After two years")
    assert article.body == "The bridge was opened—again.\n\nLater\n\nMore.\n\none\n\ntwo"
    assert (article.authors, article.publisher, article.language) == (("Jane Doe",), "The Wire", "en-GB")
    assert (article.published, article.date_source) == (datetime(2017, 3, 17, 8, 0, tzinfo=UTC), "meta")
    assert (article.source, article.record, article.url) == ("a.xml", None, "https://x.org/1")


@pytest.mark.parametrize(
    ("head", "about", "published"),
    [
        ('<docdata><date.issue norm="20170317"/></docdata>', "", date(2017, 3, 17)),
        ('<docdata><date.release norm="20170316"/><date.issue norm="20170317"/></docdata>', "", date(2017, 3, 16)),
        ("", '<dateline><story.date norm="20170317T100000Z"/></dateline>', datetime(2017, 3, 17, 10, 0, tzinfo=UTC)),
        ("", "", None),
    ],
)
def test_dates(head: str, about: str, published: date | None) -> None:
    """Where no date of publication is stated, those of release, issue and story follow."""
    assert read_one(nitf(head, f"<hedline><hl1>T</hl1></hedline>{about}")).published == published


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        ("<byline>By JANE DOE and JOHN ROE</byline>", ("JANE DOE", "JOHN ROE")),
        ("<byline>By Jane Doe<byttl>Staff Writer</byttl></byline>", ("Jane Doe",)),
        ("<byline/><byline>Jane Doe</byline>", ("Jane Doe",)),
    ],
)
def test_bylines(byline: str, authors: tuple[str, ...]) -> None:
    """Names without "By" and without what the people are."""
    assert read_one(nitf(about=f"<hedline><hl1>T</hl1></hedline>{byline}")).authors == authors


def test_the_full_text_counts_where_it_is_marked() -> None:
    """A block that repeats the beginning, and headlines of the web, are left out."""
    article = read_one(
        nitf(
            about='<hedline><hl1>T</hl1><hl2 class="online_headline">Web</hl2></hedline>',
            content='<block class="lead_paragraph"><p>A</p></block><block class="full_text"><p>A</p><p>B</p></block>',
        )
    )
    assert (article.body, article.dek) == ("A\n\nB", None)


# --- what all readers of XML refuse ------------------------------------------------------------------------------

LAUGHS = '<!DOCTYPE %s [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FILE = '<!DOCTYPE %s [<!ENTITY b SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("root", ["nitf", "newsItem"])
@pytest.mark.parametrize("prolog", [LAUGHS, FILE, f"<!-- <x> -->{LAUGHS}"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(root: str, prolog: str, encoding: str) -> None:
    """They are named in the reason, and nothing is read of what they name."""
    raw = f"{prolog % root}<{root}><body><body.content><p>&b;</p></body.content></body></{root}>".encode(encoding)
    format = detect("a.xml", raw, FORMATS)
    assert format is not None and format.name in ("nitf", "newsml")
    (bad,) = format.read(io.BytesIO(raw), "a.xml")
    assert isinstance(bad, BadRecord) and "<!ENTITY" in bad.reason


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (DOCUMENT[:-20], "not well-formed XML"),
        ("<nitf>" + "<block>" * 5000 + "</block>" * 5000 + "</nitf>", "deep in one another"),
        ('<?xml version="1.0" encoding="nonsense"?><nitf/>', "encoding"),
        ("<nitf/>", "has no title and no text"),
        ("<other/>", "holds no element nitf"),
        ("not XML", "not well-formed"),
    ],
)
def test_what_cannot_be_read_says_so(raw: str, reason: str) -> None:
    """One bad record for the file."""
    (bad,) = read(raw)
    assert isinstance(bad, BadRecord) and bad.source == "a.xml" and reason in bad.reason


@pytest.mark.parametrize("name", ["nitf", "newsml"])
def test_other_xml_is_not_accepted(name: str) -> None:
    """Roots of other kinds, and what only mentions the name."""
    for head in (b"<other><nitf/></other>", b"<html>", b"<!-- <nitf> --><newsitems/>", b"nitf", b"<rss/>"):
        assert not format_named(name).accepts(head)
