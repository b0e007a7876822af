"""After a commit: the alias moves from one moment to the next, and only what nobody uses is removed."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

from searchkit.cluster import Cluster
from searchkit.engines.opensearch.connection import Connection
from searchkit.engines.opensearch.layout import Layout
from searchkit.engines.opensearch.state import Holder, Past, State, View
from searchkit.engines.opensearch.statestore import StateStore
from searchkit.engines.opensearch.sweeping import show_to_others, sweep
from tests.engines.opensearch.fake import Answer, Asked, Fake, fake_cluster

NEWS = Layout("news")
THERE = ["news-1-articles", "news-4-articles", "news-7-articles", "news-old-1-articles", "news-extra", "news-state"]


@contextmanager
def cluster_with(state: State) -> Iterator[tuple[Connection, Fake]]:
    """A cluster that holds indices of several builds, and of others, and this state."""

    def answer(asked: Asked) -> Answer:
        if "/_settings" in asked.path:
            return 200, {name: {} for name in THERE}
        if asked.path.startswith("/news-state/_doc/state"):
            plain = {"state": json.loads(json.dumps(state.plain()))}
            return 200, {"found": True, "_source": plain, "_seq_no": 1, "_primary_term": 1}
        return 200, {"count": 0}

    with fake_cluster(answer) as fake:
        connection = Connection(Cluster((fake.url,), index="news"))
        yield connection, fake
        connection.close()


def test_the_alias_moves_in_one_request() -> None:
    """The old build leaves it and the new one enters, filtered by what is committed, in one change that cannot be seen
    half done; indices of other names are left alone."""
    state = State(View(7, floor=7), generation=3)
    with cluster_with(state) as (connection, fake):
        show_to_others(connection, NEWS, state)
    (change,) = [json.loads(asked.body)["actions"] for asked in fake.asked if asked.method != "GET"]
    removed = [action["remove"]["index"] for action in change if "remove" in action]
    (added,) = [action["add"] for action in change if "add" in action]
    assert removed == ["news-1-articles", "news-4-articles"]
    assert added == {"index": "news-7-articles", "alias": "news", "filter": state.view.living()}


def test_builds_that_nobody_uses_are_removed() -> None:
    """Not the one of the last commit, nor one that readers may still look at, nor one that is being written."""
    now = time.time()
    writer = Holder("somebody", now, now + 60, build=4)
    cases = (
        (State(View(7, floor=7), generation=3), ["1", "4"]),
        (State(View(7, floor=7), generation=3, past=(Past(now, View(1)),)), ["4"]),
        (State(View(7, floor=7), generation=3, past=(Past(now - 7200, View(1)),)), ["1", "4"]),
        (State(View(7, floor=7), generation=3, writers={8: writer}), ["1"]),
    )
    for state, expected in cases:
        with cluster_with(state) as (connection, fake):
            sweep(connection, NEWS, StateStore(connection, NEWS))
        deleted = sorted(asked.path.partition("?")[0] for asked in fake.asked if asked.method == "DELETE")
        assert deleted == [f"/news-{build}-articles,news-{build}-words" for build in expected]
