"""Articles per second from file to committed index, memory of all processes, bytes per article.

Each engine first indexes everything while its memory is watched, which leaves the index that the other measures ask;
then it is timed unwatched, several times.
"""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from tests.bench.plan import Setting, size_bytes
from tests.bench.processes import run
from tests.bench.timing import turns


@dataclass(frozen=True, slots=True)
class Indexing:
    """`timed_articles` were indexed for the times, all for memory and size."""

    timed_articles: int
    seconds: tuple[float, ...]
    cpu_seconds: tuple[float, ...]
    articles_per_second: float
    articles: int
    peak_bytes: int
    largest_process_bytes: int
    bytes_per_article: float


def measure(setting: Setting) -> dict[str, Any]:
    """Engine -> `Indexing`; afterwards each `setting.index` is there."""
    plan = setting.plan
    watched = {}
    for name, peer in setting.peers.items():
        index = setting.index(name)
        watched[name] = run(peer.index_command(setting.corpus.slice(plan.articles), index), plan.sample_s)
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in setting.peers}
    for name in turns(list(setting.peers), plan.repeats):
        index = setting.scratch / "timed"
        took = run(setting.peers[name].index_command(setting.corpus.slice(_timed_articles(setting, name)), index))
        times[name].append((took.seconds, took.cpu_seconds))
        shutil.rmtree(index)
    found = {}
    for name in setting.peers:
        count = _timed_articles(setting, name)
        seconds, cpu_seconds = zip(*times[name], strict=True)
        size = size_bytes(setting.index(name)) / plan.articles
        memory = (watched[name].peak_bytes, watched[name].largest_process_bytes)
        found[name] = asdict(
            Indexing(count, seconds, cpu_seconds, count / median(seconds), plan.articles, *memory, size)
        )
    return found


def _timed_articles(setting: Setting, name: str) -> int:
    return min(setting.plan.articles, setting.peers[name].most_articles or setting.plan.articles)
