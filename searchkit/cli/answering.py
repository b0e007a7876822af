"""What `searchkit query` does once its arguments are known: search, show, tell what there is to tell.

Imports no click: a simple query is answered without it (`cli.run`).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from searchkit.cli.common import Settings, display_path_for, open_configured
from searchkit.cli.screen import Look, end_quietly_on_closed_pipe, look, page, tell, write
from searchkit.engine import Engine, Hit, SearchOptions, SearchResult
from searchkit.query import Query
from searchkit.searching import Request, build_query, search
from searchkit.value import Value, replace

if TYPE_CHECKING:
    from searchkit.highlight import SnippetOptions

NOTHING_FOUND = 1


class Wanted(Value):
    """What the flags ask of the output."""

    format: str | None = None
    template: str | None = None
    files: bool = False
    nul: bool = False
    count: bool = False
    quiet: bool = False
    explain: bool = False
    raw: bool = False
    header: bool | None = None

    @property
    def end(self) -> str:
        return "\0" if self.nul else "\n"


def answer(
    chosen: Settings, request: Request, wanted: Wanted = Wanted(), *, offset: int = 0, reverse: bool = False
) -> int:
    """Answer a query on stdout; the exit status."""
    end_quietly_on_closed_pipe()
    tree = build_query(request)
    with open_configured(chosen.config) as engine:
        return _answer(engine, chosen, request, tree, wanted, _options(chosen, offset, reverse, wanted.explain))


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
    engine: Engine, chosen: Settings, request: Request, tree: Query, wanted: Wanted, options: SearchOptions
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


def _snippets(wanted: Wanted, how: Look, chosen: Settings) -> SnippetOptions | None:
    """Marking matches takes longer than finding them: left out where nothing of it would be shown."""
    if wanted.files or (wanted.format in (None, "text") and not wanted.template and not how.layout):
        return None
    from searchkit.highlight import SnippetOptions

    return SnippetOptions(chosen.config.output.snippets, chosen.config.output.snippet_chars)


def _write_hits(
    hits: _Tally, result: SearchResult, took_s: float, chosen: Settings, request: Request, wanted: Wanted, how: Look
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
        tell(line)


def _tell_closing(tally: _Tally, result: SearchResult, took_s: float, options: SearchOptions, how: Look) -> None:
    """The closing line, for people: on a terminal, or where a pipe was given less than there is."""
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
        tell(line)


def _tell_advice(engine: Engine, request: Request, options: SearchOptions) -> None:
    from searchkit.output.advice import advice_lines
    from searchkit.searching import advise

    for line in advice_lines(request.text, advise(engine, request, options)):
        tell(line)
