"""Postings over numpy arrays: where words occur in a segment, in which order they stand there. `arrays.py` scores them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from searchkit.engines.whoosh import varints
from searchkit.engines.whoosh.container import Damaged
from searchkit.engines.whoosh.lists import NOT_AS_MANY, entry_postings
from searchkit.engines.whoosh.segment import Entry, Segment
from searchkit.matching import find_runs

Ints = NDArray[np.int64]

_NOTHING = np.empty(0, np.int64)
# Up to so many bytes of postings are decoded faster without numpy.
_FEW_BYTES = 64


@dataclass(frozen=True)
class Word:
    """The postings of a word, or of words that stand for one another, in some fields of a segment: of one entry behind
    another, the fields ascending.

    A key stands for an article in a field: the field's place among those asked for, times the articles of the segment,
    plus the article. For each entry `places` holds that of its field, `starts` where its postings begin.
    """

    segment: Segment
    entries: Sequence[Entry]
    places: Sequence[int]
    starts: Ints
    keys: Ints
    frequencies: Ints

    @cached_property
    def is_single(self) -> bool:
        """Whether its keys ascend: at most one entry in each field."""
        return len(set(self.places)) == len(self.places)

    @cached_property
    def ends(self) -> Ints:
        """Where the positions of each posting end, counted through all entries."""
        return np.cumsum(self.frequencies)

    @cached_property
    def layout(self) -> list[tuple[int, int]]:
        """For each entry how the count of a position leads to its place in the data, in units of two bytes: it is to be
        multiplied by the second number, how many units a position takes, and the first added."""
        counts = np.add.reduceat(self.frequencies, self.starts).tolist()
        places, before = [], 0
        for entry, count in zip(self.entries, counts, strict=True):
            offset, length = entry.positions
            unit = length // (2 * count)
            places.append((offset // 2 - before * unit, unit))
            before += count
        return places


def read_word(segment: Segment, by_place: Sequence[tuple[int, Sequence[Entry]]]) -> Word:
    """Read the postings of entries, given with the place of their field, places ascending."""
    # All entries are read at once: for the short lists of most words, calling numpy takes longer than what it does.
    entries = [entry for _, some in by_place for entry in some]
    sizes = np.array([entry.df for entry in entries])
    starts = np.cumsum(sizes) - sizes
    articles, frequencies = _postings(segment, entries, sizes, starts)
    places = [place for place, some in by_place for _ in some]
    keys = articles + np.repeat(np.array(places) * segment.count, sizes) if any(places) else articles
    return Word(segment, entries, places, starts, keys, frequencies)


def _postings(segment: Segment, entries: Sequence[Entry], df: Ints, starts: Ints) -> tuple[Ints, Ints]:
    """Articles and frequencies of some entries, one entry behind another. Raises `Damaged`."""
    if sum(entry.docs[1] for entry in entries) <= _FEW_BYTES:
        lists = [entry_postings(segment, entry) for entry in entries]
        articles = np.array([n for some, _ in lists for n in some], np.int64)
        return articles, np.array([n for _, some in lists for n in some], np.int64)
    codes = varints.decode(_bytes(segment, "docs", [entry.docs for entry in entries]))
    if len(codes) != df.sum():
        raise Damaged(NOT_AS_MANY)
    frequencies = (codes & 3) + 1
    many = (frequencies == 4).nonzero()[0]
    if len(many):
        frequencies[many] += varints.decode(_bytes(segment, "freqs", [entry.freqs for entry in entries]))
    gaps = codes >> 2
    articles = np.cumsum(gaps)
    if len(entries) > 1:
        articles -= np.repeat(articles[starts] - gaps[starts], df)
    occurrences = np.add.reduceat(frequencies, starts)
    positions = np.array([entry.positions[1] for entry in entries])
    if articles.max() >= segment.count or ((positions != 2 * occurrences) & (positions != 4 * occurrences)).any():
        raise Damaged(NOT_AS_MANY)
    return articles, frequencies


def runs_among_few(words: Sequence[Word], slop: int, wanted: Sequence[Ints]) -> Iterator[tuple[int, int]]:
    """As `runs`, for few articles, where calling numpy would take longer than what it does; `wanted` holds for each place
    of a field the keys to look at, ascending. Gives keys in no order, each with its count."""
    data = words[0].segment.stream("positions")
    stretches = [_stretches(word, wanted) for word in words]
    for key in stretches[0]:
        if all(key in other for other in stretches[1:]):
            found = find_runs([_read_positions(data, of[key]) for of in stretches], slop)
            if found:
                yield key, len(found)


def _stretches(word: Word, wanted: Sequence[Ints]) -> dict[int, list[tuple[int, int, str]]]:
    """For each wanted key under which a word stands the stretches of the data that hold its positions there, with the
    code of their numbers."""
    found: dict[int, list[tuple[int, int, str]]] = {}
    for entry, place, start, (base, unit) in zip(
        word.entries, word.places, word.starts.tolist(), word.layout, strict=True
    ):
        keys, asked = word.keys[start : start + entry.df], wanted[place]
        at = keys.searchsorted(asked)
        at[at == entry.df] = 0
        there = (keys[at] == asked).nonzero()[0]
        if not len(there):
            continue
        at = at[there] + start
        ends = word.ends[at]
        firsts = (ends - word.frequencies[at]) * (2 * unit) + 2 * base
        code = "H" if unit == 1 else "I"
        lasts = ends * (2 * unit) + 2 * base
        for key, first, last in zip(asked[there].tolist(), firsts.tolist(), lasts.tolist(), strict=True):
            found.setdefault(key, []).append((first, last, code))
    return found


def _read_positions(data: memoryview, stretches: Sequence[tuple[int, int, str]]) -> list[int]:
    if len(stretches) == 1:
        ((first, last, code),) = stretches
        return data[first:last].cast(code).tolist()  # type: ignore[call-overload,no-any-return]
    return sorted({position for stretch in stretches for position in _read_positions(data, [stretch])})


def runs(words: Sequence[Word], slop: int, size: int, wanted: Ints | None = None) -> tuple[Ints, Ints]:
    """Keys where the words stand in order with at most `slop` others between, ascending, and how often: each start
    counts once, with the earliest places of the later words behind it (`matching.find_runs`).

    Keys are below `size`; `wanted` are those to look at (each once; None: all).
    """
    common = _common(words, size, wanted)
    if not len(common):
        return _NOTHING, _NOTHING
    starts = places = _places(words[0], size, common)
    for word in words[1:]:
        following = _places(word, size, common)
        at = np.searchsorted(following, places, side="right")
        inside = at < len(following)
        starts, places, at = starts[inside], places[inside], at[inside]
        following = following[at]
        same = following >> 32 == places >> 32
        starts, places = starts[same], following[same]
    narrow = places - starts - (len(words) - 1) <= slop
    found = starts[narrow] >> 32
    new = np.diff(found, prepend=-1) > 0
    return found[new], np.bincount(np.cumsum(new) - 1) if len(found) else _NOTHING


def _common(words: Sequence[Word], size: int, wanted: Ints | None) -> Ints:
    """The keys (of those wanted) under which each word stands."""
    others = sorted(words, key=lambda word: len(word.keys))
    common = wanted
    if common is None:
        common = others[0].keys if others[0].is_single else np.unique(others[0].keys)
        del others[0]
    for word in others:
        common = common[are_among(word.keys, common, size)]
    return common


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


def _places(word: Word, size: int, wanted: Ints) -> Ints:
    """Where a word stands under the wanted keys: key << 32 | position, ascending, each once (characters of unspaced writing
    may begin two words at one place)."""
    chosen = are_among(wanted, word.keys, size).nonzero()[0]
    frequencies = word.frequencies[chosen]
    reached = np.cumsum(frequencies)
    counts = np.repeat(word.ends[chosen] - reached, frequencies) + np.arange(reached[-1])
    data = np.frombuffer(word.segment.stream("positions"), "<u2")
    bases, units = np.array(word.layout).T
    owners = np.repeat(np.searchsorted(word.starts, chosen, side="right") - 1, frequencies)
    at = counts * units[owners] + bases[owners]
    positions = data[at].astype(np.int64)
    if units.max() > 1:
        wide = units[owners] > 1
        positions[wide] |= data[at[wide] + 1].astype(np.int64) << 16
    places: Ints = np.repeat(word.keys[chosen] << 32, frequencies) | positions
    return places if word.is_single else np.unique(places)


def _bytes(segment: Segment, stream: str, places: Sequence[tuple[int, int]]) -> NDArray[np.uint8]:
    data = segment.stream(stream)
    if len(places) == 1:
        offset, length = places[0]
        return np.frombuffer(data[offset : offset + length], np.uint8)
    return np.frombuffer(b"".join(data[offset : offset + length] for offset, length in places), np.uint8)
