"""HTML inside of other documents (entries of feeds, bodies of records) -> text in paragraphs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from searchkit.formats._page.tree import UNSEEN, PageError, parse_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_MARKUP = re.compile(r"<[a-zA-Z!/]|&(?:#\w+|\w+);")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_PARAGRAPHS = frozenset([
    "address", "article", "aside", "blockquote", "caption", "dd", "div", "dl", "dt", "figcaption", "figure", "footer",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tr",
    "ul",
])  # fmt: skip
_SPACES = frozenset(["br", "td", "th"])


def fragment_text(markup: str, html_depth: int = 1000) -> str:
    """The text of some HTML, its paragraphs parted by blank lines; text without markup keeps its paragraphs.

    Raises ValueError for elements that lie too deep in one another.
    """
    markup = _CONTROLS.sub("", markup)
    if not _MARKUP.search(markup):
        return paragraphs(markup)
    try:
        tree = parse_page(f"<div>{markup}</div>", html_depth)
    except PageError as error:
        if not markup.strip():
            return ""
        raise ValueError(str(error)) from error
    lines = "".join(_pieces(tree)).split("\0")
    return "\n\n".join(filter(None, (" ".join(line.split()) for line in lines)))


def paragraphs(text: str) -> str:
    """Plain text with one line for each paragraph, blank lines between them."""
    return "\n\n".join(filter(None, (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))))


def _pieces(tree: HtmlElement) -> Iterator[str]:
    """Text in document order; NUL where a paragraph begins or ends."""
    unseen = 0
    for event, node in etree.iterwalk(tree, events=("start", "end")):
        is_unseen = node.tag in UNSEEN
        mark = "\0" if node.tag in _PARAGRAPHS else " " if node.tag in _SPACES else ""
        if event == "start":
            unseen += is_unseen
            if mark:
                yield mark
            if node.text and not unseen:
                yield node.text
        else:
            unseen -= is_unseen
            if mark:
                yield mark
            if node.tail and not unseen:
                yield node.tail
