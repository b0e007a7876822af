"""Pages -> records, by processes of our own, each page limited in time and memory.

Which function extracts is handed in by its name (`module:name`), as only the processes need to import it. Pages are taken
up in order and their results asked for in order; what is done in between is up to the processes.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from searchkit.errors import ExtractionError
from searchkit.extraction_worker import options_message, page_message, records_from_plain
from searchkit.format import BadRecord, Page, ReadingOptions, Record
from searchkit.processes import command
from searchkit.transfer import take

_IN_FLIGHT = 2
"""Pages that a process is given at once, so that the next one is there when it has done one."""

_START_S = 120.0
_END_S = 5.0
_PATIENCE = 5
"""How many times its seconds a page may take on the clock, when others keep the processors busy."""

_TICKS = os.sysconf("SC_CLK_TCK")
_READ_BYTES = 1 << 20


@dataclass(slots=True, eq=False)
class Ticket:
    """A page that was handed in. `records` is filled when it is done; the page itself is let go then."""

    source: str
    message: bytes
    size_bytes: int
    records: list[Record] | None = None


class Extraction:
    """Processes that extract, `jobs` at most, started when there is work for them. Used in a `with` block.

    A page that takes too long costs itself, and so does one that brings its process down. Raises `ExtractionError` when
    no process can extract at all.
    """

    def __init__(self, function: str, jobs: int, options: ReadingOptions) -> None:
        self._function = function
        self._jobs = max(1, jobs)
        self._options = options
        self._waiting: deque[Ticket] = deque()
        self._workers: list[_Worker] = []
        self._selector = selectors.DefaultSelector()

    def submit(self, page: Page) -> Ticket:
        """Take up a page."""
        ticket = Ticket(page.known.source, page_message(page), len(page.html))
        self._waiting.append(ticket)
        self._hand_out()
        return ticket

    def advance(self) -> None:
        """Do what can be done without waiting."""
        self._step(0)

    def wait(self, ticket: Ticket) -> list[Record]:
        """The records of a page, once it is done."""
        while ticket.records is None:
            self._step(None)
        return ticket.records

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        for worker in self._workers:
            self._end(worker)
        self._workers = []
        self._waiting.clear()
        self._selector.close()

    def __enter__(self) -> Extraction:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _hand_out(self) -> None:
        """Give waiting pages to processes that have room, and start another process when none has."""
        while self._waiting:
            able = [worker for worker in self._workers if len(worker.tickets) < _IN_FLIGHT]
            idle = any(not worker.tickets for worker in able)
            if not idle and len(self._workers) < self._jobs:
                able.append(self._start())
            if not able:
                return
            worker = min(able, key=lambda worker: len(worker.tickets))
            worker.give(self._waiting.popleft())
            self._send(worker)

    def _start(self) -> _Worker:
        worker = _Worker(options_message(self._function, self._options), self._options.limits.extraction_s)
        self._workers.append(worker)
        self._selector.register(worker.output, selectors.EVENT_READ, worker)
        return worker

    def _send(self, worker: _Worker) -> None:
        """Write what the pipe takes now, and the rest when it takes more."""
        rest = worker.write()
        if rest and not worker.is_writing:
            self._selector.register(worker.input, selectors.EVENT_WRITE, worker)
        elif not rest and worker.is_writing:
            self._selector.unregister(worker.input)
        worker.is_writing = rest

    def _step(self, most_s: float | None) -> None:
        """Wait, at most so long (None: until a limit), for something to happen, and see to it."""
        deadlines = [worker.deadline for worker in self._workers if worker.tickets]
        if most_s is None:
            most_s = max(0.0, min(deadlines, default=0.0) - time.monotonic())
        for key, _ in self._selector.select(most_s):
            worker: _Worker = key.data
            if worker.is_gone:
                continue
            if key.fileobj is worker.input:
                self._send(worker)
            elif not self._receive(worker):
                self._lose(worker)
        now = time.monotonic()
        for worker in [worker for worker in self._workers if worker.tickets and worker.deadline < now]:
            if not worker.may_go_on():
                self._give_up(worker)
        self._hand_out()

    def _receive(self, worker: _Worker) -> bool:
        """Take what a process answers; False when it has ended."""
        data = os.read(worker.output.fileno(), _READ_BYTES)
        worker.received += data
        for answer in take(worker.received):
            if not worker.is_ready:
                if "error" in answer:
                    raise ExtractionError(f"pages cannot be read: {answer['error']}")
                worker.is_ready = True
                worker.begin_page()
                continue
            plain, leaves = answer
            self._finish(worker.tickets.popleft(), records_from_plain(plain))
            worker.begin_page()
            if leaves:
                self._replace(worker)
                return True
        return bool(data)

    def _give_up(self, worker: _Worker) -> None:
        """End a process that has been at one page for too long."""
        if not worker.is_ready:
            raise ExtractionError(f"pages cannot be read: the process for it did not start in {_START_S:g} seconds")
        ticket = worker.tickets.popleft()
        reason = self._options.limits.over("extraction_s", "its extraction took too long")
        self._finish(ticket, [BadRecord(ticket.source, reason)])
        self._replace(worker)

    def _lose(self, worker: _Worker) -> None:
        """See to a process that has ended by itself."""
        with suppress(subprocess.TimeoutExpired):  # its pipe is closed a moment before it has a status
            worker.process.wait(_END_S)
        ticket = worker.tickets.popleft() if worker.tickets else None
        status = self._replace(worker)
        if not worker.is_ready:
            raise ExtractionError(f"pages cannot be read: the process for it ended at once (status {status})")
        if ticket:
            trouble = f"the process that extracted it broke down (status {status}), perhaps for lack of memory"
            self._finish(ticket, [BadRecord(ticket.source, self._options.limits.over("extraction_mb", trouble))])

    def _replace(self, worker: _Worker) -> int:
        """Do without a process; another one is started when it is needed, for the pages which this one had, first."""
        self._waiting.extendleft(reversed(worker.tickets))
        worker.tickets.clear()
        self._workers.remove(worker)
        return self._end(worker)

    def _end(self, worker: _Worker) -> int:
        worker.is_gone = True
        self._selector.unregister(worker.output)
        if worker.is_writing:
            self._selector.unregister(worker.input)
        return worker.end()

    def _finish(self, ticket: Ticket, records: list[Record]) -> None:
        ticket.records = records
        ticket.message = b""


class _Worker:
    """A process, the pages it has been given (the first is the one it is at), and what is under way in its pipes."""

    def __init__(self, first_message: bytes, page_s: float) -> None:
        self.received = bytearray()
        self.tickets: deque[Ticket] = deque()
        self.is_ready = self.is_writing = self.is_gone = False
        self._began = time.monotonic()
        self._cpu_before_s = 0.0
        self._tells_cpu = True
        self.deadline = self._began + _START_S
        self._to_send = bytearray(first_message)
        self._page_s = page_s
        pipe = subprocess.PIPE
        start = command("searchkit.extraction_worker")
        self.process = subprocess.Popen(start, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, bufsize=0)
        os.set_blocking(self.input.fileno(), False)
        os.set_blocking(self.output.fileno(), False)

    @property
    def input(self) -> IO[bytes]:
        assert self.process.stdin is not None
        return self.process.stdin

    @property
    def output(self) -> IO[bytes]:
        assert self.process.stdout is not None
        return self.process.stdout

    def begin_page(self) -> None:
        """From now on it is at the first of its pages."""
        self._began = time.monotonic()
        self._cpu_before_s = self._cpu_s()
        self.deadline = self._began + self._page_s

    def may_go_on(self) -> bool:
        """Whether it has not had, on a busy machine, the seconds of processor time that its deadline stood for; that is
        put off then."""
        elapsed = time.monotonic() - self._began
        left = self._page_s - (self._cpu_s() - self._cpu_before_s)
        if not self.is_ready or not self._tells_cpu or left <= 0 or elapsed > _PATIENCE * self._page_s:
            return False
        self.deadline = min(time.monotonic() + max(left, 0.05), self._began + _PATIENCE * self._page_s + 0.05)
        return True

    def _cpu_s(self) -> float:
        """The processor time that it has taken; 0 where the system does not tell."""
        try:
            stat = Path(f"/proc/{self.process.pid}/stat").read_bytes()
            user, system = stat.rpartition(b")")[2].split()[11:13]
        except (OSError, ValueError):
            self._tells_cpu = False
            return 0.0
        return (int(user) + int(system)) / _TICKS

    def give(self, ticket: Ticket) -> None:
        """Add a page to what it is to do."""
        self._to_send += ticket.message
        self.tickets.append(ticket)
        if self.is_ready and len(self.tickets) == 1:
            self.begin_page()

    def write(self) -> bool:
        """Send what the pipe takes; whether something is left."""
        try:
            while self._to_send:
                sent = os.write(self.input.fileno(), memoryview(self._to_send)[:_READ_BYTES])
                del self._to_send[:sent]
        except BlockingIOError:
            pass
        except BrokenPipeError:  # it has ended; its other pipe will tell
            self._to_send.clear()
        return bool(self._to_send)

    def end(self) -> int:
        """End it, if it has not ended; its status."""
        self.process.kill()
        status = self.process.wait()
        self.input.close()
        self.output.close()
        return status
