"""The builder: however its articles fall into batches and runs, the segment is the same."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from searchkit.engines.whoosh import builder
from searchkit.engines.whoosh.builder import SegmentBuilder
from searchkit.engines.whoosh.segment import Segment
from tests.engines.whoosh.generating import generated_articles

KINDS = ("terms", "docs", "freqs", "positions", "stored", "columns", "stems-en")


@pytest.mark.parametrize("most_runs", [2, 3, 1000])
@pytest.mark.parametrize("most_words", [5, 10**9])
def test_runs_do_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_runs: int, most_words: int) -> None:
    """A segment built from many runs, merged on the way or not, with words and chunks forgotten between them, has the
    same bytes as one built from a single run; no other file is left."""
    articles = generated_articles(Random("runs"), 60)
    (tmp_path / "one").mkdir()
    (tmp_path / "many").mkdir()
    whole = SegmentBuilder(tmp_path / "one", "g00000001-0", ["en"], 256)
    monkeypatch.setattr(builder, "_MOST_RUNS", most_runs)
    monkeypatch.setattr(builder, "_MOST_WORDS", most_words)
    monkeypatch.setattr(builder, "_MOST_CHUNKS", 50)
    parted = SegmentBuilder(tmp_path / "many", "g00000001-0", ["en"], 256)
    for number, each in enumerate(articles):
        whole.add(each)
        parted.add(each)
        if number % 4 == 3:
            parted._invert()
    assert whole.finish() == parted.finish()
    for kind in KINDS:
        name = f"g00000001-0.{kind}"
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "many" / name).read_bytes(), kind
    assert len(list((tmp_path / "many").iterdir())) == len(KINDS)
    assert Segment(tmp_path / "many", "g00000001-0", 60).article(59) == articles[59]
