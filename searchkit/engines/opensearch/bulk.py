"""Many operations to a cluster in few requests, several at once, each operation acknowledged or named."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, Queue
from threading import Lock, Thread
from time import monotonic, sleep
from typing import Any

from searchkit.engines.opensearch.connection import Connection, encoded
from searchkit.errors import EngineError

BATCH_BYTES = 3_000_000
BATCH_OPERATIONS = 2000

NAMED = 5
"""How many refused operations a message names."""

_BUSY = (429, 502, 503, 504)
_PATH = "/_bulk"
_PATIENCE_AT_THE_END_S = 5.0
_SHORT_ANSWER = {"filter_path": "errors,items.*.status,items.*.error"}


@dataclass(frozen=True, slots=True)
class Operation:
    """One line (or two) of a bulk request. `label` names it to people; `fine` are statuses that are no failure."""

    lines: bytes
    label: str
    fine: tuple[int, ...] = ()


@dataclass(slots=True)
class _Batch:
    operations: list[Operation] = field(default_factory=list)
    size: int = 0


class BulkSender:
    """Sends operations as they come, on threads of its own; `put` waits while all of them are busy.

    Operations that the cluster was too busy for are sent again, with growing pauses, until `patience_s` have passed
    without any progress. Which of two operations arrives first is not told: those on one document carry versions.
    """

    def __init__(self, connection: Connection, *, patience_s: float = 60.0) -> None:
        self._connection = connection
        self._patience_s = patience_s
        self._queue: Queue[_Batch | None] = Queue(maxsize=connection.cluster.connections)
        self._filling = _Batch()
        self._lock = Lock()
        self._refused: list[tuple[str, str]] = []
        self._refused_count = 0
        self._error: BaseException | None = None
        self.acknowledged = 0
        self.resent = 0
        self._threads = [
            Thread(target=self._work, name=f"searchkit-bulk-{number}", daemon=True)
            for number in range(connection.cluster.connections)
        ]
        for thread in self._threads:
            thread.start()

    def put(self, operation: Operation) -> None:
        """Send an operation, soon. Raises what made sending impossible."""
        batch = self._filling
        batch.operations.append(operation)
        batch.size += len(operation.lines)
        if batch.size >= BATCH_BYTES or len(batch.operations) >= BATCH_OPERATIONS:
            self._hand_over()

    def drain(self) -> None:
        """Wait until everything put so far is acknowledged.

        Raises `EngineError` with the operations that were refused, and what made sending impossible.
        """
        self._hand_over()
        self._queue.join()
        self._check()
        if self._refused_count:
            named = "; ".join(f"{label}: {reason}" for label, reason in self._refused)
            more = f"; and {self._refused_count - NAMED:,} more" if self._refused_count > NAMED else ""
            raise EngineError(
                f"the cluster refused {self._refused_count:,} of the articles or their parts: {named}{more}"
            )

    def stop(self) -> None:
        """End the threads; what was not sent is not."""
        self._error = self._error or EngineError("sending was stopped")
        with suppress(Empty):
            while True:
                self._queue.get_nowait()
                self._queue.task_done()
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            # One that waits for a cluster which is gone is left to end by itself: what it sends, nobody sees.
            thread.join(_PATIENCE_AT_THE_END_S)

    def _hand_over(self) -> None:
        self._check()
        if self._filling.operations:
            self._queue.put(self._filling)
            self._filling = _Batch()

    def _check(self) -> None:
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        while (batch := self._queue.get()) is not None:
            try:
                if self._error is None:
                    self._send(batch.operations)
            except BaseException as exc:  # told to whoever puts or drains, whatever it is
                self._error = exc
            finally:
                self._queue.task_done()
        self._queue.task_done()

    def _send(self, operations: list[Operation]) -> None:
        pause, since = 0.2, monotonic()
        while operations and self._error is None:
            left = self._send_once(operations)
            if not left:
                return
            if len(left) < len(operations):
                since, pause = monotonic(), 0.2
            if monotonic() - since > self._patience_s:
                raise EngineError(
                    f"OpenSearch at {self._connection.shown_hosts} took nothing for {self._patience_s:g} s although it "
                    "answers; look at its load and its disks, then index again"
                )
            self._connection.note_retry(f"{self._connection.shown_hosts} could not take all of a request")
            with self._lock:
                self.resent += len(left)
            sleep(pause * random.uniform(0.5, 1.0))
            pause = min(2 * pause, 10.0)
            operations = left

    def _send_once(self, operations: list[Operation]) -> list[Operation]:
        """Send them; those to be sent again."""
        answer = self._connection.request(
            "POST",
            _PATH,
            body=b"".join([operation.lines for operation in operations]),
            params=_SHORT_ANSWER,
            timeout_s=max(60.0, self._connection.cluster.timeout_s),
            patience_s=self._patience_s,
        )
        items = answer.get("items", ())
        if len(items) != len(operations):
            raise EngineError(
                f"OpenSearch at {self._connection.shown_hosts} answered for {len(items)} of {len(operations)} operations"
            )
        again = []
        done = 0
        for operation, item in zip(operations, items, strict=True):
            (result,) = item.values()
            status = result["status"]
            if status < 300 or status in operation.fine:
                done += 1
            elif status in _BUSY:
                again.append(operation)
            else:
                self._refuse(operation, result.get("error"))
        with self._lock:
            self.acknowledged += done
        return again

    def _refuse(self, operation: Operation, error: Any) -> None:
        reason = error.get("reason") if isinstance(error, dict) else str(error)
        with self._lock:
            self._refused_count += 1
            if len(self._refused) < NAMED:
                self._refused.append((operation.label, str(reason)))


def index_operation(
    index: str, id: str, document: object, label: str, *, version: int, routing: str | None = None
) -> Operation:
    """Store a document, unless a later version is there."""
    meta: dict[str, object] = {"_index": index, "_id": id, "version": version, "version_type": "external_gte"}
    if routing is not None:
        meta["routing"] = routing
    return Operation(_lines({"index": meta}, document), label, fine=(409,))


def delete_operation(index: str, id: str, label: str, *, version: int, routing: str) -> Operation:
    """Remove a document, unless a later version is there."""
    meta = {"_index": index, "_id": id, "version": version, "version_type": "external_gte", "routing": routing}
    return Operation(_lines({"delete": meta}), label, fine=(404, 409))


def _lines(*values: object) -> bytes:
    return b"".join([encoded(value) + b"\n" for value in values])
