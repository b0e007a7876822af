"""A query over a snapshot: expand its words, find where they occur, score them, combine the tree, choose the best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

from searchkit.engine import Hit, SearchOptions, SearchResult
from searchkit.engines.shared import Deadline, check_expansions
from searchkit.engines.whoosh.expansion import expand
from searchkit.engines.whoosh.kernels import choose_kernel
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
    Undated,
    WordLeaf,
    fields_of,
    word_leaves,
)
from searchkit.ranking import count_repeats, idf

_US_PER_DAY = 86_400_000_000
_LAST_MOMENT = (1 << 63) - 1

Matches = Any  # of the kernel in use: arrays.Matches or lists.Matches
# For each field that has any: its number, weight, mean length, and for each word position the entries.
Occurrences = list[tuple[int, float, float, list[list[Entry]]]]


class Evaluation:
    """One search over one snapshot."""

    def __init__(self, snapshot: Snapshot, query: Query, options: SearchOptions) -> None:
        self._deadline = Deadline(options.timeout_s)
        query = count_repeats(query)
        self._snapshot, self._query, self._options = snapshot, query, options
        self._expansions: dict[WordLeaf, int] = {}
        leaves = list(dict.fromkeys(word_leaves(query, negated=True)))
        found = {leaf: [self._occurrences(view, leaf) for view in snapshot.views] for leaf in leaves}
        self._deadline.check()
        self._kernel: ModuleType = choose_kernel(self._cost(query, found))
        self._leaves = {leaf: self._score_leaf(leaf, found[leaf]) for leaf in leaves}
        self._matches = []
        for number, view in enumerate(snapshot.views):
            self._deadline.check()
            self._matches.append(self._match(query, number, view))

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

    def _occurrences(self, view: View, leaf: WordLeaf) -> Occurrences:
        """The entries of the words that a leaf stands for, by field."""
        self._deadline.check()
        positions = expand(view.segment, leaf, self._options.language)
        if len(positions) == 1:
            # Summed over the segments, words in several of them more than once: counted well only when that is too many.
            self._expansions[leaf] = self._expansions.get(leaf, 0) + len(positions[0])
            if self._expansions[leaf] > self._options.max_expansions:
                self._check_expansions(leaf)
        return self._entries(view, leaf, positions)

    def _entries(self, view: View, leaf: WordLeaf, positions: Sequence[Sequence[int]]) -> Occurrences:
        """The entries of words, given by their numbers for each word position, in the fields of a leaf."""
        terms = view.segment.terms
        wanted = [WORD_FIELDS.index(field) for field in fields_of(leaf)]
        by_field: dict[int, list[list[Entry]]] = {field: [[] for _ in positions] for field in wanted}
        for place, numbers in enumerate(positions):
            for number in numbers:
                for entry in terms.entries(number):
                    if entry.field in by_field:
                        by_field[entry.field][place].append(entry)
        weight, means = self._options.ranking.weight, self._snapshot.mean_lengths
        return [
            (field, weight(WORD_FIELDS[field]), means[field], entries)
            for field, entries in by_field.items()
            if all(entries)
        ]

    def _check_expansions(self, leaf: WordLeaf) -> None:
        from searchkit.engines.whoosh.words import expanded_words

        check_expansions(leaf, len(expanded_words(self._snapshot, leaf, self._options)), self._options.max_expansions)

    def _cost(self, query: Query, found: dict[WordLeaf, list[Occurrences]]) -> int:
        """About how many postings will be read."""
        words = sum(
            entry.df
            for occurrences in found.values()
            for by_field in occurrences
            for _, _, _, positions in by_field
            for entries in positions
            for entry in entries
        )
        scans = _scans(query) + (self._options.sort != "score")
        return words + scans * self._snapshot.articles

    def _score_leaf(self, leaf: WordLeaf, found: Sequence[Occurrences]) -> list[Matches]:
        kernel, ranking = self._kernel, self._options.ranking
        if isinstance(leaf, Phrase) and len(leaf.words) > 1:
            frequencies = [
                kernel.phrase(view, by_field, leaf.slop, ranking.b) if by_field else kernel.nothing()
                for view, by_field in zip(self._snapshot.views, found, strict=True)
            ]
        else:
            frequencies = [
                kernel.occurrences(view, [(*head, entries[0]) for *head, entries in by_field], ranking.b)
                if by_field
                else kernel.nothing()
                for view, by_field in zip(self._snapshot.views, found, strict=True)
            ]
        self._deadline.check()
        word_idf = idf(sum(map(len, frequencies)), self._snapshot.articles)
        scores = [kernel.scored(matches, word_idf, ranking.k1) for matches in frequencies]
        if isinstance(leaf, Fuzzy):
            lift = word_idf * (ranking.k1 + 1.0) / 2
            holders = [self._holders(view, leaf) for view in self._snapshot.views]
            return [kernel.lifted(score, holder, lift) for score, holder in zip(scores, holders, strict=True)]
        return scores

    def _holders(self, view: View, leaf: Fuzzy) -> Matches:
        """Articles that hold the very word of a fuzzy leaf."""
        number = view.segment.terms.number(leaf.word.encode("utf-8", "surrogatepass"))
        found = [] if number is None else self._entries(view, leaf, [[number]])
        by_field = [(*head, entries[0]) for *head, entries in found]
        return self._kernel.occurrences(view, by_field, self._options.ranking.b) if by_field else self._kernel.nothing()

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
                return self._leaves[node][number]

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
        views = list(enumerate(zip(self._snapshot.views, self._matches, strict=True)))
        chosen = []
        for number, (view, matches) in views:
            chosen += [(*row, number) for row in self._kernel.ranked(view, matches, options.sort, options.reverse, end)]
        chosen.sort()
        for _, _, article, score, number in chosen[options.offset : end]:
            yield number, self._snapshot.views[number], article, score

    def _parts(self, number: int, article: int) -> tuple[tuple[str, float], ...]:
        """What each leaf adds to the score of a hit, when asked."""
        if not self._options.explain:
            return ()
        return tuple(self._leaf_parts(self._query, number, article, 1.0))

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
                score = self._kernel.score_of(self._leaves[node][number], article)
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
