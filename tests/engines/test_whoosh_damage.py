"""Damaged files, other versions, and a rebuild over them."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from searchkit.engine import Engine
from searchkit.engines.whoosh import WhooshEngine
from searchkit.errors import (
    IndexDamagedError,
    IndexVersionError,
)
from searchkit.query import Keyword, MatchAll, Prefix, Term
from tests.engines.contract import article, ids


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


def test_flipped_bits_are_damage_or_harmless(directory: Path) -> None:
    """One flipped bit gives `IndexDamagedError` or an answer: never another exception."""
    random = Random(8)
    files = [*_segment_files(directory), directory / "_MAIN_2.toc", directory / "searchkit-2.json"]
    damaged = 0
    for _ in range(150):
        path = random.choice(files)
        data = path.read_bytes()
        flipped = bytearray(data)
        flipped[random.randrange(len(data))] ^= 1 << random.randrange(8)
        path.write_bytes(flipped)
        try:
            with WhooshEngine(directory) as engine:
                _read_everything(engine)
        except (IndexDamagedError, IndexVersionError):
            damaged += 1
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
