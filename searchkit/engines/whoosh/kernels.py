"""Which of the two kernels evaluates a query: numpy's arrays, or plain lists when importing numpy would take longer."""

from __future__ import annotations

import sys
from types import ModuleType

PLAIN_POSTINGS = 60_000
"""Up to so many postings, reading them with plain Python takes less time than importing numpy."""


def choose_kernel(postings: int) -> ModuleType:
    """The kernel for a query that reads about so many postings."""
    if postings <= PLAIN_POSTINGS and "numpy" not in sys.modules:
        from searchkit.engines.whoosh import lists

        return lists
    from searchkit.engines.whoosh import arrays

    return arrays
