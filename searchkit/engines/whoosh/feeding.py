"""Where articles that are added go: a builder in this process, or, once there are many, one in each of some processes."""

from __future__ import annotations

import fcntl
import os
import select
import subprocess
from array import array
from collections import deque
from collections.abc import Iterable, Sequence
from io import BufferedReader, RawIOBase
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from searchkit.article import Article
from searchkit.engines.whoosh.shares import Share, ranges
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
"""The segment, and for each article in it its number among all that were added."""


def packed_article(article: Article) -> bytes:
    """An article as a builder's process gets it. Whatever an unusable one makes raise, it raises here."""
    return pack(to_plain(article))


class Feeder:
    """Takes articles and makes a segment of them. With more than one job, processes do so once there are many."""

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

    def finish(self) -> Built | None:
        """The segment, if there are articles."""
        self._pass_on()
        if self._here:
            return self._here.finish(), array("Q", range(self._taken))
        workers = [worker for worker in self._workers if worker.numbers]
        for worker in self._workers:
            if worker.numbers:
                worker.end()
            else:
                worker.kill()
        if not workers:
            return None
        info = self._joined(workers) if len(workers) > 1 else SegmentInfo.from_json(_all_do(workers, "segment")[0])
        for worker in workers:
            worker.let_go()
        for worker in workers:
            worker.wait()
        return info, array("Q", chain.from_iterable(worker.numbers for worker in workers))

    def _joined(self, workers: Sequence[_Worker]) -> SegmentInfo:
        """One segment of what all have collected, the articles of each behind those of the one before; see `joining`.

        Each merges a range of words, the last worker the first range; it then joins them, while the first worker writes
        what is kept of the articles.
        """
        first, *others = workers
        last = workers[-1]
        handed_over = _all_do(workers, "share")
        shares = [Share(*share) for share in handed_over]
        for worker in others:
            worker.ask("articles", [])
        parts = [first.name, *(f"{self._prefix}-part{number}" for number in range(1, len(workers)))]
        for worker, part, wanted in zip(reversed(workers), parts, ranges(shares, len(workers)), strict=True):
            worker.ask("part", part, handed_over, *wanted, worker is last)
        infos = _answers(others)
        first.ask("articles", infos)
        _answers(workers)
        last.ask("words", parts[1:])
        self._remove(name for share in shares for name in share.files)
        (info,) = _answers([first])
        first.ask("sync", list(info["files"]))
        self._remove(name for other in infos for name in other["files"])
        (words,) = _answers([last])
        self._remove(path.name for path in self._folder.glob(f"{self._prefix}-part*"))
        _answers([first])
        return SegmentInfo.from_json({**info, "files": {**info["files"], **words}})

    def _remove(self, names: Iterable[str]) -> None:
        for name in names:
            (self._folder / name).unlink()

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
    """A process that builds."""

    def __init__(self, name: str, folder: str, languages: list[str], memory_mb: int) -> None:
        start = command("searchkit.engines.whoosh.worker")
        self._process = subprocess.Popen(start, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        # What is read from a pipe itself ends with what happens to be in it.
        self._stdout = BufferedReader(cast(RawIOBase, self._process.stdout))
        self.name = name
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
        self._queue(pack(None))

    def ask(self, task: str, *arguments: Any) -> None:
        """Give it a task (see `worker`), which it does when it has done those before."""
        self._queue(pack((task, *arguments)))

    def answer(self) -> Any:
        """What came of the next task, once it is done."""
        try:
            answer = receive(self._stdout)
        except EOFError as exc:
            raise self._lost() from exc
        if isinstance(answer, dict) and "error" in answer:
            raise OSError(f"{answer['error']}, in a process that was building the index")
        return answer

    def let_go(self) -> None:
        """Tell it that it has done all its tasks."""
        self.pipe.close()
        self._stdout.close()

    def wait(self) -> None:
        """Until it is gone."""
        self._process.wait()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self.wait()
        self.let_go()

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
            self.answer()  # which says what went wrong, if the process could
            raise self._lost() from exc

    def _lost(self) -> EngineError:
        status = self._process.wait()
        return EngineError(
            f"a process that was building the index ended (status {status}), perhaps for lack of memory or disk; "
            "the index is as it was; try again with --jobs 1"
        )


def _all_do(workers: Sequence[_Worker], task: str) -> list[Any]:
    """What comes of a task that each is given."""
    for worker in workers:
        worker.ask(task)
    return _answers(workers)


def _answers(workers: Sequence[_Worker]) -> list[Any]:
    """The next answer of each."""
    while unsent := [worker for worker in workers if worker.unsent]:
        _send_more(unsent)
    return [worker.answer() for worker in workers]


def _send_more(workers: Sequence[_Worker]) -> None:
    """Wait until a process takes more, and give it."""
    _, ready, _ = select.select([], [worker.pipe for worker in workers], [])
    for worker in workers:
        if worker.pipe in ready:
            worker.send_more()
