"""The measurement of a cluster runs, and its figures add up; what they are is not asserted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.bench.bulk.filling import Costs, Filling
from tests.engines.clusters import needs_cluster

_ROOT = Path(__file__).parents[3]


def test_shares_compare_medians() -> None:
    """The share is that of rates, by the clock and by processor time."""
    ours = Costs((10.0, 30.0, 20.0), (1.0, 2.0, 3.0), (9.0, 8.0, 7.0))
    official = Costs((10.0, 10.0, 10.0), (2.0, 2.0, 2.0), (3.0, 3.0, 3.0))
    filling = Filling(100, ours, official, 0, 0, 0)
    assert filling.share == 0.5
    assert filling.cpu_share == 0.5


@needs_cluster
def test_a_small_run(tmp_path: Path) -> None:
    """A few articles and questions give every figure, and nothing is left in the cluster."""
    articles = tmp_path / "articles.jsonl"
    lines = [{"id": str(n), "title": f"Harbour {n}", "body": "the minister opens a bridge", "date": "2020-02-03"}
             for n in range(20)]  # fmt: skip
    articles.write_text("".join(json.dumps(line) + "\n" for line in lines))
    log = tmp_path / "log.jsonl"
    log.write_text('{"query": "+harbour +minister"}\n{"query": "bridge"}\n{"query": "\\"opens a bridge\\""}\n')
    out = tmp_path / "out.json"
    command = [
        sys.executable,
        "-m",
        "tests.bench.bulk",
        articles,
        log,
        "--repeats",
        "1",
        "--replicas",
        "0",
        "--out",
        out,
    ]
    ended = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    told = json.loads(out.read_text())
    assert told["filling"]["articles"] == 20
    assert told["filling"]["articles_bytes"] > 0 < told["filling"]["words_bytes"]
    assert told["answering"]["requests"]["p50"] >= 1
    assert told["answering"]["refused"] == 0
