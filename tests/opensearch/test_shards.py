"""Many processes that feed one index at once, each with its part, make the index that one alone makes.

In the gate they have few articles; with a file of real ones, by hand:

    SEARCHKIT_PROOFS=full SEARCHKIT_BENCH_ARTICLES=articles.jsonl tests/opensearch/cluster run \
        pytest tests/opensearch/test_shards.py
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from random import Random

from searchkit.article import Article
from searchkit.cluster import Cluster
from searchkit.engines import open_engine
from searchkit.query import MatchAll, Term
from tests.engines.clusters import needs_cluster, new_cluster_index
from tests.engines.proofs import FULL

_ROOT = Path(__file__).parents[2]
_SHARDS = 4


def _archive(folder: Path) -> Path:
    """A folder of texts and of JSON Lines files, with one article that cannot be read in it."""
    if FULL and "SEARCHKIT_BENCH_ARTICLES" in os.environ:
        return Path(os.environ["SEARCHKIT_BENCH_ARTICLES"])
    random = Random(7)
    words = ["harbour", "minister", "strike", "election", "river", "court", "glacier", "Zürich", "l'été", "U.S."]
    archive = folder / "archive"
    archive.mkdir()
    for number in range(60):
        text = f"Title {number}\n\n" + " ".join(random.choices(words, k=60)) + "\n"
        (archive / f"text{number:02}.txt").write_text(text, "utf-8")
    for number in range(6):
        lines = [
            f'{{"id": "{number}-{line}", "title": "Record {line}", "body": "{" ".join(random.choices(words, k=40))}"}}\n'
            for line in range(30)
        ]
        (archive / f"lines{number}.jsonl").write_text("".join(lines), "utf-8")
    return archive


def _command(cluster: Cluster, archive: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SEARCHKIT_")} | {
        "PYTHONPATH": str(_ROOT),
        "SEARCHKIT_ENGINE": "opensearch",
        "SEARCHKIT_OPENSEARCH_HOSTS": ",".join(cluster.hosts),
        "SEARCHKIT_OPENSEARCH_INDEX": cluster.index,
        "SEARCHKIT_OPENSEARCH_REPLICAS": str(cluster.replicas),
        "SEARCHKIT_OPENSEARCH_TIMEOUT_S": "60",
    }
    words = [sys.executable, "-m", "searchkit", "index", "--no-config", *arguments, str(archive)]
    piped = subprocess.PIPE
    return subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=piped, stderr=piped, text=True)


def _articles(cluster: Cluster) -> dict[str, Article]:
    with open_engine("opensearch", cluster) as engine:
        found = list(engine.articles())
    by_id = {article.id: article for article in found}
    assert len(by_id) == len(found), "no article is there twice"
    return by_id


@needs_cluster
def test_four_shards_at_once_make_the_index_of_one_run(tmp_path: Path) -> None:
    """Every article is the same in every field, none is missing or there twice, and searches find the same."""
    archive = _archive(tmp_path)
    with new_cluster_index() as alone, new_cluster_index() as shared:
        one = _command(alone, archive)
        output, errors = one.communicate()
        assert one.returncode == 0, output + errors
        several = [_command(shared, archive, "--shard", f"{n}/{_SHARDS}") for n in range(1, _SHARDS + 1)]
        for process in several:
            output, errors = process.communicate()
            assert process.returncode == 0, output + errors
        expected = _articles(alone)
        assert expected
        assert _articles(shared) == expected
        with open_engine("opensearch", alone) as first, open_engine("opensearch", shared) as second:
            for query in (MatchAll(), Term("minister"), Term("zurich"), Term("us")):
                assert first.count(query) == second.count(query)
            assert first.stats().words == second.stats().words


@needs_cluster
def test_a_shard_again_changes_nothing(tmp_path: Path) -> None:
    """A part that is indexed twice, as by a job that was started again, is there once."""
    archive = _archive(tmp_path)
    with new_cluster_index() as cluster:
        for _ in range(2):
            for number in range(1, _SHARDS + 1):
                process = _command(cluster, archive, "--shard", f"{number}/{_SHARDS}")
                output, errors = process.communicate()
                assert process.returncode == 0, output + errors
        articles = _articles(cluster)
    assert len(articles) == (60 + 6 * 30 if not FULL else len(articles))
