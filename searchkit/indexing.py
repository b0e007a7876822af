"""Service: paths -> articles -> writer -> commit -> IndexReport."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, fields
from io import BufferedReader
from os import stat_result
from pathlib import Path

from searchkit.article import Article
from searchkit.detection import Detection
from searchkit.digests import Digest, digest_of
from searchkit.engine import Engine, IndexingOptions, Noting, SourceState, Writer
from searchkit.errors import ExtractionError, InputError
from searchkit.extraction import Extraction, Ticket
from searchkit.format import HEAD_BYTES, BadRecord, Foreign, Format, Page, ReadingOptions, Record, Remark
from searchkit.inputs import NO_MATCH, NO_SUCH_FILE, STREAM, Coverage, InputFile, find_files, has_vanished, lineage
from searchkit.reading import UNKNOWN, Physical, Reader, Unknown
from searchkit.sharding import Shard
from searchkit.value import Value, replace

# A file changed this shortly before it was read could change again within the clock's grain: its time is not trusted.
_FRESH_NS = 2_000_000_000
# What may be read ahead of a page whose article is still being extracted.
_MOST_AHEAD = 500
_MOST_AHEAD_BYTES = 32 * 2**20

# So many new bytes hold articles enough that the language of some has to be asked of the model.
_MANY_BYTES = 100_000_000

SPLIT_BYTES = 64 * 1024 * 1024
"""Files of this size are divided among shards by their records, smaller ones whole."""


class IndexReport(Value):
    """What one run of indexing did (or, with `dry_run`, would do), counted in articles unless the name says files.

    `removed` counts articles whose file or record has vanished. `total` is how many the index holds afterwards, None
    after a dry run. Each problem is a file or record that was not indexed; `files_skipped` are files found in folders
    whose format is not known or which plainly hold no articles, each named by a remark.
    `notes` is what the engine's writer had to tell.
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


class Progress(Value):
    """How far a run has come; `pages` of the articles were extracted from HTML. `bytes_total` is None while standard
    input is read, whose length is not known."""

    bytes: int
    bytes_total: int | None
    articles: int
    pages: int = 0


class Job(Value):
    """What to index and how. `root` is what names in the index are relative to; `index_dir` is not read as input.

    `stream` is read for the path `-`, as `stream_format` (None: told by its beginning). `extractor` names the function
    (`module:name`) that makes records of a page, which `options.jobs` processes call. `prune` removes articles of
    files, inside `paths`, that have vanished. `rebuild` starts from an empty index. `dry_run` reads but writes nothing.
    Of a `shard` only the files that belong to it are read, and of standard input and files of `SPLIT_BYTES` or more only
    its records kept; such files are not remembered. `cache` is the folder for what may be kept between runs; None: nothing.
    """

    paths: Sequence[str | Path]
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
    extractor: str = ""
    cache: Path | None = None

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


@dataclass(slots=True, eq=False)
class _Source:
    """A file or stream while its records are read and settled: what was `stored` of it before (id and SHA-256), and what
    of that is still `missing`. Of a `split` one only the records of this shard count."""

    name: str
    stored: dict[str, str]
    missing: dict[str, str]
    named: bool
    split: bool
    articles: int = 0
    problems: list[BadRecord] = field(default_factory=list)


class _End(Value):
    """The end of a file. `state` is what to remember of it, None for one in no known format."""

    state: SourceState | None = None
    broke_off: bool = False


_Item = Record | Unknown | Ticket | _End


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
        self._bytes_total: int | None = None
        self._bytes_before = 0
        self._bytes_new = 0
        self._seen_again: dict[str, SourceState] = {}
        self._ahead: deque[tuple[_Source, _Item]] = deque()
        self._position = 0
        self._bytes_ahead = 0
        self._pages = 0
        self._extraction: Extraction | None = None

    def perform(self) -> IndexReport:
        stale = list(self._stale_files())
        vanished = self._vanished() if self.job.prune else []
        reads_stream = STREAM in self.job.paths
        if not reads_stream:
            self._bytes_total = sum(info.st_size for _, info, _ in stale)
        self._bytes_new = sum(info.st_size for item, info, _ in stale if item.name not in self._known)
        expects_many = self._bytes_new > _MANY_BYTES and not self.job.dry_run
        self._detection = Detection(self._add, expects_many, self.job.cache)
        with self._writing:
            if self.job.rebuild:
                self._change()
            self._carry_out(stale, vanished)
            if self.job.rebuild and not self.counts.added and not self.job.dry_run:
                reasons = [f"{problem.source}: {problem.reason}" for problem in self.counts.problems[:3]]
                raise InputError(
                    f"nothing could be read from {', '.join(map(str, self.job.paths)) or 'nothing'}, "
                    "so the index was left as it was; "
                    + ("; ".join(reasons) or "name files or folders that hold articles")
                )
            self._remember_seen_again()
        return self._finished(committed=not self.job.dry_run)

    def _change(self) -> Writer | None:
        """The writer, opened at the first change, so that a run without any commits nothing; None in a dry run."""
        if self._writer is None and not self.job.dry_run:
            options = replace(self.job.options, expected_bytes=self._bytes_new)
            opened = self.engine.writer(rebuild=self.job.rebuild, wait_s=self.job.wait_s, options=options)
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
                if state and self._is_worth_another_try(state):
                    yield item, info, None
                    continue
                if state and (state.size_bytes, state.modified_ns) == (info.st_size, info.st_mtime_ns):
                    self._keep(state)
                    continue
                digest = None
                if state and state.size_bytes == info.st_size:
                    with item.path.open("rb", buffering=0) as file:
                        digest = digest_of(file.fileno(), info.st_size)
            except OSError as error:
                self.counts.problems.append(_unreadable(item.name, error))
                continue
            if state and digest == state.sha256:
                self._keep(state)
                self._seen_again[item.name] = replace(state, modified_ns=_trusted_time(info))
                continue
            yield item, info, digest

    def _is_worth_another_try(self, state: SourceState) -> bool:
        """Whether something in a file was over a limit that has been changed since."""
        return any(self.job.reading.limits.may_differ(reason) for _, reason in state.problems)

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
        self._settle_waiting(everything=True)
        self._detection.finish()
        if self._extraction:
            self._extraction.close()  # its processes have no part in the commit
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
        split = self.job.shard is not None and info.st_size >= SPLIT_BYTES
        source = self._source(item.name, split=split, named=item.named)
        reader = Reader(item.name, self.job.formats, self.job.reading)
        state = None
        with ExitStack() as opened:
            try:
                file = opened.enter_context(item.path.open("rb", buffering=0))
                time_ns = _trusted_time(info)
                is_known = reader.knows(file.read(HEAD_BYTES))
                # Before the records: what is written to the file meanwhile is a change to the next run.
                digesting = Digest(file, info, may_wait=time_ns != 0) if is_known and not digest else None
                file.seek(0)
            except OSError as error:
                self._take(source, _unreadable(item.name, error))
                self._take(source, _End(broke_off=True))
                return
            whole = self._read_records(source, reader, Physical(file, info.st_size))
            try:
                digest = digesting.result() if digesting else digest
            except OSError as error:
                self._take(source, _unreadable(item.name, error))
                whole = False
            if is_known and digest is not None:
                state = SourceState(info.st_size, time_ns, digest, 0)
            if os.fstat(file.fileno()).st_size > info.st_size:
                self._take(source, Remark(item.name, "has grown since it was begun; the next run reads the rest"))
        # Of a split one, whether the other shards have done their share is not known here: it is not remembered.
        self._take(source, _End(None if split else state, broke_off=not whole))

    def _read_stream(self) -> None:
        stream = self.job.stream
        if stream is None:
            raise InputError("standard input is not connected; pipe something in or name a file")
        self.counts.files += 1
        reader = Reader(STREAM, self.job.formats, self.job.reading, self.job.stream_format)
        self._read_records(self._source(STREAM, split=True), reader, Physical(stream, None))

    def _source(self, name: str, *, split: bool, named: bool = True) -> _Source:
        stored = {} if self.job.rebuild else self.engine.fingerprints(name)
        missing = {id_: sha256 for id_, sha256 in stored.items() if not split or self._is_ours(id_)}
        return _Source(name, stored, missing, named, split)

    def _read_records(self, source: _Source, reader: Reader, physical: Physical) -> bool:
        """Take the records of one file; False when reading broke off."""
        records = reader.read(physical)
        while True:
            try:
                record = next(records, None)
            except Exception as error:  # whatever goes wrong in one file must cost that file only
                self._take(source, BadRecord(source.name, f"reading broke off: {type(error).__name__}: {error}"))
                return False
            if record is None:
                return True
            self._position = self._bytes_before + physical.position
            self._take(source, record)

    def _take(self, source: _Source, item: _Item | Page) -> None:
        """Settle what was read, or, behind pages that are still being extracted, leave it until they are done."""
        if isinstance(item, Article | Page):
            known = item.known if isinstance(item, Page) else item
            if source.split and not self._is_ours(known.id):
                return
        if isinstance(item, Page):
            if source.stored.get(item.known.id) == item.known.sha256:
                item = item.known  # as it was when it was extracted: only its id and digest count
            else:
                self._bytes_ahead += len(item.html)
                item = self._extracting().submit(item)
        if not self._ahead and not isinstance(item, Ticket):
            self._settle(source, item)
            return
        self._ahead.append((source, item))
        if isinstance(item, Article):
            self._bytes_ahead += len(item.body)
        self._settle_waiting()

    def _extracting(self) -> Extraction:
        if self._extraction is None:
            if not self.job.extractor:
                raise ExtractionError("there are HTML pages to read, and nothing to extract their articles with")
            jobs = self.job.options.jobs or os.cpu_count() or 1
            self._extraction = self._writing.enter_context(Extraction(self.job.extractor, jobs, self.job.reading))
        return self._extraction

    def _settle_waiting(self, everything: bool = False) -> None:
        """Settle what is done, in the order of reading; more is waited for only where too much waits."""
        if self._ahead:
            self._extracting().advance()
        while self._ahead:
            source, item = self._ahead[0]
            if isinstance(item, Ticket):
                too_much = len(self._ahead) > _MOST_AHEAD or self._bytes_ahead > _MOST_AHEAD_BYTES
                if item.records is None and not (everything or too_much):
                    return
                self._bytes_ahead -= item.size_bytes
                self._pages += 1
                for record in self._extracting().wait(item):
                    self._settle(source, record)
            else:
                if isinstance(item, Article):
                    self._bytes_ahead -= len(item.body)
                self._settle(source, item)
            self._ahead.popleft()

    def _settle(self, source: _Source, item: Record | Unknown | _End) -> None:
        """Count what was read, and store what is to be stored."""
        if isinstance(item, Article):
            source.articles += 1
            source.missing.pop(item.id, None)
            self._store(item, source.stored.get(item.id))
        elif isinstance(item, _End):
            self._finish_source(source, item)
            return
        elif not self._is_ours(source.name):
            pass  # told by the shard which the file belongs to
        elif isinstance(item, Foreign) and not source.named:
            self.counts.files_skipped += 1
            self.counts.remarks.append(Remark(item.source, f"skipped: {item.reason}"))
        elif isinstance(item, BadRecord):
            source.problems.append(item)
            self.counts.problems.append(item)
        elif isinstance(item, Remark):
            self.counts.remarks.append(item)
        elif isinstance(item, Unknown):
            self._skip(source, item)
        self._progress()

    def _skip(self, source: _Source, item: Unknown) -> None:
        if item.source == STREAM:
            self._settle(source, BadRecord(STREAM, "standard input is empty" if item.empty else UNKNOWN))
        elif item.source == source.name and source.named:
            self._settle(source, BadRecord(item.source, UNKNOWN))
        else:
            self.counts.files_skipped += 1
            self.counts.remarks.append(Remark(item.source, f"skipped: {UNKNOWN}"))

    def _finish_source(self, source: _Source, end: _End) -> None:
        """Remove what a file holds no more, and remember how it was; not when reading broke off."""
        if end.broke_off:
            return
        self._remove(source.missing)
        if end.state is None:
            if source.name in self._known and (writer := self._change()):
                writer.forget(source.name)
        elif writer := self._change():
            problems = tuple((problem.source, problem.reason) for problem in source.problems)
            writer.remember(source.name, replace(end.state, articles=source.articles, problems=problems))

    def _store(self, article: Article, stored_sha256: str | None) -> None:
        if stored_sha256 == article.sha256:
            self.counts.unchanged += 1
            return
        if stored_sha256 is None:
            self.counts.added += 1
        else:
            self.counts.replaced += 1
        if not self.job.dry_run:
            self._detection.add(article)

    def _add(self, article: Article) -> None:
        if writer := self._change():
            writer.add(article)

    def _remove(self, ids: dict[str, str]) -> None:
        self.counts.removed += len(ids)
        for article_id in ids:
            if writer := self._change():
                writer.delete(article_id)

    # --- reporting ---

    def _progress(self) -> None:
        counts = self.counts
        articles = counts.added + counts.replaced + counts.unchanged
        self._report_progress(Progress(self._position, self._bytes_total, articles, self._pages))

    def _finished(self, committed: bool) -> IndexReport:
        counts = {item.name: getattr(self.counts, item.name) for item in fields(_Counts)}
        lists = {"problems": tuple(self.counts.problems), "remarks": tuple(self.counts.remarks)}
        stats = self.engine.stats() if committed else None
        total, generation = (stats.articles, stats.generation) if stats else (None, None)
        notes = tuple(self._writer.notes) if isinstance(self._writer, Noting) else ()
        return IndexReport(**{**counts, **lists}, notes=notes, total=total, generation=generation)


def _trusted_time(info: stat_result) -> int:
    """When a file was last changed, 0 for one that could still change again without its time telling."""
    return 0 if time.time_ns() - info.st_mtime_ns < _FRESH_NS else info.st_mtime_ns


def _unreadable(name: str, error: OSError) -> BadRecord:
    return BadRecord(name, f"cannot be read: {error.strerror or error}")
