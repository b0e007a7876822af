"""Room on the disk and permissions: full disks leave the old index, deletes still work, everything is private."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from searchkit.engine import IndexingOptions
from searchkit.engines.whoosh import WhooshEngine, container, generations, runs
from searchkit.errors import EngineError
from searchkit.query import MatchAll, Term
from tests.engines.contract import article, fill, found, ids
from tests.engines.proofs import MANY, batch_of, check_tidy, commit_batch, sized


class _Usage(NamedTuple):
    total: int
    used: int
    free: int


def _free(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: _Usage(10**12, 10**12 - free, free))


def test_files_are_private(tmp_path: Path) -> None:
    """Every file of an index is its owner's alone, whatever the umask: also those that other processes write, and those
    that are there only while it is written."""
    before = os.umask(0)
    seen: dict[str, int] = {}
    try:
        directory = tmp_path / "index"
        with WhooshEngine(directory, create=True) as engine:
            with engine.writer(options=IndexingOptions(memory_mb=1, jobs=2)) as open_writer:
                for n in range(MANY):
                    open_writer.add(article(f"x{n}", "mosul strikes " * 100))
                seen |= {path.name: path.stat().st_mode for path in directory.iterdir()}
            with engine.writer(options=IndexingOptions(memory_mb=1, jobs=1)) as open_writer:
                for n in range(MANY):
                    open_writer.add(article(f"y{n}", "mosul strikes " * 100))
                open_writer.delete("x1")
                seen |= {path.name: path.stat().st_mode for path in directory.iterdir()}
            engine.rollback()
        seen |= {path.name: path.stat().st_mode for path in directory.iterdir()}
    finally:
        os.umask(before)
    assert {name: oct(stat.S_IMODE(mode)) for name, mode in seen.items() if stat.S_IMODE(mode) != 0o600} == {}
    assert any(".run" in name for name in seen)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_too_little_room_to_index(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With little room left, additions are refused with what is free and what helps; nothing changes."""
    _free(monkeypatch, 63_000_000)
    with WhooshEngine(directory) as engine:
        with pytest.raises(EngineError, match=r"only 63 MB are free.*--prune"):
            fill(engine, article("c"))
        assert ids(engine, MatchAll()) == ["a", "b"]
        assert engine.stats().generation == 2


def test_deletes_need_no_room(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no room for an addition or a merge, articles can still be deleted; the merge is made up for later."""
    with WhooshEngine(directory) as engine:
        fill(engine, *(article(f"c{n}", "erbil") for n in range(10)))
        with monkeypatch.context() as patched:
            _free(patched, 100_000)
            with engine.writer() as open_writer:
                for n in range(8):
                    assert open_writer.delete(f"c{n}")
            assert found(engine, Term("erbil")) == {"c8", "c9"}
            assert any(path.suffix == ".deleted" for path in directory.iterdir())
        fill(engine, article("d"))
        fill(engine, article("e"))
        assert ids(engine, MatchAll()) == ["a", "b", "c8", "c9", "d", "e"]
        assert not any(path.suffix == ".deleted" for path in directory.iterdir())
    check_tidy(directory)


def test_disk_full_while_merging(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A merge that runs out of room is given up, and the commit succeeds without it."""
    with WhooshEngine(directory) as engine:
        fill(engine, *(article(f"c{n}", "erbil") for n in range(10)))
        with monkeypatch.context() as patched:
            real = container.create

            def create(path: Path) -> Any:
                if "-m1." in path.name and path.suffix == ".stored":
                    raise OSError(errno.ENOSPC, "No space left on device", str(path))
                return real(path)

            patched.setattr(container, "create", create)
            with engine.writer() as open_writer:
                for n in range(8):
                    open_writer.delete(f"c{n}")
        assert found(engine, Term("erbil")) == {"c8", "c9"}
        assert list(engine.verify()) == []
    check_tidy(directory)


@contextmanager
def _small_files(limit: int) -> Iterator[None]:
    """No file may grow over so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("jobs", [1, 2])
def test_files_that_cannot_grow(tmp_path: Path, jobs: int) -> None:
    """A file that the system refuses to let grow, in this process or another, is an error of ours that says so; the index
    stays, and what was written of the new one is removed."""
    with WhooshEngine(tmp_path / "index", create=True) as engine:
        commit_batch(engine, 0)
        listing = sorted((tmp_path / "index").iterdir())
        for limit in (10, 1_000, 8_000, 30_000):
            with (
                _small_files(limit),
                pytest.raises(EngineError, match="too large"),
                engine.writer(options=IndexingOptions(memory_mb=64, jobs=jobs)) as open_writer,
            ):
                for n in range(MANY):
                    open_writer.add(article(f"x{n}", f"mosul w{n}"))
            assert batch_of(engine) == 0
            assert sorted((tmp_path / "index").iterdir()) == listing
        commit_batch(engine, 1)
        assert batch_of(engine) == 1


class _FullDisk:
    """Patches what opens new files so that the n-th creation, write or sync from now on finds no room."""

    def __init__(self, patched: pytest.MonkeyPatch, operation: int) -> None:
        self.left = operation
        real_create, real_sync = container.create, os.fsync

        def create(path: Path) -> Any:
            self.step(path)
            return _FullFile(self, real_create(path), path)

        def sync(descriptor: int) -> None:
            self.step(None)
            real_sync(descriptor)

        for module in (container, generations, runs):
            patched.setattr(module, "create", create)
        patched.setattr(os, "fsync", sync)

    def step(self, path: Path | None) -> None:
        self.left -= 1
        if self.left == 0:
            raise OSError(errno.ENOSPC, "No space left on device", path and str(path))


class _FullFile:
    def __init__(self, disk: _FullDisk, file: Any, path: Path) -> None:
        self._disk, self._file, self._path = disk, file, path

    def write(self, data: Any) -> int:
        try:
            self._disk.step(None)
        except OSError:
            self._file.write(bytes(data)[: len(data) // 2])
            raise
        return int(self._file.write(data))

    def __enter__(self) -> _FullFile:
        return self

    def __exit__(self, *exc: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@pytest.mark.parametrize("batch", [1, 7, 8])
def test_disk_full_at_any_operation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    """Whenever in a commit the disk is full, the commit fails with the system's reason, or is whole; the index is one
    batch or the other, nothing is left over, and a delete and the commit itself succeed afterwards."""
    directory = tmp_path / "index"
    with WhooshEngine(directory, create=True) as engine:
        for number in range(batch):
            commit_batch(engine, number)
    shutil.copytree(directory, tmp_path / "before")
    random = Random(batch)
    operation = failed = 0
    while True:
        operation += sized(random.randrange(1, 40), 1)
        with WhooshEngine(directory) as engine:
            with monkeypatch.context() as patched:
                disk = _FullDisk(patched, operation)
                try:
                    commit_batch(engine, batch)
                except EngineError as exc:
                    failed += 1
                    assert "No space left" in str(exc)
                if disk.left > 0:
                    break
            with WhooshEngine(directory) as again:
                kept = batch_of(again)
                assert kept in (batch - 1, batch)
                assert list(again.verify()) == []
            check_tidy(directory)
            with engine.writer() as open_writer:
                assert open_writer.delete("changed1")
            commit_batch(engine, batch if kept < batch else batch + 1)
            assert batch_of(engine) == max(batch, kept + 1)
        shutil.rmtree(directory)
        shutil.copytree(tmp_path / "before", directory)
    assert failed > 2


def test_lock_on_a_full_disk(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where not even the lock's few words can be written, the lock is held nevertheless."""

    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with WhooshEngine(directory) as engine:
        with monkeypatch.context() as patched:
            patched.setattr(os, "pwrite", full)
            with engine.writer() as open_writer:
                assert open_writer.delete("a")
        assert ids(engine, MatchAll()) == ["b"]


def test_lock_is_no_link(directory: Path, tmp_path: Path) -> None:
    """A link in the place of the lock is refused: nothing outside the index is written to."""
    (tmp_path / "precious").write_text("mine")
    (directory / "lock").unlink()
    (directory / "lock").symlink_to(tmp_path / "precious")
    with WhooshEngine(directory) as engine, pytest.raises(EngineError, match="cannot be written"):
        fill(engine, article("c"))
    assert (tmp_path / "precious").read_text() == "mine"
