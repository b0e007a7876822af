"""The indices of one index in a cluster: their names, settings and mappings.

`NAME-state` holds the state and what is remembered of files; `NAME-B-articles` and `NAME-B-words`, B being the number of
the writer that began them, the articles and the dictionary of their words. The alias `NAME`, for other tools, shows the
articles of the last commit.

Words are analysed here, not by the cluster: a field is sent as its words with spaces between them, each part of it
(headline, author) as a value of its own. So the words in the cluster are those of every other engine, by construction.
"""

from __future__ import annotations

import re
from typing import Any

from searchkit.cluster import Cluster
from searchkit.engines.opensearch.wordlists import ENTRIES
from searchkit.errors import ConfigError
from searchkit.fieldtext import PART_GAP, WORD_FIELDS
from searchkit.value import Value

JOINT = "|"
"""Between words that stand at one position, as indexed, or that stand for one another, in a query. No word holds it."""

GROUP_ANALYZER = "searchkit_group"
"""Makes words joined by `JOINT` one group, which scores as one word."""

_WORDS_ANALYZER = "searchkit_words"
_SIMILARITY = "searchkit_bm25"
# Two words of 255 characters outside of the basic plane, and what joins them.
_LONGEST_TOKEN = 2 * 2 * 255 + 1
_KEYWORD = {"type": "keyword"}


class Layout(Value):
    """The names that belong to an index of that name."""

    name: str

    @property
    def state(self) -> str:
        return f"{self.name}-state"

    def articles(self, build: int) -> str:
        return f"{self.name}-{build}-articles"

    def words(self, build: int) -> str:
        return f"{self.name}-{build}-words"

    def builds(self) -> str:
        """A pattern that the names of all builds fit, and maybe others: `build_of` tells them apart."""
        return f"{self.name}-*"

    def build_of(self, index: str) -> int | None:
        """The build that an index belongs to; None for one of another kind or another name's."""
        match = re.fullmatch(rf"{re.escape(self.name)}-([0-9]+)-(?:articles|words)", index)
        return int(match[1]) if match else None


def layout_of(cluster: Cluster) -> Layout:
    """The layout of a cluster's index. Raises `ConfigError` for a name that OpenSearch would not take."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]{0,99}", cluster.index):
        raise ConfigError(
            f"opensearch.index cannot be {cluster.index!r}; use small letters, digits, '-', '_' and '.', a letter or "
            "digit first"
        )
    return Layout(cluster.index)


def state_body(cluster: Cluster) -> dict[str, Any]:
    """The index of the state and of what is remembered of files; small, and in one piece."""
    return {
        "settings": _settings(cluster, shards=1),
        "mappings": {
            "dynamic": "strict",
            "properties": {
                "state": {"type": "object", "enabled": False},
                "file": _KEYWORD,
                "source": {"type": "object", "enabled": False},
                "build": {"type": "long"},
                "born": {"type": "long"},
            },
        },
    }


def articles_body(cluster: Cluster) -> dict[str, Any]:
    """The index of a build's articles. What is sent for searching is left out of what is stored."""
    text = {"type": "text", "analyzer": _WORDS_ANALYZER, "similarity": _SIMILARITY, "position_increment_gap": PART_GAP}
    settings = _settings(cluster, shards=cluster.shards)
    settings["similarity"] = {_SIMILARITY: {"type": "BM25", "k1": cluster.k1, "b": cluster.b}}
    settings["analysis"] = {
        "tokenizer": {"searchkit_spaces": {"type": "whitespace", "max_token_length": _LONGEST_TOKEN}},
        "filter": {
            "searchkit_pair": _captures(f"^([^{JOINT}]+)[{JOINT}]([^{JOINT}]+)$"),
            "searchkit_each": _captures(f"([^{JOINT}]+)"),
        },
        "analyzer": {
            _WORDS_ANALYZER: {"type": "custom", "tokenizer": "searchkit_spaces", "filter": ["searchkit_pair"]},
            GROUP_ANALYZER: {"type": "custom", "tokenizer": "keyword", "filter": ["searchkit_each"]},
        },
    }
    return {
        "settings": settings,
        "mappings": {
            "dynamic": "strict",
            "_source": {"includes": ["article", "born", "dies"]},
            "_routing": {"required": True},
            "properties": {
                "article": {"type": "object", "enabled": False},
                **dict.fromkeys(WORD_FIELDS, text),
                "id": _KEYWORD,
                "folded_id": _KEYWORD,
                "file": _KEYWORD,
                "lang": _KEYWORD,
                "publisher_name": _KEYWORD,
                "title_key": {"type": "keyword", "index": False},
                "day": {"type": "date", "format": "strict_date"},
                "moment_us": {"type": "long", "index": False},
                "words": {"type": "integer", "index": False},
                "link_count": {"type": "integer", "index": False},
                "born": {"type": "long"},
                "dies": {"type": "long"},
            },
        },
    }


def words_body(cluster: Cluster) -> dict[str, Any]:
    """The index of a build's dictionary (`wordlists`). What its lists hold is found, and never read whole."""
    return {
        "settings": _settings(cluster, shards=1),
        "mappings": {"dynamic": "strict", "_source": {"enabled": False}, "properties": {"entries": ENTRIES}},
    }


def _settings(cluster: Cluster, *, shards: int) -> dict[str, Any]:
    # Nobody need see what is not committed, and a commit refreshes: no refresh in between.
    return {"number_of_shards": shards, "number_of_replicas": cluster.replicas, "refresh_interval": "-1"}


def _captures(pattern: str) -> dict[str, Any]:
    return {"type": "pattern_capture", "preserve_original": False, "patterns": [pattern]}
