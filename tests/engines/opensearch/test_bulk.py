"""Bulk sending: everything is acknowledged or named, and what a busy cluster left is sent again."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

import pytest

from searchkit.cluster import Cluster
from searchkit.engines.opensearch import bulk
from searchkit.engines.opensearch.bulk import BulkSender, delete_operation, index_operation
from searchkit.engines.opensearch.connection import Connection
from searchkit.errors import EngineError
from tests.engines.opensearch.fake import Answer, Asked, fake_cluster


class Store:
    """What a cluster does with bulk requests, as a test wants it to go."""

    def __init__(self) -> None:
        self.held: dict[str, object] = {}
        self.requests = 0
        self.busy_items = 0
        self.statuses: list[int] = []
        self.refuse: set[str] = set()
        self.taken: set[str] = set()

    def __call__(self, asked: Asked) -> Answer:
        self.requests += 1
        if self.statuses and (status := self.statuses.pop(0)) != 200:
            return status, {"error": "busy"}
        lines = [json.loads(line) for line in asked.body.splitlines()]
        items = []
        while lines:
            ((action, meta),) = lines.pop(0).items()
            document = None if action == "delete" else lines.pop(0)
            items.append({action: self._item(action, meta["_id"], document)})
        return 200, {"errors": any(item["status"] > 299 for each in items for item in each.values()), "items": items}

    def _item(self, action: str, id_: str, document: object) -> dict[str, object]:
        if self.busy_items:
            self.busy_items -= 1
            return {"status": 429, "error": {"type": "rejected", "reason": "queue full"}}
        if id_ in self.refuse:
            return {"status": 400, "error": {"type": "mapper", "reason": f"{id_} is bad"}}
        if id_ in self.taken:
            return {"status": 409, "error": {"type": "version_conflict", "reason": "there"}}
        self.held[id_] = document
        return {"status": 200}


@contextmanager
def sender_to(store: Store, **options: float) -> Iterator[BulkSender]:
    with fake_cluster(store) as fake:
        connection = Connection(Cluster((fake.url,), connections=3))
        sender = BulkSender(connection, **options)
        try:
            yield sender
        finally:
            sender.stop()
            connection.close()


def put(sender: BulkSender, *ids: str) -> None:
    for id_ in ids:
        sender.put(index_operation("x", id_, {"value": id_}, f"{id_}.txt", version=1))


def test_everything_is_sent_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Operations go out by the batch, on several connections, and each is acknowledged."""
    monkeypatch.setattr(bulk, "BATCH_OPERATIONS", 10)
    store = Store()
    ids = [str(number) for number in range(95)]
    with sender_to(store) as sender:
        put(sender, *ids)
        sender.drain()
        assert (sender.acknowledged, sender.resent, store.requests) == (95, 0, 10)
    assert store.held == {id_: {"value": id_} for id_ in ids}


def test_batches_are_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch is sent when its bytes are enough, however few operations they are."""
    monkeypatch.setattr(bulk, "BATCH_BYTES", 1000)
    store = Store()
    with sender_to(store) as sender:
        for number in range(6):
            sender.put(index_operation("x", str(number), {"value": "v" * 600}, "", version=1))
        sender.drain()
    assert (store.requests, len(store.held)) == (3, 6)


def test_what_a_busy_cluster_left_is_sent_again() -> None:
    """Single operations that were rejected for now are sent again by themselves; requests whole."""
    store = Store()
    store.busy_items = 3
    store.statuses = [429, 503]
    with sender_to(store) as sender:
        put(sender, "a", "b", "c", "d")
        sender.drain()
        assert (sender.acknowledged, sender.resent) == (4, 3)
    assert store.held.keys() == {"a", "b", "c", "d"}
    assert store.requests == 4


def test_a_busy_cluster_is_given_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses grow while nothing is taken, up to a bound, and begin anew once something was."""
    pauses: list[float] = []
    monkeypatch.setattr(bulk, "sleep", pauses.append)
    monkeypatch.setattr(bulk.random, "uniform", lambda _, most: most)
    store = Store()
    store.busy_items = 2 * 8 + 1
    with sender_to(store) as sender:
        put(sender, "a", "b")
        sender.drain()
    assert pauses == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0, 0.2]


def test_refused_operations_are_counted_and_named() -> None:
    """What the cluster will never take is told by the name that people know, with its reason; the rest is stored."""
    store = Store()
    store.refuse = {str(number) for number in range(7)}
    with sender_to(store) as sender:
        put(sender, *map(str, range(10)))
        with pytest.raises(EngineError, match=r"refused 7 .*0\.txt: 0 is bad.*and 2 more"):
            sender.drain()
    assert store.held.keys() == {"7", "8", "9"}


def test_a_later_version_that_is_there_is_no_failure() -> None:
    """A conflict means that what is wanted is there already; a deletion of nothing is one."""
    store = Store()
    store.taken = {"a", "b"}
    with sender_to(store) as sender:
        put(sender, "a")
        sender.put(delete_operation("x", "b", "b", version=2, routing="b"))
        sender.drain()
        assert sender.acknowledged == 2


def test_a_cluster_that_takes_nothing_is_given_up() -> None:
    """After a while without any progress the error names the host."""
    store = Store()
    store.busy_items = 1_000_000
    with sender_to(store, patience_s=0.3) as sender:
        put(sender, "a")
        with pytest.raises(EngineError, match=r"http://127\.0\.0\.1.*took nothing"):
            sender.drain()
        with pytest.raises(EngineError):
            put(sender, *map(str, range(bulk.BATCH_OPERATIONS)))


def test_an_answer_for_fewer_operations_is_no_success() -> None:
    """Success is said only of operations that were answered for."""

    def forgetful(asked: Asked) -> Answer:
        return 200, {"errors": False, "items": [{"index": {"status": 200}}]}

    with fake_cluster(forgetful) as fake:
        connection = Connection(Cluster((fake.url,)))
        sender = BulkSender(connection)
        put(sender, "a", "b")
        with pytest.raises(EngineError, match="answered for 1 of 2"):
            sender.drain()
        sender.stop()
        connection.close()


def test_stopping_waits_for_no_lost_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who stops, as at Ctrl-C, is not kept by a request that nobody answers, nor by what was waiting behind it."""
    monkeypatch.setattr(bulk, "_PATIENCE_AT_THE_END_S", 0.05)
    monkeypatch.setattr(bulk, "BATCH_OPERATIONS", 1)
    silent = Event()

    def wait(_: Asked) -> Answer:
        silent.wait(30)
        return 200, {"items": []}

    with fake_cluster(wait) as fake:
        connection = Connection(Cluster((fake.url,), connections=1))
        sender = BulkSender(connection)
        put(sender, "a", "b")  # one on its way, one in the queue
        started = time.monotonic()
        sender.stop()
        assert time.monotonic() - started < 10
        with pytest.raises(EngineError, match="stopped"):
            put(sender, "c")
        silent.set()
        connection.close()
