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

    def test_the_library_does_not_log(self, caplog: pytest.LogCaptureFixture) -> None:
        """What trafilatura warns of does not reach standard error."""
        read(b"<html><head><title>Page of pictures</title></head><body></body></html>")
        assert caplog.records == []

    def test_extraction_gives_the_same_again(self) -> None:
        """A page gives equal articles each time."""
        assert read(page()) == read(page())


class TestLimits:
    def test_deeply_nested_elements_are_a_bad_record(self) -> None:
        """100,000 elements inside one another are refused by name of the limit, and cost nothing."""
        assert "html_depth" in read_bad(b"<html><body>" + b"<div>" * 100_000 + b"text")

    @pytest.mark.parametrize("tag", ["span", "div", "b", "ul", "a href='/x'", "section class='related'", "h2", "font"])
    def test_the_deepest_page_is_read_or_refused(self, tag: str) -> None:
        """A page that is as deep as it may be ends in an article or a bad record, whatever lies in one another."""
        deep = f"<{tag}>".encode() * 900 + b"text of a headline" + f"</{tag.split()[0]}>".encode() * 900
        assert isinstance(read(page().replace(b"<p>", b"<p>" + deep, 1))[-1], (Article, BadRecord))

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
            ("", "<span class='entry-date'>Published: 17 March 2017</span>", "byline"),
            ("<link rel='canonical' href='https://river.example/2017/03/17/bridge'>", "", "url"),
        ],
    )
    def test_where_a_date_comes_from(self, head: str, body: str, source: str) -> None:
        """A date has the name of what stated it."""
        article = read_one(page(body, head))
        assert (article.published, article.date_source) == (date(2017, 3, 17), source)

    @pytest.mark.parametrize(
        "shown",
        [
            "<time class='updated' datetime='2017-03-17'></time>",
            "<p class='date'>Updated 17 March 2017</p>",
            "<div class='comments'><time datetime='2017-03-17'></time></div>",
            "<aside><time datetime='2017-03-17'></time></aside>",
            "<p class='date'>03/04/2017</p>",
        ],
    )
    def test_dates_of_other_things_are_no_date(self, shown: str) -> None:
        """Dates of changes, of comments, of what stands aside, and dates that may be two days are left out."""
        assert read_one(page(shown)).published is None

    @pytest.mark.parametrize(
        "shown",
        [
            "<footer class='meta'><span class='date'>17 March 2017</span></footer>",
            "<aside class='author-box'><time>17 March 2017</time></aside>",
        ],
    )
    def test_what_is_said_about_the_article_may_stand_apart(self, shown: str) -> None:
        """A foot or margin that is named after what is said about the article holds its date."""
        assert read_one(page(shown)).published == date(2017, 3, 17)

    def test_the_language_tells_day_from_month(self) -> None:
        """A date whose order is in doubt is read day first on pages in a language that writes so, else left out."""
        shown = "<p class='date'>03/04/2017</p>"
        assert read_one(page(shown, lang="fr")).published == date(2017, 4, 3)
        assert read_one(page(shown, lang="en-US")).published is None

    def test_midnight_is_a_day(self) -> None:
        """A time of midnight in its zone stands for the day, not for the evening before in UTC."""
        assert read_one(page(head=jsonld(datePublished="2017-03-17T00:00:00+01:00"))).published == date(2017, 3, 17)

    def test_a_dateline_dates_the_article(self) -> None:
        """Without any other statement, the dateline of the text does."""
        raw = page().replace(PROSE[0].encode(), b"MOSUL, Iraq, March 17, 2017 (Example Wire) - " + PROSE[0].encode())
        article = read_one(raw)
        assert (article.published, article.date_source) == (date(2017, 3, 17), "dateline")

    def test_the_graph_of_jsonld_is_followed(self) -> None:
        """Objects of a graph that name one another by id are read as one."""
        graph = {
            "@graph": [
                {"@type": "WebPage", "datePublished": "2017-03-17"},
                {"@type": "Article", "headline": "Bridge opens again", "author": {"@id": "#jane"}},
                {"@type": "Person", "@id": "#jane", "name": "Jane Doe"},
            ]
        }
        article = read_one(page(head=f"<script type='application/ld+json'>{json.dumps(graph)}</script>"))
        assert (article.authors, article.published) == (("Jane Doe",), date(2017, 3, 17))

    @pytest.mark.parametrize("script", ["{", "[1, null]", '{"@type": 5, "author": 7}', "[" * 50_000])
    def test_broken_jsonld_states_nothing(self, script: str) -> None:
        """JSON-LD that is none, or says odd things, does not keep a page from being read."""
        article = read_one(page(head=f"<script type='application/ld+json'>{script}</script>"))
        assert article.body and article.authors == ()

    def test_jsonld_with_a_trailing_comma_is_read(self) -> None:
        """The usual mistakes of handwritten JSON are mended."""
        script = '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2017-03-17",}</script>'
        assert read_one(page(head=script)).published == date(2017, 3, 17)

    def test_the_description_of_this_page_counts(self) -> None:
        """Of several articles in JSON-LD the one with this page's address is meant."""
        head = (
            "<link rel='canonical' href='https://river.example/bridge'>"
            + jsonld(headline="Another article", url="https://river.example/other", datePublished="2001-01-01")
            + jsonld(headline="Bridge opens again", url="https://river.example/bridge", datePublished="2017-03-17")
        )
        assert read_one(page(head=head)).published == date(2017, 3, 17)

    @pytest.mark.parametrize(
        "head",
        [
            "<meta name='author' content='Jane Doe'>",
            jsonld(author="By Jane Doe"),
            jsonld(author={"name": ["Jane Doe"]}),
        ],
    )
    def test_stated_authors(self, head: str) -> None:
        """Authors come from meta elements and JSON-LD, without "By"."""
        assert read_one(page(head=head)).authors == ("Jane Doe",)

    @pytest.mark.parametrize(
        "shown",
        [
            "<a rel='author' href='/jane'>Jane Doe</a>",
            "<span itemprop='author'><b itemprop='name'>Jane Doe</b></span>",
            "<p class='byline'>By Jane Doe | 17 March 2017</p>",
        ],
    )
    def test_a_shown_person_counts_before_a_stated_site(self, shown: str) -> None:
        """Where metadata name the site as the author, the person whom the page shows is the author."""
        head = "<meta property='og:site_name' content='River Post'><meta name='author' content='River Post'>"
        assert read_one(page(shown, head)).authors == ("Jane Doe",)

    def test_a_shown_list_of_authors_completes_a_stated_one(self) -> None:
        """Metadata may name one of several authors; a list without the stated one is of others."""
        head = "<meta name='author' content='Jane Doe'>"
        shown = "<span class='author vcard'><b class='fn'>by {}, John Roe</b></span>"
        assert read_one(page(shown.format("Jane Doe"), head)).authors == ("Jane Doe", "John Roe")
        others = f"{shown.format('Mary Sample')}<p>Jane Doe</p>"
        assert read_one(page(others, head)).authors == ("Jane Doe",)

    def test_the_address_of_an_outlet_is_no_author(self) -> None:
        """Places stand behind the outlet which a page states as its author."""
        head = "<meta name='author' content='river-post.de, Frankfurt, Germany'>"
        assert read_one(page(head=head)).authors == ("river-post.de",)

    def test_the_name_at_the_end_of_a_sites_title_is_the_sites(self) -> None:
        """Where a page gives its own title as the site's name, with the site's behind a bar."""
        head = "<meta property='og:site_name' content='Bridge | Die POST'><meta name='author' content='Die POST'>"
        assert read_one(page("<a rel='author' href='/jane'>Jane Doe</a>", head)).authors == ("Jane Doe",)

    def test_a_site_may_be_named_after_who_writes_it(self) -> None:
        """A line that says who posted names the site's only author, but nobody where a person is named elsewhere."""
        head = "<meta property='og:site_name' content='janewrites'>"
        line = "<div class='meta'>Posted in Bridges by janewrites on August 3, 2019</div>"
        assert read_one(page(line, head)).authors == ("janewrites",)
        assert read_one(page(f"{line}<p class='byline'>By Jane Doe</p>", head)).authors == ("Jane Doe",)
        assert read_one(page("<p>janewrites</p>", head)).authors == ()

    def test_addresses_are_no_authors(self) -> None:
        """The address of a profile is not a name."""
        head = "<meta property='article:author' content='https://social.example/riverpost'>"
        assert read_one(page(head=head)).authors == ()

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

    @pytest.mark.parametrize(
        "line",
        [
            "<p>Veröffentlicht am 6. August 2009<br>Dauer: eine Stunde, in der über vieles gesprochen wurde</p>",
            "<div class='post-footer'><span class='date'>6. August 2009</span></div>",
        ],
    )
    def test_an_article_says_when_it_was_published(self, line: str) -> None:
        """In words somewhere, or in its own foot, which the page's foot is not."""
        assert read_one(page(line, lang="de")).published == date(2009, 8, 6)
        assert read_one(page(f"<footer>{line}</footer>", lang="de")).published is None

    def test_a_date_alone_under_the_title_comes_before_dates_of_other_things(self) -> None:
        """A line that is a date and no more is the article's; a list of meetings further down is not."""
        body = "<ul><li class='date'>Nr. 34 vom 8. November 2021</li></ul>"
        raw = page(body, lang="de").replace(b"</h1>", b"</h1><p><em>10.11.2021</em></p>")
        assert read_one(raw).published == date(2021, 11, 10)

    def test_a_date_of_a_change_is_none_piece_by_piece_either(self) -> None:
        """The element that holds only the date of a change says no more than the line around it."""
        body = "<div class='page-info'>page revision: 8, last edited: <span class='date'>17 Jun 2018</span></div>"
        assert read_one(page(body)).published is None

    def test_a_sentence_with_a_date_dates_nothing(self) -> None:
        """A line at the title that is a sentence speaks of any day."""
        sentence = "<p>The next meeting of all of us will be held on 5 February 2020 at the café by the bridge.</p>"
        assert read_one(page().replace(b"</h1>", f"</h1>{sentence}".encode())).published is None

    @pytest.mark.parametrize(
        ("line", "names"),
        [
            ("<div class='meta'>Posted in Bridges by freeman1984 on August 3, 2019</div>", ("freeman1984",)),
            ("<p class='date'>Erstellt von Fabian am Dienstag 6. Mai 2014</p>", ("Fabian",)),
            ("<p class='info'>11.12.2019 - Jane Example</p>", ("Jane Example",)),
            ("<span class='author vcard'>Author<a class='url fn'>Jane Example</a></span>", ("Jane Example",)),
            ("<p class='author'>Jane Example Stand: 5. Februar 2020</p>", ("Jane Example",)),
            ("<p class='author'>Jane Example y Mary Sample</p>", ("Jane Example", "Mary Sample")),
            ("<p>Autorin: Jane Example</p>", ("Jane Example",)),
            ("<p class='author'>Posted</p>", ()),
            ("<p class='byline'>AuthorJane Example</p>", ("Jane Example",)),
            ("<p>ByJane Example</p>", ("Jane Example",)),
            ("<p>ByJ.R. Example</p>", ("J.R. Example",)),
            ("<p class='author'>Byron Example</p>", ("Byron Example",)),
            ("<p class='author'>Von Jane Example Fr, 18. Oktober 2019</p>", ("Jane Example",)),
            ("<p class='author'>Jane Example, 21. Jan. 2015</p>", ("Jane Example",)),
            ("<p class='author'>By Jane Example @jane_writes</p>", ("Jane Example",)),
            ("<ul class='author'><li>Jane Example</li></ul>", ("Jane Example",)),
            ("<a rel='author' href='/jane'>jane84</a><p class='byline'>Interview: John Sample</p>", ("jane84",)),
            ("<p>Posted by Jane 21.10.2019</p><p class='commentauthor'>second</p>", ("Jane",)),
            (
                "<div><p><a class='author-link' href='/s?q=jane'>Interview: Jane Example</a></p></div>",
                ("Jane Example",),
            ),
            ("<footer class='post-footer'><span class='author'>Jane Example</span></footer>", ("Jane Example",)),
            ("<footer class='page-footer'><span class='author'>Jane Example</span></footer>", ()),
        ],
    )
    def test_lines_about_the_article_name_its_authors(self, line: str, names: tuple[str, ...]) -> None:
        """Among other things, too, with a label that runs into the name, behind a date."""
        assert read_one(page().replace(b"</h1>", f"</h1>{line}".encode())).authors == names

    def test_the_last_line_of_a_text_may_name_who_wrote_it(self) -> None:
        """A paragraph at the end that is a byline and no more."""
        more = "".join(f"<p>{text} {n}</p>" for n in range(6) for text in PROSE)
        raw = page().replace(b"</article>", f"{more}<p>By Jane Example</p></article>".encode())
        assert read_one(raw).authors == ("Jane Example",)
        raw = page().replace(b"</article>", f"{more}<p>By noon the second bus had crossed.</p></article>".encode())
        assert read_one(raw).authors == ()

    def test_authors_are_stated_for_cards(self) -> None:
        """Two meta elements together, of which the first says what the second is."""
        card = "<meta name='twitter:label1' content='{}'><meta name='twitter:data1' content='Jane Example'>"
        assert read_one(page(head=card.format("Written by"))).authors == ("Jane Example",)
        assert read_one(page(head=card.format("Reading time"))).authors == ()


class TestTitle:
    @pytest.mark.parametrize(
        "stated",
        [
            "Bridge opens again - River Post",
            "Bridge opens again | River Post",
            "River Post: Bridge opens again",
            "Watch: Bridge opens again | News | River Post",
        ],
    )
    def test_the_shown_headline_is_the_title(self, stated: str) -> None:
        """The heading that says what is stated is the title, without what is put around it elsewhere."""
        head = f"<title>{stated}</title><meta property='og:title' content='{stated}'>"
        assert read_one(page(head=head)).title == "Bridge opens again"

    def test_the_site_is_cut_from_a_stated_title(self) -> None:
        """Without a heading, the stated title is cut at the site's name, which is the publisher if nothing else is."""
        raw = page(head="<title>Bridge opens again after repairs - River Post</title>").replace(b"h1>", b"p>")
        article = read_one(raw)
        assert (article.title, article.publisher) == ("Bridge opens again after repairs", "River Post")

    def test_a_kicker_is_no_part_of_the_title(self) -> None:
        """What a heading holds before the title proper is left out, if the title is stated without it."""
        head = "<meta property='og:title' content='Bridge opens again after repairs'>"
        raw = page(head=head).replace(
            b"<h1>Bridge opens again", b"<h1><span>River</span> Bridge opens again after repairs"
        )
        assert read_one(raw).title == "Bridge opens again after repairs"

    def test_the_name_of_the_site_is_no_title(self) -> None:
        """A heading that leads to the front page is the site's name, though it be the first."""
        raw = page(head="<title>River Post</title>").replace(b"<body>", b"<body><h1><a href='/'>River Post</a></h1>")
        assert read_one(raw).title == "Bridge opens again"

    @pytest.mark.parametrize(
        "stated", ["Bridge opens again : Bridge news", "Bridge news » Archive » Bridge opens again"]
    )
    def test_the_longer_end_of_the_windows_title_is_the_title(self, stated: str) -> None:
        """Where two headings say one end each, the first and shorter one is the site's name, whatever its level."""
        raw = page(head=f"<title>{stated}</title>").replace(b"<h1>", b"<h1>Bridge news</h1><h2>")
        assert read_one(raw.replace(b"again</h1>", b"again</h2>")).title == "Bridge opens again"

    def test_a_section_behind_the_title_does_not_displace_it(self) -> None:
        """A later and shorter heading that says the other end of the window's title is not the title."""
        raw = page(head="<title>Bridge opens again | Traffic</title>").replace(b"</h1>", b"</h1><h2>Traffic</h2>")
        assert read_one(raw).title == "Bridge opens again"

    def test_what_is_named_after_a_title_is_one_if_it_is_stated(self) -> None:
        """An element whose class says "title" counts where its text stands in the window's title."""
        raw = page(head="<title>橋が再び開いた－河新聞</title>".replace("－", "-"), lang="ja")
        shown = b"<div class='h-title'>" + "橋が再び開いた".encode() + b"</div><div class='h-title'>Other</div>"
        assert read_one(raw.replace(b"<h1>Bridge opens again</h1>", shown)).title == "橋が再び開いた"

    def test_what_lies_around_a_heading_is_not_the_title(self) -> None:
        """An element that is named after the title holds other words besides."""
        raw = page(head="<title>Bridge opens again | River Paper</title>")
        around = b"<div class='post-title'><h2>Bridge opens again</h2> Media Comment</div>"
        assert read_one(raw.replace(b"<h1>Bridge opens again</h1>", around)).title == "Bridge opens again"

    def test_a_kicker_that_is_stated_too_stays(self) -> None:
        """What stands before a headline stays where the page states the whole for other sites as well."""
        whole = "River towns: Bridge opens again"
        head = f"<meta property='og:title' content='{whole}'><title>Bridge opens again</title>"
        raw = page(head=head).replace(
            b"<h1>Bridge opens again</h1>", b"<h1><b>River towns:</b> Bridge opens again</h1>"
        )
        assert read_one(raw).title == whole

    def test_a_headline_in_a_form_around_the_whole_page_is_shown(self) -> None:
        """Some programs put all of a page into one form; that of a search field holds no headline."""
        raw = page(head="<title>Bridge opens again - Section - River Paper</title>")
        assert read_one(raw.replace(b"<body>", b"<body><form>").replace(b"</body>", b"</form></body>")).title == (
            "Bridge opens again"
        )

    def test_a_headline_behind_a_long_menu_is_found(self) -> None:
        """However many headings stand before it."""
        menu = "<ul>" + "".join(f"<li><span class='title'>Entry {n}</span></li>" for n in range(100)) + "</ul>"
        raw = page(head="<title>Bridge opens again - Section - River Paper</title>")
        assert read_one(raw.replace(b"<body>", f"<body>{menu}".encode())).title == "Bridge opens again"

    def test_readings_of_characters_are_left_out(self) -> None:
        """Ruby tells how characters are pronounced; the text is the characters."""
        ruby = "<ruby>橋<rp>(</rp><rt>はし</rt><rp>)</rp></ruby>が開く"
        raw = page(head="<title>橋が開く</title>", lang="ja").replace(b"Bridge opens again", ruby.encode())
        assert read_one(raw).title == "橋が開く"


CARDS = "".join(
    f"<li><a href='/news/{number}'>{headline}</a> <span class='source'>Other Post</span>"
    f" <time datetime='2017-03-1{number}'></time></li>"
    for number, headline in enumerate(["Ferry stops for good after the summer", "Second bridge to cost much more"])
)


class TestLinks:
    HEAD: ClassVar[str] = "<link rel='canonical' href='https://river.example/2017/bridge'>"

    @pytest.mark.parametrize(
        "block",
        [
            f"<div class='related-articles'><ul>{CARDS}</ul></div>",
            f"<h3>Related articles</h3><ul>{CARDS}</ul>",
            f"<div><span>Lesen Sie auch</span></div><ul>{CARDS}</ul>",
            f"<section><h2>Most read</h2><div><ul>{CARDS}</ul></div></section>",
        ],
    )
    def test_a_block_of_related_links_is_links_and_not_body(self, block: str) -> None:
        """Blocks that are named or announced as related leave the body; headline, publisher, date and address are kept."""
        raw = page(head=self.HEAD).replace(b"</article>", f"{block}</article>".encode())
        article = read_one(raw)
        assert article.body == "\n\n".join(PROSE)
        first, second = article.links
        assert (first.headline, first.url) == ("Ferry stops for good after the summer", "https://river.example/news/0")
        assert (second.publisher, second.published) == ("Other Post", date(2017, 3, 11))

    @pytest.mark.parametrize("label", ["Read more: ", "Lesen Sie auch: ", "Lea también: ", ""])
    def test_a_paragraph_that_is_one_link_is_a_link(self, label: str) -> None:
        """A paragraph of the article that is a link to another page of the site and no more, but for a label."""
        line = f"<p>{label}<a href='/news/1'>Ferry stops for good after the summer</a></p><p>{PROSE[2]}"
        article = read_one(page(head=self.HEAD).replace(f"<p>{PROSE[2]}".encode(), line.encode()))
        assert article.body == "\n\n".join(PROSE)
        assert [link.headline for link in article.links] == ["Ferry stops for good after the summer"]

    def test_a_link_inside_a_sentence_stays(self) -> None:
        """Links in the text are the text's."""
        line = f"<p>{PROSE[2]} <a href='/news/1'>The ferry that stopped for good in summer</a> was remembered by many."
        article = read_one(page(head=self.HEAD).replace(f"<p>{PROSE[2]}".encode(), line.encode()))
        assert "stopped for good" in article.body and article.links == ()

    def test_an_element_named_so_that_holds_the_article_stays(self) -> None:
        """A class such as "related" around the article's own paragraphs takes nothing out."""
        raw = (
            page(head=self.HEAD)
            .replace(b"<article>", b"<article class='related'>")
            .replace(b"</article>", f"{CARDS}</article>".encode())
        )
        assert all(text in read_one(raw).body for text in PROSE)

    def test_an_address_counts_once(self) -> None:
        """The picture, the headline and "read on" of a card give one link."""
        card = "<a href='/news/1'><img alt=''></a><h3><a href='/news/1'>Ferry stops for good after the summer</a></h3>"
        article = read_one(
            page(f"<div class='related'>{card}<a href='/news/1'>Read on about the ferry</a></div>", self.HEAD)
        )
        assert [link.headline for link in article.links] == ["Ferry stops for good after the summer"]

    def test_menus_are_no_links(self) -> None:
        """Short links, those inside the page and mail addresses are no headlines."""
        menu = "<ul><li><a href='/a'>News</a></li><li><a href='#b'>To the comments of readers</a></li></ul>"
        assert read_one(page(f"<div class='related'>{menu}</div>", self.HEAD)).links == ()


@pytest.mark.parametrize("address", ["http://[x/a", "http://a]b/", "http://["])
def test_an_address_that_is_none_costs_nothing(address: str) -> None:
    """What a capture or record states as the page's address may be anything."""
    known = Article(id=article_id("a.html"), source="a.html", title="", body="", sha256="0" * 64, url=address)
    (article,) = [record for record in extract(Page(page(), known)) if isinstance(record, Article)]
    assert article.title == "Bridge opens again"
