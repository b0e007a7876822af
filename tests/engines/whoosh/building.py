"""Segments for the tests: built straight from articles, and what is expected of them by the plainest code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from searchkit.article import Article
from searchkit.engines.whoosh.builder import SegmentBuilder
from searchkit.engines.whoosh.segment import Segment
from searchkit.engines.whoosh.snapshot import View
from searchkit.fieldtext import WORD_FIELDS, field_tokens

Inverted = dict[tuple[bytes, int], list[tuple[int, list[int]]]]
"""Word and number of its field -> for each article that holds it the positions, ascending."""


def build(
    folder: Path,
    articles: Sequence[Article],
    name: str = "s",
    *,
    languages: Sequence[str] = ("en",),
    batch_tokens: int | None = None,
) -> View:
    """A segment of some articles; with `batch_tokens` inverted in batches of about so many words."""
    builder = SegmentBuilder(folder, name, languages, 32)
    if batch_tokens is not None:
        builder._batch_tokens = batch_tokens
    for article in articles:
        builder.add(article)
    return View(folder, builder.finish())


def inverted(articles: Sequence[Article]) -> Inverted:
    """What a segment of some articles must hold, by dictionaries."""
    found: Inverted = {}
    for number, article in enumerate(articles):
        for field, name in enumerate(WORD_FIELDS):
            for token in field_tokens(article, name):
                postings = found.setdefault((token.word.encode(), field), [])
                if not postings or postings[-1][0] != number:
                    postings.append((number, []))
                postings[-1][1].append(token.position)
    return found


def read_back(segment: Segment) -> Inverted:
    """All postings of a segment, by the plain kernel."""
    from searchkit.engines.whoosh.lists import entry_positions, entry_postings

    found: Inverted = {}
    for number in range(segment.terms.count):
        for entry in segment.terms.entries(number):
            articles, frequencies = entry_postings(segment, entry)
            assert entry.df == len(articles)
            places = entry_positions(segment, entry, frequencies, range(len(articles)))
            found[segment.terms.word(number), entry.field] = [(articles[n], positions) for n, positions in places]
    return found
