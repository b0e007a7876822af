"""Search requests within a deadline, their failures as errors of queries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from searchkit.engines.opensearch.connection import Connection, RequestError, UnansweredError, encoded, shown_host
from searchkit.engines.shared import Deadline
from searchkit.errors import EngineError, QueryLimitError, QueryTimeoutError

_WITHOUT_LIMIT_S = 3600.0
# A cluster that keeps to the limit needs a moment to say that it could not.
_GRACE_S = 1.0


def ask(
    connection: Connection,
    path: str,
    body: dict[str, Any],
    deadline: Deadline,
    params: Mapping[str, object] | None = None,
) -> Any:
    """What the cluster answers to a search, of all shards: part of an answer would be a wrong one.

    Raises `QueryTimeoutError`, `QueryLimitError`, and whatever the connection raises.
    """
    params = {"allow_partial_search_results": "false", **(params or {})}
    if "pit" in body:
        del params["allow_partial_search_results"]  # not taken beside a point in time; checked below
    answer = _request(connection, path, _limited(body, deadline), deadline, params)
    _check(connection, answer, deadline)
    return answer


def ask_all(connection: Connection, path: str, bodies: list[dict[str, Any]], deadline: Deadline) -> list[Any]:
    """The answers to several searches, with one request."""
    payload = b"".join([b"{}\n" + encoded(_limited(body, deadline)) + b"\n" for body in bodies])
    answers: list[Any] = _request(connection, path, payload, deadline, {})["responses"]
    for answer in answers:
        if "error" in answer:
            raise EngineError(
                f"OpenSearch at {connection.shown_hosts} refused: {answer['error'].get('reason')} "
                f"({answer['error'].get('type')})"
            )
        _check(connection, answer, deadline)
    return answers


def _request(connection: Connection, path: str, body: object, deadline: Deadline, params: Mapping[str, object]) -> Any:
    deadline.check()
    left_s = deadline.left_s
    try:
        return connection.request(
            "POST", path, body=body, params=params, timeout_s=_WITHOUT_LIMIT_S if left_s is None else left_s + _GRACE_S
        )
    except UnansweredError as exc:
        if left_s is None:
            raise
        # A cluster at work tells in time that it could not: it is the host that hangs, whatever the query.
        raise QueryTimeoutError(
            f"OpenSearch at {exc.host} did not answer within {left_s:.1f} s; look at its load, or allow the query more "
            "time (limits.timeout_s)"
        ) from exc
    except RequestError as exc:
        deadline.check()
        if "search_context_missing_exception" in exc.kind:
            raise EngineError(
                f"OpenSearch at {connection.shown_hosts} has let go of this search: a node was lost, or nothing of "
                "it was read for ten minutes; run it again"
            ) from exc
        if "too_many_clauses" in exc.kind or "too_many_nested_clauses" in exc.kind:
            raise QueryLimitError(
                "the query holds more words, with their inflections, than the cluster takes "
                "(indices.query.bool.max_clause_count); make it shorter, or name a field"
            ) from exc
        raise


def _limited(body: dict[str, Any], deadline: Deadline) -> dict[str, Any]:
    """The search with the time that is left to it."""
    left_s = deadline.left_s
    return body if left_s is None else {**body, "timeout": f"{max(int(left_s * 1000), 1)}ms"}


def _check(connection: Connection, answer: Any, deadline: Deadline) -> None:
    """Raise what an answer that is not whole means."""
    if answer.get("timed_out"):
        deadline.expire()
    shards = answer["_shards"]
    if shards["failed"]:
        reasons = {str(each.get("reason", {}).get("reason")) for each in shards.get("failures", ())}
        raise EngineError(
            f"{shards['failed']} of {shards['total']} shards of OpenSearch at {connection.shown_hosts} did not answer "
            f"({'; '.join(sorted(reasons))}); look at {shown_host(connection.cluster.hosts[0])}/_cluster/health and try "
            "again"
        )
