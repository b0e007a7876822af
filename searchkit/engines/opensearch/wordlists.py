"""The dictionary as it lies in the cluster: lists of words with their stems, and the words of all lists that match a query.

A document is a list of some hundred entries, each a nested document: that costs the cluster a fifth of a document for each
word. A word may stand in several lists, as writers side by side cannot know of one another; it is found once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from searchkit.engines.opensearch.asking import ask, ask_all
from searchkit.engines.opensearch.bulk import Operation, index_operation
from searchkit.engines.opensearch.connection import Connection
from searchkit.engines.shared import Deadline

LIST_LENGTH = 500
"""Words of one list."""

_MOST_AT_ONCE = 30_000
"""Entries that are counted into words by one answer; more are parted among several."""

WORD, STEMS, LENGTH = "entries.word", "entries.stems", "entries.length"
"""What queries for words are about: the word, its stems as `language:stem`, its length."""

ENTRIES: dict[str, Any] = {
    "type": "nested",
    "properties": {
        "word": {"type": "keyword"},
        "stems": {"type": "keyword", "doc_values": False},
        "length": {"type": "short"},
    },
}
"""The mapping of the entries."""


class WordLists:
    """The word lists of one build."""

    def __init__(self, connection: Connection, index: str) -> None:
        self._connection = connection
        self._index = index

    def find(self, query: dict[str, Any], deadline: Deadline) -> Iterator[str]:
        """The words that a query matches."""
        return self._words(query, ask(self._connection, f"/{self._index}/_search", _search(query), deadline), deadline)

    def find_each(self, queries: Sequence[dict[str, Any]], deadline: Deadline) -> list[Iterator[str]]:
        """The words that each of some queries matches, with one request where that is enough."""
        bodies = [_search(query) for query in queries]
        answers = ask_all(self._connection, f"/{self._index}/_msearch", bodies, deadline)
        return [self._words(query, answer, deadline) for query, answer in zip(queries, answers, strict=True)]

    def known(self, words: Iterable[str], deadline: Deadline) -> set[str]:
        """Those of some words that are there."""
        return set(self.find({"terms": {WORD: list(words)}}, deadline))

    def _words(self, query: dict[str, Any], answer: Any, deadline: Deadline) -> Iterator[str]:
        found = answer["aggregations"]["entries"]["matching"]
        if found["doc_count"] <= _MOST_AT_ONCE:
            yield from (bucket["key"] for bucket in found["words"]["buckets"])
            return
        parts = found["doc_count"] // (_MOST_AT_ONCE // 2) + 1
        for part in range(parts):
            body = _search(query, {"partition": part, "num_partitions": parts})
            answer = ask(self._connection, f"/{self._index}/_search", body, deadline)
            yield from (bucket["key"] for bucket in answer["aggregations"]["entries"]["matching"]["words"]["buckets"])


def list_operation(
    index: str, id_: str, words: Sequence[str], stemmers: Sequence[tuple[str, Callable[[str], str]]], version: int
) -> Operation:
    """The operation that stores a list of words, with their stems in some languages."""
    entries = [
        {"word": word, "stems": [f"{language}:{stem(word)}" for language, stem in stemmers], "length": len(word)}
        for word in words
    ]
    return index_operation(index, id_, {"entries": entries}, "the dictionary", version=version)


def _search(query: dict[str, Any], part: dict[str, int] | None = None) -> dict[str, Any]:
    """The search for the words of all entries that match."""
    words: dict[str, Any] = {"field": WORD, "size": _MOST_AT_ONCE, "order": {"_key": "asc"}, "execution_hint": "map"}
    if part is not None:
        words["include"] = part
    matching = {"filter": query, "aggs": {"words": {"terms": words}}}
    return {
        "size": 0,
        "track_total_hits": False,
        "query": {"nested": {"path": "entries", "query": query, "score_mode": "none"}},
        "aggs": {"entries": {"nested": {"path": "entries"}, "aggs": {"matching": matching}}},
    }
