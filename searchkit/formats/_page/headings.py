"""The headings of a page that may show its title: their text without kickers, and how much they look like one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from searchkit.analysis import words
from searchkit.formats._page.stated import LIKE, Stated, Words, alike
from searchkit.formats._page.tree import text_of
from searchkit.formats._titles import LONGEST_TITLE
from searchkit.value import Value

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MOST_HEADINGS = 60
"""Besides `<h1>`, which menus of many entries may stand before."""
_MOST_PARTS = 12
"""Elements inside a heading that may be its kicker."""
_MARKED_HEADLINE = re.compile(
    r"(?:^|[\s_-])(?:(?:entry|post|article|story|page|content|news|artikel|beitrag)[_-]*(?:title|titel|headline|heading)"
    r"|headline|headlinetext|titular|titulo)(?:$|[\s_-])",
    re.IGNORECASE,
)
_KICKER = re.compile(
    r"kicker|overline|topline|dachzeile|roof|eyebrow|pre-?(?:title|headline)|rubrik|spitzmarke|sr-only|visually-hidden"
    r"|screen-reader|volanta|headline-(?:topic|label)|supertitle|topic",
    re.IGNORECASE,
)
_HEADLINE_PART = re.compile(r"(?:^|[\s_-])(?:headline|title|titel)(?:$|[\s_-])", re.IGNORECASE)
_PATH = re.compile(r"(?:^|[\s_-])breadcrumbs?(?:$|\s)", re.IGNORECASE)
_ASIDE = frozenset(["nav", "footer", "aside"])
_OF_HEADINGS = frozenset(["h1", "h2", "h3"])
_WHOLE_PAGE = 30
"""Paragraphs and divisions of a form that is the page."""


class Heading(Value):
    """A heading of the page: its text, its words, how much it looks like the title by itself (0 to 4), and whether its
    text is one piece, without elements inside."""

    text: str
    words: Words
    weight: float
    is_one_piece: bool


def headings_of(tree: HtmlElement, names: frozenset[str], stated: Stated) -> Iterator[Heading]:
    """What may be the shown headline: headings and what is marked as one, without the site's own name."""
    marked = "@itemprop='headline' or @itemprop='name headline' or self::h1 or self::h2 or self::h3"
    named = (
        "contains(@class, 'itle') or contains(@class, 'eadline') or contains(@id, 'itle') or contains(@id, 'eadline')"
    )
    found = tree.xpath(f"//body//*[{marked} or ((self::div or self::p or self::span or self::h4) and ({named}))]")
    for n, element in enumerate(found):
        if (n >= _MOST_HEADINGS and element.tag != "h1") or _is_around_heading(element):
            continue
        weight = _weight(element)
        text = _heading_text(element, stated) if weight >= 0 and not _leads_home(element) else ""
        said = tuple(words(text))
        if weight <= 0 and (element.tag in _OF_HEADINGS or said not in stated.forms):
            continue
        if said and len(text) <= LONGEST_TITLE and "".join(said) not in names:
            yield Heading(text, said, weight, len(element) == 0)


def _is_around_heading(element: HtmlElement) -> bool:
    """Whether an element is named after a title, but holds the heading among other things."""
    return element.tag not in _OF_HEADINGS and next(element.iter(*_OF_HEADINGS), None) is not None


def _weight(element: HtmlElement) -> float:
    weight = {"h1": 3.0, "h2": 1.5, "h3": 0.5}.get(element.tag, 0.0)
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if element.get("itemprop") in ("headline", "name headline") or _MARKED_HEADLINE.search(names):
        weight = max(weight, 1.0) + 1.0
    above = {ancestor.tag for ancestor in element.iterancestors()}
    if above & _ASIDE or ("form" in above and "main" not in above and _in_small_form(element)):
        weight -= 3.0
    elif _PATH.search(" ".join(filter(None, (ancestor.get("class") for ancestor in element.iterancestors())))):
        weight -= 2.0  # the last step of the path through the site, which the window's title repeats
    if "a" in above and element.tag != "h1":
        weight -= 1.0
    return weight


def _in_small_form(element: HtmlElement) -> bool:
    """Whether a heading stands in a form that people fill in; some programs put the whole page in one."""
    form = next(element.iterancestors("form"))
    return form.getparent().tag != "body" and next(islice(form.iter("p", "div"), _WHOLE_PAGE, None), None) is None


def _leads_home(element: HtmlElement) -> bool:
    """Whether a heading is a link to the front page, as the names of sites are."""
    links = [*element.iterdescendants("a"), *element.iterancestors("a")][:1]
    return any(_is_front(link.get("href") or "#") for link in links)


def _is_front(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.path in ("", "/") and not parts.fragment and not parts.query and address != "#"


def _heading_text(element: HtmlElement, stated: Stated) -> str:
    """The text of a heading without the kicker or subline inside it.

    A part is one if it is marked so, if what follows it is marked as the headline, if a dash or bar stands behind it
    where the title is stated, or if what is left without it is what is stated elsewhere and the whole is not.
    """
    whole = text_of(element)
    if marked := _marked_end(element, whole):
        return marked
    is_stated = tuple(words(whole)) in stated.whole
    parts = element.iterdescendants("span", "div", "p", "small", "strong", "a", "em", "b", "i", "h1", "h2")
    for part in islice(parts, _MOST_PARTS):
        inner = text_of(part)
        if inner and inner in whole and len(inner) < len(whole):
            rest = " ".join(whole.replace(inner, "", 1).split()).strip(" :|–—-•/")
            is_marked = _is_kicker(part) and len(inner) < 0.7 * len(whole)
            is_more = not is_stated and tuple(words(rest)) in stated.forms
            if is_marked or is_more or (whole.startswith(inner) and _are_parted(inner, rest, stated)):
                whole = rest
    return whole


def _marked_end(element: HtmlElement, whole: str) -> str:
    """The last part of a heading of several elements, if it is marked as the headline and the longer one; else ""."""
    if len(element) < 2 or (element.text or "").strip():
        return ""
    end = text_of(element[-1])
    is_marked = _HEADLINE_PART.search(element[-1].get("class") or "") is not None
    return end if is_marked and whole.endswith(end) and len(whole) / 2 < len(end) < len(whole) else ""


def _are_parted(kicker: str, rest: str, stated: Stated) -> bool:
    """Whether a dash or bar parts the two in a stated title, be what follows it a little different there."""
    first, second = tuple(words(kicker)), tuple(words(rest))
    return len(kicker) < len(rest) and any(
        before == first and alike(second, behind) >= LIKE for before, behind in stated.parted
    )


def _is_kicker(element: HtmlElement) -> bool:
    return _KICKER.search(element.get("class") or "") is not None
