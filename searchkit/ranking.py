"""Scores: BM25F over weighted fields, the same formula in every embedded engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import log, sqrt

from searchkit.query import And, Boost, Fuzzy, Not, Or, Phrase, Prefix, Query, Term, Wildcard

REPEATS_K3 = 8.0
"""How soon it stops to count that a query repeats a word."""


def idf(df: int, n: int) -> float:
    """How telling a word is that `df` of `n` articles hold (0 <= df <= n): from near 0 (in all) to ln(2 + 2n).

    Source: Robertson and Sparck Jones (1976), with 1 added inside the logarithm so that it is never negative. The root
    takes more from words that most articles hold, in place of a list of stopwords; it was chosen, with the defaults of
    k1 and b, on five judged collections (tests/bench/ranking).
    """
    return log(1.0 + (n - df + 0.5) / (df + 0.5)) * sqrt(1.0 - df / (n + 1.0))


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


def count_repeats(query: Query) -> Query:
    """The tree to score: words that stand several times beside one another, as they do in a pasted paragraph, stand
    once in it with the weight that their number has. The same articles match.

    A word that occurs m times weighs m * (k3 + 1) / (k3 + m), with k3 = `REPEATS_K3`.
    Source: the weight of query terms in Okapi BM25, Robertson et al., "Okapi at TREC-3" (1994).
    """
    match query:
        case And(children=children):
            kept = _once(children)
            return kept[0] if len(kept) == 1 else And(kept)
        case Or(children=children):
            kept = _once(children)
            return kept[0] if len(kept) == 1 else Or(kept)
        case Not(child=child):
            return Not(count_repeats(child))
        case Boost(child=child, factor=factor):
            return Boost(count_repeats(child), factor)
    return query


def _once(children: Iterable[Query]) -> tuple[Query, ...]:
    counted = Counter(children)
    return tuple(
        Boost(child, count * (REPEATS_K3 + 1.0) / (REPEATS_K3 + count))
        if count > 1 and isinstance(child, Term | Phrase | Prefix | Wildcard | Fuzzy)
        else count_repeats(child)
        for child, count in counted.items()
    )
