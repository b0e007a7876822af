"""Authors whom elements name: by rel, class or itemprop, by a link to their page, a label, a box about them, a picture."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lxml import etree

from searchkit.analysis import words
from searchkit.formats._page.naming import LONGEST_NAME, written_names
from searchkit.formats._page.shown import is_about_picture, nearest
from searchkit.formats._page.tree import text_of
from searchkit.formats._people import is_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from searchkit.formats._page.place import Place

_MARKED = tuple(map(etree.XPath, (
    (
        "//*[contains(@class, 'author') or contains(@class, 'byline') or contains(@class, 'vcard')]"
        "//*[contains(concat(' ', @class, ' '), ' fn ') and not(.//*[contains(concat(' ', @class, ' '), ' fn ')])]"
    ),
    "//*[contains(concat(' ', @rel, ' '), ' author ') and not(self::link)]",
    "//a[contains(concat(' ', @class, ' '), ' author ') or contains(@class, 'author-link')]",
    "//*[contains(@class, 'author-name') or contains(@class, 'author__name') or contains(@class, 'authorname')]",
    "//*[contains(@itemprop, 'author')]//*[contains(@itemprop, 'name')]",
    "//*[contains(@itemprop, 'author') or @itemprop='creator']",
)))  # fmt: skip
_MOST_MARKED = 8
_MOST_NAMES = 4
_AUTHORS_PAGE = re.compile(
    r"/(?:authors?|autor(?:in|en|es)?|auteurs?|autori?|staff|redakteure?|journalist(?:e|en)?s?|contributors?|columnists?"
    r"|writers?|verfasser)/[^/?#]|[?&](?:author|autor)=",
    re.IGNORECASE,
)
_BOX = re.compile(
    r"\bauth?or[\s_-]{1,2}(?:bio|box|info|card|profile|details?)|about[\s_-]{1,2}(?:the[_-])?author", re.IGNORECASE
)
_BOXES = etree.XPath("//*[contains(@class, 'author') or contains(@class, 'autor')]")
_PICTURES = etree.XPath(
    "//img[@alt][contains(@class, 'avatar') or ancestor::*[contains(@class, 'autor') or contains(@class, 'author')]]"
)
_LABELS = frozenset([
    "author", "authors", "autor", "autora", "autore", "autoren", "autorin", "auteur", "auteurs", "by", "geschrieben von",
    "par", "por", "posted by", "redaktion", "text", "verfasser", "verfasserin", "verfasst von", "von", "written by",
])  # fmt: skip
_LABELLED = ("dt", "th", "td", "span", "strong", "b", "div", "p", "h4", "h5", "h6", "label")
_LEAST_SAID = 3
"""Letters of a part of a name that its address must hold."""


def marked_authors(place: Place) -> Iterator[tuple[str, ...]]:
    """The names in elements that are marked as the author's, for each way to mark them that the page uses."""
    for marked in _MARKED:
        own = [e for e in marked(place.tree)[:_MOST_MARKED] if place.owns(e) and not is_about_picture(e)]
        texts = map(text_of, nearest(own, place.article)[:_MOST_NAMES])
        names = written_names(dict.fromkeys(text for text in texts if len(text) <= LONGEST_NAME))
        if names:
            yield names


def with_others(place: Place, stated: tuple[str, ...]) -> tuple[str, ...]:
    """The stated authors, or where one element marked as the author's names these and others, all of them."""
    for marked in _MARKED:
        for element in marked(place.tree)[:_MOST_NAMES]:
            text = text_of(element)
            names = written_names([text]) if len(text) <= LONGEST_NAME else ()
            if len(names) > len(stated) and set(stated) < set(names) and place.owns(element):
                return tuple(name for name in names if name in stated or (" " in name and is_name(name)))
    return stated


def linked_authors(place: Place) -> tuple[str, ...]:
    """The persons to whose own pages on the site links of the article lead: the first, and those beside it."""
    for link in place.tree.iter("a"):
        if _linked_author(link, place) and place.owns(link):
            beside = link.getparent()
            if beside.tag == "li" and len(beside) == 1:
                beside = beside.getparent()
            found = (_linked_author(other, place) for other in beside.iter("a"))
            return tuple(dict.fromkeys(name for name in found if name))
    return ()


def _linked_author(link: HtmlElement, place: Place) -> str:
    """The person whom a link names, if its address says that it leads to an author's page and names the person too."""
    address = link.get("href") or ""
    found = _AUTHORS_PAGE.search(address)
    names = place.persons(text_of(link)) if found else ()
    if found is None or len(names) != 1:
        return ""
    page = "".join(words(unquote(address[found.start() :]).replace("-", " ").replace("_", " ")))
    said = [word for word in words(names[0]) if len(word) >= _LEAST_SAID]
    return names[0] if said and all(word in page for word in said) else ""


def labelled_authors(place: Place) -> tuple[str, ...]:
    """The names in the element behind one that says "Author" and nothing else; a login where it is a link."""
    for element in place.tree.iter(*_LABELLED):
        behind = element.getnext() if _is_label(element) else None
        if behind is None or not place.owns(element):
            continue
        text = text_of(behind)
        if names := place.persons(text):
            return names
        names = written_names([text]) if len(text) <= LONGEST_NAME else ()
        if len(names) == 1 and place.is_login(names[0]) and next(behind.iter("a"), None) is not None:
            return names
    return ()


def _is_label(element: HtmlElement) -> bool:
    text = element.text or ""
    return (
        len(element) == 0
        and len(text) <= LONGEST_NAME
        and " ".join(text.split()).removesuffix(":").rstrip().lower() in _LABELS
        and not (element.tail or "").strip()
    )


def boxed_authors(place: Place) -> tuple[str, ...]:
    """The person whom a heading in a box about the author names."""
    for box in _BOXES(place.tree):
        if _BOX.search(box.get("class")):
            for heading in box.iter("h2", "h3", "h4", "h5", "h6"):
                names = place.one_person(text_of(heading))
                if names and place.owns(heading):
                    return names
    return ()


def pictured_authors(place: Place) -> tuple[str, ...]:
    """The person whom the picture in an element named after the author shows."""
    for picture in _PICTURES(place.tree):
        names = place.one_person(picture.get("alt"))
        if names and place.owns(picture):
            return names
    return ()
