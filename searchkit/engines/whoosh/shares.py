"""What builders in several processes hand over of their words, and who merges which of these; see `joining.py`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

Range = tuple[bytes, bytes | None]
"""Words from the first on, to before the second, if there is one."""


class Share(NamedTuple):
    """The words of one builder: of how many articles, in files of which name; words that part it into pieces which
    take about as long to merge; and for each of its runs the files of the postings, with the type of their numbers."""

    name: str
    articles: int
    cuts: list[bytes]
    runs: list[list[tuple[str, str]]]

    @property
    def files(self) -> list[str]:
        """The names of all its files."""
        return [f"{self.name}.runs", *(name for run in self.runs for name, _ in run)]


def ranges(shares: Sequence[Share], count: int) -> list[Range]:
    """So many ranges that hold all words, which take about as long to merge."""
    cuts = sorted(chain.from_iterable(share.cuts for share in shares)) or [b""]
    bounds = [cuts[len(cuts) * number // count] for number in range(1, count)]
    starts = [b"", *bounds]
    return list(zip(starts, [*bounds, None], strict=True))
