"""Where a query matches in an article, and the snippets that show it best."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.analysis import tokenize
from searchkit.article import Article, Link
from searchkit.engine import Hit, Snippet
from searchkit.highlight import Highlighter, Marks, SnippetOptions
from searchkit.queryparser import parse_query

MEGABYTE = 1_000_000
ARTICLE = Article(id="a1", source="a.txt", title="", body="", sha256="0")


def marks(query: str, article: Article, language: str | None = "en") -> Marks:
    return Highlighter(parse_query(query), language).mark(article)


def marked(query: str, text: str, language: str | None = "en") -> list[str]:
    """The stretches of a body that a query marks."""
    spans = marks(query, replace(ARTICLE, body=text), language).body
    return [text[start:end] for start, end in spans]


def illustrated(query: str, article: Article, options: SnippetOptions = SnippetOptions()) -> Hit:
    return Highlighter(parse_query(query), "en", options).illustrate(Hit(1, 1.0, article))


def snippets(query: str, body: str, count: int = 2, chars: int = 200) -> tuple[Snippet, ...]:
    return illustrated(query, replace(ARTICLE, body=body), SnippetOptions(count, chars)).snippets


# --- spans -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("mosul", "In Mosul and MOSUL's west; Mosulite", ["Mosul", "MOSUL's"]),
        ("mosul", "Mósul mosu\u0301l", ["Mósul", "mosu\u0301l"]),
        ("us", "the U.S. army", ["U.S"]),
        ("strike", "a strike, two strikes, striking, stricken", ["strike", "strikes", "striking"]),
        ('"strike"', "a strike, two strikes", ["strike"]),
        (
            '"civilian deaths"',
            "civilian deaths; deaths of civilians; Civilian -- deaths",
            ["civilian deaths", "Civilian -- deaths"],
        ),
        (
            '"pentagon airstrikes"~2',
            "pentagon led many airstrikes pentagon a b c airstrikes",
            ["pentagon", "airstrikes"],
        ),
        ("air-strike", "air strikes, airstrike, air-strike", ["air strikes", "air-strike"]),
        ("air*", "airstrike by air at a fair", ["airstrike", "air"]),
        ("m?sul", "mosul Mésul msul", ["mosul", "Mésul"]),
        ("*strike", "airstrike strike strikes", ["airstrike", "strike"]),
        ("mosull~", "Mosul, Mosull, Masul", ["Mosul", "Mosull"]),
        ("mosull~2", "Mosul, Mosull, Masul", ["Mosul", "Mosull", "Masul"]),
        ("a OR b^2", "a b c", ["a", "b"]),
        ("a -b", "a b", ["a"]),
        ("NOT (a b)", "a b", []),
        ("a -(b -c)", "a b c", ["a"]),
        ("title:a", "a", []),
        ("body:a", "a", ["a"]),
        ("* date:none", "a", []),
        ("a", "", []),
    ],
)
def test_what_is_marked(query: str, text: str, expected: list[str]) -> None:
    """Words are marked with their inflections, quoted ones exactly, phrases as one, patterns by what they stand for;
    nothing is marked for what is negated or looked for elsewhere."""
    assert marked(query, text) == expected


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("日本", "日本語と日本", ["日本", "日本"]),
        ("日本語", "日本語", ["日本語"]),
        ("日", "日本の日", ["日", "日"]),
        ("本", "日本の本", ["本", "本"]),
        ("日", "日日", ["日", "日"]),
        ('"日"', "日本", ["日"]),
        ('"日本 語"', "日本 語学", ["日本 語"]),
        ("ガ", "ｶﾞｲﾄﾞ カ\u3099", ["ｶﾞ", "カ\u3099"]),
        ("서울", "서울에서", ["서울"]),
        ("ปร", "ประเทศ", ["ปร"]),
    ],
)
def test_unspaced_scripts_are_marked_to_the_character(query: str, text: str, expected: list[str]) -> None:
    """Of a pair of characters only what was asked for is marked, however its characters are written."""
    assert marked(query, text) == expected


def test_a_language_chooses_the_inflections() -> None:
    """Without a language only the word itself is marked, in another language its inflections."""
    assert marked("strike", "strikes strike", None) == ["strike"]
    assert marked("frappe", "frappes", "fr") == ["frappes"]


def test_marks_are_given_for_each_field() -> None:
    """Title, dek, body, every link's headline and the fields of names are told apart, in a fixed order."""
    article = replace(
        ARTICLE,
        title="Mosul falls",
        dek="In Mosul",
        body="of Mosul",
        authors=("Jason Ditz", "X Mosul"),
        publisher="Mosul Post",
        links=(Link("Raqqa"), Link("To Mosul")),
    )
    found = marks("mosul OR author:mosul OR publisher:mosul OR path:txt", article)
    assert found == Marks(
        ((0, 5),), ((3, 8),), ((3, 8),), ((), ((3, 8),)), ("author", "publisher", "path")
    )  # fmt: skip
    assert found.matched_in == ("title", "dek", "body", "links", "author", "publisher", "path")


def test_names_are_not_stemmed() -> None:
    """A word in a field of names marks only itself."""
    assert marks("author:bond", replace(ARTICLE, authors=("James Bonds",))).names == ()
    assert marks("author:bonds", replace(ARTICLE, authors=("James Bonds",))).names == ("author",)


def test_a_phrase_does_not_reach_from_one_author_to_the_next() -> None:
    """Authors are texts of their own."""
    article = replace(ARTICLE, authors=("Jason Ditz", "Ryan Brown"))
    assert marks('author:"ditz ryan"', article).names == ()
    assert marks('author:"ryan brown"', article).names == ("author",)


def test_nothing_matched_is_told() -> None:
    """An article that does not match carries no marks."""
    assert marks("x", replace(ARTICLE, links=(Link("a"),))).matched_in == ()


def test_a_hit_is_illustrated() -> None:
    """Title and dek are given whole with their marks, and of the links those that match."""
    article = replace(ARTICLE, title="A strike", dek="Why", body="The strike.", links=(Link("a"), Link("Strikes")))
    hit = illustrated("strike", article)
    assert hit.title == Snippet("title", "A strike", ((2, 8),))
    assert hit.dek == Snippet("dek", "Why")
    assert [(match.link.headline, match.spans) for match in hit.links] == [("Strikes", ((0, 7),))]
    assert hit.matched_in == ("title", "body", "links")
    assert illustrated("strike", replace(article, dek=None)).dek is None


# --- snippets ----------------------------------------------------------------------------------------------------

SENTENCES = "The first sentence says nothing. " * 10
BODY = f"{SENTENCES}Then the strike came. {SENTENCES}A Mosul hospital was hit by the strike. {SENTENCES}"


def test_the_best_snippet_shows_most_words() -> None:
    """One snippet is taken where both words stand near each other, and begins with their sentence."""
    (snippet,) = snippets("mosul strike", BODY, count=1)
    assert [snippet.text[a:b] for a, b in snippet.spans] == ["Mosul", "strike"]
    assert snippet.text.startswith(("A Mosul", "The first", "first", "sentence"))
    assert (snippet.more_before, snippet.more_after) == (True, True)


def test_further_snippets_add_what_is_not_shown_yet() -> None:
    """After the best snippet one with another word is preferred to more of the same, and they come in order."""
    body = f"{SENTENCES}strike strike strike. {SENTENCES}One Mosul. {SENTENCES}strike strike."
    texts = [snippet.text for snippet in snippets("mosul strike", body)]
    assert ["strike" in text for text in texts] == [True, False]
    assert "Mosul" in texts[1]


def test_without_a_match_the_body_begins() -> None:
    """Where only other fields match, the beginning of the body is shown, without the space before it."""
    (snippet,) = snippets("title:x", "\n\n  " + SENTENCES)
    assert snippet.text.startswith("The first sentence")
    assert snippet.spans == ()
    assert (snippet.start, snippet.more_before, snippet.more_after) == (4, False, True)


@pytest.mark.parametrize("body", ["", " \n "])
def test_an_empty_body_has_no_snippet(body: str) -> None:
    """Nothing is shown of nothing."""
    assert snippets("x", body) == ()


def test_no_snippets_are_made_when_none_are_wanted() -> None:
    """A count of 0 gives none."""
    assert snippets("strike", BODY, count=0) == ()


def test_snippets_keep_to_their_paragraph() -> None:
    """A short paragraph is shown whole and nothing of its neighbours."""
    (snippet,) = snippets("strike", "Before it.\nThe strike came.\nAfter it.")
    assert snippet.text == "The strike came."


def test_snippets_begin_and_end_between_words() -> None:
    """Words are not cut where there is space to cut at."""
    body = "lorem ipsum dolor " * 100 + "strike " + "sit amet consectetur " * 100
    (snippet,) = snippets("strike", body, count=1)
    assert set(snippet.text.split()) <= set(body.split())


def test_a_phrase_longer_than_a_snippet_is_shown_whole() -> None:
    """However long a match is, its snippet holds it."""
    phrase = "one" + " - " * 100 + "two"
    (snippet,) = snippets('"one two"', f"{SENTENCES}{phrase} {SENTENCES}", count=1, chars=50)
    assert phrase in snippet.text
    assert [snippet.text[a:b] for a, b in snippet.spans] == [phrase]


def test_names_that_match_are_snippets_of_their_own() -> None:
    """Of an author or publisher searched for, the whole name is given with its marks, at most as many as snippets."""
    article = replace(ARTICLE, body="x", authors=("Ann Li", "Jason Ditz", "Jason B", "Jason C"), publisher="CNN")
    body = Snippet("body", "x")
    jasons = (Snippet("author", "Jason Ditz", ((0, 5),)), Snippet("author", "Jason B", ((0, 5),)))
    cnn = Snippet("publisher", "CNN", ((0, 3),))
    assert illustrated("author:jason publisher:cnn path:a", article).snippets == (body, *jasons, cnn)
    assert illustrated("author:jason", article, SnippetOptions(0)).snippets == ()


def test_a_body_with_one_paragraph_and_ten_thousand_matches_is_illustrated() -> None:
    """Making snippets of a megabyte that matches everywhere takes linear work, whatever the paragraphs are."""
    spread = "strike " + "x" * 92 + " "
    for body in (spread * (MEGABYTE // 100), spread.rstrip() + "\n" + spread * 9_999, "é " + spread * 9_999):
        assert len(snippets("strike", body)) == 2


def test_marks_upon_marks_take_linear_work() -> None:
    """A character with a hundred thousand marks is marked as a whole."""
    text = "日" + "\u0301" * 100_000 + "本"
    assert marked("日", text) == [text[:-1]]


# --- properties --------------------------------------------------------------------------------------------------

WORDS = ("strike", "Strikes", "mosul", "Mosul’s", "U.S.", "日本", "日", "a", "of", "é", "-", "\n", ". ", "x" * 60, "¿")
BODIES = st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join) | st.text(max_size=100)
QUERIES = st.sampled_from(
    ["strike", "mosul strike", '"mosul strike"', '"a mosul"~3 strike^2', "日 us", "日本 a*", "mosull~", "x* of -a"]
)


@given(QUERIES, BODIES)
def test_spans_ascend_and_hold_words(query: str, body: str) -> None:
    """Spans lie in the text, ascend without overlapping, and begin and end at words."""
    spans = marks(query, replace(ARTICLE, body=body)).body
    starts = {token.start for token in tokenize(body)}
    assert all(0 <= start < end <= len(body) for start, end in spans)
    assert all(start in starts for start, _ in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


@given(QUERIES, BODIES, st.integers(0, 4), st.integers(20, 120))
def test_snippets_are_stretches_of_the_body(query: str, body: str, count: int, chars: int) -> None:
    """Snippets are at most as many as wanted, about as long as wanted, apart, in order, and cut out of the body; each
    shows a match when the body has any, with its marks where they belong."""
    found = snippets(query, body, count, chars)
    spans = marks(query, replace(ARTICLE, body=body)).body
    longest = max((end - start for start, end in spans), default=0)
    assert len(found) <= count
    assert [snippet.start for snippet in found] == sorted({snippet.start for snippet in found})
    for snippet in found:
        end = snippet.start + len(snippet.text)
        assert body[snippet.start : end] == snippet.text
        assert snippet.text == snippet.text.strip() != ""
        assert len(snippet.text) <= 2 * chars + longest
        assert bool(snippet.spans) == bool(spans)
        assert all(0 <= a < b <= len(snippet.text) for a, b in snippet.spans)
        assert all(any(a <= snippet.start + start < b for a, b in spans) for start, _ in snippet.spans)
        assert snippet.more_before == bool(body[: snippet.start].strip())
        assert snippet.more_after == bool(body[end:].strip())
    assert all(a.start + len(a.text) <= b.start for a, b in pairwise(found))
    assert bool(found) == bool(count and body.strip())


def test_of_stretches_with_the_same_words_the_one_with_most_matches_is_shown() -> None:
    """Where no stretch shows more of the words than another, the number of matches decides, then the place."""
    (snippet,) = snippets("strike", f"One strike.\n{SENTENCES}\nStrike upon strike upon strike.\nA strike.", count=1)
    assert snippet.text == "Strike upon strike upon strike."
    (snippet,) = snippets("strike", "First strike.\nSecond strike.", count=1)
    assert snippet.text == "First strike."
