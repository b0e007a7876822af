"""A command as a whole process: its time, and the memory of it and of all its children.

Memory is sampled from /proc while the command runs: the proportional set size (PSS of smaps_rollup: pages that several
processes share are counted once, in parts), summed over the tree of processes; and the greatest `VmHWM`, the most
resident memory that any single one of them ever had. What lives shorter than a sample is not seen.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

ROOT = Path(__file__).parents[2]
"""The checkout, from which commands are started."""

_PROC = Path("/proc")
_KIB = 1024


class CommandFailedError(Exception):
    """A measured command ended with an error."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a command took: seconds on the clock, seconds of processors (children included), and, where it was sampled,
    the memory of all its processes together and the most of a single one."""

    seconds: float
    cpu_seconds: float
    output: str
    peak_bytes: int = 0
    largest_process_bytes: int = 0


def run(command: Sequence[str], sample_s: float | None = None) -> Run:
    """Run a command from the checkout, its output piped. With `sample_s` its memory is looked at so often, which slows
    it down a little. Raises `CommandFailedError` when it ends with an error."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, env=_environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=errors
        )
        try:
            peak, largest = _watch(process.pid, sample_s) if sample_s else (0, 0)
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        seconds = perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        if process.returncode:
            errors.seek(0)
            tail = errors.read().decode(errors="replace")[-2000:]
            raise CommandFailedError(f"{' '.join(command)[:300]}\nended with status {process.returncode}\n{tail}")
        text = output.read().decode(errors="replace")
    return Run(seconds, usage.ru_utime + usage.ru_stime, text, peak, largest)


def _environment() -> dict[str, str]:
    """Ours, without searchkit's settings, and with the checkout as the place of packages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SEARCHKIT_")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""}


def _watch(pid: int, sample_s: float) -> tuple[int, int]:
    """Sample until the process has ended (and waits for its parent to ask)."""
    peak = largest = 0
    while not os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        tree = list(process_tree(pid))
        peak = max(peak, sum(map(proportional_bytes, tree)))
        largest = max(largest, *map(high_water_bytes, tree))
        sleep(sample_s)
    return peak, largest


def process_tree(pid: int) -> Iterator[int]:
    """A process and all below it that live now."""
    yield pid
    for children in _PROC.glob(f"{pid}/task/*/children"):
        for child in _text(children).split():
            yield from process_tree(int(child))


def proportional_bytes(pid: int) -> int:
    """The proportional set size of a process, 0 when it is gone."""
    return kib_of(_text(_PROC / str(pid) / "smaps_rollup"), "Pss") * _KIB


def high_water_bytes(pid: int) -> int:
    """The most resident memory that a process ever had, 0 when it is gone."""
    return kib_of(_text(_PROC / str(pid) / "status"), "VmHWM") * _KIB


def kib_of(table: str, name: str) -> int:
    """The value of a line `name:  123 kB`, 0 without one."""
    for line in table.splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    return 0


def _text(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:  # the process has ended meanwhile
        return ""
