"""Predicates and places of matches, against slower and plainer ways to the same answers."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.analysis import tokenize
from searchkit.matching import find_runs, leaf_runs, within_edits, word_tests
from searchkit.query import Fuzzy, Phrase, Prefix, Term, Wildcard, WordLeaf

short_words = st.text("abc", max_size=6)


def _edits(a: str, b: str) -> int:
    """Optimal string alignment distance by the textbook's table."""
    rows = [[i + j if not i * j else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i, j in product(range(1, len(a) + 1), range(1, len(b) + 1)):
        rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]))
        if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
            rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


def _runs(positions: list[list[int]], slop: int) -> list[tuple[int, ...]]:
    """Of all ascending combinations the narrowest of each start, the earliest of several, where narrow enough."""
    best: dict[int, tuple[int, ...]] = {}
    for run in product(*positions):
        if all(a < b for a, b in pairwise(run)):
            best[run[0]] = min(best.get(run[0], run), run, key=lambda r: (r[-1], r))
    return [run for _, run in sorted(best.items()) if run[-1] - run[0] - (len(run) - 1) <= slop]


@given(short_words, short_words, st.integers(0, 3))
def test_within_edits_against_the_table(a: str, b: str, edits: int) -> None:
    """Two words lie within so many edits exactly when the textbook's distance says so."""
    assert within_edits(a, b, edits) == (_edits(a, b) <= edits)


@pytest.mark.parametrize(
    ("a", "b", "edits"),
    [("mosul", "mosul", 0), ("mosul", "msoul", 1), ("mosul", "mossul", 1), ("mosul", "mosl", 1), ("ca", "abc", 3)],
)
def test_within_edits_by_hand(a: str, b: str, edits: int) -> None:
    """Known distances: a swap is one edit, and nothing is edited twice (ca, abc)."""
    assert within_edits(a, b, edits)
    assert edits == 0 or not within_edits(a, b, edits - 1)


ascending = st.sets(st.integers(0, 12), max_size=6).map(sorted)


@given(st.lists(ascending, min_size=1, max_size=4), st.integers(0, 6))
def test_find_runs_against_all_combinations(positions: list[list[int]], slop: int) -> None:
    """The runs are those that trying all combinations gives."""
    assert find_runs(positions, slop) == _runs(positions, slop)


def _places(text: str, leaf: WordLeaf, language: str | None = "en") -> list[tuple[int, ...]]:
    return leaf_runs(list(tokenize(text)), leaf, word_tests(leaf, language))


def test_places_of_words() -> None:
    """A leaf of one word stands at every word that passes its test, once each."""
    text = "Strikes struck: a strike, striking airstrike"
    assert _places(text, Term("strike")) == [(0,), (3,), (4,)]
    assert _places(text, Term("strike"), None) == [(3,)]
    assert _places(text, Term("strike", "author")) == [(3,)]
    assert _places(text, Prefix("stri")) == [(0,), (3,), (4,)]
    assert _places(text, Wildcard("*str?ke")) == [(3,), (5,)]
    assert _places(text, Fuzzy("strike", 1)) == [(0,), (3,)]


def test_places_of_phrases() -> None:
    """A phrase stands at the places of its words; exact words are not stemmed, inexact ones are."""
    text = "air strikes and air strike"
    assert _places(text, Phrase(("air", "strike"))) == [(3, 4)]
    assert _places(text, Phrase(("air", "strike"), exact=False)) == [(0, 1), (3, 4)]
    assert _places(text, Phrase(("air", "strike"), 3)) == [(0, 4), (3, 4)]
    assert _places(text, Phrase(("air", "nothing"))) == []
    assert _places(text, Phrase(("strikes",))) == [(1,)]


def test_lone_characters_stand_for_what_they_begin() -> None:
    """One character of a script without spaces matches at every place where it occurs."""
    assert _places("中国人", Term("国")) == [(1,)]
    assert _places("中国人", Term("人")) == [(1,)]
    assert _places("中国中", Phrase(("中",))) == [(0,), (1,)]
