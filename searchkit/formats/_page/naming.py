"""Statements of authors -> names: labels, addresses, dates and what is no name cut, and which names are persons'."""

from __future__ import annotations

import re
from collections.abc import Iterable

from searchkit.analysis import words
from searchkit.formats._outlets import is_domain, is_outlet
from searchkit.formats._people import is_name, split_names

LONGEST_NAME = 80
"""Characters of the longest name, and of the longest element that says no more than who wrote."""
_LONGEST_STATEMENT = 300
_LONGEST_INITIALS = 3
_NOT_NAMES = re.compile(r"https?:|www\.|@|\[at\]|[{}<>=]|\.(?:html?|php)\b")
GLUED = re.compile(r"^(?:Posted by|Written by|By|Von|Por|Par|Authors?|Autor(?:in)?)(?=[A-ZÀ-ÖØ-Þ](?:[^\W\d_A-Z]|\.))")
"""A label that only the page's style sets apart from the name behind it."""
_FOLLOW = re.compile(r"(?<=[^\W\d_])\s*(?:Follow|Folgen|Seguir|Suivre)$")
_HANDLE = re.compile(r"(?<=[^\W\d_])\s+\(?@\w{2,30}\b\)?")
_AROUND = re.compile(
    r"^(?:(?:view |see |show )?all (?:posts|articles|stories) (?:by|of|from)"
    r"|(?:zeige )?all(?:e (?:beiträge|artikel)|es) von"
    r"|posts? by|veröffentlicht von|erstellt von|eingestellt von|gespeichert von|geschrieben von|verfasst von"
    r"|(?:ein )?(?:artikel|beitrag|bericht|interview) von"
    r"|(?:re)?posted by|published by|written by|story by|words by"
    r"|text(?: by|:| von)|über|about|by|von|vom|par|por|door|av|af|autore?"
    r"|autor(?:in|innen|en)|auteurs?|autora|authors?|redaktion:|interview:|автор|作者|記者|记者)(?=\s|:|[^\x00-\x7f])\s*:?\s*"
    r"|\s*(?:→|>>|»)\s*$|\s*\b(?:alle artikel|all posts|profil|view profile|follow|folgen)\s*$",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"\s*(?:[|•·–—]|\s-\s|\s(?i:stand|veröffentlicht|publiziert|sagt|says|posted|published|updated|datum|hace|shares?|lesezeit|tags|illustration|fotos?|photos?)\b"
    r"|\s(?:Mo|Di|Mi|Do|Fr|Sa|So|Mon|Tue|Wed|Thu|Fri|Sat|Sun)[.,]*\s\d|\s(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,\s"
    r"|,?\s+(?:am|on|vom|le|el|um|at|mit|im gespräch)\s|\(|\d{1,2}[./]\s?\d{1,2}[./]"
    r"|\b\d{1,2}\.?\s+\w+\.?\s+\d{4}).*$"
)
ORGANISATION = re.compile(
    r"\b(?:e\.? ?v\.?|gmbh|ag|inc|ltd|llc|redaktion|redacci[oó]n|r[eé]daction|redazione|editorial|team|staff|agency|agentur"
    r"|stiftung|verband|verlag|magazin|magazine|news|online|press(?:e|estelle)?|admin|author|unknown|no author|blog)\b",
    re.IGNORECASE,
)
_PROFESSION = re.compile(
    r"^(?:rechtsanw(?:alt|ältin)|(?:gast|co-)?autor(?:in)?|(?:chef)?redakteur(?:in)?|reporter(?:in)?|journalist(?:in)?"
    r"|(?:auslands)?korrespondent(?:in)?|gastbeitrag|staff writer|(?:senior |staff )?(?:reporter|correspondent|editor))"
    r"\s+(?=\S+\s+\S)",
    re.IGNORECASE,
)
_CONVERSATION = re.compile(
    r"\s+(?:im (?:gespräch|interview) mit|in conversation with|en conversation avec)\s+", re.IGNORECASE
)
_AND = re.compile(r"(?<=\w \w{2})\s+(?:y|et)\s+(?=\w+ \w)|(?<=[^\W\d_]{3})\s+(?:y|et)\s+(?=[^\W\d_]+ [^\W\d_])")
"""Between two names in other languages, each of a word or more; `Ortega y Gasset` is one."""
_NOBODY = frozenset(
    ["admin", "administrator", "author", "autor", "unknown", "no author", "guest", "gast", "user", "root", "username",
     "posted", "datum", "date", "por", "par", "by", "von", "autorin", "auteur", "quelle", "source", "wordpressadmin"]
)  # fmt: skip
_NOBODYS = re.compile(
    r"(?:alle|all|more|mehr|neueste|latest|move|edit|übersetzung|übersetzt|translated|translation)\s", re.IGNORECASE
)


def written_names(stated: Iterable[str]) -> tuple[str, ...]:
    """The names in statements of authors, without "By", places, addresses and what is no name; a repeated one once."""
    names: list[str] = []
    for text in stated:
        text = GLUED.sub("", _HANDLE.sub("", _FOLLOW.sub("", " ".join(text.split()))))
        if not text or len(text) > _LONGEST_STATEMENT or _NOT_NAMES.search(text):
            continue
        for _ in range(2):
            text = _AROUND.sub("", text)
        text = _PROFESSION.sub("", _CONVERSATION.sub(", ", text))
        text = _BEHIND.sub("", text)
        if " " in text and re.search(r"\d{3}", text):
            continue
        names += _without_place(
            [
                name
                for whole in split_names(text)
                for part in _AND.split(whole)
                if (name := part.strip(" ,;|-–:/~"))
                and len(name) <= LONGEST_NAME
                and not _is_nobody(name)
                and any(map(str.isalpha, name))
            ]
        )
    persons = [name for name in names if not is_outlet(name) and not name.startswith("The ")]
    if persons and all(name.isalpha() and name.islower() and len(name) <= _LONGEST_INITIALS for name in persons):
        persons = names  # Behind an agency's report the initials of who edited it.
    if persons and (is_outlet(names[0]) or ORGANISATION.search(names[0])):
        others = [name for name in persons if name != names[0]]
        if others and not any(" " in name or name.lower() == name.upper() for name in others):
            return (names[0],)  # With its address: `Example News, Frankfurt, Germany`.
    return tuple(dict.fromkeys(persons or names))


def _without_place(names: list[str]) -> list[str]:
    """The names of one statement without a place or an agency behind the persons: `Jane Doe, Berlin`."""
    if len(names) == 2 and " " in names[0] and is_name(names[0]) and not is_outlet(names[0]):
        return [name for name in names if " " in name or name.lower() == name.upper()]
    return names


def _is_nobody(name: str) -> bool:
    return name.lower() in _NOBODY or _NOBODYS.match(name) is not None


def are_persons(names: tuple[str, ...], site: frozenset[str]) -> bool:
    """Whether the first of some names has the form of a person's and is not the site's."""
    if not names:
        return False
    name = names[0]
    said = words(name)
    if "".join(said) in site or "".join(said[1:]) in site or is_domain(name) or ORGANISATION.search(name):
        return False
    parts = name.split()
    return is_name(name) and (2 <= len(parts) <= 5 or name.lower() == name.upper())


def may_be_login(name: str, site: frozenset[str]) -> bool:
    """Whether it has the form of a name by which somebody is known to a site."""
    return " " not in name and 2 <= len(name) <= 25 and "".join(words(name)) not in site and not is_domain(name)


def is_sites(name: str, site: frozenset[str]) -> bool:
    """Whether a name is the site's own, or an address."""
    return is_domain(name) or "".join(words(name)) in site


def is_in_site(name: str, site: frozenset[str]) -> bool:
    """Whether a name is a part of the site's."""
    return any("".join(words(name)) in called for called in site)


def is_login(names: tuple[str, ...], line: str) -> bool:
    """Whether a line of an author's element is one word alone, as blogs and forums name who writes."""
    return len(names) == 1 and " " not in names[0] and names[0] in line and len(line) <= 40
