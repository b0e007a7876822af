"""Query logs to questions: what is asked of every engine, by kind.

A log is JSON Lines, each with `query` (`+a +b` all words, quotes a phrase, plain words any of them) or with `text` (any
of its words). Logs hold few single words, prefixes, typing errors and dates: these questions are made of the logs' words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

KINDS = ("term", "and", "or", "phrase", "prefix", "fuzzy", "date")

_SEED = 20
_PREFIX_LETTERS = 5
_LONG_WORD = 6


@dataclass(frozen=True, slots=True)
class Question:
    """Words and what is to be done with them. `log` names the query log it stands in, "" when made of its words;
    `start` and `end` (YYYY-MM-DD, both included) are those of kind "date"."""

    kind: str
    words: tuple[str, ...]
    log: str = ""
    start: str = ""
    end: str = ""


def read_log(file: Path) -> list[Question]:
    """The questions of a log; what has another form (`+a b`, `a -b`) is left out."""
    with file.open(encoding="utf-8") as lines:
        found = [_read(json.loads(line), file.stem) for line in lines]
    return [question for question in found if question]


def _read(record: dict[str, str], log: str) -> Question | None:
    text = record.get("query") or record["text"]
    words = tuple(re.findall(r"[^\W_]+", text.lower()))
    if not words:
        return None
    if len(words) == 1:
        return Question("term", words, log)
    if "query" not in record:
        return Question("or", words, log)
    signs = {part[0] for part in re.findall(r'"[^"]*"|\S+', text)}
    if signs == {'"'}:
        return Question("phrase", words, log) if text.count('"') == 2 else None
    if signs == {"+"}:
        return Question("and", words, log)
    return None if signs & {"+", "-", '"'} else Question("or", words, log)


def questions(logs: Sequence[Path], years: Sequence[str], per_kind: int, most_per_log: int | None) -> list[Question]:
    """All that is asked: what stands in the logs (at most so many of each kind in each), and `per_kind` questions of
    each kind that is made of their words. `years` are the years of the articles, for the dates. Always the same."""
    random = Random(_SEED)
    from_logs = []
    for log in logs:
        each = read_log(log)
        for kind in KINDS:
            of_kind = [question for question in each if question.kind == kind]
            if most_per_log is not None and len(of_kind) > most_per_log:
                of_kind = random.sample(of_kind, most_per_log)
            from_logs += of_kind
    words = sorted({word for question in from_logs for word in question.words if word.isascii() and word.isalpha()})
    return from_logs + list(_made(words, years, per_kind, random))


def _made(words: Sequence[str], years: Sequence[str], per_kind: int, random: Random) -> Iterator[Question]:
    long_words = [word for word in words if len(word) >= _LONG_WORD]
    for word in _some(words, per_kind, random):
        yield Question("term", (word,))
    for word in _some(long_words, per_kind, random):
        yield Question("prefix", (word[:_PREFIX_LETTERS],))
    for word in _some(long_words, per_kind, random):
        at = random.randrange(1, len(word) - 1)
        yield Question("fuzzy", (word[:at] + word[at + 1 :],))
    if years:
        for word in _some(words, per_kind, random):
            year = random.choice(years)
            yield Question("date", (word,), start=f"{year}-01-01", end=f"{year}-12-31")


def _some(words: Sequence[str], count: int, random: Random) -> list[str]:
    return random.sample(words, min(count, len(words)))


def to_json(asked: Sequence[Question]) -> str:
    """Questions as text, for another process."""
    return json.dumps([asdict(question) for question in asked])


def from_json(text: str) -> list[Question]:
    """The questions of `to_json`."""
    return [Question(**{**values, "words": tuple(values["words"])}) for values in json.loads(text)]
