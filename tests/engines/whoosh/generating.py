"""Articles and queries for the proofs at size: made from a seed, or taken from a file of real ones."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from random import Random

from searchkit.analysis import is_lone_character
from searchkit.article import Article, Link, article_id
from searchkit.fieldtext import WORD_FIELDS, field_tokens
from searchkit.query import (
    NAME_FIELDS,
    TEXT_FIELDS,
    And,
    Boost,
    DateRange,
    Fuzzy,
    Keyword,
    MatchAll,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Term,
    Undated,
    Wildcard,
)
from tests.strategies import DAYS, LANGUAGES, MOMENTS, SPELLINGS

REAL = os.environ.get("SEARCHKIT_BENCH_ARTICLES", "")
"""A JSON Lines file of real articles, for the proofs that want some."""


def generated_articles(random: Random, count: int, prefix: str = "") -> list[Article]:
    """Articles of a small vocabulary with rare words among it."""
    return [_generated(random, f"{prefix}{number}") for number in range(count)]


def _generated(random: Random, name: str) -> Article:
    def text(most: int) -> str:
        words = [
            random.choice(SPELLINGS) if random.random() < 0.8 else f"w{int(random.expovariate(0.05))}"
            for _ in range(random.randrange(most + 1))
        ]
        return " ".join(words)

    return Article(
        id=article_id(name) if random.random() < 0.9 else name,
        source=f"mosul/{name}.txt",
        title=text(6),
        body="\n\n".join(text(40) for _ in range(random.randrange(4))),
        sha256=article_id(name + "sha"),
        dek=random.choice((None, text(8))),
        authors=tuple(random.sample(("Jean O’Brien", "Jean Report", "x", "Li 中"), random.randrange(3))),
        publisher=random.choice((None, "Reuters", "The Mosul Report")),
        published=random.choice((None, *DAYS, *MOMENTS)),
        language=random.choice(LANGUAGES),
        links=tuple(Link(text(5), random.choice((None, "CNN"))) for _ in range(random.randrange(3))),
    )


def real_articles(count: int) -> list[Article]:
    """The first articles of the file of real ones."""
    with Path(REAL).open(encoding="utf-8") as file:
        records = [json.loads(line) for line in islice(file, count)]
    return [_real(number, record) for number, record in enumerate(records)]


def _real(number: int, record: dict[str, str]) -> Article:
    try:
        published = date.fromisoformat((record.get("published") or record.get("date") or "")[:10])
    except ValueError:
        published = DAYS[number % len(DAYS)] if number % 5 else None
    source = f"{record.get('id', number)}"
    return Article(
        id=article_id(source),
        source=source,
        title=record.get("title") or "",
        body=record.get("body") or record.get("text") or "",
        sha256=article_id(source),
        authors=tuple((record.get("author") or "").split(", ")),
        publisher=record.get("publisher") or record.get("source"),
        published=published,
        language=("en", "en-US", None)[number % 3],
    )


class QueryMaker:
    """Queries of every kind about some articles, drawn from their words."""

    def __init__(self, random: Random, articles: Sequence[Article]) -> None:
        self._random = random
        self._articles = articles
        self._fields = {}
        for article in articles:
            for name in WORD_FIELDS:
                words = [token.word for token in field_tokens(article, name)]
                if words:
                    self._fields[article.id, name] = words
        self._keys = sorted(self._fields)
        self._days = sorted({day for each in articles if (day := _day(each.published))}) or [date(2020, 1, 1)]

    def query(self, depth: int = 2) -> Query:
        """Any query."""
        roll = self._random.random()
        if depth == 0 or roll < 0.45:
            return self.leaf() if self._random.random() < 0.8 else self._filter()
        children = tuple(self.query(depth - 1) for _ in range(self._random.choice((2, 2, 3, 9))))
        if roll < 0.65:
            return And(children[:3])
        if roll < 0.85:
            return Or(children)
        return Not(children[0]) if roll < 0.93 else Boost(children[0], self._random.choice((0.5, 2.0, 3.25)))

    def leaf(self) -> Query:
        """Words."""
        random = self._random
        id_, name = random.choice(self._keys)
        words = self._fields[id_, name]
        at = random.randrange(len(words))
        word = words[at]
        field = random.choice((None, None, name)) if name in TEXT_FIELDS else name
        if random.random() < 0.1:
            field = random.choice((*TEXT_FIELDS, *NAME_FIELDS))
        match random.randrange(7):
            case 0 | 1:
                return Term(word, field)
            case 2:
                return Phrase(tuple(words[at : at + random.choice((1, 2, 2, 3, 4))]), 0, field, random.random() < 0.7)
            case 3:
                two = (word, words[min(at + random.randrange(1, 6), len(words) - 1)])
                return Phrase(two, random.choice((1, 2, 5, 1000)), field)
            case 4:
                return Prefix(word[: random.randrange(2, 6)], field)
            case 5:
                place = random.randrange(len(word))
                return Wildcard(word[:place] + random.choice("?*") + word[place + random.randrange(2) :], field)
        return Fuzzy(word, random.choice((1, 1, 2)), field)

    def _filter(self) -> Query:
        random = self._random
        first, last = sorted(random.choices(self._days, k=2))
        return random.choice(
            (
                DateRange(first, last),
                DateRange(first, None),
                DateRange(None, last),
                Undated(),
                MatchAll(),
                Keyword("lang", random.choice(("en", "pt", "pt-br", "zh-hant", "f"))),
                Keyword("id", random.choice(self._articles).id[: random.choice((1, 2, 20))].lower()),
            )
        )


def _day(published: date | datetime | None) -> date | None:
    return published.date() if isinstance(published, datetime) else published


def holds_lone_characters(words: Sequence[str]) -> bool:
    """Whether some words stand for all that begin with them."""
    return any(map(is_lone_character, words))
