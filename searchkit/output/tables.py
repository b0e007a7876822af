"""CSV and TSV: a row per hit, one line per row.

A cell that a spreadsheet would take for a formula gets an apostrophe in front, unless `raw`. CSV is quoted where needed
and ends lines with "\\n"; TSV needs no quotes, as no cell holds a tab or a line end.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterable, Iterator

from searchkit.engine import Hit
from searchkit.output import DisplayPath, paths, visible
from searchkit.output.wording import iso

COLUMNS = (
    "rank",
    "id",
    "score",
    "path",
    "record",
    "title",
    "dek",
    "publisher",
    "authors",
    "published",
    "date_source",
    "language",
    "url",
    "matched_in",
    "snippet",
    "links",
    "sha256",
)
LIST_SEPARATOR = "; "

# OWASP, "CSV Injection"; the full-width forms work where spreadsheets fold them.
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def csv_lines(
    hits: Iterable[Hit], display_path: DisplayPath = paths.own_path, *, header: bool = True, raw: bool = False
) -> Iterator[str]:
    """Comma-separated rows under a header."""
    return _lines(hits, display_path, _csv_line, header, raw)


def tsv_lines(
    hits: Iterable[Hit], display_path: DisplayPath = paths.own_path, *, header: bool = False, raw: bool = False
) -> Iterator[str]:
    """Tab-separated rows."""
    return _lines(hits, display_path, _tsv_line, header, raw)


def _lines(
    hits: Iterable[Hit], display_path: DisplayPath, line: Callable[[Iterable[str]], str], header: bool, raw: bool
) -> Iterator[str]:
    if header:
        yield line(COLUMNS)
    for hit in hits:
        yield line(_cells(hit, display_path, raw))


def _cells(hit: Hit, display_path: DisplayPath, raw: bool) -> list[str]:
    """The cells in the order of `COLUMNS`; `snippet` holds all snippets, `links` the matching headlines."""
    article = hit.article
    texts = {
        "id": article.id,
        "record": article.record,
        "title": article.title,
        "dek": article.dek,
        "publisher": article.publisher,
        "authors": LIST_SEPARATOR.join(article.authors),
        "published": iso(article.published),
        "date_source": article.date_source,
        "language": article.language,
        "url": article.url,
        "matched_in": LIST_SEPARATOR.join(hit.matched_in),
        "snippet": " … ".join(snippet.text for snippet in hit.snippets),
        "links": LIST_SEPARATOR.join(match.link.headline for match in hit.links),
        "sha256": article.sha256,
    }
    guard = _unchanged if raw else _guarded
    cells = {name: guard(visible.visible_line(text or "")) for name, text in texts.items()}
    cells["path"] = guard(visible.visible_path(display_path(article)))
    cells["rank"] = str(hit.rank)
    cells["score"] = f"{hit.score:.4f}" if math.isfinite(hit.score) else ""
    return [cells[name] for name in COLUMNS]


def _guarded(cell: str) -> str:
    """The cell as text to a spreadsheet. Tab and CR in front have become a space by now, which some programs trim."""
    return "'" + cell if cell.lstrip().startswith(_FORMULA_STARTS) else cell


def _unchanged(cell: str) -> str:
    return cell


def _csv_line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue()


def _tsv_line(cells: Iterable[str]) -> str:
    return "\t".join(cells) + "\n"
