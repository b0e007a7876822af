"""Counts over a whole snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

from searchkit.engine import IndexStats
from searchkit.engines.whoosh.segment import NO_MOMENT
from searchkit.engines.whoosh.snapshot import Snapshot, View
from searchkit.query import TEXT_FIELDS

_US_PER_DAY = 86_400_000_000
_PART = 10_000


def index_stats(directory: Path, snapshot: Snapshot, engine: str) -> IndexStats:
    """See `engine.IndexStats`."""
    undated, publishers = 0, set()
    spans: list[tuple[int, int]] = []  # of parts of the segments the first and the last moment
    for view in snapshot.views:
        segment = view.segment
        table, numbers = segment.table("publisher"), segment.numbers("publisher", "I")
        used = set(numbers) if not view.deleted else {n for i, n in enumerate(numbers) if view.is_live(i)}
        publishers |= {table[number] for number in used}
        for part in _living_moments(view):
            dated = [moment for moment in part if moment != NO_MOMENT]
            undated += len(part) - len(dated)
            if dated:
                spans.append((min(dated), max(dated)))
    infos = [view.info for view in snapshot.views]
    return IndexStats(
        engine=engine,
        articles=snapshot.articles,
        undated=undated,
        words=sum(info.totals[field].words for info in infos for field in TEXT_FIELDS),
        links=sum(info.links for info in infos),
        publishers=len(publishers - {""}),
        first_date=_day(min(first for first, _ in spans)) if spans else None,
        last_date=_day(max(last for _, last in spans)) if spans else None,
        size_bytes=sum(map(_size, directory.iterdir())),
        generation=snapshot.generation,
        location=str(directory),
        details={"segments": str(len(infos))},
    )


def _living_moments(view: View) -> Iterator[list[int]]:
    """The moments of the articles that are not deleted, in parts which take little memory."""
    moments = view.segment.numbers("moment", "q")
    for start in range(0, len(moments), _PART):
        part = moments[start : start + _PART].tolist()
        yield [m for number, m in enumerate(part, start) if view.is_live(number)] if view.deleted else part


def _day(moment: int) -> date:
    return date.fromordinal(moment // _US_PER_DAY)


def _size(path: Path) -> int:
    """The bytes of a file; 0 for one that a writer has just removed."""
    with suppress(FileNotFoundError):
        return path.stat().st_size if path.is_file() else 0
    return 0
