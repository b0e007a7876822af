"""Where a run writes: the cluster's addresses, an index of its own, and the files through which processes are told."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from searchkit.cluster import Cluster


@dataclass(frozen=True, slots=True)
class Place:
    """A cluster, and a folder for files."""

    urls: tuple[str, ...]
    scratch: Path
    shards: int = 1
    replicas: int = 1

    def cluster(self, index: str) -> Cluster:
        """As searchkit is told of it."""
        return Cluster(hosts=self.urls, index=index, shards=self.shards, replicas=self.replicas, timeout_s=60.0)

    def settings(self, index: str) -> Path:
        """A config.yaml of the same."""
        file = self.scratch / f"{index}.yaml"
        told = {"hosts": list(self.urls), "index": index, "shards": self.shards, "replicas": self.replicas}
        file.write_text(json.dumps({"engine": "opensearch", "opensearch": told}), "utf-8")
        return file

    def remove(self, index: str) -> None:
        """The indices whose names begin so, all of them."""
        for name in self.call("GET", f"/{index}*/_settings?filter_path=*.settings.index.uuid"):
            with suppress(HTTPError):
                self.call("DELETE", f"/{name}")

    def size(self, index: str) -> dict[str, int]:
        """Bytes on disk of the first copy of each index whose name begins so, once all is in segments."""
        self.call("POST", f"/{index}*/_flush?force=true")
        stats = self.call("GET", f"/{index}*/_stats/store,docs")["indices"]
        return {name: each["primaries"]["store"]["size_in_bytes"] for name, each in stats.items()}

    def settle(self, timeout_s: float = 120.0) -> None:
        """Wait until the nodes have merged what was written."""
        end = monotonic() + timeout_s
        while monotonic() < end:
            nodes = self.call("GET", "/_nodes/stats/indices/merge")["nodes"].values()
            if not any(node["indices"]["merges"]["current"] for node in nodes):
                return
            sleep(0.5)

    def cpu_seconds(self) -> float:
        """Processor time of all nodes since they were started."""
        nodes = self.call("GET", "/_nodes/stats/process")["nodes"].values()
        return sum(node["process"]["cpu"]["total_in_millis"] for node in nodes) / 1e3

    def call(self, method: str, path: str, body: object = None) -> Any:
        """A request without searchkit between."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        with urlopen(Request(self.urls[0] + path, data=data, method=method, headers=headers), timeout=120) as answer:
            return json.load(answer)


def urls_of_environment() -> tuple[str, ...]:
    """The cluster that tests/opensearch/cluster has started."""
    return tuple(url for url in os.environ.get("SEARCHKIT_TEST_OPENSEARCH", "").split(",") if url)
