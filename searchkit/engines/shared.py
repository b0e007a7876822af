"""What embedded engines do alike beside analysis and ranking: deadlines, limits, the order of hits, near words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import nlargest, nsmallest
from time import monotonic
from typing import Any, NoReturn, TypeVar

from searchkit.analysis import fold
from searchkit.engine import SORTS, SearchOptions
from searchkit.errors import QueryLimitError, QueryTimeoutError
from searchkit.query import Fuzzy, Prefix, Wildcard, WordLeaf

T = TypeVar("T")


class Deadline:
    """The moment by which a search must have its first hit; started when made."""

    def __init__(self, timeout_s: float | None) -> None:
        self._timeout_s = timeout_s
        self._end = None if timeout_s is None else monotonic() + timeout_s

    @property
    def left_s(self) -> float | None:
        """The seconds that are left, None without a limit."""
        return None if self._end is None else self._end - monotonic()

    def check(self) -> None:
        """Raise `QueryTimeoutError` once the time is over."""
        if self._end is not None and monotonic() >= self._end:
            self.expire()

    def expire(self) -> NoReturn:
        """Raise `QueryTimeoutError` now: somebody else has found the time to be over."""
        raise QueryTimeoutError(
            f"the query took longer than {self._timeout_s:g} s; make it narrower or allow it more time"
        )


def check_expansions(leaf: WordLeaf, count: int, limit: int) -> None:
    """Raise `QueryLimitError` when a pattern stands for more words than allowed; other leaves have no limit."""
    if count <= limit or not isinstance(leaf, Prefix | Wildcard | Fuzzy):
        return
    remedy = "allow fewer edits or use a longer word" if isinstance(leaf, Fuzzy) else "use a longer prefix"
    raise QueryLimitError(f"{leaf} stands for more than {limit:,} indexed words, the limit; {remedy}")


def check_sort(sort: str) -> None:
    """Raise ValueError for an order that `engine.SORTS` does not know."""
    if sort not in SORTS:
        raise ValueError(f"no sort {sort!r}; there are {', '.join(SORTS)}")


def arrange(
    found: Iterable[T],
    options: SearchOptions,
    value: Callable[[T], Any],
    identity: Callable[[T], Any],
) -> list[T]:
    """What was found, in the order of `options.sort`, with `offset` and `limit` applied.

    `value` gives what the sort compares (None: last, whichever way the order runs), `identity` what settles ties,
    ascending; it is called only for what may be among those asked for.
    """
    descending = (options.sort != "title") != options.reverse
    end = options.offset + options.limit if options.limit else None
    known: list[tuple[Any, T]] = []
    unknown: list[T] = []
    for item in found:
        key = value(item)
        if key is None:
            unknown.append(item)
        else:
            known.append((key, item))
    if end is not None and end < len(known):
        known = _foremost(known, end, descending)
        unknown = []
    known.sort(key=lambda pair: identity(pair[1]))
    known.sort(key=lambda pair: pair[0], reverse=descending)  # a stable sort: ties keep the order of their identity
    ordered = [item for _, item in known]
    if end is None or len(ordered) < end:
        ordered += sorted(unknown, key=identity)
    return ordered[options.offset : end]


def _foremost(known: list[tuple[Any, T]], count: int, descending: bool) -> list[tuple[Any, T]]:
    """Those that may be among the first `count`: all up to the last one's value, ties included."""
    keys = (key for key, _ in known)
    if descending:
        bound = nlargest(count, keys)[-1]
        return [pair for pair in known if pair[0] >= bound]
    bound = nsmallest(count, keys)[-1]
    return [pair for pair in known if pair[0] <= bound]


def nearest(word: str, words: Iterable[str], frequency: Callable[[str], int], limit: int) -> list[str]:
    """Of `words` those within a few edits of a word: the fewest edits first, then those that share its first letter,
    then the more frequent, then by alphabet. `frequency` tells how many articles hold a word; 0 leaves it out."""
    from rapidfuzz.distance import OSA

    word = fold(word)
    reach = 1 if len(word) < 4 else 2 if len(word) < 8 else 3
    ranks: dict[tuple[int, bool], list[str]] = {}
    for other in words:
        if other != word and abs(len(other) - len(word)) <= reach:
            distance = OSA.distance(word, other, score_cutoff=reach)
            if distance <= reach:
                ranks.setdefault((distance, other[:1] != word[:1]), []).append(other)
    found: list[str] = []
    for rank in sorted(ranks):
        counted = sorted((-frequency(other), other) for other in set(ranks[rank]))
        found += [other for negative, other in counted if negative]
        if len(found) >= limit:
            break
    return found[:limit]
