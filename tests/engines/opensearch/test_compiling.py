"""The tree of a query as query DSL: one test for each node. That the cluster finds the same with it is tested there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from searchkit.engine import Ranking
from searchkit.engines.opensearch import compiling
from searchkit.engines.opensearch.compiling import NOTHING, Compiler
from searchkit.engines.opensearch.dictionary import Words
from searchkit.engines.opensearch.layout import GROUP_ANALYZER
from searchkit.errors import QueryLimitError
from searchkit.query import (
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
    WordLeaf,
)

STRIKE = Term("strike", "title")
WORDS: dict[WordLeaf, Words] = {
    STRIKE: (("strike", "strikes"),),
    Term("mosul"): (("mosul",),),
    Term("never"): ((),),
    Term("never", "title"): ((),),
}


def frequencies(words: Sequence[str], fields: Sequence[str]) -> tuple[list[int], int]:
    return [len(words) for _ in fields], 100


def compiler(words: dict[WordLeaf, Words] | None = None) -> Compiler:
    return Compiler(WORDS | (words or {}), Ranking(), 1.6, frequencies)


def scored(query: Query, words: dict[WordLeaf, Words] | None = None) -> Any:
    return compiler(words).scored(query)


def selecting(query: Query, words: dict[WordLeaf, Words] | None = None) -> Any:
    return compiler(words).selecting(query)


def group(field: str, words: str, boost: float) -> Any:
    return {"match": {field: {"query": words, "analyzer": GROUP_ANALYZER, "boost": boost}}}


def test_a_term_is_its_words_as_one() -> None:
    """Inflections form a group, in each field with the weight of the field."""
    assert scored(STRIKE) == group("title", "strike|strikes", 3.0)
    assert scored(Term("mosul")) == {
        "bool": {
            "should": [group(name, "mosul", getattr(Ranking(), name)) for name in ("title", "dek", "body", "links")],
            "minimum_should_match": 1,
        }
    }
    assert selecting(STRIKE) == {
        "constant_score": {"filter": {"terms": {"title": ["strike", "strikes"]}}, "boost": 3.0}
    }


def test_a_word_that_is_nowhere_finds_nothing() -> None:
    """No words, no hits, whether it scores or not."""
    assert scored(Term("never")) == selecting(Term("never")) == NOTHING
    phrase = Phrase(("mosul", "never"))
    assert scored(phrase, {phrase: (("mosul",), ())}) == NOTHING


def test_many_words_are_a_list() -> None:
    """Words that are too many for a group count as one another, and too many for a list are left to the cluster."""
    prefix, many = Prefix("s", "title"), tuple(f"s{number}" for number in range(100))
    assert scored(prefix, {prefix: (many,)}) == {
        "constant_score": {"filter": {"terms": {"title": list(many)}}, "boost": 3.0}
    }
    most = tuple(f"s{number}" for number in range(2001))
    for leaf, native in (
        (prefix, {"prefix": {"title": {"value": "s"}}}),
        (Wildcard("s*", "title"), {"wildcard": {"title": {"value": "s*"}}}),
        (Term("中", "title"), {"prefix": {"title": {"value": "中"}}}),
        (Term("s", "title"), {"terms": {"title": list(most)}}),
        (Fuzzy("s", 1, "title"), {"terms": {"title": list(most)}}),
    ):
        assert selecting(leaf, {leaf: (most,)}) == {"constant_score": {"filter": native, "boost": 3.0}}


def test_phrases_are_exact_or_spans() -> None:
    """Single words side by side are a phrase of the cluster; groups, or words apart, are spans in order."""
    phrase = Phrase(("a", "b"), 0, "body")
    assert scored(phrase, {phrase: (("a",), ("b",))}) == {"match_phrase": {"body": {"query": "a b", "boost": 1.0}}}
    near = Phrase(("a", "b"), 5, "title")
    assert scored(near, {near: (("a",), ("b", "bs"))}) == {
        "span_near": {
            "clauses": [
                {"span_term": {"title": "a"}},
                {"span_or": {"clauses": [{"span_term": {"title": "b"}}, {"span_term": {"title": "bs"}}]}},
            ],
            "slop": 5,
            "in_order": True,
            "boost": 3.0,
        }
    }
    single = Phrase(("a",), 0, "title")
    assert scored(single, {single: (("a",),)}) == group("title", "a", 3.0)


def test_the_word_as_typed_outweighs_its_neighbours() -> None:
    """A fuzzy word scores half its group, and what holds it exactly more than any group can on top."""
    fuzzy = Fuzzy("mosul", 1, "title")
    compiled = scored(fuzzy, {fuzzy: (("mosul", "mossul"),)})["bool"]
    assert compiled["must"] == [{"bool": {"must": [group("title", "mosul|mossul", 3.0)], "boost": 0.5}}]
    (exact,) = compiled["should"]
    assert exact["constant_score"]["filter"] == {"term": {"title": "mosul"}}
    assert exact["constant_score"]["boost"] > 3.0 * 2.6 * 4.2 / 2  # weight, k1 + 1, ln(1 + 100.5 / 1.5)
    assert scored(fuzzy, {fuzzy: (("mossul",),)}) == group("title", "mossul", 3.0)


def test_filters_select_and_score_nothing() -> None:
    """Language tags, ids, dates and everything; as scores they are 0."""
    assert selecting(Keyword("lang", "pt-br")) == {"term": {"lang": "pt-br"}}
    assert selecting(Keyword("id", "ab1")) == {"prefix": {"folded_id": {"value": "ab1"}}}
    assert selecting(DateRange(date(2017, 3, 1), None)) == {"range": {"day": {"gte": "2017-03-01"}}}
    assert selecting(DateRange(date(2017, 3, 1), date(2017, 3, 2))) == {
        "range": {"day": {"gte": "2017-03-01", "lte": "2017-03-02"}}
    }
    assert selecting(DateRange(None, None)) == {"exists": {"field": "day"}}
    assert selecting(Undated()) == {"bool": {"must_not": [{"exists": {"field": "day"}}]}}
    assert scored(MatchAll()) == {"constant_score": {"filter": {"match_all": {}}, "boost": 0.0}}


def test_inner_nodes() -> None:
    """And, Or, Not and Boost; what an And need not score it filters or excludes."""
    strike, title = group("title", "strike|strikes", 3.0), Keyword("lang", "en")
    assert scored(And((STRIKE, title, Not(Undated()), Not(STRIKE)))) == {
        "bool": {
            "must": [strike],
            "filter": [selecting(title)],
            "must_not": [selecting(Undated()), selecting(STRIKE)],
        }
    }
    assert scored(Or((STRIKE, title))) == {"bool": {"should": [strike, scored(title)], "minimum_should_match": 1}}
    assert scored(Not(STRIKE)) == {"bool": {"must_not": [selecting(STRIKE)]}}
    assert scored(Boost(STRIKE, 2.5)) == {"bool": {"must": [strike], "boost": 2.5}}
    assert selecting(Boost(STRIKE, 2.5)) == selecting(STRIKE)
    assert selecting(And((STRIKE, Or((title, Not(STRIKE)))))) == {
        "bool": {
            "must": [
                selecting(STRIKE),
                {"bool": {"should": [selecting(title), selecting(Not(STRIKE))], "minimum_should_match": 1}},
            ]
        }
    }


def test_long_queries_stay_within_the_cluster_s_limit() -> None:
    """Words beyond the clauses that can be weighed are lists, one clause each; beyond those the limit is told."""
    terms = tuple(Term(f"w{number}") for number in range(60))
    words: dict[WordLeaf, Words] = {term: (tuple(f"{term.word}{n}" for n in range(5)),) for term in terms}
    kinds = json.dumps(scored(And(terms), words))
    assert kinds.count('"match"') == 4 * (compiling._SCORED_CLAUSES // 20)
    assert kinds.count('"terms"') == 4 * (60 - compiling._SCORED_CLAUSES // 20)
    many = tuple(Term(f"w{number}") for number in range(300))
    with pytest.raises(QueryLimitError, match=r"1,000 words.*shorter"):
        scored(And(many), {term: ((term.word,),) for term in many})


def test_no_node_is_left_to_a_parser() -> None:
    """Nothing is compiled to a query string, in which words could become operators."""
    phrase = Phrase(("or", "and"), 3)
    compiled = scored(And((phrase, Term("mosul"))), {phrase: (("or",), ("and",))})
    assert "query_string" not in json.dumps(compiled)
