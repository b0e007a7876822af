"""Authors of pages: which names count, where they are looked for, and what comes before what; each rule on a small page."""

from __future__ import annotations

import pytest

from tests.formats.test_html import PROSE, jsonld, page, read_one


def under_title(line: str, head: str = "") -> tuple[str, ...]:
    """The authors of a page with a line right under its title."""
    return read_one(page(head=head).replace(b"</h1>", f"</h1>{line}".encode())).authors


def behind_text(line: str, head: str = "") -> tuple[str, ...]:
    """The authors of a page with a line behind the last paragraph of its text."""
    return read_one(page(head=head).replace(b"</article>", f"{line}</article>".encode())).authors


SITE = "<meta property='og:site_name' content='River Post'>"
BY_SITE = f"{SITE}<meta name='author' content='River Post'>"


class TestNames:
    @pytest.mark.parametrize(
        ("statement", "names"),
        [
            ("Rechtsanwältin Jane Example", ("Jane Example",)),
            ("Jane Example im Gespräch mit John Sample", ("Jane Example", "John Sample")),
            ("Jane Example, Berlin", ("Jane Example",)),
            ("Jane Example, London, Mary Sample", ("Jane Example", "London", "Mary Sample")),
            ("Example Verlag GmbH, Berlin, Germany", ("Example Verlag GmbH",)),
            ("AFP/The Example", ("AFP", "The Example")),
            ("jx/dpa", ("jx", "dpa")),
            ("Jane Example/dpa", ("Jane Example",)),
            ("Alles von Jane Example", ("Jane Example",)),
            ("Autorinnen Jane Example und Mary Sample", ("Jane Example", "Mary Sample")),
            ("Jane ExampleFollow", ("Jane Example",)),
            ("Übersetzung Jane Example", ()),
        ],
    )
    def test_names_in_a_statement(self, statement: str, names: tuple[str, ...]) -> None:
        """Professions, one place behind one person, buttons and translators are no names; agencies and initials are."""
        assert read_one(page(head=f"<meta name='author' content='{statement}'>")).authors == names


class TestStated:
    def test_who_is_not_shown_counts_after_who_is(self) -> None:
        """Metadata may name who put the article online; the persons whom the page shows wrote it."""
        head = jsonld(author="John Roe")
        assert under_title("<a rel='author' href='/x'>Jane Doe</a>", head) == ("Jane Doe",)
        assert behind_text("<p>Text: Jane Doe</p>", head) == ("Jane Doe",)
        assert under_title("<a rel='author' href='/x'>Jane Doe</a><p>JOHN ROE</p>", head) == ("John Roe",)
        assert under_title("", head) == ("John Roe",)

    def test_a_list_with_others_completes_a_statement(self) -> None:
        """Of two statements, the one that names the authors of the first and more."""
        head = f"{jsonld(author='Jane Doe')}<meta name='author' content='Jane Doe, John Roe'>"
        assert read_one(page(head=head)).authors == ("Jane Doe", "John Roe")

    def test_authors_of_cited_works_are_none_of_the_articles(self) -> None:
        """A property of a thing that is itself a property says nothing of the article."""
        cited = "<li itemprop='citation' itemscope><meta itemprop='author' content='John Roe'></li>"
        article = "<div itemscope><meta itemprop='author' content='Jane Doe'></div>"
        assert read_one(page(cited)).authors == ()
        assert read_one(page(cited + article)).authors == ("Jane Doe",)


class TestMarked:
    @pytest.mark.parametrize(
        ("line", "names"),
        [
            ("<figure><span class='author-name'>Jane Doe</span></figure>", ()),
            ("<div class='photo-credit'><span class='author'>Jane Doe</span></div>", ()),
            ("<div class='author-bio footer'><h3>Jane Doe</h3><p>She writes of bridges.</p></div>", ("Jane Doe",)),
            ("<footer class='contentFooter'><p class='byline'>Jane Doe</p></footer>", ("Jane Doe",)),
            ("<div class='story-footer'><p class='byline'>Jane Doe</p></div>", ("Jane Doe",)),
            ("<div class='author-box'><h4>Jane Doe</h4><p>She writes. More of her texts.</p></div>", ("Jane Doe",)),
            ("<div class='teaser-box'><h4>Jane Doe</h4></div>", ()),
            ("<div class='autorenbild'><img alt='Jane Doe' src='x'></div>", ("Jane Doe",)),
            ("<div class='bild'><img alt='Jane Doe' src='x'></div>", ()),
        ],
    )
    def test_elements(self, line: str, names: tuple[str, ...]) -> None:
        """What is named after the author names the author, unless it says whose a picture is."""
        assert under_title(line) == names

    def test_the_nearest_to_the_title_counts(self) -> None:
        """Other articles on the page have authors too."""
        other = "<div><h2>Ferry stops</h2><a rel='author' href='/y'>John Roe</a></div>"
        raw = page(other).replace(b"</h1>", b"</h1><a rel='author' href='/x'>Jane Doe</a>")
        assert read_one(raw).authors == ("Jane Doe",)

    @pytest.mark.parametrize(
        ("links", "names"),
        [
            ("<a href='/author/jane-doe/'>Jane Doe</a>", ("Jane Doe",)),
            (
                "<li><a href='/staff/jane-doe'>Jane Doe</a></li><li><a href='/staff/john_roe'>John Roe</a></li>",
                ("Jane Doe", "John Roe"),
            ),
            ("<a href='/?author=jane.doe'>Jane Doe</a>", ("Jane Doe",)),
            ("<a href='/author/list'>River Writers</a>", ()),
            ("<a href='/topics/jane-doe'>Jane Doe</a>", ()),
        ],
    )
    def test_links_to_pages_of_authors(self, links: str, names: tuple[str, ...]) -> None:
        """A link whose address is of an author and holds the name that it shows."""
        assert under_title(f"<ul>{links}</ul>") == names

    @pytest.mark.parametrize(
        ("line", "names"),
        [
            ("<dl><dt>Auteur</dt><dd>Jane Doe</dd></dl>", ("Jane Doe",)),
            ("<b>Autor:</b><i>Jane Doe</i>", ("Jane Doe",)),
            ("<span> by </span><h4><a href='/p/1'>jane84</a></h4>", ("jane84",)),
            ("<span> by </span><h4>example</h4>", ()),
            ("<dl><dt>Thema</dt><dd>Jane Doe</dd></dl>", ()),
        ],
    )
    def test_labels(self, line: str, names: tuple[str, ...]) -> None:
        """The element behind one that says "Author" and nothing else; a login only as a link."""
        assert under_title(line) == names


class TestSaid:
    @pytest.mark.parametrize(
        ("line", "names"),
        [
            ("<p><small>Photo by <a href='/p'>Jane Doe</a></small></p>", ()),
            ("<p>03.11.2022 - Jane Doe - Arena</p>", ()),
            ("<p>Von Ja&shy;ne Doe</p>", ("Jane Doe",)),
            ("<p>03.11.2022 - Jane Doe</p>", ("Jane Doe",)),
            ("<div class='meta'><a href='/u?1'>jane84</a> 17.10.2019, 13:56 Uhr</div>", ("jane84",)),
            ("<div class='meta'><a href='/u?1'>bridges</a> and more</div>", ()),
            ("<div class='meta'>Filed under <a href='/c'>Bridges</a> — jane84 @ 12:30</div>", ("jane84",)),
            ("<ul><li>19. Oktober 2019</li><li>Jane Doe</li></ul>", ("Jane Doe",)),
            ("<ul><li>19. Oktober 2019</li><li>River Towns</li></ul>", ()),
            ("<ul><li>Towns</li><li>Jane Doe</li></ul>", ()),
        ],
    )
    def test_lines_at_the_title(self, line: str, names: tuple[str, ...]) -> None:
        """Logins beside dates in lines about the article, given names beside a date alone."""
        assert under_title(line) == names

    @pytest.mark.parametrize(
        "line",
        [
            "<div>5.2.2020 <span>- Redaktion: Jane Doe (Sprecherin des Vereins)</span></div>",
            "<p> von <em>Jane Doe</em></p>",
            "<p><em>Ein Interview von <b>Jane Doe</b> mit <b>John Roe</b>.</em></p>",
        ],
    )
    def test_labels_far_from_the_title(self, line: str) -> None:
        """A short element that begins with a label and names a person, wherever it stands."""
        raw = page().replace(b"<article>", f"{line}<article>{'<hr>' * 15}".encode())
        assert read_one(raw).authors == ("Jane Doe",)

    def test_who_is_in_the_title_is_its_subject(self) -> None:
        """A name beside the date that the title says too is no author."""
        raw = page().replace(b"Bridge opens again</h1>", b"Jane Doe opens bridge</h1><p>19.10.2019</p><p>Jane Doe</p>")
        assert read_one(raw).authors == ()


class TestSigned:
    @pytest.mark.parametrize(
        ("line", "names"),
        [
            ("<p>The bridge stays open. (Jane Doe) +++</p>", ("Jane Doe",)),
            ("<p>The bridge is beautiful (Jane Doe)</p>", ()),
            ("<p>Autor: Rechtsanwalt Jane Example</p>", ("Jane Example",)),
            ("<p>Jane Doe</p>", ("Jane Doe",)),
            ("<p>Jane Doe</p><p>Speaker of the town</p>", ("Jane Doe",)),
            ("<p>Götzine Exemplar</p>", ("Götzine Exemplar",)),
            ("<p>Götzine Exemplar</p><p>Speaker of the town</p>", ()),
            (
                "<p align='right'><em>Jane Doe</em></p><p>(1) The first note of all.</p><p>A.</p><p>B.</p>",
                ("Jane Doe",),
            ),
            ("<p align='right'><em>River Towns</em></p><p>(1) The first note of all.</p>", ()),
        ],
    )
    def test_ends_of_texts(self, line: str, names: tuple[str, ...]) -> None:
        """A name in brackets, behind a label or alone; further from the end, and at the margin, only a given name."""
        assert behind_text(line) == names


class TestCredits:
    @pytest.mark.parametrize(
        ("line", "names"),
        [
            ("<p>Quelle: kathpress</p>", ("kathpress",)),
            ("<p>Quelle: River Post/jx</p>", ("River Post", "jx")),
            ("<p>The bridge stays open. (RP mit dpa)</p>", ("RP mit dpa",)),
            ("<p>The bridge stays open. (as planned)</p>", ("River Post",)),
            ("<p>Quelle: Town of Example</p>", ("River Post",)),
            ("<p>Text: Jane Doe</p><p>Quelle: dpa</p>", ("Jane Doe",)),
        ],
    )
    def test_agencies_at_the_end(self, line: str, names: tuple[str, ...]) -> None:
        """An agency's credit, perhaps with initials, says more than the site's name, and less than a person's."""
        assert behind_text(line, BY_SITE) == names

    def test_an_agency_alone_at_the_title(self) -> None:
        """A line that is an agency's name, whatever its element is called."""
        assert under_title("<p class='credit'>JIJI</p>") == ("JIJI",)
        assert under_title("<p class='credit'>BRIDGES</p>") == ()

    @pytest.mark.parametrize(
        ("opening", "names"),
        [("Hamburg (dpa/lno) – ", ("dpa", "lno")), ("LONDON (Reuters) - ", ("Reuters",)), ("Bonn (am Rhein) – ", ())],
    )
    def test_datelines(self, opening: str, names: tuple[str, ...]) -> None:
        """The agency in the dateline that opens the text."""
        raw = page().replace(b"<p>The bridge", f"<p>{opening}The bridge".encode(), 1)
        assert read_one(raw).authors == names


class TestOwner:
    @pytest.mark.parametrize(
        ("head", "body", "names"),
        [
            ("<title>Jane Doe's digital home</title>", "<div>Copyright (c) 2012- Jane Doe. All rights.</div>", True),
            ("<title>Bridge opens again</title>", "<div>Copyright (c) 2012- Jane Doe. All rights.</div>", False),
            ("", "<footer>© since 2012 by Jane Doe</footer>", True),
            ("<title>River Towns</title>", "<footer>© 2012 River Towns</footer>", False),
            ("<link rel=canonical href='https://janedoe.blogs.example/b'>", "<p class='site-title'>Jane Doe</p>", True),
            ("", "<p>Work by <a rel='cc:attributionURL' href='/'>Jane Doe</a> is licensed.</p>", True),
        ],
    )
    def test_a_site_of_one_person(self, head: str, body: str, names: bool) -> None:
        """Who holds the copyright and gives the site its name, or is named by its licence, writes it."""
        assert read_one(page(body, head)).authors == (("Jane Doe",) if names else ())

    def test_any_other_name_comes_first(self) -> None:
        """A login is an author; the owner is one only where nobody is named."""
        raw = page("<footer>© 2012 Jane Doe</footer>").replace(b"</h1>", b"</h1><p class='author'>mary</p>")
        assert read_one(raw).authors == ("mary",)


def test_the_text_of_the_sample_is_not_signed() -> None:
    """What these tests add is what they find: the page alone names nobody."""
    assert read_one(page()).authors == () and all(line.endswith(".") for line in PROSE)
