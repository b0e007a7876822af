"""OpenSearchEngine: the contract of `engine.Engine` over an index in a cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import islice
from typing import Any

from searchkit.analysis import ANALYSIS_VERSION
from searchkit.article import Article
from searchkit.cluster import Cluster
from searchkit.engine import IndexingOptions, IndexStats, SearchOptions, SearchResult, SourceState
from searchkit.engines.opensearch.compiling import Compiler
from searchkit.engines.opensearch.connection import Connection
from searchkit.engines.opensearch.dictionary import Dictionary
from searchkit.engines.opensearch.documents import article_of, key, unescaped
from searchkit.engines.opensearch.layout import layout_of
from searchkit.engines.opensearch.reading import DEEPEST, Reader
from searchkit.engines.opensearch.remembering import remembered
from searchkit.engines.opensearch.state import State
from searchkit.engines.opensearch.statestore import StateStore
from searchkit.engines.opensearch.writer import Writer, writing
from searchkit.engines.shared import Deadline, check_sort
from searchkit.errors import IndexNotFoundError, IndexVersionError
from searchkit.query import Query, WordLeaf, word_leaves
from searchkit.ranking import count_repeats


class OpenSearchEngine:
    """Keeps the promises of `engine.Engine` in a cluster. Where it differs:

    Scores are BM25 in each field, summed by weight, with the `k1` and `b` that the index was made with; patterns for many
    words score the same for all of them; articles that were replaced or deleted count in how telling a word is until the
    cluster forgets them. A commit stays whole for those who read it for an hour after the next one.
    """

    name = "opensearch"

    def __init__(self, location: Cluster, *, create: bool = False) -> None:
        self._layout = layout_of(location)
        self._connection = Connection(location)
        self._store = StateStore(self._connection, self._layout)
        self._shown: State | None = None
        self._outdated: IndexVersionError | None = None
        state = self._store.read()
        if state is not None and state.generation and state.analysis != ANALYSIS_VERSION:
            self._outdated = IndexVersionError(
                f"index {location.index} in the cluster has words of version {state.analysis}, this searchkit needs "
                f"{ANALYSIS_VERSION}: index anew with searchkit index --rebuild"
            )
            if not create:
                self._connection.close()
                raise self._outdated
            return
        if not create and (state is None or not state.generation):
            self._connection.close()
            raise IndexNotFoundError(
                f"there is no index {location.index} in OpenSearch at {self._connection.shown_hosts}; make one with: "
                "searchkit index PATH"
            )
        self._show(state)

    def _show(self, state: State | None) -> None:
        """Read what this state says from now on."""
        self._outdated = None
        self._shown = state if state is not None and state.generation else None
        if self._shown is not None:
            self._reader = Reader(self._connection, self._layout.articles(self._shown.view.build), self._shown.view)
            self._dictionary = Dictionary(self._connection, self._layout, self._shown)

    @property
    def _state(self) -> State | None:
        """What is read; None before the first commit. Raises `IndexVersionError` for words that are not ours."""
        if self._outdated is not None:
            raise self._outdated
        return self._shown

    @contextmanager
    def writer(
        self, *, rebuild: bool = False, wait_s: float = 0.0, options: IndexingOptions = IndexingOptions()
    ) -> Iterator[Writer]:
        if self._outdated is not None and not rebuild:
            raise self._outdated
        state, number = self._store.begin(rebuild, wait_s, options)
        with writing(self._connection, self._layout, self._store, state, number, options) as writer:
            yield writer
        self._show(writer.committed_state)

    def search(self, query: Query, options: SearchOptions = SearchOptions()) -> SearchResult:
        check_sort(options.sort)
        deadline = Deadline(options.timeout_s)
        deadline.check()
        if self._state is None:
            return SearchResult(() if options.limit else iter(()), 0)
        query = count_repeats(query)
        compiler = self._compiler(query, options, deadline)
        scored = compiler.scored(query)
        if options.limit and options.offset + options.limit <= DEEPEST:
            return self._reader.page(query, scored, compiler, options, deadline)
        result = self._reader.stream(query, scored, compiler, options, deadline)
        return SearchResult(tuple(islice(result.hits, options.limit)), result.total) if options.limit else result

    def count(self, query: Query, options: SearchOptions = SearchOptions()) -> int:
        deadline = Deadline(options.timeout_s)
        deadline.check()
        if self._state is None:
            return 0
        return self._reader.count(self._compiler(query, options, deadline).selecting(query), deadline)

    def expand(self, leaf: WordLeaf, options: SearchOptions = SearchOptions()) -> list[str]:
        deadline = Deadline(options.timeout_s)
        deadline.check()
        return [] if self._state is None else self._dictionary.expand(leaf, options, deadline)

    def nearest_words(self, word: str, limit: int = 3) -> list[str]:
        return [] if self._state is None else self._dictionary.nearest(word, limit)

    def get(self, article_id: str) -> Article | None:
        if self._state is None:
            return None
        name = key(article_id)
        found = self._reader.few_sources({"term": {"id": name}}, 1, ["article"], routing=name)
        return article_of(found[0]) if found else None

    def ids_starting_with(self, prefix: str, limit: int = 10) -> list[str]:
        if self._state is None:
            return []
        selecting: dict[str, Any] = {"prefix": {"id": {"value": key(prefix)}}} if prefix else {"match_all": {}}
        found = self._reader.few_sources(selecting, limit, ["article.id"])
        return [unescaped(source["article"]["id"]) for source in found]

    def fingerprints(self, file: str) -> dict[str, str]:
        if self._state is None:
            return {}
        selecting = {"term": {"file": key(file)}}
        wanted = ["article.id", "article.sha256"]
        found = self._reader.few_sources(selecting, DEEPEST, wanted)
        if len(found) == DEEPEST:
            found = list(self._reader.sources(selecting, wanted))
        return {unescaped(source["article"]["id"]): unescaped(source["article"]["sha256"]) for source in found}

    def sources(self) -> dict[str, SourceState]:
        return {} if self._state is None else remembered(self._connection, self._layout, self._state.view)

    def articles(self) -> Iterator[Article]:
        if self._state is None:
            return iter(())
        return map(article_of, self._reader.sources({"match_all": {}}, ["article"]))

    def stats(self) -> IndexStats:
        location = f"{self._layout.name} in OpenSearch at {self._connection.shown_hosts}"
        details = {"version": self._connection.version}
        if self._state is None:
            return IndexStats(self.name, 0, 0, 0, 0, 0, None, None, 0, 0, location, details)
        articles, values = self._reader.aggregate(
            {
                "words": {"sum": {"field": "words"}},
                "links": {"sum": {"field": "link_count"}},
                "publishers": {"cardinality": {"field": "publisher_name", "precision_threshold": 40_000}},
                "undated": {"missing": {"field": "day"}},
                "first": {"min": {"field": "day"}},
                "last": {"max": {"field": "day"}},
            }
        )
        return IndexStats(
            engine=self.name,
            articles=articles,
            undated=values["undated"]["doc_count"],
            words=int(values["words"]["value"]),
            links=int(values["links"]["value"]),
            publishers=values["publishers"]["value"],
            first_date=_day(values["first"]),
            last_date=_day(values["last"]),
            size_bytes=self._size_bytes(self._state.view.build),
            generation=self._state.generation,
            location=location,
            details={**details, "index": self._layout.articles(self._state.view.build)},
        )

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> OpenSearchEngine:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _compiler(self, query: Query, options: SearchOptions, deadline: Deadline) -> Compiler:
        leaves = set(word_leaves(query, negated=True))
        words = self._dictionary.words_of(leaves, options, deadline)

        def frequencies(group: Any, fields: Any) -> tuple[list[int], int]:
            return self._dictionary.frequencies(group, fields, deadline)

        return Compiler(words, options.ranking, self._connection.cluster.k1, frequencies)

    def _size_bytes(self, build: int) -> int:
        indices = f"{self._layout.articles(build)},{self._layout.words(build)}"
        stats = self._connection.request("GET", f"/{indices}/_stats/store")
        size: int = stats["_all"]["primaries"]["store"]["size_in_bytes"]
        return size


def _day(value: Any) -> date | None:
    return date.fromisoformat(value["value_as_string"]) if value["value"] is not None else None
