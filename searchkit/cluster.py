"""Where an index in a cluster is, and how to reach it: what the engine for many machines takes in place of a folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cluster:
    """The nodes of a cluster by their URLs, any of which may answer, and the name of an index there.

    Who has a `user` and `password`, or an `api_key`, is known by it; neither is ever shown. TLS certificates are
    compared with those of the system, or with `ca`, a file of certificates; `verify_tls` False compares nothing.
    `timeout_s` bounds how long a host may take to answer, `connections` is how many are used at once for writing.
    `shards`, `replicas`, `k1` and `b` are for indices that are made anew: how many parts and further copies of each
    there are, and the parameters of the ranking.
    """

    hosts: tuple[str, ...] = ("https://localhost:9200",)
    index: str = "searchkit"
    user: str = ""
    password: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)
    ca: Path | None = None
    verify_tls: bool = True
    timeout_s: float = 10.0
    connections: int = 4
    shards: int = 1
    replicas: int = 1
    k1: float = 1.6
    b: float = 0.7
