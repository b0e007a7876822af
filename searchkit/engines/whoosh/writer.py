"""WhooshWriter: articles and what was read of files, staged in a new segment and committed together.

Whoosh's SegmentWriter does the work; around it are the promises that it does not keep: an id added twice leaves one
article, an article that cannot be stored harms no other, a discarded batch leaves no files, and a rebuild starts from
nothing without touching what is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from whoosh.index import TOC, LockError
from whoosh.writing import SegmentWriter

from searchkit.analysis import Token
from searchkit.article import Article
from searchkit.engine import SourceState
from searchkit.engines.whoosh import manifest
from searchkit.engines.whoosh.commit import INDEX_NAME, Commit, MappedStorage
from searchkit.engines.whoosh.damage import writing
from searchkit.engines.whoosh.schema import SCHEMA, article_tokens, index_values
from searchkit.engines.whoosh.stems import StemStore
from searchkit.errors import EngineError, IndexLockedError
from searchkit.fieldtext import WORD_FIELDS
from searchkit.query import TEXT_FIELDS


@dataclass(frozen=True)
class _Base:
    """What a SegmentWriter asks of an index: where it is, and the commit to build on (`segments` empty for a rebuild,
    which thereby replaces the old segments at its commit)."""

    storage: Any
    generation: int
    segments: bool
    indexname: str = INDEX_NAME

    def lock(self, name: str) -> Any:
        return self.storage.lock(f"{self.indexname}_{name}")

    def _read_toc(self) -> Any:
        if self.segments:
            return TOC.read(self.storage, self.indexname, gen=self.generation, schema=SCHEMA)
        return TOC(SCHEMA, [], self.generation)


class WhooshWriter:
    """The writer of one commit, on top of `base` (generation 0 for a new index or a rebuild). The lock is the caller's.

    After `commit` or `discard` it is closed.
    """

    def __init__(self, directory: Path, base: Commit, stems: StemStore, languages: tuple[str, ...]) -> None:
        self._directory, self._base, self._stems, self._languages = directory, base, stems, languages
        generation = manifest.latest_generation(directory)
        storage = MappedStorage(str(directory))
        try:
            self._writer = SegmentWriter(_Base(storage, generation, base.generation > 0), compound=False)
        except LockError as exc:
            raise IndexLockedError(f"{directory}/ is being written by another program that uses Whoosh") from exc
        self._generation = generation + 1
        self._totals = replace(base.totals, words=dict(base.totals.words), holders=dict(base.totals.holders))
        self._sources = dict(base.sources)
        self._removed: set[int] = set()
        self._added: dict[str, tuple[int, dict[str, int], int]] = {}
        self._words: set[str] = set()
        self._open = True
        self._broken = False

    # The contract

    def add(self, article: Article) -> None:
        self._check_open()
        tokens = article_tokens(article)
        values = index_values(article, tokens)
        self.delete(article.id)
        lengths = {name: len(words) for name, words in tokens.items()}
        with self._breakable():
            number = self._writer.docnum
            self._writer.add_document(**values)
            self._added[article.id] = number, lengths, len(article.links)
            self._totals.count(lengths, len(article.links))
        self._words.update(_text_words(tokens))

    def delete(self, article_id: str) -> bool:
        self._check_open()
        return self._delete_added(article_id) or self._delete_committed(article_id)

    def remember(self, file: str, state: SourceState) -> None:
        self._check_open()
        self._sources[file] = state

    def forget(self, file: str) -> None:
        self._check_open()
        self._sources.pop(file, None)

    # The end

    def commit(self) -> None:
        """Make the changes the last commit; when that fails, discard them and raise."""
        try:
            self._check_open()
            with writing(self._directory):
                self._write()
        except BaseException:
            self.discard()
            raise
        self._open = False
        manifest.remove_leftovers(self._directory, self._generation)

    def _write(self) -> None:
        """Write all files of the commit, those first which do no harm without it."""
        base = self._base
        self._stems.extend(
            self._languages, self._words, base.generation, self._generation, lambda: base.vocabulary(TEXT_FIELDS)
        )
        manifest.write_manifest(self._directory, self._generation, self._totals, self._sources)
        self._writer.commit()

    def discard(self) -> None:
        """Forget all changes. The last commit stays as it is."""
        if self._open:
            self._open = False
            self._clean_up()

    def _clean_up(self) -> None:
        """Close Whoosh's writer in whatever state it is, and remove what it wrote, unless that is the last commit now
        (an interruption behind the rename that commits)."""
        writer = self._writer
        if not writer.is_closed:
            ends = (
                writer.perdocwriter.close,
                writer.fieldwriter.close,
                writer.pool.cleanup,
                writer._tempstorage.destroy,
            )
            for end in ends:
                with suppress(Exception):
                    end()
            writer.writelock.release()
            writer.is_closed = True
        if manifest.latest_generation(self._directory) != self._generation:
            for path in self._directory.glob(f"{writer.newsegment.segment_id()}.*"):
                path.unlink(missing_ok=True)
            manifest.manifest_path(self._directory, self._generation).unlink(missing_ok=True)
            manifest.sources_path(self._directory, self._generation).unlink(missing_ok=True)

    # Deleting

    def _delete_added(self, article_id: str) -> bool:
        """Whether this writer had added the article. Whoosh deletes from committed segments only: mark it in ours."""
        added = self._added.pop(article_id, None)
        if added is None:
            return False
        number, lengths, links = added
        self._writer.newsegment.delete_document(number)
        self._totals.count(lengths, links, -1)
        return True

    def _delete_committed(self, article_id: str) -> bool:
        number = self._base.find(article_id)
        if number is None or number in self._removed:
            return False
        self._removed.add(number)
        self._writer.delete_document(number)
        lengths = {name: self._base.column(f"{name}_length", number) for name in WORD_FIELDS}
        self._totals.count(lengths, self._base.column("link_count", number), -1)
        return True

    def _check_open(self) -> None:
        if not self._open:
            raise EngineError("this writer is closed; open another with engine.writer()")
        if self._broken:
            raise EngineError("an article before could not be written to the end; leave the writer and start it again")

    @contextmanager
    def _breakable(self) -> Iterator[None]:
        """A part which Whoosh's writer does not survive the interruption of."""
        self._broken = True
        with writing(self._directory):
            yield
        self._broken = False


def _text_words(tokens: dict[str, list[Token]]) -> Iterator[str]:
    return (token.word for name in TEXT_FIELDS for token in tokens[name])
