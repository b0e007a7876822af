"""Memory, Whoosh and OpenSearch find the same articles: generated articles, many generated queries over each set.

A few sets in a usual run; with SEARCHKIT_PROOFS=full more than 3,000 pairs of articles and query. Where OpenSearch may
differ, and is not compared, is in the docstring of its engine: how much a score is, and so the order by score.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from searchkit.article import Article
from searchkit.cluster import Cluster
from searchkit.engine import Engine, SearchOptions
from searchkit.engines.memory import MemoryEngine
from searchkit.engines.opensearch import OpenSearchEngine
from searchkit.engines.whoosh import WhooshEngine
from searchkit.errors import QueryLimitError
from searchkit.query import Query, word_leaves
from tests import strategies
from tests.engines.clusters import needs_cluster, new_cluster_index
from tests.engines.proofs import FULL
from tests.engines.test_agreement import batches, change

QUERIES_PER_SET = 40
SETS = 80 if FULL else 4

# No shrinking: each example costs seconds in a cluster.
lasting = settings(
    deadline=None,
    max_examples=SETS,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with new_cluster_index(shards=2) as cluster:
        yield cluster


@needs_cluster
@lasting
@given(
    changes=batches,
    queries=st.lists(strategies.queries, min_size=QUERIES_PER_SET, max_size=QUERIES_PER_SET),
    language=st.sampled_from(("en", "en", None, "fr")),
    reverse=st.booleans(),
    limit=st.sampled_from((1, 3, 1024)),
)
def test_the_same_articles_everywhere(
    cluster: Cluster,
    changes: list[tuple[str, list[Article | str]]],
    queries: list[Query],
    language: str | None,
    reverse: bool,
    limit: int,
) -> None:
    """After any changes all three find the same, count the same, order it alike by date and title, and expand alike."""
    with (
        tempfile.TemporaryDirectory() as directory,
        MemoryEngine() as memory,
        WhooshEngine(Path(directory) / "index", create=True) as whoosh,
        OpenSearchEngine(cluster, create=True) as opensearch,
    ):
        for engine in (whoosh, opensearch):
            change(engine, "rebuild", [])
        for kind, batch in changes:
            said = [change(engine, kind, batch) for engine in (memory, whoosh, opensearch)]
            assert said[0] == said[1] == said[2]
        for number, query in enumerate(queries):
            sort = ("date", "title")[number % 2]
            options = SearchOptions(limit=50, sort=sort, reverse=reverse, language=language)
            expected = [hit.article for hit in memory.search(query, options).hits]
            for engine in (whoosh, opensearch):
                result = engine.search(query, options)
                assert [hit.article for hit in result.hits] == expected, f"{engine.name}: {query}"
                assert (result.total, result.total_is_exact) == (len(expected), True)
            by_score = [hit.article.id for hit in opensearch.search(query, SearchOptions(50, language=language)).hits]
            assert sorted(by_score) == sorted(article.id for article in expected), str(query)
            narrow = SearchOptions(language=language, max_expansions=limit)
            for leaf in word_leaves(query, negated=True):
                assert _expanded(memory, leaf, narrow) == _expanded(opensearch, leaf, narrow)
        _assert_same_content(memory, opensearch)


def _assert_same_content(memory: Engine, opensearch: Engine) -> None:
    assert list(memory.articles()) == list(opensearch.articles())
    assert memory.ids_starting_with("a") == opensearch.ids_starting_with("a")
    assert memory.fingerprints("report.txt") == opensearch.fingerprints("report.txt")
    for word in strategies.WORDS[::5]:
        assert memory.nearest_words(word, 5) == opensearch.nearest_words(word, 5)
    for value in ("articles", "undated", "words", "links", "publishers", "first_date", "last_date"):
        assert getattr(memory.stats(), value) == getattr(opensearch.stats(), value), value


def _expanded(engine: Engine, leaf: Query, options: SearchOptions) -> list[str] | str:
    try:
        return engine.expand(leaf, options)  # type: ignore[arg-type]
    except QueryLimitError as exc:
        return str(exc)
