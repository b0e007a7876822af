"""How an article becomes words, days, keys: the same for every engine."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import islice, pairwise

import pytest
from hypothesis import given

from searchkit.analysis import tokenize, words
from searchkit.article import Article, Link
from searchkit.fieldtext import (
    PART_GAP,
    WORD_FIELDS,
    calendar_day,
    field_parts,
    field_tokens,
    has_keyword,
    moment_us,
    title_key,
)
from searchkit.matching import find_runs
from searchkit.query import Keyword
from tests import strategies
from tests.engines.contract import article

FAR_WEST = timezone(timedelta(hours=-10))


def test_each_field_has_its_text() -> None:
    """Each field is made of its own value, the path of the source with its record; what is None is empty."""
    whole = article(
        "a",
        "body b",
        source="dir/file.jsonl#7",
        title="title t",
        dek="dek d",
        authors=("Ann A", "Bob B"),
        publisher="publisher p",
        links=(Link("one headline", "not searched"), Link("two")),
    )
    expected = {
        "title": ["title", "t"],
        "dek": ["dek", "d"],
        "body": ["body", "b"],
        "links": ["one", "headline", "two"],
        "author": ["ann", "a", "bob", "b"],
        "publisher": ["publisher", "p"],
        "path": ["dir", "file", "jsonl", "7"],
    }
    assert {name: [token.word for token in field_tokens(whole, name)] for name in WORD_FIELDS} == expected
    empty = article("b", source="")
    assert all(field_tokens(empty, name) == [] for name in WORD_FIELDS)


def test_fields_without_words_are_refused() -> None:
    """Asking for the words of a field that holds none is an error that names those that do."""
    for field in ("date", "lang", "id", "sources"):
        with pytest.raises(ValueError, match="title, dek, body"):
            field_parts(article("a"), field)


def test_single_text_is_tokenized_as_it_is() -> None:
    """The words of a body are those of the analysis, offsets and all; paragraphs leave no gap."""
    each = article("a", "One two\n\nthree 中国人")
    assert field_tokens(each, "body") == list(tokenize(each.body))
    assert [token.position for token in field_tokens(each, "body")] == [0, 1, 2, 3, 4, 4]


def test_gap_between_headlines() -> None:
    """Between two headlines lies the gap, and none is left by a headline without words."""
    each = article("a", links=(Link("…"), Link("one two"), Link(""), Link("中国人"), Link("three")))
    positions = [(token.word, token.position) for token in field_tokens(each, "links")]
    second = 2 + PART_GAP
    third = second + 2 + PART_GAP
    expected = [("one", 0), ("two", 1), ("中国", second), ("国人", second + 1), ("人", second + 1), ("three", third)]
    assert positions == expected


@given(strategies.articles)
def test_no_phrase_crosses_parts(each: Article) -> None:
    """Words of different headlines, or authors, never form a run, even at the widest slop a query may have."""
    for field in ("links", "author"):
        tokens = iter(field_tokens(each, field))
        counts = [len(words(part)) for part in field_parts(each, field)]
        parts = [[token.position for token in islice(tokens, count)] for count in counts if count]
        assert list(tokens) == []
        for left, right in pairwise(parts):
            assert left == sorted(left)
            assert find_runs([left, right], 1000) == []


@pytest.mark.parametrize(
    ("published", "day"),
    [
        (None, None),
        (date(2017, 3, 17), date(2017, 3, 17)),
        (datetime(2017, 3, 17, 23, 59), date(2017, 3, 17)),
        (datetime(2017, 3, 17, 23, 59, tzinfo=UTC), date(2017, 3, 17)),
        (datetime(2017, 3, 17, 23, 59, tzinfo=FAR_WEST), date(2017, 3, 18)),
        (datetime(9999, 12, 31, 23, 59, tzinfo=FAR_WEST), date(9999, 12, 31)),
    ],
)
def test_calendar_day(published: date | datetime | None, day: date | None) -> None:
    """A moment with a zone counts on its day in UTC, everything else as stated; no calendar ends in an error."""
    assert calendar_day(published) == day
    assert type(calendar_day(published)) is not datetime


def test_moments_in_order() -> None:
    """A day sorts as its midnight, a naive moment as UTC, zones count, down to the microsecond."""
    ordered = [
        datetime(2017, 3, 16, 23, 59, 59, 999999),
        date(2017, 3, 17),
        datetime(2017, 3, 17, 0, 0, 0, 1, tzinfo=UTC),
        datetime(2017, 3, 17, 12),
        datetime(2017, 3, 17, 3, tzinfo=FAR_WEST),
    ]
    moments = [moment_us(published) for published in ordered]
    assert moments == sorted(set(moments), key=lambda moment: moment or 0)
    assert moment_us(date(2017, 3, 17)) == moment_us(datetime(2017, 3, 17, tzinfo=UTC))
    assert (moment_us(date.min) or 0) > 0  # the index takes 0 for "undated"
    assert moment_us(None) is None


def test_title_key() -> None:
    """Titles are compared by their folded words."""
    assert title_key(article("a", title="“L'Éclair”, U.S.!")) == "l eclair us"


def test_keywords() -> None:
    """A language is matched by its tag or the first parts of it, an id by its beginning; None has no language."""
    each = article("AbC", language="zh-Hant-TW")
    for value in ("zh", "zh-hant", "zh-hant-tw"):
        assert has_keyword(each, Keyword("lang", value))
    for value in ("z", "zh-han", "hant", "zh-hant-tw-x", ""):
        assert not has_keyword(each, Keyword("lang", value))
    assert not has_keyword(article("a"), Keyword("lang", "en"))
    assert not has_keyword(article("a"), Keyword("lang", ""))
    assert has_keyword(each, Keyword("id", "ab"))
    assert not has_keyword(each, Keyword("id", "bc"))
