"""Which segments to merge, and their merge into one without their deleted articles."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from pathlib import Path

import numpy as np

from searchkit.engines.whoosh import varints
from searchkit.engines.whoosh.articleswriter import ArticlesWriter
from searchkit.engines.whoosh.ordered import Ints
from searchkit.engines.whoosh.runs import AnyInts, Postings, Source
from searchkit.engines.whoosh.snapshot import SegmentInfo, View
from searchkit.engines.whoosh.wordswriter import STREAMS, write_words

SEGMENTS_PER_TIER = 8
_SMALLEST_TIER = 1_000


def to_merge(segments: Sequence[SegmentInfo]) -> list[SegmentInfo]:
    """The segments that are due to be merged: eight or more of about one size (within a factor of eight), smallest
    first; or one of which most is deleted. Each article is so merged once for every eightfold growth of the index."""
    tiers: dict[int, list[SegmentInfo]] = {}
    for info in segments:
        size = max(info.live, _SMALLEST_TIER)
        tiers.setdefault(int(log(size / _SMALLEST_TIER, SEGMENTS_PER_TIER)), []).append(info)
    for tier in sorted(tiers):
        if len(tiers[tier]) >= SEGMENTS_PER_TIER:
            return tiers[tier]
    return next(([info] for info in segments if info.live * 2 < info.count), [])


def merge_segments(folder: Path, name: str, views: Sequence[View], languages: Sequence[str]) -> SegmentInfo:
    """Write the articles of some views that are not deleted as one new segment."""
    sources: list[Source] = []
    base = 0
    for view in views:
        numbers = _new_numbers(view, base)
        sources.append(SegmentSource(view, numbers))
        base += view.info.live
    articles = ArticlesWriter(folder, name)
    for view in views:
        articles.copy(view)
    return articles.finish(write_words(folder, name, sources, languages))


def _new_numbers(view: View, base: int) -> Ints:
    """For each article its number in the merged segment, -1 for a deleted one."""
    if view.live_mask is None:
        return np.arange(base, base + view.count)
    return np.where(view.live_mask, np.cumsum(view.live_mask) - 1 + base, -1)


class SegmentSource:
    """A segment as a source of a merge, its articles renumbered and the deleted ones left out."""

    def __init__(self, view: View, numbers: Ints) -> None:
        segment = view.segment
        self._numbers = numbers
        self._deletes = view.live_mask is not None
        self.words: Sequence[bytes] = list(segment.terms.words())
        self._streams = {kind: np.frombuffer(segment.stream(kind), np.uint8) for kind in STREAMS}
        entries = _entry_table(varints.decode(np.frombuffer(segment.terms.entry_bytes, np.uint8)), len(self.words))
        self.entry_words: AnyInts = entries[0]
        self.entry_fields: AnyInts = entries[1]
        self.df: AnyInts = entries[2]
        sizes = dict(zip(STREAMS, entries[3:], strict=True))
        self._ends = {kind: np.concatenate(([0], np.cumsum(sizes[kind]))) for kind in STREAMS}
        # How many positions an entry has is known only when it is read; that none takes less than two bytes will do.
        self.counts: AnyInts = sizes["positions"] // 2

    def postings(self, first: int, last: int) -> Postings:
        """See `runs.Source`."""
        df: Ints = self.df[first:last].astype(np.int64)
        codes = self._decoded("docs", first, last)
        frequencies = (codes & 3) + 1
        many = np.flatnonzero(frequencies == 4)
        frequencies[many] += self._decoded("freqs", first, last)
        gaps = codes >> 2
        articles = np.cumsum(gaps)
        starts = np.cumsum(df) - df
        articles -= np.repeat(articles[starts] - gaps[starts], df)
        articles = self._numbers[articles]
        entries = np.repeat(np.arange(len(df)), df)
        positions = self._positions(first, last, np.bincount(entries, frequencies, len(df)).astype(np.int64))
        if self._deletes:
            alive = articles >= 0
            positions = positions[np.repeat(alive, frequencies)]
            articles, frequencies, entries = articles[alive], frequencies[alive], entries[alive]
            df = np.bincount(entries, minlength=len(df))
        counts = np.bincount(entries, frequencies, len(df)).astype(np.int64)
        return Postings(df, counts, articles, frequencies, positions)

    def _positions(self, first: int, last: int, counts: Ints) -> Ints:
        """The positions of entries that hold so many each."""
        ends = self._ends["positions"]
        units = self._streams["positions"][ends[first] : ends[last]].view(np.uint16)
        if len(units) == counts.sum():
            return units.astype(np.int64)
        widths = np.diff(ends[first : last + 1]) // (2 * np.maximum(counts, 1))
        at = np.cumsum(np.repeat(widths, counts))
        wide = np.repeat(widths == 2, counts)
        positions: Ints = units[at - 1 - wide].astype(np.int64)
        positions[wide] |= units[at[wide] - 1].astype(np.int64) << 16
        return positions

    def _decoded(self, kind: str, first: int, last: int) -> Ints:
        ends = self._ends[kind]
        return varints.decode(self._streams[kind][ends[first] : ends[last]])


def _entry_table(numbers: Ints, words: int) -> list[Ints]:
    """The columns of all entries, the number of the word first."""
    counts = []
    at = 0
    values = numbers.tolist()
    for _ in range(words):
        counts.append(values[at])
        at += 1 + 5 * values[at]
    per_word = np.array(counts, np.int64)
    heads = np.cumsum(1 + 5 * per_word) - (1 + 5 * per_word)
    table = np.delete(numbers, heads).reshape(-1, 5)
    return [np.repeat(np.arange(words), per_word), *(np.ascontiguousarray(table[:, n]) for n in range(5))]
