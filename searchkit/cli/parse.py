"""`searchkit parse`: what would be indexed of files, without an index."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import click

from searchkit.article import Article
from searchkit.cli.common import cache_folder, display_path_for, settings
from searchkit.cli.options import common_options
from searchkit.cli.screen import end_quietly_on_closed_pipe, look, write
from searchkit.config import COLORS
from searchkit.errors import InputError
from searchkit.format import BadRecord, ReadingOptions
from searchkit.formats import FORMATS, PAGE_EXTRACTOR, format_named
from searchkit.inputs import STREAM
from searchkit.parsing import ParseJob, parse

FAILED = 2


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--input-format", metavar="NAME", help="Format of standard input, as `searchkit formats` lists them.")
@click.option("--format", "format_", type=click.Choice(["text", "jsonl"]), help="Output format.")
@click.option("--color", type=click.Choice(COLORS), help="Colours.  [setting: output.color]")
@common_options
def command(
    paths: tuple[str, ...], input_format: str | None, format_: str | None, color: str | None, **common: Any
) -> int:
    """Show what would be indexed of PATHs (files, folders, patterns; - for standard input). Nothing is indexed.

    On a terminal each article as a page, its fields first: what they hold, or that nothing in the file states them. In a
    pipe one JSON object per line, as `searchkit show --format jsonl` gives. What cannot be read, and remarks on what can,
    are told on standard error.

    \b
    Examples:
      searchkit parse page.html
      searchkit parse dump.zip | jq -r '[.published, .date_source, .title] | @tsv'
      curl -s https://example.org/feed.xml | searchkit parse - --input-format feed

    Exit status: 0 done, 2 some input could not be read.
    """
    end_quietly_on_closed_pipe()
    chosen = settings(common, output__color=color)
    config = chosen.config
    if input_format and STREAM not in paths:
        raise click.UsageError("--input-format is for standard input (-); the format of a file is told by itself.")
    if STREAM in paths and sys.stdin is not None and sys.stdin.isatty():
        raise InputError("standard input is a terminal; pipe something in, as in: cat page.html | searchkit parse -")
    job = ParseJob(
        paths=paths,
        root=chosen.root,
        formats=FORMATS,
        options=ReadingOptions(config.fields, config.reading),
        extractor=PAGE_EXTRACTOR,
        stream=sys.stdin.buffer if STREAM in paths and sys.stdin is not None else None,  # type: ignore[arg-type]
        stream_format=format_named(input_format) if input_format else None,
        cache=cache_folder(),
    )
    how = look(color=config.output.color, hyperlinks=False, force_layout=format_ == "text")
    show = _Pages(how.width, how.color, chosen.root) if how.layout and format_ != "jsonl" else _Lines(chosen.root)
    failed = False
    for record in parse(job):
        if isinstance(record, Article):
            write(show(record))
        else:
            failed = failed or isinstance(record, BadRecord)
            _tell(record)
    return FAILED if failed else 0


def _tell(record: Any) -> None:
    from searchkit.output.visible import visible_line, visible_path

    text = record.reason if isinstance(record, BadRecord) else record.text
    click.echo(f"{visible_path(record.source)}: {visible_line(text)}", err=True)


class _Lines:
    """Articles as JSON Lines."""

    def __init__(self, root: Any) -> None:
        self._display_path = display_path_for(root)

    def __call__(self, article: Article) -> Iterator[str]:
        from searchkit.output import jsons

        yield jsons.json_text(jsons.article_dict(article, self._display_path)) + "\n"


class _Pages:
    """Articles as pages, their fields first."""

    def __init__(self, width: int, color: bool, root: Any) -> None:
        from searchkit.output.terminal import READING_WIDTH, Screen

        self._width = min(width, READING_WIDTH)
        self._screen = Screen(width, color, display_path_for(root))
        self._is_first = True

    def __call__(self, article: Article) -> Iterator[str]:
        from searchkit.output.parsed import field_lines
        from searchkit.output.terminal import article_blocks

        if not self._is_first:
            yield "\n\n"
        self._is_first = False
        yield from field_lines(article, self._width)
        yield "\n"
        yield from article_blocks(article, self._screen)
