"""After a commit: the alias for other tools, and the removal of what no reader can see any more.

Nothing here decides what is in the index; a failure leaves garbage, or an old alias, until the next commit.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

from searchkit.engines.opensearch.connection import Connection, UnansweredError
from searchkit.engines.opensearch.layout import Layout
from searchkit.engines.opensearch.state import State, builds_in_use, oldest_kept
from searchkit.engines.opensearch.statestore import StateStore


def show_to_others(connection: Connection, layout: Layout, state: State) -> None:
    """Let the alias of the index's name show the articles of this commit, from one moment to the next."""
    index = layout.articles(state.view.build)
    others = _indices(connection, layout) - {index}
    actions: list[dict[str, Any]] = [
        {"remove": {"index": other, "alias": layout.name, "must_exist": False}} for other in sorted(others)
    ]
    actions.append({"add": {"index": index, "alias": layout.name, "filter": state.view.living()}})
    connection.request("POST", "/_aliases", body={"actions": actions})


def sweep(connection: Connection, layout: Layout, store: StateStore) -> None:
    """Have the cluster remove articles that died before the oldest view that is kept, and builds nobody uses."""
    state, now = store.read(), time.time()
    if state is None:
        return
    used = builds_in_use(state, now)
    for index in _indices(connection, layout):
        build = layout.build_of(index)
        if build is not None and build not in used:
            connection.request("DELETE", f"/{index},{layout.words(build)}", accept=(404,))
    if not state.generation:
        return
    index = layout.articles(state.view.build)
    unseen: list[dict[str, Any]] = [oldest_kept(state, now).dead()]
    if state.view.aborted:
        unseen.append({"terms": {"born": list(state.view.aborted)}})
    body = {"query": {"bool": {"should": unseen}}}
    if connection.request("POST", f"/{index}/_count", body=body)["count"]:
        with suppress(UnansweredError):  # the cluster goes on by itself
            connection.request("POST", f"/{index}/_delete_by_query", params={"conflicts": "proceed"}, body=body)


def _indices(connection: Connection, layout: Layout) -> set[str]:
    """The article indices of all builds."""
    found = connection.request(
        "GET", f"/{layout.builds()}/_settings", params={"filter_path": "*.settings.index.uuid"}, accept=(404,)
    )
    return {index for index in found if (build := layout.build_of(index)) and index == layout.articles(build)}
