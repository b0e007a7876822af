"""A stream of JSON -> its values, one by one, as bytes: the elements of an array, or objects one behind the other.

Where a value ends is told by its brackets alone, so that one which is no JSON costs itself only.
"""

from __future__ import annotations

import re
from typing import BinaryIO

_CHUNK = 64 * 1024
_IN_STRING = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)
_BRACKET = re.compile(rb'["{}\[\]]')
_NO_SCALAR = re.compile(rb"[,\]}\s]")
_BETWEEN = re.compile(rb"[\s,]*")
_SPACE = re.compile(rb"\s*")
_BACKSLASH, _QUOTE = b"\\"[0], b'"'[0]


class CutOffError(ValueError):
    """The stream ends inside a value."""


class JsonValues:
    """The values of a stream; `next_byte` looks at what comes, `take` reads one value, `skip` one byte."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._data = b""
        self._at = 0

    def next_byte(self, commas: bool = False) -> bytes:
        """The next byte that is not blank (nor a comma, where these part elements), not taken; b"" at the end."""
        pattern = _BETWEEN if commas else _SPACE
        while True:
            match = pattern.match(self._data, self._at)
            assert match is not None
            self._at = match.end()
            if self._at < len(self._data):
                return self._data[self._at : self._at + 1]
            if not self._more():
                return b""

    def skip(self) -> None:
        """Pass over the byte that `next_byte` gave."""
        self._at += 1

    def take(self, limit: int) -> bytes | None:
        """The value that begins at the byte which `next_byte` gave; None for one of more than `limit` bytes, which
        is passed over. Raises CutOffError when the stream ends first."""
        parts: list[bytes] = []
        size = 0
        scan = _Scan(self._data[self._at] not in b'{["')
        while True:
            end = scan.end(self._data, self._at)
            part = self._data[self._at : len(self._data) if end < 0 else end]
            size += len(part)
            if size <= limit:
                parts.append(part)
            else:
                parts.clear()
            if end >= 0:
                self._at = end
                break
            if not self._more():
                if scan.is_scalar:
                    break
                raise CutOffError
        return b"".join(parts) if size <= limit else None

    def _more(self) -> bool:
        self._data = self._stream.read(_CHUNK)
        self._at = 0
        return bool(self._data)


class _Scan:
    """How deep in brackets and strings a value stands, from one piece of the stream to the next."""

    def __init__(self, is_scalar: bool) -> None:
        self.is_scalar = is_scalar
        self._depth = 0
        self._in_string = False
        self._is_escaped = False

    def end(self, data: bytes, at: int) -> int:
        """Where in `data`, from `at` on, the value ends; -1 when it goes on in the next piece."""
        if self.is_scalar:
            match = _NO_SCALAR.search(data, at)
            return match.start() if match else -1
        while at < len(data):
            if self._in_string:
                at = self._string_end(data, at)
                if at < 0:
                    return -1
            else:
                match = _BRACKET.search(data, at)
                if match is None:
                    return -1
                at = match.end()
                bracket = data[at - 1]
                if bracket == _QUOTE:
                    self._in_string = True
                    continue
                self._depth += 1 if bracket in b"{[" else -1
            if self._depth <= 0:
                return at
        return -1

    def _string_end(self, data: bytes, at: int) -> int:
        if self._is_escaped:
            at += 1
            self._is_escaped = False
        match = _IN_STRING.match(data, at)
        assert match is not None
        at = match.end()
        if at >= len(data):
            return -1
        if data[at] == _BACKSLASH:  # the last byte: what it escapes comes with the next piece
            self._is_escaped = True
            return -1
        self._in_string = False
        return at + 1
