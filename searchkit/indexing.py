"""Service: paths -> articles -> writer -> commit -> IndexReport."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, fields, replace
from io import BufferedReader
from os import stat_result
from pathlib import Path
from typing import BinaryIO

from searchkit.article import Article
from searchkit.engine import Engine, IndexingOptions, Noting, SourceState, Writer
from searchkit.errors import InputError
from searchkit.format import HEAD_BYTES, BadRecord, Format, ReadingOptions, Record, Remark, detect
from searchkit.inputs import NO_MATCH, NO_SUCH_FILE, STREAM, Coverage, InputFile, find_files, has_vanished, lineage
from searchkit.sharding import Shard

# A file changed this shortly before it was read could change again within the clock's grain: its time is not trusted.
_FRESH_NS = 2_000_000_000

SPLIT_BYTES = 64 * 1024 * 1024
"""Files of this size are divided among shards by their records, smaller ones whole."""


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What one run of indexing did (or, with `dry_run`, would do), counted in articles unless the name says files.

    `removed` counts articles whose file or record has vanished. `total` is how many the index holds afterwards, None
    after a dry run. Each problem is a file or record that was not indexed; `files_skipped` are files found in folders
    whose format is not known, each named by a remark. `notes` is what the engine's writer had to tell.
    """

    files: int = 0
    files_unchanged: int = 0
    files_removed: int = 0
    files_skipped: int = 0
    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    removed: int = 0
    problems: tuple[BadRecord, ...] = ()
    remarks: tuple[Remark, ...] = ()
    notes: tuple[str, ...] = ()
    took_s: float = 0.0
    total: int | None = None
    generation: int | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come. Totals are None while standard input is read, whose length is not known."""

    file: str
    files: int
    files_total: int | None
    bytes: int
    bytes_total: int | None
    articles: int


@dataclass(frozen=True, slots=True)
class Job:
    """What to index and how. `root` is what names in the index are relative to; `index_dir` is not read as input.

    `stream` is read for the path `-`, as `stream_format` (None: told by its beginning). `prune` removes articles of
    files, inside `paths`, that have vanished. `rebuild` starts from an empty index. `dry_run` reads but writes nothing.
    Of a `shard` only the files that belong to it are read, and of standard input and files of `SPLIT_BYTES` or more only
    its records kept; such files are not remembered.
    """

    paths: Sequence[str]
    root: Path
    formats: Sequence[Format]
    index_dir: Path | None = None
    stream: BufferedReader | None = None
    stream_format: Format | None = None
    prune: bool = False
    rebuild: bool = False
    dry_run: bool = False
    wait_s: float = 0.0
    options: IndexingOptions = IndexingOptions()
    reading: ReadingOptions = ReadingOptions()

    @property
    def shard(self) -> Shard | None:
        """The part of the archive that is meant; None: all of it."""
        return self.options.shard


def run(engine: Engine, job: Job, progress: Callable[[Progress], None] = lambda _: None) -> IndexReport:
    """Bring the index up to date with the files of a job, in one commit.

    A file whose size and time, or else whose SHA-256, are as remembered is not read again; a record whose SHA-256 is as
    stored is left alone. Without any change nothing is committed. Raises `InputError` when a rebuild would leave
    nothing at all, `IndexLockedError` and whatever the engine raises; then, as at Ctrl-C, the index stays as it was.
    """
    started = time.perf_counter()
    run_ = _Run(engine, job, progress)
    report = run_.perform()
    return replace(report, took_s=time.perf_counter() - started, dry_run=job.dry_run)


@dataclass(slots=True)
class _Counts:
    """What `IndexReport` counts, while it is being counted."""

    files: int = 0
    files_unchanged: int = 0
    files_removed: int = 0
    files_skipped: int = 0
    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    removed: int = 0
    problems: list[BadRecord] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


class _Run:
    """One run: a plan of what has changed, then one writer which carries it out."""

    def __init__(self, engine: Engine, job: Job, progress: Callable[[Progress], None]) -> None:
        self.engine = engine
        self.job = job
        self.counts = _Counts()
        self._report_progress = progress
        self._writing = ExitStack()
        self._writer: Writer | None = None
        self._known = {} if job.rebuild else engine.sources()
        self._files_total: int | None = None
        self._bytes_total: int | None = None
        self._bytes_before = 0
        self._seen_again: dict[str, SourceState] = {}

    def perform(self) -> IndexReport:
        stale = list(self._stale_files())
        vanished = self._vanished() if self.job.prune else []
        reads_stream = STREAM in self.job.paths
        if not reads_stream:
            self._files_total = len(stale)
            self._bytes_total = sum(info.st_size for _, info, _ in stale)
        with self._writing:
            if self.job.rebuild:
                self._change()
            self._carry_out(stale, vanished)
            if self.job.rebuild and not self.counts.added and not self.job.dry_run:
                reasons = [f"{problem.source}: {problem.reason}" for problem in self.counts.problems[:3]]
                raise InputError(
                    f"nothing could be read from {', '.join(self.job.paths)}, so the index was left as it was; "
                    + ("; ".join(reasons) or "name files or folders that hold articles")
                )
            self._remember_seen_again()
        return self._finished(committed=not self.job.dry_run)

    def _change(self) -> Writer | None:
        """The writer, opened at the first change, so that a run without any commits nothing; None in a dry run."""
        if self._writer is None and not self.job.dry_run:
            opened = self.engine.writer(rebuild=self.job.rebuild, wait_s=self.job.wait_s, options=self.job.options)
            self._writer = self._writing.enter_context(opened)
        return self._writer

    def _is_ours(self, name: str) -> bool:
        """Whether a file or record belongs to the shard of this run; all do without one."""
        return self.job.shard is None or self.job.shard.owns(name)

    # --- the plan ---

    def _stale_files(self) -> Iterator[tuple[InputFile, stat_result, str | None]]:
        """The files to read, with what `stat` says and, where it had to be computed, their SHA-256."""
        paths = [path for path in self.job.paths if path != STREAM]
        for item in find_files(paths, self.job.root, self.job.index_dir):
            if isinstance(item, BadRecord):
                self.counts.problems.append(item)
                continue
            state = self._known.get(item.name)
            try:
                info = item.path.stat()
                if not self._is_ours(item.name) and info.st_size < SPLIT_BYTES:
                    continue
                self.counts.files += 1
                if state and (state.size_bytes, state.modified_ns) == (info.st_size, info.st_mtime_ns):
                    self._keep(state)
                    continue
                digest = _digest(item.path) if state and state.size_bytes == info.st_size else None
            except OSError as error:
                self.counts.problems.append(_unreadable(item.name, error))
                continue
            if state and digest == state.sha256:
                self._keep(state)
                self._seen_again[item.name] = replace(state, modified_ns=_trusted_time(info))
                continue
            yield item, info, digest

    def _keep(self, state: SourceState) -> None:
        self.counts.files_unchanged += 1
        self.counts.unchanged += state.articles
        self.counts.problems += [BadRecord(source, reason) for source, reason in state.problems]

    def _vanished(self) -> list[str]:
        """Remembered files, inside the job's paths, that exist no more."""
        paths = Coverage(self.job.paths, self.job.root)
        inside = [name for name in self._known if name != STREAM and paths.holds(name) and self._is_ours(name)]
        return [name for name in inside if has_vanished(name, self.job.root)]

    def _remember_seen_again(self) -> None:
        """Note the new times of files whose content was as before, if there is a commit anyway: no reason for one."""
        if self._writer:
            for name, state in self._seen_again.items():
                self._writer.remember(name, state)

    # --- the work ---

    def _carry_out(self, stale: Sequence[tuple[InputFile, stat_result, str | None]], vanished: Sequence[str]) -> None:
        for item, info, digest in stale:
            self._read_file(item, info, digest)
            self._bytes_before += info.st_size
        if STREAM in self.job.paths:
            self._read_stream()
        for name in vanished:
            self._forget(name)
            self.counts.files_removed += 1
        self._excuse(vanished)

    def _excuse(self, vanished: Sequence[str]) -> None:
        """Take back the problems which are only that a path does not exist, or no more, of which files were pruned."""
        gone = {path for name in vanished for path in lineage(name, self.job.root)}

        def is_excused(problem: BadRecord) -> bool:
            if problem.reason == NO_MATCH:
                return any(map(Coverage([problem.source], self.job.root).holds, vanished))
            return problem.reason == NO_SUCH_FILE and os.path.abspath(problem.source) in gone

        if vanished:
            self.counts.problems = [problem for problem in self.counts.problems if not is_excused(problem)]

    def _forget(self, name: str) -> None:
        """Remove what the index holds of a file."""
        self._remove(self.engine.fingerprints(name))
        if writer := self._change():
            writer.forget(name)

    def _read_file(self, item: InputFile, info: stat_result, digest: str | None) -> None:
        try:
            stream = item.path.open("rb")
        except OSError as error:
            self.counts.problems.append(_unreadable(item.name, error))
            return
        with stream:
            try:
                format = detect(item.name, stream.read(HEAD_BYTES), self.job.formats)
                if format and digest is None:
                    # Before the records: what is written to the file meanwhile is a change to the next run.
                    stream.seek(0)
                    digest = hashlib.file_digest(stream, "sha256").hexdigest()
                stream.seek(0)
            except OSError as error:
                self.counts.problems.append(_unreadable(item.name, error))
                return
            if format is None:
                self._skip(item)
                return
            problems_before = len(self.counts.problems)
            split = self.job.shard is not None and info.st_size >= SPLIT_BYTES
            articles = self._read_records(format, stream, item.name, seekable=True, split=split)
        if split:
            # Whether the other shards have done their share is not known here: the next whole run reads it again.
            if item.name in self._known and (writer := self._change()):
                writer.forget(item.name)
        elif articles is not None and (writer := self._change()):
            problems = tuple((p.source, p.reason) for p in self.counts.problems[problems_before:])
            assert digest is not None
            writer.remember(item.name, SourceState(info.st_size, _trusted_time(info), digest, articles, problems))

    def _skip(self, item: InputFile) -> None:
        if not self._is_ours(item.name):
            return
        reason = "not in a format that searchkit reads"
        if item.name in self._known:  # it was, and what it held then it holds no more
            self._forget(item.name)
        if item.named:
            self.counts.problems.append(BadRecord(item.name, reason))
        else:
            self.counts.files_skipped += 1
            self.counts.remarks.append(Remark(item.name, f"skipped: {reason}"))

    def _read_stream(self) -> None:
        stream = self.job.stream
        if stream is None:
            raise InputError("standard input is not connected; pipe something in or name a file")
        head = stream.peek(HEAD_BYTES)[:HEAD_BYTES]
        format = self.job.stream_format or detect("", head, self.job.formats)
        self.counts.files += 1
        if format is None:
            reason = "not in a format that searchkit reads" if head else "standard input is empty"
            self.counts.problems.append(BadRecord(STREAM, reason))
            return
        self._read_records(format, stream, STREAM, seekable=False, split=True)

    def _read_records(
        self, format: Format, stream: BinaryIO, name: str, *, seekable: bool, split: bool = False
    ) -> int | None:
        """Index the records of one file, of a `split` one those of this shard; how many articles it holds, None when
        reading broke off."""
        stored = {} if self.job.rebuild else self.engine.fingerprints(name)
        missing = {id_: sha256 for id_, sha256 in stored.items() if not split or self._is_ours(id_)}
        tells = self._is_ours(name)
        count = 0
        broke_off = False
        records: Iterator[Record] | None = None
        while True:
            try:
                records = records or format.read(stream, name, self.job.reading)
                record = next(records, None)
            except Exception as error:  # whatever goes wrong in one file must cost that file only
                self.counts.problems.append(BadRecord(name, f"reading broke off: {type(error).__name__}: {error}"))
                broke_off = True
                break
            if record is None:
                break
            if isinstance(record, Article):
                if split and not self._is_ours(record.id):
                    continue
                count += 1
                missing.pop(record.id, None)
                self._store(record, stored.get(record.id))
            elif isinstance(record, BadRecord) and tells:
                self.counts.problems.append(record)
            elif isinstance(record, Remark) and tells:
                self.counts.remarks.append(record)
            self._progress(name, stream.tell() if seekable else 0)
        if broke_off:
            return None
        if seekable:
            self._remove(missing)
        return count

    def _store(self, article: Article, stored_sha256: str | None) -> None:
        if stored_sha256 == article.sha256:
            self.counts.unchanged += 1
            return
        if stored_sha256 is None:
            self.counts.added += 1
        else:
            self.counts.replaced += 1
        if writer := self._change():
            writer.add(article)

    def _remove(self, ids: dict[str, str]) -> None:
        self.counts.removed += len(ids)
        for article_id in ids:
            if writer := self._change():
                writer.delete(article_id)

    # --- reporting ---

    def _progress(self, file: str, position: int) -> None:
        counts = self.counts
        done = counts.files - counts.files_unchanged
        articles = counts.added + counts.replaced + counts.unchanged
        self._report_progress(
            Progress(file, done, self._files_total, self._bytes_before + position, self._bytes_total, articles)
        )

    def _finished(self, committed: bool) -> IndexReport:
        counts = {item.name: getattr(self.counts, item.name) for item in fields(_Counts)}
        lists = {"problems": tuple(self.counts.problems), "remarks": tuple(self.counts.remarks)}
        stats = self.engine.stats() if committed else None
        total, generation = (stats.articles, stats.generation) if stats else (None, None)
        notes = tuple(self._writer.notes) if isinstance(self._writer, Noting) else ()
        return IndexReport(**{**counts, **lists}, notes=notes, total=total, generation=generation)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _trusted_time(info: stat_result) -> int:
    """When a file was last changed, 0 for one that could still change again without its time telling."""
    return 0 if time.time_ns() - info.st_mtime_ns < _FRESH_NS else info.st_mtime_ns


def _unreadable(name: str, error: OSError) -> BadRecord:
    return BadRecord(name, f"cannot be read: {error.strerror or error}")
