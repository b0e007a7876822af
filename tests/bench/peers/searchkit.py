"""searchkit itself: its command line for whole processes, its services inside one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import searchkit as package
from searchkit.engine import Engine, SearchOptions
from searchkit.engines import open_engine
from searchkit.searching import Request, build_query, search
from tests.bench.peers.peer import Session, python
from tests.bench.questions import KINDS, Question

_MAIN = "from searchkit.__main__ import main; main()"
"""What the installed `searchkit` program does."""

_ASK = f"import os, sys; os.environ['SEARCHKIT_INDEX'] = sys.argv.pop(); os.chdir('/'); {_MAIN}"
"""`SEARCHKIT_INDEX=FOLDER searchkit query WORDS` where there is no config.yaml."""


def query_text(question: Question) -> str:
    """A question in the query language."""
    match question.kind:
        case "or":
            return " OR ".join(question.words)
        case "phrase":
            return '"' + " ".join(question.words) + '"'
        case "prefix":
            return f"{question.words[0]}*"
        case "fuzzy":
            return f"{question.words[0]}~"
        case "date":
            return f"{' '.join(question.words)} date:{question.start}..{question.end}"
        case _:
            return " ".join(question.words)


@dataclass(frozen=True, slots=True)
class SearchkitSession:
    """The engine, asked as the command line asks it, without snippets."""

    engine: Engine

    def search(self, question: Question, limit: int = 10) -> list[str]:
        query = build_query(Request(query_text(question)))
        result = search(self.engine, query, SearchOptions(limit=limit), None)
        return [hit.article.record or hit.article.id for hit in result.hits]

    def total(self, question: Question) -> int:
        """How many articles match."""
        return self.engine.count(build_query(Request(query_text(question))))


class SearchkitPeer:
    name = "searchkit"
    version = package.__version__
    setup = "the defaults; searchkit index and searchkit query WORDS without config.yaml, totals are counted exactly"
    kinds = frozenset(KINDS)
    most_articles = None

    def index_command(self, articles: Path, index: Path) -> list[str]:
        return python("-c", _MAIN, "index", str(articles), "--index", str(index), "--no-config")

    def cold_command(self, index: Path, words: tuple[str, ...]) -> list[str]:
        return python("-c", _ASK, "query", " ".join(words), str(index))

    @contextmanager
    def open(self, index: Path) -> Iterator[Session]:
        with open_engine("whoosh", index) as engine:
            yield SearchkitSession(engine)


PEER = SearchkitPeer()
