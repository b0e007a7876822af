"""JSON documents and JSON Lines: the exact data, for programs.

Dates are ISO 8601, unknown values null, spans pairs of offsets in code points. Every document carries `"schema"`. The
text is valid JSON whatever the article holds, and safe on a terminal (`visible.json_safe`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from searchkit.article import Article, Link
from searchkit.engine import Hit, IndexStats, SearchResult, Snippet
from searchkit.output import SCHEMA, DisplayPath, Highlights, Spans, paths, visible
from searchkit.output.wording import iso

if TYPE_CHECKING:  # the service of indexing is none of a query's business
    from searchkit.indexing import IndexReport

JsonObject = dict[str, Any]


def json_text(value: object) -> str:
    """A value as JSON on one line; it holds no NaN and no infinity."""
    return visible.json_safe(json.dumps(value, ensure_ascii=False, allow_nan=False))


def hit_dict(hit: Hit, display_path: DisplayPath = paths.own_path) -> JsonObject:
    """One hit. `links` are the matching ones; `copies` is null while near-identical articles are not counted."""
    article = hit.article
    return {
        "rank": hit.rank,
        "id": article.id,
        "score": _finite(hit.score),
        "source": article.source,
        "path": display_path(article),
        "title": article.title,
        "dek": article.dek,
        "publisher": article.publisher,
        "authors": list(article.authors),
        "published": iso(article.published) or None,
        "date_source": article.date_source,
        "url": article.url,
        "matched_in": list(hit.matched_in),
        "snippets": [{"text": s.text, "spans": _pairs(s.spans), "field": s.field} for s in hit.snippets],
        "links": [{**_link_dict(match.link), "spans": _pairs(match.spans)} for match in hit.links],
        "copies": None,
        "sha256": article.sha256,
        "language": article.language,
        "record": article.record,
        "title_spans": _field_spans(hit.title),
        "dek_spans": _field_spans(hit.dek),
        **({"parts": [[leaf, _finite(share)] for leaf, share in hit.parts]} if hit.parts else {}),
    }


def article_dict(
    article: Article, display_path: DisplayPath = paths.own_path, highlights: Highlights | None = None
) -> JsonObject:
    """One whole article; with `highlights` also the spans of title, dek, body and each link."""
    whole: JsonObject = {
        "schema": SCHEMA,
        "id": article.id,
        "source": article.source,
        "path": display_path(article),
        "record": article.record,
        "title": article.title,
        "dek": article.dek,
        "publisher": article.publisher,
        "authors": list(article.authors),
        "published": iso(article.published) or None,
        "date_source": article.date_source,
        "language": article.language,
        "url": article.url,
        "body": article.body,
        "note": article.note,
        "links": [_link_dict(link) for link in article.links],
        "sha256": article.sha256,
    }
    if highlights is not None:
        whole |= {f"{name}_spans": _pairs(getattr(highlights, name)) for name in ("title", "dek", "body")}
        for link, spans in zip(whole["links"], highlights.links, strict=False):
            link["spans"] = _pairs(spans)
    return whole


def stats_dict(stats: IndexStats) -> JsonObject:
    """Counts over a whole index; `details` are the engine's own."""
    return {
        "schema": SCHEMA,
        "location": stats.location,
        "engine": stats.engine,
        "articles": stats.articles,
        "undated": stats.undated,
        "words": stats.words,
        "links": stats.links,
        "publishers": stats.publishers,
        "first_date": iso(stats.first_date) or None,
        "last_date": iso(stats.last_date) or None,
        "size_bytes": stats.size_bytes,
        "generation": stats.generation,
        "details": dict(stats.details),
    }


def report_dict(report: IndexReport) -> JsonObject:
    """What a run of indexing did, or with `dry_run` would do."""
    return {
        "schema": SCHEMA,
        "dry_run": report.dry_run,
        "files": report.files,
        "files_unchanged": report.files_unchanged,
        "files_removed": report.files_removed,
        "files_skipped": report.files_skipped,
        "added": report.added,
        "replaced": report.replaced,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "total": report.total,
        "generation": report.generation,
        "took_s": _finite(round(report.took_s, 6)),
        "problems": [{"source": problem.source, "reason": problem.reason} for problem in report.problems],
        "remarks": [{"source": remark.source, "text": remark.text} for remark in report.remarks],
        "notes": list(report.notes),
    }


def result_document(
    result: SearchResult, query: str, took_s: float, display_path: DisplayPath = paths.own_path
) -> Iterator[str]:
    """One document for a whole result, in pieces: the head, a line for each hit as it comes, the end."""
    head = {
        "schema": SCHEMA,
        "query": query,
        "total": result.total,
        "total_is_exact": result.total_is_exact,
        "took_ms": _finite(round(took_s * 1000, 3)),
    }
    yield json_text(head)[:-1] + ', "hits": ['
    separator = "\n"
    for hit in result.hits:
        yield separator + json_text(hit_dict(hit, display_path))
        separator = ",\n"
    yield "\n]}\n"


def hit_lines(hits: Iterable[Hit], display_path: DisplayPath = paths.own_path) -> Iterator[str]:
    """JSON Lines: an object per hit, each with its schema."""
    for hit in hits:
        yield json_text({"schema": SCHEMA, **hit_dict(hit, display_path)}) + "\n"


def _link_dict(link: Link) -> JsonObject:
    return {
        "headline": link.headline,
        "publisher": link.publisher,
        "published": iso(link.published) or None,
        "url": link.url,
    }


def _field_spans(snippet: Snippet | None) -> list[list[int]]:
    """Spans in the whole field, of which a snippet may show a part."""
    return [] if snippet is None else [[snippet.start + start, snippet.start + end] for start, end in snippet.spans]


def _pairs(spans: Spans) -> list[list[int]]:
    return [[start, end] for start, end in spans]


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
