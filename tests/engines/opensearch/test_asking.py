"""Searches within a deadline: an answer that is not whole is an error, and each error is one of queries where it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest

from searchkit.cluster import Cluster
from searchkit.engines.opensearch import asking
from searchkit.engines.opensearch.asking import ask, ask_all
from searchkit.engines.opensearch.connection import Connection
from searchkit.engines.shared import Deadline
from searchkit.errors import EngineError, QueryLimitError, QueryTimeoutError
from tests.engines.opensearch.fake import Answer, Asked, Fake, fake_cluster

WHOLE = {"took": 1, "timed_out": False, "_shards": {"total": 2, "successful": 2, "failed": 0}, "hits": {}}


@contextmanager
def connected(*answers: Answer) -> Iterator[tuple[Connection, Fake]]:
    """A host that gives these answers, one after another."""
    left = list(answers)

    def answer(_: Asked) -> Answer:
        return left.pop(0)

    with fake_cluster(answer) as fake:
        connection = Connection(Cluster((fake.url,)))
        try:
            yield connection, fake
        finally:
            connection.close()


def refused(kind: str) -> Answer:
    return 400, {"error": {"type": "outer", "root_cause": [{"type": kind, "reason": "because"}]}, "status": 400}


def test_a_search_says_how_long_it_may_take() -> None:
    """The time that is left goes along; nothing of it is said without a limit. Parts of answers are not wanted."""
    with connected((200, WHOLE), (200, WHOLE)) as (connection, fake):
        assert ask(connection, "/x/_search", {"size": 1}, Deadline(5.0)) == WHOLE
        ask(connection, "/x/_search", {"size": 1}, Deadline(None))
    limited, unlimited = (json.loads(asked.body) for asked in fake.asked)
    assert 0 < int(limited["timeout"].removesuffix("ms")) <= 5000
    assert unlimited == {"size": 1}
    assert all("allow_partial_search_results=false" in asked.path for asked in fake.asked)


def test_no_time_left_asks_nothing() -> None:
    """A deadline that has passed is told before anything is sent."""
    with connected() as (connection, fake), pytest.raises(QueryTimeoutError, match="0 s"):
        ask(connection, "/x/_search", {}, Deadline(0.0))
    assert fake.asked == []


def test_a_search_that_took_too_long_is_told() -> None:
    """What the cluster found until its time was over is no result."""
    late = {**WHOLE, "timed_out": True}
    with connected((200, late)) as (connection, _), pytest.raises(QueryTimeoutError, match="longer than 5 s"):
        ask(connection, "/x/_search", {}, Deadline(5.0))


def test_a_host_that_hangs_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where not even a cluster's own word that it could not comes in time, the error names the host, not the query."""
    monkeypatch.setattr(asking, "_GRACE_S", 0.0)
    silent = Event()

    def wait(_: Asked) -> Answer:
        silent.wait(30)
        return 200, WHOLE

    with fake_cluster(wait) as fake:
        connection = Connection(Cluster((fake.url,)))
        with pytest.raises(QueryTimeoutError, match=rf"{fake.url} did not answer.*limits\.timeout_s"):
            ask(connection, "/x/_search", {}, Deadline(0.3))
        silent.set()
        connection.close()


def test_shards_that_did_not_answer_are_told() -> None:
    """What is found without them is no result; the error counts them, with their reasons."""
    failed = {"total": 3, "failed": 1, "failures": [{"reason": {"reason": "the disk is gone"}}]}
    said = r"1 of 3 shards.*the disk is gone.*_cluster/health"
    with (
        connected((200, {**WHOLE, "_shards": failed})) as (connection, fake),
        pytest.raises(EngineError, match=said) as told,
    ):
        ask(connection, "/x/_search", {}, Deadline(5.0))
    assert fake.url in str(told.value)


@pytest.mark.parametrize(
    ("kind", "error", "said"),
    [
        ("too_many_clauses", QueryLimitError, "make it shorter"),
        ("too_many_nested_clauses", QueryLimitError, "make it shorter"),
        ("search_context_missing_exception", EngineError, "run it again"),
        ("query_shard_exception", EngineError, "because"),
    ],
)
def test_refusals_are_errors_of_queries(kind: str, error: type[Exception], said: str) -> None:
    """Limits of the cluster are limits of the query; everything else is told as it was said."""
    with connected(refused(kind)) as (connection, _), pytest.raises(error, match=said):
        ask(connection, "/x/_search", {}, Deadline(5.0))


def test_several_searches_are_one_request() -> None:
    """Answers come in the order of the searches, each as strictly looked at as one by itself."""
    answers: list[Any] = [{**WHOLE, "took": 1}, {**WHOLE, "took": 2}]
    with connected((200, {"responses": answers})) as (connection, fake):
        assert ask_all(connection, "/x/_msearch", [{"size": 1}, {"size": 2}], Deadline(None)) == answers
    assert fake.asked[0].body == b'{}\n{"size":1}\n{}\n{"size":2}\n'
    for bad, error in (
        ({"error": {"type": "x", "reason": "because"}, "status": 400}, EngineError),
        ({**WHOLE, "timed_out": True}, QueryTimeoutError),
        ({**WHOLE, "_shards": {"total": 1, "failed": 1}}, EngineError),
    ):
        with connected((200, {"responses": [WHOLE, bad]})) as (connection, _), pytest.raises(error):
            ask_all(connection, "/x/_msearch", [{}, {}], Deadline(5.0))
