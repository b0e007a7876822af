"""The table of stems holds what is indexed, or is not trusted, and is never needed for right answers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from searchkit.engines.whoosh import WhooshEngine
from searchkit.query import Term
from tests.engines.contract import article, fill, found


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

    monkeypatch.setattr("searchkit.engines.whoosh.stems.StemStore._changing", refuse)
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
