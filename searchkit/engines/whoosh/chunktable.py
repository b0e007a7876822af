"""A table from short byte strings to numbers which looks up many of them at once.

Looking up the words of an article one by one in a dictionary takes longer than everything else that indexing does with
them. Here the chunks of many articles are cut, hashed and looked up with numpy. A chunk of up to 8 bytes is exactly one
64-bit number (filled with zero bytes, which no chunk holds), one of up to 16 bytes two of them: so they are the keys of
two open-addressing tables, and no bytes need be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

_KEY_BYTES = 8
_SPACE = 32
_STOPS = b".'"
_LONGEST_KEPT = 64
_FIRST_SLOTS = 1 << 16
# Bytes that belong to a chunk of so many bytes, in a number read from its place.
_MASKS = np.array([(1 << 8 * length) - 1 for length in range(_KEY_BYTES + 1)], np.uint64)
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], np.uint64)

Numbers = NDArray[np.uint64]
Places = NDArray[np.int64]
Codes = NDArray[np.int32]


class ChunkTable:
    """Codes of chunks; `make_codes` gives the codes of distinct ones that are met for the first time."""

    def __init__(self, make_codes: Callable[[Sequence[bytes]], Sequence[int]]) -> None:
        self._make_codes = make_codes
        self.clear()

    def clear(self) -> None:
        """Forget all chunks."""
        self._short = _Slots(1)
        self._middle = _Slots(2)
        self._long: dict[bytes, int] = {}

    def __len__(self) -> int:
        return self._short.count + self._middle.count + len(self._long)

    def codes(self, data: bytes) -> Codes:
        """The codes of the chunks in `data`, which spaces part, in order. Full stops and apostrophes at the end of a chunk
        are left out: they have no meaning there."""
        starts, lengths = _bounds(data)
        padded = data + bytes(2 * _KEY_BYTES)
        every = np.ndarray((len(data) + _KEY_BYTES,), "<u8", padded, strides=(1,))
        first = every.take(starts) & _MASKS.take(np.minimum(lengths, _KEY_BYTES))
        is_short = lengths <= _KEY_BYTES
        codes = self._known_or_new(self._short, (first,), is_short)
        more = np.flatnonzero(~is_short)
        if len(more):
            is_middle = lengths[more] <= 2 * _KEY_BYTES
            for place in more[~is_middle].tolist():
                codes[place] = self._long_code(data[starts[place] : starts[place] + lengths[place]])
            places = more[is_middle]
            rest = every.take(starts[places] + _KEY_BYTES) & _MASKS.take(lengths[places] - _KEY_BYTES)
            codes[places] = self._known_or_new(self._middle, (first[places], rest))
        return codes

    def _known_or_new(self, slots: _Slots, keys: Sequence[Numbers], wanted: NDArray[np.bool_] | None = None) -> Codes:
        """The codes of chunks by their keys, new ones entered; what is not `wanted` has any code."""
        codes, missing = slots.find(keys, wanted)
        if len(missing):
            kind = f"S{len(keys) * _KEY_BYTES}"
            chunks = np.stack([key[missing] for key in keys], axis=1).view(kind).ravel().tolist()
            distinct = list(dict.fromkeys(chunks))
            new = dict(zip(distinct, self._make_codes(distinct), strict=True))
            codes[missing] = [new[chunk] for chunk in chunks]
            parts = np.array(distinct, kind).view(np.uint64).reshape(-1, len(keys))
            slots.enter(list(parts.T), np.fromiter(new.values(), np.int32, len(new)))
        return codes

    def _long_code(self, chunk: bytes) -> int:
        code = self._long.get(chunk)
        if code is None:
            (code,) = self._make_codes([chunk])
            if len(chunk) <= _LONGEST_KEPT:
                self._long[chunk] = code
        return code


class _Slots:
    """An open-addressing table whose keys are one or two numbers each; the first is never 0, which means a free slot."""

    def __init__(self, numbers: int) -> None:
        self._keys = [np.zeros(_FIRST_SLOTS, np.uint64) for _ in range(numbers)]
        self._codes = np.zeros(_FIRST_SLOTS, np.int32)
        self.count = 0

    def find(self, keys: Sequence[Numbers], wanted: NDArray[np.bool_] | None = None) -> tuple[Codes, Places]:
        """The codes of keys, and the places of those that are not here; what is not `wanted` has any code."""
        mask = len(self._codes) - 1
        slots = self._home(keys)
        codes = self._codes.take(slots)
        differ = self._differ(slots, keys)
        places = np.flatnonzero(differ if wanted is None else differ & wanted)
        keys, slots = [key[places] for key in keys], slots[places]
        missing = []
        while len(places):
            free = self._keys[0][slots] == 0
            missing.append(places[free])
            taken = np.flatnonzero(~free)
            places, keys, slots = places[taken], [key[taken] for key in keys], (slots[taken] + 1) & mask
            codes[places] = self._codes[slots]
            others = np.flatnonzero(self._differ(slots, keys))
            places, keys, slots = places[others], [key[others] for key in keys], slots[others]
        return codes, np.concatenate(missing) if missing else places

    def enter(self, keys: Sequence[Numbers], codes: Codes) -> None:
        """Add keys that are not here, all of them distinct."""
        self.count += len(codes)
        slots = len(self._codes)
        while self.count * 2 > slots:
            slots *= 4
        if slots > len(self._codes):
            old = np.flatnonzero(self._keys[0])
            keys = [np.concatenate((mine[old], key)) for mine, key in zip(self._keys, keys, strict=True)]
            codes = np.concatenate((self._codes[old], codes))
            self._keys = [np.zeros(slots, np.uint64) for _ in keys]
            self._codes = np.zeros(slots, np.int32)
        self._put(keys, codes)

    def _put(self, keys: Sequence[Numbers], codes: Codes) -> None:
        """Each into a free slot, as near behind its home as there is one."""
        mask = len(self._codes) - 1
        slots = self._home(keys)
        waiting = np.arange(len(codes), dtype=np.int32)
        while len(waiting):
            free = self._keys[0][slots] == 0
            self._codes[slots[free]] = waiting[free]
            has = free & (self._codes[slots] == waiting)  # of several that wanted a slot one has it
            its, who = slots[has], waiting[has]
            for mine, key in zip(self._keys, keys, strict=True):
                mine[its] = key[who]
            self._codes[its] = codes[who]
            waiting, slots = waiting[~has], (slots[~has] + 1) & mask

    def _differ(self, slots: Places, keys: Sequence[Numbers]) -> NDArray[np.bool_]:
        differ: NDArray[np.bool_] = self._keys[0].take(slots) != keys[0]
        for mine, key in zip(self._keys[1:], keys[1:], strict=True):
            differ |= mine.take(slots) != key
        return differ

    def _home(self, keys: Sequence[Numbers]) -> Places:
        mixed = keys[0] * _MIX[0]
        if len(keys) > 1:
            mixed ^= keys[1] * _MIX[1]
        mixed ^= mixed >> np.uint64(29)
        mixed *= _MIX[0]
        mixed >>= np.uint64(64 - (len(self._codes).bit_length() - 1))
        home: Places = mixed.view(np.int64)
        return home


def _bounds(data: bytes) -> tuple[Places, Places]:
    """Where chunks begin, and their lengths."""
    text = np.frombuffer(data, np.uint8)
    gap = np.ones(len(data) + 2, bool)
    inner = gap[1:-1]
    np.equal(text, _SPACE, out=inner)
    stops = text == _STOPS[0]
    stops |= text == _STOPS[1]
    for _ in range(2):
        inner |= stops & gap[2:]
    gaps = np.flatnonzero(gap)
    lengths = np.diff(gaps)
    lengths -= 1
    chunks = np.flatnonzero(lengths)
    return gaps.take(chunks), lengths.take(chunks)
