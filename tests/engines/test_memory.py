"""The memory engine keeps the contract."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from searchkit.engine import Engine
from searchkit.engines.memory import MemoryEngine
from tests.engines.contract import EngineContract


class TestMemoryEngine(EngineContract):
    persists = False  # it lives in one process, so the open engine itself is all there is to open again

    @pytest.fixture
    def engine(self) -> Iterator[Engine]:
        with MemoryEngine() as engine:
            yield engine

    def reopen(self, engine: Engine) -> Engine:
        return engine
