"""What the official client's own parallel bulk reaches: `python -m tests.bench.bulk.official DOCUMENTS.jsonl URLS INDEX`.

The documents are those that searchkit sends, made beforehand and in memory before the clock starts. It ends when all are
acknowledged and the index is refreshed. On standard output: the seconds, and those of processor time.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.helpers import parallel_bulk


def fill(documents: list[dict[str, Any]], urls: list[str], index: str) -> tuple[float, float]:
    """Seconds on the clock and of this process, with the settings that the client has by itself."""
    with OpenSearch(urls, timeout=300) as client:
        cpu_start, start = process_time(), perf_counter()
        for done, told in parallel_bulk(client, _actions(documents, index)):
            if not done:
                raise SystemExit(f"a document was refused: {str(told)[:500]}")
        client.indices.refresh(index=index)
        return perf_counter() - start, process_time() - cpu_start


def _actions(documents: list[dict[str, Any]], index: str) -> Iterator[dict[str, Any]]:
    for document in documents:
        yield {"_index": index, "_id": document["id"], "routing": document["id"], "_source": document}


if __name__ == "__main__":
    _documents, _urls, _index = sys.argv[1:]
    with Path(_documents).open(encoding="utf-8") as _lines:
        _loaded = [json.loads(line) for line in _lines]
    sys.stdout.write(json.dumps(fill(_loaded, _urls.split(","), _index)))
