"""Authors of a page: as metadata state them, as elements are named after them, as lines at the title name them.

A person's name counts before an organisation's: metadata often name the site where the page shows who wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from searchkit.analysis import words
from searchkit.formats._outlets import is_domain, is_outlet
from searchkit.formats._page.shown import around, is_own, lines_at, named_lines, title_heading
from searchkit.formats._page.tree import text_of
from searchkit.formats._people import is_name, split_names

if TYPE_CHECKING:
    from lxml.html import HtmlElement

LONGEST_NAME = 80
_LONGEST_STATEMENT = 300
_MARKED = (
    "//*[contains(concat(' ', @rel, ' '), ' author ') and not(self::link)]",
    "//*[contains(@itemprop, 'author')]//*[contains(@itemprop, 'name')]",
    "//*[contains(@itemprop, 'author') or @itemprop='creator']",
)
_NAMED = re.compile(
    r"author|autor|byline|writer|journalist|verfasser|redakteur|reporter|submitted|posted-?by|username|signature|firma"
    r"|auteur|contributor|creator",
    re.IGNORECASE,
)
_NOT_NAMES = re.compile(r"https?:|www\.|@|\[at\]|[{}<>=]|\.(?:html?|php)\b")
_AROUND = re.compile(
    r"^(?:(?:view |see |show )?all (?:posts|articles|stories) (?:by|of|from)|(?:zeige )?alle (?:beiträge|artikel) von"
    r"|posts? by|veröffentlicht von|erstellt von|gespeichert von|geschrieben von|verfasst von"
    r"|(?:ein )?(?:artikel|beitrag|bericht) von"
    r"|(?:re)?posted by|published by|written by|story by|words by"
    r"|text(?: by|:| von)|by|von|vom|par|por|door|av|af|autore?"
    r"|autorin|auteur|autora|author|redaktion:|interview:|автор|作者|記者|记者)(?=\s|:|[^\x00-\x7f])\s*:?\s*"
    r"|\s*(?:→|>>|»)\s*$|\s*\b(?:alle artikel|all posts|profil|view profile|follow|folgen)\s*$",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"\s*(?:[|•·–—]|\s-\s|,?\s+(?:am|on|vom|le|el|um|at|im gespräch)\s|\(|\d{1,2}[./]\s?\d{1,2}[./]"
    r"|\b\d{1,2}\.?\s+\w+\s+\d{4}).*$"
)
_LINE = re.compile(
    r"(?:by|von|par|por|door|text|autor(?:in)?|autore|auteur|author|written by|posted by|(?:ein )?(?:artikel|beitrag) von"
    r"|verfasst von|geschrieben von|interview|автор)\s*:?\s+(?=\S)|(?:作者|記者|记者|文)\s*[:：/]\s*",
    re.IGNORECASE,
)
_ORGANISATION = re.compile(
    r"\b(?:e\.? ?v\.?|gmbh|ag|inc|ltd|llc|redaktion|redacci[oó]n|r[eé]daction|redazione|editorial|team|staff|agency|agentur"
    r"|stiftung|verband|verlag|magazin|magazine|news|online|press(?:e|estelle)?|admin|author|unknown|no author|blog)\b",
    re.IGNORECASE,
)
_NOBODY = frozenset(
    ["admin", "administrator", "author", "autor", "unknown", "no author", "guest", "gast", "user", "root"]
)


def stated_authors(groups: Iterable[Iterable[str]], site: frozenset[str]) -> tuple[str, ...]:
    """The authors that metadata state: of several statements the first that names persons, else the first."""
    return _best([written_names(group) for group in groups], site)


def shown_authors(tree: HtmlElement, title: str, stated: tuple[str, ...], site: frozenset[str]) -> tuple[str, ...]:
    """The stated authors where they are persons; else those whom the page shows; else the stated ones."""
    if _are_persons(stated, site):
        return stated
    heading = title_heading(tree, title)
    article = around(heading)
    shown = stated
    for path in _MARKED:
        own = [element for element in tree.xpath(path)[:8] if is_own(element, article)]
        names = written_names(
            dict.fromkeys(text for element in own[:4] if len(text := text_of(element)) <= LONGEST_NAME)
        )
        if _are_persons(names, site):
            return names
        if not shown and names and "".join(words(names[0])) not in site and not _ORGANISATION.search(names[0]):
            shown = names
    for line in named_lines(tree, _NAMED, article):
        names = written_names([line])
        if _are_persons(names, site) or (not shown and names and _is_login(names, line)):
            return names
    for line in lines_at(heading, article):
        label = _LINE.match(line)
        names = written_names([line]) if label else ()
        if _are_persons(names, site):
            return names
    return shown


def written_names(stated: Iterable[str]) -> tuple[str, ...]:
    """The names in statements of authors, without "By", places, addresses and what is no name; a repeated one once."""
    names: list[str] = []
    for text in stated:
        text = " ".join(text.split())
        if not text or len(text) > _LONGEST_STATEMENT or _NOT_NAMES.search(text):
            continue
        for _ in range(2):
            text = _AROUND.sub("", text)
        text = _BEHIND.sub("", text)
        if re.search(r"\d{3}", text):
            continue
        for name in split_names(text):
            name = name.strip(" ,;|-–:/")
            if name and len(name) <= LONGEST_NAME and name.lower() not in _NOBODY and any(map(str.isalpha, name)):
                names.append(name)
    persons = [name for name in names if not is_outlet(name)]
    return tuple(dict.fromkeys(persons or names))


def _best(groups: Iterable[tuple[str, ...]], site: frozenset[str]) -> tuple[str, ...]:
    found = [group for group in groups if group]
    return next((group for group in found if _are_persons(group, site)), found[0] if found else ())


def _are_persons(names: tuple[str, ...], site: frozenset[str]) -> bool:
    """Whether the first of some names has the form of a person's and is not the site's."""
    if not names:
        return False
    name = names[0]
    if "".join(words(name)) in site or is_domain(name) or _ORGANISATION.search(name):
        return False
    parts = name.split()
    return is_name(name) and (2 <= len(parts) <= 5 or name.lower() == name.upper())


def _is_login(names: tuple[str, ...], line: str) -> bool:
    """Whether a line of an author's element is one word alone, as blogs and forums name who writes."""
    return len(names) == 1 and " " not in names[0] and names[0] in line and len(line) <= 40
