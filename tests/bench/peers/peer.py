"""What the benchmark asks of an engine: one file beside this one for each."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from tests.bench.questions import Question


class Session(Protocol):
    """An index opened in this process."""

    def search(self, question: Question, limit: int = 10) -> list[str]:
        """The ids of the best articles, in order, their stored fields loaded; from the words to the fields it is all
        counted as the time of the query."""


class Peer(Protocol):
    """An engine that takes part. A module of this package has one as `PEER`; importing it fails where the engine's
    package is not installed."""

    name: str
    """As it stands in tables."""

    version: str

    setup: str
    """How it is set up, in one line for the report."""

    kinds: frozenset[str]
    """The kinds of `questions.KINDS` that it can answer."""

    most_articles: int | None
    """More are not indexed where its speed is measured, as it would take too long (None: no bound)."""

    def index_command(self, articles: Path, index: Path) -> list[str]:
        """The process that adds a file of articles to the index in a folder, which it makes when there is none, and
        has committed when it ends."""

    def cold_command(self, index: Path, words: tuple[str, ...]) -> list[str]:
        """The shortest process that prints ten articles which hold all the words."""

    def open(self, index: Path) -> AbstractContextManager[Session]:
        """Open an index for questions."""


def python(*arguments: str) -> list[str]:
    """A command of this interpreter, without warnings of old packages."""
    return [sys.executable, "-W", "ignore", *arguments]


def records(articles: Path) -> Iterator[dict[str, Any]]:
    """The articles of a file for a peer: id, title, body, author, source, url as text, date as YYYY-MM-DD or "".

    These are the fields that searchkit keeps of them too.
    """
    with articles.open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            values = {name: record.get(name) or "" for name in ("id", "title", "body", "author", "source", "url")}
            yield {**values, "date": iso_day(record.get("date") or "")}


def iso_day(stated: str) -> str:
    """The day of a date in ISO 8601, "" for what is written otherwise."""
    try:
        return date.fromisoformat(stated[:10]).isoformat()
    except ValueError:
        return ""
