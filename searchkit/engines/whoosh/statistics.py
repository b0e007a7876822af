"""Counts over a whole snapshot."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path

from searchkit.engine import IndexStats
from searchkit.engines.whoosh.segment import NO_MOMENT
from searchkit.engines.whoosh.snapshot import Snapshot
from searchkit.query import TEXT_FIELDS

_US_PER_DAY = 86_400_000_000


def index_stats(directory: Path, snapshot: Snapshot, engine: str) -> IndexStats:
    """See `engine.IndexStats`."""
    undated, publishers = 0, set()
    first: int | None = None
    last: int | None = None
    for view in snapshot.views:
        segment = view.segment
        table, numbers = segment.table("publisher"), segment.numbers("publisher", "I")
        used = set(numbers) if not view.deleted else {n for i, n in enumerate(numbers) if view.is_live(i)}
        publishers |= {table[number] for number in used}
        for number, moment in enumerate(segment.numbers("moment", "q")):
            if not view.is_live(number):
                continue
            if moment == NO_MOMENT:
                undated += 1
            else:
                first = moment if first is None or moment < first else first
                last = moment if last is None or moment > last else last
    infos = [view.info for view in snapshot.views]
    return IndexStats(
        engine=engine,
        articles=snapshot.articles,
        undated=undated,
        words=sum(info.totals[field].words for info in infos for field in TEXT_FIELDS),
        links=sum(info.links for info in infos),
        publishers=len(publishers - {""}),
        first_date=None if first is None else date.fromordinal(first // _US_PER_DAY),
        last_date=None if last is None else date.fromordinal(last // _US_PER_DAY),
        size_bytes=sum(map(_size, directory.iterdir())),
        generation=snapshot.generation,
        location=str(directory),
        details={"segments": str(len(infos))},
    )


def _size(path: Path) -> int:
    """The bytes of a file; 0 for one that a writer has just removed."""
    with suppress(FileNotFoundError):
        return path.stat().st_size if path.is_file() else 0
    return 0
