"""A process that builds a segment, alone or with others, started by `feeding` and fed through its standard input.

It is told first where and how to build, then given articles, then None, and then one task after another; it answers each
with what came of it, or with what went wrong. Its parent closes the input when it has all answers; closed before, the
parent is gone, and the process ends at once, whatever it is doing. The next writer collects what it left.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from searchkit.engines.whoosh.allocation import keep_freed_memory
from searchkit.engines.whoosh.builder import SegmentBuilder
from searchkit.engines.whoosh.container import as_named
from searchkit.engines.whoosh.generations import sync_file
from searchkit.engines.whoosh.joining import Part
from searchkit.engines.whoosh.shares import Share
from searchkit.engines.whoosh.snapshot import SegmentInfo
from searchkit.processes import end_with_parent
from searchkit.transfer import from_plain, pack, receive

_BUFFER_BYTES = 1 << 18


def main() -> None:
    """Serve one builder."""
    end_with_parent()
    # What it keeps is what it was given: looking for garbage among that time and again would find none.
    gc.disable()
    pipe = open(sys.stdin.fileno(), "rb", _BUFFER_BYTES, closefd=False)  # noqa: SIM115
    os.umask(0o077)
    keep_freed_memory()
    try:
        folder, name, languages, memory_mb = receive(pipe)
        builder = SegmentBuilder(Path(folder), name, languages, memory_mb)
        while (article := receive(pipe)) is not None:
            builder.add(from_plain(article))
        tasks = _Tasks(builder, Path(folder), languages)
        while True:
            task, *arguments = receive(pipe)
            _answer(getattr(tasks, task)(*arguments))
    except EOFError:
        os._exit(1)
    except OSError as exc:
        _answer({"error": exc.strerror or str(exc)})
    os._exit(0)  # all that it holds need not be freed piece by piece while the parent waits for its end


def _answer(answer: Any) -> None:
    sys.stdout.buffer.write(pack(answer))
    sys.stdout.flush()


class _Tasks:
    """What a parent may ask for once it has sent all articles."""

    def __init__(self, builder: SegmentBuilder, folder: Path, languages: Sequence[str]) -> None:
        self._builder, self._folder, self._languages = builder, folder, languages
        self._first_part: Part | None = None

    def segment(self) -> dict[str, Any]:
        """Write a segment; what the manifest says of it."""
        info = self._builder.finish()
        self.sync(list(info.files))
        return info.to_json()

    def share(self) -> tuple[Any, ...]:
        """Hand over the words."""
        return tuple(self._builder.hand_over())

    def part(
        self, name: str, shares: Iterable[Sequence[Any]], first: bytes, last: bytes | None, is_first: bool
    ) -> None:
        """Write the postings of a range of words from all shares; whoever has the first range joins the others."""
        own = [Share(*share) for share in shares]
        part = Part(self._folder, name, own, (first, last), self._languages)
        if is_first:
            self._first_part = part
        else:
            part.save()

    def words(self, parts: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Write the words of a segment: the first part, and these behind it; its files."""
        assert self._first_part
        files = as_named(self._first_part.join(parts))
        self.sync(list(files))
        return files

    def articles(self, others: Iterable[dict[str, Any]]) -> dict[str, Any]:
        """Write what is kept of the articles beside their words, and of those of others behind them; a segment without
        words."""
        return self._builder.finish_articles([SegmentInfo.from_json(other) for other in others]).to_json()

    def sync(self, files: Sequence[str]) -> None:
        """Make files durable here already, beside what others still do, lest the commit wait for it."""
        for file in files:
            sync_file(self._folder / file)
