"""Stock Whoosh, set up as its documentation advises for large batches: one writer with `limitmb`, an unbounded cache of
stems, one commit at the end. `procs` is left out: its writers can lose segments."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from whoosh import analysis, fields, index, versionstring
from whoosh.qparser import FuzzyTermPlugin, MultifieldParser, OrGroup, QueryParser
from whoosh.query import And, DateRange
from whoosh.searching import Searcher

from tests.bench.peers.peer import Session, python, records
from tests.bench.questions import KINDS, Question

_LIMIT_MB = 256

_COLD = """
import sys
from whoosh.index import open_dir
from whoosh.qparser import MultifieldParser
index = open_dir(sys.argv[1])
query = MultifieldParser(["title", "body"], index.schema).parse(" ".join(sys.argv[2:]))
with index.searcher() as searcher:
    for hit in searcher.search(query, limit=10):
        print(hit["id"], hit["title"], sep="\\t")
"""


def add(articles: Path, folder: Path) -> None:
    """Add a file of articles in one commit."""
    folder.mkdir(parents=True, exist_ok=True)
    found = index.open_dir(folder) if index.exists_in(folder) else index.create_in(folder, _schema())
    for field in ("title", "body"):
        stemming = found.schema[field].analyzer[-1]
        stemming.cachesize = -1
        stemming.clear()
    writer = found.writer(limitmb=_LIMIT_MB)
    for record in records(articles):
        date = record.pop("date")
        writer.add_document(**record, date=datetime.fromisoformat(date) if date else None)
    writer.commit()


def _schema() -> Any:
    stemmed = analysis.StemmingAnalyzer()
    return fields.Schema(
        id=fields.ID(stored=True, unique=True),
        title=fields.TEXT(stored=True, analyzer=stemmed),
        body=fields.TEXT(stored=True, analyzer=stemmed),
        author=fields.TEXT(stored=True),
        source=fields.ID(stored=True),
        date=fields.DATETIME(stored=True),
        url=fields.STORED,
    )


@dataclass(frozen=True, slots=True)
class WhooshSession:
    """A searcher with parsers for words joined by AND and by OR."""

    searcher: Searcher
    all_words: QueryParser
    any_word: QueryParser

    def search(self, question: Question, limit: int = 10) -> list[str]:
        results = self.searcher.search(self._query(question), limit=limit)
        return [hit.fields()["id"] for hit in results]

    def _query(self, question: Question) -> Any:
        words = " ".join(question.words)
        match question.kind:
            case "or":
                return self.any_word.parse(words)
            case "phrase":
                return self.all_words.parse(f'"{words}"')
            case "prefix":
                return self.all_words.parse(f"{words}*")
            case "fuzzy":
                return self.all_words.parse(f"{words}~")
            case "date":
                days = (datetime.fromisoformat(question.start), datetime.fromisoformat(question.end))
                return And([self.all_words.parse(words), DateRange("date", *days)])
            case _:
                return self.all_words.parse(words)


class WhooshPeer:
    name = "stock Whoosh"
    version = versionstring()
    setup = f"one writer, limitmb={_LIMIT_MB}, unbounded cache of stems, StemmingAnalyzer"
    kinds = frozenset(KINDS)
    most_articles = 4000

    def index_command(self, articles: Path, index: Path) -> list[str]:
        return python("-m", __spec__.name, str(articles), str(index))

    def cold_command(self, index: Path, words: tuple[str, ...]) -> list[str]:
        return python("-c", _COLD, str(index), *words)

    @contextmanager
    def open(self, folder: Path) -> Iterator[Session]:
        found = index.open_dir(folder)
        searched = ["title", "body"]
        all_words = MultifieldParser(searched, found.schema)
        all_words.add_plugin(FuzzyTermPlugin())
        with found.searcher() as searcher:
            yield WhooshSession(searcher, all_words, MultifieldParser(searched, found.schema, group=OrGroup))


PEER = WhooshPeer()

if __name__ == "__main__":
    add(*map(Path, sys.argv[1:]))
