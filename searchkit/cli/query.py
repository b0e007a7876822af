"""`searchkit query`: find articles and show them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from searchkit.cli.common import Settings, common_options, display_path_for, open_configured, settings
from searchkit.cli.screen import Look, end_quietly_on_closed_pipe, look, page, write
from searchkit.config import COLORS
from searchkit.engine import SORTS, Engine, Hit, SearchOptions, SearchResult
from searchkit.output import FORMATS
from searchkit.query import NAME_FIELDS, TEXT_FIELDS, Query
from searchkit.searching import Request, build_query, search

if TYPE_CHECKING:
    from searchkit.highlight import SnippetOptions

NOTHING_FOUND = 1


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the flags ask of the output."""

    format: str | None
    template: str | None
    files: bool
    nul: bool
    count: bool
    quiet: bool
    explain: bool
    raw: bool
    header: bool | None

    @property
    def end(self) -> str:
        return "\0" if self.nul else "\n"


@click.command()
@click.argument("query", nargs=-1, required=True)
@click.option(
    "-n", "--limit", type=click.IntRange(min=0), metavar="N", help="Show N hits; 0: all.  [setting: output.limit]"
)
@click.option("--offset", type=click.IntRange(min=0), default=0, metavar="N", help="Skip the first N hits.")
@click.option("--sort", type=click.Choice(SORTS), help="Order: best, newest or by title.  [setting: output.sort]")
@click.option("--reverse", is_flag=True, help="Turn the order round.")
@click.option("--since", metavar="DATE", help="Published then or later: 2017, 2017-03, 2017-03-17, 2w, yesterday.")
@click.option("--until", metavar="DATE", help="Published then or earlier.")
@click.option("--in", "field", type=click.Choice(TEXT_FIELDS + NAME_FIELDS), help="Search this field only.")
@click.option("--any", "any_word", is_flag=True, help="Find articles with any of the words, not all of them.")
@click.option(
    "--language", metavar="TAG", help="Find inflections of this language; none: exact words.  [setting: language]"
)
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Output format.  [default: text]")
@click.option("--template", metavar="TEXT", help="One line per hit like '{score:.2f} {title}', keys as in JSON.")
@click.option("-l", "--files", is_flag=True, help="Only the path of each file with a hit, once.")
@click.option("-0", "--null", "nul", is_flag=True, help="End lines with NUL, for xargs -0.")
@click.option("-c", "--count", is_flag=True, help="Only the number of articles that match.")
@click.option("-q", "--quiet", is_flag=True, help="Nothing at all, only the exit status.")
@click.option("--header/--no-header", default=None, help="A first line with names in csv and tsv.  [default: csv only]")
@click.option(
    "--raw", is_flag=True, help="In csv and tsv, leave cells that a spreadsheet takes for formulas as they are."
)
@click.option("--explain", is_flag=True, help="Show how the query was read and what each part adds to the scores.")
@click.option("--color", type=click.Choice(COLORS), help="Colours.  [setting: output.color]")
@click.option("--no-pager", is_flag=True, help="Never page.  [setting: output.pager]")
@common_options
def command(
    query: tuple[str, ...],
    limit: int | None,
    offset: int,
    sort: str | None,
    reverse: bool,
    since: str | None,
    until: str | None,
    field: str | None,
    any_word: bool,
    language: str | None,
    format_: str | None,
    template: str | None,
    color: str | None,
    no_pager: bool,
    files: bool,
    nul: bool,
    count: bool,
    quiet: bool,
    header: bool | None,
    raw: bool,
    explain: bool,
    **common: Any,
) -> int:
    """Find articles that match QUERY and show them, best first.

    \b
    Examples:
      searchkit query "Mosul airstrike"                 both words and their inflections, any field
      searchkit query '"civilian deaths" -Raqqa'        an exact phrase, without a word
      searchkit query 'title:(mosul OR raqqa) date:2017'
      searchkit query 'airstr* mosull~ author:ditz'     patterns, typing errors, names
      searchkit query mosul --since 2w --sort date      newest first
      searchkit query mosul -l0 | xargs -0 wc -w        the files of the hits, for other programs
      searchkit query mosul --format jsonl | jq .title

    Words next to each other must all occur; AND, OR, NOT (or -), parentheses, "phrases", "near words"~5,
    field:word, wild*, m?sul, typo~, date:2017-03..2017-04, date:none and mosul^3 are understood. * finds all.
    Exit status: 0 found, 1 nothing found, 2 error.
    """
    end_quietly_on_closed_pipe()
    chosen = settings(
        common,
        output__limit=limit,
        output__sort=sort,
        output__color=color,
        output__pager=False if no_pager else None,
        language=language,
    )
    wanted = _Wanted(format_, template, files, nul, count, quiet, explain, raw, header)
    _check(wanted)
    request = Request(" ".join(query), any_word, field, since, until)
    tree = build_query(request)
    with open_configured(chosen.config) as engine:
        return _answer(engine, chosen, request, tree, wanted, _options(chosen, offset, reverse, explain))


def _check(wanted: _Wanted) -> None:
    modes = [name for name in ("template", "files", "count", "quiet") if getattr(wanted, name)]
    modes += ["format"] if wanted.format else []
    if len(modes) > 1:
        raise click.UsageError(f"--{modes[0]} and --{modes[1]} cannot be used together.")
    if wanted.template is not None:
        from searchkit.output.templates import Template

        Template(wanted.template)  # an unusable one is told even when nothing is found
    if wanted.nul and (wanted.format or wanted.count):
        raise click.UsageError("-0 goes with plain lines, --files and --template only.")


def _options(chosen: Settings, offset: int, reverse: bool, explain: bool) -> SearchOptions:
    config = chosen.config
    return SearchOptions(
        limit=config.output.limit,
        offset=offset,
        sort=config.output.sort,
        reverse=reverse,
        language=config.stemming,
        ranking=config.ranking,
        timeout_s=config.limits.timeout_s,
        max_expansions=config.limits.expansions,
        explain=explain,
    )


def _answer(
    engine: Engine, chosen: Settings, request: Request, tree: Query, wanted: _Wanted, options: SearchOptions
) -> int:
    if wanted.explain:
        _explain(engine, tree, options)
    if wanted.count or wanted.quiet:
        total = engine.count(tree, options)
        if wanted.count:
            write([f"{total}\n"])
        return 0 if total else NOTHING_FOUND
    output = chosen.config.output
    how = look(
        color=output.color,
        hyperlinks=output.hyperlinks,
        force_layout=wanted.format == "text",
    )
    started = time.perf_counter()
    result = search(engine, tree, options, _snippets(wanted, how, chosen))
    took_s = time.perf_counter() - started
    tally = _Tally(result.hits)
    if result.total or wanted.format in ("json", "csv", "tsv"):  # these have a head, whatever follows
        _write_hits(tally, result, took_s, chosen, request, wanted, how)
    if not result.total:
        _tell_advice(engine, request, options)
        return NOTHING_FOUND
    _tell_closing(tally, result, took_s, options, how)
    return 0


class _Tally:
    """Hits on their way to the output, counted."""

    def __init__(self, hits: Iterable[Hit]) -> None:
        self._hits = hits
        self.shown = 0
        self.with_links = 0

    def __iter__(self) -> Iterator[Hit]:
        for hit in self._hits:
            self.shown += 1
            self.with_links += bool(hit.links)
            yield hit


def _snippets(wanted: _Wanted, how: Look, chosen: Settings) -> SnippetOptions | None:
    """Marking matches takes longer than finding them: left out where nothing of it would be shown."""
    if wanted.files or (wanted.format in (None, "text") and not wanted.template and not how.layout):
        return None
    from searchkit.highlight import SnippetOptions

    return SnippetOptions(chosen.config.output.snippets, chosen.config.output.snippet_chars)


def _write_hits(
    hits: _Tally, result: SearchResult, took_s: float, chosen: Settings, request: Request, wanted: _Wanted, how: Look
) -> None:
    display = display_path_for(chosen.root)
    if wanted.template is not None:
        from searchkit.output.templates import Template

        write(Template(wanted.template).lines(hits, display, end=wanted.end))
    elif wanted.files:
        from searchkit.output import plain

        # As the system knows them for xargs -0, but never to a terminal, which would obey what is in them.
        raw = wanted.nul and not how.terminal
        write(plain.path_lines(hits, display, end=wanted.end, raw=raw), raw_names=raw)
    elif wanted.format == "json":
        from dataclasses import replace

        from searchkit.output import jsons

        write(jsons.result_document(replace(result, hits=hits), request.text, took_s, display))
    elif wanted.format == "jsonl":
        from searchkit.output import jsons

        write(jsons.hit_lines(hits, display))
    elif wanted.format in ("csv", "tsv"):
        from searchkit.output import tables

        lines = tables.csv_lines if wanted.format == "csv" else tables.tsv_lines
        header = wanted.header if wanted.header is not None else wanted.format == "csv"
        write(lines(hits, display, header=header, raw=wanted.raw))
    elif how.layout and not wanted.nul:
        _write_layout(hits, chosen, how)
    else:
        from searchkit.output import plain

        write(plain.hit_lines(hits, display, end=wanted.end))


def _write_layout(hits: Iterable[Hit], chosen: Settings, how: Look) -> None:
    from searchkit.cli.linking import file_uri_for
    from searchkit.output.terminal import Screen, hit_blocks

    uri = file_uri_for(chosen.root, how.hyperlinks)
    blocks = hit_blocks(hits, Screen(how.width, how.color, display_path_for(chosen.root), uri))
    if how.terminal and chosen.config.output.pager:
        page(blocks)
    else:
        write(blocks)


def _explain(engine: Engine, tree: Query, options: SearchOptions) -> None:
    from searchkit.output.explain import tree_lines

    for line in tree_lines(tree, lambda leaf: engine.expand(leaf, options)):
        click.echo(line, err=True)


def _tell_closing(tally: _Tally, result: SearchResult, took_s: float, options: SearchOptions, how: Look) -> None:
    """The closing line, for people: on a terminal, or where a pipe was given less than there is."""
    import sys

    from searchkit.output.summary import closing_line

    cut = tally.shown + options.offset < result.total
    if how.terminal or (cut and sys.stderr.isatty()):
        line = closing_line(
            tally.shown,
            result.total,
            took_s,
            total_is_exact=result.total_is_exact,
            with_links=tally.with_links,
            offset=options.offset,
        )
        click.echo(line, err=True)


def _tell_advice(engine: Engine, request: Request, options: SearchOptions) -> None:
    from searchkit.output.advice import advice_lines
    from searchkit.searching import advise

    for line in advice_lines(request.text, advise(engine, request, options)):
        click.echo(line, err=True)
