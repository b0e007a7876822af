"""Words of a snapshot as users see them: what a leaf stands for, and what is near a word that is not indexed."""

from __future__ import annotations

from searchkit.engine import SearchOptions
from searchkit.engines.shared import nearest
from searchkit.engines.whoosh.expansion import expand
from searchkit.engines.whoosh.snapshot import Snapshot, View
from searchkit.engines.whoosh.varints import decode_plain
from searchkit.fieldtext import WORD_FIELDS
from searchkit.query import TEXT_FIELDS, WordLeaf, fields_of


def expanded_words(snapshot: Snapshot, leaf: WordLeaf, options: SearchOptions) -> list[str]:
    """The words that a leaf stands for in its fields, sorted; words of deleted articles only are none."""
    fields = {WORD_FIELDS.index(field) for field in fields_of(leaf)}
    words = set()
    for view in snapshot.views:
        for numbers in expand(view.segment, leaf, options.language):
            words |= {view.segment.terms.word(number) for number in numbers if _holders(view, number, fields)}
    return sorted(word.decode() for word in words)


def nearest_words(snapshot: Snapshot, word: str, limit: int) -> list[str]:
    """Indexed words of the text fields most like a word, likeliest first."""
    fields = {WORD_FIELDS.index(field) for field in TEXT_FIELDS}

    def frequency(other: str) -> int:
        total = 0
        for view in snapshot.views:
            number = view.segment.terms.number(other.encode())
            total += 0 if number is None else _holders(view, number, fields)
        return total

    reach = 3
    lengths = range(max(len(word) - reach, 1), len(word) + reach + 1)
    candidates = {
        view.segment.vocabulary[number]
        for view in snapshot.views
        for length in lengths
        for number in view.segment.numbers_by_length.get(length, ())
    }
    return nearest(word, candidates, frequency, limit)


def _holders(view: View, number: int, fields: set[int]) -> int:
    """How many articles, not deleted, hold a word in any of some fields."""
    holders: set[int] = set()
    for entry in view.segment.terms.entries(number):
        if entry.field in fields:
            offset, length = entry.docs
            article = 0
            for code in decode_plain(bytes(view.segment.stream("docs")[offset : offset + length])):
                article += code >> 2
                if view.is_live(article):
                    holders.add(article)
    return len(holders)
