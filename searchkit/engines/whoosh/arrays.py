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

from searchkit.engines.whoosh import varints
from searchkit.engines.whoosh.lists import entry_postings
from searchkit.engines.whoosh.segment import NO_MOMENT, SKIP_POSTINGS, SKIPPED_FROM, Entry, Segment
from searchkit.engines.whoosh.snapshot import Descending, Row, View

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_NOTHING = np.empty(0, np.int64)
# Up to so many bytes of postings are decoded faster without numpy.
_FEW_BYTES = 64


@dataclass(frozen=True, slots=True)
class Matches:
    """Numbers of articles, ascending, and their scores."""

    articles: Ints
    scores: Floats

    def __len__(self) -> int:
        return len(self.articles)


def nothing() -> Matches:
    return Matches(_NOTHING, np.empty(0))


# --- words -------------------------------------------------------------------------------------------------------


def occurrences(view: View, by_field: Sequence[tuple[int, float, float, Sequence[Entry]]], b: float) -> Matches:
    """Where any of some words occurs: `by_field` holds field, its weight, its mean length and the words' entries.
    Scores are the weighted frequencies, summed over the fields."""
    # All entries are read at once: for the short lists of most words, calling numpy takes longer than what it does.
    articles, frequencies = _postings(view.segment, [entry for *_, entries in by_field for entry in entries])
    sizes = [sum(entry.df for entry in entries) for *_, entries in by_field]
    places = np.repeat(np.arange(len(by_field)), sizes)
    if any(len(entries) > 1 for *_, entries in by_field):
        keys, frequencies = _summed(len(by_field) * view.count, [places * view.count + articles], [frequencies])
        places = keys // view.count
        articles = keys - places * view.count
    weights = np.array([weight for _, weight, _, _ in by_field])
    norms = view.norm_table([(field, mean) for field, _, mean, _ in by_field], b)
    # In the order of operations of `ranking.field_frequency`.
    weighted = weights[places] * frequencies / norms[places, articles]
    if len(by_field) == 1:
        return _living(view, Matches(articles, weighted))
    return _living(view, Matches(*_summed(view.count, [articles], [weighted])))


def phrase(
    view: View, by_field: Sequence[tuple[int, float, float, Sequence[Sequence[Entry]]]], slop: int, b: float
) -> Matches:
    """Where words occur in order with at most `slop` others between; `by_field` holds entries for each word."""
    found = [
        (field, weight, mean, *_phrase_in_field(view.segment, words, slop)) for field, weight, mean, words in by_field
    ]
    return _weighted(view, found, b)


def _weighted(view: View, by_field: Sequence[tuple[int, float, float, Ints, Ints]], b: float) -> Matches:
    """Frequencies in fields as weighted ones, in the order of operations of `ranking.field_frequency`."""
    articles = [found for *_, found, _ in by_field]
    weighted = [
        weight * frequencies / view.norms(field, mean, b)[found] for field, weight, mean, found, frequencies in by_field
    ]
    if len(articles) == 1:
        return _living(view, Matches(articles[0], weighted[0]))
    return _living(view, Matches(*_summed(view.count, articles, weighted)))


def _postings(segment: Segment, entries: Sequence[Entry]) -> tuple[Ints, Ints]:
    """Articles and frequencies of some entries, one entry behind another."""
    if sum(entry.docs[1] for entry in entries) <= _FEW_BYTES:
        lists = [entry_postings(segment, entry) for entry in entries]
        return np.array([n for some, _ in lists for n in some]), np.array([n for _, some in lists for n in some])
    codes = varints.decode(_bytes(segment, "docs", [entry.docs for entry in entries]))
    frequencies = (codes & 3) + 1
    many = (frequencies == 4).nonzero()[0]
    if len(many):
        frequencies[many] += varints.decode(_bytes(segment, "freqs", [entry.freqs for entry in entries]))
    gaps = codes >> 2
    articles = np.cumsum(gaps)
    if len(entries) > 1:
        df = np.array([entry.df for entry in entries])
        first = np.cumsum(df) - df
        articles -= np.repeat(articles[first] - gaps[first], df)
    return articles, frequencies


def _bytes(segment: Segment, stream: str, places: Sequence[tuple[int, int]]) -> NDArray[np.uint8]:
    data = segment.stream(stream)
    if len(places) == 1:
        offset, length = places[0]
        return np.frombuffer(data[offset : offset + length], np.uint8)
    return np.frombuffer(b"".join(data[offset : offset + length] for offset, length in places), np.uint8)


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
    new = np.diff(articles, prepend=-1) > 0
    # Not `reduceat`, which adds many values in another order, so that equal articles might differ in the last bit.
    return articles[new], np.bincount(np.cumsum(new) - 1, every)


def _living(view: View, matches: Matches) -> Matches:
    if view.live_mask is None:
        return matches
    alive = view.live_mask[matches.articles]
    return Matches(matches.articles[alive], matches.scores[alive])


# --- phrases -----------------------------------------------------------------------------------------------------


def _phrase_in_field(segment: Segment, words: Sequence[Sequence[Entry]], slop: int) -> tuple[Ints, Ints]:
    """Articles in which the words stand in order, and how often: each start counts once, with the earliest places of
    the later words behind it (`matching.find_runs`)."""
    if not all(words):
        return _NOTHING, _NOTHING
    postings = [[_postings(segment, [entry]) for entry in entries] for entries in words]
    common = _common([[articles for articles, _ in word] for word in postings])
    if not len(common):
        return _NOTHING, _NOTHING
    starts = places = _places(segment, words[0], postings[0], common)
    for entries, word in zip(words[1:], postings[1:], strict=True):
        following = _places(segment, entries, word, common)
        at = np.searchsorted(following, places, side="right")
        inside = at < len(following)
        starts, places, at = starts[inside], places[inside], at[inside]
        following = following[at]
        same = following >> 32 == places >> 32
        starts, places = starts[same], following[same]
    narrow = places - starts - (len(words) - 1) <= slop
    found, counts = np.unique(starts[narrow] >> 32, return_counts=True)
    return found, counts


def _common(words: Sequence[Sequence[Ints]]) -> Ints:
    """Articles that hold each word (any of the lists of each)."""
    common: Ints | None = None
    for lists in sorted(words, key=lambda lists: sum(map(len, lists))):
        articles = lists[0] if len(lists) == 1 else np.unique(np.concatenate(lists))
        common = articles if common is None else common[_contained(articles, common)]
    return _NOTHING if common is None else common


def _contained(articles: Ints, wanted: Ints) -> NDArray[np.bool_]:
    """For each wanted article whether it is among `articles` (ascending)."""
    at = np.searchsorted(articles, wanted)
    at[at == len(articles)] = 0
    found: NDArray[np.bool_] = articles[at] == wanted if len(articles) else np.zeros(len(wanted), bool)
    return found


def _places(segment: Segment, entries: Sequence[Entry], postings: Sequence[tuple[Ints, Ints]], wanted: Ints) -> Ints:
    """Where a word (any of the entries) stands in the wanted articles: article << 32 | position, ascending."""
    places = []
    for entry, (articles, frequencies) in zip(entries, postings, strict=True):
        chosen = np.flatnonzero(_contained(wanted, articles))
        if len(chosen):
            places.append(_positions(segment, entry, articles, frequencies, chosen))
    if len(places) == 1:
        return places[0]
    return np.unique(np.concatenate(places)) if places else _NOTHING


def _positions(segment: Segment, entry: Entry, articles: Ints, frequencies: Ints, chosen: Ints) -> Ints:
    """The places of the chosen postings of an entry."""
    offset, length = entry.positions
    data = np.frombuffer(segment.stream("positions")[offset : offset + length], np.uint8)
    if entry.df >= SKIPPED_FROM and len(chosen) * 16 < entry.df:
        edges = np.concatenate(([0], np.cumsum(varints.decode(_bytes(segment, "skips", [entry.skips])))))
        blocks = np.unique(chosen // SKIP_POSTINGS)
        data = np.concatenate([data[edges[block] : edges[block + 1]] for block in blocks.tolist()])
        kept = (blocks[:, None] * SKIP_POSTINGS + np.arange(SKIP_POSTINGS)).ravel()
        kept = kept[kept < entry.df]
        chosen = np.searchsorted(kept, chosen)
        articles, frequencies = articles[kept], frequencies[kept]
    steps = varints.decode(data)
    ends = np.cumsum(frequencies)
    reached = np.cumsum(steps)
    firsts = ends - frequencies
    before = reached[firsts] - steps[firsts]
    if len(chosen) < len(articles):
        wanted = np.zeros(len(articles), bool)
        wanted[chosen] = True
        reached = reached[np.repeat(wanted, frequencies)]
        articles, before, frequencies = articles[chosen], before[chosen], frequencies[chosen]
    places: Ints = np.repeat(articles << 32, frequencies) | (reached - np.repeat(before, frequencies))
    return places


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
        scores[_contained(exact.articles, matches.articles)] += lift
    return Matches(matches.articles, scores)


def boosted(matches: Matches, factor: float) -> Matches:
    return Matches(matches.articles, matches.scores * factor)


def intersection(view: View, several: Sequence[Matches]) -> Matches:
    """Articles in all, scores added in the order given."""
    first, *others = sorted(several, key=len)
    articles = first.articles
    for other in others:
        articles = articles[_contained_dense(view, other.articles, articles)]
    scores = np.zeros(len(articles))
    for matches in several:
        scores += matches.scores[np.searchsorted(matches.articles, articles)]
    return Matches(articles, scores)


def _contained_dense(view: View, articles: Ints, wanted: Ints) -> NDArray[np.bool_]:
    """As `_contained`; for many wanted ones by a mask over the whole segment, which is faster then."""
    if len(wanted) * 32 < view.count:
        return _contained(articles, wanted)
    mask = np.zeros(view.count, bool)
    mask[articles] = True
    return mask[wanted]


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
    kept = ~_contained(others.articles, matches.articles)
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


def score_of(matches: Matches, article: int) -> float | None:
    """The score of an article, None where it does not match."""
    at = int(np.searchsorted(matches.articles, article))
    if at < len(matches) and matches.articles[at] == article:
        return float(matches.scores[at])
    return None
