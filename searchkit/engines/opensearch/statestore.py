"""The state of an index, in the cluster: read, and changed by one writer of it at a time.

A change is written on condition that the document is still as it was read, so that no two changes cross.
"""

from __future__ import annotations

import os
import random
import socket
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TypeVar

from searchkit.analysis import STEMMERS, stem_language
from searchkit.engine import IndexingOptions
from searchkit.engines.opensearch.connection import Connection, RequestError, encoded
from searchkit.engines.opensearch.layout import Layout, articles_body, state_body, words_body
from searchkit.engines.opensearch.state import (
    FORMAT_VERSION,
    HeldError,
    Holder,
    State,
    View,
    begun,
    given_up,
    renewed,
    state_of,
)
from searchkit.errors import EngineError, IndexDamagedError, IndexLockedError, IndexVersionError

T = TypeVar("T")

PATIENCE_S = 60.0
"""How long a writer tries again where the cluster cannot take a change: about as long as it takes to replace a node."""

_ATTEMPTS = 200
_LOOK_AGAIN_S = 0.25


def stemmed_languages(languages: Iterable[str]) -> tuple[str, ...]:
    """Of some language tags the parts that decide about stems, for those that have any."""
    return tuple(sorted({primary for each in languages if (primary := stem_language(each)) in STEMMERS}))


class StateStore:
    """The state document of one index."""

    def __init__(self, connection: Connection, layout: Layout) -> None:
        self._connection = connection
        self._layout = layout
        self._path = f"/{layout.state}/_doc/state"

    def read(self) -> State | None:
        """The state; None where nothing of that name is. Its words may be of another version than ours.

        Raises `IndexVersionError`, `IndexDamagedError`.
        """
        state, _ = self._read()
        return state

    def change(self, how: Callable[[State], State]) -> State:
        """Make a change true; the state after it. What `how` raises passes."""

        def change(state: State) -> tuple[State, None]:
            return how(state), None

        return self._change(change)[0]

    def begin(self, rebuild: bool, wait_s: float, options: IndexingOptions) -> tuple[State, int]:
        """Become a writer: the state and the writer's number. Waits up to `wait_s` seconds for others.

        Raises `IndexLockedError`.
        """
        if self.read() is None:
            self._create(self._layout.state, state_body(self._connection.cluster))
        owner = f"process {os.getpid()} on {socket.gethostname()}"
        end = time.monotonic() + wait_s

        def begin(state: State) -> tuple[State, int]:
            languages = stemmed_languages(options.languages)
            return begun(state, owner, time.time(), rebuild=rebuild, shard=options.shard, languages=languages)

        while True:
            try:
                return self._change(begin)
            except HeldError as held:
                if time.monotonic() >= end:
                    raise self._locked(held.holder) from None
                time.sleep(min(_LOOK_AGAIN_S, max(end - time.monotonic(), 0.01)))

    def renew(self, number: int) -> None:
        """Tell that a writer is still at work. Raises `state.LostError`."""
        self.change(lambda state: renewed(state, number, time.time()))

    def give_up(self, number: int) -> None:
        """End a writer without a commit."""
        self.change(lambda state: given_up(state, number))

    def create_build(self, build: int) -> None:
        """Make the indices of a build, unless they are there."""
        cluster = self._connection.cluster
        self._create(self._layout.articles(build), articles_body(cluster))
        self._create(self._layout.words(build), words_body(cluster))

    def _create(self, index: str, body: object) -> None:
        # Two requests would race; one that comes second is told that the index exists.
        try:
            self._connection.request("PUT", f"/{index}", body=body, patience_s=PATIENCE_S, timeout_s=30.0)
        except RequestError as exc:
            if "resource_already_exists_exception" not in exc.kind:
                raise

    def _read(self) -> tuple[State | None, dict[str, object]]:
        """The state, and the condition under which it is still the same."""
        found = self._connection.request("GET", self._path, accept=(404,))
        if not found.get("found"):
            return None, {"op_type": "create"}
        try:
            plain = found["_source"]["state"]
            if plain["format"] != FORMAT_VERSION:
                raise IndexVersionError(
                    f"index {self._layout.name} in the cluster has format {plain['format']}, this searchkit needs "
                    f"{FORMAT_VERSION}: index anew under another opensearch.index"
                )
            return state_of(plain), {"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]}
        except (KeyError, TypeError, ValueError) as exc:
            raise IndexDamagedError(
                f"the state of index {self._layout.name} in the cluster cannot be read ({exc!r}); index anew under "
                "another opensearch.index"
            ) from exc

    def _change(self, how: Callable[[State], tuple[State, T]]) -> tuple[State, T]:
        for _ in range(_ATTEMPTS):
            state, condition = self._read()
            state = state or State(View(0))
            changed, what = how(state)
            if changed == state:
                return state, what
            if self._write(changed, condition):
                return changed, what
            time.sleep(random.uniform(0.005, 0.1))
        raise EngineError(f"the state of index {self._layout.name} is changed by others all the time; try again")

    def _write(self, state: State, condition: dict[str, object]) -> bool:
        """Whether the state was written; False where another change came first.

        A write whose answer was lost is sent again, and then refused because of itself: what is there tells.
        """
        try:
            body = encoded({"state": state.plain()})
            self._connection.request("PUT", self._path, body=body, params=condition, patience_s=PATIENCE_S)
        except RequestError as exc:
            if exc.status != 409:
                raise
            return self._read()[0] == state
        return True

    def _locked(self, holder: Holder) -> IndexLockedError:
        since = datetime.fromtimestamp(holder.since, UTC)
        part = f", for part {holder.shard}" if holder.shard else ""
        message = (
            f"index {self._layout.name} is being written by {holder.owner}{part} since {since:%Y-%m-%d %H:%M} UTC; "
            "wait with --wait SECONDS (one that was killed is given up a minute after its last sign)"
        )
        return IndexLockedError(message, holder.owner, since)
