"""Fixtures of the engine tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchkit.engines.whoosh import WhooshEngine
from tests.engines.contract import STATE, article, fill

pytest.register_assert_rewrite("tests.engines.proofs")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """An index of two articles, closed."""
    with WhooshEngine(tmp_path / "index", create=True) as engine:
        fill(engine, article("a", "mosul strikes"), article("b", "raqqa"))
        with engine.writer() as writer:
            writer.remember("f", STATE)
    return tmp_path / "index"
