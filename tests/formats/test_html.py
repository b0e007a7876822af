"""Saved pages: what is taken for the article and what for the things around it, each rule on a small page."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from typing import Any, ClassVar

import pytest

from searchkit.article import Article, article_id
from searchkit.format import BadRecord, Format, Limits, Page, ReadingOptions, Record, Remark, detect
from searchkit.formats import FORMATS
from searchkit.formats._page import extract
from searchkit.formats.html import HtmlFormat
from tests.formats.contract import FormatContract

PROSE = [
    "The bridge over the river was opened again on Friday, two years after it had been closed for repairs.",
    "Engineers said that the work took longer than planned because parts had to be brought from far away.",
    "Residents of both banks gathered in the morning, and the first buses crossed it a little before noon.",
    "The mayor promised that the second bridge would follow next year, once the money for it had been found.",
]


def page(body: str = "", head: str = "", lang: str = "en") -> bytes:
    """A page whose article holds `PROSE`, `body` behind it."""
    prose = "".join(f"<p>{text}</p>" for text in PROSE)
    return (
        f"<!DOCTYPE html><html lang='{lang}'><head><meta charset='utf-8'>{head}</head>"
        f"<body><article><h1>Bridge opens again</h1>{prose}</article>{body}</body></html>"
    ).encode()


def read(raw: bytes, options: ReadingOptions = ReadingOptions(), charset: str | None = None) -> list[Record]:
    """All that a page of these bytes gives."""
    known = Article(id=article_id("a.html"), source="a.html", title="", body="", sha256="0" * 64)
    return extract(Page(raw, known, charset), options)


def read_one(raw: bytes) -> Article:
    """The article of a page that gives nothing else."""
    (article,) = read(raw)
    assert isinstance(article, Article), article
    return article


def read_bad(raw: bytes, options: ReadingOptions = ReadingOptions()) -> str:
    """What is said of a page that gives no article."""
    (bad,) = read(raw, options)
    assert isinstance(bad, BadRecord), bad
    return bad.reason


def jsonld(**fields: Any) -> str:
    """A script of JSON-LD that describes a news article."""
    return f"<script type='application/ld+json'>{json.dumps({'@type': 'NewsArticle', **fields})}</script>"


class TestContract(FormatContract):
    format: ClassVar[Format] = HtmlFormat()
    good: ClassVar[bytes] = page()


class TestText:
    def test_the_article_is_the_body(self) -> None:
        """The paragraphs of the article are the body, parted by blank lines; menus and footers are not in it."""
        article = read_one(page("<footer><p>All rights reserved by the paper.</p></footer>"))
        assert article.body == "\n\n".join(PROSE)
        assert article.title == "Bridge opens again"

    def test_a_page_without_an_article_has_its_title_only(self) -> None:
        """A page with a title and no text is an article with that title, and a remark says so."""
        remark, article = read(b"<html><head><title>Page of pictures</title></head><body></body></html>")
        assert isinstance(remark, Remark) and "no text" in remark.text
        assert isinstance(article, Article) and (article.title, article.body) == ("Page of pictures", "")

    @pytest.mark.parametrize("raw", [b"<html></html>", b"<html><head></head><body><div></div></body></html>"])
    def test_a_page_without_anything_is_bad(self, raw: bytes) -> None:
        """A page of empty elements is a bad record."""
        assert "no title, no text" in read_bad(raw)

    def test_extraction_gives_the_same_again(self) -> None:
        """A page gives equal articles each time."""
        assert read(page()) == read(page())


class TestLimits:
    def test_deeply_nested_elements_are_a_bad_record(self) -> None:
        """100,000 elements inside one another are refused by name of the limit, and cost nothing."""
        assert "html_depth" in read_bad(b"<html><body>" + b"<div>" * 100_000 + b"text")

    def test_the_depth_is_a_setting(self) -> None:
        """A page is refused above the depth that is set, and read up to it."""
        raw = b"<html><head><title>Deep page</title></head><body>" + b"<div>" * 300 + b"text" + b"</div>" * 300
        assert [type(record) for record in read(raw)][-1] is Article
        assert "200" in read_bad(raw, ReadingOptions(limits=Limits(html_depth=200)))

    def test_a_large_file_is_refused(self) -> None:
        """A file above its limit is a bad record that names the limit."""
        options = ReadingOptions(limits=Limits(file_mb=1))
        (bad,) = HtmlFormat().read(io.BytesIO(b"<html>" + b" " * 2**20), "a.html", options)
        assert isinstance(bad, BadRecord) and "file_mb" in bad.reason


class TestDetection:
    @pytest.mark.parametrize(
        "head",
        [
            b"<!DOCTYPE html>\n<html>",
            b"\n <HTML lang=en>",
            b"\xef\xbb\xbf<!-- saved --><html>",
            b"<?xml version='1.0'?><html>",
        ],
    )
    def test_html_without_a_suffix(self, head: bytes) -> None:
        """Files that begin as HTML are HTML."""
        found = detect("page", head, FORMATS)
        assert found is not None and found.name == "html"

    @pytest.mark.parametrize("head", [b"<rss version='2.0'>", b"A title\n\n<html> is a tag", b'{"html": "<html>"}'])
    def test_other_markup_is_not_html(self, head: bytes) -> None:
        """Feeds, text and records that speak of HTML are not HTML."""
        assert not HtmlFormat().accepts(head)


class TestCharset:
    CYRILLIC: ClassVar[str] = (
        "<html><head>{}<title>Мост открыт</title></head><body><p>Мост снова открыт.</p></body></html>"
    )

    @pytest.mark.parametrize(
        ("declaration", "encoding"),
        [
            ("<meta charset=windows-1251>", "cp1251"),
            ("<meta http-equiv='Content-Type' content='text/html; charset=koi8-r'>", "koi8-r"),
            ("<meta charset='utf-8'>", "utf-8-sig"),
            ("<meta charset='iso-8859-1'>", "utf-8"),
            ("", "utf-16"),
        ],
    )
    def test_what_is_declared_is_believed(self, declaration: str, encoding: str) -> None:
        """Marks and declarations tell the encoding; valid UTF-8 is UTF-8 whatever a page declares."""
        assert read_one(self.CYRILLIC.format(declaration).encode(encoding)).title == "Мост открыт"

    def test_the_transport_comes_before_the_page(self) -> None:
        """The encoding of the transport counts before the one that the page declares."""
        raw = self.CYRILLIC.format("<meta charset='iso-8859-1'>").encode("cp1251")
        (article,) = read(raw, charset="windows-1251")
        assert isinstance(article, Article) and article.title == "Мост открыт"


class TestMetadata:
    def test_jsonld(self) -> None:
        """A NewsArticle of JSON-LD gives title, authors, date, publisher and address."""
        article = read_one(
            page(
                head=jsonld(
                    headline="Bridge opens again",
                    author=[{"@type": "Person", "name": "Jane Doe"}, {"@type": "Person", "name": "John Roe"}],
                    datePublished="2017-03-17T10:00:00Z",
                    publisher={"name": "River Post"},
                    url="https://river.example/2017/bridge",
                )
            )
        )
        assert article.authors == ("Jane Doe", "John Roe")
        assert (article.published, article.date_source) == (datetime(2017, 3, 17, 10, tzinfo=UTC), "jsonld")
        assert (article.publisher, article.url) == ("River Post", "https://river.example/2017/bridge")

    @pytest.mark.parametrize(
        ("head", "body", "source"),
        [
            ("<meta property='article:published_time' content='2017-03-17'>", "", "meta"),
            ("", "<time datetime='2017-03-17'>Friday</time>", "time"),
            ("<link rel='canonical' href='https://river.example/2017/03/17/bridge'>", "", "url"),
        ],
    )
    def test_where_a_date_comes_from(self, head: str, body: str, source: str) -> None:
        """A date has the name of what stated it."""
        article = read_one(page(body, head))
        assert (article.published, article.date_source) == (date(2017, 3, 17), source)

    def test_what_is_not_stated_is_empty(self) -> None:
        """A page that states nothing but its text has neither authors nor date nor publisher."""
        article = read_one(page(lang="de"))
        assert (article.authors, article.published, article.publisher, article.url) == ((), None, None, None)
        assert article.language == "de"

    def test_what_is_known_stands(self) -> None:
        """What is known from elsewhere is not replaced by what the page says."""
        known = Article(id="1", source="a", title="Known title", body="", sha256="0" * 64, publisher="Known Post")
        (article,) = extract(Page(page(head="<meta property='og:site_name' content='Other'>"), known))
        assert isinstance(article, Article)
        assert (article.title, article.publisher) == ("Known title", "Known Post")
