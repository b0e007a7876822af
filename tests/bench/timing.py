"""Quantiles, and the order in which engines take turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TypeVar

T = TypeVar("T")


def quantile(values: Sequence[float], share: float) -> float:
    """The least value that at least such a share of the values does not exceed (nearest rank; 0 < share <= 1)."""
    return sorted(values)[ceil(len(values) * share) - 1]


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the values of a measurement lie."""

    count: int
    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Of one value at least."""
        return cls(len(values), quantile(values, 0.5), quantile(values, 0.95), quantile(values, 0.99))


def turns(names: Sequence[T], repeats: int) -> Iterator[T]:
    """Each name so many times, interleaved, another one first in each round: what slows the machine down for a while
    then meets all of them."""
    for round_number in range(repeats):
        first = round_number % len(names) if names else 0
        yield from names[first:]
        yield from names[:first]
