"""The progress bar of indexing, for a terminal: share of the bytes or count of articles, rate, time remaining."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from searchkit import indexing

_INTERVAL_S = 0.1


@contextmanager
def progress_bar(stream: TextIO, *, width: int, color: bool) -> Iterator[Callable[[indexing.Progress], None]]:
    """A bar on `stream`, a terminal, that is gone when the block ends; yields the function to feed it."""
    bar = Progress(
        TextColumn("indexing"),
        BarColumn(),
        TextColumn("{task.fields[counts]}", style="dim"),
        TimeElapsedColumn(),
        TimeRemainingColumn(compact=True),
        console=Console(
            file=stream,
            width=width,
            force_terminal=True,
            no_color=not color,
            markup=False,
            highlight=False,
            _environ={},
        ),
        transient=True,
    )
    task = bar.add_task("", total=None, counts="")
    started = last = time.monotonic()

    def advance(progress: indexing.Progress) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < _INTERVAL_S:
            return
        last = now
        elapsed_s = max(now - started, 1e-6)
        rate = f"{progress.articles / elapsed_s:,.0f}/s"
        if progress.pages:
            rate = f"{progress.pages / elapsed_s:,.1f} pages/s"
        counts = f"{progress.articles:,} articles, {rate}"
        bar.update(task, total=progress.bytes_total or None, completed=progress.bytes, counts=counts)

    with bar:
        yield advance
