"""Joining: what several builders collect becomes the segment that one would make of all of it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchkit.article import Article
from searchkit.engines.whoosh import articleswriter, builder, container, joining, runs
from searchkit.engines.whoosh.builder import SegmentBuilder
from searchkit.engines.whoosh.container import as_named
from searchkit.engines.whoosh.joining import Part
from searchkit.engines.whoosh.shares import Share, ranges
from searchkit.engines.whoosh.snapshot import SegmentInfo, View
from searchkit.value import replace
from tests import strategies
from tests.engines.contract import article
from tests.engines.whoosh.building import build
from tests.engines.whoosh.generating import generated_articles
from tests.engines.whoosh.test_merging import content


def joined(folder: Path, parts: Sequence[Sequence[Article]], batch_tokens: int) -> View:
    """The segment that builders make together, one for each part, in batches of about so many words."""
    builders = []
    for number, articles in enumerate(parts):
        own = SegmentBuilder(folder, f"b{number}", ("en", "de"), 32)
        own._batch_tokens = batch_tokens
        for each in articles:
            own.add(each)
        builders.append(own)
    shares = [own.hand_over() for own in builders]
    infos = [own.finish_articles() for own in builders[1:]]
    names = ["b0", *(f"part{number}" for number in range(1, len(parts)))]
    wanted = ranges(shares, len(parts))
    first, *others = [Part(folder, name, shares, own, ("en", "de")) for name, own in zip(names, wanted, strict=True)]
    for part in others:
        part.save()
    words = as_named(first.join(names[1:]))
    info = builders[0].finish_articles(infos)
    return View(folder, replace(info, files={**info.files, **words}))


def check_same(joint: View, whole: View) -> None:
    assert content(joint.segment) == content(whole.segment)
    assert joint.segment.stem_order("de").tolist() == whole.segment.stem_order("de").tolist()

    def told(info: SegmentInfo) -> SegmentInfo:
        return replace(info, name="", files={})

    assert told(joint.info) == told(whole.info)
    assert {name.split(".")[1] for name in joint.info.files} == {name.split(".")[1] for name in whole.info.files}


@settings(max_examples=60)
@given(
    st.lists(st.lists(strategies.articles, min_size=1, max_size=5), min_size=2, max_size=4),
    st.sampled_from((1, 30, 10**9)),
    st.sampled_from((2, 7, 64)),
    st.sampled_from((1, 2_000_000)),
    st.sampled_from((1, 500, 16_384)),
)
def test_builders_make_the_segment_of_one(
    parts: list[list[Article]], batch_tokens: int, pieces: int, slice_tokens: int, block_bytes: int
) -> None:
    """However articles, words and batches are parted, the segment is byte for byte the one of all the articles."""
    with tempfile.TemporaryDirectory() as directory, pytest.MonkeyPatch.context() as patch:
        patch.setattr(joining, "_PIECES", pieces)
        patch.setattr(runs, "_SLICE_TOKENS", slice_tokens)
        patch.setattr(articleswriter, "STORED_BLOCK_BYTES", block_bytes)
        patch.setattr(container, "_PIECE_BYTES", 7)
        folder = Path(directory)
        whole = build(folder, [each for part in parts for each in part], "whole", languages=("en", "de"))
        check_same(joined(folder, parts, batch_tokens), whole)


@pytest.mark.parametrize("most_words", [5, 10**9])
def test_many_runs_and_lists_of_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_words: int) -> None:
    """The same where each builder has many runs, some merged before, over lists of words that were begun anew."""
    monkeypatch.setattr(builder, "_MOST_RUNS", 3)
    monkeypatch.setattr(builder, "_MOST_WORDS", most_words)
    articles = generated_articles(Random("joining"), 90)
    articles[40] = article("far", "x " * 70_000 + "word end")
    parts = [articles[:50], articles[50:60], articles[60:]]
    whole = build(tmp_path, articles, "whole", languages=("en", "de"))
    check_same(joined(tmp_path, parts, 300), whole)


def test_articles_without_words(tmp_path: Path) -> None:
    """Builders that met no word at all make a segment too."""
    parts = [[article("a", "", title="")], [article("b", "-", title="")]]
    check_same(joined(tmp_path, parts, 1), build(tmp_path, [*parts[0], *parts[1]], "whole", languages=("en", "de")))


def share(*cuts: bytes) -> Share:
    return Share("s", 1, list(cuts), [])


def test_ranges() -> None:
    """Ranges follow one another from the first word to the last, about as many cuts in each; some may be empty."""
    assert ranges([share(b"b", b"d"), share(b"a", b"c")], 2) == [(b"", b"c"), (b"c", None)]
    assert ranges([share(b"b", b"b"), share()], 3) == [(b"", b"b"), (b"b", b"b"), (b"b", None)]
    assert ranges([share(), share()], 2) == [(b"", b""), (b"", None)]
    assert ranges([share(b"b")], 1) == [(b"", None)]
