"""Text for a pipe: one stable tab-separated line per hit, lists of paths, an article and stats without layout.

Nothing is wrapped, coloured or abbreviated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from searchkit.article import Article, Link
from searchkit.engine import Hit, IndexStats
from searchkit.output import DisplayPath, paths, visible
from searchkit.output.wording import SEPARATOR, UNDATED, UNTITLED, iso


def hit_lines(hits: Iterable[Hit], display_path: DisplayPath = paths.own_path, *, end: str = "\n") -> Iterator[str]:
    """A line per hit: path (with `#record`), score, date (ISO, may be empty), publisher (may be empty), title.

    `end` is "\\n" or "\\0".
    """
    for hit in hits:
        article = hit.article
        cells = (
            paths.shown_path(article, display_path),
            f"{hit.score:.4f}",
            iso(article.published),
            visible.visible_line(article.publisher or ""),
            visible.visible_line(article.title),
        )
        yield "\t".join(cells) + end


def path_lines(
    hits: Iterable[Hit], display_path: DisplayPath = paths.own_path, *, end: str = "\n", raw: bool = False
) -> Iterator[str]:
    """The file of each hit, every file once, in order of first appearance.

    `raw` gives names as the system knows them, for `xargs -0` and not for a terminal: with `end` "\\0", and a stream
    whose error handler is "surrogateescape".
    """
    written: set[str] = set()
    for hit in hits:
        path = display_path(hit.article)
        if path not in written:
            written.add(path)
            yield (paths.raw_path(path) if raw else visible.visible_path(path)) + end


def article_text(article: Article, display_path: DisplayPath = paths.own_path) -> Iterator[str]:
    """The whole article: head lines, body paragraphs apart by empty lines, note, related headlines."""
    for line in _head(article, display_path):
        yield line + "\n"
    for block in (article.body, article.note or ""):
        for paragraph in visible.visible_text(block).split("\n"):
            if paragraph.strip():
                yield f"\n{paragraph.strip()}\n"
    if article.links:
        yield "\nRelated headlines\n"
        for link in article.links:
            yield f"- {_link_line(link)}\n"


def stats_lines(stats: IndexStats) -> Iterator[str]:
    """A line per number: name, tab, value; names as in JSON, unknown dates are empty."""
    rows = (
        ("location", visible.visible_path(stats.location)),
        ("engine", visible.visible_line(stats.engine)),
        *((name, str(getattr(stats, name))) for name in ("articles", "undated", "words", "links", "publishers")),
        ("first_date", iso(stats.first_date)),
        ("last_date", iso(stats.last_date)),
        ("size_bytes", str(stats.size_bytes)),
        ("generation", str(stats.generation)),
        *((visible.visible_line(name), visible.visible_line(value)) for name, value in stats.details.items()),
    )
    for name, value in rows:
        yield f"{name}\t{value}\n"


def _head(article: Article, display_path: DisplayPath) -> Iterator[str]:
    line = visible.visible_line
    yield line(article.title) or UNTITLED
    if article.dek:
        yield line(article.dek)
    published = iso(article.published) or UNDATED
    yield SEPARATOR.join(line(part) for part in (article.publisher, published, ", ".join(article.authors)) if part)
    if article.url:
        yield line(article.url)
    yield paths.shown_path(article, display_path)
    yield line(article.id)


def _link_line(link: Link) -> str:
    parts = (link.headline, link.publisher, iso(link.published), link.url)
    return SEPARATOR.join(visible.visible_line(part) for part in parts if part)
