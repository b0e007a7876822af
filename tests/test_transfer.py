"""Transfer: articles and messages come out of the pipe as they went in."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.article import Article, Link
from searchkit.transfer import from_plain, pack, receive, to_plain
from tests.engines.contract import article
from tests.engines.whoosh.test_segment import odd_articles


@given(st.lists(odd_articles, max_size=4))
def test_articles_come_through(articles: list[Article]) -> None:
    """Any articles, lone surrogates, zones and empty values too, come out as they were."""
    pipe = io.BytesIO(pack([to_plain(each) for each in articles]))
    again = [from_plain(values) for values in receive(pipe)]
    assert again == articles
    for one, other in zip(articles, again, strict=True):
        if isinstance(one.published, datetime):
            assert isinstance(other.published, datetime)
            assert one.published.utcoffset() == other.published.utcoffset()


def test_a_moment_among_the_links_comes_through() -> None:
    """A link's date may be a datetime, which is a date too."""
    whole = article("a", links=(Link("x", None, datetime(2020, 1, 2, 3, 4, tzinfo=UTC)),))
    assert from_plain(to_plain(whole)) == whole


def test_messages_follow_one_another() -> None:
    """Messages are told apart; at the end of the pipe, or inside a message, the other end is gone."""
    messages: list[Any] = [None, [], ["a", 1, None, {"b": (2,)}], "é\udc80"]
    data = b"".join(map(pack, messages))
    pipe = io.BytesIO(data)
    assert [receive(pipe) for _ in messages] == messages
    with pytest.raises(EOFError):
        receive(pipe)
    last = pack(messages[2])
    for cut in range(len(last)):
        with pytest.raises(EOFError):
            receive(io.BytesIO(last[:cut]))
