"""Readers beside writers: each sees one commit whole; what a reader holds is not collected; one writer at a time."""

from __future__ import annotations

import signal
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from searchkit.engines.whoosh import WhooshEngine, container, generations
from searchkit.errors import IndexLockedError
from searchkit.query import MatchAll
from tests.engines.contract import article, fill, ids
from tests.engines.proofs import batch_of, check_tidy, child, commit_batch, sized

_READERS = 8

_READER = """
import sys, time
from pathlib import Path
from searchkit.engines.whoosh import WhooshEngine
from tests.engines.proofs import batch_of

directory, seconds = Path(sys.argv[1]), float(sys.argv[2])
end, batches, generation = time.monotonic() + seconds, set(), 0
while time.monotonic() < end or (len(batches) < 3 and time.monotonic() < end + 60):  # the machine may be busy
    with WhooshEngine(directory) as engine:
        batch = batch_of(engine)
        assert engine.stats().generation >= generation
        generation = engine.stats().generation
        batches.add(batch)
        if len(batches) % 5 == 0:
            time.sleep(0.1)  # while others commit and collect
        assert batch_of(engine) == batch
print(len(batches))
"""


def test_eight_readers_beside_a_writer(tmp_path: Path) -> None:
    """During commits, merges and rebuilds without pause, eight processes open and read whole generations only."""
    directory = tmp_path / "index"
    seconds = sized(4, 60)
    with WhooshEngine(directory, create=True) as engine:
        commit_batch(engine, 0)
    with ExitStack() as stack:
        writer = stack.enter_context(child("-m", "tests.engines.proofs", directory, 1, 100_000))
        readers = [stack.enter_context(child("-c", _READER, directory, seconds)) for _ in range(_READERS)]
        seen = []
        for reader in readers:
            out, errors = reader.communicate(timeout=seconds * 3 + 120)
            assert reader.returncode == 0, errors
            seen.append(int(out))
        assert writer.poll() is None
        writer.send_signal(signal.SIGKILL)
        assert writer.stdout is not None
        commits = len(writer.stdout.read().splitlines())
    print(f"{commits} commits; generations seen by each reader: {seen}")  # noqa: T201
    assert commits > 1  # hundreds on an idle machine
    assert min(seen) > 2
    with WhooshEngine(directory) as engine:
        assert batch_of(engine) in (commits, commits + 1)
        assert list(engine.verify()) == []


_HOLDER = """
import sys
from pathlib import Path
from searchkit.engines.whoosh import WhooshEngine
from searchkit.query import MatchAll

with WhooshEngine(Path(sys.argv[1])) as engine:
    print("open", flush=True)
    sys.stdin.readline()
    print(*[article.id for article in engine.articles()], engine.count(MatchAll()), len(engine.sources()), flush=True)
"""


def test_held_generation_is_not_collected(directory: Path) -> None:
    """What a reader in another process holds stays through commits, merges and rebuilds, and goes with the next commit
    after the reader has let go."""
    held = directory / "searchkit-00000002.json"
    with child("-c", _HOLDER, directory) as holder, WhooshEngine(directory) as engine:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        for n in range(12):
            with engine.writer(rebuild=n == 6) as writer:
                writer.add(article("a", f"changed {n}"))
                writer.delete("b")
        assert held.exists()
        assert len(generations.generations(directory)) == 3
        assert list(engine.verify()) == []
        out, _ = holder.communicate("\n")
        assert out == "a b 2 1\n"
        with engine.writer():
            pass
        assert not held.exists()
    check_tidy(directory)


def test_generation_held_in_the_same_process(directory: Path) -> None:
    """A reader in the writer's own process holds its generation no less."""
    with WhooshEngine(directory) as reader, WhooshEngine(directory) as engine:
        for n in range(10):
            fill(engine, article("a", f"changed {n}"))
        assert reader.get("a") == article("a", "mosul strikes")
        assert (directory / "searchkit-00000002.json").exists()
        reader.close()
        fill(engine, article("c"))
        assert not (directory / "searchkit-00000002.json").exists()
    check_tidy(directory)


def test_killed_reader_holds_nothing(directory: Path) -> None:
    """A reader that was killed keeps nothing from being collected."""
    with child("-c", _HOLDER, directory) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        holder.kill()
        holder.wait()
    with WhooshEngine(directory) as engine:
        for n in range(3):
            fill(engine, article(f"c{n}"))
    check_tidy(directory)


def test_reader_between_opening_and_holding(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A manifest that is collected just after it was opened is not read; the reader takes the one that is current."""
    real = container.open_file
    waiting = [True]

    def late(path: Path) -> object:
        file = real(path)
        if waiting and path.name == "searchkit-00000002.json":
            waiting.clear()
            with WhooshEngine(directory) as engine:
                for n in range(3):
                    fill(engine, article(f"c{n}"))
        return file

    monkeypatch.setattr(generations, "open_file", late)
    with WhooshEngine(directory) as engine:
        assert not waiting
        assert engine.stats().generation == 5
        assert ids(engine, MatchAll()) == ["a", "b", "c0", "c1", "c2"]


def test_second_writer_is_told(directory: Path) -> None:
    """While a process writes, another is told which process it is; when that is killed, the next writer works at once."""
    code = (
        "import sys; from pathlib import Path; from searchkit.engines.whoosh import WhooshEngine\n"
        "with WhooshEngine(Path(sys.argv[1])).writer(): print('locked', flush=True); sys.stdin.readline()\n"
    )
    with child("-c", code, directory) as process, WhooshEngine(directory) as engine:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        with pytest.raises(IndexLockedError, match=f"process {process.pid} "), engine.writer():
            pass
        assert ids(engine, MatchAll()) == ["a", "b"]
        process.kill()
        process.wait()
        started = time.monotonic()
        fill(engine, article("c"))
        assert time.monotonic() - started < sized(5, 1)
