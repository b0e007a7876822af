"""The proof at size: 5,000 queries of every kind over generated and real articles, against the memory engine.

    SEARCHKIT_PROOFS=full SEARCHKIT_BENCH_ARTICLES=articles.jsonl pytest tests/engines/whoosh/test_agreement_at_size.py

runs it whole; without the first it is small, without the second there are no real articles in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from searchkit.article import Article
from searchkit.engine import Engine, IndexingOptions, SearchOptions
from searchkit.engines.memory import MemoryEngine
from searchkit.engines.whoosh import WhooshEngine, arrays, evaluation, lists
from searchkit.errors import QueryLimitError
from searchkit.query import Query
from tests.engines.proofs import sized
from tests.engines.whoosh.generating import REAL, QueryMaker, generated_articles, real_articles

QUERIES = sized(250, 2_500)
ARTICLES = sized(80, 400)
PHASES = 5


def outcome(engine: Engine, query: Query, options: SearchOptions) -> tuple[list[str], dict[str, float], int] | str:
    """Ids in order, their scores, and the total; or why there are none."""
    try:
        result = engine.search(query, options)
    except QueryLimitError as exc:
        return str(exc)
    hits = [(hit.article.id, hit.score) for hit in result.hits]
    return [id_ for id_, _ in hits], dict(hits), result.total


def assert_agreement(memory: Engine, other: Engine, query: Query, options: SearchOptions) -> None:
    expected, actual = outcome(memory, query, options), outcome(other, query, options)
    if isinstance(expected, str) or isinstance(actual, str):
        assert expected == actual
        return
    (left, scores, total), (right, other_scores, other_total) = expected, actual
    assert total == other_total == len(left), str(query)
    assert sorted(left) == sorted(right), str(query)
    assert [other_scores[id_] for id_ in left] == pytest.approx([scores[id_] for id_ in left], rel=1e-9), str(query)
    if options.sort != "score":
        assert left == right, str(query)
        return
    ordered = [scores[id_] for id_ in right]
    for one, following in pairwise(ordered):
        high, low = (following, one) if options.reverse else (one, following)
        assert high >= low - 1e-9 * abs(low), str(query)


def changes(random: Random, articles: Sequence[Article]) -> Iterator[tuple[str, list[Article | str]]]:
    """What happens to the indexes: first articles, updates, deletes, many small commits that are merged, a rebuild."""
    half = len(articles) // 2
    yield "first", list(articles[:half])
    moved = [Article(**{**_values(each), "body": articles[-1].body, "title": each.body[:40]}) for each in articles[:9]]
    yield "update", [*articles[half:], *moved]
    yield "delete", [each.id for each in random.sample(list(articles), len(articles) // 5)]
    yield "merge", random.sample(list(articles), len(articles) // 3)
    yield "rebuild", list(random.sample(list(articles), len(articles) * 2 // 3))


def _values(article: Article) -> dict[str, object]:
    return {name: getattr(article, name) for name in Article.__slots__}


def apply(engine: Engine, kind: str, changes: list[Article | str]) -> None:
    parts = [changes[n::10] for n in range(10)] if kind == "merge" else [changes]
    for part in parts:
        with engine.writer(rebuild=kind == "rebuild", options=IndexingOptions(jobs=1)) as writer:
            for each in part:
                if isinstance(each, str):
                    writer.delete(each)
                else:
                    writer.add(each)


@pytest.mark.parametrize("kind", ["generated", "real"])
def test_memory_and_whoosh_agree(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both engines find the same articles, in the same order where scores differ, after each of many changes."""
    if kind == "real" and not REAL:
        pytest.skip("SEARCHKIT_BENCH_ARTICLES names no file of real articles")
    random = Random(f"agreement {kind}")
    articles = real_articles(ARTICLES) if kind == "real" else generated_articles(random, ARTICLES)
    maker = QueryMaker(random, articles)
    asked, found = 0, 0
    with MemoryEngine() as memory, WhooshEngine(tmp_path / "index", create=True) as engine:
        for change, each in changes(random, articles):
            apply(memory, change, each)
            apply(engine, change, each)
            assert list(memory.articles()) == list(engine.articles())
            for _ in range(QUERIES // PHASES):
                query = maker.query()
                sort = random.choice(("score", "score", "date", "title"))
                options = SearchOptions(0, 0, sort, random.random() < 0.3, random.choice(("en", "en", None)))
                kernel = random.choice((arrays, lists))
                monkeypatch.setattr(evaluation, "choose_kernel", lambda *_, chosen=kernel: chosen)
                assert_agreement(memory, engine, query, options)
                asked, found = asked + 1, found + (engine.count(query, SearchOptions(max_expansions=10**6)) > 0)
    assert asked == QUERIES
    assert found > QUERIES / 2
