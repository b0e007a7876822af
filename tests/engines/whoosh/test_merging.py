"""Merging: segments become the one that their living articles would make; which are merged, and when."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchkit.article import Article
from searchkit.engines.whoosh import articleswriter, runs
from searchkit.engines.whoosh.container import ContainerWriter, as_named
from searchkit.engines.whoosh.merging import SEGMENTS_PER_TIER, merge_segments, to_merge
from searchkit.engines.whoosh.segment import Segment
from searchkit.engines.whoosh.snapshot import SegmentInfo, View
from tests import strategies
from tests.engines.contract import article
from tests.engines.whoosh.building import build, inverted, read_back


def without(folder: Path, view: View, gone: set[int]) -> View:
    """A segment with some articles deleted."""
    bits = bytearray(-(-view.count // 8))
    for number in gone:
        bits[number >> 3] |= 1 << (number & 7)
    writer = ContainerWriter(folder / f"{view.info.name}.deleted")
    writer.add("bits", bytes(bits))
    files = {**view.info.files, **as_named([writer.finish()])}
    return View(folder, replace(view.info, live=view.count - len(gone), deleted=writer.path.name, files=files))


def content(segment: Segment) -> dict[str, Any]:
    """Everything that a segment holds, but for how stored articles lie in blocks."""
    columns = segment.container("columns")
    return {
        "articles": [segment.article(number) for number in range(segment.count)],
        "postings": read_back(segment),
        "columns": {name: bytes(columns.section(name)) for name in sorted(columns._directory)},
        "stems": segment.stem_order("en").tolist(),
        **{kind: bytes(segment.stream(kind)) for kind in ("docs", "freqs", "positions")},
        "terms": {name: bytes(segment.container("terms").section(name)) for name in ("words", "blocks", "entries")},
    }


@settings(max_examples=40)
@given(
    st.lists(st.lists(st.tuples(strategies.articles, st.booleans()), min_size=1, max_size=6), min_size=1, max_size=4),
    st.sampled_from((1, 10, 2_000_000)),
    st.sampled_from((1, 500, 16_384)),
)
def test_a_merge_is_what_the_articles_would_make(
    parts: list[list[tuple[Article, bool]]], slice_tokens: int, block_bytes: int
) -> None:
    """Segments merged, without their deleted articles, are byte for byte the segment built anew from the others."""
    living = [each for part in parts for each, gone in part if not gone]
    if not living:
        return
    with tempfile.TemporaryDirectory() as directory, pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "_SLICE_TOKENS", slice_tokens)
        patch.setattr(articleswriter, "STORED_BLOCK_BYTES", block_bytes)
        folder = Path(directory)
        views = []
        for number, part in enumerate(parts):
            gone = {place for place, (_, is_gone) in enumerate(part) if is_gone}
            view = build(folder, [each for each, _ in part], f"p{number}")
            views.append(without(folder, view, gone) if gone else view)
        views = [view for view in views if view.info.live]
        merged = View(folder, merge_segments(folder, "m", views, ("en",)))
        anew = build(folder, living, "n")
        assert content(merged.segment) == content(anew.segment)
        assert (merged.info.count, merged.info.live, merged.info.totals, merged.info.links) == (
            len(living),
            len(living),
            anew.info.totals,
            anew.info.links,
        )
        for name, (size, _) in merged.info.files.items():
            assert (folder / name).stat().st_size == size


def test_long_lists_merge(tmp_path: Path) -> None:
    """Long lists, great frequencies, wide gaps and far positions survive a merge in which most articles are deleted."""
    articles = [article(f"{n}", "word " * (1 + n % 7) + f"w{n % 40} " * (n == 300) * 300 + "end") for n in range(900)]
    articles[700] = article("far", "x " * 70_000 + "word end")
    views = [build(tmp_path, articles[:600], "a"), build(tmp_path, articles[600:], "b")]
    gone = {n for n in range(600) if n % 5}
    views[0] = without(tmp_path, views[0], gone)
    merged = View(tmp_path, merge_segments(tmp_path, "m", views, ()))
    assert read_back(merged.segment) == inverted([each for n, each in enumerate(articles) if n not in gone])


# --- which


def info(live: int, count: int | None = None, name: str = "") -> SegmentInfo:
    return SegmentInfo(name or f"{live}/{count}", count or live, live, {}, 0, {})


def test_eight_of_a_size_are_merged() -> None:
    """Seven segments of one size stay; the eighth makes them one. Small ones count as one size."""
    assert to_merge([info(5, name=str(n)) for n in range(SEGMENTS_PER_TIER - 1)]) == []
    small = [info(n * 100, name=str(n)) for n in range(1, SEGMENTS_PER_TIER + 1)]
    assert to_merge(small) == small
    assert to_merge([*small[1:], info(100_000)]) == []
    assert to_merge([info(100_000), *small]) == small


def test_the_smallest_go_first() -> None:
    """Of two sizes that are due, the smaller segments are merged first."""
    small, large = [info(1, name=str(n)) for n in range(9)], [info(90_000, name=f"l{n}") for n in range(9)]
    assert to_merge([*large, *small]) == small


def test_a_segment_that_is_mostly_deleted_is_written_anew() -> None:
    """Half deleted stays, more is written anew, alone."""
    assert to_merge([info(5, 10), info(9, 9)]) == []
    assert to_merge([info(9, 9), info(4, 10)]) == [info(4, 10)]
    assert to_merge([]) == []


def test_merging_comes_to_an_end() -> None:
    """Whatever the sizes, merging until nothing is due ends, and leaves few segments; nothing is merged too often."""
    segments: list[SegmentInfo] = []
    written = 0
    for number in range(3_000):
        segments.append(info(100, name=str(number)))
        while due := to_merge(segments):
            segments = [each for each in segments if each not in due]
            segments.append(info(sum(each.live for each in due), name=f"m{number}-{len(segments)}"))
            written += segments[-1].live
    assert sum(each.live for each in segments) == 300_000
    assert len(segments) < 40
    assert written < 300_000 * 8
