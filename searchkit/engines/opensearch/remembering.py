"""What is remembered of files, in the cluster: a document for each file and writer, the latest that is seen counts."""

from __future__ import annotations

from typing import Any

from searchkit.engine import SourceState
from searchkit.engines.opensearch.asking import ask
from searchkit.engines.opensearch.bulk import Operation, index_operation
from searchkit.engines.opensearch.connection import Connection
from searchkit.engines.opensearch.documents import document_id, escaped, key, source_state, state_source, unescaped
from searchkit.engines.opensearch.layout import Layout
from searchkit.engines.opensearch.state import View
from searchkit.engines.shared import Deadline

_PAGE = 5000


def remembering(layout: Layout, build: int, born: int, file: str, state: SourceState | None, version: int) -> Operation:
    """The operation that notes what was read of a file; None forgets it."""
    source = {"name": escaped(file), "state": None if state is None else state_source(state)}
    document = {"file": key(file), "source": source, "build": build, "born": born}
    return index_operation(layout.state, f"{build}~{document_id(file, born)}", document, file, version=version)


def remembered(connection: Connection, layout: Layout, view: View) -> dict[str, SourceState]:
    """What a view holds of each file."""
    body: dict[str, Any] = {
        "size": _PAGE,
        "query": {"bool": {"filter": [{"term": {"build": view.build}}, view.born()]}},
        "sort": ["file", "born"],
        "_source": ["source"],
        "track_total_hits": False,
    }
    found: dict[str, SourceState] = {}
    while True:
        hits = ask(connection, f"/{layout.state}/_search", body, Deadline(None))["hits"]["hits"]
        for hit in hits:
            source = hit["_source"]["source"]
            name = unescaped(source["name"])
            found.pop(name, None)
            if source["state"] is not None:
                found[name] = source_state(source["state"])
        if len(hits) < _PAGE:
            return found
        body["search_after"] = hits[-1]["sort"]
