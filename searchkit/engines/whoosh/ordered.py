"""Ascending numbers in numpy arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


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
