"""NewsML-G2, NewsML 1 and RCV1: items of news, alone and in messages."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import ClassVar

import pytest

from searchkit.article import Article
from searchkit.format import BadRecord, Format, Record
from searchkit.formats.newsml import NewsmlFormat
from tests.formats.contract import FormatContract

G2 = 'xmlns="http://iptc.org/std/nar/2006-10-01/"'
XHTML = (
    '<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title>'
    "</head><body><p>The <b>bridge</b> was opened.</p><figure>no</figure><p>More.</p></body></html></inlineXML>"
)


def item(guid: str = "urn:1", content: str = XHTML, about: str = "", xmlns: str = G2) -> str:
    """An item of NewsML-G2."""
    return (
        f'<newsItem {xmlns} guid="{guid}" xml:lang="en-GB"><itemMeta><provider><name>The Wire</name></provider>'
        "<versionCreated>2017-03-18T10:00:00Z</versionCreated><firstCreated>2017-03-17T10:00:00+02:00</firstCreated>"
        "</itemMeta><contentMeta><headline>A bridge</headline><creator><name>Jane Doe</name></creator>"
        f"{about}</contentMeta><contentSet>{content}</contentSet></newsItem>"
    )


def read(text: str) -> list[Record]:
    """All that this document gives."""
    return list(NewsmlFormat().read(io.BytesIO(text.encode()), "a.xml"))


def read_one(text: str) -> Article:
    """Its one article, which comes without remarks."""
    (article,) = read(text)
    assert isinstance(article, Article), article
    return article


class TestNewsmlContract(FormatContract):
    """NewsML keeps what every format promises."""

    format: ClassVar[Format] = NewsmlFormat()
    good: ClassVar[bytes] = f"<newsMessage {G2}><itemSet>{item()}{item('urn:2')}</itemSet></newsMessage>".encode()
    articles_in_good: ClassVar[int] = 2


def test_all_of_an_item() -> None:
    """Headline, creator, provider, the first creation, the language; the text of its page; named by its file."""
    article = read_one(item(about='<description role="drol:summary">Short.</description><language tag="en-us"/>'))
    assert (article.title, article.body, article.dek) == ("A bridge", "The bridge was opened.\n\nMore.", "Short.")
    assert (article.authors, article.publisher, article.language) == (("Jane Doe",), "The Wire", "en-US")
    assert (article.published, article.date_source) == (datetime(2017, 3, 17, 8, 0, tzinfo=UTC), "meta")
    assert (article.source, article.record) == ("a.xml", None)


def test_a_headline_below_the_first_is_the_dek() -> None:
    """Its role says so; a summary comes before it."""
    below = '<headline role="hld:subHeadline">Two years late.</headline>'
    article = read_one(item(about=below))
    assert (article.title, article.dek) == ("A bridge", "Two years late.")
    assert read_one(item(about=f'{below}<description role="drol:summary">Short.</description>')).dek == "Short."


def test_items_of_a_message_are_named_by_their_guid() -> None:
    """Each is an article, a repeated one is bad."""
    first, second, bad = read(f"<newsMessage {G2}><itemSet>{item()}{item('urn:2')}{item()}</itemSet></newsMessage>")
    assert (first.source, second.source) == ("a.xml#urn:1", "a.xml#urn:2")  # type: ignore[union-attr]
    assert isinstance(bad, BadRecord) and "repeats item 1" in bad.reason


@pytest.mark.parametrize(
    ("content", "body"),
    [
        ('<inlineData contenttype="text/plain">One.\n\nTwo &lt;3.</inlineData>', "One.\n\nTwo <3."),
        ('<inlineData contenttype="text/plain">&lt;p>One.&lt;/p>&lt;p>Two.&lt;/p></inlineData>', "One.\n\nTwo."),
        ('<inlineData contenttype="text/html">&lt;p>One.&lt;/p>&lt;p>Two.&lt;/p></inlineData>', "One.\n\nTwo."),
        ("<inlineXML><nitf><body><body.content><p>One.</p></body.content></body></nitf></inlineXML>", "One."),
        ('<remoteContent href="http://127.0.0.1:9/"/>', "A description."),
    ],
)
def test_contents(content: str, body: str) -> None:
    """Text, HTML and NITF; where the content is elsewhere, its description stands for it."""
    assert read_one(item(content=content, about="<description>A description.</description>")).body == body


def test_the_date_of_a_version_is_one_of_a_change() -> None:
    """Without a first creation."""
    article = read_one(item().replace("firstCreated", "other"))
    assert (article.published, article.date_source) == (datetime(2017, 3, 18, 10, 0, tzinfo=UTC), "updated")


def test_a_package_holds_no_news() -> None:
    """It says so."""
    (bad,) = read(f"<packageItem {G2} guid='x'/>")
    assert isinstance(bad, BadRecord) and "references" in bad.reason


def test_newsml_1() -> None:
    """The older form."""
    article = read_one(
        '<NewsML><NewsItem xml:lang="fr"><Identification><NewsIdentifier><PublicIdentifier>urn:1</PublicIdentifier>'
        "</NewsIdentifier></Identification><NewsManagement><FirstCreated>20170317T100000+0200</FirstCreated>"
        "</NewsManagement><NewsComponent><NewsLines><HeadLine>Un pont</HeadLine><ByLine>Par Jane Doe</ByLine></NewsLines>"
        '<AdministrativeMetadata><Provider><Party FormalName="AFP"/></Provider></AdministrativeMetadata>'
        "<ContentItem><DataContent><p>Un.</p><p>Deux.</p></DataContent></ContentItem></NewsComponent></NewsItem></NewsML>"
    )
    assert (article.title, article.body, article.publisher) == ("Un pont", "Un.\n\nDeux.", "AFP")
    assert (article.published, article.language) == (datetime(2017, 3, 17, 8, 0, tzinfo=UTC), "fr")


def test_rcv1() -> None:
    """Items of Reuters Corpus Volume 1."""
    article = read_one(
        '<?xml version="1.0" encoding="iso-8859-1" ?><newsitem itemid="2286" id="root" date="1996-08-20" xml:lang="en">'
        "<title>MEXICO: A bridge.</title><headline>A bridge.</headline><byline>Jane Doe</byline><text>"
        "<p>One.</p><p>Two.</p>"
        '</text><metadata><codes><code code="X"/></codes><dc element="dc.publisher" value="Reuters"/></metadata></newsitem>'
    )
    assert (article.title, article.body, article.authors) == ("A bridge.", "One.\n\nTwo.", ("Jane Doe",))
    assert (article.publisher, article.published, article.language) == ("Reuters", date(1996, 8, 20), "en")
