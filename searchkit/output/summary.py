"""What goes beside the results, one line or a few: closing line, report of indexing, the caret under a query."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

from searchkit.output import visible
from searchkit.output.wording import SEPARATOR, counted, duration, in_seconds

if TYPE_CHECKING:  # the service of indexing is none of a query's business
    from searchkit.indexing import IndexReport

_CARET_MARGIN = 20


def closing_line(
    shown: int, total: int, took_s: float, *, total_is_exact: bool = True, with_links: int = 0, offset: int = 0
) -> str:
    """`2 articles, 1 with related headlines · 3 ms`; `10 of 532 articles · 4 ms` where not all were shown.

    `with_links` counts the hits shown that have matching related headlines.
    """
    total = max(total, shown)
    if not total:
        return f"no articles{SEPARATOR}{duration(took_s)}"
    if shown == total and not offset and total_is_exact:
        found = counted(total, "article")
    else:
        first = f"{offset + 1:,}–{offset + shown:,}" if offset and shown else f"{shown:,}"
        found = f"{first} of {'' if total_is_exact else 'at least '}{counted(total, 'article')}"
    related = f", {with_links:,} with related headlines" if with_links else ""
    return f"{found}{related}{SEPARATOR}{duration(took_s)}"


def report_line(report: IndexReport) -> str:
    """`indexed 2 articles from 2 files (2 added) · 0.2 s`; after a dry run `would add 2 articles from 2 files · 0.2 s`."""
    parts = [_planned(report) if report.dry_run else _done(report)]
    if report.problems:
        parts.append(counted(len(report.problems), "problem"))
    if report.files_skipped:
        parts.append(f"{counted(report.files_skipped, 'file')} skipped as no articles")
    if report.total is not None:
        parts.append(f"{report.total:,} in the index")
    return SEPARATOR.join([*parts, in_seconds(report.took_s)])


def _done(report: IndexReport) -> str:
    counts = {"added": report.added, "replaced": report.replaced, "unchanged": report.unchanged}
    counts["removed"] = report.removed
    details = ", ".join(f"{number:,} {what}" for what, number in counts.items() if number)
    done = f"indexed {counted(report.added + report.replaced, 'article')} from {counted(report.files, 'file')}"
    return f"{done} ({details})" if details else done


def _planned(report: IndexReport) -> str:
    changes = {"add": report.added, "replace": report.replaced, "remove": report.removed}
    planned = [(f"{verb} {number:,}", number) for verb, number in changes.items() if number]
    rest = f"{SEPARATOR}{report.unchanged:,} unchanged" if report.unchanged else ""
    if not planned:
        return f"would change nothing in {counted(report.files, 'file')}{rest}"
    noun = "article" if planned[-1][1] == 1 else "articles"
    return f"would {', '.join(text for text, _ in planned)} {noun} from {counted(report.files, 'file')}{rest}"


def problem_lines(report: IndexReport) -> Iterator[str]:
    """A line for each file or record that was not indexed: `seeds/x.txt: reason`."""
    for problem in report.problems:
        yield f"{visible.visible_path(problem.source)}: {visible.visible_line(problem.reason)}"


def remark_lines(report: IndexReport) -> Iterator[str]:
    """A line for each thing worth knowing about a record that was indexed all the same."""
    for remark in report.remarks:
        yield f"{visible.visible_path(remark.source)}: {visible.visible_line(remark.text)}"


def caret_lines(query: str, column: int, width: int = 80) -> tuple[str, str]:
    """The query on one line, visible, and a line with a caret under the character at `column` (from 0).

    Of a query longer than `width` only the surroundings of the place are shown, with ellipses.
    """
    shown, spans = visible.visible_line_spans(query, [(column, column + 1)])
    place = spans[0][0] if spans else len(shown)
    start, end = 0, len(shown)
    if _columns(shown) > width:
        start = max(0, min(place - _CARET_MARGIN, len(shown) - width // 2))
        end = max(place + 1, start + max(width // 2 - 2, 1))
    before, after = "…" * (start > 0), "…" * (end < len(shown))
    return before + shown[start:end] + after, " " * _columns(before + shown[start:place]) + "^"


def _columns(text: str) -> int:
    """How many columns a text takes on a terminal."""
    return sum(_char_columns(char) for char in text)


def _char_columns(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
