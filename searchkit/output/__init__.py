"""SearchResult, Article, IndexReport and IndexStats -> text: for people, for pipes and for programs.

Modules return or yield strings and write nothing themselves; `cli/` chooses the stream, the width, whether there is
colour, and how paths are shown. Article text is hostile: whatever comes from an archive passes through `visible`.

    visible      the boundary: controls, escape sequences and bidi overrides become visible
    paths        how the path of an article is shown, listed and linked
    wording      counts, dates, durations and sizes as people read them
    terminal     hits, one article, stats on a terminal
    plain        the same for a pipe: tab-separated lines, lists of paths, unwrapped text
    tables       csv, tsv
    jsons        json, jsonl
    templates    --template
    summary      what goes beside the results: closing line, report of indexing, the caret under a query
    advice       what would have helped a query that found nothing
    explain      how a query was read
    progress     the progress bar of indexing

Only `terminal` and `progress` import rich, so that a pipe never waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from searchkit.article import Article
from searchkit.value import Value

FORMATS = ("text", "json", "jsonl", "csv", "tsv")
"""What `--format` takes. "text" is `terminal` on a terminal and `plain` in a pipe."""

SCHEMA = 1
"""Version of all machine output; keys and columns are only ever added while it stays the same."""

Spans = Sequence[tuple[int, int]]
"""Places in a text as (start, end) offsets, ascending and not overlapping."""

DisplayPath = Callable[[Article], str]
"""How the caller wants the file of an article named (relative, absolute), without the record in it."""

FileUri = Callable[[Article], str | None]
"""The `file://` address of an article's file (`paths.file_uri`), or None for no hyperlink."""


class Highlights(Value):
    """Where the matches are in one whole article: spans for each field, and for the headline of each link (in the
    order of `Article.links`; may be shorter)."""

    title: Spans = ()
    dek: Spans = ()
    body: Spans = ()
    links: Sequence[Spans] = ()
