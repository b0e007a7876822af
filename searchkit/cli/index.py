"""`searchkit index`: bring the index up to date with files, folders or a stream."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from searchkit import indexing
from searchkit.cli.common import Settings, cache_folder, open_configured, settings
from searchkit.cli.options import common_options
from searchkit.cli.screen import end_quietly_on_closed_pipe, write
from searchkit.errors import IndexNotFoundError, InputError
from searchkit.format import ReadingOptions
from searchkit.formats import FORMATS, PAGE_EXTRACTOR, format_named
from searchkit.indexing import IndexReport, Job, Progress
from searchkit.inputs import STREAM
from searchkit.sharding import parse_shard
from searchkit.value import replace

FAILED = 2
PROBLEMS_SHOWN = 20


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--files-from", metavar="FILE", help="Also read the files that are named in FILE (-: standard input).")
@click.option("-0", "--null", is_flag=True, help="The names of --files-from end with NUL; otherwise with the line.")
@click.option("--prune", is_flag=True, help="Remove articles whose file, inside the PATHs, has vanished.")
@click.option(
    "--rebuild", is_flag=True, help="Start from an empty index; the old one serves until the new is complete."
)
@click.option("--dry-run", is_flag=True, help="Read everything, change nothing, and say what would happen.")
@click.option(
    "--jobs",
    type=click.IntRange(min=0),
    metavar="N",
    help="Build with N processes; 0: one for each processor.  [setting: indexing.jobs]",
)
@click.option("--shard", metavar="I/N", help="Read the I-th of N parts only, as when many machines feed one cluster.")
@click.option("--input-format", metavar="NAME", help="Format of standard input, as `searchkit formats` lists them.")
@click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="SECONDS",
    help="Wait so long for another writer to end.",
)
@click.option("--json", "as_json", is_flag=True, help="Write the report to standard output as JSON.")
@common_options
def command(
    paths: tuple[str, ...],
    files_from: str | None,
    null: bool,
    prune: bool,
    rebuild: bool,
    dry_run: bool,
    jobs: int | None,
    shard: str | None,
    input_format: str | None,
    wait_s: float,
    as_json: bool,
    **common: Any,
) -> int:
    """Read the articles of PATHs (files, folders, patterns; - for standard input) into the index.

    \b
    Examples:
      searchkit index                          the sources named in config.yaml
      searchkit index articles/ 'more/*.txt'   folders and patterns
      zcat dump.jsonl.gz | searchkit index -   JSON Lines from a pipe
      find . -name '*.html' -print0 | searchkit index --files-from - -0
      searchkit index --prune articles/        also remove what has vanished
      searchkit index --rebuild                anew from nothing
      searchkit index --shard 3/16 articles/   the third of sixteen parts, on one of sixteen machines

    Files that have not changed are not read again. Interrupting leaves the index as it was.
    Exit status: 0 done, 2 some input could not be read (the rest is indexed), 130 interrupted.
    """
    chosen = settings(common, indexing__jobs=jobs)
    named: list[str | Path] = list(paths)
    if files_from is not None:
        if files_from == STREAM and STREAM in paths:
            raise click.UsageError("standard input is either a list of files (--files-from -) or what is read (-).")
        named += _listed(files_from, b"\0" if null else b"\n")
    elif null:
        raise click.UsageError("-0 is for the list of --files-from.")
    elif not paths:
        named += chosen.config.sources
        if not named:
            raise InputError("there is nothing to index; name files or folders, or set sources in config.yaml")
    job = _job(chosen, named, prune, rebuild, dry_run, input_format, wait_s)
    if shard:
        if rebuild:
            raise click.UsageError("--rebuild is for the whole; with --shard, feed an index of another name instead.")
        job = replace(job, options=replace(job.options, shard=parse_shard(shard)))
    report = _run(chosen, job)
    end_quietly_on_closed_pipe()  # all changes are made
    _tell(report, chosen.verbose)
    if as_json:
        from searchkit.output import jsons

        write([jsons.json_text(jsons.report_dict(report)) + "\n"])
    return FAILED if report.problems else 0


def _listed(file: str, end: bytes) -> list[str | Path]:
    """The files named in a list, which are no patterns. Names may be of any bytes."""
    try:
        if file != STREAM:
            data = Path(file).read_bytes()
        elif sys.stdin is None or sys.stdin.isatty():
            raise InputError("there is no list on standard input; pipe one in: find . | searchkit index --files-from -")
        else:
            data = sys.stdin.buffer.read()
    except OSError as error:
        raise InputError(f"the list of files {file} cannot be read: {error.strerror}") from error
    names = [name for name in data.split(end) if name]
    if any(b"\0" in name for name in names):
        raise InputError(f"the names in the list of files {file} end with NUL; say so with -0")
    return [Path(os.fsdecode(name)) for name in names]


def _job(
    chosen: Settings,
    paths: list[str | Path],
    prune: bool,
    rebuild: bool,
    dry_run: bool,
    format_: str | None,
    wait_s: float,
) -> Job:
    config = chosen.config
    if format_ and STREAM not in paths:
        raise click.UsageError("--input-format is for standard input (-); the format of a file is told by itself.")
    stream = None
    if STREAM in paths and sys.stdin is not None:
        if sys.stdin.isatty():
            raise InputError(
                "standard input is a terminal; pipe articles in, as in: cat dump.jsonl | searchkit index -"
            )
        stream = sys.stdin.buffer
    return Job(
        paths=paths,
        root=chosen.root,
        formats=FORMATS,
        index_dir=config.index,
        stream=stream,  # type: ignore[arg-type]  # sys.stdin.buffer is a BufferedReader wherever it is a real stream
        stream_format=format_named(format_) if format_ else None,
        prune=prune,
        rebuild=rebuild,
        dry_run=dry_run,
        wait_s=wait_s,
        options=config.indexing_options,
        reading=ReadingOptions(config.fields, config.reading),
        extractor=PAGE_EXTRACTOR,
        cache=cache_folder(),
    )


def _run(chosen: Settings, job: Job) -> IndexReport:
    config = chosen.config
    if job.dry_run:
        try:
            engine = open_configured(config)
        except IndexNotFoundError:
            from searchkit.engines.memory import MemoryEngine

            # Nothing is written, not even an empty index: an empty engine stands in for it.
            engine = MemoryEngine()
        with engine, _progress_bar() as advance:
            return indexing.run(engine, job, advance)
    with open_configured(config, create=True) as engine, _progress_bar() as advance:
        return indexing.run(engine, job, advance)


@contextmanager
def _progress_bar() -> Iterator[Callable[[Progress], None]]:
    """A progress bar on stderr when that is a terminal."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _: None
        return
    from searchkit.output.progress import progress_bar

    width = shutil.get_terminal_size().columns
    with progress_bar(sys.stderr, width=width, color=not os.environ.get("NO_COLOR")) as advance:
        yield advance


def _tell(report: IndexReport, verbose: bool) -> None:
    from searchkit.output.summary import problem_lines, remark_lines, report_line
    from searchkit.output.visible import visible_line

    lines = list(problem_lines(report))
    for line in lines if verbose else lines[:PROBLEMS_SHOWN]:
        click.echo(line, err=True)
    if len(lines) > PROBLEMS_SHOWN and not verbose:
        click.echo(f"and {len(lines) - PROBLEMS_SHOWN:,} more problems; -v names them all", err=True)
    if verbose:
        for line in remark_lines(report):
            click.echo(line, err=True)
    for note in report.notes:
        click.echo(visible_line(note), err=True)
    click.echo(report_line(report), err=True)
