"""One writer at a time: who holds the lock, how long others wait, and what a dead holder leaves."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from searchkit.engines.whoosh import WhooshEngine
from searchkit.errors import (
    IndexLockedError,
)
from tests.engines.contract import article


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
