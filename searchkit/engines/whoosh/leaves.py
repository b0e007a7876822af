"""The leaves of a query over a snapshot: which words they stand for, where these occur, and how that scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from operator import itemgetter
from types import ModuleType
from typing import Any

from searchkit.engine import SearchOptions
from searchkit.engines.shared import Deadline, check_expansions
from searchkit.engines.whoosh.expansion import expand
from searchkit.engines.whoosh.segment import Entry
from searchkit.engines.whoosh.snapshot import Leaf, Occurrences, Snapshot, View
from searchkit.fieldtext import WORD_FIELDS
from searchkit.query import Fuzzy, Phrase, Term, WordLeaf, fields_of
from searchkit.ranking import idf

# Words of up to so many postings in all are read and scored together; arrays of more leave the processor's cache.
_BATCH_POSTINGS = 16_000
_LAYER_AND_PLACE = itemgetter(0, 1)


def weighted_fields(snapshot: Snapshot, options: SearchOptions, names: Sequence[str]) -> list[tuple[int, float, float]]:
    """Of some fields: number, weight, mean length."""
    numbers = map(WORD_FIELDS.index, names)
    weight, means = options.ranking.weight, snapshot.mean_lengths
    return [(number, weight(WORD_FIELDS[number]), means[number]) for number in numbers]


class Leaves:
    """Those of one search over one snapshot."""

    def __init__(self, snapshot: Snapshot, options: SearchOptions, deadline: Deadline) -> None:
        self._snapshot, self._options, self._deadline = snapshot, options, deadline
        self._expanded: dict[WordLeaf, Sequence[Occurrences]] = {}

    def postings(self, leaf: WordLeaf) -> int:
        """How many postings a leaf has."""
        return sum(entry.df for occurrences in self._occurrences(leaf) for *_, entry in occurrences)

    def scored(self, leaves: Sequence[WordLeaf], kernel: ModuleType) -> dict[WordLeaf, Leaf]:
        """Where leaves match, with scores; from an earlier query where one had them."""
        options, known = self._options, self._snapshot.leaves
        found: dict[WordLeaf, Leaf] = {}
        missing: dict[tuple[str, ...], list[WordLeaf]] = {}
        circumstances = (kernel.__name__, options.language, options.ranking, options.max_expansions)
        for leaf in leaves:
            kept = known.get((leaf, circumstances))
            if kept is None:
                missing.setdefault(fields_of(leaf), []).append(leaf)
            else:
                found[leaf] = kept
        for some in missing.values():
            for batch in self._batches(some):
                for leaf, scored in zip(batch, self._score(batch, kernel), strict=True):
                    size_bytes = kernel.size_bytes(self._snapshot, scored.matches, scored.word)
                    known.keep((leaf, circumstances), scored, size_bytes)
                    found[leaf] = scored
        return found

    def _batches(self, leaves: Sequence[WordLeaf]) -> Iterator[list[WordLeaf]]:
        """Leaves to read and score together, which saves calls where their postings are few."""
        batch: list[WordLeaf] = []
        postings = 0
        for leaf in leaves:
            own = self.postings(leaf)
            if batch and postings + own > _BATCH_POSTINGS:
                yield batch
                batch, postings = [], 0
            batch.append(leaf)
            postings += own
        if batch:
            yield batch

    def _score(self, leaves: Sequence[WordLeaf], kernel: ModuleType) -> Iterator[Leaf]:
        """Some leaves, all in the same fields, read and scored."""
        snapshot, ranking = self._snapshot, self._options.ranking
        fields = weighted_fields(snapshot, self._options, fields_of(leaves[0]))
        found = [occurrences if all(occurrences) else () for occurrences in map(self._occurrences, leaves)]
        read = iter(kernel.read(snapshot, fields, [each for occurrences in found for each in occurrences]))
        words = [list(islice(read, len(occurrences))) for occurrences in found]
        alone = iter(kernel.occurrences(snapshot, fields, [own[0] for own in words if len(own) == 1], ranking.b))
        for leaf, own in zip(leaves, words, strict=True):
            self._deadline.check()
            if not own:
                frequencies = kernel.nothing()
            elif len(own) == 1:
                frequencies = next(alone)
            else:
                slop = leaf.slop if isinstance(leaf, Phrase) else 0
                frequencies = kernel.phrase(snapshot, fields, own, slop, ranking.b)
            df = len(frequencies)
            word_idf = idf(df, snapshot.articles)
            scores = kernel.scored(frequencies, word_idf, ranking.k1)
            if isinstance(leaf, Fuzzy):
                holders = self._holders(leaf, fields, kernel)
                scores = kernel.lifted(scores, holders, word_idf * (ranking.k1 + 1.0) / 2)
            yield Leaf(df, scores, own[0] if own and isinstance(leaf, Term) else None)

    def _occurrences(self, leaf: WordLeaf) -> Sequence[Occurrences]:
        """For each word position of a leaf the entries of the words that it stands for."""
        found = self._expanded.get(leaf)
        if found is None:
            self._deadline.check()
            numbers = [expand(view.segment, leaf, self._options.language) for view in self._snapshot.views]
            # Summed over the segments, words in several of them more than once: counted well only when that is too many.
            if sum(len(each[0]) for each in numbers if len(each) == 1) > self._options.max_expansions:
                self._check_expansions(leaf)
            found = self._expanded[leaf] = _entries(self._snapshot.views, leaf, numbers)
        return found

    def _check_expansions(self, leaf: WordLeaf) -> None:
        from searchkit.engines.whoosh.words import expanded_words

        check_expansions(leaf, len(expanded_words(self._snapshot, leaf, self._options)), self._options.max_expansions)

    def _holders(self, leaf: Fuzzy, fields: Sequence[tuple[int, float, float]], kernel: ModuleType) -> Any:
        """Articles that hold the very word of a fuzzy leaf."""
        word = leaf.word.encode("utf-8", "surrogatepass")
        snapshot = self._snapshot
        numbers = [view.segment.terms.number(word) for view in snapshot.views]
        (own,) = _entries(snapshot.views, leaf, [[[] if number is None else [number]] for number in numbers])
        if not own:
            return kernel.nothing()
        (found,) = kernel.occurrences(snapshot, fields, kernel.read(snapshot, fields, [own]), self._options.ranking.b)
        return found


def _entries(
    views: Sequence[View], leaf: WordLeaf, numbers: Sequence[Sequence[Sequence[int]]]
) -> Sequence[Occurrences]:
    """For each word position of a leaf the entries of words, given by their numbers for each view and position, in the
    fields of a segment in which all positions occur."""
    places = _places_of(fields_of(leaf))
    found: list[list[tuple[int, int, View, Entry]]] = [[] for _ in (numbers[0] if numbers else "1")]
    for view, by_position in zip(views, numbers, strict=True):
        for rows, some in zip(found, by_position, strict=True):
            layers: dict[int, int] = {}
            for entry in view.segment.terms.entries_of(some):
                place = places.get(entry.field)
                if place is not None:
                    layer = layers.get(place, 0)
                    layers[place] = layer + 1
                    rows.append((layer, place, view, entry))
    if len(found) > 1:
        common = set.intersection(*({(place, view) for _, place, view, _ in rows} for rows in found))
        found = [[row for row in rows if row[1:3] in common] for rows in found]
    for rows in found:
        rows.sort(key=_LAYER_AND_PLACE)
    return found


@cache
def _places_of(fields: tuple[str, ...]) -> dict[int, int]:
    """The place of each of some fields, by its number."""
    return {WORD_FIELDS.index(field): place for place, field in enumerate(fields)}
