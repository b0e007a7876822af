"""A table from short byte strings to numbers which looks up many of them at once.

Looking up the words of an article one by one in a dictionary takes longer than everything else that indexing does with
them. Here the chunks of many articles are cut, hashed and looked up with numpy: a chunk of up to 16 bytes is exactly two
64-bit numbers (filled with zero bytes, which no chunk holds), an open-addressing table maps them to their codes.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

LONGEST = 16
"""Bytes of a chunk that the table takes; longer ones are looked up one by one."""

_SPACE = 32
_LONGEST_KEPT = 64
_FIRST_SLOTS = 1 << 17
# Bytes that belong to a chunk of so many bytes, in a number read from its place.
_MASKS = np.array([(1 << 8 * length) - 1 for length in range(9)], np.uint64)
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], np.uint64)

Numbers = NDArray[np.uint64]
Places = NDArray[np.int64]


class ChunkTable:
    """Codes of chunks; `make_code` gives the code of one that is met for the first time."""

    def __init__(self, make_code: Callable[[bytes], int]) -> None:
        self._make_code = make_code
        self.clear()

    def clear(self) -> None:
        """Forget all chunks."""
        self._long: dict[bytes, int] = {}
        # Entry 0 stands for none.
        self._first = np.zeros(1, np.uint64)
        self._second = np.zeros(1, np.uint64)
        self._codes = np.zeros(1, np.int32)
        self._slots = np.zeros(_FIRST_SLOTS, np.int32)

    def __len__(self) -> int:
        return len(self._codes) - 1 + len(self._long)

    def codes(self, data: bytes) -> NDArray[np.int32]:
        """The codes of the chunks in `data`, which spaces part, in order."""
        starts, ends = _edges(data)
        lengths = ends - starts
        padded = data + bytes(LONGEST)
        every = np.ndarray((len(data) + 8,), "<u8", padded, strides=(1,))
        first = every[starts] & _MASKS[np.minimum(lengths, 8)]
        second = every[starts + np.minimum(lengths, 8)] & _MASKS[np.clip(lengths - 8, 0, 8)]
        codes = np.empty(len(starts), np.int32)
        long = np.flatnonzero(lengths > LONGEST)
        short = np.flatnonzero(lengths <= LONGEST) if len(long) else np.arange(len(starts))
        missing = self._look_up(first[short], second[short], short, codes)
        if len(missing):
            self._learn(data, missing, starts, ends, first, second, codes)
        for place in long.tolist():
            codes[place] = self._long_code(data[starts[place] : ends[place]])
        return codes

    def _look_up(self, first: Numbers, second: Numbers, places: Places, codes: NDArray[np.int32]) -> Places:
        """Fill the codes at `places` of chunks that are known; the places of those that are not."""
        mask = len(self._slots) - 1
        slots = self._home(first, second)
        missing = []
        while len(places):
            entries = self._slots[slots]
            found = (self._first[entries] == first) & (self._second[entries] == second) & (entries > 0)
            codes[places[found]] = self._codes[entries[found]]
            missing.append(places[entries == 0])
            others = np.flatnonzero(~found & (entries > 0))
            places, first, second, slots = places[others], first[others], second[others], (slots[others] + 1) & mask
        return np.concatenate(missing) if missing else places

    def _learn(
        self,
        data: bytes,
        missing: Places,
        starts: Places,
        ends: Places,
        first: Numbers,
        second: Numbers,
        codes: NDArray[np.int32],
    ) -> None:
        """Give codes to chunks that are met for the first time, and enter them."""
        new: dict[bytes, int] = {}
        places = []
        for place, start, end in zip(missing.tolist(), starts[missing].tolist(), ends[missing].tolist(), strict=True):
            chunk = data[start:end]
            code = new.get(chunk)
            if code is None:
                code = new[chunk] = self._make_code(chunk)
                places.append(place)
            codes[place] = code
        before = len(self._codes)
        self._first = np.concatenate((self._first, first[places]))
        self._second = np.concatenate((self._second, second[places]))
        self._codes = np.concatenate((self._codes, codes[places]))
        wanted = len(self._slots)
        while len(self._codes) * 4 > wanted:  # at most a quarter is filled, however many came at once
            wanted *= 4
        if wanted > len(self._slots):
            self._slots = np.zeros(wanted, np.int32)
            before = 1
        self._enter(np.arange(before, len(self._codes), dtype=np.int32))

    def _enter(self, entries: NDArray[np.int32]) -> None:
        """Put entries into free slots, each as near behind its home as it finds one."""
        mask = len(self._slots) - 1
        slots = self._home(self._first[entries], self._second[entries])
        while len(entries):
            free = self._slots[slots] == 0
            self._slots[slots[free]] = entries[free]
            # Of several that wanted the same slot one has it.
            others = np.flatnonzero(self._slots[slots] != entries)
            entries, slots = entries[others], (slots[others] + 1) & mask

    def _home(self, first: Numbers, second: Numbers) -> Places:
        mixed = first * _MIX[0] ^ second * _MIX[1]
        mixed ^= mixed >> np.uint64(29)
        mixed *= _MIX[0]
        shift = np.uint64(64 - (len(self._slots).bit_length() - 1))
        home: Places = (mixed >> shift).astype(np.int64)
        return home

    def _long_code(self, chunk: bytes) -> int:
        code = self._long.get(chunk)
        if code is None:
            code = self._make_code(chunk)
            if len(chunk) <= _LONGEST_KEPT:
                self._long[chunk] = code
        return code


def _edges(data: bytes) -> tuple[Places, Places]:
    """Where chunks begin and end."""
    inside = np.zeros(len(data) + 2, bool)
    np.not_equal(np.frombuffer(data, np.uint8), _SPACE, out=inside[1:-1])
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    return edges[0::2], edges[1::2]
