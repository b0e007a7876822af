"""Compressed streams (gzip, bzip2, xz, Zstandard) as plain ones, which end early rather than swell, break or lie.

Nothing is unpacked to disk, nor held in memory beyond a buffer.
"""

from __future__ import annotations

import bz2
import io
import lzma
import re
import sys
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO, Protocol

from searchkit.limits import Limits
from searchkit.value import Value

BUFFER_BYTES = 1 << 17
_CHUNK = 1 << 16
FREE_OF_RATIO = 10 * 2**20
"""Bytes to which any stream may swell; only from here on does `Limits.ratio` count."""

_XZ_MEMORY = 256 * 2**20


class Guarded(io.RawIOBase):
    """A stream of unpacked bytes. What is wrong with its data does not raise: the stream ends there, and `trouble` says
    why. Errors of the disk do raise.

    `read` gives up to so many bytes, none at the end; `consumed` tells how many packed bytes were read for it so far.
    """

    def __init__(self, read: Callable[[int], bytes], consumed: Callable[[], int], limits: Limits) -> None:
        self.trouble: str | None = None
        self.produced = 0
        self._read = read
        self._consumed = consumed
        self._limits = limits

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as one step goes; 0 at the end, be it the true one or not."""
        if self.trouble:
            return 0
        try:
            data = self._read(len(buffer))
        except OSError as error:
            if error.errno is not None:
                raise
            self.trouble = f"damaged: {_told(error)}"  # as bz2 reports its data
        except EOFError:
            self.trouble = "cut off: the data end before they should"
        # zipfile and tarfile fail in many ways on what was made to break them, and each of them is about the data
        except Exception as error:
            self.trouble = f"damaged: {_told(error)}"
        else:
            self.produced += len(data)
            if self.produced > FREE_OF_RATIO and self.produced > self._limits.ratio * self._consumed():
                self.trouble = self._limits.over("ratio", "swells to many times its size; not read further")
                return 0
            buffer[: len(data)] = data
            return len(data)
        return 0


class Compression(Value):
    """A way of compressing one stream, which begins like `magic`; `suffixes` are the usual endings of names, each with
    what is left of it when the stream is unpacked (`.tgz` → `.tar`)."""

    name: str
    magic: re.Pattern[bytes]
    suffixes: dict[str, str]
    decompressor: Callable[[], _Decompressor]


class _Decompressor(Protocol):
    """What bz2, lzma and zstd have in common."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    @property
    def needs_input(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Gzip:
    """zlib in the manner of the others."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(31)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        unpacked = self._inner.decompress(self._inner.unconsumed_tail + data, max_length)
        self.needs_input = len(unpacked) < max_length and not self._inner.unconsumed_tail
        return unpacked


def _xz() -> _Decompressor:
    return lzma.LZMADecompressor(memlimit=_XZ_MEMORY)


def _zstd() -> _Decompressor:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    made: _Decompressor = zstd.ZstdDecompressor()
    return made


# zstd: a frame of data or, as some programs write first, one to be skipped.
_ZSTD_MAGIC = re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")

COMPRESSIONS = (
    Compression("gzip", re.compile(rb"\x1f\x8b\x08"), {".gz": "", ".tgz": ".tar"}, _Gzip),
    Compression(
        "bzip2",
        re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"),
        {".bz2": "", ".tbz2": ".tar", ".tbz": ".tar"},
        bz2.BZ2Decompressor,
    ),
    Compression("xz", re.compile(rb"\xfd7zXZ\x00"), {".xz": "", ".txz": ".tar"}, _xz),
    Compression("zstd", _ZSTD_MAGIC, {".zst": "", ".zstd": "", ".tzst": ".tar"}, _zstd),
)
_LONGEST_MAGIC = 10


def compression_of(head: bytes) -> Compression | None:
    """How a stream that begins so is compressed."""
    return next((known for known in COMPRESSIONS if known.magic.match(head)), None)


def unpacked_name(name: str, compression: Compression) -> str:
    """The name of what is in a compressed file: without its ending, where it has the usual one."""
    for suffix, instead in compression.suffixes.items():
        if name.lower().endswith(suffix):
            return name[: -len(suffix)] + instead
    return name


def unpack(stream: BinaryIO, compression: Compression, limits: Limits) -> Guarded:
    """What a compressed stream holds; of several, one behind the other, all."""
    decoder = _Decoder(stream, compression)
    return Guarded(decoder.read, lambda: decoder.consumed, limits)


class _Decoder:
    """Decompresses some bytes at a time."""

    def __init__(self, stream: BinaryIO, compression: Compression) -> None:
        self.consumed = 0
        self._stream = stream
        self._compression = compression
        self._object = compression.decompressor()
        self._waiting = b""

    def read(self, size: int) -> bytes:
        """Up to `size` bytes. Raises what the decompressor raises, EOFError where the stream was cut."""
        while True:
            if self._object.eof and not self._begin_next():
                return b""
            hungry = self._object.needs_input
            packed = self._take() if hungry else b""
            unpacked = self._object.decompress(packed, size)
            if unpacked:
                return unpacked
            if hungry and not packed and not self._object.eof:
                raise EOFError

    def _take(self) -> bytes:
        if self._waiting:
            packed, self._waiting = self._waiting, b""
            return packed
        packed = self._stream.read(_CHUNK)
        self.consumed += len(packed)
        return packed

    def _begin_next(self) -> bool:
        """Whether another stream follows; zeros that pad the last one do not count."""
        rest = self._object.unused_data.lstrip(b"\0")
        while not rest:
            packed = self._take()
            if not packed:
                return False
            rest = packed.lstrip(b"\0")
        rest += self._take() if len(rest) < _LONGEST_MAGIC else b""
        if not self._compression.magic.match(rest):
            raise ValueError(f"something else stands behind the end of its {self._compression.name} data")
        self._object = self._compression.decompressor()
        self._waiting = rest
        return True


def _told(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
