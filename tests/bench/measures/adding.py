"""A few articles added to an index of many: the whole process, on a copy of the index each time."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from typing import Any

from tests.bench.plan import Setting
from tests.bench.processes import run
from tests.bench.timing import Spread, turns


def measure(setting: Setting) -> dict[str, Any]:
    """Engine -> the spread in seconds."""
    more = setting.corpus.more(setting.plan.added)
    times: dict[str, list[float]] = {name: [] for name in setting.peers}
    for name in turns(list(setting.peers), setting.plan.repeats):
        copy = setting.scratch / "copy"
        shutil.copytree(setting.index(name), copy)
        times[name].append(run(setting.peers[name].index_command(more, copy)).seconds)
        shutil.rmtree(copy)
    return {name: asdict(Spread.of(each)) for name, each in times.items()}
