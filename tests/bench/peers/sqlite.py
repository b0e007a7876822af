"""SQLite FTS5 with the porter tokenizer, filled in one transaction. It has no fuzzy words."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.peers.peer import Session, python, records
from tests.bench.questions import KINDS, Question

_TABLE = """
create virtual table if not exists articles using fts5(
    id unindexed, date unindexed, url unindexed, title, body, author, source, tokenize = 'porter unicode61')
"""
_COLD = """
import sqlite3, sys
words = " AND ".join(f'"{word}"' for word in sys.argv[2:])
for row in sqlite3.connect(sys.argv[1] + "/articles.db").execute(
    "select id, title from articles where articles match ? order by rank limit 10", ["{title body} : (" + words + ")"]
):
    print(*row, sep="\\t")
"""


def add(articles: Path, folder: Path) -> None:
    """Add a file of articles in one transaction."""
    folder.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder / "articles.db")) as connection, connection:
        connection.execute(_TABLE)
        connection.executemany(
            "insert into articles (id, date, url, title, body, author, source)"
            " values (:id, :date, :url, :title, :body, :author, :source)",
            records(articles),
        )


def match_text(question: Question) -> str:
    """A question in the query language of FTS5, over title and body."""
    quoted = [f'"{word}"' for word in question.words]
    match question.kind:
        case "or":
            text = " OR ".join(quoted)
        case "phrase":
            text = '"' + " ".join(question.words) + '"'
        case "prefix":
            text = quoted[0] + "*"
        case _:
            text = " AND ".join(quoted)
    return f"{{title body}} : ({text})"


@dataclass(frozen=True, slots=True)
class SqliteSession:
    connection: sqlite3.Connection

    def search(self, question: Question, limit: int = 10) -> list[str]:
        where, values = "articles match ?", [match_text(question)]
        if question.kind == "date":
            where, values = where + " and date between ? and ?", [*values, question.start, question.end]
        rows = self.connection.execute(f"select * from articles where {where} order by rank limit {limit}", values)
        return [row[0] for row in rows.fetchall()]


class SqlitePeer:
    name = "SQLite FTS5"
    version = sqlite3.sqlite_version
    setup = "porter over unicode61, one transaction, order by rank; no prefix index"
    kinds = frozenset(KINDS) - {"fuzzy"}
    most_articles = None

    def index_command(self, articles: Path, index: Path) -> list[str]:
        return python("-m", __spec__.name, str(articles), str(index))

    def cold_command(self, index: Path, words: tuple[str, ...]) -> list[str]:
        return python("-c", _COLD, str(index), *words)

    @contextmanager
    def open(self, folder: Path) -> Iterator[Session]:
        with closing(sqlite3.connect(folder / "articles.db")) as connection:
            yield SqliteSession(connection)


PEER = SqlitePeer()

if __name__ == "__main__":
    add(*map(Path, sys.argv[1:]))
