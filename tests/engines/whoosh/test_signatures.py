"""Tests of searchkit.engines.whoosh.signatures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from searchkit.engines.whoosh import signatures
from searchkit.engines.whoosh.signatures import Signatures


def signed(words: Sequence[str]) -> Signatures:
    """The signatures of some words, numbered as they are given."""
    encoded = [word.encode() for word in words]
    return Signatures(memoryview(b"".join(encoded)), memoryview(np.array([len(word) for word in encoded], np.uint16)))


@given(
    st.lists(st.text("abtß中国й\U0001f600", min_size=1, max_size=5), max_size=30),
    st.text("abtßé中й\U0001f600\ud800", min_size=1, max_size=6),
    st.sampled_from((1, 2)),
)
def test_all_near_words_are_candidates(words: list[str], word: str, edits: int) -> None:
    """No word that is so few edits away is missing, in whatever writing; each candidate comes with its number."""
    numbers, candidates = signed(words).candidates(word, edits)
    near = {number for number, other in enumerate(words) if OSA.distance(word, other) <= edits}
    assert near <= set(numbers)
    assert candidates == [words[number] for number in numbers]


def test_few_others_are_candidates() -> None:
    """Words of other letters, or longer or shorter by more than the edits, are none."""
    words = ["harbour", "harbor", "arbor", "harbours", "garbage", "haverhill", "порта", "порто", "порт", "спорт"]
    assert signed(words).candidates("harbur", 1)[1] == ["harbor", "harbour"]
    assert signed(words).candidates("порти", 1)[1] == ["порт", "порта", "порто", "спорт"]


def test_words_are_read_in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dictionary of several steps gives the same candidates as one of a single step."""
    words = [f"{first}{second}é" for first in "abcdefg" for second in "uvwxyz"]
    expected = signed(words).candidates("bué", 1)
    monkeypatch.setattr(signatures, "_STEP", 5)
    assert signed(words).candidates("bué", 1) == expected
    assert "bué" in expected[1]
