"""Help for the proofs of durability: their size, a writer whose commits can be told apart, and children that end.

The writer below commits batch after batch, and what the index must hold after each is known, so that any index can be
recognised as one commit, whole, or as none. As a program it is

    python -m tests.engines.proofs DIRECTORY FIRST LAST [many]

which commits the batches from FIRST to LAST and prints the number of each; with `many`, some batches are so large that
processes of their own build them. It ends when nobody reads what it prints.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from searchkit.article import Article
from searchkit.engine import IndexingOptions, SearchOptions, SourceState
from searchkit.engines.whoosh import WhooshEngine
from searchkit.engines.whoosh.generations import generations, hold
from searchkit.query import Term

FULL = os.environ.get("SEARCHKIT_PROOFS") == "full"
"""Whether the proofs run at their full size, which takes minutes each."""

ROOT = Path(__file__).parents[2]
MANY = 1_050
_CHANGED = 4
_LASTING = 12
_MANY_EVERY = 4
_REBUILT_EVERY = 9


def sized(gate: int, full: int) -> int:
    """How many of something a proof needs."""
    return full if FULL else gate


def expected(batch: int, many: bool = False) -> dict[str, str]:
    """The title of each article, by id, after a batch."""
    titles = {f"changed{n}": f"batch {batch}" for n in range(_CHANGED)}
    titles |= {f"new{n}": f"batch {n}" for n in range(max(0, batch - _LASTING + 1), batch + 1)}
    last_many = batch - batch % _MANY_EVERY
    if many:
        titles |= {f"many{n}": f"batch {last_many}" for n in range(MANY)}
    return titles


def commit_batch(engine: WhooshEngine, batch: int, many: bool = False) -> None:
    """Commit a batch on top of the one before, or anew."""
    rebuild = batch % _REBUILT_EVERY == _REBUILT_EVERY - 1
    options = IndexingOptions(memory_mb=64, jobs=2 if many else 1)
    before = {} if rebuild or not batch else expected(batch - 1, many)
    after = expected(batch, many)
    with engine.writer(rebuild=rebuild, options=options) as writer:
        for id_, title in after.items():
            if before.get(id_) != title:
                writer.add(Article(id_, f"{id_}.txt", title, f"mosul strikes {title}", f"sha of {title}"))
        for id_ in before.keys() - after.keys():
            assert writer.delete(id_)
        writer.remember("f", SourceState(1, 2, str(batch), len(after)))


def batch_of(engine: WhooshEngine, many: bool = False) -> int:
    """The batch that an index holds, after a look whether it is whole."""
    batch = int(engine.sources()["f"].sha256)
    titles = expected(batch, many)
    assert {article.id: article.title for article in engine.articles()} == titles
    assert engine.stats().articles == engine.count(Term("strike")) == len(titles)
    assert engine.count(Term(str(batch), field="title")) == sum(title == f"batch {batch}" for title in titles.values())
    hits = engine.search(Term("mosul"), SearchOptions(limit=3)).hits
    assert all(titles[hit.article.id] == hit.article.title for hit in hits)
    return batch


def check_tidy(directory: Path) -> None:
    """After a commit nothing lies in the directory but the last two generations and the lock."""
    needed = {"lock"}
    for generation in generations(directory):
        held = hold(directory, generation)
        assert held is not None
        with held:
            needed |= {f"searchkit-{generation:08d}.json", *held.manifest["files"]}
    assert sorted({path.name for path in directory.iterdir()} ^ needed) == []
    assert len(generations(directory)) <= 2


@contextmanager
def child(*arguments: Any, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """A Python process with the project at hand; killed at the end of the block at the latest."""
    path = os.pathsep.join([*variables.pop("PYTHONPATH", "").split(os.pathsep), str(ROOT)]).strip(os.pathsep)
    environment = {**os.environ, "PYTHONPATH": path, **variables}
    command = [sys.executable, *map(str, arguments)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def children_of(pid: int) -> set[int]:
    """The processes that a process has started and that still run."""
    numbers = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return {number for number in numbers if _state(number)[1] == pid}


def still_running(pids: set[int], within_s: float) -> set[int]:
    """Those that have not ended after some seconds at most."""
    end = time.monotonic() + within_s
    while (alive := {pid for pid in pids if _state(pid)[0] not in "ZX"}) and time.monotonic() < end:
        time.sleep(0.01)
    return alive


def _state(pid: int) -> tuple[str, int]:
    """The state of a process and its parent; "X" for one that is gone."""
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return "X", 0
    return state, int(parent)


def main() -> None:
    """Be the writer."""
    directory, first, last, *rest = sys.argv[1:]
    note = getattr(sys.modules.get("sitecustomize"), "note", lambda *_: None)
    with WhooshEngine(Path(directory), create=True) as engine:
        for batch in range(int(first), int(last) + 1):
            commit_batch(engine, batch, bool(rest))
            note("committed", batch)
            try:
                sys.stdout.write(f"{batch}\n")
                sys.stdout.flush()
            except BrokenPipeError:
                os._exit(1)


if __name__ == "__main__":
    main()
