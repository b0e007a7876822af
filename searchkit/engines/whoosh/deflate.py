"""Raw deflate, in which stored articles are compressed: by isal where it is installed, several times faster, or by zlib.

What one writes the other reads.
"""

from __future__ import annotations

import zlib
from functools import cache
from types import ModuleType

ZLIB_BLOCKS = 50
"""So many blocks a process decompresses with zlib, until importing isal (a millisecond) repays itself."""

_WINDOW_BITS = -zlib.MAX_WBITS
# Takes half the time of the next level for a sixth more bytes, and is read faster too.
_ISAL_LEVEL = 0
_ZLIB_LEVEL = 1
_done = 0


class BadDeflateError(Exception):
    """What was to be decompressed is no deflate stream."""


@cache
def _isal() -> ModuleType | None:
    try:
        from isal import isal_zlib
    except ImportError:
        return None
    return isal_zlib


def compress(data: bytes) -> bytes:
    """Data as a deflate stream."""
    isal = _isal()
    if isal:
        compressed: bytes = isal.compress(data, _ISAL_LEVEL, _WINDOW_BITS)
        return compressed
    compressor = zlib.compressobj(_ZLIB_LEVEL, zlib.DEFLATED, _WINDOW_BITS, 9)
    return compressor.compress(data) + compressor.flush()


def decompress(data: bytes | memoryview, size: int) -> bytes:
    """The first `size` bytes of what was compressed, fewer where there are not so many. Raises `BadDeflateError`."""
    global _done
    _done += 1
    library = (_isal() if _done > ZLIB_BLOCKS else None) or zlib
    try:
        whole: bytes = library.decompressobj(_WINDOW_BITS).decompress(data, size)
    except library.error as exc:
        raise BadDeflateError(str(exc)) from exc
    return whole
