"""MemoryEngine: all articles in dictionaries, every query node evaluated article by article.

The yardstick of the tests and the clearest example of the seam; nothing is kept when the process ends.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from searchkit.analysis import Token
from searchkit.article import Article
from searchkit.engine import Hit, IndexingOptions, IndexStats, SearchOptions, SearchResult, SourceState
from searchkit.engines.shared import Deadline, arrange, check_expansions, check_sort, nearest
from searchkit.errors import EngineError, IndexLockedError
from searchkit.fieldtext import WORD_FIELDS, calendar_day, field_tokens, has_keyword, moment_us, title_key
from searchkit.matching import WordTest, leaf_runs, word_tests
from searchkit.query import (
    TEXT_FIELDS,
    And,
    Boost,
    DateRange,
    Fuzzy,
    Keyword,
    MatchAll,
    Not,
    Or,
    Query,
    Undated,
    WordLeaf,
    fields_of,
    word_leaves,
)
from searchkit.ranking import Pair, bm25f, count_repeats, field_factor, fuzzy, idf, pair_weight, pairs


@dataclass(frozen=True, slots=True)
class _Entry:
    """An article and the words of its fields."""

    article: Article
    tokens: Mapping[str, list[Token]]

    @classmethod
    def of(cls, article: Article) -> _Entry:
        return cls(article, {name: field_tokens(article, name) for name in WORD_FIELDS})

    def words(self, fields: tuple[str, ...]) -> set[str]:
        return {token.word for name in fields for token in self.tokens[name]}


@dataclass(frozen=True, slots=True)
class _State:
    """One commit: never changed, only followed by another."""

    entries: dict[str, _Entry] = field(default_factory=dict)
    sources: dict[str, SourceState] = field(default_factory=dict)
    generation: int = 0


class MemoryEngine:
    """Keeps the promises of `engine.Engine` by brute force, inside one process."""

    name = "memory"

    def __init__(self, location: Path | None = None, *, create: bool = True) -> None:
        """`location` and `create` are those of every engine; there is nothing to find, so neither matters."""
        self._state = _State()
        self._lock = threading.Lock()
        self._locked_since: datetime | None = None

    @contextmanager
    def writer(
        self, *, rebuild: bool = False, wait_s: float = 0.0, options: IndexingOptions = IndexingOptions()
    ) -> Iterator[_Writer]:
        if not self._lock.acquire(timeout=max(wait_s, 0.0)):
            raise self._locked()
        try:
            self._locked_since = datetime.now(UTC)
            writer = _Writer(_State(generation=self._state.generation) if rebuild else self._state)
            try:
                yield writer
            finally:
                writer.open = False
            self._state = writer.committed()
        finally:
            self._lock.release()

    def search(self, query: Query, options: SearchOptions = SearchOptions()) -> SearchResult:
        check_sort(options.sort)
        evaluation = _Evaluation(self._state, query, options)
        scores = evaluation.scores()
        entries = self._state.entries
        sort_values = {
            "score": lambda id_: scores[id_],
            "date": lambda id_: moment_us(entries[id_].article.published),
            "title": lambda id_: title_key(entries[id_].article),
        }
        ids = arrange(scores, options, sort_values[options.sort], str)
        evaluation.deadline.check()
        hits = (
            Hit(rank, scores[id_], entries[id_].article, evaluation.parts(entries[id_]) if options.explain else ())
            for rank, id_ in enumerate(ids, options.offset + 1)
        )
        return SearchResult(tuple(hits) if options.limit else hits, len(scores))

    def count(self, query: Query, options: SearchOptions = SearchOptions()) -> int:
        return len(_Evaluation(self._state, query, options).scores())

    def expand(self, leaf: WordLeaf, options: SearchOptions = SearchOptions()) -> list[str]:
        Deadline(options.timeout_s).check()
        words = _vocabulary(self._state, fields_of(leaf))
        tests = word_tests(leaf, options.language)
        found = sorted(word for word in words if any(test(word) for test in tests))
        check_expansions(leaf, len(found), options.max_expansions)
        return found

    def nearest_words(self, word: str, limit: int = 3) -> list[str]:
        each = [entry.words(TEXT_FIELDS) for entry in self._state.entries.values()]
        return nearest(word, set().union(*each), lambda other: sum(other in words for words in each), limit)

    def get(self, article_id: str) -> Article | None:
        entry = self._state.entries.get(article_id)
        return entry.article if entry else None

    def ids_starting_with(self, prefix: str, limit: int = 10) -> list[str]:
        return sorted(id_ for id_ in self._state.entries if id_.startswith(prefix))[:limit]

    def fingerprints(self, file: str) -> dict[str, str]:
        articles = (entry.article for entry in self._state.entries.values())
        return {article.id: article.sha256 for article in articles if article.file == file}

    def sources(self) -> dict[str, SourceState]:
        return dict(self._state.sources)

    def articles(self) -> Iterator[Article]:
        entries = self._state.entries
        return (entries[id_].article for id_ in sorted(entries))

    def stats(self) -> IndexStats:
        entries = self._state.entries.values()
        articles = [entry.article for entry in entries]
        days = [day for article in articles if (day := calendar_day(article.published))]
        return IndexStats(
            engine=self.name,
            articles=len(articles),
            undated=len(articles) - len(days),
            words=sum(len(entry.tokens[name]) for entry in entries for name in TEXT_FIELDS),
            links=sum(len(article.links) for article in articles),
            publishers=len({article.publisher for article in articles if article.publisher}),
            first_date=min(days, default=None),
            last_date=max(days, default=None),
            size_bytes=0,
            generation=self._state.generation,
        )

    def close(self) -> None:
        self._state = _State(generation=self._state.generation)

    def __enter__(self) -> MemoryEngine:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _locked(self) -> IndexLockedError:
        holder, since = f"process {os.getpid()} on {socket.gethostname()}", self._locked_since
        when = f" since {since:%Y-%m-%d %H:%M} UTC" if since else ""
        message = f"the memory index is being written by {holder}{when}; wait with --wait SECONDS"
        return IndexLockedError(message, holder, since)


class _Writer:
    """Changes to copies of a commit's dictionaries."""

    def __init__(self, base: _State) -> None:
        self._staged = replace(base, entries=dict(base.entries), sources=dict(base.sources))
        self.open = True

    def add(self, article: Article) -> None:
        self._check_open()
        self._staged.entries[article.id] = _Entry.of(article)

    def delete(self, article_id: str) -> bool:
        self._check_open()
        return self._staged.entries.pop(article_id, None) is not None

    def remember(self, file: str, state: SourceState) -> None:
        self._check_open()
        self._staged.sources[file] = state

    def forget(self, file: str) -> None:
        self._check_open()
        self._staged.sources.pop(file, None)

    def committed(self) -> _State:
        return replace(self._staged, generation=self._staged.generation + 1)

    def _check_open(self) -> None:
        if not self.open:
            raise EngineError("this writer is closed; open another with engine.writer()")


class _Evaluation:
    """A query over one commit: first each word leaf over all articles (its score needs how many match), then the tree
    article by article."""

    def __init__(self, state: _State, query: Query, options: SearchOptions) -> None:
        self.deadline = Deadline(options.timeout_s)
        self.deadline.check()
        self._state, self._query, self._options = state, count_repeats(query), options
        self._mean_lengths = {name: _mean_length(state, name) for name in WORD_FIELDS}
        self._leaf_scores = {leaf: self._score_leaf(leaf) for leaf in set(word_leaves(self._query, negated=True))}
        self._pair_scores = {pair.label: self._score_pair(pair) for pair in pairs(query)}

    def scores(self) -> dict[str, float]:
        """Id -> score of each article that matches."""
        found = {}
        for id_, entry in self._state.entries.items():
            self.deadline.check()
            score = self._score(self._query, entry)
            if score is not None:
                for near in self._pair_scores.values():
                    score += near.get(id_, 0.0)
                found[id_] = score
        return found

    def parts(self, entry: _Entry) -> tuple[tuple[str, float], ...]:
        """What each leaf, and each pair of words near one another, adds to the score of an article that matches."""
        id_ = entry.article.id
        near = tuple((label, scores[id_]) for label, scores in self._pair_scores.items() if id_ in scores)
        return (*self._parts(self._query, entry, 1.0), *near)

    def _score(self, node: Query, entry: _Entry) -> float | None:
        """The node's score for an article, None where it does not match."""
        article = entry.article
        match node:
            case And(children=children):
                scores = [self._score(child, entry) for child in children]
                return None if None in scores else sum(score for score in scores if score is not None)
            case Or(children=children):
                matching = [score for child in children if (score := self._score(child, entry)) is not None]
                return sum(matching) if matching else None
            case Not(child=child):
                return 0.0 if self._score(child, entry) is None else None
            case Boost(child=child, factor=factor):
                score = self._score(child, entry)
                return None if score is None else score * factor
            case MatchAll():
                return 0.0
            case Keyword():
                return 0.0 if has_keyword(article, node) else None
            case Undated():
                return 0.0 if article.published is None else None
            case DateRange(start=start, end=end):
                day = calendar_day(article.published)
                inside = day is not None and (start is None or start <= day) and (end is None or day <= end)
                return 0.0 if inside else None
            case _:
                return self._leaf_scores[node].get(article.id)

    def _parts(self, node: Query, entry: _Entry, factor: float) -> Iterator[tuple[str, float]]:
        if self._score(node, entry) is None or isinstance(node, Not):
            return
        match node:
            case And(children=children) | Or(children=children):
                for child in children:
                    yield from self._parts(child, entry, factor)
            case Boost(child=child, factor=more):
                yield from self._parts(child, entry, factor * more)
            case MatchAll() | Keyword() | Undated() | DateRange():
                return
            case _:
                yield str(node), self._leaf_scores[node][entry.article.id] * factor

    def _score_leaf(self, leaf: WordLeaf) -> dict[str, float]:
        tests = word_tests(leaf, self._options.language)
        if len(tests) == 1:
            expansions = sum(map(tests[0], _vocabulary(self._state, fields_of(leaf))))
            check_expansions(leaf, expansions, self._options.max_expansions)
        counts = self._counts(leaf, tests)
        word_idf = idf(len(counts), len(self._state.entries))
        return {id_: self._leaf_score(leaf, self._state.entries[id_], counts[id_], word_idf) for id_ in counts}

    def _score_pair(self, pair: Pair) -> dict[str, float]:
        df = len(self._leaf_scores[pair.first]), len(self._leaf_scores[pair.second])
        weight = pair_weight(pair, df, len(self._state.entries))
        if not weight:
            return {}
        counts = self._counts(pair.phrase, word_tests(pair.phrase, self._options.language))
        return {id_: self._leaf_score(pair.phrase, self._state.entries[id_], counts[id_], weight) for id_ in counts}

    def _counts(self, leaf: WordLeaf, tests: tuple[WordTest, ...]) -> dict[str, list[int]]:
        """How often a leaf occurs in each of its fields, for each article that holds it."""
        fields = fields_of(leaf)
        counts: dict[str, list[int]] = {}
        for id_, entry in self._state.entries.items():
            self.deadline.check()
            in_fields = [_count(leaf, tests, entry.tokens[name]) for name in fields]
            if any(in_fields):
                counts[id_] = in_fields
        return counts

    def _leaf_score(self, leaf: WordLeaf, entry: _Entry, counts: list[int], word_idf: float) -> float:
        ranking = self._options.ranking
        fields = fields_of(leaf)
        score = bm25f(
            (
                tf * field_factor(len(entry.tokens[name]), self._mean_lengths[name], ranking.weight(name), ranking.b)
                for name, tf in zip(fields, counts, strict=True)
                if tf
            ),
            word_idf,
            ranking.k1,
        )
        if isinstance(leaf, Fuzzy):
            return fuzzy(score, leaf.word in entry.words(fields), word_idf, ranking.k1)
        return score


def _count(leaf: WordLeaf, tests: tuple[WordTest, ...], tokens: list[Token]) -> int:
    """How often a leaf occurs in a field: matching words, or places of a phrase."""
    if len(tests) == 1:
        return sum(tests[0](token.word) for token in tokens)
    return len(leaf_runs(tokens, leaf, tests))


def _vocabulary(state: _State, fields: tuple[str, ...]) -> set[str]:
    return set().union(*(entry.words(fields) for entry in state.entries.values()))


def _mean_length(state: _State, name: str) -> float:
    """Words of a field on average, over the articles that have any there."""
    lengths = [len(entry.tokens[name]) for entry in state.entries.values() if entry.tokens[name]]
    return sum(lengths) / len(lengths) if lengths else 0.0
