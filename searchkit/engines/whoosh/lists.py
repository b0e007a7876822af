"""Evaluation with plain Python: what `arrays.py` does with numpy, for queries that are done before numpy is imported.

Matches are a dictionary of scores by article.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import nlargest, nsmallest
from itertools import accumulate, chain
from operator import add

from searchkit.engine import Ranking
from searchkit.engines.whoosh.container import Damaged
from searchkit.engines.whoosh.segment import NO_MOMENT, Entry, Segment
from searchkit.engines.whoosh.snapshot import Descending, Occurrences, Row, Snapshot, View
from searchkit.engines.whoosh.varints import decode_plain
from searchkit.fieldtext import WORD_FIELDS
from searchkit.matching import find_runs
from searchkit.ranking import field_factor

Matches = dict[int, float]
Fields = Sequence[tuple[int, float, float]]
Postings = tuple[Entry, list[int], list[int]]
Word = dict[int, dict[View, list[Postings]]]
"""By place (of a field among those asked for) and view the entries of a word with their articles, by their numbers in the
segment, and frequencies."""

NOT_AS_MANY = "the articles or occurrences of a word are not as many as its dictionary says"


def nothing() -> Matches:
    return {}


def size_bytes(snapshot: Snapshot, matches: Matches, word: Word | None) -> int:
    """See `arrays.size_bytes`."""
    by_view = chain.from_iterable(of_views.values() for of_views in (word or {}).values())
    sizes = [len(articles) for entries in by_view for _, articles, _ in entries]
    return sum(700 + 48 * size for size in sizes) + 900 + 100 * len(matches)


# --- words -------------------------------------------------------------------------------------------------------


def read(snapshot: Snapshot, fields: Fields, several: Sequence[Occurrences]) -> list[Word]:
    """See `arrays.read`."""
    return [_read(occurrences) for occurrences in several]


def _read(occurrences: Occurrences) -> Word:
    word: Word = {}
    for _, place, view, entry in occurrences:
        word.setdefault(place, {}).setdefault(view, []).append((entry, *entry_postings(view.segment, entry)))
    return word


def occurrences(snapshot: Snapshot, fields: Fields, words: Sequence[Word], b: float) -> list[Matches]:
    """See `arrays.occurrences`."""
    return [_occurrences(snapshot, fields, word, b) for word in words]


def _occurrences(snapshot: Snapshot, fields: Fields, word: Word, b: float) -> Matches:
    sums: Matches = {}
    for place, by_view in word.items():
        for view, postings in by_view.items():
            for _, articles, frequencies in postings:
                _add(sums, view, fields[place], zip(articles, frequencies, strict=True), b)
    return _living(snapshot, sums)


def phrase(snapshot: Snapshot, fields: Fields, words: Sequence[Word], slop: int, b: float) -> Matches:
    """See `arrays.phrase`."""
    return _living(snapshot, _near(fields, words, slop, b, None))


def with_pairs(
    snapshot: Snapshot,
    fields: Fields,
    pairs: Sequence[tuple[Word, Word, float]],
    slop: int,
    ranking: Ranking,
    among: Matches,
) -> Matches:
    """See `arrays.with_pairs`."""
    sums = dict(among)
    for first, second, weight in pairs:
        found = _near(fields, (first, second), slop, ranking.b, among)
        for article, score in scored(found, weight, ranking.k1).items():
            sums[article] += score
    return sums


def _near(fields: Fields, words: Sequence[Word], slop: int, b: float, among: Matches | None) -> Matches:
    """As `phrase`, among some articles only."""
    sums: Matches = {}
    for place in set(words[0]).intersection(*words[1:]):
        by_view = [word[place] for word in words]
        for view in set(by_view[0]).intersection(*by_view[1:]):
            found = _phrase_in_field(view, [word[view] for word in by_view], slop, among)
            _add(sums, view, fields[place], found, b)
    return sums


def _add(
    sums: Matches, view: View, in_field: tuple[int, float, float], postings: Iterable[tuple[int, int]], b: float
) -> None:
    field, weight, mean = in_field
    lengths, base = view.segment.lengths(WORD_FIELDS[field]), view.base
    factors: dict[int, float] = {}
    for article, frequency in postings:
        number, length = base + article, lengths[article]
        factor = factors.get(length)
        if factor is None:
            factor = factors[length] = field_factor(length, mean or 1.0, weight, b)
        sums[number] = sums.get(number, 0.0) + frequency * factor


def entry_postings(segment: Segment, entry: Entry) -> tuple[list[int], list[int]]:
    """Articles and frequencies of an entry. Raises `Damaged`."""
    codes = decode_plain(_bytes(segment, "docs", entry.docs))
    articles = list(accumulate([code >> 2 for code in codes]))
    frequencies = [(code & 3) + 1 for code in codes]
    if entry.freqs[1]:
        extra = iter(decode_plain(_bytes(segment, "freqs", entry.freqs)))
        frequencies = [4 + next(extra) if frequency == 4 else frequency for frequency in frequencies]
    occurrences = sum(frequencies)
    if (
        len(articles) != entry.df
        or articles[-1] >= segment.count
        or entry.positions[1] not in (2 * occurrences, 4 * occurrences)
    ):
        raise Damaged(NOT_AS_MANY)
    return articles, frequencies


def _bytes(segment: Segment, stream: str, place: tuple[int, int]) -> bytes:
    offset, length = place
    return bytes(segment.stream(stream)[offset : offset + length])


def _living(snapshot: Snapshot, matches: Matches) -> Matches:
    if snapshot.articles == snapshot.count:
        return matches
    return {article: score for article, score in matches.items() if snapshot.is_live(article)}


# --- phrases -----------------------------------------------------------------------------------------------------


def _phrase_in_field(
    view: View, words: Sequence[Sequence[Postings]], slop: int, among: Matches | None
) -> Iterator[tuple[int, int]]:
    """Articles (by their numbers in the segment) in which the words stand in order, and how often."""
    common: Iterable[int] | None = None
    if among is not None:
        common = [article - view.base for article in among if 0 <= article - view.base < view.count]
    for word in words:
        holders = set().union(*(articles for _, articles, _ in word))
        common = holders if common is None else holders.intersection(common)
    wanted = set(common or ())
    if not wanted:
        return
    places = [_places(view.segment, word, wanted) for word in words]
    for article in wanted:
        runs = find_runs([sorted(set(word[article])) for word in places], slop)
        if runs:
            yield article, len(runs)


def _places(segment: Segment, word: Sequence[Postings], wanted: set[int]) -> dict[int, list[int]]:
    """The positions of a word (any of the entries) in each wanted article."""
    places: dict[int, list[int]] = {}
    for entry, articles, frequencies in word:
        chosen = [number for number, article in enumerate(articles) if article in wanted]
        for number, positions in entry_positions(segment, entry, frequencies, chosen):
            places.setdefault(articles[number], []).extend(positions)
    return places


def entry_positions(
    segment: Segment, entry: Entry, frequencies: Sequence[int], chosen: Sequence[int]
) -> Iterator[tuple[int, list[int]]]:
    """The positions of the chosen postings of an entry."""
    offset, length = entry.positions
    every = segment.stream("positions")[offset : offset + length].cast("H" if length == 2 * sum(frequencies) else "I")
    at = number = 0
    for wanted in chosen:
        at += sum(frequencies[number:wanted])
        number = wanted
        yield wanted, every[at : at + frequencies[wanted]].tolist()


# --- algebra -----------------------------------------------------------------------------------------------------


def scored(matches: Matches, word_idf: float, k1: float) -> Matches:
    """See `arrays.scored`."""
    return {
        article: word_idf * weighted * (k1 + 1.0) / (k1 + weighted) if weighted else 0.0
        for article, weighted in matches.items()
    }


def lifted(matches: Matches, exact: Matches, lift: float) -> Matches:
    """See `arrays.lifted`."""
    return {article: score / 2 + (lift if article in exact else 0.0) for article, score in matches.items()}


def boosted(matches: Matches, factor: float) -> Matches:
    return {article: score * factor for article, score in matches.items()}


def intersection(snapshot: Snapshot, several: Sequence[Matches]) -> Matches:
    """Articles in all, scores added in the order given."""
    first, *others = sorted(several, key=len)
    common = list(first)
    for other in others:
        common = [article for article in common if article in other]
    sums = [0.0] * len(common)
    for matches in several:  # not `sum`, which from Python 3.12 on rounds otherwise than numpy
        sums = list(map(add, sums, map(matches.__getitem__, common)))
    return dict(zip(common, sums, strict=True))


def union(snapshot: Snapshot, several: Sequence[Matches]) -> Matches:
    """Articles in any, scores added."""
    sums: Matches = {}
    for matches in several:
        for article, score in matches.items():
            sums[article] = sums.get(article, 0.0) + score
    return sums


def without(matches: Matches, others: Matches) -> Matches:
    """Articles that are not among the others."""
    return {article: score for article, score in matches.items() if article not in others}


def everything(snapshot: Snapshot) -> Matches:
    """All articles that are not deleted."""
    return _living(snapshot, dict.fromkeys(range(snapshot.count), 0.0))


def between(snapshot: Snapshot, first: int, last: int) -> Matches:
    """Articles whose moment is in [first, last)."""
    return _with_moment(snapshot, lambda moment: first <= moment < last and moment != NO_MOMENT)


def undated(snapshot: Snapshot) -> Matches:
    """Articles without a moment."""
    return _with_moment(snapshot, lambda moment: moment == NO_MOMENT)


def _with_moment(snapshot: Snapshot, is_wanted: Callable[[int], bool]) -> Matches:
    moments = chain.from_iterable(view.segment.numbers("moment", "q") for view in snapshot.views)
    return _living(snapshot, {number: 0.0 for number, moment in enumerate(moments) if is_wanted(moment)})


def in_table(snapshot: Snapshot, column: str, is_wanted: Callable[[str], bool]) -> Matches:
    """Articles whose value in a table column is wanted."""
    found: Matches = {}
    for view in snapshot.views:
        wanted = {number for number, value in enumerate(view.segment.table(column)) if is_wanted(value)}
        numbers = enumerate(view.segment.numbers(column, "I"), view.base)
        found |= {article: 0.0 for article, number in numbers if number in wanted}
    return _living(snapshot, found)


def chosen(snapshot: Snapshot, articles: Sequence[int]) -> Matches:
    """The articles of some numbers."""
    return _living(snapshot, dict.fromkeys(articles, 0.0))


# --- order -------------------------------------------------------------------------------------------------------


def ranked(snapshot: Snapshot, matches: Matches, sort: str, reverse: bool, count: int | None) -> Iterator[Row]:
    """See `arrays.ranked`."""
    if sort == "score" and count is not None and count < len(matches):
        matches = _foremost(matches, reverse, count)
    rows = _rows(snapshot, matches, sort, reverse)
    yield from rows if count is None else nsmallest(count, rows)


def _foremost(matches: Matches, reverse: bool, count: int) -> Matches:
    """Those that may be among the `count` best (`reverse`: worst); ties are for ids to tell, which are slow to read."""
    if not reverse:
        return at_least(matches, nlargest(count, matches.values())[-1])
    bound = nsmallest(count, matches.values())[-1]
    return {article: score for article, score in matches.items() if score <= bound}


def _rows(snapshot: Snapshot, matches: Matches, sort: str, reverse: bool) -> Iterator[Row]:
    if sort == "score":
        for article, score in matches.items():
            yield (score if reverse else -score, snapshot.id(article), article, score)
        return
    for article, score in matches.items():
        view, own = snapshot.place(article)
        key: int | bytes | Descending
        if sort == "title":
            title = view.segment.titles[own]
            key = Descending(title) if reverse else title
        else:
            moment = view.segment.numbers("moment", "q")[own]
            key = -NO_MOMENT if moment == NO_MOMENT else moment if reverse else -moment
        yield (key, view.segment.ids[own], article, score)


def best_scores(matches: Matches, count: int) -> list[float]:
    """The highest scores, at most `count`."""
    return nlargest(count, matches.values())


def at_least(matches: Matches, score: float) -> Matches:
    """Those that score so much or more."""
    return {article: own for article, own in matches.items() if own >= score}


def only(matches: Matches, articles: Sequence[int]) -> Matches:
    """Those of some articles, which all match."""
    return {article: matches[article] for article in articles}


def score_of(matches: Matches, article: int) -> float | None:
    """The score of an article, None where it does not match."""
    return matches.get(article)
