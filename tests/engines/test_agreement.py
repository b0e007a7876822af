"""Engines agree: over generated articles, every generated query finds the same, in the same order, with equal scores.

The memory engine is the yardstick, and the facts of the contract suite hold it in turn.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchkit.article import Article
from searchkit.engine import SORTS, Engine, Ranking, SearchOptions, SearchResult
from searchkit.engines import ENGINES, IN_CLUSTERS, open_engine
from searchkit.engines.memory import MemoryEngine
from searchkit.errors import QueryLimitError
from searchkit.query import Query, word_leaves
from tests import strategies

QUERIES_PER_EXAMPLE = 14
EXAMPLES = 150
"""Together at least 2,000 pairs of articles and query."""

OTHERS = sorted(set(ENGINES) - IN_CLUSTERS - {"memory"})

_changes = st.lists(strategies.articles | strategies.articles | st.sampled_from(strategies.IDS), max_size=6)
batches = st.builds(
    lambda first, later: [("add", first), *later],
    st.lists(strategies.articles, min_size=3, max_size=9),
    st.lists(st.tuples(st.sampled_from(("add", "add", "add", "rebuild", "discard")), _changes), max_size=3),
)
"""Batches of changes: an article stands for its addition, an id for its deletion."""

quick = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@contextmanager
def both(name: str) -> Iterator[tuple[Engine, Engine]]:
    """A new index of an engine, and a memory engine beside it."""
    with (
        tempfile.TemporaryDirectory() as directory,
        MemoryEngine() as memory,
        open_engine(name, Path(directory) / "index", create=True) as other,
    ):
        yield memory, other


def change(engine: Engine, kind: str, changes: list[Article | str]) -> list[bool]:
    """Make a batch of changes; what the deletions said."""
    said = []
    try:
        with engine.writer(rebuild=kind == "rebuild") as writer:
            for each in changes:
                if isinstance(each, str):
                    said.append(writer.delete(each))
                else:
                    writer.add(each)
            if kind == "discard":
                raise InterruptedError
    except InterruptedError:
        pass
    return said


def assert_same_result(expected: SearchResult, actual: SearchResult, query: Query) -> None:
    left, right = list(expected.hits), list(actual.hits)
    assert [hit.article for hit in left] == [hit.article for hit in right], str(query)
    assert [hit.rank for hit in left] == [hit.rank for hit in right]
    assert [hit.score for hit in left] == pytest.approx([hit.score for hit in right], rel=1e-9, abs=1e-9), str(query)
    assert [[text for text, _ in hit.parts] for hit in left] == [[text for text, _ in hit.parts] for hit in right]
    assert (expected.total, expected.total_is_exact) == (actual.total, actual.total_is_exact)


@pytest.mark.parametrize("name", OTHERS)
@settings(quick, max_examples=EXAMPLES)
@given(
    changes=batches,
    queries=st.lists(strategies.queries, min_size=QUERIES_PER_EXAMPLE, max_size=QUERIES_PER_EXAMPLE),
    language=st.sampled_from(("en", "en", None, "fr", "ru")),
    reverse=st.booleans(),
)
def test_same_articles_same_order_same_scores(
    name: str, changes: list[tuple[str, list[Article | str]]], queries: list[Query], language: str | None, reverse: bool
) -> None:
    """After any changes, both find the same articles in every order, with equal scores and parts."""
    with both(name) as (memory, other):
        for kind, batch in changes:
            assert change(memory, kind, batch) == change(other, kind, batch)
        for query in queries:
            for sort in SORTS:
                options = SearchOptions(limit=0, sort=sort, reverse=reverse, language=language, explain=True)
                assert_same_result(memory.search(query, options), other.search(query, options), query)
            paged = SearchOptions(limit=2, offset=1, language=language, reverse=reverse)
            assert_same_result(memory.search(query, paged), other.search(query, paged), query)
            assert memory.count(query, paged) == other.count(query, paged)


@pytest.mark.parametrize("name", OTHERS)
@settings(quick, max_examples=40)
@given(
    changes=batches,
    query=strategies.queries,
    ranking=st.builds(
        Ranking,
        title=st.sampled_from((0.0, 1.0, 7.5)),
        body=st.sampled_from((0.0, 1.0)),
        k1=st.sampled_from((0.0, 1.2, 3.0)),
        b=st.sampled_from((0.0, 0.75, 1.0)),
    ),
)
def test_same_scores_under_any_ranking(
    name: str, changes: list[tuple[str, list[Article | str]]], query: Query, ranking: Ranking
) -> None:
    """Whatever the parameters of the ranking, scores and order are the same."""
    with both(name) as (memory, other):
        for kind, batch in changes:
            change(memory, kind, batch)
            change(other, kind, batch)
        options = SearchOptions(limit=0, ranking=ranking)
        assert_same_result(memory.search(query, options), other.search(query, options), query)


@pytest.mark.parametrize("name", OTHERS)
@settings(quick, max_examples=60)
@given(
    changes=batches,
    query=strategies.queries,
    language=st.sampled_from(("en", None)),
    limit=st.sampled_from((1, 3, 1024)),
    word=st.sampled_from(strategies.WORDS),
)
def test_same_words_and_counts(
    name: str,
    changes: list[tuple[str, list[Article | str]]],
    query: Query,
    language: str | None,
    limit: int,
    word: str,
) -> None:
    """Expansions and their limit, nearest words, ids, fingerprints, articles and statistics are the same."""
    with both(name) as (memory, other):
        for kind, batch in changes:
            change(memory, kind, batch)
            change(other, kind, batch)
        options = SearchOptions(language=language, max_expansions=limit)
        for leaf in word_leaves(query, negated=True):
            assert _expanded(memory, leaf, options) == _expanded(other, leaf, options)
        assert memory.nearest_words(word, 5) == other.nearest_words(word, 5)
        assert memory.ids_starting_with("a") == other.ids_starting_with("a")
        assert memory.fingerprints("report.txt") == other.fingerprints("report.txt")
        assert list(memory.articles()) == list(other.articles())
        for value in ("articles", "undated", "words", "links", "publishers", "first_date", "last_date"):
            assert getattr(memory.stats(), value) == getattr(other.stats(), value), value


def _expanded(engine: Engine, leaf: Query, options: SearchOptions) -> list[str] | str:
    try:
        return engine.expand(leaf, options)  # type: ignore[arg-type]
    except QueryLimitError as exc:
        return str(exc)
