"""`searchkit show`: whole articles with their related links."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from searchkit.article import Article
from searchkit.cli.common import Settings, display_path_for, open_configured, settings
from searchkit.cli.options import common_options
from searchkit.cli.screen import Look, end_quietly_on_closed_pipe, look, page, write
from searchkit.config import COLORS
from searchkit.engine import Engine, Hit
from searchkit.errors import ArticleNotFoundError
from searchkit.highlight import Highlighter, SnippetOptions
from searchkit.inputs import source_name
from searchkit.output import FORMATS, Highlights
from searchkit.queryparser import parse_query
from searchkit.searching import find_article


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="ID...")
@click.option("--query", "query", metavar="QUERY", help="Highlight what matches this query.")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Output format.  [default: text]")
@click.option("--template", metavar="TEXT", help="A line like '{published} {title}', keys as in JSON.")
@click.option("--language", metavar="TAG", help="Highlight inflections of this language.  [setting: language]")
@click.option("--color", type=click.Choice(COLORS), help="Colours.  [setting: output.color]")
@click.option("--no-pager", is_flag=True, help="Never page.  [setting: output.pager]")
@common_options
def command(
    names: tuple[str, ...],
    query: str | None,
    format_: str | None,
    template: str | None,
    language: str | None,
    color: str | None,
    no_pager: bool,
    **common: Any,
) -> int:
    """Show articles whole, with their related links.

    ID is the beginning of an article's id, its path, or path#record for one of many in a file.

    \b
    Examples:
      searchkit show seeds/004_4ddfc6bcc6cd5d23.txt --query mosul
      searchkit show 3f2a --format json | jq .links
      searchkit query mosul --template '{id}' | xargs searchkit show
    """
    end_quietly_on_closed_pipe()
    if format_ and template is not None:
        raise click.UsageError("--format and --template cannot be used together.")
    chosen = settings(common, output__color=color, output__pager=False if no_pager else None, language=language)
    config = chosen.config
    highlighter = None
    if query is not None:
        options = SnippetOptions(config.output.snippets, config.output.snippet_chars)
        highlighter = Highlighter(parse_query(query), config.stemming, options)
    with open_configured(config) as engine:
        articles = [_find(engine, name, chosen.root) for name in names]
    how = look(color=config.output.color, hyperlinks=config.output.hyperlinks, force_layout=format_ == "text")
    if how.layout and format_ in (None, "text") and template is None:
        _write_layout(articles, highlighter, chosen, how)
    else:
        write(_pieces(articles, highlighter, chosen, format_, template))
    return 0


def _find(engine: Engine, name: str, root: Path) -> Article:
    """The article of a name as the index has it, else of a path as it is seen from the current folder."""
    try:
        return find_article(engine, name)
    except ArticleNotFoundError:
        seen_from_here = source_name(Path(name), root)
        if not name or seen_from_here == name:
            raise
        try:
            return find_article(engine, seen_from_here)
        except ArticleNotFoundError:
            pass
        raise


def _pieces(
    articles: list[Article],
    highlighter: Highlighter | None,
    chosen: Settings,
    format_: str | None,
    template: str | None,
) -> Iterator[str]:
    display = display_path_for(chosen.root)
    hits = (_as_hit(article, highlighter, rank) for rank, article in enumerate(articles, 1))
    if template is not None:
        from searchkit.output.templates import Template

        yield from Template(template).lines(hits, display)
    elif format_ in ("json", "jsonl"):
        from searchkit.output import jsons

        for article in articles:
            yield jsons.json_text(jsons.article_dict(article, display, _highlights(article, highlighter))) + "\n"
    elif format_ in ("csv", "tsv"):
        from searchkit.output import tables

        lines = tables.csv_lines if format_ == "csv" else tables.tsv_lines
        yield from lines(hits, display)
    else:
        from searchkit.output import plain

        for number, article in enumerate(articles):
            yield "\n" * bool(number)
            yield from plain.article_text(article, display)


def _write_layout(articles: list[Article], highlighter: Highlighter | None, chosen: Settings, how: Look) -> None:
    from searchkit.cli.linking import file_uri_for
    from searchkit.output.terminal import Screen, article_blocks

    uri = file_uri_for(chosen.root, how.hyperlinks)
    screen = Screen(how.width, how.color, display_path_for(chosen.root), uri)

    def blocks() -> Iterator[str]:
        for number, article in enumerate(articles):
            yield "\n" * bool(number)
            yield from article_blocks(article, screen, _highlights(article, highlighter))

    if how.terminal and chosen.config.output.pager:
        page(blocks())
    else:
        write(blocks())


def _highlights(article: Article, highlighter: Highlighter | None) -> Highlights | None:
    if highlighter is None:
        return None
    marks = highlighter.mark(article)
    return Highlights(marks.title, marks.dek, marks.body, marks.links)


def _as_hit(article: Article, highlighter: Highlighter | None, rank: int) -> Hit:
    hit = Hit(rank, 0.0, article)
    return highlighter.illustrate(hit) if highlighter else hit
