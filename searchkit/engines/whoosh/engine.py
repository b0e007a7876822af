"""WhooshEngine: the contract of `searchkit.engine` kept by segments in a directory, and a Whoosh index at that."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from searchkit.analysis import stemmer
from searchkit.article import Article
from searchkit.engine import Hit, IndexingOptions, IndexStats, SearchOptions, SearchResult, SourceState
from searchkit.engines.shared import Deadline, check_expansions, check_sort
from searchkit.engines.whoosh import generations
from searchkit.engines.whoosh.container import Damaged, open_file
from searchkit.engines.whoosh.damage import blaming_damage, reading, writing
from searchkit.engines.whoosh.lock import IndexLock
from searchkit.engines.whoosh.snapshot import SegmentInfo, Snapshot
from searchkit.errors import EngineError, IndexDamagedError, IndexNotFoundError, IndexVersionError
from searchkit.query import Query, WordLeaf

if TYPE_CHECKING:
    from searchkit.engines.whoosh.writer import WhooshWriter


class WhooshEngine:
    """An index in the directory `location`.

    `create` makes do with a place where there is no index yet (a directory is made, by us for us alone: 0700), and
    with one that is damaged or of another version, which only a writer with `rebuild` can use; reading it raises then.
    Raises `IndexNotFoundError`, `IndexDamagedError`, `IndexVersionError`.
    """

    name = "whoosh"

    def __init__(self, location: Path | None, *, create: bool = False) -> None:
        if location is None:
            raise IndexNotFoundError("engine whoosh needs a directory for its index; name one with --index DIR")
        self._directory = Path(location)
        self._held: generations.Held | None = None
        self._snapshot: Snapshot | None = None
        self._trouble: EngineError | None = None
        if create:
            _make_directory(self._directory)
        self._open(create)

    def _open(self, create: bool) -> None:
        self._release()
        try:
            self._held = generations.hold_current(self._directory)
            segments = _segments(self._directory, self._held)
            self._snapshot = Snapshot(self._directory, self._held.generation, segments)
            self._trouble = None
        except IndexNotFoundError:
            if not create:
                raise
            self._snapshot = Snapshot(self._directory, 0, [])
            self._trouble = None
        except (IndexDamagedError, IndexVersionError) as exc:
            self._release()
            if not create:
                raise
            self._trouble = exc

    @contextmanager
    def writer(
        self, *, rebuild: bool = False, wait_s: float = 0.0, options: IndexingOptions = IndexingOptions()
    ) -> Iterator[WhooshWriter]:
        from searchkit.engines.whoosh.writer import WhooshWriter

        with IndexLock(self._directory, wait_s):
            if rebuild:
                base, sources = Snapshot(self._directory, 0, []), dict[str, SourceState]()
            else:
                self._open(create=True)
                base, sources = self._reading(), self.sources()
            known = generations.generations(self._directory)
            generations.collect(self._directory)
            following = known[-1] + 1 if known else 1
            writer = WhooshWriter(self._directory, base, sources, following, options)
            try:
                yield writer
                with writing(self._directory), blaming_damage(self._directory, base.generation):
                    writer.commit()
            except BaseException:
                writer.discard()
                generations.collect(self._directory)  # room for those who ran out of it
                raise
            self._open(create=False)
            generations.collect(self._directory)

    def search(self, query: Query, options: SearchOptions = SearchOptions()) -> SearchResult:
        from searchkit.engines.whoosh.evaluation import Evaluation

        snapshot = self._checked(options)
        with reading(self._directory, snapshot.generation):
            result = Evaluation(snapshot, query, options).result()
        if options.limit:
            return result
        return SearchResult(self._guarded(result.hits), result.total)

    def _guarded(self, hits: Iterable[Hit]) -> Iterator[Hit]:
        with reading(self._directory, self._reading().generation):
            for hit in hits:
                yield hit
                self._reading()  # raises when the engine has been closed meanwhile

    def count(self, query: Query, options: SearchOptions = SearchOptions()) -> int:
        from searchkit.engines.whoosh.evaluation import Evaluation

        snapshot = self._checked(options)
        with reading(self._directory, snapshot.generation):
            return Evaluation(snapshot, query, options).total

    def expand(self, leaf: WordLeaf, options: SearchOptions = SearchOptions()) -> list[str]:
        from searchkit.engines.whoosh.words import expanded_words

        snapshot = self._checked(options)
        deadline = Deadline(options.timeout_s)
        with reading(self._directory, snapshot.generation):
            deadline.check()
            found = expanded_words(snapshot, leaf, options)
        deadline.check()
        check_expansions(leaf, len(found), options.max_expansions)
        return found

    def nearest_words(self, word: str, limit: int = 3) -> list[str]:
        from searchkit.engines.whoosh.words import nearest_words

        snapshot = self._reading()
        with reading(self._directory, snapshot.generation):
            return nearest_words(snapshot, word, limit)

    def get(self, article_id: str) -> Article | None:
        snapshot = self._reading()
        with reading(self._directory, snapshot.generation):
            place = snapshot.find(article_id.encode("utf-8", "surrogatepass"))
            return None if place is None else place[0].segment.article(place[1])

    def ids_starting_with(self, prefix: str, limit: int = 10) -> list[str]:
        snapshot = self._reading()
        with reading(self._directory, snapshot.generation):
            return snapshot.ids_starting_with(prefix, limit)

    def fingerprints(self, file: str) -> dict[str, str]:
        snapshot = self._reading()
        with reading(self._directory, snapshot.generation):
            return snapshot.fingerprints(file)

    def sources(self) -> dict[str, SourceState]:
        from searchkit.engines.whoosh.writer import decode_sources

        snapshot = self._reading()
        if self._held is None:
            return {}
        name = self._held.manifest["sources"]
        with reading(self._directory, snapshot.generation), open_file(self._directory / name) as file:
            data = file.read()
            if zlib.crc32(data) != self._held.manifest["files"][name][1]:
                raise Damaged(f"{name}: its checksum differs")
            return decode_sources(data)

    def articles(self) -> Iterator[Article]:
        snapshot = self._reading()
        with reading(self._directory, snapshot.generation):
            for view, number in snapshot.by_id():
                yield view.segment.article(number)
                self._reading()

    def stats(self) -> IndexStats:
        from searchkit.engines.whoosh.statistics import index_stats

        snapshot = self._reading()
        with reading(self._directory, snapshot.generation):
            return index_stats(self._directory, snapshot, self.name)

    def verify(self) -> Iterator[str]:
        """What is wrong with the files of the index, one by one (`recovery.verify`)."""
        from searchkit.engines.whoosh.recovery import verify

        return verify(self._directory)

    def rollback(self, *, wait_s: float = 0.0) -> int:
        """Make the generation before the current one current again (`recovery.rollback`); its new number."""
        from searchkit.engines.whoosh.recovery import rollback

        with IndexLock(self._directory, wait_s), writing(self._directory):
            generation = rollback(self._directory)
        self._open(create=False)
        return generation

    def close(self) -> None:
        self._release()

    def __enter__(self) -> WhooshEngine:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _release(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None
        if self._snapshot is not None:
            self._snapshot.close()
            self._snapshot = None

    def _checked(self, options: SearchOptions) -> Snapshot:
        """The snapshot to read, once the options are known to be usable: what they raise must not look like damage."""
        stemmer(options.language)
        check_sort(options.sort)
        return self._reading()

    def _reading(self) -> Snapshot:
        if self._trouble is not None:
            raise self._trouble
        if self._snapshot is None:
            raise EngineError("this index is closed; open it again")
        return self._snapshot


def _segments(directory: Path, held: generations.Held) -> list[SegmentInfo]:
    """What a manifest says of its segments."""
    try:
        return [SegmentInfo.from_json(info) for info in held.manifest["segments"]]
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        name = generations.manifest_name(held.generation)
        raise IndexDamagedError(
            f"{directory / name} is not what searchkit writes ({exc}); {generations.ROLLBACK}"
        ) from exc


def _make_directory(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as exc:
        raise EngineError(f"cannot make the directory {directory}/ for an index: {exc.strerror}") from exc
