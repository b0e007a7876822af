"""Which of the two kernels evaluates a query: numpy's arrays, or plain lists when importing numpy would take longer."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from types import ModuleType

from searchkit.engines.whoosh.snapshot import Snapshot

PLAIN_POSTINGS = 90_000
"""Up to so many postings, reading them with plain Python takes less time than importing numpy."""


def has_numpy() -> bool:
    """Whether numpy is imported already."""
    return "numpy" in sys.modules


def choose_kernel(postings: Callable[[], int], snapshot: Snapshot) -> ModuleType:
    """The kernel for a query that reads about so many postings: plain lists as long as they have not read, in all queries
    of this snapshot together, what would have paid for the import."""
    if not has_numpy():
        snapshot.read_plainly += postings()
        if snapshot.read_plainly <= PLAIN_POSTINGS:
            from searchkit.engines.whoosh import lists

            return lists
    return _arrays()


@cache
def _arrays() -> ModuleType:
    from searchkit.engines.whoosh import arrays
    from searchkit.engines.whoosh.allocation import keep_freed_memory

    keep_freed_memory()
    return arrays
