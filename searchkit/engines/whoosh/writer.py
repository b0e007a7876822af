"""The one writer of an index: articles to add and delete, which become a new generation together."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import NoneType
from typing import Any

from searchkit.analysis import ANALYSIS_VERSION, stem_language
from searchkit.article import Article
from searchkit.engine import IndexingOptions, SourceState
from searchkit.engines.whoosh import generations
from searchkit.engines.whoosh.container import ContainerWriter, abandon_unfinished, as_named
from searchkit.engines.whoosh.damage import NO_ROOM, blaming_damage, writing
from searchkit.engines.whoosh.feeding import Feeder, packed_article
from searchkit.engines.whoosh.recovery import file_trouble
from searchkit.engines.whoosh.snapshot import FieldTotals, SegmentInfo, Snapshot, View
from searchkit.engines.whoosh.stock import load_codec
from searchkit.errors import EngineError, IndexDamagedError
from searchkit.fieldtext import WORD_FIELDS
from searchkit.value import replace

_LEAST_FREE_BYTES = 64_000_000


class WhooshWriter:
    """Changes on top of a snapshot. Nothing is visible, and the index as it was, until `commit` returns."""

    def __init__(
        self,
        directory: Path,
        base: Snapshot,
        sources: Mapping[str, SourceState],
        generation: int,
        options: IndexingOptions,
    ) -> None:
        self._directory = directory
        self._base = base
        self._sources = dict(sources)
        self._generation = generation
        # Names of our own: a process that outlives its killed parent for a moment must not come between ours.
        self._prefix = f"g{generation:08d}-{os.urandom(4).hex()}"
        self._languages = [stem_language(language) for language in options.languages]
        jobs = options.jobs or len(os.sched_getaffinity(0))
        expected = options.expected_bytes
        self._feeder = Feeder(directory, self._prefix, self._languages, options.memory_mb, jobs, expected)
        self._added: dict[str, int] = {}
        self._deleted: set[str] = set()
        self._made = 0
        self._broken = False
        self.open = True

    def add(self, article: Article) -> None:
        """See `engine.Writer`."""
        self._check_open()
        check_types(article)
        if not self._added:
            self._check_space()
        packed = packed_article(article)
        try:
            with writing(self._directory):
                self._added[article.id] = self._feeder.add(packed)
        except BaseException:
            self._broken = True  # how much of it was added, nobody knows
            raise
        if len(self._added) == 1:
            load_codec()  # beside the builders' start, rather than at the end of the work

    def delete(self, article_id: str) -> bool:
        """See `engine.Writer`."""
        self._check_open()
        was_added = self._added.pop(article_id, None) is not None
        with blaming_damage(self._directory, self._base.generation):
            was_there = article_id not in self._deleted and self._base.find(_key(article_id)) is not None
        if was_there:
            self._deleted.add(article_id)
        return was_added or was_there

    def remember(self, file: str, state: SourceState) -> None:
        """See `engine.Writer`."""
        self._check_open()
        self._sources[file] = state

    def forget(self, file: str) -> None:
        """See `engine.Writer`."""
        self._check_open()
        self._sources.pop(file, None)

    def discard(self) -> None:
        """Give everything up."""
        self.open = False
        self._feeder.abandon()
        abandon_unfinished(self._directory, self._prefix)

    def commit(self) -> None:
        """Make the changes the current generation, durably."""
        self._check_open()
        self.open = False
        segments = [self._without_replaced(view) for view in self._base.views]
        built = self._feeder.finish()
        if built:
            # Where not each article that was added is in it once, some were deleted again.
            segments.append(built[0] if built[0].count == len(self._added) else self._without_overtaken(*built))
        segments = self._merged([info for info in segments if info.live])
        self._publish(segments)

    # --- deletes ---

    def _without_replaced(self, view: View) -> SegmentInfo:
        """A segment of the base, less what was deleted or replaced."""
        gone = [number for number in self._places(view) if view.is_live(number)]
        return self._with_deleted(view.info, view, gone)

    def _places(self, view: View) -> Iterator[int]:
        """The articles of a segment whose id was deleted or added."""
        touched = [*self._deleted, *self._added]
        if len(touched) * 20 < view.count:
            for article_id in touched:
                yield from view.segment.find_id(_key(article_id))
            return
        wanted = {_key(article_id) for article_id in touched}
        for number in range(view.count):
            if view.segment.ids[number] in wanted:
                yield number

    def _without_overtaken(self, info: SegmentInfo, numbers: Sequence[int]) -> SegmentInfo:
        """A new segment, less articles that were deleted again, or added once more later."""
        view = View(self._directory, info)
        ids = view.segment.ids
        gone = [place for place, number in enumerate(numbers) if self._added.get(_name(ids[place])) != number]
        return self._with_deleted(info, view, gone)

    def _with_deleted(self, info: SegmentInfo, view: View, gone: Sequence[int]) -> SegmentInfo:
        if not gone:
            return info
        bits = bytearray(view.deleted or bytes(-(-info.count // 8)))
        for number in gone:
            bits[number >> 3] |= 1 << (number & 7)
        self._made += 1
        writer = ContainerWriter(self._directory / f"{self._prefix}-d{self._made}.deleted")
        writer.add("bits", bits)
        made = writer.finish()
        totals = {field: _less(info.totals[field], view.segment.lengths(field), gone) for field in WORD_FIELDS}
        links = view.segment.numbers("links", "I")
        files = {name: place for name, place in info.files.items() if name != info.deleted}
        files |= as_named([made])
        live, left = info.live - len(gone), info.links - sum(links[number] for number in gone)
        return replace(info, live=live, totals=totals, links=left, files=files, deleted=made.name)

    # --- the commit ---

    def _merged(self, segments: list[SegmentInfo]) -> list[SegmentInfo]:
        """The segments after the merges that are due."""
        from searchkit.engines.whoosh.merging import merge_segments, to_merge

        while (due := to_merge(segments)) and self._has_room(due):
            self._check_files(due)
            views = [View(self._directory, info) for info in due]
            self._made += 1
            name = f"{self._prefix}-m{self._made}"
            try:
                merged = merge_segments(self._directory, name, views, self._languages)
            except OSError as exc:
                if exc.errno not in NO_ROOM:
                    raise
                abandon_unfinished(self._directory, f"{name}.")
                for path in self._directory.glob(f"{name}.*"):
                    path.unlink()
                break
            finally:
                for view in views:
                    view.segment.close()
            segments = [info for info in segments if info not in due]
            segments.append(merged)
        return segments

    def _check_files(self, due: Sequence[SegmentInfo]) -> None:
        """Read segments through before they are merged, lest damage go into a new file with a checksum that fits."""
        for info in due:
            for name, (size, crc) in info.files.items():
                trouble = file_trouble(self._directory / name, size, crc)
                if trouble:
                    raise IndexDamagedError(f"{self._directory / name} {trouble}; {generations.ROLLBACK}")

    def _has_room(self, due: Sequence[SegmentInfo]) -> bool:
        """Whether there is room for a merge, which can wait: whoever deletes for lack of room must not need more."""
        size = sum(size for info in due for size, _ in info.files.values())
        return shutil.disk_usage(self._directory).free > size + _LEAST_FREE_BYTES

    def _publish(self, segments: Sequence[SegmentInfo]) -> None:
        files = {name: place for info in segments for name, place in info.files.items()}
        name = f"sources-{self._generation:08d}.json"
        files[name] = generations.write_file(self._directory, name, encode_sources(self._sources))
        toc, content = load_codec().table_of_contents(self._generation, segments)
        files[toc] = generations.write_file(self._directory, toc, content)
        manifest = {
            "format": generations.FORMAT_VERSION,
            "analysis": ANALYSIS_VERSION,
            "generation": self._generation,
            "languages": self._languages,
            "fields": list(WORD_FIELDS),
            "segments": [info.to_json() for info in segments],
            "sources": name,
            "files": files,
        }
        old = {name for view in self._base.views for name in view.info.files}
        generations.publish(self._directory, manifest, files.keys() - old)

    def _check_open(self) -> None:
        if not self.open:
            raise EngineError("this writer is closed; open another with engine.writer()")
        if self._broken:
            raise EngineError("an addition could not be written whole, so this writer is of no use; open another")

    def _check_space(self) -> None:
        free = shutil.disk_usage(self._directory).free
        if free < _LEAST_FREE_BYTES:
            raise EngineError(
                f"only {free // 1_000_000} MB are free where {self._directory} lies, too little to index; "
                "make room, for instance by deleting articles with --prune"
            )


def check_types(article: Article) -> None:
    """Raise TypeError for an article that cannot be stored, before anything of it is."""
    texts = (article.id, article.source, article.title, article.body, article.sha256, *article.authors)
    optional = (article.record, article.dek, article.publisher, article.date_source, article.language, article.url)
    if not _are(texts, str):
        raise TypeError(f"article {article.id!r}: id, source, title, body, sha256 and authors must be text")
    if not _are((*optional, article.note), str, NoneType):
        raise TypeError(f"article {article.id!r}: what is not known must be None, and everything else text")
    if not _are((article.published,), date, NoneType):
        raise TypeError(f"article {article.id!r}: when it was published must be a date or None")
    if article.links:
        _check_links(article)


def _check_links(article: Article) -> None:
    links = article.links
    if not _are([link.headline for link in links], str):
        raise TypeError(f"article {article.id!r}: the headline of a link must be text")
    if not _are([text for link in links for text in (link.publisher, link.url)], str, NoneType):
        raise TypeError(f"article {article.id!r}: publisher and URL of a link must be text or None")
    if not _are([link.published for link in links], date, NoneType):
        raise TypeError(f"article {article.id!r}: when a link was published must be a date or None")


def _are(values: Iterable[object], *kinds: type) -> bool:
    """Whether all values are of some kinds; most are so exactly, which is quickly seen."""
    found = set(map(type, values))
    return found.issubset(kinds) or all(issubclass(kind, kinds) for kind in found)


def encode_sources(sources: Mapping[str, SourceState]) -> bytes:
    """What is remembered of files, as JSON (ASCII, so that names that are no UTF-8 survive)."""
    states = {f: [s.size_bytes, s.modified_ns, s.sha256, s.articles, s.problems] for f, s in sorted(sources.items())}
    return json.dumps(states, indent=0).encode("ascii")


def decode_sources(data: bytes) -> dict[str, SourceState]:
    """The inverse of `encode_sources`."""
    loaded: dict[str, list[Any]] = json.loads(data)
    return {
        file: SourceState(size, modified, sha256, articles, tuple((source, reason) for source, reason in problems))
        for file, (size, modified, sha256, articles, problems) in loaded.items()
    }


def _less(total: FieldTotals, lengths: Sequence[int] | memoryview, gone: Sequence[int]) -> FieldTotals:
    removed = [lengths[number] for number in gone]
    return FieldTotals(total.words - sum(removed), total.holders - sum(length > 0 for length in removed))


def _key(article_id: str) -> bytes:
    return article_id.encode("utf-8", "surrogatepass")


def _name(key: bytes) -> str:
    return key.decode("utf-8", "surrogatepass")
