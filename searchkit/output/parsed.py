"""What was read of a file, for people: each field with its value, or that nothing stated it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from searchkit.article import Article
from searchkit.output import visible
from searchkit.output.wording import counted, iso

_COLUMN = 11
_MISSING = "– (nothing states it)"


def field_lines(article: Article, width: int) -> Iterator[str]:
    """A line for each field: `published  2017-03-17 (from meta)`, `dek        – (nothing states it)`; a longer value goes
    on below in its column, but for addresses and the source, which are not broken."""
    published = iso(article.published)
    paragraphs = len([part for part in article.body.split("\n\n") if part.strip()])
    fields = {
        "source": article.source,
        "title": article.title,
        "dek": article.dek,
        "authors": ", ".join(article.authors),
        "publisher": article.publisher,
        "published": f"{published} (from {article.date_source})" if published else None,
        "language": article.language,
        "url": article.url,
        "body": f"{counted(paragraphs, 'paragraph')}, {counted(len(article.body), 'character')}"
        if article.body
        else None,
        "links": counted(len(article.links), "related headline") if article.links else None,
        "note": counted(len(article.note), "character") if article.note else None,
        "id": article.id,
    }
    for name, value in fields.items():
        shown = visible.visible_line(value) if value else _MISSING
        room = max(20, width - _COLUMN)
        lines = [shown] if name in ("source", "url") else textwrap.wrap(shown, room, break_on_hyphens=False)
        yield f"{name:<{_COLUMN}}" + f"\n{'':<{_COLUMN}}".join(lines or [shown]) + "\n"
