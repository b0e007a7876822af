"""Indexes in the cluster that the environment names, for tests: each of its own name, removed afterwards."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.request import Request, urlopen

import pytest

from searchkit.cluster import Cluster

VARIABLE = "SEARCHKIT_TEST_OPENSEARCH"

HOSTS = tuple(url.strip().rstrip("/") for url in os.environ.get(VARIABLE, "").split(",") if url.strip())

needs_cluster = pytest.mark.skipif(
    not HOSTS,
    reason=f"{VARIABLE} names no cluster; start one and run these with: tests/opensearch/cluster run pytest tests/engines",
)


@contextmanager
def new_cluster_index(**values: Any) -> Iterator[Cluster]:
    """A name of an index that is not there yet."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    try:
        yield Cluster(hosts=HOSTS, index=name, **{"shards": 1, "replicas": 0, "timeout_s": 30.0, **values})
    finally:
        for index in call("GET", f"/{name}*/_settings?filter_path=*.settings.index.uuid"):
            with suppress(OSError):
                call("DELETE", f"/{index}")


def call(method: str, path: str, body: object = None) -> Any:
    """A request without searchkit between."""
    data = None if body is None else json.dumps(body).encode()
    request = Request(HOSTS[0] + path, data=data, method=method, headers={"content-type": "application/json"})
    with urlopen(request, timeout=60) as answer:
        return json.load(answer)
