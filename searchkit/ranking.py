"""Scores: BM25F over weighted fields, the same formula in every embedded engine."""

from __future__ import annotations

from collections.abc import Iterable
from math import log


def idf(df: int, n: int) -> float:
    """How telling a word is that `df` of `n` articles hold (0 <= df <= n): from near 0 (in all) to ln(1 + 2n).

    Source: Robertson and Sparck Jones (1976), with 1 added inside the logarithm so that it is never negative.
    """
    return log(1.0 + (n - df + 0.5) / (df + 0.5))


def field_frequency(tf: float, length: int, mean_length: float, weight: float, b: float) -> float:
    """One field's share of a word's weighted frequency: `tf` occurrences in a field of `length` words, set against the
    mean length of that field over the articles which have it, times the field's weight."""
    return weight * tf / (1.0 - b + b * length / mean_length) if tf else 0.0


def bm25f(frequencies: Iterable[float], word_idf: float, k1: float) -> float:
    """The score of one word, or group of words that stand for one another, in one article.

    `frequencies` are its `field_frequency` in each field, summed before saturation. Never negative, below
    `word_idf * (k1 + 1)`, without unit: compare inside one search only.
    Source: Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted fields" (2004).
    """
    weighted = sum(frequencies)
    return word_idf * weighted * (k1 + 1.0) / (k1 + weighted) if weighted else 0.0


def fuzzy(score: float, holds_exact: bool, word_idf: float, k1: float) -> float:
    """The score of a fuzzy word: half of the group's own `score`, and the upper half of the range for an article that
    holds the word as typed, so that such an article ranks above all that hold only its neighbours."""
    return score / 2 + (word_idf * (k1 + 1.0) / 2 if holds_exact else 0.0)
