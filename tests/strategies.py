"""Generated articles and queries, over a vocabulary so small that queries find articles.

The vocabulary holds inflections, accents, apostrophes, acronyms, and scripts without spaces. Queries are trees of folded
words, as the parser makes them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import strategies as st

from searchkit.analysis import tokenize_query
from searchkit.article import Article, Link
from searchkit.query import (
    NAME_FIELDS,
    TEXT_FIELDS,
    And,
    Boost,
    DateRange,
    Fuzzy,
    Keyword,
    MatchAll,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Term,
    Undated,
    Wildcard,
)

SPELLINGS = (
    "strike", "Strikes", "striking", "air-strikes", "report", "reported", "Mosul", "Mosúl", "MOSUL's", "the", "U.S.",
    "don't", "O’Brien", "l'homme", "café", "cafes", "2017", "中国", "中国人民", "国中", "中", "東京タワー", "กรุงเทพ",
    "موصل", "России", "x",
)  # fmt: skip
"""Words as articles spell them."""

WORDS = tuple(sorted({token.word for spelling in SPELLINGS for token in tokenize_query(spelling)}))
"""The same as queries hold them: folded, and none that stands for two."""

LANGUAGES = (None, "en", "en-US", "pt", "pt-BR", "PT-br", "fr", "zh-Hant-TW")
IDS = ("a1", "a2", "ab3", "b1", "b2", "B3", "c1", "é1")
DAYS = (date(2017, 3, 16), date(2017, 3, 17), date(2017, 3, 18), date(2019, 1, 1))
MOMENTS = (
    datetime(2017, 3, 17, 0, 0),
    datetime(2017, 3, 17, 23, 30, tzinfo=UTC),
    datetime(2017, 3, 17, 23, 30, tzinfo=timezone(timedelta(hours=-5))),
    datetime(2017, 3, 18, 1, 0, 0, 5, tzinfo=timezone(timedelta(hours=3))),
)

texts = st.lists(st.sampled_from(SPELLINGS), max_size=8).map(" ".join)
_long_texts = st.lists(st.sampled_from(SPELLINGS), min_size=6, max_size=20).map(" ".join)
links = st.builds(
    Link,
    headline=texts,
    publisher=st.sampled_from((None, "Reuters")),
    published=st.sampled_from((None, *DAYS)),
)
articles = st.builds(
    Article,
    id=st.sampled_from(IDS),
    source=st.sampled_from(("mosul/2017.txt", "mosul/2017.txt#3", "report.txt", "")),
    title=texts,
    body=st.lists(texts | _long_texts, max_size=3).map("\n\n".join),
    sha256=st.sampled_from(("0" * 64, "f" * 64)),
    dek=st.none() | texts,
    authors=st.lists(st.sampled_from(("Jean O’Brien", "Jean Report", "x")), max_size=3).map(tuple),
    publisher=st.sampled_from((None, "Reuters", "The Mosul Report")),
    published=st.sampled_from((None, *DAYS, *MOMENTS)),
    language=st.sampled_from(LANGUAGES),
    links=st.lists(links, max_size=3).map(tuple),
)
"""Articles with few different ids, so that later ones replace earlier ones."""

_words = st.sampled_from(WORDS)
_fields = st.sampled_from((None,) * 7 + ("body", "body", *TEXT_FIELDS, *NAME_FIELDS))
_text_fields = st.sampled_from((None, None, *TEXT_FIELDS))
_some_words = st.lists(_words, min_size=1, max_size=3).map(tuple)


def _prefix(word: str) -> str:
    return word[: max(1, len(word) // 2)]


def _with_gap(word: str, place: int, gap: str) -> str:
    """A pattern of a word: one character, or a stretch of them, left open."""
    place %= len(word)
    return word[:place] + gap + word[place + 1 :]


word_leaves = st.one_of(
    st.builds(Term, _words, _fields),
    st.builds(Phrase, _some_words, st.sampled_from((0, 0, 1, 2, 5, 1000)), _fields),
    st.builds(Phrase, st.lists(_words, min_size=2, max_size=3).map(tuple), field=_text_fields, exact=st.just(False)),
    st.builds(Prefix, _words.map(_prefix), _fields),
    st.builds(Wildcard, st.builds(_with_gap, _words, st.integers(0, 9), st.sampled_from("?*")), _fields),
    st.builds(Fuzzy, _words, st.sampled_from((1, 2)), _fields),
)
date_ranges = st.tuples(st.none() | st.sampled_from(DAYS), st.none() | st.sampled_from(DAYS)).map(
    lambda ends: DateRange(*(sorted(ends) if None not in ends else ends))  # type: ignore[type-var]
)
filters = st.one_of(
    st.builds(Keyword, st.just("lang"), st.sampled_from(("en", "pt", "pt-br", "zh-hant", "f", "de"))),
    st.builds(Keyword, st.just("id"), st.sampled_from(("a", "a1", "b", "b3", "é", "zz"))),
    date_ranges,
    st.just(Undated()),
    st.just(MatchAll()),
)


def _grow(children: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    several = st.lists(children, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(And, several),
        st.builds(Or, several),
        st.builds(Not, children),
        st.builds(Boost, children, st.sampled_from((0.5, 2.0, 3.25))),
    )


_trees: st.SearchStrategy[Query] = st.recursive(word_leaves | word_leaves | filters, _grow, max_leaves=5)
queries: st.SearchStrategy[Query] = st.sampled_from((word_leaves, _trees, _trees)).flatmap(lambda strategy: strategy)
"""Trees of every kind of node."""
