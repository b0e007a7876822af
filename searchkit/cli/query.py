"""`searchkit query`: find articles and show them."""

from __future__ import annotations

from typing import Any

import click

from searchkit.cli.answering import Wanted, answer
from searchkit.cli.common import settings
from searchkit.cli.options import common_options
from searchkit.config import COLORS
from searchkit.engine import SORTS
from searchkit.output import FORMATS
from searchkit.query import NAME_FIELDS, TEXT_FIELDS
from searchkit.searching import Request


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
    chosen = settings(
        common,
        output__limit=limit,
        output__sort=sort,
        output__color=color,
        output__pager=False if no_pager else None,
        language=language,
    )
    wanted = Wanted(format_, template, files, nul, count, quiet, explain, raw, header)
    _check(wanted)
    request = Request(" ".join(query), any_word, field, since, until)
    return answer(chosen, request, wanted, offset=offset, reverse=reverse)


def _check(wanted: Wanted) -> None:
    modes = [name for name in ("template", "files", "count", "quiet") if getattr(wanted, name)]
    modes += ["format"] if wanted.format else []
    if len(modes) > 1:
        raise click.UsageError(f"--{modes[0]} and --{modes[1]} cannot be used together.")
    if wanted.template is not None:
        from searchkit.output.templates import Template

        Template(wanted.template)  # an unusable one is told even when nothing is found
    if wanted.nul and (wanted.format or wanted.count):
        raise click.UsageError("-0 goes with plain lines, --files and --template only.")
