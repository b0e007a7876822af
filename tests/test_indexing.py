"""Indexing: what is read, replaced, left alone, removed and reported, in real folders."""

from __future__ import annotations

import io
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from searchkit import digests, indexing
from searchkit.article import Article, article_id, record_source
from searchkit.detection import Detection
from searchkit.engine import Engine, IndexingOptions, Writer
from searchkit.engines.memory import MemoryEngine
from searchkit.errors import ExtractionError, IndexLockedError, InputError
from searchkit.format import BadRecord, Foreign, Format, Limits, Page, ReadingOptions, Record, Remark
from searchkit.indexing import IndexReport, Job, Progress
from searchkit.query import Term
from searchkit.sharding import Shard
from tests.archives import zip_of

HOUR_NS = 3_600_000_000_000


class LinesFormat:
    """A format for these tests: an article per line, `name body`; the names `bad`, `remark`, `break` and `stop` speak
    for themselves."""

    name = "lines"
    suffixes: tuple[str, ...] = (".lines",)
    about = "lines of these tests"

    def accepts(self, head: bytes) -> bool:
        return head.startswith(b"lines ")

    def read(self, stream: BinaryIO, source: str, options: ReadingOptions = ReadingOptions()) -> Iterator[Record]:
        for number, line in enumerate(stream, 1):
            name, _, body = line.decode().strip().partition(" ")
            if name == "bad":
                yield BadRecord(record_source(source, number), body)
            elif name == "foreign":
                yield Foreign(source, body)
            elif name == "remark":
                yield Remark(record_source(source, number), body)
            elif name == "break":
                raise RuntimeError(body)
            elif name == "stop":
                raise KeyboardInterrupt
            else:
                where = record_source(source, name)
                yield Article(article_id(where), where, name, body, sha256=str(hash(body)), record=name)


class EagerFormat(LinesFormat):
    """A format that fails before it yields anything."""

    suffixes = (".eager",)

    def read(self, stream: BinaryIO, source: str, options: ReadingOptions = ReadingOptions()) -> Iterator[Record]:
        raise RuntimeError("no iterator")


FORMATS: tuple[Format, ...] = (LinesFormat(), EagerFormat())


class Archive:
    """A folder with its index in memory."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.engine = MemoryEngine()

    def write(self, name: str, *lines: str, age_ns: int = HOUR_NS) -> Path:
        """A file of these lines, last changed some time ago."""
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"{line}\n" for line in lines))
        changed = time.time_ns() - age_ns
        os.utime(file, ns=(changed, changed))
        return file

    def index(self, *paths: str, engine: Engine | None = None, **options: object) -> IndexReport:
        job = Job(paths or (str(self.root),), self.root, FORMATS, **options)  # type: ignore[arg-type]
        return indexing.run(engine or self.engine, job)

    def stream(self, *lines: str, **options: object) -> IndexReport:
        stream = io.BufferedReader(io.BytesIO("".join(f"{line}\n" for line in lines).encode()))  # type: ignore[arg-type]
        return self.index("-", stream=stream, **options)

    @property
    def held(self) -> dict[str, str]:
        """Source -> body of all articles."""
        return {article.source: article.body for article in self.engine.articles()}

    @property
    def generation(self) -> int:
        return self.engine.stats().generation


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def counts(report: IndexReport) -> dict[str, int]:
    """The counts of a report that are not 0."""
    names = ("files", "files_unchanged", "files_removed", "files_skipped", "added", "replaced", "unchanged", "removed")
    return {name: getattr(report, name) for name in names if getattr(report, name)}


# --- what changes ------------------------------------------------------------------------------------------------


def test_a_folder_is_indexed(archive: Archive) -> None:
    """Every record of every file is stored and can be found, in one commit."""
    archive.write("a.lines", "x mosul", "y raqqa")
    archive.write("sub/b.lines", "x homs")
    report = archive.index()
    assert counts(report) == {"files": 2, "added": 3}
    assert (report.total, report.generation, report.dry_run, report.problems) == (3, 1, False, ())
    assert archive.held == {"a.lines#x": "mosul", "a.lines#y": "raqqa", "sub/b.lines#x": "homs"}
    assert archive.engine.count(Term("mosul")) == 1


def test_unchanged_files_are_not_read_again(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of the same size and time is not even opened, and nothing is committed."""
    archive.write("a.lines", "x mosul")
    archive.index()
    monkeypatch.setattr(Path, "open", None)
    assert counts(archive.index()) == {"files": 1, "files_unchanged": 1, "unchanged": 1}
    assert archive.generation == 1


def test_a_touched_file_is_not_indexed_again(archive: Archive) -> None:
    """A new time with the old content, told by SHA-256, is no change and commits nothing."""
    archive.write("a.lines", "x mosul")
    archive.index()
    archive.write("a.lines", "x mosul", age_ns=2 * HOUR_NS)
    assert counts(archive.index()) == {"files": 1, "files_unchanged": 1, "unchanged": 1}
    assert archive.generation == 1


def test_the_new_time_of_a_touched_file_is_noted_with_the_next_commit(archive: Archive) -> None:
    """Once something else is committed, the touched file need not be read through again."""
    file = archive.write("a.lines", "x mosul")
    archive.index()
    archive.write("a.lines", "x mosul", age_ns=2 * HOUR_NS)
    archive.write("b.lines", "x homs")
    archive.index()
    assert archive.engine.sources()["a.lines"].modified_ns == file.stat().st_mtime_ns


def test_a_changed_record_is_replaced_and_others_left_alone(archive: Archive) -> None:
    """Of a changed file only the records that differ are stored anew; vanished records go, new ones come."""
    archive.write("a.lines", "x mosul", "y raqqa", "z homs")
    archive.index()
    archive.write("a.lines", "x mosul", "y aleppo", "w idlib")
    assert counts(archive.index()) == {"files": 1, "added": 1, "replaced": 1, "unchanged": 1, "removed": 1}
    assert archive.held == {"a.lines#x": "mosul", "a.lines#y": "aleppo", "a.lines#w": "idlib"}


def test_a_changed_record_in_real_json_lines_is_replaced(tmp_path: Path) -> None:
    """One line changed in a .jsonl file replaces one article."""
    from searchkit.formats import FORMATS as REAL

    def lines(*bodies: str) -> None:
        records = [{"id": i, "title": f"T{i}", "body": body} for i, body in enumerate(bodies)]
        (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, records)))

    engine = MemoryEngine()
    job = Job([str(tmp_path)], tmp_path, REAL)
    lines("one", "two", "three")
    indexing.run(engine, job)
    lines("one", "zwei", "three")
    assert counts(indexing.run(engine, job)) == {"files": 1, "replaced": 1, "unchanged": 2}
    assert {article.body for article in engine.articles()} == {"one", "zwei", "three"}


def test_readers_are_told_how_to_read(tmp_path: Path) -> None:
    """Keys of records that the job names are read, in files and on standard input."""
    from searchkit.formats import FORMATS as REAL

    line = b'{"id": 1, "meta": {"headline": "Mosul"}}'
    (tmp_path / "a.jsonl").write_bytes(line)
    reading = ReadingOptions(fields={"title": ("meta.headline",)})
    engine = MemoryEngine()
    stream = io.BufferedReader(io.BytesIO(line))  # type: ignore[arg-type]
    indexing.run(engine, Job([str(tmp_path), "-"], tmp_path, REAL, stream=stream, reading=reading))
    assert {article.source: article.title for article in engine.articles()} == {"a.jsonl#1": "Mosul", "-#1": "Mosul"}


def test_a_file_changed_within_the_grain_of_the_clock_is_seen(archive: Archive) -> None:
    """A file changed just before it was read is compared by content, though size and time stay the same."""
    file = archive.write("a.lines", "x mosul", age_ns=0)
    archive.index()
    before = file.stat()
    file.write_text("x raqqa\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert counts(archive.index()) == {"files": 1, "replaced": 1}


def test_a_file_from_the_future_is_compared_by_content(archive: Archive) -> None:
    """A time that lies ahead, as after a wrong clock, is not trusted."""
    file = archive.write("a.lines", "x mosul", age_ns=-HOUR_NS)
    archive.index()
    before = file.stat()
    file.write_text("x raqqa\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert archive.index().replaced == 1


def test_what_is_written_to_a_file_while_it_is_read_is_seen_next_time(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The content remembered is never newer than the content indexed."""
    file = archive.write("a.lines", "x mosul", "y homs")
    real = LinesFormat.read

    def read(self: LinesFormat, stream: BinaryIO, source: str, options: ReadingOptions) -> Iterator[Record]:
        yield from real(self, stream, source, options)
        file.write_text("x raqqa\ny homs\n")

    monkeypatch.setattr(LinesFormat, "read", read)
    archive.index()
    monkeypatch.setattr(LinesFormat, "read", real)
    assert archive.index().replaced == 1
    assert archive.held["a.lines#x"] == "raqqa"


def test_a_long_file_that_is_changed_while_it_is_read_is_read_again(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its digest is computed beside the reading, and could be of content that was never read."""
    file = archive.write("a.lines", "x mosul", "y homs")
    may_go, real_digest, real_read = threading.Event(), digests.digest_of, LinesFormat.read

    def late(descriptor: int, size_bytes: int) -> str:
        assert may_go.wait(60)
        return real_digest(descriptor, size_bytes)

    def read(self: LinesFormat, stream: BinaryIO, source: str, options: ReadingOptions) -> Iterator[Record]:
        yield from real_read(self, stream, source, options)
        file.write_text("x raqqa\ny homs\n")
        os.utime(file, ns=(HOUR_NS, HOUR_NS))
        may_go.set()

    with monkeypatch.context() as patched:
        patched.setattr(digests, "LONG_BYTES", 1)
        patched.setattr(digests, "digest_of", late)
        patched.setattr(LinesFormat, "read", read)
        archive.index()
    assert archive.held["a.lines#x"] == "mosul"
    assert archive.index().replaced == 1
    assert archive.held["a.lines#x"] == "raqqa"
    assert counts(archive.index()) == {"files": 1, "files_unchanged": 1, "unchanged": 2}


def test_indexing_by_and_by_gives_the_index_of_a_rebuild(archive: Archive) -> None:
    """Whatever was indexed before, the articles are those of the files as they are."""
    archive.write("a.lines", "x mosul", "y homs")
    archive.write("b.lines", "x raqqa")
    archive.index()
    archive.write("a.lines", "y homs", "bad z")
    archive.write("c.lines", "x idlib", "y idlib")
    (archive.root / "b.lines").unlink()
    archive.index(prune=True)
    by_and_by = archive.held
    archive.index(rebuild=True)
    assert archive.held == by_and_by


def test_the_writer_is_told_how_much_is_new(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is to be expected are the bytes of files that were never read; of a changed one, most may be as it was."""
    told = []
    opened = MemoryEngine.writer

    def writer(self: MemoryEngine, **given: Any) -> Any:
        told.append(given["options"].expected_bytes)
        return opened(self, **given)

    monkeypatch.setattr(MemoryEngine, "writer", writer)
    first = archive.write("first.lines", "a one", "b two")
    archive.index()
    expected = [first.stat().st_size]
    archive.write("first.lines", "a one", "b two", "c three")
    expected.append(archive.write("second.lines", "d four").stat().st_size)
    archive.index()
    assert told == expected


def test_much_that_is_new_has_the_model_of_languages_loaded_early(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only where many new articles will be stored."""
    expected: list[bool] = []

    def begun(take: Callable[[Article], None], expects_many: bool, cache: Path | None) -> Detection:
        expected.append(expects_many)
        return Detection(take, expects_many=False)

    monkeypatch.setattr(indexing, "_MANY_BYTES", 100)
    monkeypatch.setattr(indexing, "Detection", begun)
    archive.write("a.lines", "x " + "mosul " * 15)
    archive.index()
    archive.write("b.lines", "x " + "mosul " * 20)
    archive.index(dry_run=True)
    archive.index()
    archive.index()
    assert expected == [False, False, True, False]


def test_articles_that_wait_for_the_model_are_in_the_commit(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when reading ends before the model is there."""
    monkeypatch.setattr(indexing, "_MANY_BYTES", 100)
    monkeypatch.setattr("searchkit.detection.load_and_keep_model", lambda cache: time.sleep(0.3))
    archive.write("a.lines", "x " + "le chat noir dort sur la chaise de ma grand-mère " * 5, "y " + "mosul " * 20)
    assert counts(archive.index()) == {"files": 1, "added": 2}
    assert {a.record: a.language for a in archive.engine.articles()}["x"] == "fr-x-detected"


def test_paths_given_twice_are_read_once(archive: Archive) -> None:
    """Overlapping paths do not count files or articles twice."""
    archive.write("a.lines", "x mosul")
    root = str(archive.root)
    assert counts(archive.index(root, f"{root}/a.lines", f"{root}/*.lines")) == {"files": 1, "added": 1}


# --- what cannot be read -----------------------------------------------------------------------------------------


def test_one_bad_record_does_not_stop_the_rest(archive: Archive) -> None:
    """Bad records are named with their reason, remarks are told, everything else is indexed."""
    archive.write("a.lines", "x mosul", "bad no title", "remark guessed", "y homs")
    report = archive.index()
    assert report.problems == (BadRecord("a.lines#2", "no title"),)
    assert report.remarks == (Remark("a.lines#3", "guessed"),)
    assert report.added == 2


def test_problems_are_told_again_while_a_file_stays_as_it_is(archive: Archive) -> None:
    """A bad record does not fall silent because its file is not read again; mended, it is told no more."""
    archive.write("a.lines", "x mosul", "bad no title")
    first = archive.index()
    assert archive.index().problems == first.problems
    archive.write("a.lines", "x mosul", "y homs")
    assert archive.index().problems == ()
    assert archive.index().problems == ()


def test_unknown_formats_are_skipped_in_folders_and_problems_when_named(archive: Archive) -> None:
    """A folder may hold other files, which are counted and remarked; a file asked for by name must be readable."""
    file = archive.write("photo.jpg", "...")
    archive.write("a.lines", "x mosul")
    report = archive.index()
    assert counts(report) == {"files": 2, "files_skipped": 1, "added": 1}
    assert report.remarks == (Remark("photo.jpg", "skipped: not in a format that searchkit reads"),)
    assert archive.index(str(file)).problems == (BadRecord("photo.jpg", "not in a format that searchkit reads"),)
    assert archive.generation == 1


def test_files_without_articles_are_skipped_in_folders_and_problems_when_named(archive: Archive) -> None:
    """A file in a known form that plainly holds something else is passed over like one in an unknown form."""
    file = archive.write("package.lines", "foreign holds no article")
    archive.write("a.lines", "x mosul")
    assert archive.index(str(file)).problems == (Foreign("package.lines", "holds no article"),)
    fresh = Archive(archive.root)
    report = fresh.index()
    assert counts(report) == {"files": 2, "files_skipped": 1, "added": 1}
    assert report.remarks == (Remark("package.lines", "skipped: holds no article"),)


def test_a_file_that_is_no_archive_any_more_loses_its_articles(archive: Archive) -> None:
    """Articles of a file overwritten with something else go with it."""
    archive.write("a.txt", "lines x", "y homs")
    archive.index()
    assert archive.held
    archive.write("a.txt", "\0\0\0")
    assert counts(archive.index()) == {"files": 1, "files_skipped": 1, "removed": 2}
    assert (archive.held, archive.engine.sources()) == ({}, {})


def test_a_format_that_breaks_off_costs_its_file_only(archive: Archive) -> None:
    """An exception inside a file is that file's problem; what was read of it before stays, and so does what is indexed
    of it from earlier; it is tried again next time."""
    archive.write("a.lines", "x mosul", "z homs")
    archive.index()
    archive.write("a.lines", "x raqqa", "break oops", "z homs")
    archive.write("b.lines", "x idlib")
    report = archive.index()
    assert report.problems == (BadRecord("a.lines", "reading broke off: RuntimeError: oops"),)
    assert archive.held == {"a.lines#x": "raqqa", "a.lines#z": "homs", "b.lines#x": "idlib"}
    assert archive.index().problems == report.problems


def test_a_format_that_cannot_even_begin_costs_its_file_only(archive: Archive) -> None:
    """An exception before the first record is a problem of that file, too."""
    archive.write("a.eager", "x")
    archive.write("b.lines", "x idlib")
    report = archive.index()
    assert report.problems == (BadRecord("a.eager", "reading broke off: RuntimeError: no iterator"),)
    assert report.added == 1


def test_unreadable_files_are_named_and_keep_their_articles(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be opened is a problem; what is known of it stays."""
    archive.write("a.lines", "x mosul")
    archive.index()
    file = archive.write("a.lines", "x raqqa!")
    archive.write("b.lines", "x idlib")
    real = Path.open

    def refuse(self: Path, *args: str, **options: int) -> object:
        if self == file:
            raise PermissionError(13, "Permission denied")
        return real(self, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    report = archive.index()
    assert report.problems == (BadRecord("a.lines", "cannot be read: Permission denied"),)
    assert archive.held == {"a.lines#x": "mosul", "b.lines#x": "idlib"}


def test_links_in_circles_pipes_and_missing_paths_are_problems(archive: Archive) -> None:
    """Nothing of the kind hangs or stops the run."""
    archive.write("a.lines", "x mosul")
    (archive.root / "loop.lines").symlink_to("loop.lines")
    (archive.root / "up").symlink_to(".")
    os.mkfifo(archive.root / "pipe.lines")
    report = archive.index(str(archive.root), "missing")
    assert {problem.source for problem in report.problems} == {"loop.lines", "pipe.lines", "missing"}
    assert counts(report) == {"files": 1, "added": 1}


def test_a_full_disk_stops_the_run(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the engine is not taken for one of the file that was just being read."""
    archive.write("a.lines", "x mosul")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("searchkit.engines.memory._Writer.add", full)
    with pytest.raises(OSError, match="No space left"):
        archive.index()
    assert archive.generation == 0


# --- pruning -----------------------------------------------------------------------------------------------------


def test_vanished_files_stay_until_pruned(archive: Archive) -> None:
    """Without `prune` nothing is removed; with it the articles of files that are gone are."""
    archive.write("a.lines", "x mosul", "y homs")
    archive.write("b.lines", "x raqqa")
    archive.index()
    (archive.root / "a.lines").unlink()
    assert counts(archive.index()) == {"files": 1, "files_unchanged": 1, "unchanged": 1}
    assert len(archive.held) == 3
    assert counts(archive.index(prune=True)) == {
        "files": 1,
        "files_unchanged": 1,
        "files_removed": 1,
        "unchanged": 1,
        "removed": 2,
    }
    assert archive.held == {"b.lines#x": "raqqa"}
    assert list(archive.engine.sources()) == ["b.lines"]


def test_pruning_keeps_to_the_paths(archive: Archive) -> None:
    """Only what lies inside the paths of the run is removed."""
    for name in ("one/a.lines", "one/deep/b.lines", "two/c.lines"):
        archive.write(name, "x mosul").unlink(missing_ok=False)
        archive.write(name, "x mosul")
    archive.index()
    for name in ("one/a.lines", "one/deep/b.lines", "two/c.lines"):
        (archive.root / name).unlink()
    archive.index(f"{archive.root}/one/*.lines", prune=True)
    assert set(archive.held) == {"one/deep/b.lines#x", "two/c.lines#x"}
    archive.index(f"{archive.root}/one", prune=True)
    assert set(archive.held) == {"two/c.lines#x"}


def test_a_pruned_path_that_is_gone_is_no_problem(archive: Archive) -> None:
    """Naming a removed file, folder or pattern in order to prune it is not an error; naming nothing is."""
    file, root = archive.write("a.lines", "x mosul"), str(archive.root)
    for path in (f"{root}/a.lines", f"{root}/*.lines"):
        archive.write("a.lines", "x mosul")
        archive.index()
        file.unlink()
        report = archive.index(path, prune=True)
        assert (report.removed, report.problems) == (1, ())
    assert len(archive.index(f"{root}/a.lines", prune=True).problems) == 1


def test_pruning_leaves_what_came_by_stream(archive: Archive) -> None:
    """Articles of standard input have no file that could vanish."""
    archive.stream("lines 1", "x mosul")
    archive.write("a.lines", "x homs")
    archive.index(prune=True)
    assert "-#x" in archive.held


# --- rebuild, dry run, stream ------------------------------------------------------------------------------------


def test_a_rebuild_starts_from_nothing(archive: Archive) -> None:
    """After a rebuild the index holds what was read in it and nothing else."""
    archive.write("a.lines", "x mosul")
    archive.write("b.lines", "x homs")
    archive.index()
    assert counts(archive.index(f"{archive.root}/b.lines", rebuild=True)) == {"files": 1, "added": 1}
    assert archive.held == {"b.lines#x": "homs"}
    assert list(archive.engine.sources()) == ["b.lines"]


def test_a_rebuild_from_nothing_is_refused(archive: Archive) -> None:
    """A rebuild that reads no article leaves the index as it was and says why."""
    archive.write("a.lines", "x mosul")
    archive.index()
    with pytest.raises(InputError, match=r"nothing could be read from gone, .* gone: there is no such file"):
        archive.index("gone", rebuild=True)
    archive.write("empty/a.jpg", "")
    with pytest.raises(InputError, match="name files or folders that hold articles"):
        archive.index(str(archive.root / "empty"), rebuild=True)
    assert archive.held == {"a.lines#x": "mosul"}
    assert archive.generation == 1


def test_a_dry_run_counts_and_changes_nothing(archive: Archive) -> None:
    """The counts are those of the real run, the index stays, and nobody is kept from writing."""
    archive.write("a.lines", "x mosul", "y homs")
    archive.write("b.lines", "x raqqa")
    archive.index()
    archive.write("a.lines", "x aleppo", "w idlib", "bad oops")
    (archive.root / "b.lines").unlink()
    before = archive.held
    with archive.engine.writer():
        dry = archive.index(prune=True, dry_run=True)
    assert (dry.dry_run, dry.total, dry.generation) == (True, None, None)
    assert archive.held == before
    real = archive.index(prune=True)
    assert counts(dry) == counts(real)
    assert dry.problems == real.problems
    assert archive.index(dry_run=True, rebuild=True).added == 2


def test_a_dry_rebuild_from_nothing_is_told_not_refused(archive: Archive) -> None:
    """A dry run only reports."""
    assert archive.index("gone", dry_run=True, rebuild=True).added == 0


def test_a_stream_is_indexed(archive: Archive) -> None:
    """Standard input becomes articles of the source `-`; the same again changes and commits nothing."""
    assert counts(archive.stream("lines 1", "x mosul")) == {"files": 1, "added": 2}
    assert archive.held == {"-#lines": "1", "-#x": "mosul"}
    assert counts(archive.stream("lines 1", "x mosul")) == {"files": 1, "unchanged": 2}
    assert archive.generation == 1


def test_a_stream_removes_nothing(archive: Archive) -> None:
    """What one stream held stays when another comes; equal records are replaced."""
    archive.stream("lines 1", "x mosul")
    assert counts(archive.stream("lines 2", "y homs")) == {"files": 1, "added": 1, "replaced": 1}
    assert archive.held == {"-#lines": "2", "-#x": "mosul", "-#y": "homs"}


def test_a_stream_may_come_with_files_and_a_format(archive: Archive) -> None:
    """`-` stands beside paths, and its format can be stated where the beginning does not tell."""
    archive.write("a.lines", "x mosul")
    stream = io.BufferedReader(io.BytesIO(b"y homs\n"))  # type: ignore[arg-type]
    report = archive.index(str(archive.root), "-", stream=stream, stream_format=LinesFormat())
    assert counts(report) == {"files": 2, "added": 2}


def test_a_stream_without_content_or_format_is_a_problem(archive: Archive) -> None:
    """An empty stream, and one of no known format, are told; a missing one is an error."""
    assert archive.stream().problems == (BadRecord("-", "standard input is empty"),)
    assert archive.stream("x").problems == (BadRecord("-", "not in a format that searchkit reads"),)
    with pytest.raises(InputError, match="not connected"):
        archive.index("-")


# --- interruption and locks --------------------------------------------------------------------------------------


def test_an_interrupt_leaves_the_index_as_it_was(archive: Archive) -> None:
    """Ctrl-C in the midst of a file discards the whole run, also of a rebuild, and leaves the index writable."""
    archive.write("a.lines", "x mosul")
    archive.index()
    before = archive.held
    archive.write("a.lines", "x raqqa", "y homs", "stop")
    for rebuild in (False, True):
        with pytest.raises(KeyboardInterrupt):
            archive.index(rebuild=rebuild)
        assert archive.held == before
    archive.write("a.lines", "x raqqa")
    assert archive.index().replaced == 1


def test_a_second_writer_is_refused_or_waits(archive: Archive) -> None:
    """While another writer is open, a run with something to write fails, or waits as long as it was told to."""
    archive.write("a.lines", "x mosul")
    with archive.engine.writer(), pytest.raises(IndexLockedError):
        archive.index()
    opened, release = threading.Event(), threading.Event()

    def hold() -> None:
        with archive.engine.writer():
            opened.set()
            release.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    opened.wait(30)
    threading.Timer(0.05, release.set).start()
    assert archive.index(wait_s=30.0).added == 1
    thread.join()


def test_a_run_without_changes_needs_no_lock(archive: Archive) -> None:
    """When nothing has changed, another writer does not matter."""
    archive.write("a.lines", "x mosul")
    archive.write("photo.jpg", "...")
    archive.index()
    with archive.engine.writer():
        assert archive.index().unchanged == 1


# --- progress ----------------------------------------------------------------------------------------------------


def test_progress_goes_up_to_the_totals(archive: Archive) -> None:
    """Each record is a step; bytes and articles grow up to what there is to read."""
    archive.write("a.lines", "x mosul", "y homs")
    archive.write("b.lines", "x raqqa")
    steps: list[Progress] = []
    indexing.run(archive.engine, Job([str(archive.root)], archive.root, FORMATS), steps.append)
    size = sum(file.stat().st_size for file in archive.root.iterdir())
    assert [step.articles for step in steps] == [1, 2, 3]
    assert [step.bytes for step in steps] == sorted(step.bytes for step in steps)
    assert {step.bytes_total for step in steps} == {size}
    assert steps[-1].bytes == size


def test_progress_of_a_stream_has_no_totals(archive: Archive) -> None:
    """How long standard input is, nobody knows."""
    steps: list[Progress] = []
    stream = io.BufferedReader(io.BytesIO(b"lines 1\n"))  # type: ignore[arg-type]
    indexing.run(archive.engine, Job(["-"], archive.root, FORMATS, stream=stream), steps.append)
    assert [(step.bytes_total, step.articles) for step in steps] == [(None, 1)]


# --- shards ------------------------------------------------------------------------------------------------------


def in_shards(archive: Archive, count: int, *paths: str, **options: object) -> list[IndexReport]:
    """Index each part in turn."""
    parts = [IndexingOptions(shard=Shard(number, count)) for number in range(1, count + 1)]
    return [archive.index(*paths, options=part, **options) for part in parts]


def test_shards_together_make_the_whole(archive: Archive) -> None:
    """Each part reads its own files only, counts them, and tells their problems; together they are one run's index."""
    for number in range(12):
        archive.write(f"{number}.lines", f"x body {number}", "bad no title")
    whole = MemoryEngine()
    archive.index(engine=whole)
    reports = in_shards(archive, 3)
    assert [report.files for report in reports] == [report.added for report in reports]
    assert sum(report.added for report in reports) == 12
    assert all(report.added for report in reports)
    assert sum(len(report.problems) for report in reports) == 12
    assert list(archive.engine.articles()) == list(whole.articles())
    assert archive.engine.sources() == whole.sources()
    assert counts(archive.index()) == {"files": 12, "files_unchanged": 12, "unchanged": 12}


def test_large_files_are_divided_by_record(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a large file each part keeps its own records, removes its own vanished ones, and remembers nothing, as it
    cannot know whether the others have done their share."""
    monkeypatch.setattr(indexing, "SPLIT_BYTES", 100)
    lines = [f"x{number} body" for number in range(30)]
    archive.write("large.lines", "lines of text", "bad no title", *lines)
    reports = in_shards(archive, 3)
    assert sum(report.added for report in reports) == 31
    assert max(report.added for report in reports) < 20
    assert sum(len(report.problems) for report in reports) == 1
    assert archive.engine.sources() == {}
    archive.write("large.lines", "lines of text", *lines[:20])
    assert sum(report.removed for report in in_shards(archive, 3)) == 10
    assert len(archive.held) == 21


def test_a_large_file_is_forgotten_where_it_was_remembered(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change indexed in parts drops what was noted of the file: a later whole run reads it."""
    monkeypatch.setattr(indexing, "SPLIT_BYTES", 100)
    archive.write("large.lines", *(f"x{number} body" for number in range(30)))
    archive.index()
    assert list(archive.engine.sources()) == ["large.lines"]
    archive.write("large.lines", *(f"x{number} other" for number in range(30)))
    in_shards(archive, 2)
    assert archive.engine.sources() == {}


def test_a_stream_is_divided_by_record(archive: Archive) -> None:
    """Each part keeps its own records of what is piped in."""
    lines = ["lines of text", *(f"x{number} body" for number in range(20))]
    for number in (1, 2):
        archive.stream(*lines, options=IndexingOptions(shard=Shard(number, 2)))
        assert 0 < len(archive.held) < 21 or number == 2
    assert len(archive.held) == 21


def test_shards_prune_their_own_files(archive: Archive) -> None:
    """A file that has vanished is removed by the part it belonged to."""
    for number in range(8):
        archive.write(f"{number}.lines", "x body")
    in_shards(archive, 2)
    for number in range(4):
        (archive.root / f"{number}.lines").unlink()
    reports = in_shards(archive, 2, prune=True)
    assert sum(report.files_removed for report in reports) == 4
    assert len(archive.held) == 4


def test_notes_of_the_writer_are_reported(archive: Archive) -> None:
    """What a writer has to tell stands in the report."""

    class NotingEngine(MemoryEngine):
        @contextmanager
        def writer(self, **options: object) -> Iterator[Writer]:  # type: ignore[override]
            with super().writer() as writer:
                writer.notes = ["2 requests were retried"]  # type: ignore[attr-defined]
                yield writer

    archive.write("a.lines", "x mosul")
    assert archive.index(engine=NotingEngine()).notes == ("2 requests were retried",)
    assert archive.index().notes == ()


# --- pages and containers ----------------------------------------------------------------------------------------


class PagesFormat(LinesFormat):
    """A format for these tests whose lines are pages, extracted by `tests.extracting`; `article` and `bad` are not."""

    name = "pages"
    suffixes = (".pages",)

    def accepts(self, head: bytes) -> bool:
        return False

    def read(self, stream: BinaryIO, source: str, options: ReadingOptions = ReadingOptions()) -> Iterator[Record]:
        for record in super().read(stream, source, options):
            if isinstance(record, Article) and record.title != "article":
                yield Page(f"{record.body}".encode(), replace(record, title="", body=""))
            else:
                yield record


def index_pages(archive: Archive, **options: Any) -> IndexReport:
    options.setdefault("options", IndexingOptions(jobs=2))
    job = Job([str(archive.root)], archive.root, (*FORMATS, PagesFormat()), extractor=EXTRACT, **options)
    return indexing.run(archive.engine, job)


EXTRACT = "tests.extracting:extract"


def test_pages_are_extracted_and_told_in_the_order_of_reading(archive: Archive) -> None:
    """Articles, problems and remarks come as they would if each page were extracted at once, in every run."""
    archive.write("a.pages", "one slow", "two bad two", "three remark", "article x", "bad four", "five slow")
    archive.write("b.pages", "six bad six", "bad seven", "remark eight")
    archive.write("c.lines", "x mosul", "bad nine")
    archive.write("photo.jpg", "...")
    report = index_pages(archive)
    assert [problem.reason for problem in report.problems] == ["bad two", "four", "bad six", "seven", "nine"]
    assert [remark.text for remark in report.remarks][:2] == ["remarked", "eight"]
    assert counts(report) == {"files": 4, "files_skipped": 1, "added": 5}
    assert {article.title for article in archive.engine.articles()} == {"slow", "remark", "article", "x"}
    state = archive.engine.sources()["a.pages"]
    assert (state.articles, [reason for _, reason in state.problems]) == (4, ["bad two", "four"])


def test_pages_that_are_as_they_were_are_not_extracted_again(archive: Archive) -> None:
    """Of a changed file only the pages that differ are; those that have gone are removed."""
    archive.write("a.pages", "one 1", "two 2", "three 3")
    index_pages(archive)
    before = {article.source: article.body for article in archive.engine.articles()}
    archive.write("a.pages", "one 1", "two zwei", "four bad 4")
    steps: list[Progress] = []
    job = Job([str(archive.root)], archive.root, (PagesFormat(),), extractor=EXTRACT)
    assert counts(indexing.run(archive.engine, job, steps.append)) == {
        "files": 1,
        "replaced": 1,
        "unchanged": 1,
        "removed": 1,
    }
    assert steps[-1].pages == 2
    assert archive.held["a.pages#one"] == before["a.pages#one"]
    assert archive.held["a.pages#two"] != before["a.pages#two"]


def test_many_pages_are_read_ahead_within_a_bound(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the first page is, all are there in the end."""
    monkeypatch.setattr(indexing, "_MOST_AHEAD", 5)
    monkeypatch.setattr(indexing, "_MOST_AHEAD_BYTES", 2000)
    for name in range(10):
        archive.write(f"{name}.pages", *(f"{n} {'slow' if n == 0 else n} {'x' * 300}" for n in range(10)))
    assert index_pages(archive).added == 100
    assert len(archive.held) == 100


def test_an_interrupt_ends_the_extraction(archive: Archive) -> None:
    """Ctrl-C while pages are extracted leaves no process and the index as it was."""
    archive.write("a.pages", *["hang hang"] * 5, "stop")
    with pytest.raises(KeyboardInterrupt):
        index_pages(archive)
    assert archive.held == {}


def test_what_was_over_a_limit_is_tried_again_when_that_is_changed(archive: Archive) -> None:
    """A raised limit reaches files that have not changed; the same limit does not."""
    archive.write("a.pages", "one busy", "two 2")
    short = index_pages(archive, reading=ReadingOptions(limits=Limits(extraction_s=0.1)))
    assert [problem.source for problem in short.problems] == ["a.pages#one"]
    again = index_pages(archive, reading=ReadingOptions(limits=Limits(extraction_s=0.1)))
    assert (again.problems, again.files_unchanged) == (short.problems, 1)
    assert counts(index_pages(archive)) == {"files": 1, "added": 1, "unchanged": 1}
    assert counts(index_pages(archive)) == {"files": 1, "files_unchanged": 1, "unchanged": 2}


def test_pages_without_an_extractor_are_an_error(archive: Archive) -> None:
    """Leaving them out would look like success."""
    archive.write("a.pages", "one 1")
    job = Job([str(archive.root)], archive.root, (PagesFormat(),))
    with pytest.raises(ExtractionError):
        indexing.run(archive.engine, job)


def test_records_in_containers_keep_the_rules_of_files(archive: Archive) -> None:
    """An unchanged container is not read again; of a changed one equal records are left alone and vanished ones go."""
    archive.root.mkdir(parents=True)
    file = archive.root / "a.zip"

    def write(*members: tuple[str, bytes]) -> None:
        file.write_bytes(zip_of(*members))
        os.utime(file, ns=(1, 1))

    write(("x.lines", b"x mosul\ny homs\n"), ("y.lines", b"x raqqa\n"), ("z.jpg", b"..."))
    report = archive.index()
    assert counts(report) == {"files": 1, "files_skipped": 1, "added": 3}
    assert archive.held == {"a.zip#x.lines#x": "mosul", "a.zip#x.lines#y": "homs", "a.zip#y.lines#x": "raqqa"}
    assert {article.file for article in archive.engine.articles()} == {"a.zip"}
    assert counts(archive.index()) == {"files": 1, "files_unchanged": 1, "unchanged": 3}
    write(("x.lines", b"x mosul\ny aleppo\n"), ("w.lines", b"x idlib\n"))
    assert counts(archive.index()) == {"files": 1, "added": 1, "replaced": 1, "unchanged": 1, "removed": 1}
    file.unlink()
    assert counts(archive.index(prune=True))["removed"] == 3
    assert archive.held == {}


def test_a_file_that_grows_while_it_is_read_is_read_to_its_size(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is added meanwhile is remarked, and indexed by the next run."""
    file = archive.write("a.lines", "x mosul")
    real = LinesFormat.read

    def read(self: LinesFormat, stream: BinaryIO, source: str, options: ReadingOptions) -> Iterator[Record]:
        for number in range(3):
            with file.open("a") as more:
                more.write(f"y{number} homs\n")
        yield from real(self, stream, source, options)

    monkeypatch.setattr(LinesFormat, "read", read)
    report = archive.index()
    assert (report.added, [remark.source for remark in report.remarks]) == (1, ["a.lines"])
    monkeypatch.setattr(LinesFormat, "read", real)
    assert archive.index().added == 3


def test_an_article_whose_record_states_no_language_is_indexed_with_that_of_its_text(archive: Archive) -> None:
    """What is long enough is told, and marked as told by the text."""
    french = "Les ministres ont annoncé mardi que le pont sur le fleuve resterait fermé pendant au moins deux semaines"
    archive.write("a.lines", f"x {french}", "y mosul")
    archive.index()
    assert {article.record: article.language for article in archive.engine.articles()} == {
        "x": "fr-x-detected",
        "y": None,
    }
