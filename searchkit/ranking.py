"""Scores: BM25F over weighted fields, the same formula in every embedded engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import log, sqrt
from typing import NamedTuple

from searchkit.query import And, Boost, Fuzzy, Not, Or, Phrase, Prefix, Query, Term, Wildcard

REPEATS_K3 = 8.0
"""How soon it stops to count that a query repeats a word."""

PROXIMITY = 0.1
"""How much two words of a query that stand near one another count, against a word as rare as they are on average."""

PROXIMITY_SLOP = 2
"""How many other words may stand between two that are near one another."""

FACTOR_UNITS = float(1 << 36)
"""Sums of so exact factors are exact up to 2^17: unless an article holds a word some ten thousand times."""

_COMMON = 0.25


def idf(df: int, n: int) -> float:
    """How telling a word is that `df` of `n` articles hold (0 <= df <= n): from near 0 (in all) to ln(2 + 2n).

    Source: Robertson and Sparck Jones (1976), with 1 added inside the logarithm so that it is never negative. The root
    takes more from words that most articles hold, in place of a list of stopwords; it was chosen, with the defaults of
    k1 and b, on five judged collections (tests/bench/ranking).
    """
    return log(1.0 + (n - df + 0.5) / (df + 0.5)) * sqrt(1.0 - df / (n + 1.0))


def field_factor(length: int, mean_length: float, weight: float, b: float) -> float:
    """What one occurrence of a word in a field of `length` words (1 or more) adds to its weighted frequency: the field's
    weight, less in a field that is long against the mean length over the articles which have it.

    A multiple of 1 / `FACTOR_UNITS`, so that sums are exact, and therefore the same, in whatever order they are made.
    """
    return round(weight / (1.0 - b + b * length / mean_length) * FACTOR_UNITS) / FACTOR_UNITS


def bm25f(frequencies: Iterable[float], word_idf: float, k1: float) -> float:
    """The score of one word, or group of words that stand for one another, in one article.

    `frequencies` are its occurrences in each field times the `field_factor`, summed before saturation. Never negative,
    below `word_idf * (k1 + 1)`, without unit: compare inside one search only.
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


def _once(children: Sequence[Query]) -> tuple[Query, ...]:
    if len(set(children)) == len(children):
        return tuple(map(count_repeats, children))
    counted = Counter(children)
    return tuple(
        Boost(child, count * (REPEATS_K3 + 1.0) / (REPEATS_K3 + count))
        if count > 1 and isinstance(child, Term | Phrase | Prefix | Wildcard | Fuzzy)
        else count_repeats(child)
        for child, count in counted.items()
    )


class Pair(NamedTuple):
    """Two words that stand beside one another in a query. An article that matches the query scores more where they stand
    near one another too, in this order, in any inflection; `factor` is the product of the boosts around them."""

    first: Term
    second: Term
    factor: float

    @property
    def phrase(self) -> Phrase:
        """What an article must hold for it."""
        return Phrase((self.first.word, self.second.word), PROXIMITY_SLOP, self.first.field, exact=False)

    @property
    def label(self) -> str:
        """The quoted phrase that it resembles."""
        return str(Phrase((self.first.word, self.second.word), PROXIMITY_SLOP, self.first.field))


def pairs(query: Query) -> tuple[Pair, ...]:
    """The pairs of a query, as typed and before `count_repeats`: neighbouring words of one AND or OR in the same field,
    each pair once."""
    found: dict[tuple[Term, Term], Pair] = {}
    for pair in _pairs(query, 1.0):
        found.setdefault((pair.first, pair.second), pair)
    return tuple(found.values())


def _pairs(query: Query, factor: float) -> Iterator[Pair]:
    match query:
        case And(children=children) | Or(children=children):
            for first, second in pairwise(children):
                if isinstance(first, Term) and isinstance(second, Term) and first.field == second.field:
                    yield Pair(first, second, factor)
            for child in children:
                yield from _pairs(child, factor)
        case Boost(child=child, factor=more):
            yield from _pairs(child, factor * more)


def pair_weight(pair: Pair, df: tuple[int, int], n: int) -> float:
    """What stands in the place of `word_idf` in a pair's own `bm25f`, its frequencies being those of `pair.phrase`; `df`
    tells how many of the `n` articles hold each word. Nothing where most of what they tell is grammar: both are in
    more than a quarter of all articles.

    The mean of the words' idf, not the phrase's own, so that the bound of a pair is known before any place is looked
    up. Source: a bigram feature beside single words, as in the sequential dependence model of Metzler and Croft, "A
    Markov random field model for term dependencies" (2005).
    """
    if min(df) == 0 or min(df) > _COMMON * n:
        return 0.0
    return pair.factor * PROXIMITY * (idf(df[0], n) + idf(df[1], n)) / 2
