"""A commit that fails or is interrupted half-way leaves the last one whole, and a writer that is of no more use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from searchkit.engines.whoosh import WhooshEngine, articleswriter, builder, feeding, generations, merging, writer
from searchkit.errors import EngineError
from searchkit.query import MatchAll, Term
from tests.engines.contract import article, fill, found, ids
from tests.engines.proofs import check_tidy


@pytest.mark.parametrize(
    ("module", "step"),
    [
        (builder, "write_words"),
        (articleswriter.ArticlesWriter, "_write_columns"),
        (merging, "merge_segments"),
        (writer, "encode_sources"),
        (generations, "sync_file"),
        (generations, "sync_directory"),
    ],
)
def test_failed_commit_keeps_the_last_one(
    directory: Path, monkeypatch: pytest.MonkeyPatch, module: Any, step: str
) -> None:
    """A commit that fails half-way is an error of ours; the last commit stays, the lock is free, nothing is left over."""

    def fail(*_: Any) -> None:
        raise OSError(5, "Input/output error")

    with WhooshEngine(directory) as engine:
        for n in range(6):
            fill(engine, article("b", f"raqqa {n}"))
        with monkeypatch.context() as patched:
            patched.setattr(module, step, fail)
            patched.setattr(merging, "SEGMENTS_PER_TIER", 2)
            with pytest.raises(EngineError, match="Input/output error"):
                fill(engine, article("c", "erbil"), article("a", "changed"))
        assert ids(engine, MatchAll()) == ["a", "b"]
        check_tidy(directory)
        with WhooshEngine(directory) as again:
            assert found(again, Term("strike")) == {"a"}
        fill(engine, article("d", "erbil"))
        assert ids(engine, Term("erbil")) == ["d"]


def test_interrupted_addition_breaks_the_writer_only(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted inside an addition, a writer neither goes on nor commits; the index stays, the next writer works."""

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    with WhooshEngine(directory) as engine:
        with pytest.raises(EngineError, match="could not be written"), engine.writer() as open_writer:
            with monkeypatch.context() as patched:
                patched.setattr(feeding.Feeder, "add", interrupt)
                with pytest.raises(KeyboardInterrupt):
                    open_writer.add(article("c", "erbil"))
            with pytest.raises(EngineError, match="could not be written"):
                open_writer.add(article("d", "erbil"))
        assert ids(engine, MatchAll()) == ["a", "b"]
        fill(engine, article("d", "erbil"))
        assert ids(engine, MatchAll()) == ["a", "b", "d"]


def test_interrupted_commit(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted inside the commit, a writer leaves the last one, and no files of its own."""

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    with WhooshEngine(directory) as engine:
        with monkeypatch.context() as patched:
            patched.setattr(articleswriter.ArticlesWriter, "_write_columns", interrupt)
            with pytest.raises(KeyboardInterrupt):
                fill(engine, article("c", "erbil"))
        check_tidy(directory)
        assert ids(engine, MatchAll()) == ["a", "b"]
        fill(engine, article("d", "erbil"))
        assert ids(engine, MatchAll()) == ["a", "b", "d"]
