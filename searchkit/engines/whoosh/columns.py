"""Columns of a segment as they are collected: packed, as objects in lists would take several times the memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from itertools import accumulate, pairwise

import numpy as np

from searchkit.engines.whoosh.container import ContainerWriter


def cut(data: bytes, lengths: Iterable[int]) -> list[bytes]:
    """The strings of some lengths that lie behind one another."""
    return [data[start:end] for start, end in pairwise(accumulate(lengths, initial=0))]


class StringColumn:
    """Strings behind one another."""

    def __init__(self, values: Iterable[bytes] = ()) -> None:
        self._data = bytearray()
        self._lengths = array("I")
        self.extend(values)

    def __len__(self) -> int:
        return len(self._lengths)

    def append(self, value: bytes) -> None:
        """The next string."""
        self._data += value
        self._lengths.append(len(value))

    def extend(self, values: Iterable[bytes]) -> None:
        """The next strings."""
        for value in values:
            self.append(value)

    def values(self) -> list[bytes]:
        """All strings."""
        return cut(bytes(self._data), self._lengths)

    def write(self, writer: ContainerWriter, name: str) -> None:
        """Write the strings and where each ends; hexadecimal ones of one length as half as many bytes."""
        packed = self._packed_hex()
        if packed is None:
            self.write_plain(writer, name)
        else:
            writer.add(f"{name}_hex", packed)

    def write_plain(self, writer: ContainerWriter, name: str) -> None:
        """Write the strings and where each ends."""
        writer.add(name, self._data)
        writer.add(f"{name}_ends", np.cumsum(self._lengths, dtype=np.uint64))

    def _packed_hex(self) -> bytes | None:
        length = self._lengths[0] if self._lengths else 0
        if not length or length % 2 or self._lengths.count(length) != len(self):
            return None
        if self._data.translate(None, b"0123456789abcdef"):
            return None
        return bytes.fromhex(self._data.decode())


class TableColumn:
    """Strings of which few are distinct, as numbers in a table of these."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._column = array("I")

    def append(self, value: str) -> None:
        """The next string."""
        self._column.append(self._numbers.setdefault(value, len(self._numbers)))

    def write(self, writer: ContainerWriter, name: str) -> None:
        """Write the numbers and the table."""
        writer.add(name, self._column)
        StringColumn(value.encode("utf-8", "surrogatepass") for value in self._numbers).write_plain(
            writer, f"{name}_table"
        )
