"""The Whoosh engine keeps the contract, and what is peculiar to an index in a directory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import whoosh
import whoosh.index
from whoosh.qparser import QueryParser

from searchkit.engine import Engine, IndexingOptions
from searchkit.engines import open_engine
from searchkit.engines.whoosh import WhooshEngine
from searchkit.errors import (
    EngineError,
    EngineUnavailableError,
    IndexNotFoundError,
)
from searchkit.query import MatchAll, Prefix, Term
from tests.engines.contract import STATE, EngineContract, article, fill, found, ids
from tests.engines.proofs import child


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
    """With any release of Whoosh but the known one nothing is written, and the error holds the command that helps."""
    monkeypatch.setattr(whoosh, "__version__", (2, 7, 5))
    with WhooshEngine(directory) as engine:
        for change in (lambda: fill(engine, article("c")), lambda: fill(engine), engine.rollback):
            with pytest.raises(EngineUnavailableError, match=r"2\.7\.5.*pip install Whoosh==2\.7\.4"):
                change()
        assert ids(engine, MatchAll()) == ["a", "b"]
        assert list(engine.verify()) == []


def test_reading_needs_no_whoosh(directory: Path) -> None:
    """Without Whoosh an index is read and verified; writing is refused, with the command that helps."""
    code = (
        "import sys; sys.modules['whoosh'] = None\n"
        "from pathlib import Path\n"
        "from searchkit.article import Article\n"
        "from searchkit.engines.whoosh import WhooshEngine\n"
        "from searchkit.query import Term\n"
        "with WhooshEngine(Path(sys.argv[1])) as engine:\n"
        "    print(engine.count(Term('strike')), list(engine.verify()))\n"
        "    with engine.writer() as writer: writer.add(Article('c', 'c', 'c', 'c', 'c'))\n"
    )
    with child("-c", code, directory) as process:
        out, errors = process.communicate()
    assert out == "1 []\n"
    assert "EngineUnavailableError" in errors
    assert "pip install Whoosh==2.7.4" in errors


def test_open_engine_by_name(directory: Path) -> None:
    """Engines are opened by name; an unknown one is refused with the known and the nearest."""
    with open_engine("whoosh", directory) as engine:
        assert engine.count(MatchAll()) == 2
    with open_engine("memory", None) as engine:
        assert engine.name == "memory"
    with pytest.raises(EngineUnavailableError, match=r"memory, opensearch, whoosh; did you mean 'whoosh'"):
        open_engine("woosh", directory)
    with pytest.raises(EngineUnavailableError, match=r"memory, opensearch, whoosh$"):
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
        assert [hit["id"] for hit in results] == ["a"]


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
        assert len({name.partition(".")[0] for name in names if name.startswith("g0")}) < 24
        assert len([name for name in names if name.startswith(("searchkit-", "sources-", "_MAIN_"))]) == 6
        assert engine.count(MatchAll()) == 32
        assert found(engine, Term("w17")) == {"n17"}
        assert engine.get("n29") == article("n29", "mosul w29", title="T" * 29)
        assert engine.expand(Prefix("str")) == ["strikes"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_discarded_writer_leaves_no_files(directory: Path, jobs: int) -> None:
    """After an exception the directory holds what it held before, and no temporary files, however far it had come."""
    with WhooshEngine(directory) as engine:
        with engine.writer():
            pass
        before = sorted(path.name for path in directory.rglob("*"))
        options = IndexingOptions(memory_mb=1, jobs=jobs)
        with pytest.raises(KeyboardInterrupt), engine.writer(options=options) as writer:
            for n in range(1_500):
                writer.add(article(str(n), "mosul strikes " * 200))
            assert jobs > 1 or len(list(directory.iterdir())) > len(before)
            raise KeyboardInterrupt
    assert sorted(path.name for path in directory.rglob("*")) == before
