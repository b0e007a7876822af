"""From a request to a result with snippets; advice when nothing is found; articles by name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from searchkit.article import Article, article_id
from searchkit.engine import SearchOptions
from searchkit.engines.memory import MemoryEngine
from searchkit.errors import AmbiguousIdError, ArticleNotFoundError, QueryLimitError, QuerySyntaxError
from searchkit.highlight import SnippetOptions
from searchkit.query import And, DateRange, MatchAll, Or, Term
from searchkit.searching import Advice, Request, advise, build_query, find_article, search

TODAY = date(2017, 4, 3)


def article(source: str, body: str, record: str | None = None, published: date | None = None) -> Article:
    return Article(article_id(source), source, "Title", body, "0", record=record, published=published)


ARTICLES = (
    article("a.txt", "The Mosul airstrike hit a hospital.", published=date(2017, 3, 17)),
    article("b.txt", "Raqqa was hit by airstrikes.", published=date(2016, 12, 31)),
    article("c.jsonl#1", "Homs", "1"),
    article("c.jsonl#2", "Idlib", "2"),
    article("#d.txt", "Aleppo"),
)


@pytest.fixture
def engine() -> Iterator[MemoryEngine]:
    with MemoryEngine() as engine:
        with engine.writer() as writer:
            for one in ARTICLES:
                writer.add(one)
        yield engine


# --- requests ----------------------------------------------------------------------------------------------------


def test_a_request_is_parsed_with_its_options() -> None:
    """Field and `any_word` reach the parser."""
    assert build_query(Request("a b", any_word=True, field="title")) == Or((Term("a", "title"), Term("b", "title")))


@pytest.mark.parametrize(
    ("since", "until", "window"),
    [
        ("2017", None, DateRange(date(2017, 1, 1), None)),
        (None, "2017", DateRange(None, date(2017, 12, 31))),
        ("2017-03", "2017-03", DateRange(date(2017, 3, 1), date(2017, 3, 31))),
        ("2w", None, DateRange(date(2017, 3, 20), None)),
        ("yesterday", "today", DateRange(date(2017, 4, 2), date(2017, 4, 3))),
    ],
)
def test_since_and_until_bound_the_days(since: str | None, until: str | None, window: DateRange) -> None:
    """`since` means the first day that its date names, `until` the last; everything else stays required."""
    assert build_query(Request("a", since=since, until=until), TODAY) == And((Term("a"), window))
    assert build_query(Request("*", since=since, until=until), TODAY) == window


def test_bounds_apply_to_all_of_any_word() -> None:
    """Words joined by OR lie in the window all of them."""
    query = build_query(Request("a b", any_word=True, since="2017"), TODAY)
    assert query == And((Or((Term("a"), Term("b"))), DateRange(date(2017, 1, 1), None)))


@pytest.mark.parametrize(
    ("since", "until", "message", "column"),
    [
        ("2017..", None, "one date is wanted", 8),
        (None, "none", "one date is wanted", 8),
        ("soon", None, "'soon' is not a date", 8),
        (None, "2017-13", "no month 13", 8),
        ("", None, "no ends", 7),
        ("2018", "2017", "2018-01-01 is later than 2017-12-31", 0),
    ],
)
def test_wrong_bounds_are_errors_that_show_the_option(
    since: str | None, until: str | None, message: str, column: int
) -> None:
    """A bad bound is a syntax error over the option as it was typed."""
    with pytest.raises(QuerySyntaxError, match=message) as caught:
        build_query(Request("a", since=since, until=until), TODAY)
    assert caught.value.query.startswith("--")
    assert caught.value.column == column


# --- results -----------------------------------------------------------------------------------------------------


def test_hits_are_illustrated(engine: MemoryEngine) -> None:
    """Each hit carries where it matches and snippets of the size asked for."""
    result = search(engine, build_query(Request("airstrike")), snippets=SnippetOptions(1, 20))
    hits = list(result.hits)
    assert result.total == len(hits) == 2
    assert {hit.snippets[0].text[slice(*hit.snippets[0].spans[0])] for hit in hits} == {"airstrike", "airstrikes"}
    assert {hit.matched_in for hit in hits} == {("body",)}


def test_marking_can_be_left_out(engine: MemoryEngine) -> None:
    """Without snippets hits come as the engine gives them."""
    (hit,) = search(engine, Term("mosul"), snippets=None).hits
    assert (hit.title, hit.snippets, hit.matched_in) == (None, (), ())


def test_limited_hits_are_a_tuple_and_all_hits_a_stream(engine: MemoryEngine) -> None:
    """Limit 0 streams; any other limit gives a tuple that can be read twice."""
    assert isinstance(search(engine, MatchAll(), SearchOptions(limit=2)).hits, tuple)
    stream = search(engine, MatchAll(), SearchOptions(limit=0)).hits
    assert [hit.rank for hit in stream] == [1, 2, 3, 4, 5]
    assert list(stream) == []


def test_the_language_of_a_search_is_that_of_its_marks(engine: MemoryEngine) -> None:
    """What is found without inflections is marked without them."""
    (hit,) = search(engine, Term("airstrike"), SearchOptions(language=None)).hits
    assert hit.article.source == "a.txt"


# --- advice ------------------------------------------------------------------------------------------------------


def test_advice_names_unknown_words_and_near_ones(engine: MemoryEngine) -> None:
    """A word that matches nothing is named with its nearest words, and what OR would give is counted."""
    advice = advise(engine, Request("mosuk airstrike"))
    assert advice == Advice((("mosuk", ("mosul",)),), 2)


def test_advice_counts_what_any_word_would_give(engine: MemoryEngine) -> None:
    """When all words occur but not together, only the count is given; for one word there is none."""
    assert advise(engine, Request("mosul raqqa")) == Advice((), 2)
    assert advise(engine, Request("zzz")) == Advice((("zzz", ()),), None)
    assert advise(engine, Request("mosul raqqa", any_word=True)).any_total is None


def test_advice_counts_what_other_days_would_give(engine: MemoryEngine) -> None:
    """When the days leave nothing, it is told what there is without them."""
    assert advise(engine, Request("mosul", since="9999")) == Advice(
        (), None, engine.count(build_query(Request("mosul")))
    )
    assert advise(engine, Request("zzz", until="0001")).unbounded_total == 0


def test_near_words_are_of_the_field_asked_for(engine: MemoryEngine) -> None:
    """A word of the body is no advice for a word that is looked for among the authors."""
    assert advise(engine, Request("author:mosuk")).unknown == (("author:mosuk", ()),)
    assert advise(engine, Request("body:mosuk")).unknown == (("body:mosuk", ("mosul",)),)


def test_advice_looks_at_each_word_of_a_phrase_once(engine: MemoryEngine) -> None:
    """Of phrases the words that are unknown are named; what is negated is not looked at."""
    advice = advise(engine, Request('"mosul hospitall" hospitall-mosul -zzz "mosul hospitall"'))
    assert advice.unknown == (('"hospitall"', ("hospital",)), ("hospitall", ("hospital",)))


def test_advice_on_patterns_names_them_without_near_words(engine: MemoryEngine) -> None:
    """A pattern that stands for no word is unknown; nothing is near to it."""
    assert advise(engine, Request("zz* mosul")).unknown == (("zz*", ()),)
    assert advise(engine, Request("hospitxxx~ mosul")).unknown == (("hospitxxx~", ("hospital",)),)


def test_advice_never_fails_because_a_pattern_is_too_wide(engine: MemoryEngine) -> None:
    """A pattern over the limit stands for many words: it is not what is missing."""
    request, options = Request("zzz a*"), SearchOptions(max_expansions=1)
    with pytest.raises(QueryLimitError):
        engine.count(build_query(request), options)
    assert advise(engine, request, options) == Advice((("zzz", ()),), None)


# --- articles by name --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "source"),
    [
        (article_id("a.txt"), "a.txt"),
        (article_id("a.txt")[:6], "a.txt"),
        (article_id("a.txt")[:6].upper(), "a.txt"),
        ("a.txt", "a.txt"),
        ("c.jsonl#2", "c.jsonl#2"),
        ("#d.txt", "#d.txt"),
    ],
)
def test_an_article_is_found_by_any_of_its_names(engine: MemoryEngine, name: str, source: str) -> None:
    """An id, its beginning, a path, and a path with a record name an article."""
    assert find_article(engine, name).source == source


def test_a_file_of_many_articles_is_ambiguous(engine: MemoryEngine) -> None:
    """A path that holds several articles names none; the error lists them."""
    with pytest.raises(AmbiguousIdError, match=r"c\.jsonl#") as caught:
        find_article(engine, "c.jsonl")
    assert set(caught.value.candidates) == {"c.jsonl#1", "c.jsonl#2"}


def test_an_ambiguous_beginning_lists_at_most_five(engine: MemoryEngine) -> None:
    """A beginning shared by many ids is an error with some of them."""
    with engine.writer() as writer:
        for number in range(9):
            writer.add(Article(f"abc{number}", f"{number}.txt", "", "", "0"))
    with pytest.raises(AmbiguousIdError) as caught:
        find_article(engine, "abc")
    assert len(caught.value.candidates) == 5


@pytest.mark.parametrize("name", ["", "zzz", "c.jsonl#3", "d.txt", "ffffffffffffffffffff", "\ud800", "\udcff"])
def test_a_name_of_nothing_is_an_error(engine: MemoryEngine, name: str) -> None:
    """What names no article is told, whatever characters it holds."""
    with pytest.raises(ArticleNotFoundError, match="no article has the id"):
        find_article(engine, name)


def test_a_path_that_looks_like_an_id_is_the_path(engine: MemoryEngine) -> None:
    """A file's own name comes before ids that begin with it."""
    with engine.writer() as writer:
        writer.add(article("abc", "by path"))
        writer.add(Article("abc0", "other.txt", "", "by id", "0"))
    assert find_article(engine, "abc").body == "by path"
