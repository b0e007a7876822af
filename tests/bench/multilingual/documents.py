"""The labelled articles that are measured."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from searchkit.article import Article, article_id
from searchkit.languagetags import language_tag


@dataclass(frozen=True, slots=True)
class Document:
    """One article, the language that its label states (the primary part of its tag), and its date as stated."""

    id: str
    title: str
    body: str
    language: str
    date: str | None

    @property
    def article(self) -> Article:
        """The article as an engine stores it."""
        return Article(article_id(self.id), self.id, self.title, self.body, "0" * 64)


def read_documents(file: Path) -> Iterator[Document]:
    """The articles of a JSON Lines file, in order; those without a text are left out."""
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            title, body = record.get("title") or "", record.get("body") or ""
            language = (language_tag(record["lang"]) or "und").partition("-")[0]
            if title.strip() or body.strip():
                yield Document(record["id"], title, body, language, record.get("date"))
