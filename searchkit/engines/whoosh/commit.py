"""One commit of the index opened for reading: postings, columns, articles, by article number.

An article number counts through the segments of the commit and means nothing outside of it. All files are opened (mapped)
at once, so that a commit stays readable after later ones have removed its files.
"""

from __future__ import annotations

import mmap
from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile
from whoosh.index import TOC
from whoosh.reading import SegmentReader

from searchkit.article import Article
from searchkit.engine import SourceState
from searchkit.engines.whoosh import manifest
from searchkit.engines.whoosh.damage import REBUILD, reading
from searchkit.engines.whoosh.schema import BYTES_COLUMNS, NUMBER_COLUMNS, SCHEMA, decode_article, key_bytes
from searchkit.errors import IndexDamagedError, IndexNotFoundError

INDEX_NAME = "MAIN"
"""Whoosh's name for the one index of a directory."""

_OPENING_ATTEMPTS = 10


class MappedStorage(FileStorage):  # type: ignore[misc]
    """Whoosh's directory of files, mapped into memory instead of read through file handles that must be closed."""

    def open_file(self, name: str, **_: Any) -> StructFile:
        return StructFile(_mapped(Path(self.folder, name)), name=name)


@dataclass(frozen=True, slots=True)
class _Segment:
    """One segment: Whoosh's reader, the article number of its first article, its columns by field."""

    reader: Any
    base: int
    columns: dict[str, Any]
    deleted: frozenset[int]


class Commit:
    """A commit as it was when opened; generation 0 is the empty index before the first one."""

    def __init__(self, directory: Path, generation: int) -> None:
        """Raises `IndexVersionError`, FileNotFoundError when a later commit has removed its files, and anything else
        that damaged files make Whoosh raise."""
        self.generation = generation
        self.totals = manifest.Totals()
        self._segments: list[_Segment] = []
        self._sources_data: mmap.mmap | BytesIO = BytesIO(b"{}")
        if generation:
            self.totals = manifest.read_totals(directory, generation)
            self._sources_data = _mapped(manifest.sources_path(directory, generation))
            storage = MappedStorage(str(directory))
            for segment in TOC.read(storage, INDEX_NAME, gen=generation, schema=SCHEMA).segments:
                self._segments.append(_open_segment(storage, segment, generation, self._end()))
        self._bases = [segment.base for segment in self._segments]

    @property
    def segment_count(self) -> int:
        return len(self._segments)

    @cached_property
    def article_count(self) -> int:
        return sum(segment.reader.doc_count() for segment in self._segments)

    @cached_property
    def sources(self) -> dict[str, SourceState]:
        return manifest.decode_sources(self._sources_data.read())

    # Articles by number

    def numbers(self) -> Iterator[int]:
        """The numbers of all articles, ascending."""
        for segment in self._segments:
            for number in range(segment.reader.doc_count_all()):
                if number not in segment.deleted:
                    yield segment.base + number

    def column(self, name: str, number: int) -> Any:
        """A value of an article: bytes of `BYTES_COLUMNS`, an integer of `NUMBER_COLUMNS`."""
        segment = self._segment(number)
        return segment.columns[name][number - segment.base]

    def article_id(self, number: int) -> str:
        data: bytes = self.column("id", number)
        return data.decode("utf-8", "surrogatepass")

    def article(self, number: int) -> Article:
        segment = self._segment(number)
        return decode_article(segment.reader.stored_fields(number - segment.base)["article"])

    def find(self, article_id: str) -> int | None:
        """The number of the article of that whole id."""
        return next(self.holding("id", key_bytes(article_id)), None)

    # Terms and postings

    def holding(self, field: str, term: str | bytes) -> Iterator[int]:
        """The articles that hold a term in a field, ascending."""
        for base, matcher in self._matchers(field, term):
            while matcher.is_active():
                yield base + matcher.id()
                matcher.next()

    def frequencies(self, field: str, word: str) -> Iterator[tuple[int, int]]:
        """The articles that hold a word in a field, and how often."""
        for base, matcher in self._matchers(field, word):
            while matcher.is_active():
                yield base + matcher.id(), int(matcher.weight())
                matcher.next()

    def positions(self, field: str, word: str, among: Container[int]) -> Iterator[tuple[int, list[int]]]:
        """Of the articles `among`: those that hold a word in a field, and where, ascending."""
        for base, matcher in self._matchers(field, word):
            while matcher.is_active():
                number = base + matcher.id()
                if number in among:
                    yield number, matcher.value_as("positions")
                matcher.next()

    def terms(self, field: str, prefix: str = "") -> Iterator[str]:
        """The terms of a field that begin so and stand in an article that is not deleted; ascending, once each per
        segment."""
        for segment in self._segments:
            for term in segment.reader.expand_prefix(field, key_bytes(prefix)):
                if not segment.deleted or segment.reader.postings(field, term).is_active():
                    yield SCHEMA[field].from_bytes(term)

    def vocabulary(self, fields: Iterable[str], prefix: str = "") -> Iterator[str]:
        """The words of some fields together that begin so; a word may come several times."""
        for field in fields:
            yield from self.terms(field, prefix)

    def holds(self, field: str, word: str) -> bool:
        """Whether any article holds a word in a field."""
        return any(matcher.is_active() for _, matcher in self._matchers(field, word))

    def _matchers(self, field: str, term: str | bytes) -> Iterator[tuple[int, Any]]:
        data = term if isinstance(term, bytes) else key_bytes(term)
        for segment in self._segments:
            if (field, data) in segment.reader:
                yield segment.base, segment.reader.postings(field, data)

    def _segment(self, number: int) -> _Segment:
        return self._segments[bisect_right(self._bases, number) - 1]

    def _end(self) -> int:
        return self._segments[-1].base + self._segments[-1].reader.doc_count_all() if self._segments else 0


def open_latest(directory: Path) -> Commit:
    """The last commit of a directory. Raises `IndexNotFoundError`, `IndexDamagedError`, `IndexVersionError`.

    A writer in another process may remove the files of a commit between the moment its number is read and the moment
    its files are opened; then there is a later one to open.
    """
    generation = 0
    for _ in range(_OPENING_ATTEMPTS):
        generation = manifest.latest_generation(directory)
        if not generation:
            raise IndexNotFoundError(f'there is no index in {directory}/; make one with "searchkit index PATH"')
        try:
            with reading(directory):
                return Commit(directory, generation)
        except IndexDamagedError:
            if manifest.latest_generation(directory) == generation:
                raise
    raise IndexDamagedError(
        f"{directory}/ changes faster than it can be opened, last generation {generation}; {REBUILD}"
    )


def _open_segment(storage: MappedStorage, segment: Any, generation: int, base: int) -> _Segment:
    reader = SegmentReader(storage, SCHEMA, segment, generation=generation)
    columns = {}
    if reader.doc_count_all():
        reader.stored_fields(0)  # opens their file
        for name in (*BYTES_COLUMNS, *NUMBER_COLUMNS):
            if not reader.has_column(name):  # Whoosh would go on with a column of zeros
                raise FileNotFoundError(2, "missing", str(Path(storage.folder, f"{segment.segment_id()}.{name}.col")))
            columns[name] = reader.column_reader(name, translate=False)
    return _Segment(reader, base, columns, frozenset(segment.deleted_docs()))


def _mapped(path: Path) -> mmap.mmap | BytesIO:
    with path.open("rb") as file:
        try:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:  # an empty file cannot be mapped
            return BytesIO()
