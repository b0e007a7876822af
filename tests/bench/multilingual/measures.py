"""The measures: each takes documents and gives, by language, counts of what became of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from time import process_time

from searchkit.dates import parse_article_date
from searchkit.engine import Engine, SearchOptions
from searchkit.languages import detect
from searchkit.queryparser import parse_query
from tests.bench.multilingual.documents import Document
from tests.bench.multilingual.words import middle_word, without_marks

LONG_ENOUGH = 200
"""Characters of the body over which the language of an article should be told."""

Counts = Mapping[str, Counter[str]]
"""Language -> outcome -> articles."""


def languages(documents: Iterable[Document], told: Callable[[str], str | None] = detect) -> Counts:
    """`right`, `empty`, `wrong`; `as XX` counts each wrong answer. `us` is the processor time in all, in microseconds."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for document in documents:
        if len(document.body) <= LONG_ENOUGH:
            continue
        counts, text = found[document.language], f"{document.title}\n{document.body}"
        before = process_time()
        answer = told(text)
        counts["us"] += round((process_time() - before) * 1e6)
        counts["articles"] += 1
        if answer is None:
            counts["empty"] += 1
        elif answer.partition("-")[0] == document.language:
            counts["right"] += 1
        else:
            counts.update(("wrong", f"as {answer}"))
    return found


def searches(documents: Iterable[Document], engine: Engine) -> Counts:
    """`asked`, `found`: a word of the middle of each article, and whether the article is among all that it finds;
    `plain asked`, `plain found`: the same for words that become others without their marks."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for document in documents:
        word = middle_word(document.body or document.title)
        if word is None:
            continue
        of = counts[document.language]
        of.update(("asked", *(["found"] if _finds(engine, word, document) else [])))
        plain = without_marks(word)
        if plain != word:
            of.update(("plain asked", *(["plain found"] if _finds(engine, plain, document) else [])))
    return counts


def dates(documents: Iterable[Document]) -> Counts:
    """`stated`, `read`: how many dates that records state are read."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for document in documents:
        if document.date:
            read = parse_article_date(document.date, document.language) is not None
            counts[document.language].update(("stated", *(["read"] if read else [])))
    return counts


def _finds(engine: Engine, word: str, document: Document) -> bool:
    result = engine.search(parse_query(word), SearchOptions(limit=0, language=None))
    wanted = document.article.id
    return any(hit.article.id == wanted for hit in result.hits)
