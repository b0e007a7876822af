"""What the C library does with memory that is given back to it."""

from __future__ import annotations

from contextlib import suppress

# Of glibc's malloc.h.
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_MOST_POOLED_BYTES = 8 << 20
_MOST_FREE_BYTES = 64 << 20


def keep_freed_memory() -> None:
    """Have the C library keep what arrays of up to 8 MB were made of, at most 64 MB of it at the end of what it has (and
    what lies below memory still in use): given back to the system and asked for anew with each array, its pages would
    have to be cleared each time, which takes longer than adding the numbers in them. Where there is no such library, all
    stays as it is."""
    import ctypes

    with suppress(OSError, AttributeError):
        set_option = ctypes.CDLL(None).mallopt
        set_option(_M_MMAP_THRESHOLD, _MOST_POOLED_BYTES)
        set_option(_M_TRIM_THRESHOLD, _MOST_FREE_BYTES)
