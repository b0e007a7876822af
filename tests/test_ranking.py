"""Scores against the formulas written out by hand, and the shape that the docstrings promise."""

from __future__ import annotations

from math import inf, log, sqrt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.engine import Ranking, SearchOptions
from searchkit.engines.memory import MemoryEngine
from searchkit.query import And, Boost, Fuzzy, MatchAll, Not, Or, Phrase, Term
from searchkit.ranking import Pair, bm25f, count_repeats, field_factor, fuzzy, idf, pair_weight, pairs
from tests.engines.contract import article, fill

frequencies = st.lists(st.floats(0, 1e6), max_size=4)
positive = st.floats(1e-3, 1e3)


def test_idf_by_hand() -> None:
    """1 of 4 articles: ln(1 + 3.5 / 1.5) times the root of 1 - 1/5; all of 4: ln(1 + 0.5 / 4.5) times that of 1/5."""
    assert idf(1, 4) == pytest.approx(1.0768660168)
    assert idf(4, 4) == pytest.approx(0.0471186549)
    assert idf(0, 0) == pytest.approx(log(2))


@given(st.integers(1, 10**9).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))))
def test_idf_falls_with_each_article(numbers: tuple[int, int]) -> None:
    """A word held by more articles tells less, but never nothing."""
    df, n = numbers
    assert idf(df, n) >= idf(df + 1, n) > 0


def test_repeated_words_count_less_each_time() -> None:
    """Three times the same word beside one another weigh 3 * 9 / 11, as one; other nodes stay, groups too."""
    a, b = Term("a"), Phrase(("b",))
    assert count_repeats(Or((a, b, a, a, b))) == Or((Boost(a, 27 / 11), Boost(b, 1.8)))
    assert count_repeats(And((a, a))) == Boost(a, 1.8)
    assert count_repeats(Not(Or((a, a, MatchAll())))) == Not(Or((Boost(a, 1.8), MatchAll())))
    assert count_repeats(And((MatchAll(), MatchAll(), Boost(Or((a, b)), 2)))) == And((MatchAll(), Boost(Or((a, b)), 2)))
    assert count_repeats(Boost(And((a, b)), 2)) == Boost(And((a, b)), 2)


def test_pairs_are_neighbours_in_one_field() -> None:
    """Words side by side in one AND or OR pair in their order, once, with the boosts around them; others do not."""
    a, b, c = Term("a"), Term("b"), Term("c")
    assert pairs(Or((a, b, c, a, b))) == (Pair(a, b, 1.0), Pair(b, c, 1.0), Pair(c, a, 1.0))
    assert pairs(Boost(And((a, Boost(Or((b, c)), 2.0))), 3.0)) == (Pair(b, c, 6.0),)
    assert pairs(And((a, Not(b), c))) == pairs(Not(And((a, b)))) == pairs(And((a, Phrase(("b",))))) == ()
    assert pairs(Or((a, Term("b", "title")))) == ()
    assert pairs(Or((Term("a", "title"), Term("b", "title"))))[0].phrase == Phrase(("a", "b"), 2, "title", exact=False)


def test_pair_weight_by_hand() -> None:
    """A tenth of the mean idf of its words; nothing where both are in more than a quarter of the articles, or one in
    none."""
    pair = Pair(Term("a"), Term("b"), 2.0)
    assert pair_weight(pair, (1, 4), 4) == pytest.approx(2.0 * 0.1 * (1.0768660168 + 0.0471186549) / 2)
    assert pair_weight(pair, (2, 3), 8) > 0
    assert pair_weight(pair, (3, 3), 8) == pair_weight(pair, (0, 3), 8) == 0


def test_words_near_one_another_rank_higher() -> None:
    """Of two articles with the same words the one where they stand near, in order, comes first; the part tells by how
    much."""
    with MemoryEngine() as engine:
        others = [article(f"x{n}", f"other words {n}") for n in range(20)]
        fill(
            engine,
            article("a", "mosul x y z raid"),
            article("b", "mosul x y raids z"),
            article("c", "raid mosul x y z"),
        )
        fill(engine, *others)
        hits = list(engine.search(And((Term("mosul"), Term("raid"))), SearchOptions(explain=True)).hits)
        assert [hit.article.id for hit in hits] == ["b", "a", "c"]
        weight = 0.1 * idf(3, 23)
        frequency = 1 / (0.3 + 0.7 * 5 / ((15 + 60) / 23))
        assert dict(hits[0].parts)['"mosul raid"~2'] == pytest.approx(weight * frequency * 2.6 / (1.6 + frequency))
        assert hits[0].score == pytest.approx(sum(share for _, share in hits[0].parts))
        assert hits[1].score == pytest.approx(hits[2].score)
        assert len(hits[1].parts) == 2


def test_field_factor_by_hand() -> None:
    """Of 20 words where 10 are usual, weight 2, b 0.75: 2 / (0.25 + 0.75 * 2) = 1.142857."""
    assert field_factor(20, 10.0, 2.0, 0.75) == pytest.approx(1.1428571428571428, rel=1e-10)
    assert field_factor(20, 10.0, 2.0, 0.0) == 2.0
    assert field_factor(20, 10.0, 2.0, 1.0) == 1.0
    assert field_factor(20, 10.0, 0.0, 0.75) == 0.0


@given(st.lists(st.tuples(st.integers(1, 300), st.integers(1, 10**5), st.floats(0.1, 10)), max_size=12), st.randoms())
def test_sums_of_field_factors_are_exact(parts: list[tuple[int, int, float]], random: Random) -> None:
    """In whatever order occurrences are added, one by one or many at once, their sum is the same to the last bit."""
    factors = [(tf, field_factor(length, 400.0, weight, 0.7)) for tf, length, weight in parts]
    one_by_one = [factor for tf, factor in factors for _ in range(tf)]
    random.shuffle(one_by_one)
    at_once = 0.0
    for tf, factor in factors:
        at_once += tf * factor
    summed = 0.0
    for factor in one_by_one:
        summed += factor
    assert summed == at_once


def test_bm25f_by_hand() -> None:
    """Weighted frequencies 1 and 0.8 with k1 1.2 and idf 2: 2 * 1.8 * 2.2 / 3 = 2.64."""
    assert bm25f([1.0, 0.8], 2.0, 1.2) == pytest.approx(2.64)
    assert bm25f([], 2.0, 1.2) == 0.0
    assert bm25f([0.0, 0.0], 2.0, 0.0) == 0.0
    assert bm25f([0.5], 2.0, 0.0) == 2.0


@given(frequencies, positive, st.floats(0, 10))
def test_bm25f_stays_below_its_bound(tfs: list[float], word_idf: float, k1: float) -> None:
    """A score is at least 0 and never above idf * (k1 + 1)."""
    assert 0 <= bm25f(tfs, word_idf, k1) <= word_idf * (k1 + 1) * (1 + 1e-12)


@given(frequencies, st.floats(0.01, 100), positive, st.floats(0, 10))
def test_more_occurrences_never_score_less(tfs: list[float], more: float, word_idf: float, k1: float) -> None:
    """Another field with the word never lowers the score."""
    assert bm25f([*tfs, more], word_idf, k1) >= bm25f(tfs, word_idf, k1) * (1 - 1e-12)


@given(st.floats(0, inf, exclude_max=True), st.floats(0, inf, exclude_max=True), positive, st.floats(0, 10))
def test_exact_word_beats_its_neighbours(low: float, high: float, word_idf: float, k1: float) -> None:
    """Of a fuzzy word any article with the word as typed scores at least as much as any without it."""
    bound = word_idf * (k1 + 1)
    exact = fuzzy(min(low, bound), True, word_idf, k1)
    neighbour = fuzzy(min(high, bound), False, word_idf, k1)
    assert exact >= neighbour >= 0


def test_score_of_a_search_by_hand() -> None:
    """The score of one article in a search, worked out with paper and pencil.

    Two of three articles hold "mosul". In "a" it stands once in the title of 2 words (mean 1.5, weight 3) and twice in
    the body of 5 (mean 3, weight 1).
    """
    options = SearchOptions(ranking=Ranking(title=3.0, body=1.0, k1=1.2, b=0.75))
    with MemoryEngine() as engine:
        fill(
            engine,
            article("a", "mosul and again mosul fell", title="Mosul today"),
            article("b", "mosul"),
            article("c", "three other words", title="Raqqa"),
        )
        title = 3.0 * 1 / (0.25 + 0.75 * 2 / 1.5)
        body = 1.0 * 2 / (0.25 + 0.75 * 5 / 3)
        word_idf = log(1 + (3 - 2 + 0.5) / (2 + 0.5)) * sqrt(1 - 2 / 4)
        expected = word_idf * (title + body) * 2.2 / (1.2 + title + body)
        first, second = engine.search(Term("mosul"), options).hits
        assert first.article.id == "a"
        assert first.score == pytest.approx(expected)
        body = 1.0 / (0.25 + 0.75 * 1 / 3)
        assert second.score == pytest.approx(word_idf * body * 2.2 / (1.2 + body))
        third = next(iter(engine.search(Fuzzy("mosil"), options).hits))
        assert third.score == pytest.approx(expected / 2)
