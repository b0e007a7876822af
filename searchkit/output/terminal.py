"""Hits, one article and stats for people at a terminal: colour, weight and space, no boxes.

Text reaches rich only as `Text`, never as markup, and only through `visible`. Styles are the terminal's own bold, dim
and standard colours, so that they follow a dark or a light theme. Paths and addresses are never broken over lines, so
that they can be copied; everything else wraps with a hanging indent.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator

from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from rich.text import Text

from searchkit.article import Article, Link
from searchkit.engine import Hit, IndexStats, LinkMatch, Snippet
from searchkit.output import DisplayPath, FileUri, Highlights, Spans, paths, visible
from searchkit.output.wording import SEPARATOR, UNDATED, UNTITLED, counted, day, meta, names, size
from searchkit.value import Value

HITS_WIDTH = 120
"""Hits are no wider than this, so that a score stays near its title."""

READING_WIDTH = 100
"""An article is no wider than this."""

LINKS_SHOWN = 3
AUTHORS_SHOWN = 6
TITLE_CHARS = 600
"""A longer title is no title; hits show its beginning."""

_INDENT = 3
_LEAST_WIDTH = 8
_MARK = "related"

_PLAIN = Style()
_BOLD = Style(bold=True)
_DIM = Style(dim=True)
_MATCH = Style(bold=True, color="red")
_LABEL = Style(color="cyan")

# Text.wrap and Text.render ask a console for its settings; this one has none from the environment.
_CONSOLE = Console(file=io.StringIO(), width=80, markup=False, emoji=False, highlight=False, _environ={})
_SAFE_URI = re.compile(r"[!-~]+")


def _no_uri(article: Article) -> str | None:
    return None


class Screen(Value):
    """What the caller knows of the terminal, and how it wants files named and linked."""

    width: int = 80
    color: bool = True
    display_path: DisplayPath = paths.own_path
    file_uri: FileUri = _no_uri


def hit_blocks(hits: Iterable[Hit], screen: Screen) -> Iterator[str]:
    """A block of lines for each hit as it comes, an empty line after each."""
    for hit in hits:
        indent = max(_INDENT, len(str(hit.rank)) + 1)
        width = max(min(screen.width, HITS_WIDTH), indent + _LEAST_WIDTH)
        lines = [*_title_lines(hit, indent, width)]
        for text in _hit_texts(hit):
            lines += _wrapped(text, indent, width)
        for label, text in _labelled_texts(hit):
            lines += _labelled(label, text, indent, width)
        yield _joined(lines, screen.color) + _path_line(hit.article, screen, indent) + "\n"


def article_blocks(article: Article, screen: Screen, highlights: Highlights | None = None) -> Iterator[str]:
    """The whole article: title, dek, what is known of it, body, note and related headlines."""
    marks = highlights or Highlights()
    width = max(min(screen.width, READING_WIDTH), _LEAST_WIDTH)
    head = [*_wrapped(_marked(article.title or UNTITLED, marks.title, _BOLD), 0, width)]
    if article.dek:
        head += _wrapped(_marked(article.dek, marks.dek), 0, width)
    for line in (_known(article), names(article.authors)):
        head += _wrapped(_marked(line, style=_DIM), 0, width) if line else []
    head += [_marked(article.url, style=_DIM)] if article.url else []
    yield _joined(head, screen.color) + _path_line(article, screen, 0) + _joined([_id(article)], screen.color)
    yield from _paragraphs(article.body, marks.body, _PLAIN, width, screen.color)
    yield from _paragraphs(article.note or "", (), _DIM, width, screen.color)
    yield from _link_blocks(article.links, marks.links, width, screen.color)


def stats_block(stats: IndexStats, screen: Screen) -> str:
    """The numbers of an index, a labelled line each."""
    dated = UNDATED if stats.first_date is None else day(stats.first_date)
    if stats.last_date is not None and stats.last_date != stats.first_date:
        dated += f" – {day(stats.last_date)}"
    rows = (
        ("index", visible.visible_path(stats.location)),
        ("engine", f"{stats.engine}{SEPARATOR}generation {stats.generation:,}"),
        ("articles", f"{stats.articles:,}"),
        ("undated", f"{stats.undated:,}"),
        ("dates", dated if stats.articles else ""),
        ("publishers", f"{stats.publishers:,}"),
        ("links", f"{stats.links:,}"),
        ("words", f"{stats.words:,}"),
        ("size", size(stats.size_bytes) if stats.size_bytes else ""),
        *stats.details.items(),
    )
    shown = [(_marked(label, style=_DIM), _own(visible.visible_path(value))) for label, value in rows if value]
    column = max(label.cell_len for label, _ in shown) + 2
    for label, _ in shown:
        label.pad_right(column - label.cell_len)
    return _joined([label + value for label, value in shown], screen.color)


def _title_lines(hit: Hit, indent: int, width: int) -> Iterator[Text]:
    """The title, the rank left and the score right of its first line."""
    score = f"{hit.score:.2f}"
    column = max(width - indent - len(score) - 2, _LEAST_WIDTH)
    first, *more = _title(hit).wrap(_CONSOLE, column)
    first.pad_right(column - first.cell_len + 2)
    yield _own(str(hit.rank).ljust(indent), _DIM) + first + _own(score, _DIM)
    for line in more:
        yield _own(" " * indent) + line


def _title(hit: Hit) -> Text:
    found = hit.title or Snippet("title", hit.article.title)
    if not found.text.strip():
        return _own(UNTITLED, _DIM)
    if len(found.text) > TITLE_CHARS:
        found = Snippet("title", found.text[:TITLE_CHARS], found.spans, more_after=True)
    return _snippet(found, _BOLD)


def _hit_texts(hit: Hit) -> Iterator[Text]:
    """What stands between the title and the related headlines."""
    yield _marked(meta(hit.article, AUTHORS_SHOWN), style=_DIM)
    if hit.dek is not None and hit.dek.spans:
        yield _snippet(hit.dek)
    for snippet in hit.snippets:
        if snippet.field not in ("author", "publisher"):
            yield _snippet(snippet)


def _labelled_texts(hit: Hit) -> Iterator[tuple[str, Text]]:
    """Matches in names, then in related headlines under one label, then how the score came about."""
    for snippet in hit.snippets:
        if snippet.field in ("author", "publisher"):
            yield snippet.field, _snippet(snippet)
    for i, match in enumerate(hit.links[:LINKS_SHOWN]):
        yield ("" if i else _MARK), _link(match)
    more = len(hit.links) - LINKS_SHOWN
    if more > 0:
        match_s = "headline matches" if more == 1 else "headlines match"
        yield "", _own(f"+ {more:,} more related {match_s}", _DIM)
    if hit.parts:
        yield "score", _marked(" + ".join(f"{share:.2f} {leaf}" for leaf, share in hit.parts), style=_DIM)


def _link(match: LinkMatch) -> Text:
    """Headline with its matches, publisher, date."""
    link = match.link
    details = [link.publisher, day(link.published) if link.published else None]
    rest = "".join(SEPARATOR + detail for detail in details if detail)
    return _marked(link.headline, match.spans) + _marked(rest, style=_DIM)


def _link_blocks(links: Iterable[Link], marks: Iterable[Spans], width: int, color: bool) -> Iterator[str]:
    links, marks = list(links), list(marks)
    if links:
        yield "\n" + _joined([_own(counted(len(links), "related headline"), _LABEL)], color)
    for i, link in enumerate(links):
        text = _link(LinkMatch(link, tuple(marks[i]) if i < len(marks) else ()))
        yield _joined(_hanging(_own("·  ", _DIM), text, width), color)


def _paragraphs(block: str, spans: Spans, style: Style, width: int, color: bool) -> Iterator[str]:
    """Each line of the text that is not empty, wrapped, with an empty line before."""
    shown, places = visible.visible_text_spans(block, spans)
    for paragraph in _own(shown, style, places).split("\n"):
        if paragraph.plain.strip():
            yield "\n" + _joined(_wrapped(paragraph, 0, width), color)


def _known(article: Article) -> str:
    """Publisher, date with its evidence, and language."""
    published = UNDATED if article.published is None else day(article.published)
    if article.published is not None and article.date_source:
        published += f" ({article.date_source})"
    return SEPARATOR.join(part for part in (article.publisher, published, article.language) if part)


def _id(article: Article) -> Text:
    return _marked(article.id, style=_DIM)


def _path_line(article: Article, screen: Screen, indent: int) -> str:
    """The path as one line, linked to its file where there is an address that is safe to write."""
    path = _ansi(_own(paths.shown_path(article, screen.display_path), _DIM), screen.color)
    uri = screen.file_uri(article)
    if uri is not None and _SAFE_URI.fullmatch(uri):
        path = f"\x1b]8;;{uri}\x1b\\{path}\x1b]8;;\x1b\\"
    return " " * indent + path + "\n"


def _snippet(snippet: Snippet, style: Style = _PLAIN) -> Text:
    before = _own("… " if snippet.more_before else "", _DIM)
    after = _own(" …" if snippet.more_after else "", _DIM)
    return before + _marked(snippet.text, snippet.spans, style) + after


def _marked(line: str, spans: Spans = (), style: Style = _PLAIN) -> Text:
    """One line of foreign text, visible, with its matches."""
    shown, places = visible.visible_line_spans(line, spans)
    return _own(shown, style, places)


def _own(shown: str, style: Style = _PLAIN, places: Spans = ()) -> Text:
    """Text that is visible already. The style is a span, as the style of a whole `Text` spreads to what is appended."""
    text = Text(shown, end="")
    text.stylize(style)
    for start, end in places:
        text.stylize(_MATCH, start, end)
    return text


def _wrapped(text: Text, indent: int, width: int) -> list[Text]:
    return _hanging(_own(" " * indent), text, width)


def _labelled(label: str, text: Text, indent: int, width: int) -> list[Text]:
    """The text behind a column for labels."""
    space = " " * (len(_MARK) + 2 - len(label))
    return _hanging(_own(" " * indent) + _own(label, _LABEL) + _own(space), text, width)


def _hanging(first: Text, text: Text, width: int) -> list[Text]:
    """The text wrapped behind `first`, the further lines indented by as much."""
    lines = text.wrap(_CONSOLE, max(width - first.cell_len, _LEAST_WIDTH))
    blank = _own(" " * first.cell_len)
    return [(blank if i else first) + line for i, line in enumerate(lines)]


def _joined(lines: Iterable[Text], color: bool) -> str:
    return "".join(_ansi(line, color) + "\n" for line in lines)


def _ansi(text: Text, color: bool) -> str:
    """The text with its styles as escape sequences, or without any."""
    if not color:
        return text.plain.rstrip()
    system = ColorSystem.STANDARD
    pieces = ((segment.style or _PLAIN, segment.text) for segment in text.render(_CONSOLE))
    return "".join(style.render(piece, color_system=system) for style, piece in pieces).rstrip()
