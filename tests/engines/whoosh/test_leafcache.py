"""The leaves kept of recent queries: which go first, and that short ones take room too."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from searchkit.engines.whoosh import WhooshEngine, arrays, evaluation, leafcache, lists
from searchkit.engines.whoosh.leafcache import Leaf, LeafCache
from searchkit.query import Term
from tests.engines.contract import article, fill


def test_the_least_recently_used_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """When there is no more room, leaves go in the order in which they were last asked for; large ones never come in."""
    monkeypatch.setattr(leafcache, "KEPT_BYTES", 10_000)
    cache = LeafCache()
    leaves = {name: Leaf(n, (), None) for n, name in enumerate("abcdefx")}
    for name in "abcde":
        cache.keep(name, leaves[name], 1_000)
    assert cache.get("a") is leaves["a"]
    cache.keep("f", leaves["f"], 1_000)
    cache.keep("x", leaves["x"], 5_000)
    assert [name for name in leaves if cache.get(name)] == ["a", "c", "d", "e", "f"]


@pytest.mark.parametrize("chosen", [arrays, lists])
def test_words_that_are_nowhere_take_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: ModuleType) -> None:
    """However many different words are asked for, those that no article holds among them, few leaves are kept."""
    monkeypatch.setattr(leafcache, "KEPT_BYTES", 50_000)
    monkeypatch.setattr(evaluation, "choose_kernel", lambda *_: chosen)
    with WhooshEngine(tmp_path / "index", create=True) as engine:
        fill(engine, article("a", "mosul"))
        cache = engine._reading().leaves
        for n in range(200):
            assert engine.count(Term(f"no{n}")) == 0
            assert engine.count(Term("mosul")) == 1
        kept = [n for n in range(200) if any(key[1] == Term(f"no{n}") for key in cache._leaves)]  # type: ignore[index]
        assert 5 < len(kept) < 60
        assert kept[-1] == 199
