"""Ascending numbers in numpy arrays, and the order of words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_HALF_BYTES = 8


def is_new(ordered: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
    """For each of some ascending numbers whether it differs from the one before; the first does."""
    new = np.empty(len(ordered), bool)
    new[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return new


def distinct(numbers: Ints) -> Ints:
    """Each number once, ascending; `numpy.unique` would import `numpy.ma`, and takes longer."""
    ordered = numbers.copy()
    ordered.sort()
    return ordered[is_new(ordered)]


class Order:
    """Words of a list, which may grow, by their text: compared as two numbers of 8 bytes each, and by the rest where
    these are equal."""

    def __init__(self, texts: Sequence[bytes]) -> None:
        self.texts = texts
        self._halves = np.empty((0, 2), np.uint64)

    def sorted(self, numbers: Ints) -> Ints:
        """These numbers of words, ascending by text."""
        new = np.array(self.texts[len(self._halves) :], f"S{2 * _HALF_BYTES}").view(">u8").astype(np.uint64)
        self._halves = np.concatenate((self._halves, new.reshape(-1, 2)))
        first, second = self._halves[numbers].T
        places = np.lexsort((second, first))
        order = numbers[places]
        first, second = first[places], second[places]
        equal = np.concatenate(([False], (first[1:] == first[:-1]) & (second[1:] == second[:-1]), [False]))
        starts = np.flatnonzero(equal[1:] & ~equal[:-1]).tolist()
        ends = np.flatnonzero(equal[:-1] & ~equal[1:]).tolist()
        for start, end in zip(starts, ends, strict=True):
            order[start : end + 1] = sorted(order[start : end + 1].tolist(), key=self.texts.__getitem__)
        return order
