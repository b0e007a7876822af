"""The same questions to ever larger indexes, and what these cost to make. Engines with a bound on the number of articles
are left out. How many articles match grows with the index; the times are to be read beside that."""

from __future__ import annotations

import shutil
from statistics import fmean
from typing import Any

from tests.bench.measures.warm import Asked, ask_all
from tests.bench.peers.searchkit import SearchkitSession
from tests.bench.plan import Setting, size_bytes
from tests.bench.processes import run
from tests.bench.questions import questions
from tests.bench.timing import Spread

_KINDS = ("term", "and", "or", "phrase")
_MOST_PER_LOG = 100


def measure(setting: Setting) -> dict[str, Any]:
    """Engine -> for each size its rate, memory, bytes per article, times of queries in ms; with searchkit also how many
    articles match a question on average."""
    plan = setting.plan
    asked = [
        question for question in questions(setting.logs, (), plan.per_kind, _MOST_PER_LOG) if question.kind in _KINDS
    ]
    names = [name for name, peer in setting.peers.items() if peer.most_articles is None]
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for size in plan.growth:
        articles = setting.corpus.slice(size)
        indexes = {name: setting.scratch / f"growth-{name}" for name in names}
        runs = {name: run(setting.peers[name].index_command(articles, indexes[name]), plan.sample_s) for name in names}
        times = ask_all(indexes, asked, plan.repeats, setting.scratch)
        for name in names:
            found[name].append(
                {
                    "articles": size,
                    "articles_per_second": size / runs[name].seconds,
                    "peak_bytes": runs[name].peak_bytes,
                    "bytes_per_article": size_bytes(indexes[name]) / size,
                    "matching": _matching(setting, name, indexes, asked),
                    **_spread(times, name),
                }
            )
            shutil.rmtree(indexes[name])
        articles.unlink()
    return found


def _spread(times: Asked, name: str) -> dict[str, float]:
    spread = Spread.of([ms for ms in times.ms[name] if ms is not None])
    return {"mean": fmean(ms for ms in times.ms[name] if ms is not None), "p50": spread.p50, "p95": spread.p95}


def _matching(setting: Setting, name: str, indexes: dict[str, Any], asked: list[Any]) -> float | None:
    with setting.peers[name].open(indexes[name]) as session:
        if isinstance(session, SearchkitSession):
            return fmean(session.total(question) for question in asked)
    return None
