"""Authors whom lines about the article name: "By X", "Posted by X on May 6 in Science", a name beside the date."""

from __future__ import annotations

import re
from itertools import chain, islice, pairwise
from typing import TYPE_CHECKING

from lxml import etree

from searchkit.formats._outlets import is_outlet
from searchkit.formats._page.naming import GLUED, LONGEST_NAME, are_persons, is_login, written_names
from searchkit.formats._page.tree import text_of
from searchkit.formats._people import is_name

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from searchkit.formats._page.place import Place

_NAMED = re.compile(
    r"author|autor|byline|writer|journalist|verfasser|redakteur|reporter|submitted|posted-?by|username|signature|firma"
    r"|auteur|contributor|creator",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"\b(?:(?:posted|written|published|submitted|created|edited|words|story|text)(?: in [\w ,]{1,80}?)? by"
    r"|(?:gepostet|geschrieben|erstellt|eingestellt|veröffentlicht|verfasst|publiziert|geposted) (?:von|durch)"
    r"|(?:eine? )?(?:kolumne|interview|text|artikel|beitrag|kommentar|gastbeitrag|reportage) von"
    r"|(?:publié|écrit|rédigé) par|(?:escrito|publicado|por|scritto|pubblicato) (?:por|da)"
    r"|(?:autor(?:in|en)?|author|autore|auteur|redaktion|interview|text|text & fotos?|verfasst von|written by) ?:)\s+"
    r"|(?:^|(?<=\d )|(?<=\| )|(?<=Uhr )|(?<=- ))(?:by|von|par|por)\s+(?=\S[^,.|]{1,40}?\s*(?:$|[|•·–]|\b(?:on|am)\b|\d))",
    re.IGNORECASE,
)
"""What says in a line about the article that the names behind it are its authors'."""
_ABOUT = re.compile(r"meta|date|info|posted|submitted|credit|subline|headline|caption|title", re.IGNORECASE)
LINE = re.compile(
    r"(?:by|von|par|por|door|text|autor(?:in(?:nen)?|en)?|autore|auteur|authors?|written by|posted by"
    r"|(?:ein )?(?:artikel|beitrag|interview) von"
    r"|verfasst von|geschrieben von|interview|автор)\s*:?\s+(?=\S)|(?:作者|記者|记者|文)\s*[:：/]\s*",
    re.IGNORECASE,
)
"""What begins a line that names authors and says no more."""
_BEHIND_DATE = re.compile(
    r"^\d{1,2}[./]\s?\d{1,2}[./]\s?\d{2,4}(?:[\s,|–-]*\d{1,2}[:.]\d\d(?: Uhr)?)?\s*[|–-]\s*(?=[^\W\d_])"
)
_DAY = re.compile(
    r"(?:\w+,?\s)?(?:\d{1,2}[./]\s?\d{1,2}[./]\s?\d{2,4}|\d{1,2}\.?\s+\w{3,10}\.?,?\s+\d{4}"
    r"|\w{3,10}\.?\s+\d{1,2},\s+\d{4}|\d{4}-\d\d-\d\d)(?:,?\s+\d{1,2}[:.]\d\d(?:\s+Uhr)?)?"
)
_AT_TIME = re.compile(r"[—–]\s(\S{2,25})\s@\s\d")
"""How older blogs sign: `Filed under Science — jane @ 12:30`."""
_META_LINKS = etree.XPath("//*[contains(@class, 'meta')]//a[@href]")
_BULLETS = " \xa0-–—|•·*"
_MOST_AT = 8
"""Different lines at the title that may be a date or a name alone."""
_MOST_INSIDE = 4
"""Elements inside of one that says no more than who wrote."""
_MOST_WORDS = 3
"""Words of a name that only a date before it tells."""


def named_authors(place: Place, *, may_be_login: bool) -> tuple[str, ...]:
    """The persons whom an element named after the author says; a login only where nothing better is known."""
    for line in place.named_lines(_NAMED):
        if names := place.persons(line):
            return names
        names = written_names([line])
        if may_be_login and is_login(names, line):
            return names
    return ()


def bylines(place: Place) -> tuple[str, ...]:
    """The persons whom a line at the title names that begins with "By" or the like."""
    for line in place.lines:
        if (LINE.match(line) or GLUED.match(line)) and (names := place.persons(line)):
            return names
    return ()


def said_authors(place: Place, *, is_known: bool) -> tuple[str, ...]:
    """The authors whom a line about the article names among other things: `Posted by X on May 6 in Science`.

    Where nothing better `is_known`, a login will do, and the name of a site that is named after who writes it.
    """
    blogger: tuple[str, ...] = ()
    for line in chain(place.named_lines(_ABOUT), place.lines):
        label = _SAID.search(line) or LINE.match(line)
        names = written_names([line[label.end() :]]) if label else ()
        if names and (are_persons(names, place.site) or (not is_known and place.is_login(names[0]))):
            return names
        if not blogger and not is_known and len(names) == 1 and " " not in names[0] and not is_outlet(names[0]):
            blogger = names
        behind = _BEHIND_DATE.match(line)
        names = place.one_person(line[behind.end() :]) if behind else ()
        if names and line.endswith(names[0]) and len(names[0].split()) <= _MOST_WORDS:
            return names
    return _said_alone(place) or blogger


def _said_alone(place: Place) -> tuple[str, ...]:
    """The persons whom a short element names behind "Text by" or the like, wherever in the article it stands."""
    for element in place.tree.iter("p", "div", "span", "em", "small", "strong", "li", "td"):
        if len(element) <= _MOST_INSIDE and _SAID.match(_first_text(element)):
            line = text_of(element).lstrip(_BULLETS)
            label = _SAID.match(line) if len(line) <= LONGEST_NAME else None
            names = place.persons(line[label.end() :]) if label else ()
            if names and place.owns(element):
                return tuple(filter(is_name, names))
    return ()


def _first_text(element: HtmlElement) -> str:
    """The text with which an element begins, and what may be a name behind it."""
    text = (element.text or "").strip() or (element[0].text or "" if len(element) else "").strip()
    return f"{text.lstrip(_BULLETS)} Xx"


def dated_login(place: Place) -> tuple[str, ...]:
    """The login that a link in an element about the article says right before a date, or that is signed behind one."""
    for link in _META_LINKS(place.tree):
        tail = (link.tail or "").strip(f"{_BULLETS},\n\t")
        signed = _AT_TIME.search(link.tail or "")
        name = signed[1] if signed else text_of(link) if _DAY.match(tail) else ""
        if name and place.is_login(name) and place.owns(link):
            return (name,)
    return ()


def dated_authors(place: Place) -> tuple[str, ...]:
    """The person whose name alone stands beside a line that is a date alone, and whom the title does not name."""
    lines = list(islice(dict.fromkeys(place.lines), _MOST_AT))
    for line, behind in pairwise(lines):
        for name, when in ((line, behind), (behind, line)):
            names = place.lone_person(name) if _DAY.fullmatch(when) else ()
            if names and place.heading is not None and name not in text_of(place.heading):
                return names
    return ()
