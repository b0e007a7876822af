"""Sorted runs of postings, and their merge into one.

A `Postings` block holds the postings of some entries (a word in a field) behind one another, entries in the order of
their keys. `Run` is such a block for a batch of articles, kept in memory or spilled to a file; segments that are
merged look like runs too. `Merge` walks through several of them in slices of bounded size.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain, islice, pairwise
from operator import lt
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from searchkit.engines.whoosh.container import create
from searchkit.engines.whoosh.ordered import Ints, Order, distinct
from searchkit.value import Value

AnyInts = NDArray[np.integer[Any]]

FIELD_BITS = 3
"""An entry's key is its word's number in the sorted dictionary, shifted by these bits, and the number of its field."""

_SLICE_TOKENS = 500_000


class Postings(Value):
    """For each entry `df` postings, `counts` positions in all; for each posting an article and how often; for each
    occurrence its position."""

    df: Ints
    counts: Ints
    articles: Ints
    frequencies: Ints
    positions: Ints


class Source(Protocol):
    """Something sorted that can be merged."""

    words: Sequence[bytes]
    """Distinct, in any order; sources may share one list, and it may hold words that no entry has."""

    entry_words: AnyInts
    """Of each entry, ascending by the text of its word and by field: the index of its word in `words`."""

    entry_fields: AnyInts
    df: AnyInts
    counts: AnyInts

    def postings(self, first: int, last: int) -> Postings:
        """Those of the entries from `first` to before `last`; articles as numbered in the merged whole."""


_STREAMS = ("articles", "frequencies", "positions")


class Stream(Protocol):
    """Numbers which are read in slices."""

    def __getitem__(self, part: slice, /) -> AnyInts: ...


class Spilled:
    """A stream in a file. It is read, not mapped: mapped, all of it would count as memory in use once it had been read."""

    def __init__(self, path: Path, dtype: np.dtype[Any]) -> None:
        self.path = path
        self.dtype = dtype

    def __getitem__(self, part: slice) -> AnyInts:
        offset = part.start * self.dtype.itemsize
        return np.fromfile(self.path, self.dtype, part.stop - part.start, offset=offset)


class Run:
    """The inverted words of some articles: its entries in memory, its postings in memory or spilled to files."""

    def __init__(
        self,
        words: Sequence[bytes],
        entry_words: AnyInts,
        entry_fields: AnyInts,
        df: AnyInts,
        counts: AnyInts,
        streams: Sequence[Stream],
        before: tuple[int, int] = (0, 0),
        first_article: int = 0,
    ) -> None:
        """`streams` are the articles, frequencies and positions of all postings (see `Postings`). So many postings and
        positions stand there `before` those of the entries, and an article's number is `first_article` more than there."""
        self.words = words
        self.entry_words: AnyInts = entry_words.astype(np.int32)
        self.entry_fields: AnyInts = entry_fields.astype(np.uint8)
        self.df: AnyInts = df.astype(np.int32)
        self.counts: AnyInts = counts.astype(np.int32)
        self._streams = streams
        self._first_article = first_article
        # Of postings and positions: up to which entry they were read, and where those of the next one begin.
        self._reached = {"df": (0, before[0]), "counts": (0, before[1])}

    def postings(self, first: int, last: int) -> Postings:
        """See `Source`."""
        (a, b), (c, d) = (self._bounds(sizes, first, last) for sizes in ("df", "counts"))
        articles, frequencies, positions = self._streams
        return Postings(
            self.df[first:last].astype(np.int64),
            self.counts[first:last].astype(np.int64),
            articles[a:b].astype(np.int64) + self._first_article,
            frequencies[a:b].astype(np.int64),
            positions[c:d].astype(np.int64),
        )

    def _bounds(self, sizes: str, first: int, last: int) -> tuple[int, int]:
        """Where the postings (`df`) or positions (`counts`) of entries begin and end. Slices are asked for in order, so the
        end of one is about the beginning of the next."""
        entry, begin = self._reached[sizes]
        if entry <= first:
            begin += int(getattr(self, sizes)[entry:first].sum(dtype=np.int64))
        else:
            begin -= int(getattr(self, sizes)[first:entry].sum(dtype=np.int64))
        end = begin + int(getattr(self, sizes)[first:last].sum(dtype=np.int64))
        self._reached[sizes] = (last, end)
        return begin, end

    def spill(self, path: Path) -> None:
        """Move the postings to files whose names begin so, from which they are read when they are merged."""
        arrays = [stream[:] for stream in self._streams]
        self._move(path, [array.dtype for array in arrays], [arrays])

    @classmethod
    def merged(cls, runs: Sequence[Run], path: Path) -> Run:
        """Several runs as one, spilled to files whose names begin so."""
        merge = Merge(runs)
        run = cls(merge.words, merge.entry_words, merge.entry_fields, merge.df, merge.counts, ())
        parts = ((part.articles, part.frequencies, part.positions) for part in merge.slices())
        run._move(path, [np.dtype(np.uint32)] * len(_STREAMS), parts)
        return run

    @property
    def files(self) -> list[Spilled]:
        """The streams of a run that was spilled."""
        return [stream for stream in self._streams if isinstance(stream, Spilled)]

    def remove(self) -> None:
        """Remove the files that the run was spilled to."""
        files, self._streams = self.files, ()
        for file in files:
            file.path.unlink(missing_ok=True)

    def _move(self, path: Path, dtypes: Sequence[np.dtype[Any]], parts: Iterable[Sequence[AnyInts]]) -> None:
        """Have the streams in files, into which their parts are written."""
        paths = [path.with_name(f"{path.name}{stream}") for stream in _STREAMS]
        with ExitStack() as stack:
            files = [stack.enter_context(create(path)) for path in paths]
            for part in parts:
                for stream, file, dtype in zip(part, files, dtypes, strict=True):
                    # Not `tofile`, which does not say why it could not.
                    file.write(stream.astype(dtype, copy=False).data)
        self._streams = list(map(Spilled, paths, dtypes))


class Merge:
    """Several sources as one. Articles of a later source come behind those of an earlier one."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources
        self.words, keys = entry_keys(sources)
        merged = keys[0] if len(keys) == 1 else distinct(np.concatenate(keys))
        self._places = [np.searchsorted(merged, source_keys) for source_keys in keys]
        self.entry_words = merged >> FIELD_BITS
        self.entry_fields = merged & (1 << FIELD_BITS) - 1
        self.df = np.zeros(len(merged), np.int64)
        self.counts = np.zeros(len(merged), np.int64)
        for source, places in zip(sources, self._places, strict=True):
            self.df[places] += source.df
            self.counts[places] += source.counts

    def slices(self) -> Iterator[Postings]:
        """All postings, in slices of bounded size (one entry is never parted). Entries that held only articles which
        are gone keep a df of 0."""
        bounds = _slice_bounds(self.counts)
        for first, last in pairwise(bounds):
            parts = []
            for source, places in zip(self._sources, self._places, strict=True):
                a, b = np.searchsorted(places, (first, last))
                if a < b:
                    parts.append((places[a:b] - first, source.postings(int(a), int(b))))
            yield _scattered(parts, last - first)


def _scattered(parts: Sequence[tuple[Ints, Postings]], entries: int) -> Postings:
    """The postings of several sources, those of one entry brought together in the order of the sources."""
    if len(parts) == 1 and len(parts[0][0]) == entries:
        return parts[0][1]
    df = np.zeros(entries, np.int64)
    counts = np.zeros(entries, np.int64)
    for places, part in parts:
        df[places] += part.df
        counts[places] += part.counts
    next_posting = np.cumsum(df) - df
    next_position = np.cumsum(counts) - counts
    articles = np.empty(int(df.sum()), np.int64)
    frequencies = np.empty_like(articles)
    positions = np.empty(int(counts.sum()), np.int64)
    for places, part in parts:
        at = _targets(next_posting[places], part.df)
        articles[at] = part.articles
        frequencies[at] = part.frequencies
        next_posting[places] += part.df
        positions[_targets(next_position[places], part.counts)] = part.positions
        next_position[places] += part.counts
    return Postings(df, counts, articles, frequencies, positions)


def _targets(starts: Ints, sizes: Ints) -> Ints:
    """Where values go that lie in groups of `sizes` behind one another, when each group goes to its start."""
    shifts = starts - (np.cumsum(sizes) - sizes)
    return np.repeat(shifts, sizes) + np.arange(int(sizes.sum()))


def entry_keys(sources: Sequence[Source]) -> tuple[list[bytes], list[Ints]]:
    """The words of all entries, sorted, and for each source the keys that its entries have with these."""
    lists = {id(source.words): source.words for source in sources}
    used = {key: np.zeros(len(words), bool) for key, words in lists.items()}
    for source in sources:
        used[id(source.words)][source.entry_words] = True
    orders = {key: _sorted(words, np.flatnonzero(used[key])) for key, words in lists.items()}
    texts = {key: [words[number] for number in orders[key].tolist()] for key, words in lists.items()}
    # Sorting merges what is sorted already, piece by piece.
    words = (
        next(iter(texts.values())) if len(texts) == 1 else sorted(dict.fromkeys(chain.from_iterable(texts.values())))
    )
    places = dict(zip(words, range(len(words)), strict=True)) if len(texts) > 1 else {}
    ranks = {}
    for key, order in orders.items():
        ranks[key] = np.zeros(len(lists[key]), np.int64)
        ranks[key][order] = [places[text] for text in texts[key]] if places else np.arange(len(order))
    return words, [
        ranks[id(source.words)][source.entry_words] << FIELD_BITS | source.entry_fields for source in sources
    ]


def _sorted(words: Sequence[bytes], numbers: Ints) -> Ints:
    """Numbers of words, which ascend, by the text of the words."""
    return numbers if all(map(lt, words, islice(words, 1, None))) else Order(words).sorted(numbers)


def _slice_bounds(counts: Ints) -> list[int]:
    reached = np.cumsum(counts)
    total = int(reached[-1]) if len(reached) else 0
    cuts = np.searchsorted(reached, np.arange(_SLICE_TOKENS, total, _SLICE_TOKENS)) + 1
    return sorted({0, *cuts.tolist(), len(counts)})
