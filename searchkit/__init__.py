"""searchkit: full-text search for news archives.

    import searchkit

    with searchkit.open("index") as index:
        for hit in index.search("Mosul airstrike", since="2017"):
            print(hit.score, hit.article.title)

Names are imported when first used, so that `import searchkit` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from searchkit.api import Index, open
    from searchkit.article import Article, Link, article_id
    from searchkit.cluster import Cluster
    from searchkit.engine import Hit, IndexStats, LinkMatch, Ranking, Snippet
    from searchkit.errors import QueryError, QuerySyntaxError, SearchkitError

_HOMES = {
    "Index": "api",
    "open": "api",
    "Article": "article",
    "Link": "article",
    "article_id": "article",
    "Cluster": "cluster",
    "Hit": "engine",
    "IndexStats": "engine",
    "LinkMatch": "engine",
    "Ranking": "engine",
    "Snippet": "engine",
    "QueryError": "errors",
    "QuerySyntaxError": "errors",
    "SearchkitError": "errors",
}

__all__ = [
    "Article",
    "Cluster",
    "Hit",
    "Index",
    "IndexStats",
    "Link",
    "LinkMatch",
    "QueryError",
    "QuerySyntaxError",
    "Ranking",
    "SearchkitError",
    "Snippet",
    "article_id",
    "open",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'searchkit' has no attribute {name!r}")
    return getattr(import_module(f"searchkit.{home}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
