"""What was used lately, as much of it as some number of bytes holds."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Cache(Generic[T]):
    """The least recently used goes first. Values are shared, never changed."""

    def __init__(self, most_bytes: int) -> None:
        """That takes so much memory at most."""
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._bytes = 0

    def get(self, key: Hashable) -> T | None:
        """What is kept under a key."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        self._kept.move_to_end(key)
        return kept[0]

    def keep(self, key: Hashable, value: T, size_bytes: int) -> None:
        """Keep a value, unless it alone would take most of the room; the key's own size is part of its size."""
        if size_bytes * 4 > self._most_bytes or key in self._kept:
            return
        self._kept[key] = value, size_bytes
        self._bytes += size_bytes
        while self._bytes > self._most_bytes:
            _, (_, freed) = self._kept.popitem(last=False)
            self._bytes -= freed
