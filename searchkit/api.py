"""The Python API: `with searchkit.open("index") as index: for hit in index.search("Mosul airstrike"): ...`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from searchkit.analysis import stemmer
from searchkit.article import Article
from searchkit.engine import SORTS, WEIGHTS, Engine, Hit, IndexStats, Ranking, SearchOptions, is_weight
from searchkit.engines import open_engine
from searchkit.highlight import SnippetOptions
from searchkit.query import TEXT_FIELDS
from searchkit.searching import Request, build_query, find_article, search

if TYPE_CHECKING:
    from searchkit.cluster import Cluster


class Index:
    """An open index; use it in a `with` block. Made by `searchkit.open`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def search(
        self,
        text: str,
        *,
        limit: int = 10,
        offset: int = 0,
        any: bool = False,
        sort: str = "score",
        reverse: bool = False,
        field: str | None = None,
        since: str | None = None,
        until: str | None = None,
        language: str | None = "en",
        ranking: Ranking = Ranking(),  # noqa: B008 - a frozen value
        snippets: int = 2,
        snippet_chars: int = 200,
    ) -> Iterator[Hit]:
        """The hits of a query in the query language, best first; `limit=0` gives all, as a stream.

        `any` joins words by OR; `sort` is "score", "date" or "title"; `field` is searched by words that name none;
        `since` and `until` take dates as in the query language; `language` (BCP 47) chooses the inflections, None
        for exact words only. Raises the errors of `searchkit.errors`, a `QuerySyntaxError` with its column first of all,
        when it is called and not later; ValueError for an unknown order or language, negative numbers, and weights out of
        bounds.
        """
        _check(sort, language, limit, offset, snippets, snippet_chars)
        _check_weights(ranking)
        query = build_query(Request(text, any, field, since, until))
        options = SearchOptions(limit, offset, sort, reverse, language, ranking)
        return iter(search(self._engine, query, options, SnippetOptions(snippets, snippet_chars)).hits)

    def count(self, text: str, *, any: bool = False, field: str | None = None, language: str | None = "en") -> int:
        """How many articles a query matches."""
        return self._engine.count(build_query(Request(text, any, field)), SearchOptions(language=language))

    def get(self, name: str) -> Article:
        """The article of an id, an unambiguous beginning of one, or a source (`path#record`).

        Raises `ArticleNotFoundError`, `AmbiguousIdError`.
        """
        return find_article(self._engine, name)

    def add(self, articles: Iterable[Article]) -> int:
        """Store articles, replacing those of the same ids, in one commit; how many were stored."""
        count = 0
        with self._engine.writer() as writer:
            for article in articles:
                writer.add(article)
                count += 1
        return count

    def delete(self, ids: Iterable[str]) -> int:
        """Remove articles by their whole ids, in one commit; how many there were."""
        with self._engine.writer() as writer:
            return sum(writer.delete(article_id) for article_id in ids)

    def stats(self) -> IndexStats:
        """Counts over the whole index."""
        return self._engine.stats()

    def __iter__(self) -> Iterator[Article]:
        """All articles, by id."""
        return self._engine.articles()

    def close(self) -> None:
        """Release the index; the `with` block does it."""
        self._engine.close()

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def open(path: str | Path | Cluster = "index", *, engine: str | None = None, create: bool = False) -> Index:
    """Open the index in a folder, or in a cluster: `open(Cluster(("https://node1:9200",), user=..., password=...))`.

    `create` makes an empty one where there is none. `engine` None: whoosh in a folder, opensearch in a cluster.

    Raises `IndexNotFoundError`, `IndexDamagedError`, `IndexVersionError`, `EngineUnavailableError`.
    """
    if isinstance(path, str | Path):
        return Index(open_engine(engine or "whoosh", Path(path), create=create))
    return Index(open_engine(engine or "opensearch", path, create=create))


def _check_weights(ranking: Ranking) -> None:
    for field in TEXT_FIELDS:
        if not is_weight(ranking.weight(field)):
            raise ValueError(f"the weight of {field} must be {WEIGHTS}, not {ranking.weight(field)}")


def _check(sort: str, language: str | None, *numbers: int) -> None:
    if sort not in SORTS:
        raise ValueError(f"unknown order {sort!r}; there are {', '.join(SORTS)}")
    if min(numbers) < 0:
        raise ValueError(f"limit, offset, snippets and snippet_chars are 0 or more, not {min(numbers)}")
    stemmer(language)
