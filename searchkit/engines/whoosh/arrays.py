"""Evaluation over numpy arrays: postings, phrases, and the algebra of matches, one segment at a time.

`lists.py` does the same over plain lists, for queries too short to wait for numpy; both have the same functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest, nsmallest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from searchkit.engines.whoosh.postings import Ints, Word, are_among, is_among, read_word, runs, runs_among_few
from searchkit.engines.whoosh.segment import NO_MOMENT, Entry
from searchkit.engines.whoosh.snapshot import Descending, Row, View

Floats = NDArray[np.float64]
Fields = Sequence[tuple[int, float, float]]
"""The fields asked for: number, weight, mean length."""

_NOTHING = np.empty(0, np.int64)
# Up to so many articles are looked at one by one.
_FEW_ARTICLES = 100


@dataclass(frozen=True, slots=True)
class Matches:
    """Numbers of articles, ascending, and their scores."""

    articles: Ints
    scores: Floats

    def __len__(self) -> int:
        return len(self.articles)


def nothing() -> Matches:
    return Matches(_NOTHING, np.empty(0))


def size_bytes(matches: Sequence[Matches], words: Sequence[Word | None]) -> int:
    """What a leaf takes in memory, roughly: short ones mostly for the arrays themselves."""
    of_words = sum(1_200 + 500 * len(word.entries) + 24 * len(word.keys) for word in words if word)
    return of_words + sum(300 + 16 * len(each) for each in matches)


# --- words -------------------------------------------------------------------------------------------------------


def read(view: View, by_place: Sequence[tuple[int, Sequence[Entry]]]) -> Word:
    """The postings of a word from its entries, given with the place of their field among the fields asked for."""
    return read_word(view.segment, by_place)


def occurrences(view: View, fields: Fields, word: Word, b: float) -> Matches:
    """Where a word occurs. Scores are the weighted frequencies, summed over the fields."""
    keys, frequencies = word.keys, word.frequencies
    if not word.is_single:
        keys, frequencies = _summed(len(fields) * view.count, [keys], [frequencies])
    return _living(view, _weighted(view, fields, keys, frequencies, b))


def phrase(view: View, fields: Fields, words: Sequence[Word], slop: int, b: float) -> Matches:
    """Where words occur in order with at most `slop` others between."""
    found, counts = runs(words, slop, len(fields) * view.count)
    return _living(view, _weighted(view, fields, found, counts, b))


def near(view: View, fields: Fields, words: Sequence[Word], slop: int, b: float, among: Matches) -> Matches:
    """As `phrase`, among some articles only."""
    wanted = [among.articles + place * view.count for place in range(len(fields))]
    if len(among) > _FEW_ARTICLES:
        found, counts = runs(words, slop, len(fields) * view.count, np.concatenate(wanted))
        return _weighted(view, fields, found, counts, b)
    sums: dict[int, float] = {}
    for key, times in sorted(runs_among_few(words, slop, wanted)):
        place, article = divmod(key, view.count)
        field, weight, mean = fields[place]
        sums[article] = sums.get(article, 0.0) + weight * times / float(view.norms(field, mean, b)[article])
    articles = sorted(sums)
    return Matches(np.array(articles, np.int64), np.array([sums[article] for article in articles]))


def _weighted(view: View, fields: Fields, keys: Ints, frequencies: Ints, b: float) -> Matches:
    """Frequencies by key, ascending, as weighted ones by article."""
    if len(fields) == 1:
        ((field, weight, mean),) = fields
        # In the order of operations of `ranking.field_frequency`.
        return Matches(keys, weight * frequencies / view.norms(field, mean, b)[keys])
    places = keys // view.count
    weights = np.array([weight for _, weight, _ in fields])
    norms = view.norm_table([(field, mean) for field, _, mean in fields], b)
    weighted = weights[places] * frequencies / norms.ravel()[keys]
    return Matches(*_summed(view.count, [keys - places * view.count], [weighted]))


def _summed(count: int, lists: Sequence[Ints], values: Sequence[NDArray[Any]]) -> tuple[Ints, NDArray[Any]]:
    """The articles in any of some lists, ascending, and the sums of their values, added in the order of the lists."""
    articles = lists[0] if len(lists) == 1 else np.concatenate(lists)
    every = values[0] if len(values) == 1 else np.concatenate(values)
    if len(articles) * 16 > count:
        sums = np.bincount(articles, every, count)
        present = np.zeros(count, bool)
        present[articles] = True
        found = present.nonzero()[0]
        return found, sums[found]
    order = np.argsort(articles, kind="stable")
    articles, every = articles[order], every[order]
    new = np.ones(len(articles), bool)
    np.not_equal(articles[1:], articles[:-1], out=new[1:])
    # Not `reduceat`, which adds many values in another order, so that equal articles might differ in the last bit.
    return articles[new], np.bincount(np.cumsum(new) - 1, every)


def _living(view: View, matches: Matches) -> Matches:
    if view.live_mask is None:
        return matches
    alive = view.live_mask[matches.articles]
    return Matches(matches.articles[alive], matches.scores[alive])


# --- algebra -----------------------------------------------------------------------------------------------------


def scored(matches: Matches, word_idf: float, k1: float) -> Matches:
    """Weighted frequencies as scores (`ranking.bm25f`)."""
    weighted = matches.scores
    divisor = k1 + weighted
    divisor[divisor == 0] = 1.0
    return Matches(matches.articles, word_idf * weighted * (k1 + 1.0) / divisor)


def lifted(matches: Matches, exact: Matches, lift: float) -> Matches:
    """Half of each score, and `lift` more for articles that are in `exact` too (`ranking.fuzzy`)."""
    scores = matches.scores / 2
    if len(exact):
        scores[is_among(exact.articles, matches.articles)] += lift
    return Matches(matches.articles, scores)


def added(matches: Matches, more: Matches) -> Matches:
    """The same articles, with the scores of `more` (all of them among these) added to theirs."""
    if not len(more):
        return matches
    scores = matches.scores.copy()
    scores[np.searchsorted(matches.articles, more.articles)] += more.scores
    return Matches(matches.articles, scores)


def boosted(matches: Matches, factor: float) -> Matches:
    return Matches(matches.articles, matches.scores * factor)


def intersection(view: View, several: Sequence[Matches]) -> Matches:
    """Articles in all, scores added in the order given."""
    first, *others = sorted(several, key=len)
    articles = first.articles
    for other in others:
        articles = articles[are_among(other.articles, articles, view.count)]
    scores = np.zeros(len(articles))
    for matches in several:
        scores += matches.scores[np.searchsorted(matches.articles, articles)]
    return Matches(articles, scores)


def union(view: View, several: Sequence[Matches]) -> Matches:
    """Articles in any, scores added."""
    filled = [matches for matches in several if len(matches)]
    if len(filled) == 1:
        return filled[0]
    if not filled:
        return nothing()
    return Matches(*_summed(view.count, [m.articles for m in filled], [m.scores for m in filled]))


def without(matches: Matches, others: Matches) -> Matches:
    """Articles that are not among the others."""
    if not len(others):
        return matches
    kept = ~is_among(others.articles, matches.articles)
    return Matches(matches.articles[kept], matches.scores[kept])


def everything(view: View) -> Matches:
    """All articles that are not deleted."""
    articles = np.arange(view.count) if view.live_mask is None else np.flatnonzero(view.live_mask)
    return Matches(articles, np.zeros(len(articles)))


def between(view: View, first: int, last: int) -> Matches:
    """Articles whose moment is in [first, last)."""
    moments = np.asarray(view.segment.numbers("moment", "q"))
    return _living(view, _unscored(np.flatnonzero((moments >= first) & (moments < last) & (moments != NO_MOMENT))))


def undated(view: View) -> Matches:
    """Articles without a moment."""
    moments = np.asarray(view.segment.numbers("moment", "q"))
    return _living(view, _unscored(np.flatnonzero(moments == NO_MOMENT)))


def in_table(view: View, column: str, numbers: Sequence[int]) -> Matches:
    """Articles whose value in a table column is one of some."""
    values = np.asarray(view.segment.numbers(column, "I"))
    return _living(view, _unscored(np.flatnonzero(np.isin(values, numbers))))


def chosen(view: View, articles: Sequence[int]) -> Matches:
    """The articles of some numbers."""
    return _living(view, _unscored(np.array(sorted(articles), np.int64)))


def _unscored(articles: Ints) -> Matches:
    return Matches(articles, np.zeros(len(articles)))


# --- order -------------------------------------------------------------------------------------------------------


def ranked(view: View, matches: Matches, sort: str, reverse: bool, count: int | None) -> Iterator[Row]:
    """Rows (key, id, article, score) that sort ascending in the order asked for: all, or those that may be among the
    first `count`."""
    if sort == "title":
        yield from _by_title(view, matches, reverse, count)
        return
    keys: Floats | Ints
    if sort == "date":
        moments = np.asarray(view.segment.numbers("moment", "q"))[matches.articles]
        # Undated articles come last, whichever way the order runs.
        keys = np.where(moments == NO_MOMENT, NO_MOMENT, -moments) if reverse else moments
    else:
        keys = -matches.scores if reverse else matches.scores
    places = np.arange(len(keys)) if count is None else _foremost(view, matches, keys, count)
    ids = view.segment.ids
    chosen_keys, articles, scores = keys[places].tolist(), matches.articles[places].tolist(), matches.scores[places]
    for key, article, score in zip(chosen_keys, articles, scores.tolist(), strict=True):
        yield (-key, ids[article], article, score)  # negated as Python's number: the least int64 has no opposite


def _by_title(view: View, matches: Matches, reverse: bool, count: int | None) -> Iterator[Row]:
    titles, ids = view.segment.titles, view.segment.ids
    found = [(titles[article], article) for article in matches.articles.tolist()]
    if count is not None and count < len(found):
        pick = nlargest if reverse else nsmallest
        bound = pick(count, (title for title, _ in found))[-1]
        found = [pair for pair in found if (pair[0] >= bound if reverse else pair[0] <= bound)]
    scores = dict(zip(matches.articles.tolist(), matches.scores.tolist(), strict=True))
    for title, article in found:
        yield (Descending(title) if reverse else title, ids[article], article, scores[article])


def _foremost(view: View, matches: Matches, keys: Floats | Ints, count: int) -> Ints:
    """Indices into the matches of those that may be among the `count` with the greatest keys, ties by id."""
    if len(keys) <= count:
        return np.arange(len(keys))
    bound = np.partition(keys, len(keys) - count)[len(keys) - count]
    above = np.flatnonzero(keys > bound)
    tied = np.flatnonzero(keys == bound)
    wanted = count - len(above)
    if len(tied) > wanted:
        order = np.asarray(view.segment.numbers("id_order", "I"))
        ranks = np.empty(len(order), np.int64)
        ranks[order] = np.arange(len(order))
        tied = tied[np.argpartition(ranks[matches.articles[tied]], wanted - 1)[:wanted]]
    return np.concatenate((above, tied))


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
