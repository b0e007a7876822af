"""The nodes of a query: their text, their leaves, and what wildcards mean."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.query import (
    TEXT_FIELDS,
    And,
    Boost,
    DateRange,
    Fuzzy,
    Keyword,
    MatchAll,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Term,
    Undated,
    Wildcard,
    fields_of,
    wildcard_regex,
    word_leaves,
)

A, B, C = Term("a"), Term("b"), Term("c")


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (A, "a"),
        (Term("mosul", "title"), "title:mosul"),
        (Phrase(("civilian", "deaths")), '"civilian deaths"'),
        (Phrase(("mass", "grave"), 3, "links"), 'links:"mass grave"~3'),
        (Phrase(("air", "strikes"), exact=False), "air-strikes"),
        (Prefix("air"), "air*"),
        (Wildcard("m?s*l", "body"), "body:m?s*l"),
        (Fuzzy("mosull"), "mosull~"),
        (Fuzzy("mosull", 2, "title"), "title:mosull~2"),
        (Keyword("lang", "en"), "lang:en"),
        (DateRange(date(2017, 3, 17), date(2017, 3, 17)), "date:2017-03-17"),
        (DateRange(date(2017, 3, 17), None), "date:2017-03-17.."),
        (DateRange(None, date(2017, 3, 17)), "date:..2017-03-17"),
        (DateRange(date(987, 1, 1), date(2017, 1, 2)), "date:0987-01-01..2017-01-02"),
        (Undated(), "date:none"),
        (MatchAll(), "*"),
        (And((A, Or((B, C)))), "a AND (b OR c)"),
        (Or((And((A, B)), Not(C))), "(a AND b) OR NOT c"),
        (Not(And((A, B))), "NOT (a AND b)"),
        (Not(Not(A)), "NOT NOT a"),
        (Boost(A, 3.0), "a^3"),
        (Boost(Or((A, B)), 0.5), "(a OR b)^0.5"),
        (Boost(Not(A), 2.0), "(NOT a)^2"),
        (Boost(Boost(A, 2.0), 3.0), "(a^2)^3"),
        (Boost(A, 1.0000001), "a^1.0000001"),
    ],
)
def test_a_node_is_written_in_the_query_language(node: Query, text: str) -> None:
    """The text of a node is what a user would type, with the parentheses that it needs."""
    assert str(node) == text


def test_leaves_come_in_order_and_without_the_negated() -> None:
    """Word leaves are given in order; those under NOT and those that only select are left out."""
    tree = Or((Boost(A, 2.0), And((Not(And((B, C))), Undated(), Prefix("d"), Keyword("lang", "en"), MatchAll()))))
    assert list(word_leaves(tree)) == [A, Prefix("d")]


def test_negated_leaves_come_when_asked_for() -> None:
    """With `negated` the leaves under NOT come too."""
    assert list(word_leaves(And((A, Not(Or((B, Not(C)))))), negated=True)) == [A, B, C]


def test_a_leaf_without_field_looks_into_all_text_fields() -> None:
    """No field means all text fields; a named one only itself."""
    assert (fields_of(A), fields_of(Term("a", "author"))) == (TEXT_FIELDS, ("author",))


def test_equal_nodes_are_one_key() -> None:
    """Nodes are values: equal ones are the same key of a dictionary, nodes of other kinds are not."""
    assert len({Term("a"), Term("a"), Prefix("a"), Fuzzy("a"), Phrase(("a",)), Term("a", "title")}) == 5


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("m?sul", ["mosul", "mésul", "m\nsul"], ["msul", "moosul", "xmosul", "mosulx"]),
        ("*strike", ["strike", "airstrike"], ["strikes"]),
        ("s*k*e", ["ske", "strike", "skkke"], ["strik", "se"]),
        ("*a*", ["a", "xax"], ["x", ""]),
        ("a**b", ["ab", "axb"], ["a"]),
        ("*ab?*ab", ["abxab", "ababxxab"], ["abab", "ab"]),
        ("a.c+", ["a.c+"], ["abc", "a.cc"]),
    ],
)
def test_wildcards(pattern: str, matching: list[str], other: list[str]) -> None:
    """`*` stands for any characters or none, `?` for one, everything else for itself."""
    fullmatch = wildcard_regex(pattern).fullmatch
    assert [word for word in matching + other if fullmatch(word)] == matching


@given(st.text("ab?*", min_size=1, max_size=8), st.text("ab", max_size=8))
def test_wildcards_mean_what_the_plain_regular_expression_means(pattern: str, word: str) -> None:
    """Matching each stretch once finds the same words as trying every way."""
    plain = pattern.replace("*", ".*").replace("?", ".")
    assert bool(wildcard_regex(pattern).fullmatch(word)) == bool(re.fullmatch(plain, word))


def test_many_stars_end() -> None:
    """A pattern of a hundred stars says no to a long word at once (trying every way would never end)."""
    assert wildcard_regex("*a" * 100 + "*b").fullmatch("a" * 255) is None
