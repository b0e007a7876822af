"""What the leaves of recent queries match in a snapshot, so that a word which several queries share is read once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, NamedTuple

KEPT_BYTES = 64 * 2**20
"""What all leaves of a cache take together, at most."""

# For the key, and the places of both in the cache.
_KEY_BYTES = 800


class Leaf(NamedTuple):
    """A leaf over a snapshot: how many articles match, which, and the word whose places a pair may ask for (None where
    there is none). Both are of the kernel that made them."""

    df: int
    matches: Any
    word: Any


class LeafCache:
    """The least recently used leaf goes first. Values are shared, never changed."""

    def __init__(self) -> None:
        self._leaves: OrderedDict[Hashable, tuple[Leaf, int]] = OrderedDict()
        self._bytes = 0

    def get(self, key: Hashable) -> Leaf | None:
        """The leaf kept under a key."""
        kept = self._leaves.get(key)
        if kept is None:
            return None
        self._leaves.move_to_end(key)
        return kept[0]

    def keep(self, key: Hashable, leaf: Leaf, size_bytes: int) -> None:
        """Keep a leaf, unless it alone would take most of the room."""
        size_bytes += _KEY_BYTES
        if size_bytes * 4 > KEPT_BYTES or key in self._leaves:
            return
        self._leaves[key] = leaf, size_bytes
        self._bytes += size_bytes
        while self._bytes > KEPT_BYTES:
            _, (_, freed) = self._leaves.popitem(last=False)
            self._bytes -= freed
