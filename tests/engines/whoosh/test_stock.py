"""Stock Whoosh reads the index: its searcher finds the articles that ours finds, its parser and readers work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest
import whoosh.index
import whoosh.query as wq
from whoosh.qparser import QueryParser

from searchkit.article import Article
from searchkit.engine import IndexingOptions, SearchOptions
from searchkit.engines.whoosh import WhooshEngine
from searchkit.matching import word_tests
from searchkit.query import (
    And,
    Boost,
    DateRange,
    Keyword,
    MatchAll,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Undated,
    Wildcard,
    WordLeaf,
    fields_of,
)
from tests.engines.contract import article, fill
from tests.engines.proofs import sized
from tests.engines.whoosh.generating import REAL, QueryMaker, generated_articles, holds_lone_characters, real_articles

QUERIES = sized(150, 2_500)
_MOST_PHRASES = 200


class Untranslatable(Exception):
    """Whoosh has no query for it: a phrase of three words with others between, counted together."""


class Stock:
    """A directory opened by stock Whoosh."""

    def __init__(self, directory: Path) -> None:
        self.index = whoosh.index.open_dir(str(directory))
        self.searcher = self.index.searcher()
        self._words: dict[str, list[str]] = {}

    def ids(self, query: wq.Query) -> set[str]:
        """The ids of the articles that match, every posting looked at."""
        numbers = list(self.searcher.docs_for_query(query))
        assert len(set(numbers)) == len(numbers)
        return {self.searcher.stored_fields(number)["id"] for number in numbers}

    def translated(self, node: Query, language: str | None) -> wq.Query:
        """A query of ours as one of Whoosh's."""
        match node:
            case And(children=children):
                return wq.And([self.translated(child, language) for child in children])
            case Or(children=children):
                return wq.Or([self.translated(child, language) for child in children])
            case Not(child=child):
                return wq.AndNot(wq.Every(), self.translated(child, language))
            case Boost(child=child):
                return self.translated(child, language)
            case MatchAll():
                return wq.Every()
            case Undated():
                return wq.AndNot(wq.Every(), wq.Every("date"))
            case DateRange(start=start, end=end):
                first = datetime.combine(start, time.min) if start else datetime.min
                last = datetime.combine(end, time.max) if end else datetime.max
                return wq.DateRange("date", first, last)
            case Keyword(field="id", value=value):
                return wq.Prefix("id", value)
            case Keyword(value=value):
                return wq.Or([wq.Term("lang", value), wq.Prefix("lang", f"{value}-")])
        return wq.Or([self._leaf(node, field, language) for field in fields_of(node)])

    def _leaf(self, leaf: WordLeaf, field: str, language: str | None) -> wq.Query:
        match leaf:
            case Prefix(prefix=prefix):
                return wq.Prefix(field, prefix)
            case Wildcard(pattern=pattern):
                return wq.Wildcard(field, pattern)
            case Phrase(words=words, slop=slop, exact=True) if len(words) > 1 and not holds_lone_characters(words):
                if slop and len(words) > 2:
                    raise Untranslatable
                return wq.Phrase(field, list(words), slop=slop + 1)
        tests = word_tests(leaf, language)
        positions = [[word for word in self._vocabulary(field) if test(word)] for test in tests]
        if len(positions) == 1:
            return wq.Or([wq.Term(field, word) for word in positions[0]])
        slop = leaf.slop if isinstance(leaf, Phrase) else 0
        phrases = list(product(*positions))
        if len(phrases) > _MOST_PHRASES or (slop and len(positions) > 2):
            raise Untranslatable
        return wq.Or([wq.Phrase(field, list(words), slop=slop + 1) for words in phrases])

    def _vocabulary(self, field: str) -> list[str]:
        if field not in self._words:
            self._words[field] = [word.decode() for word in self.index.reader().lexicon(field)]
        return self._words[field]


def commits(articles: list[Article], engine: WhooshEngine) -> Iterator[None]:
    """Some states of an index: one segment, several, with replaced and deleted articles, merged."""
    third = len(articles) // 3
    for n in range(3):
        with engine.writer(options=IndexingOptions(jobs=1)) as writer:
            for each in articles[n * third : (n + 1) * third]:
                writer.add(each)
        if n != 1:
            yield
    with engine.writer(options=IndexingOptions(jobs=1)) as writer:
        for each in articles[:third:3]:
            writer.delete(each.id)
        for each in articles[third : 2 * third : 4]:
            writer.add(each)
    yield
    for n in range(9):
        fill(engine, articles[n])
    yield


@pytest.mark.parametrize("kind", ["generated", "real"])
def test_stock_whoosh_finds_the_same_articles(tmp_path: Path, kind: str) -> None:
    """Generated queries, put as Whoosh's own, find the same articles with stock Whoosh on the same directory."""
    if kind == "real" and not REAL:
        pytest.skip("SEARCHKIT_BENCH_ARTICLES names no file of real articles")
    random = Random(f"stock {kind}")
    articles = real_articles(sized(60, 400)) if kind == "real" else generated_articles(random, sized(60, 300))
    maker = QueryMaker(random, articles)
    compared = nonempty = segments = 0
    with WhooshEngine(tmp_path / "index", create=True) as engine:
        for _ in commits(articles, engine):
            stock = Stock(tmp_path / "index")
            segments = max(segments, len(stock.searcher.leaf_searchers()))
            assert stock.index.doc_count() == engine.stats().articles
            for _ in range(QUERIES // 4):
                query, language = maker.query(), random.choice(("en", None))
                try:
                    translated = stock.translated(query, language)
                except Untranslatable:
                    continue
                options = SearchOptions(limit=0, language=language, max_expansions=10**6)
                ours = {hit.article.id for hit in engine.search(query, options).hits}
                assert stock.ids(translated) == ours, f"{query}: {translated!r}"
                compared, nonempty = compared + 1, nonempty + bool(ours)
            stock.searcher.close()
    assert segments > 1
    assert compared > QUERIES * 0.8
    assert nonempty > compared / 2


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Any]:
    """Three articles in two segments, one of them deleted, opened by stock Whoosh."""
    with WhooshEngine(tmp_path / "index", create=True) as engine:
        fill(engine, article("a1", "Strikes in Mosul, strikes again", title="Mosul", published=date(2017, 3, 17)))
        fill(engine, article("b2", "Raqqa quiet; mosul", language="en-US", published=datetime(2019, 1, 1, 12)))
        fill(engine, article("c3", "mosul gone"))
        with engine.writer() as writer:
            writer.delete("c3")
    index = whoosh.index.open_dir(str(tmp_path / "index"))
    with index.searcher() as searcher:
        yield searcher


def test_whooshs_own_parser(opened: Any) -> None:
    """Whoosh's query parser finds words, phrases, prefixes, patterns, ids, languages and dates, with stored fields."""
    parser = QueryParser("body", opened.schema)
    for text, expected in (
        ("Mosul STRIKES", {"a1"}),
        ("mosul", {"a1", "b2"}),
        ('"in mosul"', {"a1"}),
        ("title:mosul", {"a1"}),
        ("mos*", {"a1", "b2"}),
        ("r?qqa", {"b2"}),
        ("RÁQ?A", {"b2"}),
        ("Mós*", {"a1", "b2"}),
        ("r*q*", {"b2"}),
        ("mosul NOT raqqa", {"a1"}),
        ("id:b2", {"b2"}),
        ("id:c3", set()),
        ("lang:en*", {"b2"}),
        ("date:2017", {"a1"}),
        ("date:[20170317 to 20170318]", {"a1"}),
        ("date:[2018 to]", {"b2"}),
        ("gone", set()),
    ):
        hits = opened.search(parser.parse(text), limit=None)
        assert {hit["id"] for hit in hits} == expected, text
    assert opened.search(parser.parse("strikes"))[0]["title"] == "Mosul"


def test_scores_by_the_scorer_of_whoosh(opened: Any) -> None:
    """Whoosh scores what it reads with its own BM25F: an article that holds a word more often comes first."""
    hits = opened.search(wq.Or([wq.Term("body", "strikes"), wq.Term("body", "mosul")]))
    assert [hit["id"] for hit in hits] == ["a1", "b2"]
    assert hits[0].score > hits[1].score > 0


def test_statistics_of_whoosh(opened: Any) -> None:
    """Frequencies, lengths and vocabularies are there for Whoosh, over several segments; what is missing counts 0."""
    reader = opened.reader()
    assert reader.doc_count() == 2
    assert reader.doc_frequency("body", "strikes") == 1
    assert reader.frequency("body", "strikes") == 2
    assert reader.doc_frequency("body", "nowhere") == reader.frequency("body", "nowhere") == 0
    assert reader.field_length("title") == 1
    assert reader.max_field_length("body") == 5
    assert list(reader.lexicon("title")) == [b"mosul"]
    assert ("body", "raqqa") in reader
    assert ("body", "nowhere") not in reader
    assert [word for word, _ in reader.iter_prefix("body", "r")] == [b"raqqa"]
    assert sorted(fields["id"] for _, fields in reader.iter_docs()) == ["a1", "b2"]
