"""Searches over the view of a reader: one page, all pages as a stream, and what each leaf adds to a score."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import chain
from typing import Any

from searchkit.engine import Hit, SearchOptions, SearchResult
from searchkit.engines.opensearch.asking import ask
from searchkit.engines.opensearch.compiling import Compiler, Dsl
from searchkit.engines.opensearch.connection import Connection, encoded
from searchkit.engines.opensearch.documents import article_of, key
from searchkit.engines.opensearch.state import View
from searchkit.engines.shared import Deadline
from searchkit.errors import EngineError
from searchkit.query import And, Boost, DateRange, Keyword, MatchAll, Not, Or, Query, Undated
from searchkit.value import Value

DEEPEST = 10_000
"""How far into a result a cluster goes without a point in time."""

_PAGE = 500
_KEEP_ALIVE = "10m"
_SORTS: Mapping[str, tuple[str, str]] = {
    "score": ("_score", "desc"),
    "date": ("moment_us", "desc"),
    "title": ("title_key", "asc"),
}


class Reader(Value):
    """The articles of one view."""

    connection: Connection
    index: str
    view: View

    def count(self, selecting: Dsl, deadline: Deadline) -> int:
        """How many articles pass a filter."""
        answer = self._ask(f"/{self.index}/_search", self._body(selecting, 0), deadline)
        total: int = answer["hits"]["total"]["value"]
        return total

    def page(
        self, query: Query, scored: Dsl, compiler: Compiler, options: SearchOptions, deadline: Deadline
    ) -> SearchResult:
        """The hits asked for, when they are not all and do not lie too deep."""
        body = self._body(scored, options.limit) | _ordered(options) | {"from": options.offset}
        # Copies of a shard may weigh words a little differently: the same query asks the same copies, page after page.
        preference = hashlib.sha256(encoded(scored)).hexdigest()[:16]
        params = {"search_type": "dfs_query_then_fetch", "preference": preference}
        answer = self._ask(f"/{self.index}/_search", body, deadline, params)
        hits = self._hits(answer, query, compiler, options, options.offset + 1, deadline)
        return SearchResult(tuple(hits), answer["hits"]["total"]["value"])

    def stream(
        self, query: Query, scored: Dsl, compiler: Compiler, options: SearchOptions, deadline: Deadline
    ) -> SearchResult:
        """All hits from `offset` on, page by page as they are asked for, at one point in time."""
        body = self._body(scored, _PAGE) | _ordered(options)
        pages = self._pages(body, deadline)
        first = next(pages)
        hits = self._streamed(first, pages, query, compiler, options)
        return SearchResult(hits, first["hits"]["total"]["value"])

    def sources(self, selecting: Dsl, includes: list[str]) -> Iterator[dict[str, Any]]:
        """What is stored of each article that passes a filter, by id ascending."""
        body = self._body(selecting, _PAGE) | {"sort": ["id"], "_source": includes, "track_total_hits": False}
        for answer in self._pages(body, Deadline(None)):
            yield from (hit["_source"] for hit in answer["hits"]["hits"])

    def few_sources(
        self, selecting: Dsl, size: int, includes: list[str], routing: str | None = None
    ) -> list[dict[str, Any]]:
        """The first `size` of them, by id, in one request."""
        body = self._body(selecting, size) | {"sort": ["id"], "_source": includes, "track_total_hits": False}
        params = {} if routing is None else {"routing": routing}
        answer = self._ask(f"/{self.index}/_search", body, self._patient(), params)
        return [hit["_source"] for hit in answer["hits"]["hits"]]

    def aggregate(self, aggregations: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """How many articles there are, and values computed over them."""
        answer = self._ask(
            f"/{self.index}/_search", self._body({"match_all": {}}, 0) | {"aggs": aggregations}, self._patient()
        )
        return answer["hits"]["total"]["value"], answer["aggregations"]

    def _patient(self) -> Deadline:
        return Deadline(max(30.0, self.connection.cluster.timeout_s))

    def _ask(
        self, path: str, body: dict[str, Any], deadline: Deadline, params: Mapping[str, object] | None = None
    ) -> Any:
        return ask(self.connection, path, body, deadline, params)

    def _body(self, scored: Dsl, size: int) -> dict[str, Any]:
        return {
            "size": size,
            "query": {"bool": {"must": [scored], "filter": [self.view.living()]}},
            "_source": ["article"],
            "track_total_hits": True,
        }

    def _pages(self, body: dict[str, Any], deadline: Deadline) -> Iterator[Any]:
        """The answers to a search, page after page, until one is not full."""
        opened = self.connection.request(
            "POST",
            f"/{self.index}/_search/point_in_time",
            params={"keep_alive": _KEEP_ALIVE},
            timeout_s=deadline.left_s,
        )
        point = opened["pit_id"]
        try:
            params = {"search_type": "dfs_query_then_fetch"}
            while True:
                paged = {**body, "pit": {"id": point, "keep_alive": _KEEP_ALIVE}}
                answer = self._ask("/_search", paged, deadline, params)
                yield answer
                deadline = Deadline(None)  # it was for the first hit
                hits = answer["hits"]["hits"]
                if len(hits) < body["size"]:
                    return
                point = answer.get("pit_id", point)
                body = {**body, "search_after": hits[-1]["sort"], "track_total_hits": False}
        finally:
            with suppress(EngineError):  # it would end by itself
                self.connection.request("DELETE", "/_search/point_in_time", body={"pit_id": [point]}, accept=(404,))

    def _streamed(
        self, first: Any, later: Iterator[Any], query: Query, compiler: Compiler, options: SearchOptions
    ) -> Iterator[Hit]:
        before = 0
        for answer in chain((first,), later):
            found = answer["hits"]["hits"]
            skipped = min(max(options.offset - before, 0), len(found))
            kept = {"hits": {"hits": found[skipped:]}}
            yield from self._hits(kept, query, compiler, options, before + skipped + 1, Deadline(None))
            before += len(found)

    def _hits(
        self, answer: Any, query: Query, compiler: Compiler, options: SearchOptions, rank: int, deadline: Deadline
    ) -> Iterator[Hit]:
        found = answer["hits"]["hits"]
        articles = [article_of(hit["_source"]) for hit in found]
        parts: dict[str, tuple[tuple[str, float], ...]] = {}
        if options.explain and articles:
            parts = self._parts(query, compiler, [article.id for article in articles], deadline)
        for place, (hit, article) in enumerate(zip(found, articles, strict=True)):
            yield Hit(rank + place, hit["_score"], article, parts.get(article.id, ()))

    # --- what each leaf adds ---

    def _parts(
        self, query: Query, compiler: Compiler, ids: list[str], deadline: Deadline
    ) -> dict[str, tuple[tuple[str, float], ...]]:
        """For each article what each word leaf adds to its score: the leaves are asked for one by one."""
        leaves = {leaf: self._leaf_scores(compiler.scored(leaf), ids, deadline) for leaf in set(_leaves(query))}
        return {id_: tuple(_shares(query, leaves, id_, 1.0)) for id_ in ids}

    def _leaf_scores(self, scored: Dsl, ids: list[str], deadline: Deadline) -> dict[str, float]:
        body = self._body(scored, len(ids)) | {"_source": ["article.id"], "track_total_hits": False}
        body["query"]["bool"]["filter"].append({"terms": {"id": [key(id_) for id_ in ids]}})
        answer = self._ask(f"/{self.index}/_search", body, deadline, {"search_type": "dfs_query_then_fetch"})
        keys = {key(id_): id_ for id_ in ids}
        return {keys[key_of(hit)]: hit["_score"] for hit in answer["hits"]["hits"]}


def key_of(hit: Any) -> str:
    """The key of the article that a hit stores the id of; as stored it is escaped already."""
    stored: str = hit["_source"]["article"]["id"]
    return key(stored)


def _ordered(options: SearchOptions) -> dict[str, Any]:
    name, order = _SORTS[options.sort]
    if options.reverse:
        order = {"asc": "desc", "desc": "asc"}[order]
    first: dict[str, Any] = {name: {"order": order}}
    if name != "_score":
        first[name]["missing"] = "_last"
    return {"sort": [first, {"id": {"order": "asc"}}], "track_scores": True}


def _leaves(query: Query) -> Iterator[Query]:
    match query:
        case And(children=children) | Or(children=children):
            for child in children:
                yield from _leaves(child)
        case Not(child=child) | Boost(child=child):
            yield from _leaves(child)
        case _:
            yield query


def _matches(query: Query, leaves: Mapping[Query, Mapping[str, float]], id_: str) -> bool:
    match query:
        case And(children=children):
            return all(_matches(child, leaves, id_) for child in children)
        case Or(children=children):
            return any(_matches(child, leaves, id_) for child in children)
        case Not(child=child):
            return not _matches(child, leaves, id_)
        case Boost(child=child):
            return _matches(child, leaves, id_)
    return id_ in leaves[query]


def _shares(
    query: Query, leaves: Mapping[Query, Mapping[str, float]], id_: str, factor: float
) -> Iterator[tuple[str, float]]:
    if isinstance(query, Not) or not _matches(query, leaves, id_):
        return
    match query:
        case And(children=children) | Or(children=children):
            for child in children:
                yield from _shares(child, leaves, id_, factor)
        case Boost(child=child, factor=more):
            yield from _shares(child, leaves, id_, factor * more)
        case Keyword() | DateRange() | Undated() | MatchAll():
            return
        case _:
            yield str(query), leaves[query][id_] * factor
