"""A query over a snapshot: score its leaves, combine the tree, count in pairs, choose the best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import groupby
from types import ModuleType
from typing import Any

from searchkit.engine import Hit, SearchOptions, SearchResult
from searchkit.engines.shared import Deadline
from searchkit.engines.whoosh.kernels import choose_kernel
from searchkit.engines.whoosh.leaves import Leaves, weighted_fields
from searchkit.engines.whoosh.segment import NO_MOMENT
from searchkit.engines.whoosh.snapshot import Snapshot
from searchkit.query import (
    And,
    Boost,
    DateRange,
    Keyword,
    MatchAll,
    Not,
    Or,
    Query,
    Undated,
    WordLeaf,
    fields_of,
    word_leaves,
)
from searchkit.ranking import PROXIMITY_SLOP, Pair, count_repeats, pair_weight, pairs

_US_PER_DAY = 86_400_000_000
_LAST_MOMENT = (1 << 63) - 1
# Among up to so many articles so many pairs of a query are looked up together.
_FEW_ARTICLES = 1_000
_FEW_PAIRS = 32

Matches = Any  # of the kernel in use: arrays.Matches or lists.Matches


class Evaluation:
    """One search over one snapshot."""

    def __init__(self, snapshot: Snapshot, query: Query, options: SearchOptions) -> None:
        self._deadline = Deadline(options.timeout_s)
        self._snapshot, self._query, self._options = snapshot, count_repeats(query), options
        self._deadline.check()
        leaves = Leaves(snapshot, options, self._deadline)
        words = list(dict.fromkeys(word_leaves(self._query, negated=True)))
        self._kernel: ModuleType = choose_kernel(lambda: self._cost(leaves, words), snapshot)
        self._leaves = leaves.scored(words, self._kernel)
        self._pairs = self._weighted_pairs(query)
        self._matches = self._match(self._query)

    @property
    def total(self) -> int:
        """How many articles match."""
        return len(self._matches)

    def result(self) -> SearchResult:
        """The hits asked for."""
        ordered = self._ordered()
        self._deadline.check()
        hits = (
            Hit(rank, score, self._snapshot.article(article), self._parts(article))
            for rank, (article, score) in enumerate(ordered, self._options.offset + 1)
        )
        return SearchResult(tuple(hits) if self._options.limit else hits, self.total)

    # --- words ---

    def _cost(self, leaves: Leaves, words: Sequence[WordLeaf]) -> int:
        """About how many postings will be read."""
        scans = _scans(self._query) + (self._options.sort != "score")
        return sum(map(leaves.postings, words)) + scans * self._snapshot.articles

    # --- pairs ---

    def _weighted_pairs(self, query: Query) -> list[tuple[Pair, float]]:
        """The pairs that count, each with what stands for its idf."""
        found = []
        for pair in pairs(query):
            first, second = self._leaves[pair.first], self._leaves[pair.second]
            weight = pair_weight(pair, (first.df, second.df), self._snapshot.articles)
            if weight:
                found.append((pair, weight))
        return found

    def _with_pairs(self, matches: Matches) -> Matches:
        """Some articles, all that their pairs add counted in."""
        if not len(matches):
            return matches
        for names, group in groupby(self._pairs, lambda weighted: fields_of(weighted[0].first)):
            fields = weighted_fields(self._snapshot, self._options, names)
            words = [(*self._words_of(pair), weight) for pair, weight in group]
            together = _FEW_PAIRS if len(matches) <= _FEW_ARTICLES else 1
            for at in range(0, len(words), together):
                self._deadline.check()
                some = words[at : at + together]
                matches = self._kernel.with_pairs(
                    self._snapshot, fields, some, PROXIMITY_SLOP, self._options.ranking, matches
                )
        return matches

    def _words_of(self, pair: Pair) -> tuple[Any, Any]:
        return self._leaves[pair.first].word, self._leaves[pair.second].word

    def _contenders(self, count: int) -> Matches:
        """The articles that may be among the `count` best once pairs are counted in: those whose score so far is within
        reach of the last of the best so far."""
        best = self._kernel.best_scores(self._matches, count)
        if len(best) < count:
            return self._matches
        reach = sum(weight for _, weight in self._pairs) * (self._options.ranking.k1 + 1.0)
        return self._kernel.at_least(self._matches, min(best) - reach * (1.0 + 1e-9))

    # --- the tree ---

    def _match(self, node: Query) -> Matches:
        kernel, snapshot = self._kernel, self._snapshot
        self._deadline.check()
        match node:
            case And(children=children):
                kept = [self._match(child) for child in children if not isinstance(child, Not)]
                matches = kernel.intersection(snapshot, kept) if kept else kernel.everything(snapshot)
                for child in children:
                    if isinstance(child, Not):
                        matches = kernel.without(matches, self._match(child.child))
                return matches
            case Or(children=children):
                return kernel.union(snapshot, [self._match(child) for child in children])
            case Not(child=child):
                return kernel.without(kernel.everything(snapshot), self._match(child))
            case Boost(child=child, factor=factor):
                return kernel.boosted(self._match(child), factor)
            case MatchAll():
                return kernel.everything(snapshot)
            case Undated():
                return kernel.undated(snapshot)
            case DateRange(start=start, end=end):
                first = start.toordinal() * _US_PER_DAY if start else NO_MOMENT
                last = (end.toordinal() + 1) * _US_PER_DAY if end else _LAST_MOMENT
                return kernel.between(snapshot, first, last)
            case Keyword():
                return self._keyword(node)
            case _:
                return self._leaves[node].matches

    def _keyword(self, node: Keyword) -> Matches:
        value = node.value
        if node.field == "id":
            views = self._snapshot.views
            numbers = [view.base + own for view in views for own in view.segment.articles_of_id_prefix(value)]
            return self._kernel.chosen(self._snapshot, numbers)
        return self._kernel.in_table(
            self._snapshot, "language", lambda tag: tag == value or tag.startswith(f"{value}-")
        )

    # --- the hits ---

    def _ordered(self) -> Iterator[tuple[int, float]]:
        """The hits asked for: the article, its score."""
        options, kernel = self._options, self._kernel
        end = options.offset + options.limit if options.limit else None
        by_score = options.sort == "score"
        found = self._matches
        if by_score and self._pairs:
            if end is not None and not options.reverse:
                found = self._contenders(end)
            found = self._with_pairs(found)
        rows = sorted(kernel.ranked(self._snapshot, found, options.sort, options.reverse, end))
        places = [(article, score) for _, _, article, score in rows[options.offset : end]]
        if not by_score and self._pairs:
            # In the order of a date or title, what pairs add counted in.
            rescored = self._with_pairs(kernel.only(found, [article for article, _ in places]))
            places = [(article, kernel.score_of(rescored, article)) for article, _ in places]
        yield from places

    def _parts(self, article: int) -> tuple[tuple[str, float], ...]:
        """What each leaf, and each pair, adds to the score of a hit, when asked."""
        if not self._options.explain:
            return ()
        return (*self._leaf_parts(self._query, article, 1.0), *self._pair_parts(article))

    def _pair_parts(self, article: int) -> Iterator[tuple[str, float]]:
        for label, scores in self._pair_scores:
            score = self._kernel.score_of(scores, article)
            if score is not None:
                yield label, score

    @cached_property
    def _pair_scores(self) -> list[tuple[str, Matches]]:
        """What each pair scores, wherever its words stand near one another."""
        kernel, ranking, snapshot = self._kernel, self._options.ranking, self._snapshot
        scores = []
        for pair, weight in self._pairs:
            self._deadline.check()
            fields = weighted_fields(snapshot, self._options, fields_of(pair.first))
            near = kernel.phrase(snapshot, fields, self._words_of(pair), PROXIMITY_SLOP, ranking.b)
            scores.append((pair.label, kernel.scored(near, weight, ranking.k1)))
        return scores

    def _leaf_parts(self, node: Query, article: int, factor: float) -> Iterator[tuple[str, float]]:
        match node:
            case And(children=children) | Or(children=children):
                for child in children:
                    # A child that does not match as a whole adds nothing, though leaves in it may.
                    if self._kernel.score_of(self._match(child), article) is not None:
                        yield from self._leaf_parts(child, article, factor)
            case Boost(child=child, factor=more):
                yield from self._leaf_parts(child, article, factor * more)
            case Not() | MatchAll() | Keyword() | DateRange() | Undated():
                return
            case _:
                score = self._kernel.score_of(self._leaves[node].matches, article)
                if score is not None:
                    yield str(node), score * factor


def _scans(query: Query) -> int:
    """How many nodes of a tree look at every article."""
    match query:
        case And(children=children) | Or(children=children):
            return sum(map(_scans, children))
        case Not(child=child):
            return 1 + _scans(child)
        case Boost(child=child):
            return _scans(child)
        case MatchAll() | DateRange() | Undated():
            return 1
        case Keyword(field=field):
            return int(field == "lang")
    return 0
