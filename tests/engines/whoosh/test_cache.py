"""What is kept of recent queries: what goes first, and that short leaves take room too."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from searchkit.article import Link
from searchkit.engines.whoosh import WhooshEngine, arrays, evaluation, lists, snapshot
from searchkit.engines.whoosh.cache import Cache
from searchkit.query import MatchAll, Or, Prefix, Term
from tests.engines.contract import article, fill


def test_the_least_recently_used_goes_first() -> None:
    """When there is no more room, values go in the order in which they were last asked for; large ones never come in."""
    cache: Cache[str] = Cache(10_000)
    for name in "abcde":
        cache.keep(name, name.upper(), 1_800)
    assert cache.get("a") == "A"
    cache.keep("f", "F", 1_800)
    cache.keep("x", "X", 5_000)
    assert [name for name in "abcdefx" if cache.get(name)] == ["a", "c", "d", "e", "f"]


@pytest.mark.parametrize("chosen", [arrays, lists])
def test_words_that_are_nowhere_take_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: ModuleType) -> None:
    """However many different words are asked for, those that no article holds among them, few leaves are kept."""
    monkeypatch.setattr(snapshot, "LEAF_BYTES", 50_000)
    monkeypatch.setattr(evaluation, "choose_kernel", lambda *_: chosen)
    with WhooshEngine(tmp_path / "index", create=True) as engine:
        fill(engine, article("a", "mosul"))
        cache = engine._reading().leaves
        for n in range(200):
            assert engine.count(Term(f"no{n}")) == 0
            assert engine.count(Term("mosul")) == 1
        kept = [n for n in range(200) if any(key[0] == Term(f"no{n}") for key in cache._kept)]  # type: ignore[index]
        assert 5 < len(kept) < 60
        assert kept[-1] == 199


def test_what_is_kept_of_a_word_holds_nothing_of_those_read_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A word that was read together with many others keeps arrays of its own, as large as they are counted."""
    monkeypatch.setattr(evaluation, "choose_kernel", lambda *_: arrays)
    with WhooshEngine(tmp_path / "index", create=True) as engine:
        fill(engine, article("a", "mosul " + " ".join(f"x{n}" for n in range(500))))
        assert engine.count(Or((Term("mosul"), Prefix("x")))) == 1
        words = [leaf.word for leaf, _ in engine._reading().leaves._kept.values() if leaf.word is not None]
        assert len(words) == 1
        assert all(array.base is None for word in words for array in (word.entries, word.keys, word.frequencies))


def test_articles_are_decoded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hits of recent queries are not read again, unless they alone would take most of the room."""
    monkeypatch.setattr(snapshot, "ARTICLE_BYTES", 100_000)
    links = tuple(Link(f"headline {n}") for n in range(200))
    articles = [article("a", "short"), article("b", "long " * 8_000), article("c", links=links)]
    with WhooshEngine(tmp_path / "index", create=True) as engine:
        fill(engine, *articles)
        first, again = ([hit.article for hit in engine.search(MatchAll()).hits] for _ in range(2))
        assert first == again == articles
        assert [one is other for one, other in zip(first, again, strict=True)] == [True, False, False]
