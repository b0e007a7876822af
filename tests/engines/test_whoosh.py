"""The Whoosh engine keeps the contract, and what is peculiar to an index in a directory."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest
import whoosh
import whoosh.index
from whoosh.qparser import QueryParser

from searchkit.engine import Engine
from searchkit.engines import open_engine
from searchkit.engines.whoosh import WhooshEngine
from searchkit.errors import (
    EngineError,
    EngineUnavailableError,
    IndexDamagedError,
    IndexLockedError,
    IndexNotFoundError,
    IndexVersionError,
)
from searchkit.query import Keyword, MatchAll, Prefix, Term
from tests.engines.contract import STATE, EngineContract, article, fill, found, ids


class TestWhooshEngine(EngineContract):
    @pytest.fixture
    def engine(self, tmp_path: Path) -> Iterator[Engine]:
        self.opened: list[Engine] = []
        self.directory = tmp_path / "index"
        with WhooshEngine(self.directory, create=True) as engine:
            yield engine
        for each in self.opened:
            each.close()

    def reopen(self, engine: Engine) -> Engine:
        self.opened.append(WhooshEngine(self.directory))
        return self.opened[-1]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """An index of two articles, closed."""
    with WhooshEngine(tmp_path / "index", create=True) as engine:
        fill(engine, article("a", "mosul strikes"), article("b", "raqqa"))
        with engine.writer() as writer:
            writer.remember("f", STATE)
    return tmp_path / "index"


# --- opening


def test_missing_index(tmp_path: Path) -> None:
    """No directory, an empty one, one of other files, a file: each is "no index", with the next step."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").write_text("x")
    for place in ("missing", "empty", "other", "other/notes.txt"):
        with pytest.raises(IndexNotFoundError, match="searchkit index"):
            WhooshEngine(tmp_path / place)
    assert not (tmp_path / "missing").exists()
    with pytest.raises(IndexNotFoundError, match="--index"):
        WhooshEngine(None)


def test_created_directory_is_private(tmp_path: Path) -> None:
    """A directory made for an index is open to its owner only; nothing is an index before the first commit."""
    with WhooshEngine(tmp_path / "a" / "index", create=True):
        pass
    assert (tmp_path / "a" / "index").stat().st_mode & 0o777 == 0o700
    with pytest.raises(IndexNotFoundError):
        WhooshEngine(tmp_path / "a" / "index")


def test_directory_that_cannot_be_made(tmp_path: Path) -> None:
    """Where a file is in the way, the error names the place."""
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "index"):
        with pytest.raises(EngineError, match="file"):
            WhooshEngine(place, create=True)


def test_other_files_stay(tmp_path: Path) -> None:
    """An index made in a directory of other files leaves those alone."""
    (tmp_path / ".gitkeep").write_text("x")
    with WhooshEngine(tmp_path, create=True) as engine:
        fill(engine, article("a"))
        with engine.writer(rebuild=True) as writer:
            writer.add(article("b"))
    assert (tmp_path / ".gitkeep").read_text() == "x"


def test_unknown_whoosh_is_refused(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any release of Whoosh but the known one is refused, with the command that helps."""
    monkeypatch.setattr(whoosh, "__version__", (2, 7, 5))
    with pytest.raises(EngineUnavailableError, match=r"2\.7\.5.*pip install Whoosh==2\.7\.4"):
        WhooshEngine(directory)


def test_open_engine_by_name(directory: Path) -> None:
    """Engines are opened by name; an unknown one is refused with the known and the nearest."""
    with open_engine("whoosh", directory) as engine:
        assert engine.count(MatchAll()) == 2
    with open_engine("memory", None) as engine:
        assert engine.name == "memory"
    with pytest.raises(EngineUnavailableError, match=r"memory, whoosh; did you mean 'whoosh'"):
        open_engine("woosh", directory)
    with pytest.raises(EngineUnavailableError, match=r"memory, whoosh$"):
        open_engine("xapian", None)


def test_engines_are_imported_when_asked_for() -> None:
    """Importing the table, or the memory engine, imports neither Whoosh nor the stemmers."""
    code = (
        "import sys, searchkit.engines, searchkit.engines.memory; print({'whoosh', 'snowballstemmer'} & {*sys.modules})"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_stock_whoosh_opens_the_index(directory: Path) -> None:
    """Stock Whoosh opens the directory, and its parser and searcher find the same article."""
    index = whoosh.index.open_dir(str(directory))
    with index.searcher() as searcher:
        results = searcher.search(QueryParser("body", index.schema).parse("Mosul STRIKES"))
        assert [json.loads(hit["article"])["id"] for hit in results] == ["a"]


# --- commits seen from elsewhere


def test_reader_sees_one_commit(directory: Path) -> None:
    """An open engine goes on seeing the commit it opened, whatever others commit and remove."""
    with WhooshEngine(directory) as reader, WhooshEngine(directory) as other:
        for n in range(8):
            fill(other, article(f"n{n}", "mosul"), article("a", "changed"))
        with other.writer(rebuild=True) as writer:
            writer.add(article("z", "rebuilt"))
        assert ids(reader, MatchAll()) == ["a", "b"]
        assert reader.get("a") == article("a", "mosul strikes")
        assert found(reader, Term("strike")) == {"a"}
        assert reader.sources() == {"f": STATE}
        assert reader.stats().words == 3
        assert ids(other, MatchAll()) == ["z"]


def test_writer_builds_on_the_newest_commit(directory: Path) -> None:
    """A writer of an engine opened earlier keeps what others have committed since."""
    with WhooshEngine(directory) as early, WhooshEngine(directory) as late:
        fill(late, article("c", "erbil"))
        fill(early, article("d", "erbil"))
        assert ids(early, MatchAll()) == ["a", "b", "c", "d"]
        assert ids(late, MatchAll()) == ["a", "b", "c"]
        assert early.sources() == {"f": STATE}


def test_many_commits_leave_few_files(directory: Path) -> None:
    """Small segments are merged and old generations removed; nothing is lost by it."""
    with WhooshEngine(directory) as engine:
        for n in range(30):
            fill(engine, article(f"n{n:02}", f"mosul w{n}", title="T" * n), article("a", f"mosul strikes {n}"))
        names = [path.name for path in directory.iterdir()]
        assert len({name.partition(".")[0] for name in names if name.startswith("MAIN_") and "." in name}) < 12
        assert len([name for name in names if name.startswith(("searchkit-", "sources-", "_MAIN_"))]) == 3
        assert engine.count(MatchAll()) == 32
        assert found(engine, Term("w17")) == {"n17"}
        assert engine.get("n29") == article("n29", "mosul w29", title="T" * 29)
        assert engine.expand(Prefix("str")) == ["strikes"]


def test_discarded_writer_leaves_no_files(directory: Path) -> None:
    """After an exception the directory holds what it held before, and no temporary files."""
    before = sorted(path.name for path in directory.rglob("*"))
    with WhooshEngine(directory) as engine, pytest.raises(KeyboardInterrupt), engine.writer() as writer:
        for n in range(50):
            writer.add(article(str(n), "mosul"))
        raise KeyboardInterrupt
    assert sorted(path.name for path in directory.rglob("*")) == before


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


# --- the lock


def test_lock_names_its_holder(directory: Path) -> None:
    """The second writer is told the process, the host and since when."""
    with WhooshEngine(directory) as one, WhooshEngine(directory) as two, one.writer():
        second = two.writer()
        with pytest.raises(IndexLockedError) as refused:
            second.__enter__()
    assert refused.value.holder == f"process {os.getpid()} on {socket.gethostname()}"
    assert refused.value.since is not None
    since = f"{refused.value.since:%Y-%m-%d %H:%M} UTC"
    expected = f"{directory}/ is being written by {refused.value.holder} since {since}; wait with --wait SECONDS"
    assert str(refused.value) == expected


def test_waiting_for_the_lock(directory: Path) -> None:
    """A writer that waits gets the index when the other one, in another process, ends."""
    code = (
        "import sys, time; from pathlib import Path; from searchkit.engines.whoosh import WhooshEngine\n"
        "engine = WhooshEngine(Path(sys.argv[1]))\n"
        "with engine.writer(): print('locked', flush=True); time.sleep(0.5)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, directory], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        with WhooshEngine(directory) as engine:
            with pytest.raises(IndexLockedError, match=f"process {process.pid} "), engine.writer():
                pass
            with engine.writer(wait_s=60) as writer:
                writer.add(article("c"))
            assert engine.stats().generation == 4


@pytest.mark.parametrize("content", ["", "{", "null", '{"pid": 1}', '{"pid": 999999, "host": "x", "since": "x"}'])
def test_stale_lock_file_is_harmless(directory: Path, content: str) -> None:
    """Whatever a dead writer left in the lock file, the next writer gets the lock."""
    (directory / "lock").write_text(content)
    with WhooshEngine(directory) as engine, engine.writer():
        (directory / "lock").write_text(content)
        with pytest.raises(IndexLockedError) as refused, engine.writer():
            pass
    assert refused.value.holder is None
    assert "another process" in str(refused.value)


def test_writer_of_stock_whoosh_counts_as_one(directory: Path) -> None:
    """While stock Whoosh writes to the directory, our writer is refused."""
    stock = whoosh.index.open_dir(str(directory)).writer()
    try:
        with WhooshEngine(directory) as engine, pytest.raises(IndexLockedError, match="another program"):
            engine.writer().__enter__()
    finally:
        stock.cancel()


# --- damage and versions


def _segment_files(directory: Path) -> list[Path]:
    return sorted(path for path in directory.glob("MAIN_*.*") if path.stat().st_size)


def _read_everything(engine: Engine) -> None:
    for leaf in (Term("mosul"), Prefix("str"), Keyword("id", "a"), MatchAll()):
        for hit in engine.search(leaf).hits:
            assert engine.get(hit.article.id)
    engine.stats()
    engine.sources()
    engine.nearest_words("mosal")


def test_missing_files_are_damage(directory: Path) -> None:
    """Without any one file that the engine reads, the index is damaged; the error names the remedy."""
    names = [path.name for path in _segment_files(directory) if not path.name.endswith("_len.col")]
    for name in (*names, "searchkit-2.json", "sources-2.json"):
        data = (directory / name).read_bytes()
        (directory / name).unlink()
        with pytest.raises(IndexDamagedError, match="searchkit index --rebuild"), WhooshEngine(directory) as engine:
            _read_everything(engine)
        (directory / name).write_bytes(data)
    with WhooshEngine(directory) as engine:
        _read_everything(engine)


def test_truncated_files_are_damage_or_harmless(directory: Path) -> None:
    """Cut short anywhere, a file gives `IndexDamagedError` with the cause, or right answers: never another exception."""
    random = Random(7)
    damaged = 0
    for path in (*_segment_files(directory), directory / "_MAIN_2.toc", directory / "searchkit-2.json"):
        data = path.read_bytes()
        for length in {0, len(data) - 1, random.randrange(len(data)), random.randrange(len(data))}:
            path.write_bytes(data[:length])
            try:
                with WhooshEngine(directory) as engine:
                    _read_everything(engine)
            except IndexDamagedError as exc:
                damaged += 1
                assert str(directory) in str(exc)
                assert exc.__cause__ is not None
        path.write_bytes(data)
    assert damaged > 10


def test_rebuild_over_damage(directory: Path) -> None:
    """A damaged index is opened for writing only, reading says what is wrong, and a rebuild makes it whole."""
    (directory / "_MAIN_2.toc").write_bytes(b"garbage")
    with pytest.raises(IndexDamagedError):
        WhooshEngine(directory)
    with WhooshEngine(directory, create=True) as engine:
        with pytest.raises(IndexDamagedError):
            engine.search(MatchAll())
        with pytest.raises(IndexDamagedError), engine.writer():
            pass
        with engine.writer(rebuild=True) as writer:
            writer.add(article("new", "mosul"))
        assert ids(engine, MatchAll()) == ["new"]
    with WhooshEngine(directory) as engine:
        assert engine.stats().generation == 3


@pytest.mark.parametrize("key", ["schema", "analysis"])
def test_other_versions(directory: Path, key: str) -> None:
    """An index of another schema or analysis is refused by its number, unread, until it is rebuilt."""
    path = directory / "searchkit-2.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), key: 99}))
    (directory / "_MAIN_2.toc").write_bytes(b"not to be unpickled")
    with pytest.raises(IndexVersionError, match=f"{key} 99.*--rebuild"):
        WhooshEngine(directory)
    with WhooshEngine(directory, create=True) as engine:
        with pytest.raises(IndexVersionError):
            engine.get("a")
        with pytest.raises(ValueError), engine.writer(rebuild=True):
            raise ValueError
        assert (directory / "_MAIN_2.toc").exists()
        with engine.writer(rebuild=True) as writer:
            writer.add(article("new"))
        assert ids(engine, MatchAll()) == ["new"]


# --- stems


def _stem_rows(directory: Path, language: str) -> set[str]:
    with closing(sqlite3.connect(directory / "stems.sqlite")) as db:
        return {word for (word,) in db.execute("SELECT word FROM stems WHERE language = ?", (language,))}


def test_stems_hold_the_indexed_words(directory: Path) -> None:
    """Words of the languages asked for are there at the commit; another language comes with its first query."""
    assert _stem_rows(directory, "english") == {"mosul", "strikes", "raqqa"}
    assert _stem_rows(directory, "french") == set()
    with WhooshEngine(directory) as engine:
        assert found(engine, Term("strike"), language="fr") == {"a"}
    assert _stem_rows(directory, "french") == {"mosul", "strikes", "raqqa"}
    with WhooshEngine(directory, languages=("de",)) as engine:
        fill(engine, article("c", "Häuser strike"))
        for language in ("english", "french", "german"):
            assert _stem_rows(directory, language) == {"mosul", "strikes", "raqqa", "hauser", "strike"}
        assert found(engine, Term("striking"), language="en") == {"a", "c"}


@pytest.mark.parametrize("content", [None, b"", b"not a database at all" * 99])
def test_stems_are_made_again(directory: Path, content: bytes | None) -> None:
    """A missing or damaged table of stems is made again, by a reader and by a writer."""
    path = directory / "stems.sqlite"
    for write in (False, True):
        path.unlink()
        if content is not None:
            path.write_bytes(content)
        with WhooshEngine(directory) as engine:
            if write:
                fill(engine, article("c", "strike"))
            assert found(engine, Term("striking")) == ({"a", "c"} if write else {"a"})
        assert "strikes" in _stem_rows(directory, "english")


def test_stems_without_permission_to_write(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the table cannot be written, inflections are found all the same."""
    (directory / "stems.sqlite").unlink()

    def refuse(self: Any) -> None:
        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr("searchkit.engines.whoosh.stems.StemStore._connect", refuse)
    with WhooshEngine(directory) as engine:
        assert found(engine, Term("striking")) == {"a"}
        fill(engine, article("c", "strike"))
        assert found(engine, Term("striking")) == {"a", "c"}
    assert not (directory / "stems.sqlite").exists()


def test_stems_behind_the_commit_are_not_trusted(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a commit could not add its words to the table, the next query completes it."""

    def busy(*_: Any) -> None:
        raise sqlite3.OperationalError("database is locked")

    with WhooshEngine(directory) as engine:
        with monkeypatch.context() as patched:
            patched.setattr("searchkit.engines.whoosh.stems.StemStore._extend", busy)
            fill(engine, article("c", "strike"))
        assert _stem_rows(directory, "english") == {"mosul", "strikes", "raqqa"}
        assert found(engine, Term("striking")) == {"a", "c"}
    assert _stem_rows(directory, "english") == {"mosul", "strikes", "raqqa", "strike"}


def test_stems_of_another_stemmer_are_not_trusted(directory: Path) -> None:
    """A table made with another release of the stemmer is made again."""
    with closing(sqlite3.connect(directory / "stems.sqlite")) as db, db:
        db.execute("UPDATE languages SET version = 'old'")
        db.execute("UPDATE stems SET stem = word")
    with WhooshEngine(directory) as engine:
        assert found(engine, Term("striking")) == {"a"}


def test_leftovers_of_a_killed_writer_are_harmless(directory: Path) -> None:
    """What a writer leaves that is killed before its commit is not read, and gone after the next commit."""
    leftovers = ("searchkit-3.json", "sources-3.json", "_MAIN_3.toc.1699.5", "MAIN_0123456789abcdef.trm")
    for name in leftovers:
        (directory / name).write_text("{")
    (directory / "MAIN.tmp").mkdir()
    (directory / "MAIN.tmp" / "x.run").write_text("x")
    with WhooshEngine(directory) as engine:
        _read_everything(engine)
        fill(engine, article("c"))
        assert ids(engine, MatchAll()) == ["a", "b", "c"]
        assert engine.sources() == {"f": STATE}
    names = {path.name for path in directory.iterdir()}
    assert not names & {*leftovers[2:], "MAIN.tmp"}


# --- kill -9

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
