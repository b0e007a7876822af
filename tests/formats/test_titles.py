"""Titles of saved pages whose headings hold more than the title, or which show it in an unusual place."""

from __future__ import annotations

import pytest

from tests.formats.test_html import page, read_one

HEADING = b"<h1>Bridge opens again</h1>"


def title(shown: str, head: str) -> str:
    """The title of a page that shows `shown` in place of its heading."""
    return read_one(page(head=head).replace(HEADING, shown.encode())).title


class TestKickers:
    """What a heading holds besides the title proper."""

    @pytest.mark.parametrize(
        "heading",
        [
            "<h1><span class='label'>Traffic</span>Bridge opens again after repairs</h1>",
            "<h1><a href='/t/3'><span class='label'>Traffic</span> Bridge opens again after repairs</a></h1>",
            "<h1><span>Traffic</span><span aria-hidden='true'> – </span><span>Bridge opens again after repairs</span></h1>",
            "<h1><span>Traffic</span> Bridge opens again after the repairs of last year</h1>",
        ],
    )
    def test_what_a_dash_parts_from_the_stated_title_is_a_kicker(self, heading: str) -> None:
        """A heading begins with an element of its own, behind which the stated title has a dash."""
        stated = "<title>Traffic - Bridge opens again after repairs | River Post</title>"
        assert title(heading, stated).startswith("Bridge opens again after ")

    def test_the_longer_part_is_the_title(self) -> None:
        """A subline, too, may stand behind a dash."""
        stated = "<meta property='og:title' content='Bridge opens again - After repairs'>"
        heading = "<h1><span>Bridge opens again</span> <small>After repairs</small></h1>"
        assert title(heading, stated).startswith("Bridge opens again")

    def test_a_word_set_in_another_style_is_no_kicker(self) -> None:
        """An element in which the title merely begins."""
        stated = "<meta property='og:title' content='Bridge opens again after repairs'>"
        assert title("<h1><b>Bridge</b> opens again after repairs</h1>", stated) == "Bridge opens again after repairs"

    def test_a_part_that_is_marked_as_the_headline_is_the_title(self) -> None:
        """Behind a part that has an element of its own, whatever is stated."""
        stated = "<meta property='og:title' content='Traffic: Bridge opens again after repairs'>"
        heading = (
            "<h1><span class='small'>Traffic</span>: <span class='{}'>Bridge opens again after repairs</span></h1>"
        )
        assert title(heading.format("headline"), stated) == "Bridge opens again after repairs"
        assert title(heading.format("big"), stated) == "Traffic: Bridge opens again after repairs"

    def test_the_shorter_part_is_not_the_whole_headline(self) -> None:
        """A mark on the first words of two lines says nothing of the second."""
        heading = (
            "<h1><span class='big'>Long talks before the bridge opens:</span> <span class='title'>Who pays</span></h1>"
        )
        stated = "<title>Long talks before the bridge opens: Who pays | River Post</title>"
        assert title(heading, stated) == "Long talks before the bridge opens: Who pays"

    def test_words_before_a_colon_are_the_headlines_own(self) -> None:
        """Unless they have an element of their own, as kickers have, or another heading does without them."""
        stated = "<title>Court stops the second bridge - River Post</title>"
        assert title("<h1>“Bare fraud”: Court stops the second bridge</h1>", stated) == (
            "“Bare fraud”: Court stops the second bridge"
        )
        assert (
            title("<h1><i>Traffic: </i>Court stops the second bridge</h1>", stated) == "Court stops the second bridge"
        )
        shown = "<h1>Traffic: Court stops the second bridge</h1><h2>Court stops the second bridge</h2>"
        assert title(shown, stated) == "Court stops the second bridge"
        assert title("<h1>Traffic Court stops the second bridge</h1>", stated) == "Court stops the second bridge"


class TestChoice:
    """Which of several headings is the title."""

    def test_the_last_step_of_the_path_comes_after_the_headline(self) -> None:
        """A heading inside the path through the site is the window's title once more."""
        path = (
            "<ol class='breadcrumbs'><li>Town</li><li><h1>Traffic: Bridge opens again at last on Friday</h1></li></ol>"
        )
        stated = "<title>Traffic: Bridge opens again at last on Friday | River Post</title>"
        shown = "<h2><span class='kicker'>Traffic</span> Bridge opens again at last on Friday</h2>"
        assert title(path + shown, stated) == "Bridge opens again at last on Friday"
        assert title(path, stated) == "Traffic: Bridge opens again at last on Friday"

    def test_a_title_in_the_middle_of_the_windows(self) -> None:
        """What is named after a title says the longest part of a title with a name before it and a section behind."""
        stated = "<title>River Club - Bridge opens again after two years - Press - News</title>"
        shown = "<p class='item-title'><a href='/press'>Press</a> : Bridge opens again after two years</p>"
        assert title(shown, stated) == "Bridge opens again after two years"

    def test_an_element_may_be_marked_by_its_id(self) -> None:
        """Before headings that share a word with what is stated."""
        stated = "<title>Bridge figures - Dances - Rueda in River Town</title>"
        assert title("<div id='page-title'>Bridge figures</div><h2>Bridge</h2>", stated) == "Bridge figures"

    def test_a_lone_marked_headline_is_the_title(self) -> None:
        """Where it says nothing of what is stated, which then is about the page and not the article's."""
        stated = "<title>River Post reviewed by a reader</title>"
        shown = "<h2 class='review-content__title'>It has changed my days</h2>"
        assert title(shown, stated) == "It has changed my days"
        assert title(shown + "<h2 class='entry-title'>Another text</h2>", stated) == "River Post reviewed by a reader"

    def test_a_small_heading_says_the_whole_title_or_is_none(self) -> None:
        """A section that has a word of the window's title is not the title, the lone `<h1>` is."""
        stated = "<title>Printers • Labels • Service | Data Works Inc</title>"
        shown = "<h1>Printers and printed answers from people who know</h1><h3>Labels</h3>"
        assert title(shown, stated) == "Printers and printed answers from people who know"
