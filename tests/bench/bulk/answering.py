"""The time of a query through searchkit, in an open index of this process, over what the cluster says it took itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Any

from opensearchpy.connection import Urllib3HttpConnection

from searchkit.engines import open_engine
from searchkit.errors import QueryError
from tests.bench.bulk.filling import FILLED
from tests.bench.bulk.place import Place
from tests.bench.peers.searchkit import SearchkitSession
from tests.bench.questions import Question
from tests.bench.timing import Spread


@dataclass(frozen=True, slots=True)
class Answering:
    """Milliseconds of each query, how many of them lie above `took`, how many of processor time this process had in them,
    and how many requests each made. On a machine with other work the processor time is the surer figure."""

    total_ms: Spread
    above_ms: Spread
    most_above_ms: float
    within_15_ms: float
    cpu_ms: Spread
    requests: Spread
    refused: int


def measure(place: Place, questions: Sequence[Question]) -> Answering:
    """Ask every other question, each twice, so that the nodes have compiled what they run; then, with the clock, each of
    the others once, in an index newly opened, which remembers nothing of the first."""
    place.settle()
    with open_engine("opensearch", place.cluster(FILLED)) as engine:
        for question in [*questions[::2], *questions[::2]]:
            with suppress(QueryError):
                SearchkitSession(engine).search(question)
    totals, above, cpu, requests = [], [], [], []
    refused = 0
    with open_engine("opensearch", place.cluster(FILLED)) as engine, _watched() as answers:
        session = SearchkitSession(engine)
        for question in questions[1::2]:
            answers.clear()
            cpu_start, start = process_time(), perf_counter()
            try:
                session.search(question)
            except QueryError:
                refused += 1
                continue
            total_ms, cpu_ms = (perf_counter() - start) * 1e3, (process_time() - cpu_start) * 1e3
            totals.append(total_ms)
            cpu.append(cpu_ms)
            above.append(total_ms - sum(json.loads(answer).get("took", 0) for answer in answers))
            requests.append(float(len(answers)))
    within = sum(value <= 15 for value in above) / len(above)
    spreads = (Spread.of(totals), Spread.of(above), max(above), within, Spread.of(cpu), Spread.of(requests))
    return Answering(*spreads, refused)


@contextmanager
def _watched() -> Iterator[list[str]]:
    """The answers of the cluster as they came; they are read once the clock has stopped."""
    original = Urllib3HttpConnection.perform_request
    answers: list[str] = []

    def perform_request(self: Any, *args: Any, **kwargs: Any) -> Any:
        answer = original(self, *args, **kwargs)
        answers.append(answer[2])
        return answer

    Urllib3HttpConnection.perform_request = perform_request  # type: ignore[method-assign]
    try:
        yield answers
    finally:
        Urllib3HttpConnection.perform_request = original  # type: ignore[method-assign]
