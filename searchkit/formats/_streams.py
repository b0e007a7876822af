"""Streams as readers want them: with a beginning that can be looked at, and in UTF-8."""

from __future__ import annotations

import codecs
import io
from typing import Any, BinaryIO

from searchkit.formats._bytes import UTF8_BOM, has_wide_bom

_CHUNK = 64 * 1024


class _Borrowed(io.RawIOBase):
    """The rest of a stream that belongs to somebody else: closing this leaves it open."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _Transcoded(io.RawIOBase):
    """A stream in UTF-16 or UTF-32 with its byte order mark, as UTF-8; damaged places become U+FFFD."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._ready = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready and not self._ended:
            data = self._stream.read(_CHUNK)
            self._ended = not data
            self._ready = self._decoder.decode(data, self._ended).encode("utf-8", "replace")
        part, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


def borrow(stream: BinaryIO) -> io.BufferedReader:
    """The same bytes through a buffer with `peek`. `stream` is read ahead and not closed."""
    return io.BufferedReader(_Borrowed(stream), _CHUNK)


def borrow_as_utf8(stream: BinaryIO) -> io.BufferedReader:
    """The same, where the byte order mark of UTF-16 or UTF-32 stands at its beginning as UTF-8, without any mark."""
    borrowed = borrow(stream)
    head = borrowed.peek(4)
    if has_wide_bom(head):
        wide = "utf-32" if head[:4] in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE) else "utf-16"
        return io.BufferedReader(_Transcoded(borrowed, wide), _CHUNK)
    if head.startswith(UTF8_BOM):
        borrowed.read(len(UTF8_BOM))
    return borrowed


def utf8_head(head: bytes) -> bytes:
    """The beginning of a file as `borrow_as_utf8` would give it."""
    return borrow_as_utf8(io.BytesIO(head)).read()
