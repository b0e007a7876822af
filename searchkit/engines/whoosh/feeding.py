"""Where articles that are added go: a builder in this process, or, once there are many, one in each of some processes."""

from __future__ import annotations

import fcntl
import os
import select
import subprocess
from array import array
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from searchkit.article import Article
from searchkit.engines.whoosh.snapshot import SegmentInfo
from searchkit.errors import EngineError
from searchkit.processes import command
from searchkit.transfer import from_plain, pack, receive, to_plain, unpack

if TYPE_CHECKING:
    from searchkit.engines.whoosh.builder import SegmentBuilder

ARTICLES_IN_PROCESS = 1_000
"""More than so many articles repay the start of other processes; so do fewer that are long (`BYTES_IN_PROCESS`), and
the first where as many bytes are expected."""

BYTES_IN_PROCESS = 16_000_000

_BATCH_BYTES = 600_000
_PIPE_BYTES = 1 << 20
# What may wait for a process beside what is in its pipe: enough to keep it busy while the other one is fed and this process
# reads, little enough to count for nothing beside `memory_mb`.
_MOST_UNSENT = 4_000_000

Built = tuple[SegmentInfo, "array[int]"]
"""A segment, and for each article in it its number among all that were added."""


def packed_article(article: Article) -> bytes:
    """An article as a builder's process gets it. Whatever an unusable one makes raise, it raises here."""
    return pack(to_plain(article))


class Feeder:
    """Takes articles and makes segments of them. With more than one job, processes do so once there are many."""

    def __init__(
        self,
        folder: Path,
        prefix: str,
        languages: Sequence[str],
        memory_mb: int,
        jobs: int,
        expected_bytes: int = 0,
    ) -> None:
        self._folder, self._prefix = folder, prefix
        self._languages, self._memory_mb, self._jobs = list(languages), memory_mb, jobs
        self._expects_many = expected_bytes > BYTES_IN_PROCESS
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._taken = 0
        self._here: SegmentBuilder | None = None
        self._workers: list[_Worker] = []

    def add(self, packed: bytes) -> int:
        """Take an article, as `packed_article` gives it; its number among all that were added, from 0."""
        self._waiting.append(packed)
        self._waiting_bytes += len(packed)
        self._taken += 1
        if self._waiting_bytes >= _BATCH_BYTES and (self._workers or self._jobs == 1):
            self._pass_on()
        elif not self._workers and self._jobs > 1 and self._are_many():
            memory_mb = self._memory_mb // self._jobs
            self._workers = [
                _Worker(f"{self._prefix}-{number}", str(self._folder), self._languages, memory_mb)
                for number in range(self._jobs)
            ]
            self._pass_on()
        return self._taken - 1

    def _are_many(self) -> bool:
        return self._expects_many or len(self._waiting) > ARTICLES_IN_PROCESS or self._waiting_bytes > BYTES_IN_PROCESS

    def finish(self) -> list[Built]:
        """The segments."""
        self._pass_on()
        if self._here:
            return [(self._here.finish(), array("Q", range(self._taken)))]
        for worker in self._workers:
            worker.end()  # all of them, before waiting for the first
        while unsent := [worker for worker in self._workers if worker.unsent]:
            _send_more(unsent)
        return [(worker.result(), worker.numbers) for worker in self._workers if worker.numbers]

    def abandon(self) -> None:
        """End the processes; what they wrote is left to the collector."""
        for worker in self._workers:
            worker.kill()

    def _pass_on(self) -> None:
        """Give the waiting articles to whom they are for."""
        if not self._waiting:
            return
        if self._workers:
            self._distribute()
        else:
            if self._here is None:
                from searchkit.engines.whoosh.builder import SegmentBuilder  # and numpy, which feeding does without

                name = f"{self._prefix}-0"
                self._here = SegmentBuilder(self._folder, name, self._languages, self._memory_mb)
            for packed in self._waiting:
                self._here.add(from_plain(unpack(packed)))
        self._waiting, self._waiting_bytes = [], 0

    def _distribute(self) -> None:
        """Give the waiting articles to the processes, a batch after another to the one that has least to do."""
        for worker in self._workers:
            worker.send_more()
        first = self._taken - len(self._waiting)
        batch: list[bytes] = []
        size = 0
        for number, packed in enumerate(self._waiting, first + 1):
            batch.append(packed)
            size += len(packed)
            if size >= _BATCH_BYTES or number == self._taken:
                worker = min(self._workers, key=lambda each: (each.unsent, len(each.numbers)))
                worker.send(batch, range(number - len(batch), number))
                batch, size = [], 0
        while min(worker.unsent for worker in self._workers) > _MOST_UNSENT:
            _send_more(self._workers)


class _Worker:
    """A process that builds one segment."""

    def __init__(self, name: str, folder: str, languages: list[str], memory_mb: int) -> None:
        start = command("searchkit.engines.whoosh.worker")
        self._process = subprocess.Popen(start, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self.numbers = array("Q")
        self.unsent = 0
        self._messages: deque[memoryview] = deque()
        pipe = self.pipe
        os.set_blocking(pipe.fileno(), False)
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._queue(pack([folder, name, languages, memory_mb]))

    @property
    def pipe(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    def send(self, articles: Sequence[bytes], numbers: range) -> None:
        """Give it packed articles, which have these numbers among all."""
        self._queue(b"".join(articles))
        self.numbers.extend(numbers)

    def end(self) -> None:
        """Tell it that there are no more. Its pipe stays open: closed, it would mean that we are gone."""
        if self.numbers:
            self._queue(pack(None))
        else:
            self._messages.clear()
            self.unsent = 0
            self.kill()

    def result(self) -> SegmentInfo:
        """What it made, once it has."""
        assert self._process.stdout is not None
        with self._process.stdout as pipe:
            try:
                answer = receive(cast(BinaryIO, pipe))
            except EOFError as exc:
                raise self._lost() from exc
        self.pipe.close()
        self._process.wait()
        if "error" in answer:
            raise OSError(f"{answer['error']}, in a process that was building the index")
        return SegmentInfo.from_json(answer)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def _queue(self, message: bytes) -> None:
        self._messages.append(memoryview(message))
        self.unsent += len(message)
        self.send_more()

    def send_more(self) -> None:
        """Write of what is unsent as much as goes into the pipe at once."""
        try:
            while self._messages and (written := self.pipe.write(self._messages[0])):
                self.unsent -= written
                self._messages[0] = self._messages[0][written:]
                if not self._messages[0]:
                    self._messages.popleft()
        except BrokenPipeError as exc:
            self.result()  # which says what went wrong, if the process could
            raise self._lost() from exc

    def _lost(self) -> EngineError:
        status = self._process.wait()
        return EngineError(
            f"a process that was building the index ended (status {status}), perhaps for lack of memory or disk; "
            "the index is as it was; try again with --jobs 1"
        )


def _send_more(workers: Sequence[_Worker]) -> None:
    """Wait until a process takes more, and give it."""
    _, ready, _ = select.select([], [worker.pipe for worker in workers], [])
    for worker in workers:
        if worker.pipe in ready:
            worker.send_more()
