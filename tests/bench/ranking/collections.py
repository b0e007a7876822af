"""A judged collection: articles, queries, and which articles people found relevant to which query."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Grades = dict[str, int]
"""Article id -> grade, above 0 where it is relevant."""


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query's words, and the grades of the articles that were judged for it."""

    id: str
    words: tuple[str, ...]
    grades: Grades


@dataclass(frozen=True, slots=True)
class Collection:
    """A folder with docs.jsonl, queries.jsonl and qrels.tsv (query, 0, article, grade)."""

    name: str
    folder: Path

    def queries(self) -> list[JudgedQuery]:
        """The queries to which at least one article is relevant."""
        grades: dict[str, Grades] = {}
        for line in _lines(self.folder / "qrels.tsv"):
            query, _, article, grade = line.split("\t")
            grades.setdefault(query, {})[article] = int(grade)
        found = []
        for line in _lines(self.folder / "queries.jsonl"):
            record = json.loads(line)
            judged = grades.get(record["id"], {})
            if any(grade > 0 for grade in judged.values()):
                found.append(JudgedQuery(record["id"], tuple(re.findall(r"[^\W_]+", record["text"].lower())), judged))
        return found

    def write_articles(self, file: Path) -> None:
        """The articles with id, title and body alone, so that all engines search the same text; those without any are
        left out."""
        with file.open("w", encoding="utf-8") as output:
            for line in _lines(self.folder / "docs.jsonl"):
                record = json.loads(line)
                kept = {name: record.get(name) or "" for name in ("id", "title", "body")}
                if kept["title"] or kept["body"]:
                    output.write(json.dumps(kept, ensure_ascii=False) + "\n")


def collections(folder: Path) -> list[Collection]:
    """The collections in a folder, by name."""
    return [Collection(file.parent.name, file.parent) for file in sorted(folder.glob("*/qrels.tsv"))]


def _lines(file: Path) -> Iterator[str]:
    with file.open(encoding="utf-8") as lines:
        yield from filter(None, (line.rstrip("\n") for line in lines))
