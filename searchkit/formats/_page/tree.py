"""HTML text -> tree: parsed once, its depth limited, and the little that all readers of the tree share."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from lxml import etree, html

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

DEEPEST = 2000
"""Levels below which libxml2 leaves out what lies deeper; `html_depth` cannot be larger."""

UNSEEN = frozenset(["script", "style", "noscript", "template", "svg", "iframe", "head"])
"""Elements whose text no reader of the page sees."""

_HEAD = 4096
_SELF_CLOSED = re.compile(r"<html\b([^>]*)/>", re.IGNORECASE)


class PageError(ValueError):
    """A page that no article can be read from; the message says why."""


def parse_page(text: str, html_depth: int) -> HtmlElement:
    """The tree of a page, without comments and processing instructions.

    Raises PageError where elements lie deeper than `html_depth` in one another, or where there are none.
    """
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    # A closed root would leave the rest of the page outside of it.
    text = _SELF_CLOSED.sub(r"<html\1>", text[:_HEAD], count=1) + text[_HEAD:]
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as exc:
        raise PageError("empty: holds no element of HTML") from exc
    for reading in [*tree.iter("rt", "rp")]:  # how characters are pronounced, between them
        drop(reading)
    limit = min(html_depth, DEEPEST)
    if _deeper_than(limit)(tree):
        raise PageError(f"elements lie more than {limit} deep in one another, the limit of depth (html_depth)")
    return tree


@cache
def _deeper_than(limit: int) -> Any:
    """Whether an element lies more than `limit` deep: a path of steps, each of which libxml2 walks once."""
    return etree.XPath(f"boolean({'/*' * (limit + 1)})")


def text_of(element: HtmlElement) -> str:
    """The text inside an element as a reader sees it, on one line."""
    if len(element) == 0:  # most are leaves, and a walk costs more than they hold
        return "" if element.tag in UNSEEN else " ".join((element.text or "").split())
    return " ".join("".join(_texts(element)).split())


_BREAKS = frozenset([
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "section", "table", "td", "th", "tr",
    "ul",
])  # fmt: skip


def _texts(element: HtmlElement) -> Iterator[str]:
    """The pieces of text in document order, a space where a block begins or ends."""
    if element.tag in UNSEEN:
        return
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            if node.tag in _BREAKS:
                yield " "
            if node.text and node.tag not in UNSEEN:
                yield node.text
        else:
            if node.tag in _BREAKS:
                yield " "
            if node.tail and node is not element:
                yield node.tail


def drop(element: HtmlElement) -> None:
    """Take an element out of the tree; the text behind it stays."""
    if element.getparent() is not None:
        element.drop_tree()
