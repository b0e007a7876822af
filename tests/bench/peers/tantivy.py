"""tantivy through its Python package: a writer with two threads, which Python feeds."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import tantivy

from tests.bench.peers.peer import Session, python, records
from tests.bench.questions import KINDS, Question

_THREADS = 2
_HEAP_BYTES = 128_000_000
_SEARCHED = ("title", "body")

_COLD = """
import sys, tantivy
index = tantivy.Index.open(sys.argv[1])
searcher = index.searcher()
query = index.parse_query(" ".join(sys.argv[2:]), ["title", "body"], conjunction_by_default=True)
for score, address in searcher.search(query, 10).hits:
    document = searcher.doc(address)
    print(document.get_first("id"), document.get_first("title"), sep="\\t")
"""


def add(articles: Path, folder: Path) -> None:
    """Add a file of articles in one commit, and wait until its segments are merged."""
    folder.mkdir(parents=True, exist_ok=True)
    index = tantivy.Index(_schema(), path=str(folder))
    writer = index.writer(heap_size=_HEAP_BYTES, num_threads=_THREADS)
    for record in records(articles):
        date = record.pop("date")
        moment = {"date": datetime.fromisoformat(date).replace(tzinfo=UTC)} if date else {}
        writer.add_document(tantivy.Document(**record, **moment))
    writer.commit()
    writer.wait_merging_threads()


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    for name in ("id", "source", "url"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    for name in _SEARCHED:
        builder.add_text_field(name, stored=True, tokenizer_name="en_stem")
    builder.add_text_field("author", stored=True)
    builder.add_date_field("date", stored=True, indexed=True, fast=True)
    return builder.build()


@dataclass(frozen=True, slots=True)
class TantivySession:
    index: Any
    searcher: Any

    def search(self, question: Question, limit: int = 10) -> list[str]:
        found = self.searcher.search(self._query(question), limit=limit, count=False)
        return [self.searcher.doc(address).to_dict()["id"][0] for _, address in found.hits]

    def _query(self, question: Question) -> Any:
        schema, words = self.index.schema, " ".join(question.words)
        match question.kind:
            case "or":
                return self.index.parse_query(words, list(_SEARCHED))
            case "phrase":
                return self.index.parse_query(f'"{words}"', list(_SEARCHED))
            case "prefix":
                return self._in_any(tantivy.Query.regex_query(schema, field, f"{words}.*") for field in _SEARCHED)
            case "fuzzy":
                return self._in_any(tantivy.Query.fuzzy_term_query(schema, field, words) for field in _SEARCHED)
            case "date":
                days = (datetime.fromisoformat(question.start), datetime.fromisoformat(question.end))
                span = tantivy.Query.range_query(schema, "date", tantivy.FieldType.Date, *days)
                return tantivy.Query.boolean_query([(tantivy.Occur.Must, self._all(words)), (tantivy.Occur.Must, span)])
            case _:
                return self._all(words)

    def _all(self, words: str) -> Any:
        return self.index.parse_query(words, list(_SEARCHED), conjunction_by_default=True)

    def _in_any(self, queries: Iterator[Any]) -> Any:
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])


class TantivyPeer:
    name = "tantivy"
    version = version("tantivy")
    setup = f"one writer with {_THREADS} threads and {_HEAP_BYTES // 1_000_000} MB, fed by Python; en_stem; no totals"
    kinds = frozenset(KINDS)
    most_articles = None

    def index_command(self, articles: Path, index: Path) -> list[str]:
        return python("-m", __spec__.name, str(articles), str(index))

    def cold_command(self, index: Path, words: tuple[str, ...]) -> list[str]:
        return python("-c", _COLD, str(index), *words)

    @contextmanager
    def open(self, folder: Path) -> Iterator[Session]:
        index = tantivy.Index.open(str(folder))
        yield TantivySession(index, index.searcher())


PEER = TantivyPeer()

if __name__ == "__main__":
    add(*map(Path, sys.argv[1:]))
