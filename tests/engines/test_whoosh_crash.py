"""Writers that are killed, interrupted or out of room leave the last commit whole."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest

from searchkit.engines.whoosh import WhooshEngine
from searchkit.errors import (
    EngineError,
)
from searchkit.query import MatchAll, Term
from tests.engines.contract import STATE, article, fill, found, ids

_ENDLESS_WRITER = """
import sys
from itertools import count
from pathlib import Path
from searchkit.article import Article
from searchkit.engine import SourceState
from searchkit.engines.whoosh import WhooshEngine

with WhooshEngine(Path(sys.argv[1]), create=True) as engine:
    batch = len(engine.sources())
    for batch in count(batch):
        with engine.writer(rebuild=batch % 5 == 4) as writer:
            # Each batch leaves as many files remembered as there are batches, and holds one article for each.
            for n in range(batch + 1):
                writer.add(Article(f"a{n}", f"f{n}", f"batch {batch}", "mosul strikes " * 50, f"{batch}"))
                writer.remember(f"f{n}", SourceState(1, 2, f"{batch}", 1))
        print(batch, flush=True)
"""


@pytest.mark.parametrize("step", ["_merge_segments", "_flush_segment", "_commit_toc"])
def test_failed_commit_keeps_the_last_one(directory: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """A commit that fails half-way (no room on the disk) is an error of ours; the last commit stays, the lock is free."""
    import whoosh.writing

    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with WhooshEngine(directory) as engine:
        with monkeypatch.context() as patched:
            patched.setattr(whoosh.writing.SegmentWriter, step, fail)
            with pytest.raises(EngineError, match="No space left"):
                fill(engine, article("c", "erbil"), article("a", "changed"))
        assert ids(engine, MatchAll()) == ["a", "b"]
        with WhooshEngine(directory) as again:
            assert found(again, Term("strike")) == {"a"}
        fill(engine, article("d", "erbil"))
        assert ids(engine, Term("erbil")) == ["d"]


def test_interrupted_addition_breaks_the_writer_only(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted inside an addition, a writer neither goes on nor commits; the index stays, the next writer works."""
    import whoosh.writing

    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with WhooshEngine(directory) as engine:
        with pytest.raises(EngineError, match="could not be written"), engine.writer() as writer:
            with monkeypatch.context() as patched:
                patched.setattr(whoosh.writing.PostingPool, "add", interrupt)
                with pytest.raises(KeyboardInterrupt):
                    writer.add(article("c", "erbil"))
            with pytest.raises(EngineError, match="could not be written"):
                writer.add(article("d", "erbil"))
        assert ids(engine, MatchAll()) == ["a", "b"]
        fill(engine, article("d", "erbil"))
        assert ids(engine, MatchAll()) == ["a", "b", "d"]


def test_leftovers_of_a_killed_writer_are_harmless(directory: Path) -> None:
    """What a writer leaves that is killed before its commit is not read, and gone after the next commit."""
    leftovers = ("searchkit-3.json", "sources-3.json", "_MAIN_3.toc.1699.5", "MAIN_0123456789abcdef.trm")
    for name in leftovers:
        (directory / name).write_text("{")
    (directory / "MAIN.tmp").mkdir()
    (directory / "MAIN.tmp" / "x.run").write_text("x")
    with WhooshEngine(directory) as engine:
        assert ids(engine, MatchAll()) == ["a", "b"]
        fill(engine, article("c"))
        assert ids(engine, MatchAll()) == ["a", "b", "c"]
        assert engine.sources() == {"f": STATE}
    names = {path.name for path in directory.iterdir()}
    assert not names & {*leftovers[2:], "MAIN.tmp"}


def test_opening_beside_a_busy_writer(tmp_path: Path) -> None:
    """While another process commits and rebuilds without pause, whoever opens the index sees one commit whole."""
    directory = tmp_path / "index"
    command = [sys.executable, "-c", _ENDLESS_WRITER, str(directory)]
    generations: set[int] = set()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        while len(generations) < 12:
            with WhooshEngine(directory) as engine:
                stats = engine.stats()
                assert stats.articles == len(engine.sources()) == engine.count(Term("strike"))
                assert stats.words == 102 * stats.articles == 102 * len(list(engine.articles()))
                generations.add(stats.generation)
        process.kill()


def test_kill_at_random_moments(tmp_path: Path) -> None:
    """A writer killed at any moment leaves a commit whole: all articles of one batch, with what it remembered."""
    random = Random(1)
    directory = tmp_path / "index"
    last = -1
    for _ in range(10):
        command = [sys.executable, "-c", _ENDLESS_WRITER, str(directory)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            committed = int(process.stdout.readline())
            time.sleep(random.uniform(0, 0.15))
            process.send_signal(signal.SIGKILL)
            committed = max([committed, *map(int, process.stdout.read().split("\n")[:-1])])
        with WhooshEngine(directory) as engine:
            articles = list(engine.articles())
            batch = len(articles) - 1
            assert batch in (committed, committed + 1)
            assert batch > last
            last = batch
            assert {each.title for each in articles} == {f"batch {batch}"}
            assert {state.sha256 for state in engine.sources().values()} == {str(batch)}
            assert len(engine.sources()) == engine.count(Term("strike")) == batch + 1
            assert engine.stats().words == (batch + 1) * 102
