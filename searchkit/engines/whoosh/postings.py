"""Postings over numpy arrays: where words occur in a snapshot, in which order they stand there. `arrays.py` scores them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from searchkit.engines.whoosh import varints
from searchkit.engines.whoosh.container import Damaged
from searchkit.engines.whoosh.lists import NOT_AS_MANY
from searchkit.engines.whoosh.ordered import Ints, distinct, is_new
from searchkit.engines.whoosh.snapshot import Occurrences, View

_NOTHING = np.empty(0, np.int64)
# Under up to so many keys the places of each word are looked up sooner than which of the keys have all words.
_FEW_KEYS = 1_000
# Keys of as many words as are looked up together stay below this, so that a place fits 63 bits.
_MOST_KEYS = 1 << 31
# Behind every place.
_BEHIND = np.array([(1 << 63) - 1])
# One search among postings takes about as long as this many looks at them, one after another.
_SEARCH = 8


@dataclass(frozen=True, eq=False)
class Word:
    """The postings of a word, or of words that stand for one another, in some fields of a snapshot: of one entry behind
    another.

    A key stands for an article in a field: the field's place among those asked for, times the articles of the snapshot,
    plus the article; all are below `size`. A layer holds at most one entry of each segment for each field, so that keys
    ascend in it; its entries stand together. `slots` are the keys, `size` more in each layer than in the one before, so
    that all ascend. Words are kept for later queries, so their small numbers take few bytes.

    `entries` tells of each entry, a row each: its layer; its place; its number of postings; where these begin; how the
    count of a position (through all entries) leads to its place in the data, as what is to be added to it, once multiplied
    by how many units of two bytes a position takes, the next row; and in the data of which of the `views`.
    """

    size: int
    views: Sequence[View]
    entries: Ints
    slots: Ints
    frequencies: NDArray[np.int32]
    layers: int

    @cached_property
    def ends(self) -> NDArray[np.integer[Any]]:
        """Where the positions of each posting end, counted through all entries."""
        ends = self.frequencies.cumsum(dtype=np.int64)
        return ends.astype(np.int32) if ends[-1] < 1 << 31 else ends

    @property
    def keys(self) -> Ints:
        """The key of each posting."""
        if self.layers == 1:
            return self.slots
        layers, _, df, *_ = self.entries
        keys: Ints = self.slots - (layers * self.size).repeat(df)
        return keys


def read_words(views: Sequence[View], fields: int, several: Sequence[Occurrences]) -> list[Word]:
    """Read the postings of some words in so many fields of a snapshot. Raises `Damaged`."""
    if not several:
        return []
    count = views[-1].base + views[-1].count
    size = count * fields
    # All entries are read at once: for the short lists of most words, calling numpy takes longer than what it does.
    rows = list(chain.from_iterable(several))
    layers, places, df, offsets, sizes, owners, bases, articles = np.array(
        [
            (layer, place, entry.df, *entry.positions, view.number, view.base, view.count)
            for layer, place, view, entry in rows
        ]
    ).T
    gaps, frequencies = _gaps_and_frequencies(rows, int(df.sum()))
    ends = df.cumsum()
    starts = ends - df
    reached = gaps.cumsum()
    before = reached[starts] - gaps[starts]
    occurrences = np.add.reduceat(frequencies, starts, dtype=np.int64)
    units = 1 + (sizes > 2 * occurrences)
    if (reached[ends - 1] - before >= articles).any() or (sizes != 2 * units * occurrences).any():
        raise Damaged(NOT_AS_MANY)
    slots = reached + (layers * size + places * count + bases - before).repeat(df)
    of_word = np.array([len(each) for each in several])
    first = of_word.cumsum() - of_word
    counted = occurrences.cumsum() - occurrences
    counted -= counted[first].repeat(of_word)
    within = starts - starts[first].repeat(of_word)
    entries = np.array((layers, places, df, within, offsets // 2 - counted * units, units, owners))
    words, row, end = [], 0, 0
    for each, last in zip(several, ends[first + of_word - 1].tolist(), strict=True):
        start, end = end, last
        own = entries[:, row : row + len(each)], slots[start:end], frequencies[start:end]
        if len(several) > 1:  # a word that is kept must not keep what was read beside it
            own = own[0].copy(), own[1].copy(), own[2].copy()
        words.append(Word(size, views, *own, each[-1][0] + 1))
        row += len(each)
    return words


def _gaps_and_frequencies(rows: Occurrences, count: int) -> tuple[Ints, NDArray[np.int32]]:
    """Of some entries with so many postings, one behind another."""
    numbers = varints.decode(_bytes(rows))
    codes, more = numbers[:count], numbers[count:]
    frequencies = (codes & 3).astype(np.int32)
    frequencies += 1
    many = (frequencies == 4).nonzero()[0]
    if len(codes) != count or len(more) != len(many):
        raise Damaged(NOT_AS_MANY)
    frequencies[many] += more
    return codes >> 2, frequencies


def _bytes(rows: Occurrences) -> NDArray[np.uint8]:
    """The bytes of some entries in docs, and behind all of these those in freqs."""
    docs, freqs = [], []
    for _, _, view, entry in rows:
        start, length = entry.docs
        docs.append(view.docs[start : start + length])
        start, length = entry.freqs
        if length:
            freqs.append(view.freqs[start : start + length])
    return np.frombuffer(b"".join([*docs, *freqs]), np.uint8)


def runs(words: Sequence[Word], slop: int) -> tuple[Ints, Ints]:
    """Keys where the words stand in order with at most `slop` others between, ascending, and how often: each start
    counts once, with the earliest places of the later words behind it (`matching.find_runs`)."""
    wanted = _common(words)
    every, _ = _places(words[:1], wanted)
    starts = places = every[:-1]
    for word in words[1:]:
        every, _ = _places([word], wanted)
        following = every[every.searchsorted(places, side="right")]
        same = following >> 32 == places >> 32
        starts, places = starts[same], following[same]
    return _counted(starts[places - starts <= slop + len(words) - 1] >> 32)


def pair_runs(pairs: Sequence[tuple[Word, Word]], slop: int, wanted: Ints) -> tuple[Ints, Ints]:
    """For each pair of words what `runs` tells of them, looking at the wanted keys only (ascending, each once). Keys of a
    pair are `size` more than those of the pair before it."""
    size = pairs[0][0].size
    most = max(_MOST_KEYS // (2 * size), 1) if len(wanted) <= _FEW_KEYS else 1
    found = [_pair_runs(pairs[at : at + most], slop, wanted, at * size) for at in range(0, len(pairs), most)]
    return joined([keys for keys, _ in found]), joined([counts for _, counts in found])


def _pair_runs(pairs: Sequence[tuple[Word, Word]], slop: int, wanted: Ints, more: int) -> tuple[Ints, Ints]:
    """All the pairs at once; `more` is added to their keys."""
    if len(wanted) > _FEW_KEYS:
        (pair,) = pairs
        wanted = _common(pair, wanted)
    size = pairs[0][0].size
    words = {word: number for number, word in enumerate(dict.fromkeys(word for pair in pairs for word in pair))}
    every, bounds = _places(list(words), wanted)
    keys, starts = [], []
    for number, (first, second) in enumerate(pairs):
        at = words[first]
        own = every[bounds[at] : bounds[at + 1]]
        keys.append((own >> 32) + ((number - at) * size + more))
        starts.append(own + ((words[second] - at) * size << 32))
    places = joined(starts)
    following = every[every.searchsorted(places, side="right")]
    near = (following - places <= slop + 1) & (following >> 32 == places >> 32)
    return _counted(joined(keys)[near])


def joined(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Some arrays behind one another."""
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def _counted(numbers: Ints) -> tuple[Ints, Ints]:
    """Each of some ascending numbers once, and how often it stands there."""
    if not len(numbers):
        return _NOTHING, _NOTHING
    first = is_new(numbers).nonzero()[0]
    counts = np.empty_like(first)
    np.subtract(first[1:], first[:-1], out=counts[:-1])
    counts[-1] = len(numbers) - first[-1]
    return numbers[first], counts


def _common(words: Sequence[Word], wanted: Ints | None = None) -> Ints:
    """The keys (of those wanted) under which each word stands."""
    common = wanted
    for word in sorted(words, key=lambda word: len(word.slots)):
        keys = word.keys if common is None else word.keys[_postings_under(word, common)]
        common = keys if word.layers == 1 else distinct(keys)
    assert common is not None
    return common


def _postings_under(word: Word, keys: Ints) -> Ints:
    """Which postings of a word are under some keys (ascending, each once): their numbers, ascending."""
    if len(keys) * word.layers * _SEARCH > len(word.slots):
        return are_among(keys, word.keys, word.size).nonzero()[0]
    asked = keys if word.layers == 1 else np.add.outer(np.arange(word.layers) * word.size, keys).ravel()
    at = word.slots.searchsorted(asked)
    at[at == len(word.slots)] = 0
    found: Ints = at[word.slots[at] == asked]
    return found


def are_among(keys: Ints, asked: Ints, size: int) -> NDArray[np.bool_]:
    """For each number asked for whether it is among `keys`, which ascend; all are below `size`."""
    if (len(asked) + len(keys)) * 16 > size:
        present = np.zeros(size, bool)
        present[keys] = True
        return present[asked]
    return is_among(keys, asked)


def is_among(keys: Ints, asked: Ints) -> NDArray[np.bool_]:
    """For each number asked for whether it is among `keys`, which ascend."""
    if not len(keys):
        return np.zeros(len(asked), bool)
    at = keys.searchsorted(asked)
    at[at == len(keys)] = 0
    found: NDArray[np.bool_] = keys[at] == asked
    return found


def _places(words: Sequence[Word], wanted: Ints) -> tuple[Ints, list[int]]:
    """Where words stand under the wanted keys: key << 32 | position, ascending, each once (characters of unspaced writing
    may begin two words at one place), the keys of a word `size` more than those of the word before; behind them all a
    number above any. Then where among these the places of each word begin, and the last end."""
    size = words[0].size
    parts = [_chosen(word, wanted, number * size) for number, word in enumerate(words)]
    frequencies, keys, ends, *entries = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
    *_, shifts, units, owners = entries
    reached = frequencies.cumsum()
    at = (shifts + (ends - reached) * units).repeat(frequencies)
    steps = np.arange(len(at))
    is_wide = bool((units > 1).any())
    if is_wide:
        wide = units.repeat(frequencies) - 1
        steps += steps * wide
    at += steps
    places = (keys << 32).repeat(frequencies)
    views = words[0].views
    by_owner = owners.repeat(frequencies) if len(views) > 1 else None
    for view in views:
        own = slice(None) if by_owner is None else (by_owner == view.number).nonzero()[0]
        data = view.segment.positions
        places[own] |= data[at[own]]
        if is_wide:
            places[own] |= data[at[own] + wide[own]] * wide[own] << 16
    if any(word.layers > 1 for word in words):
        places = distinct(places)
    bounds = places.searchsorted([number * size << 32 for number in range(len(words) + 1)]).tolist()
    return np.concatenate((places, _BEHIND)), bounds


def _chosen(word: Word, wanted: Ints, more: int) -> Ints:
    """Of the postings of a word that are under wanted keys: their frequencies, their keys and so much more, where their
    positions end, and the rows of their `entries`."""
    chosen = _postings_under(word, wanted)
    rows = word.entries[3].searchsorted(chosen, "right") - 1
    found = np.empty((3 + len(word.entries), len(chosen)), np.int64)
    found[0] = word.frequencies[chosen]
    found[1] = word.slots[chosen] - word.entries[0, rows] * word.size + more
    found[2] = word.ends[chosen]
    found[3:] = word.entries[:, rows]
    return found
