"""One part of an archive out of several, so that many machines may feed one cluster, each with its own."""

from __future__ import annotations

import re
from zlib import crc32

from searchkit.errors import InputError
from searchkit.value import Value


class Shard(Value):
    """The part `number` (from 1) of `count`. Each name belongs to exactly one part, the same on every machine."""

    number: int
    count: int

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def owns(self, name: str) -> bool:
        """Whether what has this name belongs here. CRC-32 of the name: stable, unlike Python's own hash."""
        return crc32(name.encode("utf-8", "surrogatepass")) % self.count == self.number - 1


def parse_shard(text: str) -> Shard:
    """`3/16` as a value. Raises `InputError` for what is none."""
    match = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise InputError(f"{text!r} is no part of a whole; write --shard 3/16 for the third of sixteen")
    return Shard(int(match[1]), int(match[2]))
