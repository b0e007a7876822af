"""What happens when nodes are lost, on a cluster of its own: `python -m tests.opensearch.nodeloss [ARTICLES]`.

A node is killed while articles are indexed, another while queries run; then all are. It prints what it saw, line by line,
and ends with status 1 when a promise was broken: no article that was acknowledged is lost, queries go on, the report says
what was sent again, and a cluster that is off gives one clear error, within the timeout, and status 2.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter, sleep
from urllib.request import urlopen

from searchkit.cluster import Cluster as Place
from searchkit.engines import open_engine
from searchkit.query import Term
from tests.opensearch.nodes import Cluster

_INDEX = "nodeloss"
_TIMEOUT_S = 5.0
_ASKED_S = 30.0
_ROOT = Path(__file__).parents[2]


class _Promises:
    """What was promised and what came of it, printed as it comes."""

    def __init__(self) -> None:
        self.broken = 0

    def check(self, kept: bool, what: str) -> None:
        self.broken += not kept
        sys.stdout.write(f"{'kept  ' if kept else 'BROKEN'}  {what}\n")
        sys.stdout.flush()

    def tell(self, what: str) -> None:
        sys.stdout.write(f"        {what}\n")
        sys.stdout.flush()


def main(articles: int = 20_000) -> int:
    """All parts, one after another; 0 when every promise was kept."""
    promises = _Promises()
    with TemporaryDirectory(prefix="searchkit-nodeloss-") as folder:
        file = Path(folder) / "articles.jsonl"
        with file.open("w", encoding="utf-8") as output:
            output.writelines(_lines(articles))
        cluster = Cluster(Path(folder) / "cluster")
        try:
            cluster.start(until_eof=True)
            promises.tell(f"OpenSearch {cluster.version()}, 3 nodes, {cluster.health()['status']}")
            _while_indexing(cluster, file, articles, promises)
            _while_asking(cluster, articles, promises)
            _while_hanging(cluster, articles, promises)
            _all_of_them(cluster, file, articles, promises)
        finally:
            cluster.stop()
    promises.tell(f"{promises.broken} promises broken")
    return 1 if promises.broken else 0


def _while_indexing(cluster: Cluster, file: Path, articles: int, promises: _Promises) -> None:
    promises.tell("-- the node that holds the articles first is killed while they are indexed")
    with _searchkit(cluster, "index", str(file)) as indexing:
        _wait_for_documents(cluster, articles // 4)
        lost = _primary(cluster)
        cluster.kill_node(lost)
        killed = monotonic()
        output, errors = indexing.communicate()
    promises.tell(f"node {lost} killed; searchkit index ended {monotonic() - killed:.1f} s later")
    for line in (output + errors).splitlines():
        promises.tell(f"  | {line}")
    promises.check(indexing.returncode == 0, f"searchkit index ends with 0 (it was {indexing.returncode})")
    promises.check("sent again" in output + errors, "its report says what was sent again")
    with open_engine("opensearch", _place(cluster)) as engine:
        found = sorted(article.record or "" for article in engine.articles())
    wanted = [_id(number) for number in range(articles)]
    promises.check(found == wanted, f"all {articles:,} articles are there, once each ({len(found):,} found)")
    started = monotonic()
    cluster.start_nodes(lost)
    promises.tell(f"node {lost} started again, green after {monotonic() - started:.1f} s")


def _while_asking(cluster: Cluster, articles: int, promises: _Promises) -> None:
    promises.tell("-- a node is killed while queries run, in one process and in one process each")
    lost = _primary(cluster)
    times: list[float] = []
    wrong: list[str] = []
    with open_engine("opensearch", _place(cluster)) as engine, ThreadPoolExecutor(1) as pool:
        end = monotonic() + _ASKED_S
        killing = pool.submit(lambda: (sleep(_ASKED_S / 3), cluster.kill_node(lost)))
        while monotonic() < end:
            began = perf_counter()
            try:
                total = engine.search(Term("everywhere")).total
            except Exception as error:  # whatever it is, it is told
                wrong.append(f"{type(error).__name__}: {error}")
            else:
                if total != articles:
                    wrong.append(f"{total} articles found")
            times.append(perf_counter() - began)
        killing.result()
    promises.tell(f"node {lost} killed; {len(times):,} queries, longest {max(times):.2f} s")
    for line in wrong[:5]:
        promises.tell(f"  | {line}")
    promises.check(not wrong, f"all of them were answered, rightly ({len(wrong)} were not)")
    asked = [_finished(cluster, "query", "-c", "everywhere") for _ in range(6)]
    right = sum(each == (0, f"{articles}\n") for each in ((status, output) for status, output, _, _ in asked))
    longest = max(seconds for *_, seconds in asked)
    promises.check(
        right == len(asked), f"{right} of {len(asked)} new processes are answered, in {longest:.2f} s at most"
    )
    cluster.start_nodes(lost)


def _while_hanging(cluster: Cluster, articles: int, promises: _Promises) -> None:
    promises.tell("-- a node hangs: it takes requests and answers none")
    hanging = _primary(cluster)
    cluster.pause_node(hanging)
    try:
        for _ in range(3):
            status, output, errors, seconds = _finished(cluster, "query", "-c", "everywhere")
            promises.tell(f"status {status} after {seconds:.1f} s: {(output or errors).strip()}")
            is_answer = (status, output) == (0, f"{articles}\n")
            is_error = (status, output) == (2, "") and any(word in errors for word in ("did not answer", "longer than"))
            promises.check(
                (is_answer or is_error) and seconds < 2 * _TIMEOUT_S + 3, "the answer or one clear error, in time"
            )
    finally:
        cluster.resume_node(hanging)
        cluster.wait(3)


def _all_of_them(cluster: Cluster, file: Path, articles: int, promises: _Promises) -> None:
    promises.tell("-- all nodes are killed: while articles are indexed anew, and then")
    with _searchkit(cluster, "index", "--rebuild", str(file)) as indexing:
        sleep(8)
        for node in cluster.nodes():
            cluster.kill_node(node.number)
        killed = monotonic()
        output, errors = indexing.communicate()
    _check_error(promises, "searchkit index --rebuild", (indexing.returncode, output, errors, monotonic() - killed), 90)
    _check_error(promises, "searchkit query", _finished(cluster, "query", "everywhere"), 2 * _TIMEOUT_S + 3)
    _check_error(promises, "searchkit index", _finished(cluster, "index", str(file)), 2 * _TIMEOUT_S + 3)
    cluster.start_nodes(1, 2, 3)
    status, output, _, _ = _finished(cluster, "query", "-c", "everywhere")
    told = f"once it is on again, the index is as it was committed last ({output.strip()} articles)"
    promises.check((status, output) == (0, f"{articles}\n"), told)


def _check_error(promises: _Promises, what: str, ended: tuple[int, str, str, float], most_s: float) -> None:
    status, output, errors, seconds = ended
    for line in errors.splitlines():
        promises.tell(f"  | {line}")
    is_clear = status == 2 and not output and len(errors.strip().splitlines()) == 1 and "Traceback" not in errors
    promises.check(is_clear and seconds <= most_s, f"{what}: status {status} and one message, after {seconds:.1f} s")


def _lines(articles: int) -> Iterator[str]:
    """JSON Lines: each article has a word of its own, one that all have, and some of many."""
    random = Random(4)
    many = ["".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=random.randint(3, 9))) for _ in range(20_000)]
    for number in range(articles):
        body = " ".join(["everywhere", f"only{number}", *random.choices(many, k=250)])
        yield json.dumps({"id": _id(number), "title": f"Article {number}", "body": body}) + "\n"


def _id(number: int) -> str:
    return f"a{number:07}"


def _place(cluster: Cluster) -> Place:
    return Place(hosts=tuple(cluster.urls()), index=_INDEX, timeout_s=_TIMEOUT_S)


@contextmanager
def _searchkit(cluster: Cluster, command: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The command line on this cluster, its output piped."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SEARCHKIT_")} | {
        "PYTHONPATH": str(_ROOT),
        "SEARCHKIT_ENGINE": "opensearch",
        "SEARCHKIT_OPENSEARCH_HOSTS": ",".join(cluster.urls()),
        "SEARCHKIT_OPENSEARCH_INDEX": _INDEX,
        "SEARCHKIT_OPENSEARCH_TIMEOUT_S": str(_TIMEOUT_S),
        "SEARCHKIT_LIMITS_TIMEOUT_S": str(_TIMEOUT_S),
    }
    words = [sys.executable, "-m", "searchkit", command, "--no-config", *arguments]
    piped = subprocess.PIPE
    with subprocess.Popen(
        words, env=environment, stdin=subprocess.DEVNULL, stdout=piped, stderr=piped, text=True, encoding="utf-8"
    ) as process:
        yield process


def _finished(cluster: Cluster, command: str, *arguments: str) -> tuple[int, str, str, float]:
    """Status, output, errors and seconds of a command."""
    began = perf_counter()
    with _searchkit(cluster, command, *arguments) as process:
        output, errors = process.communicate()
    return process.returncode, output, errors, perf_counter() - began


def _wait_for_documents(cluster: Cluster, count: int) -> None:
    """Wait until so many articles were taken, though nobody sees them yet."""
    end = monotonic() + 300
    while _taken(cluster) < count:
        if monotonic() > end:
            raise SystemExit("indexing does not get on")
        sleep(0.2)


def _taken(cluster: Cluster) -> int:
    with urlopen(f"{cluster.urls()[0]}/{_INDEX}-*-articles/_stats/indexing", timeout=10) as answer:
        return int(json.load(answer)["_all"]["primaries"].get("indexing", {}).get("index_total", 0))


def _primary(cluster: Cluster) -> int:
    """The number of the node that holds the first copy of the articles."""
    with urlopen(f"{cluster.urls()[0]}/_cat/shards/{_INDEX}-*-articles?format=json", timeout=10) as answer:
        nodes = [shard["node"] for shard in json.load(answer) if shard["prirep"] == "p"]
    return int(nodes[0].rpartition("-")[2])


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
