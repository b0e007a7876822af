"""Times of queries in an open index, by kind and by log: the best ten with their stored fields, no highlighting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.asking import Answer, ask
from tests.bench.plan import Setting
from tests.bench.questions import KINDS, Question, questions, to_json
from tests.bench.timing import Spread, turns

Chosen = Callable[[Question], bool]


@dataclass(frozen=True, slots=True)
class Asked:
    """The questions, and for each engine the median time of each (None where it gave no answer)."""

    questions: list[Question]
    ms: dict[str, list[float | None]]


def measure(setting: Setting) -> dict[str, Any]:
    """Engine -> row ("term" … "queries-x", "all logs") -> spread in ms, with `refused` where questions got no answer."""
    plan = setting.plan
    asked = questions(setting.logs, setting.corpus.years(plan.articles), plan.per_kind, plan.most_per_log)
    indexes = {name: setting.index(name) for name in setting.peers}
    return by_row(ask_all(indexes, asked, plan.repeats, setting.scratch), setting)


def ask_all(indexes: dict[str, Path], asked: Sequence[Question], repeats: int, scratch: Path) -> Asked:
    """Ask every engine everything, several times, taking turns."""
    file = scratch / "questions.json"
    file.write_text(to_json(asked), encoding="utf-8")
    runs: dict[str, list[list[Answer]]] = {name: [] for name in indexes}
    for name in turns(list(indexes), repeats):
        runs[name].append(ask(name, indexes[name], file))
    return Asked(list(asked), {name: [_median(each) for each in zip(*runs[name], strict=True)] for name in indexes})


def _median(each: Sequence[Answer]) -> float | None:
    times = [answer[0] for answer in each if answer]
    return median(times) if times else None


def by_row(asked: Asked, setting: Setting) -> dict[str, Any]:
    """The spreads, for the kinds that an engine knows."""
    rows: dict[str, Chosen] = {kind: partial(_is_of_kind, kind) for kind in KINDS}
    rows |= {log.stem: partial(_is_of_log, log.stem) for log in setting.logs}
    rows["all logs"] = lambda question: bool(question.log)
    return {
        name: {row: found for row, chosen in rows.items() if (found := _spread(asked, times, chosen))}
        for name, times in asked.ms.items()
    }


def _is_of_kind(kind: str, question: Question) -> bool:
    return question.kind == kind


def _is_of_log(log: str, question: Question) -> bool:
    return question.log == log


def _spread(asked: Asked, times: Sequence[float | None], chosen: Chosen) -> dict[str, Any] | None:
    wanted = [ms for question, ms in zip(asked.questions, times, strict=True) if chosen(question)]
    answered = [ms for ms in wanted if ms is not None]
    return {**asdict(Spread.of(answered)), "refused": len(wanted) - len(answered)} if answered else None
