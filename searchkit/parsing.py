"""Service: paths -> what would be indexed of them, record by record, without an index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from io import BufferedReader
from pathlib import Path

from searchkit.article import Article
from searchkit.errors import InputError
from searchkit.extraction import Extraction
from searchkit.format import BadRecord, Format, Page, ReadingOptions, Record, Remark
from searchkit.inputs import STREAM, InputFile, find_files
from searchkit.languages import with_language
from searchkit.reading import UNKNOWN, Physical, Reader, Unknown
from searchkit.value import Value


class ParseJob(Value):
    """What to read and how, as in `indexing.Job`."""

    paths: Sequence[str]
    root: Path
    formats: Sequence[Format]
    options: ReadingOptions
    extractor: str
    stream: BufferedReader | None = None
    stream_format: Format | None = None
    cache: Path | None = None


def parse(job: ParseJob) -> Iterator[Record]:
    """The articles, remarks and problems of the files, in order. No page is left among them.

    A file that cannot be read is a `BadRecord`. Raises `InputError` when standard input is meant and not there,
    `ExtractionError`.
    """
    with Extraction(job.extractor, 1, job.options) as extraction:
        for record in _records(job):
            if isinstance(record, Page):
                for extracted in extraction.wait(extraction.submit(record)):
                    yield _told(extracted, job.cache)
            else:
                yield _told(record, job.cache)


def _told(record: Record, cache: Path | None) -> Record:
    """A record as it would be indexed: an article with its language."""
    return with_language(record, cache) if isinstance(record, Article) else record


def _records(job: ParseJob) -> Iterator[Record]:
    for path in job.paths:
        if path == STREAM:
            if job.stream is None:
                raise InputError("standard input is not connected; pipe something in or name a file")
            yield from _of_one(Reader(STREAM, job.formats, job.options, job.stream_format), Physical(job.stream, None))
            continue
        for item in find_files([path], job.root):
            if isinstance(item, BadRecord):
                yield item
            else:
                yield from _of_file(item, job)


def _of_file(item: InputFile, job: ParseJob) -> Iterator[Record]:
    with ExitStack() as opened:
        try:
            size = item.path.stat().st_size
            file = opened.enter_context(item.path.open("rb", buffering=0))
        except OSError as error:
            yield BadRecord(item.name, f"cannot be read: {error.strerror or error}")
            return
        yield from _of_one(Reader(item.name, job.formats, job.options), Physical(file, size))


def _of_one(reader: Reader, physical: Physical) -> Iterator[Record]:
    records = reader.read(physical)
    while True:
        try:
            record = next(records, None)
        except Exception as error:  # whatever goes wrong in one file must cost that file only
            yield BadRecord(reader.name, f"reading broke off: {type(error).__name__}: {error}")
            return
        if record is None:
            return
        if isinstance(record, Unknown):
            whole = record.source == reader.name
            yield BadRecord(record.source, UNKNOWN) if whole else Remark(record.source, f"skipped: {UNKNOWN}")
        else:
            yield record
