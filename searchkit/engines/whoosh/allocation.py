"""What the C library does with memory that is given back to it."""

from __future__ import annotations

from contextlib import suppress

# Of glibc's malloc.h.
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_MOST_FREE_BYTES = 64 * 2**20
_MOST_POOLED_BYTES = 32 * 2**20


def keep_freed_memory() -> None:
    """Let this process keep up to 64 MB that it has freed. A query makes arrays of some hundred kilobytes, and glibc's
    default gives each of them back to the system, which must clear its pages for the next one: that takes longer than
    adding the numbers in it. Does nothing where the C library is another."""
    import ctypes  # numpy has imported it already

    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_MMAP_THRESHOLD, _MOST_POOLED_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _MOST_FREE_BYTES)
