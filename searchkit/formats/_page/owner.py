"""Whose site a page is on, where that is one person's: who holds its copyright or is its licence's author."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from searchkit.analysis import words
from searchkit.formats._givennames import has_given_name
from searchkit.formats._page.naming import are_persons, written_names
from searchkit.formats._page.tree import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_HELD = re.compile(
    r"(?:©|\(c\)|\bcopyright\b)[\s:]*(?:(?:©|\(c\)|copyright|by|von)[\s:]*)*"
    r"(?:(?:since\s+|seit\s+)?\d{4}[\s,]*(?:[-–—/]\s*)?(?:\d{4}|\d\d)?[\s,]*)?(?:by|von)?\s*([^\W\d_][^\d|©•·,:;()\[\]]{4,40})",
    re.IGNORECASE,
)
_LINES = etree.XPath(
    "//body//*[not(self::script or self::style)]/text()"
    "[contains(., '©') or contains(., '(c)') or contains(., '(C)') or contains(., 'opyright') or contains(., 'COPYRIGHT')]"
    "/.."
)
_LICENSED = etree.XPath("//*[@property='cc:attributionName' or contains(@rel, 'cc:attributionURL')]")
_CALLED = etree.XPath(
    "//*[contains(@class, 'site-title') or contains(@class, 'site-description') or contains(@id, 'site-title')]"
)
_FOOTER = re.compile(r"(?:^|[\s_-])(?:footer|copyrights)(?:$|[\s_-])", re.IGNORECASE)
_LONGEST_LINE = 200
_MOST_WORDS = 3


def site_owner(tree: HtmlElement, site: frozenset[str]) -> tuple[str, ...]:
    """The person whose name the site's address, its name or the window's title says, and who calls the site his; or
    whom its Creative Commons licence names. Empty without one."""
    for element in _LICENSED(tree):
        names = written_names([text_of(element)])
        if len(names) == 1 and are_persons(names, site):
            return names
    called = [*site, "".join(words(tree.findtext(".//title") or ""))]
    for text, is_footer in _claims(tree):
        names = written_names([text])
        if len(names) == 1 and len(names[0].split()) <= _MOST_WORDS and has_given_name(names[0]):
            said = "".join(words(names[0]))
            if is_footer or any(said in name for name in called):
                return names
    return ()


def _claims(tree: HtmlElement) -> Iterator[tuple[str, bool]]:
    for element in _LINES(tree):
        line = text_of(element)
        held = _HELD.search(line) if len(line) <= _LONGEST_LINE else None
        if held:
            held_by = re.split(r"\.\s|\.$|\s(?:All|Alle|Tous|Todos)\s", held[1], maxsplit=1)[0]
            yield held_by, any(_is_footer(e) for e in (element, *element.iterancestors()))
    for element in _CALLED(tree):
        yield text_of(element), False


def _is_footer(element: HtmlElement) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return element.tag == "footer" or _FOOTER.search(names) is not None
