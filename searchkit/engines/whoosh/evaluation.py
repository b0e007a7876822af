"""A query over a snapshot: expand its words, find where they occur, score them, combine the tree, choose the best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import nlargest
from itertools import chain
from types import ModuleType
from typing import Any

from searchkit.engine import Hit, SearchOptions, SearchResult
from searchkit.engines.shared import Deadline, check_expansions
from searchkit.engines.whoosh.expansion import expand
from searchkit.engines.whoosh.kernels import choose_kernel
from searchkit.engines.whoosh.leafcache import Leaf
from searchkit.engines.whoosh.segment import NO_MOMENT, Entry
from searchkit.engines.whoosh.snapshot import Snapshot, View
from searchkit.fieldtext import WORD_FIELDS
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
    Query,
    Term,
    Undated,
    WordLeaf,
    fields_of,
    word_leaves,
)
from searchkit.ranking import PROXIMITY_SLOP, Pair, count_repeats, idf, pair_weight, pairs

_US_PER_DAY = 86_400_000_000
_LAST_MOMENT = (1 << 63) - 1

Matches = Any  # of the kernel in use: arrays.Matches or lists.Matches
# For each word position of a leaf: the place of a field among those of the leaf, and the entries of the words there.
Occurrences = list[list[tuple[int, list[Entry]]]]


class Evaluation:
    """One search over one snapshot."""

    def __init__(self, snapshot: Snapshot, query: Query, options: SearchOptions) -> None:
        self._deadline = Deadline(options.timeout_s)
        self._snapshot, self._query, self._options = snapshot, count_repeats(query), options
        self._expanded: dict[WordLeaf, list[Occurrences]] = {}
        self._deadline.check()
        leaves = list(dict.fromkeys(word_leaves(self._query, negated=True)))
        self._kernel: ModuleType = choose_kernel(lambda: self._cost(leaves), snapshot)
        self._leaves = {leaf: self._leaf(leaf) for leaf in leaves}
        self._pairs = self._weighted_pairs(query)
        self._matches = []
        for number, view in enumerate(snapshot.views):
            self._deadline.check()
            self._matches.append(self._match(self._query, number, view))

    @property
    def total(self) -> int:
        """How many articles match."""
        return sum(map(len, self._matches))

    def result(self) -> SearchResult:
        """The hits asked for."""
        ordered = self._ordered()
        self._deadline.check()
        hits = (
            Hit(rank, score, view.segment.article(article), self._parts(number, article))
            for rank, (number, view, article, score) in enumerate(ordered, self._options.offset + 1)
        )
        return SearchResult(tuple(hits) if self._options.limit else hits, self.total)

    # --- words ---

    def _occurrences(self, leaf: WordLeaf) -> list[Occurrences]:
        """The entries of the words that a leaf stands for, in each view."""
        found = self._expanded.get(leaf)
        if found is None:
            self._deadline.check()
            numbers = [expand(view.segment, leaf, self._options.language) for view in self._snapshot.views]
            # Summed over the segments, words in several of them more than once: counted well only when that is too many.
            if sum(len(each[0]) for each in numbers if len(each) == 1) > self._options.max_expansions:
                self._check_expansions(leaf)
            views = zip(self._snapshot.views, numbers, strict=True)
            found = self._expanded[leaf] = [_entries(view, leaf, each) for view, each in views]
        return found

    def _check_expansions(self, leaf: WordLeaf) -> None:
        from searchkit.engines.whoosh.words import expanded_words

        check_expansions(leaf, len(expanded_words(self._snapshot, leaf, self._options)), self._options.max_expansions)

    def _cost(self, leaves: Sequence[WordLeaf]) -> int:
        """About how many postings will be read."""
        words = sum(
            entry.df
            for leaf in leaves
            for by_view in self._occurrences(leaf)
            for by_place in by_view
            for _, entries in by_place
            for entry in entries
        )
        scans = _scans(self._query) + (self._options.sort != "score")
        return words + scans * self._snapshot.articles

    def _leaf(self, leaf: WordLeaf) -> Leaf:
        """Where a leaf matches, with scores; from an earlier query where one had it."""
        kernel, options, known = self._kernel, self._options, self._snapshot.leaves
        key = (kernel.__name__, leaf, options.language, options.ranking, options.max_expansions)
        found = known.get(key)
        if found is None:
            found = self._score_leaf(leaf)
            known.keep(key, found, kernel.size_bytes(found.matches, found.words))
        return found

    def _score_leaf(self, leaf: WordLeaf) -> Leaf:
        kernel, ranking, fields = self._kernel, self._options.ranking, self._fields(leaf)
        frequencies, kept = [], []
        for view, by_position in zip(self._snapshot.views, self._occurrences(leaf), strict=True):
            words = [kernel.read(view, by_place) for by_place in by_position] if all(by_position) else []
            kept.append(words[0] if words and isinstance(leaf, Term) else None)
            if not words:
                frequencies.append(kernel.nothing())
            elif len(words) == 1:
                frequencies.append(kernel.occurrences(view, fields, words[0], ranking.b))
            else:
                slop = leaf.slop if isinstance(leaf, Phrase) else 0
                frequencies.append(kernel.phrase(view, fields, words, slop, ranking.b))
            self._deadline.check()
        df = sum(map(len, frequencies))
        word_idf = idf(df, self._snapshot.articles)
        scores = [kernel.scored(matches, word_idf, ranking.k1) for matches in frequencies]
        if isinstance(leaf, Fuzzy):
            lift = word_idf * (ranking.k1 + 1.0) / 2
            holders = [self._holders(view, leaf) for view in self._snapshot.views]
            scores = [kernel.lifted(score, holder, lift) for score, holder in zip(scores, holders, strict=True)]
        return Leaf(df, scores, kept)

    def _fields(self, leaf: WordLeaf) -> list[tuple[int, float, float]]:
        """The fields of a leaf: number, weight, mean length."""
        numbers = map(WORD_FIELDS.index, fields_of(leaf))
        weight, means = self._options.ranking.weight, self._snapshot.mean_lengths
        return [(number, weight(WORD_FIELDS[number]), means[number]) for number in numbers]

    def _holders(self, view: View, leaf: Fuzzy) -> Matches:
        """Articles that hold the very word of a fuzzy leaf."""
        number = view.segment.terms.number(leaf.word.encode("utf-8", "surrogatepass"))
        (by_place,) = _entries(view, leaf, [[] if number is None else [number]])
        if not by_place:
            return self._kernel.nothing()
        word = self._kernel.read(view, by_place)
        return self._kernel.occurrences(view, self._fields(leaf), word, self._options.ranking.b)

    # --- pairs ---

    def _weighted_pairs(self, query: Query) -> list[tuple[Pair, float]]:
        """The pairs that count, each with what stands for its idf."""
        found = []
        for pair in pairs(query):
            df = self._leaves[pair.first].df, self._leaves[pair.second].df
            weight = pair_weight(pair, df, self._snapshot.articles)
            if weight:
                found.append((pair, weight))
        return found

    def _near(self, number: int, pair: Pair, weight: float, among: Matches) -> Matches:
        """What a pair adds to the scores of some articles of a view."""
        kernel, ranking = self._kernel, self._options.ranking
        words = [self._leaves[word].words[number] for word in (pair.first, pair.second)]
        if not len(among) or None in words:
            return kernel.nothing()
        view, fields = self._snapshot.views[number], self._fields(pair.first)
        frequencies = kernel.near(view, fields, words, PROXIMITY_SLOP, ranking.b, among)
        return kernel.scored(frequencies, weight, ranking.k1)

    def _with_pairs(self, number: int, matches: Matches) -> Matches:
        """Some articles of a view, all that their pairs add counted in."""
        for pair, weight in self._pairs:
            self._deadline.check()
            matches = self._kernel.added(matches, self._near(number, pair, weight, matches))
        return matches

    def _contenders(self, count: int) -> list[Matches]:
        """For each view the articles that may be among the `count` best once pairs are counted in: those whose score so
        far is within reach of the last of the best so far."""
        kernel = self._kernel
        best = nlargest(count, chain.from_iterable(kernel.best_scores(matches, count) for matches in self._matches))
        if len(best) < count:
            return self._matches
        reach = sum(weight for _, weight in self._pairs) * (self._options.ranking.k1 + 1.0)
        least = best[-1] - reach * (1.0 + 1e-9)
        return [kernel.at_least(matches, least) for matches in self._matches]

    # --- the tree ---

    def _match(self, node: Query, number: int, view: View) -> Matches:
        kernel = self._kernel
        match node:
            case And(children=children):
                kept = [self._match(child, number, view) for child in children if not isinstance(child, Not)]
                matches = kernel.intersection(view, kept) if kept else kernel.everything(view)
                for child in children:
                    if isinstance(child, Not):
                        matches = kernel.without(matches, self._match(child.child, number, view))
                return matches
            case Or(children=children):
                return kernel.union(view, [self._match(child, number, view) for child in children])
            case Not(child=child):
                return kernel.without(kernel.everything(view), self._match(child, number, view))
            case Boost(child=child, factor=factor):
                return kernel.boosted(self._match(child, number, view), factor)
            case MatchAll():
                return kernel.everything(view)
            case Undated():
                return kernel.undated(view)
            case DateRange(start=start, end=end):
                first = start.toordinal() * _US_PER_DAY if start else NO_MOMENT
                last = (end.toordinal() + 1) * _US_PER_DAY if end else _LAST_MOMENT
                return kernel.between(view, first, last)
            case Keyword():
                return self._keyword(node, view)
            case _:
                return self._leaves[node].matches[number]

    def _keyword(self, node: Keyword, view: View) -> Matches:
        segment = view.segment
        if node.field == "id":
            return self._kernel.chosen(view, list(segment.articles_of_id_prefix(node.value)))
        tags = segment.table("language")
        wanted = [n for n, tag in enumerate(tags) if tag == node.value or tag.startswith(f"{node.value}-")]
        return self._kernel.in_table(view, "language", wanted)

    # --- the hits ---

    def _ordered(self) -> Iterator[tuple[int, View, int, float]]:
        """The hits asked for: the number of the view, the view, the article, its score."""
        options = self._options
        end = options.offset + options.limit if options.limit else None
        by_score = options.sort == "score"
        found = self._matches
        if by_score and self._pairs:
            if end is not None and not options.reverse:
                found = self._contenders(end)
            found = [self._with_pairs(number, matches) for number, matches in enumerate(found)]
        rows = []
        for number, (view, matches) in enumerate(zip(self._snapshot.views, found, strict=True)):
            rows += [(*row, number) for row in self._kernel.ranked(view, matches, options.sort, options.reverse, end)]
        rows.sort()
        places = [(number, article, score) for _, _, article, score, number in rows[options.offset : end]]
        if not by_score and self._pairs:
            places = self._rescored(places)
        for number, article, score in places:
            yield number, self._snapshot.views[number], article, score

    def _rescored(self, places: Sequence[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
        """Hits in the order of a date or title, what pairs add counted in."""
        by_view: dict[int, list[int]] = {}
        for number, article, _ in places:
            by_view.setdefault(number, []).append(article)
        kernel = self._kernel
        scores = {
            number: self._with_pairs(number, kernel.only(self._matches[number], articles))
            for number, articles in by_view.items()
        }
        return [(number, article, kernel.score_of(scores[number], article)) for number, article, _ in places]

    def _parts(self, number: int, article: int) -> tuple[tuple[str, float], ...]:
        """What each leaf, and each pair, adds to the score of a hit, when asked."""
        if not self._options.explain:
            return ()
        return (*self._leaf_parts(self._query, number, article, 1.0), *self._pair_parts(number, article))

    def _pair_parts(self, number: int, article: int) -> Iterator[tuple[str, float]]:
        hit = self._kernel.only(self._matches[number], [article])
        for pair, weight in self._pairs:
            score = self._kernel.score_of(self._near(number, pair, weight, hit), article)
            if score is not None:
                yield pair.label, score

    def _leaf_parts(self, node: Query, number: int, article: int, factor: float) -> Iterator[tuple[str, float]]:
        view = self._snapshot.views[number]
        match node:
            case And(children=children) | Or(children=children):
                for child in children:
                    # A child that does not match as a whole adds nothing, though leaves in it may.
                    if self._kernel.score_of(self._match(child, number, view), article) is not None:
                        yield from self._leaf_parts(child, number, article, factor)
            case Boost(child=child, factor=more):
                yield from self._leaf_parts(child, number, article, factor * more)
            case Not() | MatchAll() | Keyword() | DateRange() | Undated():
                return
            case _:
                score = self._kernel.score_of(self._leaves[node].matches[number], article)
                if score is not None:
                    yield str(node), score * factor


def _entries(view: View, leaf: WordLeaf, numbers: Sequence[Sequence[int]]) -> Occurrences:
    """The entries of words, given by their numbers for each word position, in the fields in which all positions occur."""
    terms = view.segment.terms
    places = {WORD_FIELDS.index(field): place for place, field in enumerate(fields_of(leaf))}
    by_position: list[dict[int, list[Entry]]] = []
    for some in numbers:
        by_place: dict[int, list[Entry]] = {}
        for number in some:
            for entry in terms.entries(number):
                if entry.field in places:
                    by_place.setdefault(places[entry.field], []).append(entry)
        by_position.append(by_place)
    common = sorted(set(by_position[0]).intersection(*by_position[1:]))
    return [[(place, by_place[place]) for place in common] for by_place in by_position]


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
