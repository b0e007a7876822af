"""The table of engines that take part. Adding one: a module here with a `PEER` (`peer.Peer`) and a line below."""

from __future__ import annotations

from importlib import import_module

from tests.bench.peers.peer import Peer

NAMES = ("searchkit", "whoosh", "tantivy", "sqlite")


def load(name: str) -> Peer:
    """The peer of a name. Raises ImportError where its package is not installed."""
    peer: Peer = import_module(f"tests.bench.peers.{name}").PEER
    return peer
