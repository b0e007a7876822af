"""Whole processes that answer one query of two words into a pipe, beside a Python that does nothing."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

from tests.bench.plan import Setting
from tests.bench.processes import run
from tests.bench.questions import Question, read_log
from tests.bench.timing import Spread, turns

_QUERIES = 5
BARE = "python -c pass"


def measure(setting: Setting) -> dict[str, Any]:
    """Engine, or `BARE` -> the spread in ms; {} where the logs have no two words that stand in ten articles."""
    asked = _telling(setting)
    commands = {
        name: [peer.cold_command(setting.index(name), words) for words in asked] for name, peer in setting.peers.items()
    }
    commands[BARE] = [[sys.executable, "-c", "pass"]] * len(asked)
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number, name in enumerate(turns(list(commands), (setting.plan.cold_repeats + 1) * len(asked))):
        turn = number // len(commands)
        took = run(commands[name][turn % len(asked)])
        if turn >= len(asked):  # the first round of each query warms the page cache
            times[name].append(took.seconds * 1e3)
    return {name: asdict(Spread.of(each)) for name, each in times.items() if each}


def _telling(setting: Setting) -> list[tuple[str, ...]]:
    """Pairs of words of the logs which some engine finds together in ten articles."""
    pairs = {q.words for log in setting.logs for q in read_log(log) if q.kind in ("and", "or") and len(q.words) == 2}
    name, peer = next(iter(setting.peers.items()))
    found: list[tuple[str, ...]] = []
    with peer.open(setting.index(name)) as session:
        for words in sorted(pairs):
            if len(session.search(Question("and", words))) == 10:
                found.append(words)
            if len(found) == _QUERIES:
                break
    return found
