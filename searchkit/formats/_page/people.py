"""Authors of a page: as metadata state them, elements and lines name them, texts are signed, agencies are credited.

A person's name counts before an organisation's: metadata often name the site where the page shows who wrote. Metadata
also name who put an article online; a person whom the page does not show at all counts after those whom it shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from lxml import etree

from searchkit.analysis import words
from searchkit.formats._page.credits import credit_lines, credited_agencies, dateline_agencies
from searchkit.formats._page.marked import (
    boxed_authors,
    labelled_authors,
    linked_authors,
    marked_authors,
    pictured_authors,
    with_others,
)
from searchkit.formats._page.naming import ORGANISATION, are_persons, is_in_site, is_sites, written_names
from searchkit.formats._page.owner import site_owner
from searchkit.formats._page.place import Place, place_of
from searchkit.formats._page.said import bylines, dated_authors, dated_login, named_authors, said_authors
from searchkit.formats._page.signed import MOST_LAST, signed_authors

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_DISPLAYED = etree.XPath(
    "boolean(//body//text()[contains(., $word)][not(parent::script or parent::style or parent::noscript)])"
)
_EDITORS = frozenset([
    "agencias", "agencies", "agenturen", "editor", "editors", "redacción", "redaktion", "redazione", "rédaction", "staff",
])  # fmt: skip
"""Who is named where nobody is: an agency that is credited says more."""


def stated_authors(groups: Iterable[Iterable[str]], site: frozenset[str]) -> tuple[str, ...]:
    """The authors that metadata state: of several statements the first that names persons, else the first; or one that
    names these persons and others."""
    found = [names for group in groups if (names := written_names(group))]
    best = next((names for names in found if are_persons(names, site)), ())
    if not best:
        return found[0] if found else ()
    return next((names for names in found if set(names) > set(best)), best)


def page_authors(
    tree: HtmlElement, title: str, paragraphs: Sequence[str], stated: tuple[str, ...], site: frozenset[str]
) -> tuple[str, ...]:
    """The authors of a page with such a title and text, of whom its metadata state these.

    The stated ones where they are persons whom the page shows; else persons whom it shows, or whom the end of its text
    names; else what is stated, an agency's credit, or the one person whose site it is.
    """
    place = place_of(tree, title, site)
    are_stated = are_persons(stated, site)
    if are_stated and _are_displayed(tree, stated):
        return with_others(place, stated)
    shown = _shown_authors(place, () if are_stated else stated)
    if are_persons(shown, site):
        return shown
    signed = signed_authors(paragraphs, place)
    if signed or are_stated:
        return signed or stated
    if shown and not is_sites(shown[0], site) and shown[0].lower() not in _EDITORS:
        return shown
    lines = [*credit_lines(place), *paragraphs[-MOST_LAST:]]
    return credited_agencies(lines, site) or dateline_agencies(paragraphs) or shown or site_owner(tree, site)


def _are_displayed(tree: HtmlElement, names: tuple[str, ...]) -> bool:
    """Whether the last word of one of some names stands in what the page shows."""
    last = [name.split()[-1] for name in names]
    return any(_DISPLAYED(tree, word=form) for word in last for form in {word, word.upper(), word.capitalize()})


def _shown_authors(place: Place, stated: tuple[str, ...]) -> tuple[str, ...]:
    """The persons whom the page shows; else another name that it marks as the author's, or what is stated."""
    shown = stated
    last: tuple[str, ...] = ()
    for names in marked_authors(place):
        if are_persons(names, place.site):
            return names
        if not shown and "".join(words(names[0])) not in place.site and not ORGANISATION.search(names[0]):
            shown = names
        last = last or names
    if shown and shown != stated and place.is_login(shown[0]) and not is_in_site(shown[0], place.site):
        return shown
    named = named_authors(place, may_be_login=not shown)
    if are_persons(named, place.site):
        return named
    return (
        linked_authors(place)
        or labelled_authors(place)
        or bylines(place)
        or said_authors(place, is_known=bool(shown))
        or boxed_authors(place)
        or dated_login(place)
        or (dated_authors(place) if not shown or is_sites(shown[0], place.site) else ())
        or shown
        or named
        or last
        or pictured_authors(place)
    )
