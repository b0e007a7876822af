"""Questions put to one engine in a process of its own: `python -m tests.bench.asking PEER INDEX QUESTIONS.json`.

It opens the index, asks every tenth question without looking at the clock, then each once. Answers on standard output:
for each question the milliseconds and how many articles were shown, null where the engine refused it.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from tests.bench.peers import load
from tests.bench.peers.peer import Session, python
from tests.bench.processes import run
from tests.bench.questions import Question, from_json

Answer = tuple[float, int] | None
"""Milliseconds and hits; None where there is no answer."""


def ask(peer: str, index: Path, questions: Path) -> list[Answer]:
    """Start such a process, and return what it answers, in the order of the questions."""
    output = run(python("-m", __spec__.name, peer, str(index), str(questions))).output
    return [tuple(answer) if answer else None for answer in json.loads(output)]


def answers(name: str, index: Path, questions: Sequence[Question]) -> list[Answer]:
    """What the process does."""
    peer = load(name)
    with peer.open(index) as session:
        for question in questions[::10]:
            if question.kind in peer.kinds:
                _answer(session, question)
        gc.collect()
        return [_answer(session, question) if question.kind in peer.kinds else None for question in questions]


def _answer(session: Session, question: Question) -> Answer:
    start = perf_counter()
    try:
        hits = len(session.search(question))
    except Exception as refused:  # each engine has its own; one question does not end a measurement
        sys.stderr.write(f"{question}: {refused}\n")
        return None
    return (perf_counter() - start) * 1e3, hits


if __name__ == "__main__":
    _peer, _index, _questions = sys.argv[1:]
    sys.stdout.write(json.dumps(answers(_peer, Path(_index), from_json(Path(_questions).read_text("utf-8")))))
