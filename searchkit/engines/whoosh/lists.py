"""Evaluation with plain Python: what `arrays.py` does with numpy, for queries that are done before numpy is imported.

Matches are a dictionary of scores by article.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import nlargest, nsmallest

from searchkit.engines.whoosh.container import Damaged
from searchkit.engines.whoosh.segment import NO_MOMENT, Entry, Segment
from searchkit.engines.whoosh.snapshot import Descending, Row, View
from searchkit.engines.whoosh.varints import decode_plain
from searchkit.fieldtext import WORD_FIELDS
from searchkit.matching import find_runs

Matches = dict[int, float]
Fields = Sequence[tuple[int, float, float]]
Postings = tuple[Entry, list[int], list[int]]
Word = list[tuple[int, list[Postings]]]
"""For each place (of a field among those asked for) the entries of a word with their articles and frequencies."""

NOT_AS_MANY = "the articles or occurrences of a word are not as many as its dictionary says"


def nothing() -> Matches:
    return {}


def size_bytes(matches: Sequence[Matches], words: Sequence[Word | None]) -> int:
    """See `arrays.size_bytes`."""
    sizes = [len(articles) for word in words if word for _, entries in word for _, articles, _ in entries]
    return sum(700 + 48 * size for size in sizes) + sum(100 + 100 * len(each) for each in matches)


# --- words -------------------------------------------------------------------------------------------------------


def read(view: View, by_place: Sequence[tuple[int, Sequence[Entry]]]) -> Word:
    """See `arrays.read`."""
    segment = view.segment
    return [(place, [(entry, *entry_postings(segment, entry)) for entry in entries]) for place, entries in by_place]


def occurrences(view: View, fields: Fields, word: Word, b: float) -> Matches:
    """See `arrays.occurrences`."""
    sums: Matches = {}
    for place, postings in word:
        frequencies: dict[int, int] = {}
        for _, articles, counts in postings:
            for article, frequency in zip(articles, counts, strict=True):
                frequencies[article] = frequencies.get(article, 0) + frequency
        _add(sums, view, fields[place], frequencies.items(), b)
    return _living(view, sums)


def phrase(view: View, fields: Fields, words: Sequence[Word], slop: int, b: float) -> Matches:
    """See `arrays.phrase`."""
    return _living(view, near(view, fields, words, slop, b, None))


def near(view: View, fields: Fields, words: Sequence[Word], slop: int, b: float, among: Matches | None) -> Matches:
    """See `arrays.near`; among all without `among`."""
    sums: Matches = {}
    by_place = [dict(word) for word in words]
    for place in sorted(set(by_place[0]).intersection(*by_place[1:])):
        found = _phrase_in_field(view.segment, [word[place] for word in by_place], slop, among)
        _add(sums, view, fields[place], found, b)
    return sums


def _add(
    sums: Matches, view: View, in_field: tuple[int, float, float], postings: Iterable[tuple[int, int]], b: float
) -> None:
    field, weight, mean = in_field
    lengths = view.segment.lengths(WORD_FIELDS[field])
    for article, frequency in postings:
        norm = 1.0 - b + b * lengths[article] / (mean or 1.0)
        sums[article] = sums.get(article, 0.0) + weight * frequency / norm


def entry_postings(segment: Segment, entry: Entry) -> tuple[list[int], list[int]]:
    """Articles and frequencies of an entry. Raises `Damaged`."""
    articles, frequencies = [], []
    article = 0
    for code in decode_plain(_bytes(segment, "docs", entry.docs)):
        article += code >> 2
        articles.append(article)
        frequencies.append((code & 3) + 1)
    if entry.freqs[1]:
        extra = iter(decode_plain(_bytes(segment, "freqs", entry.freqs)))
        frequencies = [4 + next(extra) if frequency == 4 else frequency for frequency in frequencies]
    occurrences = sum(frequencies)
    if (
        len(articles) != entry.df
        or article >= segment.count
        or entry.positions[1] not in (2 * occurrences, 4 * occurrences)
    ):
        raise Damaged(NOT_AS_MANY)
    return articles, frequencies


def _bytes(segment: Segment, stream: str, place: tuple[int, int]) -> bytes:
    offset, length = place
    return bytes(segment.stream(stream)[offset : offset + length])


def _living(view: View, matches: Matches) -> Matches:
    if not view.deleted:
        return matches
    return {article: score for article, score in matches.items() if view.is_live(article)}


# --- phrases -----------------------------------------------------------------------------------------------------


def _phrase_in_field(
    segment: Segment, words: Sequence[Sequence[Postings]], slop: int, among: Matches | None
) -> Iterator[tuple[int, int]]:
    """Articles in which the words stand in order, and how often."""
    common: Iterable[int] | None = among
    for word in words:
        holders = set().union(*(articles for _, articles, _ in word))
        common = holders if common is None else holders.intersection(common)
    wanted = set(common or ())
    if not wanted:
        return
    places = [_places(segment, word, wanted) for word in words]
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


def added(matches: Matches, more: Matches) -> Matches:
    """See `arrays.added`."""
    return {article: score + more.get(article, 0.0) for article, score in matches.items()} if more else matches


def boosted(matches: Matches, factor: float) -> Matches:
    return {article: score * factor for article, score in matches.items()}


def intersection(view: View, several: Sequence[Matches]) -> Matches:
    """Articles in all, scores added in the order given."""
    first, *others = sorted(several, key=len)
    common = [article for article in first if all(article in other for other in others)]
    sums: Matches = dict.fromkeys(common, 0.0)
    for matches in several:  # not `sum`, which from Python 3.12 on rounds otherwise than numpy
        for article in common:
            sums[article] += matches[article]
    return sums


def union(view: View, several: Sequence[Matches]) -> Matches:
    """Articles in any, scores added."""
    sums: Matches = {}
    for matches in several:
        for article, score in matches.items():
            sums[article] = sums.get(article, 0.0) + score
    return sums


def without(matches: Matches, others: Matches) -> Matches:
    """Articles that are not among the others."""
    return {article: score for article, score in matches.items() if article not in others}


def everything(view: View) -> Matches:
    """All articles that are not deleted."""
    return _living(view, dict.fromkeys(range(view.count), 0.0))


def between(view: View, first: int, last: int) -> Matches:
    """Articles whose moment is in [first, last)."""
    moments = enumerate(view.segment.numbers("moment", "q"))
    return _living(view, {n: 0.0 for n, moment in moments if first <= moment < last and moment != NO_MOMENT})


def undated(view: View) -> Matches:
    """Articles without a moment."""
    return _living(
        view, {n: 0.0 for n, moment in enumerate(view.segment.numbers("moment", "q")) if moment == NO_MOMENT}
    )


def in_table(view: View, column: str, numbers: Sequence[int]) -> Matches:
    """Articles whose value in a table column is one of some."""
    wanted = set(numbers)
    return _living(view, {n: 0.0 for n, value in enumerate(view.segment.numbers(column, "I")) if value in wanted})


def chosen(view: View, articles: Sequence[int]) -> Matches:
    """The articles of some numbers."""
    return _living(view, dict.fromkeys(articles, 0.0))


# --- order -------------------------------------------------------------------------------------------------------


def ranked(view: View, matches: Matches, sort: str, reverse: bool, count: int | None) -> Iterator[Row]:
    """See `arrays.ranked`."""
    rows = _rows(view, matches, sort, reverse)
    yield from rows if count is None else nsmallest(count, rows)


def _rows(view: View, matches: Matches, sort: str, reverse: bool) -> Iterator[Row]:
    ids = view.segment.ids
    if sort == "title":
        titles = view.segment.titles
        for article, score in matches.items():
            yield (Descending(titles[article]) if reverse else titles[article], ids[article], article, score)
    elif sort == "date":
        moments = view.segment.numbers("moment", "q")
        for article, score in matches.items():
            moment = moments[article]
            key = -NO_MOMENT if moment == NO_MOMENT else moment if reverse else -moment
            yield (key, ids[article], article, score)
    else:
        for article, score in matches.items():
            yield (score if reverse else -score, ids[article], article, score)


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
