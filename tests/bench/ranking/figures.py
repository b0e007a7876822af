"""The figures by which a ranking is judged. Source: Manning, Raghavan and Schütze, "Introduction to Information
Retrieval" (2008), chapter 8; nDCG with the grades themselves as gains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
from statistics import fmean

from tests.bench.ranking.collections import Grades


@dataclass(frozen=True, slots=True)
class Figures:
    """Each from 0 to 1, more is better: mean average precision, nDCG of the first ten, mean reciprocal rank."""

    map: float
    ndcg10: float
    mrr: float


def figures(rankings: Sequence[tuple[Sequence[str], Grades]]) -> Figures:
    """The means over queries, each given as the ids found, best first, and the grades."""
    return Figures(
        fmean(average_precision(ranked, grades) for ranked, grades in rankings),
        fmean(ndcg(ranked, grades, 10) for ranked, grades in rankings),
        fmean(reciprocal_rank(ranked, grades) for ranked, grades in rankings),
    )


def average_precision(ranked: Sequence[str], grades: Grades) -> float:
    """The mean, over all relevant articles, of the precision where each was found (0 where it was not)."""
    relevant = sum(grade > 0 for grade in grades.values())
    found, total = 0, 0.0
    for rank, article in enumerate(ranked, 1):
        if grades.get(article, 0) > 0:
            found += 1
            total += found / rank
    return total / relevant if relevant else 0.0


def ndcg(ranked: Sequence[str], grades: Grades, depth: int) -> float:
    """The gain of the first `depth`, discounted by rank, over that of the best possible order."""
    ideal = sorted((grade for grade in grades.values() if grade > 0), reverse=True)
    best = _discounted(ideal[:depth])
    return _discounted([max(grades.get(article, 0), 0) for article in ranked[:depth]]) / best if best else 0.0


def reciprocal_rank(ranked: Sequence[str], grades: Grades) -> float:
    """One over the rank of the first relevant article, 0 without any."""
    return next((1 / rank for rank, article in enumerate(ranked, 1) if grades.get(article, 0) > 0), 0.0)


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, 1))
