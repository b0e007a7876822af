"""Slices of the articles file: its beginning, longer ones in which it is repeated, a few articles more.

Where articles are repeated, each has an id of its own, and its words are the same: a longer slice has more of everything
but no new words, which favours every engine alike.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tests.bench.peers.peer import iso_day


class Corpus:
    """The articles to measure with, as JSON Lines, and a folder for slices of them."""

    def __init__(self, file: Path, scratch: Path) -> None:
        self._file = file
        self._scratch = scratch
        self.articles = sum(1 for _ in self._lines())

    def slice(self, articles: int) -> Path:
        """A file of the first so many articles; beyond the end it begins anew with changed ids."""
        slice_file = self._scratch / f"articles-{articles}.jsonl"
        if not slice_file.exists():
            _write(islice(self._repeated(), articles), slice_file)
        return slice_file

    def more(self, articles: int) -> Path:
        """A file of articles in no slice: the first ones under ids of their own."""
        more_file = self._scratch / f"more-{articles}.jsonl"
        _write((_renamed(line, "more") for line in islice(self._lines(), articles)), more_file)
        return more_file

    def years(self, articles: int) -> list[str]:
        """The years of which the first so many articles have most, ten at most; for questions with dates."""
        days = (iso_day(json.loads(line).get("date") or "") for line in islice(self._lines(), articles))
        counts = Counter(day[:4] for day in days if day)
        return sorted(year for year, _ in counts.most_common(10))

    def _lines(self) -> Iterator[str]:
        with self._file.open(encoding="utf-8", newline="\n") as lines:
            yield from (line for line in lines if line.strip())

    def _repeated(self) -> Iterator[str]:
        yield from self._lines()
        turn = 1
        while self.articles:
            turn += 1
            yield from (_renamed(line, str(turn)) for line in self._lines())


def _renamed(line: str, mark: str) -> str:
    record = json.loads(line)
    record["id"] = f"{record['id']}~{mark}"
    return json.dumps(record, ensure_ascii=False) + "\n"


def _write(lines: Iterator[str], file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="\n") as output:
        output.writelines(line if line.endswith("\n") else line + "\n" for line in lines)
