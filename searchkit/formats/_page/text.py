"""The text of an article: trafilatura on the tree, its result as paragraphs."""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import TYPE_CHECKING

from searchkit.formats._page.tree import PageError

if TYPE_CHECKING:
    from types import ModuleType

    from lxml.html import HtmlElement

_LIST_LINE = re.compile(r"\s*(?:[-•*]\s|\d{1,3}[.)]\s|\|)")


def article_paragraphs(tree: HtmlElement) -> list[str]:
    """The paragraphs of the article in a page, without comments; none where there is no text.

    Trafilatura works on copies of the tree. Raises PageError where it fails.
    """
    try:
        found = _library().bare_extraction(tree, include_comments=False)
    except Exception as exc:
        raise PageError(f"its text cannot be told apart: {type(exc).__name__}") from exc
    return _paragraphs(getattr(found, "text", None) or "")


@cache
def _library() -> ModuleType:
    import trafilatura  # slow to load, and whoever reads no pages does without

    # It would write on standard error what is told as a remark or a bad record.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL + 1)
    return trafilatura


def _paragraphs(text: str) -> list[str]:
    """Lines as paragraphs; those of one list or table stay together."""
    paragraphs: list[str] = []
    in_list = False
    for line in text.split("\n"):
        line = line.strip()
        listed = _LIST_LINE.match(line) is not None
        if line and listed and in_list:
            paragraphs[-1] += f"\n{line}"
        elif line:
            paragraphs.append(line)
        in_list = listed if line else in_list
    return paragraphs
