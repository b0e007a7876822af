"""WhooshEngine: the contract of `searchkit.engine` kept by a Whoosh index in a directory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import whoosh

from searchkit.analysis import stemmer
from searchkit.article import Article
from searchkit.engine import Hit, IndexStats, SearchOptions, SearchResult, SourceState
from searchkit.engines.shared import arrange, check_sort, nearest
from searchkit.engines.whoosh.commit import Commit, open_latest
from searchkit.engines.whoosh.damage import reading
from searchkit.engines.whoosh.evaluate import Evaluation
from searchkit.engines.whoosh.lock import IndexLock
from searchkit.engines.whoosh.manifest import latest_generation
from searchkit.engines.whoosh.schema import UNDATED, key_bytes
from searchkit.engines.whoosh.stems import StemStore
from searchkit.engines.whoosh.writer import WhooshWriter
from searchkit.errors import (
    EngineError,
    EngineUnavailableError,
    IndexDamagedError,
    IndexNotFoundError,
    IndexVersionError,
)
from searchkit.query import TEXT_FIELDS, Query, WordLeaf

WHOOSH_VERSION = (2, 7, 4)


class WhooshEngine:
    """An index in the directory `location`.

    `create` makes do with a place where there is no index yet (a directory is made, by us for us alone: 0700), and
    with one that is damaged or of another version, which only a writer with `rebuild` can use; reading it raises then.
    `languages` are those whose inflections are prepared while indexing; any other costs its first query a while.
    Raises `EngineUnavailableError`, `IndexNotFoundError`, `IndexDamagedError`, `IndexVersionError`.
    """

    name = "whoosh"

    def __init__(self, location: Path | None, *, create: bool = False, languages: Sequence[str] = ("en",)) -> None:
        _check_version()
        if location is None:
            raise IndexNotFoundError("engine whoosh needs a directory for its index; name one with --index DIR")
        self._directory = Path(location)
        self._languages = tuple(languages)
        self._stems = StemStore(self._directory)
        self._commit: Commit | None = None
        self._trouble: EngineError | None = None
        if create:
            _make_directory(self._directory)
        self._open(create)

    def _open(self, create: bool) -> None:
        try:
            self._commit, self._trouble = open_latest(self._directory), None
        except IndexNotFoundError:
            if not create:
                raise
            self._commit = Commit(self._directory, 0)
        except (IndexDamagedError, IndexVersionError) as exc:
            if not create:
                raise
            self._commit, self._trouble = None, exc

    @contextmanager
    def writer(self, *, rebuild: bool = False, wait_s: float = 0.0) -> Iterator[WhooshWriter]:
        with IndexLock(self._directory, wait_s):
            with reading(self._directory):
                base = Commit(self._directory, 0) if rebuild else self._newest()
                writer = WhooshWriter(self._directory, base, self._stems, self._languages)
            try:
                yield writer
            except BaseException:
                writer.discard()
                raise
            writer.commit()
        self._open(create=False)

    def search(self, query: Query, options: SearchOptions = SearchOptions()) -> SearchResult:
        commit, evaluation = self._evaluation(options)
        sort_column = {"date": "moment", "title": "title_order"}.get(options.sort)
        with reading(self._directory):
            scores = evaluation.scores(query)
            numbers = arrange(
                scores,
                options,
                # A moment of 0 is no moment; an empty title is a title.
                lambda n: scores[n] if not sort_column else _known(commit.column(sort_column, n)),
                lambda n: commit.column("id", n),
            )
        evaluation.deadline.check()
        hits = self._hits(commit, evaluation, query, options, numbers)
        return SearchResult(tuple(hits) if options.limit else hits, len(scores))

    def count(self, query: Query, options: SearchOptions = SearchOptions()) -> int:
        _, evaluation = self._evaluation(options)
        with reading(self._directory):
            return len(evaluation.scores(query))

    def expand(self, leaf: WordLeaf, options: SearchOptions = SearchOptions()) -> list[str]:
        _, evaluation = self._evaluation(options)
        with reading(self._directory):
            return sorted({word for group in evaluation.expand(leaf) for word in group})

    def nearest_words(self, word: str, limit: int = 3) -> list[str]:
        commit = self._reading()

        def frequency(other: str) -> int:
            return len({number for name in TEXT_FIELDS for number in commit.holding(name, other)})

        with reading(self._directory):
            return nearest(word, set(commit.vocabulary(TEXT_FIELDS)), frequency, limit)

    def get(self, article_id: str) -> Article | None:
        commit = self._reading()
        with reading(self._directory):
            number = commit.find(article_id)
            return None if number is None else commit.article(number)

    def ids_starting_with(self, prefix: str, limit: int = 10) -> list[str]:
        commit = self._reading()
        with reading(self._directory):
            return sorted(commit.terms("id", prefix))[:limit]

    def fingerprints(self, file: str) -> dict[str, str]:
        commit = self._reading()
        with reading(self._directory):
            articles = map(commit.article, commit.holding("file", key_bytes(file)))
            return {article.id: article.sha256 for article in articles}

    def sources(self) -> dict[str, SourceState]:
        commit = self._reading()
        with reading(self._directory):
            return dict(commit.sources)

    def articles(self) -> Iterator[Article]:
        commit = self._reading()
        with reading(self._directory):
            numbers = sorted(commit.numbers(), key=lambda number: commit.column("id", number))
        return self._load(commit, numbers)

    def stats(self) -> IndexStats:
        commit = self._reading()
        with reading(self._directory):
            undated = UNDATED.decode()
            days = [date.fromisoformat(day) for day in set(commit.terms("date")) if day != undated]
            return IndexStats(
                engine=self.name,
                articles=commit.article_count,
                undated=sum(1 for _ in commit.holding("date", UNDATED)),
                words=sum(commit.totals.words.get(name, 0) for name in TEXT_FIELDS),
                links=commit.totals.links,
                publishers=len(set(commit.terms("publisher_name"))),
                first_date=min(days, default=None),
                last_date=max(days, default=None),
                size_bytes=_size_bytes(self._directory),
                generation=commit.generation,
                location=str(self._directory),
                details={"segments": str(commit.segment_count), "whoosh": ".".join(map(str, WHOOSH_VERSION))},
            )

    def close(self) -> None:
        self._commit = None

    def __enter__(self) -> WhooshEngine:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _reading(self) -> Commit:
        """The commit that reading methods see."""
        if self._commit is None:
            raise self._trouble or EngineError("this engine is closed; open it again")
        return self._commit

    def _newest(self) -> Commit:
        """The commit a writer builds on: another process may have made one since we opened ours."""
        if latest_generation(self._directory):
            return open_latest(self._directory)
        return Commit(self._directory, 0)

    def _evaluation(self, options: SearchOptions) -> tuple[Commit, Evaluation]:
        commit = self._reading()
        stemmer(options.language)  # these raise ValueError, which must not look like damage
        check_sort(options.sort)
        return commit, Evaluation(commit, self._stems, options)

    def _hits(
        self, commit: Commit, evaluation: Evaluation, query: Query, options: SearchOptions, numbers: list[int]
    ) -> Iterator[Hit]:
        scores = evaluation.scores(query)
        for rank, (number, article) in enumerate(
            zip(numbers, self._load(commit, numbers), strict=True), options.offset + 1
        ):
            parts = tuple(evaluation.parts(query, number)) if options.explain else ()
            yield Hit(rank, scores[number], article, parts)

    def _load(self, commit: Commit, numbers: list[int]) -> Iterator[Article]:
        """The articles of some numbers, one by one."""
        for number in numbers:
            with reading(self._directory):
                article = commit.article(number)
            yield article


def _known(value: int | bytes) -> int | bytes | None:
    return None if value == 0 else value


def _check_version() -> None:
    """Whoosh's forks share its import name: take none but the release whose files and faults we know."""
    if whoosh.__version__ != WHOOSH_VERSION:
        found = ".".join(map(str, whoosh.__version__))
        raise EngineUnavailableError(f'Whoosh {found} is installed; run "pip install Whoosh==2.7.4", which is needed')


def _make_directory(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as exc:
        raise EngineError(f"cannot make the directory {directory}/ for an index: {exc.strerror}") from exc


def _size_bytes(directory: Path) -> int:
    total = 0
    for path in directory.iterdir():
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:  # a writer has just removed it
            continue
    return total
