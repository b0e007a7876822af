"""The node-loss run, which takes minutes and a cluster of its own, as a test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.engines.proofs import FULL

_ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(not FULL, reason="takes minutes, and a cluster of its own; run it with SEARCHKIT_PROOFS=full")
def test_the_loss_of_nodes_breaks_no_promise() -> None:
    """The program that kills nodes while it indexes and asks ends well."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.opensearch.nodeloss"], cwd=_ROOT, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
