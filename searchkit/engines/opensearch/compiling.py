"""The tree of a query -> query DSL, one function for each node.

Leaves are compiled to the very words they stand for (`dictionary`), which the cluster then has not to analyse; so it
finds what every engine finds. Scores are BM25 in each field, summed with the weights of the fields; words that stand for
one another score as one word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import log
from typing import Any

from searchkit.analysis import is_lone_character
from searchkit.engine import Ranking
from searchkit.engines.opensearch.dictionary import Words
from searchkit.engines.opensearch.documents import key
from searchkit.engines.opensearch.layout import GROUP_ANALYZER, JOINT
from searchkit.errors import QueryLimitError
from searchkit.query import (
    And,
    Boost,
    DateRange,
    Fuzzy,
    Keyword,
    MatchAll,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Term,
    Undated,
    Wildcard,
    WordLeaf,
    fields_of,
)

Dsl = dict[str, Any]
Frequencies = Callable[[Sequence[str], Sequence[str]], tuple[list[int], int]]
"""Words, fields -> for each field how many documents hold one of the words, and how many documents there are."""

NOTHING: Dsl = {"match_none": {}}

MOST_CLAUSES = 1000
"""Clauses of one query; a cluster takes 1,024 unless set otherwise."""

_SCORED_CLAUSES = 700
"""Once a query has so many clauses, further words are not weighed by their frequency, which takes a clause for each."""

_LARGEST_GROUP = 64
"""Words that are scored as a group; where more stand for one another, being one of them counts and no more."""

_LISTED_WORDS = 2000
"""Words that are sent as a list; patterns for more are left to the cluster."""

# The index's own estimate of how telling a word is may rest on documents deleted and not merged away yet.
_MARGIN = 1.2


class Compiler:
    """Compiles one query; counts its clauses."""

    def __init__(self, words: Mapping[WordLeaf, Words], ranking: Ranking, k1: float, frequencies: Frequencies) -> None:
        self._words = words
        self._ranking = ranking
        self._k1 = k1
        self._frequencies = frequencies
        self._clauses = 0

    def scored(self, query: Query) -> Dsl:
        """The query as one that scores. Raises `QueryLimitError`."""
        match query:
            case And(children=children):
                return self._and(children, self.scored)
            case Or(children=children):
                return _any([self.scored(child) for child in children])
            case Not(child=child):
                return {"bool": {"must_not": [self.selecting(child)]}}
            case Boost(child=child, factor=factor):
                return {"bool": {"must": [self.scored(child)], "boost": factor}}
            case Term() | Prefix() | Wildcard():
                return self._group(query, self._words[query][0])
            case Phrase():
                return self._phrase(query)
            case Fuzzy():
                return self._fuzzy(query)
        return _constant(self.selecting(query), 0.0)

    def selecting(self, query: Query) -> Dsl:
        """The query as one that only selects. Raises `QueryLimitError`."""
        match query:
            case And(children=children):
                return self._and(children, self.selecting)
            case Or(children=children):
                return _any([self.selecting(child) for child in children])
            case Not(child=child):
                return {"bool": {"must_not": [self.selecting(child)]}}
            case Boost(child=child):
                return self.selecting(child)
            case Keyword():
                return _keyword(query)
            case DateRange():
                return _dates(query)
            case Undated():
                return {"bool": {"must_not": [{"exists": {"field": "day"}}]}}
            case MatchAll():
                return {"match_all": {}}
            case Phrase():
                return self._phrase(query)
            case _:
                return self._listed(query, self._words[query][0])

    def _and(self, children: Sequence[Query], compile_child: Callable[[Query], Dsl]) -> Dsl:
        parts: dict[str, list[Dsl]] = {"must": [], "filter": [], "must_not": []}
        for child in children:
            match child:
                case Not(child=excluded):
                    parts["must_not"].append(self.selecting(excluded))
                case Keyword() | DateRange() | Undated() | MatchAll():
                    parts["filter"].append(self.selecting(child))
                case _:
                    parts["must"].append(compile_child(child))
        return {"bool": {name: clauses for name, clauses in parts.items() if clauses}}

    def _group(self, leaf: Term | Prefix | Wildcard | Fuzzy, words: tuple[str, ...]) -> Dsl:
        """Words that stand for one another, as one word."""
        fields = fields_of(leaf)
        if not words:
            return NOTHING
        if len(words) > _LARGEST_GROUP or self._clauses + len(fields) * len(words) > _SCORED_CLAUSES:
            return self._listed(leaf, words)
        self._count(len(fields) * len(words))
        group = {"query": JOINT.join(words), "analyzer": GROUP_ANALYZER}
        return _any([{"match": {name: {**group, "boost": self._ranking.weight(name)}}} for name in fields])

    def _listed(self, leaf: Term | Prefix | Wildcard | Fuzzy, words: tuple[str, ...]) -> Dsl:
        """One of many words: a field that holds any counts as its weight says, however often and whichever."""
        fields = fields_of(leaf)
        if not words:
            return NOTHING
        self._count(len(fields))
        return _any([_constant(_one_of(leaf, name, words), self._ranking.weight(name)) for name in fields])

    def _phrase(self, phrase: Phrase) -> Dsl:
        positions = self._words[phrase]
        if not all(positions):
            return NOTHING
        fields = fields_of(phrase)
        if len(positions) == 1:
            return self._group(Term(phrase.words[0], phrase.field), positions[0])
        self._count(len(fields) * sum(map(len, positions)))
        return _any([_nearness(name, positions, phrase.slop, self._ranking.weight(name)) for name in fields])

    def _fuzzy(self, leaf: Fuzzy) -> Dsl:
        """The group's score, and on top of it, for articles with the word as typed, more than it can ever be."""
        words = self._words[leaf][0]
        if leaf.word not in words:
            return self._group(leaf, words)
        fields = fields_of(leaf)
        counts, total = self._frequencies(words, fields)
        most = sum(
            self._ranking.weight(name) * (self._k1 + 1.0) * log(1.0 + (total + 0.5) / (count / len(words) + 0.5))
            for name, count in zip(fields, counts, strict=True)
            if count
        )
        exact = _any([{"term": {name: leaf.word}} for name in fields])
        self._count(len(fields))
        return {
            "bool": {
                "must": [{"bool": {"must": [self._group(leaf, words)], "boost": 0.5}}],
                "should": [_constant(exact, max(most, sum(map(self._ranking.weight, fields))) * _MARGIN / 2)],
            }
        }

    def _count(self, clauses: int) -> None:
        self._clauses += clauses
        if self._clauses > MOST_CLAUSES:
            raise QueryLimitError(
                f"the query asks for more than {MOST_CLAUSES:,} words, their inflections and fields counted, the limit in "
                "a cluster; make it shorter, or name a field"
            )


def _one_of(leaf: WordLeaf, name: str, words: tuple[str, ...]) -> Dsl:
    if len(words) > _LISTED_WORDS:
        match leaf:
            case Wildcard(pattern=pattern):
                return {"wildcard": {name: {"value": pattern}}}
            case Prefix(prefix=prefix):
                return {"prefix": {name: {"value": prefix}}}
            case Term(word=word) if is_lone_character(word):
                return {"prefix": {name: {"value": word}}}
    return {"terms": {name: list(words)}}


def _nearness(name: str, positions: Words, slop: int, weight: float) -> Dsl:
    """Words in order with at most `slop` others between them; spans count these as `matching.find_runs` does."""
    if slop == 0 and all(len(words) == 1 for words in positions):
        phrase = " ".join(words[0] for words in positions)
        return {"match_phrase": {name: {"query": phrase, "boost": weight}}}
    clauses = [_span(name, words) for words in positions]
    return {"span_near": {"clauses": clauses, "slop": slop, "in_order": True, "boost": weight}}


def _span(name: str, words: tuple[str, ...]) -> Dsl:
    spans: list[Dsl] = [{"span_term": {name: word}} for word in words]
    return spans[0] if len(spans) == 1 else {"span_or": {"clauses": spans}}


def _keyword(leaf: Keyword) -> Dsl:
    if leaf.field == "id":
        return {"prefix": {"folded_id": {"value": key(leaf.value)}}}
    return {"term": {"lang": key(leaf.value)}}


def _dates(leaf: DateRange) -> Dsl:
    if leaf.start is None and leaf.end is None:
        return {"exists": {"field": "day"}}
    bounds = {"gte": leaf.start, "lte": leaf.end}
    return {"range": {"day": {name: day.isoformat() for name, day in bounds.items() if day is not None}}}


def _any(clauses: list[Dsl]) -> Dsl:
    return clauses[0] if len(clauses) == 1 else {"bool": {"should": clauses, "minimum_should_match": 1}}


def _constant(selecting: Dsl, score: float) -> Dsl:
    return {"constant_score": {"filter": selecting, "boost": score}}
