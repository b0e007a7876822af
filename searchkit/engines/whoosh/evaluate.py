"""A query over one commit: from posting lists to the articles that match, with their scores.

Whoosh's own query objects are not used: they lose articles where they skip blocks of postings. Every node becomes a
dictionary article number -> score; boolean nodes combine these as sets. The memory engine says the same more slowly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeVar

from searchkit.analysis import is_lone_character, stemmer
from searchkit.engine import SearchOptions
from searchkit.engines.shared import Deadline, check_expansions
from searchkit.engines.whoosh.commit import Commit
from searchkit.engines.whoosh.schema import UNDATED, day_bytes
from searchkit.engines.whoosh.stems import StemStore
from searchkit.matching import find_runs, word_tests
from searchkit.query import (
    TEXT_FIELDS,
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
from searchkit.ranking import bm25f, field_frequency, fuzzy, idf

Scores = Mapping[int, float]
T = TypeVar("T")

_CHECK_EVERY = 4096


class Evaluation:
    """Evaluates queries over a commit until the deadline; what a node matches is worked out once."""

    def __init__(self, commit: Commit, stems: StemStore, options: SearchOptions) -> None:
        self.deadline = Deadline(options.timeout_s)
        self.deadline.check()
        self._commit, self._stems, self._options = commit, stems, options
        self._found: dict[Query, Scores] = {}

    def scores(self, node: Query) -> Scores:
        """The articles that match a node, each with its score."""
        if node not in self._found:
            self.deadline.check()
            self._found[node] = self._evaluate(node)
        return self._found[node]

    def parts(self, node: Query, number: int, factor: float = 1.0) -> Iterator[tuple[str, float]]:
        """What each word leaf adds to the score of an article, as (query text, share)."""
        if isinstance(node, Not) or number not in self.scores(node):
            return
        match node:
            case And(children=children) | Or(children=children):
                for child in children:
                    yield from self.parts(child, number, factor)
            case Boost(child=child, factor=more):
                yield from self.parts(child, number, factor * more)
            case Term() | Phrase() | Prefix() | Wildcard() | Fuzzy():
                yield str(node), self.scores(node)[number] * factor

    def expand(self, leaf: WordLeaf) -> list[list[str]]:
        """For each word position of a leaf the indexed words that may stand there, sorted."""
        fields = fields_of(leaf)
        match leaf:
            case Term(word=word):
                return [self._inflections(leaf, word, fields)]
            case Phrase(words=words, exact=True):
                return [self._exact(word, fields) for word in words]
            case Phrase(words=words):
                return [self._inflections(leaf, word, fields) for word in words]
            case Prefix(prefix=prefix):
                return [self._matching(leaf, self._commit.vocabulary(fields, prefix))]
            case Wildcard(pattern=pattern):
                return [self._matching(leaf, self._commit.vocabulary(fields, _literal_prefix(pattern)))]
            case Fuzzy():
                return [self._matching(leaf, self._commit.vocabulary(fields))]

    # Boolean nodes and filters

    def _evaluate(self, node: Query) -> Scores:
        match node:
            case And(children=children):
                return self._intersection(children)
            case Or(children=children):
                found = [self.scores(child) for child in children]
                numbers = dict.fromkeys(number for scores in found for number in scores)
                return {n: sum(scores[n] for scores in found if n in scores) for n in self._watched(numbers)}
            case Not(child=child):
                excluded = self.scores(child)
                return {n: 0.0 for n in self._watched(self._commit.numbers()) if n not in excluded}
            case Boost(child=child, factor=factor):
                return {number: score * factor for number, score in self.scores(child).items()}
            case MatchAll():
                return dict.fromkeys(self._watched(self._commit.numbers()), 0.0)
            case Keyword() | Undated() | DateRange():
                return dict.fromkeys(self._watched(self._selected(node)), 0.0)
            case _:
                return self._score_leaf(node)

    def _intersection(self, children: Sequence[Query]) -> Scores:
        excluded = [self.scores(child.child) for child in children if isinstance(child, Not)]
        found = [self.scores(child) for child in children if not isinstance(child, Not)]
        smallest: Scores | None = min(found, key=len, default=None)
        numbers = self._commit.numbers() if smallest is None else smallest
        return {
            n: float(sum(scores[n] for scores in found))
            for n in self._watched(numbers)
            if all(n in scores for scores in found) and not any(n in scores for scores in excluded)
        }

    def _selected(self, node: Keyword | Undated | DateRange) -> Iterator[int]:
        commit = self._commit
        match node:
            case Keyword(field="id", value=value):
                numbers = self._watched(commit.numbers())
                yield from (n for n in numbers if commit.article_id(n).lower().startswith(value))
            case Keyword(value=value):
                for tag in set(commit.terms("lang", value)):
                    if tag == value or tag.startswith(f"{value}-"):
                        yield from commit.holding("lang", tag)
            case Undated():
                yield from commit.holding("date", UNDATED)
            case DateRange(start=start, end=end):
                for day in self._days(start, end):
                    yield from commit.holding("date", day)

    def _days(self, start: date | None, end: date | None) -> list[str]:
        """The days inside a range on which articles were published, as terms."""
        first = day_bytes(start or date.min).decode()
        last = day_bytes(end or date.max).decode()
        return sorted({day for day in self._commit.terms("date") if first <= day <= last})

    # Word leaves

    def _score_leaf(self, leaf: WordLeaf) -> Scores:
        groups = self.expand(leaf)
        fields = fields_of(leaf)
        count = self._count_words if len(groups) == 1 else self._count_runs
        counts: dict[int, dict[str, int]] = {}
        for name in fields:
            for number, times in count(leaf, name, groups).items():
                counts.setdefault(number, {})[name] = times
        word_idf = idf(len(counts), self._commit.article_count)
        scores = {n: self._leaf_score(n, counts[n], word_idf) for n in self._watched(counts)}
        if isinstance(leaf, Fuzzy):
            exact = {number for name in fields for number in self._commit.holding(name, leaf.word)}
            return {n: fuzzy(score, n in exact, word_idf, self._options.ranking.k1) for n, score in scores.items()}
        return scores

    def _leaf_score(self, number: int, counts: Mapping[str, int], word_idf: float) -> float:
        ranking, totals, column = self._options.ranking, self._commit.totals, self._commit.column
        frequencies = (
            field_frequency(
                tf, column(f"{name}_length", number), totals.mean_length(name), ranking.weight(name), ranking.b
            )
            for name, tf in counts.items()
        )
        return bm25f(frequencies, word_idf, ranking.k1)

    def _count_words(self, leaf: WordLeaf, field: str, groups: Sequence[Sequence[str]]) -> dict[int, int]:
        """How often the words of the one group stand in a field, per article."""
        counts: dict[int, int] = {}
        for word in groups[0]:
            for number, tf in self._watched(self._commit.frequencies(field, word)):
                counts[number] = counts.get(number, 0) + tf
        return counts

    def _count_runs(self, leaf: WordLeaf, field: str, groups: Sequence[Sequence[str]]) -> dict[int, int]:
        """How often a phrase stands in a field, per article."""
        among: set[int] | None = None
        for group in groups:
            holders = {n for word in group for n in self._watched(self._commit.holding(field, word))}
            among = holders if among is None else among & holders
            if not among:
                return {}
        positions = [self._positions(field, group, among or set()) for group in groups]
        slop = leaf.slop if isinstance(leaf, Phrase) else 0
        counts = {}
        for number in self._watched(sorted(among or ())):
            runs = find_runs([sorted(places[number]) for places in positions], slop)
            if runs:
                counts[number] = len(runs)
        return counts

    def _positions(self, field: str, group: Sequence[str], among: set[int]) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for word in group:
            for number, places in self._watched(self._commit.positions(field, word, among)):
                found.setdefault(number, set()).update(places)
        return found

    # Which words a leaf stands for

    def _exact(self, word: str, fields: Sequence[str]) -> list[str]:
        if is_lone_character(word):
            return sorted(set(self._watched(self._commit.vocabulary(fields, word))))
        return self._indexed({word}, fields)

    def _inflections(self, leaf: Term | Phrase, word: str, fields: Sequence[str]) -> list[str]:
        language = self._options.language
        stemmed = language is not None and fields[0] in TEXT_FIELDS and not is_lone_character(word)
        if not stemmed or language is None:
            return self._exact(word, fields)
        stem = stemmer(language)
        wanted = stem(word)
        candidates = self._stems.words(
            language, wanted, self._commit.generation, lambda: self._commit.vocabulary(TEXT_FIELDS)
        )
        return self._indexed({word, *(other for other in candidates if stem(other) == wanted)}, fields)

    def _indexed(self, words: Iterable[str], fields: Sequence[str]) -> list[str]:
        return sorted(word for word in words if any(self._commit.holds(name, word) for name in fields))

    def _matching(self, leaf: WordLeaf, vocabulary: Iterable[str]) -> list[str]:
        """The words that pass a leaf's own test, no more than the limit allows."""
        (test,) = word_tests(leaf, self._options.language)
        found: set[str] = set()
        for word in self._watched(vocabulary):
            if test(word):
                found.add(word)
                check_expansions(leaf, len(found), self._options.max_expansions)
        return sorted(found)

    def _watched(self, items: Iterable[T]) -> Iterator[T]:
        """The items, with a look at the clock now and then."""
        for i, item in enumerate(items, 1):
            if not i % _CHECK_EVERY:
                self.deadline.check()
            yield item


def _literal_prefix(pattern: str) -> str:
    """What every word of a wildcard pattern begins with."""
    wild = [pattern.index(c) for c in "*?" if c in pattern]
    return pattern[: min(wild, default=len(pattern))]
