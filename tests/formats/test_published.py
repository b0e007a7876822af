"""Dates of saved pages: which of those that a page states and shows is the article's."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from searchkit.article import Article
from tests.formats.test_html import PROSE, page, read_one

HEADING = b"<h1>Bridge opens again</h1>"


def dated(shown: str, head: str = "", lang: str = "en") -> Article:
    """The article of a page that shows `shown` under its heading."""
    return read_one(page(head=head, lang=lang).replace(HEADING, HEADING + shown.encode()))


class TestVagueDates:
    """Meta elements that call a date nothing but a date: when the record was made, the text changed, the page printed."""

    @pytest.mark.parametrize("name", ["date", "dc.date", "dcterms.date"])
    @pytest.mark.parametrize("shown", ["<time>5.2.2020</time>", "<p class='date'>5.2.2020</p>"])
    def test_a_date_that_is_shown_is_worth_more(self, name: str, shown: str) -> None:
        """Be it earlier or later."""
        for vague in ("2020-01-20T08:00:00", "2020-02-12"):
            article = dated(shown, f"<meta name='{name}' content='{vague}'>")
            assert article.published == date(2020, 2, 5)

    def test_it_is_taken_where_none_is_shown(self) -> None:
        """And before what the text begins with."""
        head = "<meta name='date' content='2020-02-12'>"
        assert (dated("", head).published, dated("", head).date_source) == (date(2020, 2, 12), "meta")
        assert dated("<p class='date'>Updated 14.2.2020</p>", head).published == date(2020, 2, 12)

    def test_it_tells_the_time_of_the_day_that_is_shown(self) -> None:
        """Where both are the same day."""
        article = dated("<p class='date'>5.2.2020</p>", "<meta name='date' content='2020-02-05T09:19:00'>")
        assert article.published == datetime(2020, 2, 5, 9, 19)

    def test_a_date_of_publication_is_no_vague_one(self) -> None:
        """What says that the article was published then stands, whatever is shown."""
        head = "<meta property='article:published_time' content='2020-01-20T08:00:00Z'>"
        assert dated("<p class='date'>5.2.2020</p>", head).published == datetime(2020, 1, 20, 8, tzinfo=UTC)


class TestShownDates:
    def test_the_day_of_the_visit_is_not_the_articles(self) -> None:
        """A date far before the title; one shortly before it is."""
        menu = "".join(f"<a href='/{n}'>Section {n}</a>" for n in range(60))
        day, heading = b"<div class='date-box'>Monday, 25 December 2023</div>", HEADING
        raw = page()
        assert read_one(raw.replace(b"<body>", b"<body>" + day + menu.encode())).published is None
        assert read_one(raw.replace(heading, day + heading)).published == date(2023, 12, 25)

    def test_the_date_of_a_picture_is_not_the_articles(self) -> None:
        """A credit tells when the picture was taken."""
        for credit in ("Tracks in the snow (Photo: J. Example, 15.01.2022).", "© Jane Example, 31.05.2013"):
            assert dated(f"<span class='meta'>{credit}</span>").published is None
            assert dated(f"<p>{credit}</p>").published is None

    def test_a_time_inside_an_element_of_changes(self) -> None:
        """The name around the element says what the time is."""
        time = "<time datetime='2023-11-01T13:56:20+01:00'>1 November 2023</time>"
        more = "".join(f"<p>{n} {text}</p>" for n in range(8) for text in PROSE)
        assert read_one(page(f"{more}<span class='mod_datetime'>{time}</span>")).published is None
        assert read_one(page(f"{more}<span class='datetime'>{time}</span>")).published is not None

    @pytest.mark.parametrize(
        "shown",
        [
            "<dl><dt>Mise en ligne</dt><dd>23 mai 2019</dd></dl>",
            "<ul><li><p>Publié le :</p><p>23 mai 2019</p></li></ul>",
        ],
    )
    def test_a_label_stands_in_an_element_of_its_own(self, shown: str) -> None:
        """And the date in the next."""
        more = "".join(f"<p>{n} {text}</p>" for n in range(8) for text in PROSE)
        raw = page(f"{more}<div>{shown}</div>", lang="fr")
        assert read_one(raw).published == date(2019, 5, 23)
        assert read_one(raw.replace(b"Mise en ligne", b"Tour").replace("Publié le".encode(), b"Tour")).published is None

    @pytest.mark.parametrize("tag", ["b", "h4", "font", "div"])
    def test_a_title_without_a_heading(self, tag: str) -> None:
        """The lines at the element that says just the title are as near to it as to a heading."""
        menu = "<ul><li><span>Bridge opens again</span></li><li>Mon 2 March 2020</li></ul>"
        shown = f"<table><tr><td><{tag}>Bridge opens again</{tag}></td></tr><tr><td>Post ( 2012-06-04 09:20 )</td></tr>"
        raw = page(head="<title>Bridge opens again</title>").replace(HEADING, f"{menu}{shown}</table>".encode())
        assert read_one(raw).published == date(2012, 6, 4)


class TestAddress:
    @pytest.mark.parametrize("path", ["2020/oct/02/halls", "2020/October/2/", "en/2020/10/02/halls"])
    def test_the_month_may_be_named(self, path: str) -> None:
        """In the path of an address, between year and day."""
        article = dated("", f"<link rel='canonical' href='https://river.example/{path}'>")
        assert (article.published, article.date_source) == (date(2020, 10, 2), "url")

    def test_other_words_name_no_month(self) -> None:
        """A section between two numbers."""
        article = dated("", "<link rel='canonical' href='https://river.example/2020/news/02/halls'>")
        assert article.published is None
