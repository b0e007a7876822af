"""Postings over numpy arrays: where words occur in a snapshot, in which order they stand there. `arrays.py` scores them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from searchkit.engines.whoosh import varints
from searchkit.engines.whoosh.container import Damaged
from searchkit.engines.whoosh.lists import NOT_AS_MANY, entry_postings
from searchkit.engines.whoosh.segment import Entry
from searchkit.engines.whoosh.snapshot import Occurrences, View

Ints = NDArray[np.int64]

_NOTHING = np.empty(0, np.int64)
# Up to so many bytes of postings are decoded faster without numpy.
_FEW_BYTES = 64
# Under up to so many keys the places of each word are looked up sooner than which of the keys have all words.
_FEW_KEYS = 1_000
# One search among postings takes about as long as this many looks at them, one after another.
_SEARCH = 8


@dataclass(frozen=True)
class Word:
    """The postings of a word, or of words that stand for one another, in some fields of a snapshot: of one entry behind
    another.

    A key stands for an article in a field: the field's place among those asked for, times the articles of the snapshot,
    plus the article; all are below `size`. A layer holds at most one entry of each segment for each field, so that keys
    ascend in it; its entries stand together. For each entry `layers` holds its layer, `starts` where its postings begin.
    """

    size: int
    entries: Sequence[tuple[View, Entry]]
    layers: Sequence[int]
    starts: Ints
    keys: Ints
    frequencies: Ints

    @property
    def is_single(self) -> bool:
        """Whether all its keys ascend."""
        return self.layers[-1] == 0

    @cached_property
    def ends(self) -> Ints:
        """Where the positions of each posting end, counted through all entries."""
        return np.cumsum(self.frequencies)

    @cached_property
    def layout(self) -> Ints:
        """How the count of a position leads to its place in the data, in three rows that have a number for each entry: the
        count is to be multiplied by the second, how many units of two bytes a position takes, and the first added; the
        third tells in the data of which of the `views`."""
        ends = np.append(self.starts[1:], len(self.keys)) - 1
        through = self.ends[ends].tolist()
        owners = {view: number for number, view in enumerate(self.views)}
        places, before = [], 0
        for (view, entry), end in zip(self.entries, through, strict=True):
            offset, length = entry.positions
            unit = length // (2 * (end - before))
            places.append((offset // 2 - before * unit, unit, owners[view]))
            before = end
        return np.array(places).T

    @cached_property
    def views(self) -> list[View]:
        """The views that hold it."""
        return list(dict.fromkeys(view for view, _ in self.entries))

    @cached_property
    def is_wide(self) -> bool:
        """Whether any of its positions take more than two bytes."""
        return bool((self.layout[1] > 1).any())

    @cached_property
    def slots(self) -> Ints:
        """Its keys, `size` more in each layer than in the one before, so that all ascend."""
        if self.is_single:
            return self.keys
        counts = np.diff(self.starts, append=len(self.keys))
        slots: Ints = self.keys + np.repeat(np.array(self.layers) * self.size, counts)
        return slots


def read_word(count: int, fields: int, occurrences: Occurrences) -> Word:
    """Read the postings of a word in so many fields of a snapshot of `count` articles."""
    # All entries are read at once: for the short lists of most words, calling numpy takes longer than what it does.
    layers = [
        (layer, place, view, entry)
        for place, by_view in occurrences
        for view, entries in by_view
        for layer, entry in enumerate(entries)
    ]
    layers.sort(key=itemgetter(0))
    entries = [(view, entry) for _, _, view, entry in layers]
    firsts = np.array([place * count + view.base for _, place, view, _ in layers])
    sizes = np.array([entry.df for _, entry in entries])
    starts = np.cumsum(sizes) - sizes
    keys, frequencies = _postings(entries, firsts, sizes, starts)
    return Word(count * fields, entries, [layer for layer, *_ in layers], starts, keys, frequencies)


def _postings(entries: Sequence[tuple[View, Entry]], firsts: Ints, df: Ints, starts: Ints) -> tuple[Ints, Ints]:
    """Keys and frequencies of some entries, one entry behind another; `firsts` are the keys of the first articles of their
    segments. Raises `Damaged`."""
    if sum(entry.docs[1] for _, entry in entries) <= _FEW_BYTES:
        lists = [entry_postings(view.segment, entry) for view, entry in entries]
        articles = np.array([n for some, _ in lists for n in some], np.int64)
        return articles + np.repeat(firsts, df), np.array([n for _, some in lists for n in some], np.int64)
    numbers = varints.decode(_bytes(entries))
    count = int(df.sum())
    codes, more = numbers[:count], numbers[count:]
    frequencies = (codes & 3) + 1
    many = (frequencies == 4).nonzero()[0]
    if len(codes) != count or len(more) != len(many):
        raise Damaged(NOT_AS_MANY)
    frequencies[many] += more
    gaps = codes >> 2
    reached = np.cumsum(gaps)
    before = reached[starts] - gaps[starts]
    occurrences = np.add.reduceat(frequencies, starts)
    positions = np.array([entry.positions[1] for _, entry in entries])
    counts = np.array([view.count for view, _ in entries])
    if (reached[starts + df - 1] - before >= counts).any() or (
        (positions != 2 * occurrences) & (positions != 4 * occurrences)
    ).any():
        raise Damaged(NOT_AS_MANY)
    return reached + np.repeat(firsts - before, df), frequencies


def runs(words: Sequence[Word], slop: int, wanted: Ints | None = None) -> tuple[Ints, Ints]:
    """Keys where the words stand in order with at most `slop` others between, ascending, and how often: each start
    counts once, with the earliest places of the later words behind it (`matching.find_runs`).

    `wanted` are the keys to look at (ascending, each once; None: all).
    """
    if wanted is None or len(wanted) > _FEW_KEYS:
        wanted = _common(words, wanted)
    starts = places = _places(words[0], wanted)
    for word in words[1:]:
        if not len(starts):
            break
        following = _places(word, wanted)
        at = following.searchsorted(places, side="right")
        inside = at < len(following)
        starts, places, at = starts[inside], places[inside], at[inside]
        following = following[at]
        same = following >> 32 == places >> 32
        starts, places = starts[same], following[same]
    narrow = places - starts <= slop + len(words) - 1
    found = starts[narrow] >> 32
    if not len(found):
        return _NOTHING, _NOTHING
    first = is_new(found).nonzero()[0]
    return found[first], np.diff(first, append=len(found))


def _common(words: Sequence[Word], wanted: Ints | None) -> Ints:
    """The keys (of those wanted) under which each word stands."""
    common = wanted
    for word in sorted(words, key=lambda word: len(word.keys)):
        keys = word.keys if common is None else word.keys[_postings_under(word, common)]
        common = keys if word.is_single else _distinct(keys)
    assert common is not None
    return common


def _distinct(numbers: Ints) -> Ints:
    """Each number once, ascending; `numpy.unique` would import `numpy.ma`, which takes longer than most queries."""
    ordered = np.sort(numbers)
    return ordered[is_new(ordered)]


def is_new(ordered: Ints) -> NDArray[np.bool_]:
    """For each of some ascending numbers whether it differs from the one before."""
    new = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return new


def _postings_under(word: Word, keys: Ints) -> Ints:
    """Which postings of a word are under some keys (ascending, each once): their numbers, ascending."""
    layers = word.layers[-1] + 1
    if len(keys) * layers * _SEARCH > len(word.keys):
        return are_among(keys, word.keys, word.size).nonzero()[0]
    asked = keys if layers == 1 else np.add.outer(np.arange(layers) * word.size, keys).ravel()
    at = word.slots.searchsorted(asked)
    at[at == len(word.slots)] = 0
    found: Ints = at[word.slots[at] == asked]
    return found


def are_among(keys: Ints, asked: Ints, size: int) -> NDArray[np.bool_]:
    """For each number asked for whether it is among `keys`; all are below `size`."""
    if (len(asked) + len(keys)) * 16 > size:
        present = np.zeros(size, bool)
        present[keys] = True
        return present[asked]
    return is_among(np.sort(keys), asked)


def is_among(keys: Ints, asked: Ints) -> NDArray[np.bool_]:
    """For each number asked for whether it is among `keys`, which ascend."""
    if not len(keys):
        return np.zeros(len(asked), bool)
    at = np.searchsorted(keys, asked)
    at[at == len(keys)] = 0
    found: NDArray[np.bool_] = keys[at] == asked
    return found


def _places(word: Word, wanted: Ints) -> Ints:
    """Where a word stands under the wanted keys: key << 32 | position, ascending, each once (characters of unspaced writing
    may begin two words at one place)."""
    chosen = _postings_under(word, wanted)
    if not len(chosen):
        return _NOTHING
    frequencies = word.frequencies[chosen]
    reached = np.cumsum(frequencies)
    starts, units, owners = word.layout[:, word.starts.searchsorted(chosen, "right") - 1]
    steps = np.arange(reached[-1])
    if word.is_wide:
        wide = np.repeat(units, frequencies) - 1
        steps += steps * wide
    at = np.repeat(starts + (word.ends[chosen] - reached) * units, frequencies) + steps
    places = np.repeat(word.keys[chosen] << 32, frequencies)
    by_owner = np.repeat(owners, frequencies) if len(word.views) > 1 else None
    for number, view in enumerate(word.views):
        own = slice(None) if by_owner is None else (by_owner == number).nonzero()[0]
        data = view.segment.positions
        places[own] |= data[at[own]]
        if word.is_wide:
            places[own] |= data[at[own] + wide[own]] * wide[own] << 16
    return places if word.is_single else _distinct(places)


def _bytes(entries: Sequence[tuple[View, Entry]]) -> NDArray[np.uint8]:
    """The bytes of some entries in docs, and behind all of these those in freqs."""
    parts = [view.segment.stream("docs")[start : start + length] for view, (_, _, (start, length), *_) in entries]
    parts += [
        view.segment.stream("freqs")[start : start + length] for view, (*_, (start, length), _) in entries if length
    ]
    return np.frombuffer(parts[0] if len(parts) == 1 else b"".join(parts), np.uint8)
