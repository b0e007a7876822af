"""Writers that are killed, at random moments and at each thing they do to files, leave a commit whole."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from pathlib import Path
from random import Random

import pytest

from searchkit.engine import IndexingOptions
from searchkit.engines.whoosh import WhooshEngine
from searchkit.errors import EngineError
from searchkit.query import MatchAll
from tests.engines.contract import article, ids
from tests.engines.proofs import (
    MANY,
    batch_of,
    check_tidy,
    child,
    children_of,
    commit_batch,
    sized,
    still_running,
)

HOOK = str(Path(__file__).parent / "hook")
# The promise is a second; a busy machine is allowed more where the proof is only a sample.
_NEXT_WRITER_S = sized(5, 1)
_TWO_JOBS = IndexingOptions(memory_mb=64, jobs=2)


def _check_after_kill(directory: Path, committed: int, many: bool, builders: set[int]) -> int:
    """The batch that a killed writer left, which must be the last it told of or the next, whole; and how the next
    writer fares."""
    with WhooshEngine(directory) as engine:
        batch = batch_of(engine, many)
        assert batch in (committed, committed + 1)
        started = time.monotonic()
        with engine.writer():
            pass
        assert time.monotonic() - started < _NEXT_WRITER_S
        assert batch_of(engine, many) == batch
        assert list(engine.verify()) == []
        # A process that built for the writer may have lived a moment longer than it, and left something that late.
        assert not still_running(builders, 10)
        if builders:
            with engine.writer():
                pass
    check_tidy(directory)
    return batch


@pytest.mark.parametrize(("many", "kills"), [(False, sized(8, 200)), (True, sized(4, 100))])
def test_kill_at_random_moments(tmp_path: Path, many: bool, kills: int) -> None:
    """Killed at any moment, in one process or with others that build for it, a writer leaves its last commit or the next
    whole, no lock, and no process that outlives it; the next commit removes what it left."""
    random = Random(kills)
    directory = tmp_path / "index"
    with WhooshEngine(directory, create=True) as engine:
        commit_batch(engine, 0, many)
    last = 0
    for _ in range(kills):
        arguments = ("-m", "tests.engines.proofs", directory, last + 1, last + 60, *(["many"] if many else []))
        with child(*arguments) as process:
            assert process.stdout is not None
            first = int(process.stdout.readline()) if random.random() < 0.7 else last
            time.sleep(random.uniform(0, 1.5) if many or first == last else random.expovariate(8))
            builders = children_of(process.pid)
            process.send_signal(signal.SIGKILL)
            committed = max([first, *map(int, process.stdout.read().split("\n")[:-1])])
            process.wait()
            last = _check_after_kill(directory, committed, many, builders)


def _run(directory: Path, log: Path, batch: int, kill: int = 0) -> int:
    """Commit a batch in a child which kills itself at an operation; its exit status."""
    with child(
        *("-m", "tests.engines.proofs", directory, batch, batch),
        PYTHONPATH=HOOK,
        SEARCHKIT_HOOK_FOLDER=str(directory.parent),
        SEARCHKIT_HOOK_LOG=str(log),
        SEARCHKIT_HOOK_KILL=str(kill),
    ) as process:
        _, errors = process.communicate()
    assert process.returncode in (0, -signal.SIGKILL), errors
    return process.returncode


def _operations(log: Path) -> int:
    return sum(json.loads(line)[0] != "committed" for line in log.read_text().splitlines())


@pytest.mark.parametrize(("batch", "every"), [(0, sized(9, 1)), (7, sized(23, 1)), (8, sized(16, 1))])
def test_kill_at_each_file_operation(tmp_path: Path, batch: int, every: int) -> None:
    """Killed at any one operation on files of a commit (the first one, one that merges, a rebuild), a writer leaves the
    commit before or this one; done again, it succeeds."""
    before = tmp_path / "before"
    before.mkdir()
    if batch:
        with WhooshEngine(before / "index", create=True) as engine:
            for number in range(batch):
                commit_batch(engine, number)
    shutil.copytree(before, tmp_path / "whole")
    assert _run(tmp_path / "whole" / "index", tmp_path / "log", batch) == 0
    operations = _operations(tmp_path / "log")
    assert operations > 15
    kept = 0
    for kill in range(1, operations + 1, every):
        folder = tmp_path / str(kill)
        shutil.copytree(before, folder)
        assert _run(folder / "index", tmp_path / "other-log", batch, kill) == -signal.SIGKILL
        directory = folder / "index"
        if batch or list(directory.glob("searchkit-*.json")):
            kept += _check_after_kill(directory, batch - 1, False, set()) == batch - 1
        with WhooshEngine(directory, create=True) as engine:
            commit_batch(engine, batch)
            assert batch_of(engine) == batch
        check_tidy(directory)
        shutil.rmtree(folder)
    assert kept < operations


def test_killed_builder(tmp_path: Path) -> None:
    """When a process that builds for the writer is killed, the writer says so and the index stays as it was."""
    with WhooshEngine(tmp_path / "index", create=True) as engine:
        commit_batch(engine, 0)
        before = children_of(os.getpid())
        with pytest.raises(EngineError, match="ended"), engine.writer(options=_TWO_JOBS) as writer:
            for n in range(MANY):
                writer.add(article(f"x{n}", "mosul"))
            builders = children_of(os.getpid()) - before
            assert len(builders) == 2
            for pid in builders:
                os.kill(pid, signal.SIGKILL)
        assert batch_of(engine) == 0
        commit_batch(engine, 1)
        assert batch_of(engine) == 1
    check_tidy(tmp_path / "index")


def test_leftovers_of_a_killed_writer_are_harmless(directory: Path) -> None:
    """What a writer leaves that is killed before its commit is not read, and gone after the next commit."""
    leftovers = (
        "searchkit-00000003.json.new",
        "sources-00000003.json",
        "_MAIN_3.toc",
        "g00000003-0123abcd-0.terms",
        "g00000003-0123abcd-1.run0",
        "g00000003-0123abcd-m1.docs",
    )
    for name in leftovers:
        (directory / name).write_text("{")
    with WhooshEngine(directory) as engine:
        assert ids(engine, MatchAll()) == ["a", "b"]
        with engine.writer() as writer:
            writer.add(article("c"))
        assert ids(engine, MatchAll()) == ["a", "b", "c"]
        assert list(engine.verify()) == []
    check_tidy(directory)


def test_leftovers_beside_a_damaged_manifest(directory: Path) -> None:
    """What a killed writer left is in nobody's way even where a damaged manifest keeps the collector from the rest."""
    for name in ("searchkit-00000003.json.new", "sources-00000003.json", "_MAIN_3.toc"):
        (directory / name).write_text("{")
    (directory / "searchkit-00000002.json").write_text("{")
    with WhooshEngine(directory, create=True) as engine:
        with engine.writer(rebuild=True) as writer:
            writer.add(article("c"))
        assert ids(engine, MatchAll()) == ["c"]
