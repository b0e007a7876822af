"""SEAM 1: an engine stores articles and finds them again; implementations live in `engines/`.

What every engine promises: the same query over the same articles selects the same articles. Where engines may differ:
scores have no unit and compare inside one result only, so the order by score is each engine's own, while ties go by id in
all; an engine may count articles that were replaced or deleted in how telling a word is, for as long as its storage holds
them; it may keep a commit whole for its readers for a limited time once it was followed by others, which it states;
`total_is_exact` may be False where counting would cost too much.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from types import MappingProxyType
from typing import Protocol, runtime_checkable

from searchkit.article import Article, Link
from searchkit.query import Query, WordLeaf
from searchkit.sharding import Shard
from searchkit.value import Value

SORTS = ("score", "date", "title")


class Ranking(Value):
    """Parameters of BM25F (`ranking.py`): a weight for each text field (`is_weight`), k1 >= 0 and 0 <= b <= 1."""

    title: float = 3.0
    dek: float = 2.0
    body: float = 1.0
    links: float = 0.3
    k1: float = 1.6
    b: float = 0.7

    def weight(self, field: str) -> float:
        """The weight of a field; fields of names weigh 1."""
        return float(getattr(self, field, 1.0))


WEIGHTS = "0, or 0.001 to 1000"
"""What `is_weight` takes, in words."""


def is_weight(weight: float) -> bool:
    """Whether a field may weigh so much: sums are exact to about a ten-thousand-millionth of 1 (`ranking.FACTOR_UNITS`)."""
    return weight == 0 or 0.001 <= weight <= 1_000


class SearchOptions(Value):
    """How a search is to be answered.

    `limit` hits (0: all, streamed) are given after `offset` skipped ones. `sort`: "score" (best first), "date" (newest
    first, undated last), "title" (folded, A first); `reverse` turns the order round, undated articles stay last. Ties go
    by article id, ascending. `language` chooses the stemmer (BCP 47; None: no inflections). `timeout_s` bounds the time
    until the first hit. `max_expansions` bounds how many indexed words one Prefix, Wildcard or Fuzzy may stand for.
    `explain` fills `Hit.parts`.
    """

    limit: int = 10
    offset: int = 0
    sort: str = "score"
    reverse: bool = False
    language: str | None = "en"
    ranking: Ranking = Ranking()
    timeout_s: float | None = 30.0
    max_expansions: int = 1024
    explain: bool = False


class Snippet(Value):
    """A stretch of an article's text with the places of the matches in it.

    `spans` are (start, end) offsets in `text`, ascending, not overlapping. `field` is one of `query.TEXT_FIELDS` or
    "author", "publisher". `start`/`end` tell where `text` stands in the field; `more_before`/`more_after` whether the
    field goes on there.
    """

    field: str
    text: str
    spans: tuple[tuple[int, int], ...] = ()
    start: int = 0
    more_before: bool = False
    more_after: bool = False


class LinkMatch(Value):
    """A related link whose headline matches, with the places of the matches in the headline."""

    link: Link
    spans: tuple[tuple[int, int], ...]


class Hit(Value):
    """One article found. An engine fills `rank` (1 is the first of all, `offset` counted), `score`, `article` and, when
    asked, `parts`: (leaf as query text, its share of the score). The rest is filled by `searching` from the article:
    `matched_in` the fields with a match, `title` and `dek` with their matches, the best `snippets` of the body (or other
    fields), the `links` that match.
    """

    rank: int
    score: float
    article: Article
    parts: tuple[tuple[str, float], ...] = ()
    matched_in: tuple[str, ...] = ()
    title: Snippet | None = None
    dek: Snippet | None = None
    snippets: tuple[Snippet, ...] = ()
    links: tuple[LinkMatch, ...] = ()


class SearchResult(Value):
    """What a search found: `total` articles match (at least so many where not `total_is_exact`); `hits` are those asked
    for, in order. With limit 0 `hits` is a stream to be read once, while the engine is open; otherwise a tuple.
    """

    hits: Iterable[Hit]
    total: int
    total_is_exact: bool = True


class SourceState(Value):
    """What is remembered of a file that was read: enough to see that it has not changed."""

    size_bytes: int
    modified_ns: int
    sha256: str
    articles: int
    problems: tuple[tuple[str, str], ...] = ()
    """Records of it that could not be read, as (source, reason), told again while the file stays as it is."""


class IndexStats(Value):
    """Counts over all articles of an index. `words` counts tokens of all text fields; `size_bytes` what the index takes
    on disk (0 where it takes none or cannot be told); `generation` grows with each commit."""

    engine: str
    articles: int
    undated: int
    words: int
    links: int
    publishers: int
    first_date: date | None
    last_date: date | None
    size_bytes: int
    generation: int
    location: str = ""
    details: Mapping[str, str] = MappingProxyType({})


class IndexingOptions(Value):
    """How an engine is to index; one that has no use for an option ignores it.

    `memory_mb` bounds, roughly, the memory of all processes together, `jobs` is how many processes work at once (0: as
    many as there are processors). Inflections in `languages` (BCP 47) are prepared while indexing; those of any other
    language cost the first query in it a while. The writers of the parts of one archive (`shard`) do not exclude
    one another, where an engine can take them at once. Whoever knows that about so many bytes of new articles are to
    come says so in `expected_bytes`.
    """

    memory_mb: int = 256
    jobs: int = 0
    languages: tuple[str, ...] = ("en",)
    shard: Shard | None = None
    expected_bytes: int = 0


class Writer(Protocol):
    """Changes to an index that become visible together, when the `with` block of `Engine.writer` ends well."""

    def add(self, article: Article) -> None:
        """Store an article; one with the same id is replaced, also one added by this writer."""

    def delete(self, article_id: str) -> bool:
        """Remove an article; False when there is none with that id."""

    def remember(self, file: str, state: SourceState) -> None:
        """Note, as part of the commit, what was read of a file."""

    def forget(self, file: str) -> None:
        """Drop what was noted of a file; its articles stay."""


@runtime_checkable
class Noting(Protocol):
    """What a writer may offer that has something to tell when its block has ended well."""

    @property
    def notes(self) -> Sequence[str]:
        """What its user should know of the commit, a sentence each: what had to be retried, what is at risk."""


class Engine(Protocol):
    """An open index. Reading methods see the last commit before `open_engine` or the last own `writer`, whole.

    Every method may raise `IndexDamagedError`. An engine is used in a `with` block, or closed; no method may be
    called after.
    """

    name: str

    def writer(
        self, *, rebuild: bool = False, wait_s: float = 0.0, options: IndexingOptions = ...
    ) -> AbstractContextManager[Writer]:
        """Open the one writer. Its changes are committed when the block ends; an exception out of the block (Ctrl-C
        too) discards them all and passes on, and the last commit stays as it was.

        `rebuild` starts from an empty index, which replaces the old one at the commit and not before. When another
        writer, in any process, is open, waits up to `wait_s` seconds, then raises `IndexLockedError` with its holder.
        """

    def search(self, query: Query, options: SearchOptions = ...) -> SearchResult:
        """The articles that match `query`. Raises `QueryLimitError`, `QueryTimeoutError`."""

    def count(self, query: Query, options: SearchOptions = ...) -> int:
        """How many articles match; limit, offset and order do not matter. Raises as `search` does."""

    def expand(self, leaf: WordLeaf, options: SearchOptions = ...) -> list[str]:
        """The indexed words that a leaf stands for in its fields, sorted; for a Phrase those of all its words.

        Empty when no indexed word matches. Raises `QueryLimitError`, `QueryTimeoutError`.
        """

    def nearest_words(self, word: str, limit: int = 3) -> list[str]:
        """Indexed words of the text fields most like a word that is not indexed, likeliest first."""

    def get(self, article_id: str) -> Article | None:
        """The article of that whole id."""

    def ids_starting_with(self, prefix: str, limit: int = 10) -> list[str]:
        """Ids of articles that begin so, ascending, at most `limit`."""

    def fingerprints(self, file: str) -> dict[str, str]:
        """Of each article read from `file` (`Article.file`): id -> sha256."""

    def sources(self) -> dict[str, SourceState]:
        """What was remembered of each file."""

    def articles(self) -> Iterator[Article]:
        """All articles, by id ascending, streamed."""

    def stats(self) -> IndexStats:
        """Counts over the whole index."""

    def close(self) -> None:
        """Release what the engine holds; closing twice is harmless."""

    def __enter__(self) -> Engine: ...

    def __exit__(self, *exc: object) -> None: ...


@runtime_checkable
class Recoverable(Protocol):
    """What an engine may offer that keeps the generation before the current one."""

    def verify(self) -> Iterator[str]:
        """What is wrong with the index as it is stored, a sentence each; nothing for a sound one."""

    def rollback(self, *, wait_s: float = 0.0) -> int:
        """Make the generation before the current one current again; the number it has now.

        Raises `IndexNotFoundError` when there is none, `IndexDamagedError` when that is damaged, `IndexLockedError`.
        """
