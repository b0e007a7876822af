"""Evaluation over numpy arrays: postings, phrases, and the algebra of matches, over all segments of a snapshot at once.

`lists.py` does the same over plain lists, for queries too short to wait for numpy; both have the same functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest, nsmallest
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from searchkit.engine import Ranking
from searchkit.engines.whoosh.ordered import Ints, is_new
from searchkit.engines.whoosh.postings import (
    Word,
    are_among,
    is_among,
    joined,
    pair_runs,
    read_words,
    runs,
)
from searchkit.engines.whoosh.segment import NO_MOMENT
from searchkit.engines.whoosh.snapshot import Descending, Occurrences, Row, Snapshot

Floats = NDArray[np.float64]
Fields = Sequence[tuple[int, float, float]]
"""The fields asked for: number, weight, mean length."""

_NOTHING = np.empty(0, np.int64)
# Where at least one of so many articles matches, whole rows are added.
_ROW_SHARE = 4


@dataclass(slots=True, eq=False)
class Matches:
    """Numbers of articles, ascending, and their scores."""

    articles: Ints
    scores: Floats
    _row: Floats | None = None

    def __len__(self) -> int:
        return len(self.articles)

    def row(self, count: int) -> Floats:
        """The scores of all articles of a snapshot, 0 for those that are not here; made once."""
        if self._row is None:
            self._row = np.zeros(count)
            self._row[self.articles] = self.scores
        return self._row

    def fills_row(self, count: int) -> bool:
        """Whether that many articles match that adding whole rows takes less time than adding one by one."""
        return len(self.articles) * _ROW_SHARE > count


def nothing() -> Matches:
    return Matches(_NOTHING, np.empty(0))


def size_bytes(snapshot: Snapshot, matches: Matches, word: Word | None) -> int:
    """What a leaf takes in memory with its key, roughly: short ones mostly for the arrays themselves."""
    of_word = 1_200 + word.entries.nbytes + 16 * len(word.slots) if word else 0
    of_row = 8 * snapshot.count if matches.fills_row(snapshot.count) else 0
    return of_word + of_row + 1_100 + 16 * len(matches)


# --- words -------------------------------------------------------------------------------------------------------


def read(snapshot: Snapshot, fields: Fields, several: Sequence[Occurrences]) -> list[Word]:
    """The postings of some words."""
    return read_words(snapshot.views, len(fields), several)


def occurrences(snapshot: Snapshot, fields: Fields, words: Sequence[Word], b: float) -> list[Matches]:
    """Where each word occurs. Scores are the weighted frequencies, summed over the fields."""
    if not words:
        return []
    count = snapshot.count
    slots, frequencies = joined([word.slots for word in words]), joined([word.frequencies for word in words])
    weighted = snapshot.factors(fields, b).ravel().take(slots, mode="wrap") * frequencies
    layers, places, df, *_ = np.concatenate([word.entries for word in words], axis=1)
    of_word = np.arange(len(words)).repeat([word.entries.shape[1] for word in words])
    numbers, weighted = _summed(
        len(words) * count, slots + ((of_word - places) * count - layers * words[0].size).repeat(df), weighted
    )
    if len(words) == 1:
        return [_living(snapshot, Matches(numbers, weighted))]
    bounds = numbers.searchsorted([number * count for number in range(len(words) + 1)]).tolist()
    return [
        _living(snapshot, Matches(numbers[start:end] - number * count, weighted[start:end]))
        for number, (start, end) in enumerate(pairwise(bounds))
    ]


def phrase(snapshot: Snapshot, fields: Fields, words: Sequence[Word], slop: int, b: float) -> Matches:
    """Where words occur in order with at most `slop` others between."""
    keys, counts = runs(words, slop)
    return _living(snapshot, Matches(*_weighted(snapshot, fields, keys, counts, b)))


def with_pairs(
    snapshot: Snapshot,
    fields: Fields,
    pairs: Sequence[tuple[Word, Word, float]],
    slop: int,
    ranking: Ranking,
    among: Matches,
) -> Matches:
    """Some articles, added to their scores what each pair of words with its weight scores as a `phrase`, in turn."""
    wanted = np.add.outer(np.arange(len(fields)) * snapshot.count, among.articles).ravel()
    found, counts = pair_runs([(first, second) for first, second, _ in pairs], slop, wanted)
    if not len(found):
        return among
    found, weighted = _weighted(snapshot, fields, found, counts, ranking.b, len(pairs))
    numbers = found // snapshot.count
    weights = np.array([weight for *_, weight in pairs])[numbers]
    scores = among.scores.copy()
    at = among.articles.searchsorted(found - numbers * snapshot.count)
    np.add.at(scores, at, _saturated(weighted, weights, ranking.k1))
    return Matches(among.articles, scores)


def _weighted(
    snapshot: Snapshot, fields: Fields, keys: Ints, counts: Ints, b: float, several: int = 1
) -> tuple[Ints, Floats]:
    """Where phrases occur, by key, and how often, as weighted frequencies by article, ascending. The keys of each of
    several phrases are by a word's `size` more than those of the one before, its articles `snapshot.count` more."""
    rows, articles = np.divmod(keys, snapshot.count)
    phrases, places = np.divmod(rows, len(fields))
    weighted = snapshot.factors(fields, b)[places, articles] * counts
    return _summed(several * snapshot.count, articles + phrases * snapshot.count, weighted)


def _summed(count: int, numbers: Ints, values: Floats) -> tuple[Ints, NDArray[Any]]:
    """Each of some numbers (below `count`) once, ascending, and the sums of their values, added in the order given."""
    if (numbers[1:] > numbers[:-1]).all():
        return numbers, values
    if len(numbers) * _ROW_SHARE > count:
        sums = np.bincount(numbers, values, count)
        present = sums > 0
        if values.min() <= 0:
            present[numbers] = True
        found: Ints = present.nonzero()[0]
        return found, sums.take(found)
    order = numbers.argsort(kind="stable")
    numbers, values = numbers.take(order), values.take(order)
    new = is_new(numbers)
    # Not `reduceat`, which adds many values in another order, so that equal articles might differ in the last bit.
    return numbers[new], np.bincount(new.cumsum() - 1, values)


def _living(snapshot: Snapshot, matches: Matches) -> Matches:
    if snapshot.live_mask is None:
        return matches
    alive = snapshot.live_mask[matches.articles]
    return Matches(matches.articles[alive], matches.scores[alive])


# --- algebra -----------------------------------------------------------------------------------------------------


def scored(matches: Matches, word_idf: float, k1: float) -> Matches:
    """Weighted frequencies as scores (`ranking.bm25f`)."""
    return Matches(matches.articles, _saturated(matches.scores, word_idf, k1))


def _saturated(weighted: Floats, word_idf: float | Floats, k1: float) -> Floats:
    divisor = k1 + weighted
    if k1 == 0:
        divisor[divisor == 0] = 1.0
    scores: Floats = word_idf * weighted * (k1 + 1.0) / divisor
    return scores


def lifted(matches: Matches, exact: Matches, lift: float) -> Matches:
    """Half of each score, and `lift` more for articles that are in `exact` too (`ranking.fuzzy`)."""
    scores = matches.scores / 2
    if len(exact):
        scores[is_among(exact.articles, matches.articles)] += lift
    return Matches(matches.articles, scores)


def boosted(matches: Matches, factor: float) -> Matches:
    return Matches(matches.articles, matches.scores * factor)


def intersection(snapshot: Snapshot, several: Sequence[Matches]) -> Matches:
    """Articles in all, scores added in the order given."""
    first, *others = sorted(several, key=len)
    articles = first.articles
    for other in others:
        articles = articles[are_among(other.articles, articles, snapshot.count)]
    scores = np.zeros(len(articles))
    for matches in several:
        scores += matches.scores[np.searchsorted(matches.articles, articles)]
    return Matches(articles, scores)


def union(snapshot: Snapshot, several: Sequence[Matches]) -> Matches:
    """Articles in any, scores added."""
    filled = [matches for matches in several if len(matches)]
    if len(filled) == 1:
        return filled[0]
    if not filled:
        return nothing()
    if any(matches.fills_row(snapshot.count) for matches in filled):
        return _union_of_rows(snapshot.count, filled)
    articles, scores = [matches.articles for matches in filled], [matches.scores for matches in filled]
    return Matches(*_summed(snapshot.count, joined(articles), joined(scores)))


def _union_of_rows(count: int, several: Sequence[Matches]) -> Matches:
    sums = np.zeros(count)
    present = np.zeros(count, bool)
    for matches in several:
        if matches.fills_row(count):
            sums += matches.row(count)
        else:
            sums[matches.articles] += matches.scores
        if matches.scores.min() <= 0:
            present[matches.articles] = True
    present |= sums > 0
    articles = present.nonzero()[0]
    return Matches(articles, sums.take(articles))


def without(matches: Matches, others: Matches) -> Matches:
    """Articles that are not among the others."""
    if not len(others):
        return matches
    kept = ~is_among(others.articles, matches.articles)
    return Matches(matches.articles[kept], matches.scores[kept])


def everything(snapshot: Snapshot) -> Matches:
    """All articles that are not deleted."""
    articles = np.arange(snapshot.count) if snapshot.live_mask is None else np.flatnonzero(snapshot.live_mask)
    return Matches(articles, np.zeros(len(articles)))


def between(snapshot: Snapshot, first: int, last: int) -> Matches:
    """Articles whose moment is in [first, last)."""
    moments = snapshot.moments
    return _living(snapshot, _unscored(np.flatnonzero((moments >= first) & (moments < last) & (moments != NO_MOMENT))))


def undated(snapshot: Snapshot) -> Matches:
    """Articles without a moment."""
    moments = snapshot.moments
    return _living(snapshot, _unscored(np.flatnonzero(moments == NO_MOMENT)))


def in_table(snapshot: Snapshot, column: str, is_wanted: Callable[[str], bool]) -> Matches:
    """Articles whose value in a table column is wanted."""
    found = [_NOTHING]
    for view in snapshot.views:
        wanted = np.array([is_wanted(value) for value in view.segment.table(column)], bool)
        found.append(np.flatnonzero(wanted[np.asarray(view.segment.numbers(column, "I"))]) + view.base)
    return _living(snapshot, _unscored(np.concatenate(found)))


def chosen(snapshot: Snapshot, articles: Sequence[int]) -> Matches:
    """The articles of some numbers."""
    return _living(snapshot, _unscored(np.array(sorted(articles), np.int64)))


def _unscored(articles: Ints) -> Matches:
    return Matches(articles, np.zeros(len(articles)))


# --- order -------------------------------------------------------------------------------------------------------


def ranked(snapshot: Snapshot, matches: Matches, sort: str, reverse: bool, count: int | None) -> Iterator[Row]:
    """Rows (key, id, article, score) that sort ascending in the order asked for: all, or those that may be among the
    first `count`."""
    if sort == "title":
        yield from _by_title(snapshot, matches, reverse, count)
        return
    keys: Floats | Ints
    if sort == "date":
        moments = snapshot.moments[matches.articles]
        # Undated articles come last, whichever way the order runs.
        keys = np.where(moments == NO_MOMENT, NO_MOMENT, -moments) if reverse else moments
    else:
        keys = -matches.scores if reverse else matches.scores
    places = np.arange(len(keys)) if count is None else _foremost(snapshot, matches, keys, count)
    chosen_keys, articles, scores = keys[places].tolist(), matches.articles[places].tolist(), matches.scores[places]
    for key, article, score in zip(chosen_keys, articles, scores.tolist(), strict=True):
        yield (
            -key,
            snapshot.id(article),
            article,
            score,
        )  # negated as Python's number: the least int64 has no opposite


def _by_title(snapshot: Snapshot, matches: Matches, reverse: bool, count: int | None) -> Iterator[Row]:
    found = []
    for article in matches.articles.tolist():
        view, own = snapshot.place(article)
        found.append((view.segment.titles[own], article))
    if count is not None and count < len(found):
        pick = nlargest if reverse else nsmallest
        bound = pick(count, (title for title, _ in found))[-1]
        found = [pair for pair in found if (pair[0] >= bound if reverse else pair[0] <= bound)]
    scores = dict(zip(matches.articles.tolist(), matches.scores.tolist(), strict=True))
    for title, article in found:
        yield (Descending(title) if reverse else title, snapshot.id(article), article, scores[article])


def _foremost(snapshot: Snapshot, matches: Matches, keys: Floats | Ints, count: int) -> Ints:
    """Indices into the matches of those that may be among the `count` with the greatest keys, ties by id."""
    if len(keys) <= count:
        return np.arange(len(keys))
    bound = np.partition(keys, len(keys) - count)[len(keys) - count]
    above = np.flatnonzero(keys > bound)
    tied = np.flatnonzero(keys == bound)
    wanted = count - len(above)
    if len(tied) > wanted:
        tied = _least_ids(snapshot, matches.articles, tied, wanted)
    return np.concatenate((above, tied))


def _least_ids(snapshot: Snapshot, articles: Ints, places: Ints, count: int) -> Ints:
    """Of some places, ascending, among the articles those that have the `count` least ids of each segment."""
    kept = []
    for view in snapshot.views:
        first, last = np.searchsorted(articles[places], (view.base, view.base + view.count))
        own = places[first:last]
        if len(own) > count:
            order = np.asarray(view.segment.numbers("id_order", "I"))
            ranks = np.empty(len(order), np.int64)
            ranks[order] = np.arange(len(order))
            own = own[np.argpartition(ranks[articles[own] - view.base], count - 1)[:count]]
        kept.append(own)
    return np.concatenate(kept)


def best_scores(matches: Matches, count: int) -> list[float]:
    """The highest scores, at most `count`, in no order."""
    scores = matches.scores
    if len(scores) > count:
        scores = np.partition(scores, len(scores) - count)[len(scores) - count :]
    best: list[float] = scores.tolist()
    return best


def at_least(matches: Matches, score: float) -> Matches:
    """Those that score so much or more."""
    kept = matches.scores >= score
    return Matches(matches.articles[kept], matches.scores[kept])


def only(matches: Matches, articles: Sequence[int]) -> Matches:
    """Those of some articles, which all match."""
    wanted = np.array(sorted(articles), np.int64)
    return Matches(wanted, matches.scores[np.searchsorted(matches.articles, wanted)])


def score_of(matches: Matches, article: int) -> float | None:
    """The score of an article, None where it does not match."""
    at = int(np.searchsorted(matches.articles, article))
    if at < len(matches) and matches.articles[at] == article:
        return float(matches.scores[at])
    return None
