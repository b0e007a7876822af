"""Authors of a page: as metadata state them, as elements are named after them, as lines at the title name them.

A person's name counts before an organisation's: metadata often name the site where the page shows who wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
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
    (
        "//*[contains(@class, 'author') or contains(@class, 'byline') or contains(@class, 'vcard')]"
        "//*[contains(concat(' ', @class, ' '), ' fn ') and not(.//*[contains(concat(' ', @class, ' '), ' fn ')])]"
    ),
    "//*[contains(concat(' ', @rel, ' '), ' author ') and not(self::link)]",
    "//a[contains(concat(' ', @class, ' '), ' author ') or contains(@class, 'author-link')]",
    "//*[contains(@class, 'author-name') or contains(@class, 'author__name') or contains(@class, 'authorname')]",
    "//*[contains(@itemprop, 'author')]//*[contains(@itemprop, 'name')]",
    "//*[contains(@itemprop, 'author') or @itemprop='creator']",
)
_NAMED = re.compile(
    r"author|autor|byline|writer|journalist|verfasser|redakteur|reporter|submitted|posted-?by|username|signature|firma"
    r"|auteur|contributor|creator",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"\b(?:(?:posted|written|published|submitted|created|edited|words|story|text|photos?)(?: in [\w ,]{1,80}?)? by"
    r"|(?:gepostet|geschrieben|erstellt|eingestellt|veröffentlicht|verfasst|publiziert|geposted) (?:von|durch)"
    r"|(?:kolumne|interview|text|artikel|beitrag|kommentar|gastbeitrag|reportage|fotos) von"
    r"|(?:publié|écrit|rédigé) par|(?:escrito|publicado|por|scritto|pubblicato) (?:por|da)"
    r"|(?:autor(?:in|en)?|author|autore|auteur|redaktion|interview|text|text & fotos?|verfasst von|written by) ?:)\s+"
    r"|(?:^|(?<=\d )|(?<=\| )|(?<=Uhr )|(?<=- ))(?:by|von|par|por)\s+(?=\S[^,.|]{1,40}?\s*(?:$|[|•·–]|\b(?:on|am)\b|\d))",
    re.IGNORECASE,
)
"""What says in a line about the article that the names behind it are its authors'."""
_ABOUT = re.compile(r"meta|date|info|posted|submitted|credit|subline|headline|caption|title", re.IGNORECASE)
_BEHIND_DATE = re.compile(
    r"^\d{1,2}[./]\s?\d{1,2}[./]\s?\d{2,4}(?:[\s,|–-]*\d{1,2}[:.]\d\d(?: Uhr)?)?\s*[|–-]\s*(?=[^\W\d_])"
)
_MOST_INSIDE = 4
"""Elements inside of one that says no more than who wrote."""
_MOST_LAST = 3
"""Paragraphs at the end of a text that may name who wrote it."""
_LONGEST_LAST = 100
_NOT_NAMES = re.compile(r"https?:|www\.|@|\[at\]|[{}<>=]|\.(?:html?|php)\b")
_GLUED = re.compile(r"^(?:Posted by|Written by|By|Von|Por|Par|Authors?|Autor(?:in)?)(?=[A-ZÀ-ÖØ-Þ](?:[^\W\d_A-Z]|\.))")
"""A label that only the page's style sets apart from the name behind it."""
_HANDLE = re.compile(r"(?<=[^\W\d_])\s+\(?@\w{2,30}\b\)?")
_AROUND = re.compile(
    r"^(?:(?:view |see |show )?all (?:posts|articles|stories) (?:by|of|from)|(?:zeige )?alle (?:beiträge|artikel) von"
    r"|posts? by|veröffentlicht von|erstellt von|eingestellt von|gespeichert von|geschrieben von|verfasst von"
    r"|(?:ein )?(?:artikel|beitrag|bericht) von"
    r"|(?:re)?posted by|published by|written by|story by|words by"
    r"|text(?: by|:| von)|über|about|by|von|vom|par|por|door|av|af|autore?"
    r"|autorin|auteur|autora|author|redaktion:|interview:|автор|作者|記者|记者)(?=\s|:|[^\x00-\x7f])\s*:?\s*"
    r"|\s*(?:→|>>|»)\s*$|\s*\b(?:alle artikel|all posts|profil|view profile|follow|folgen)\s*$",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"\s*(?:[|•·–—]|\s-\s|\s(?i:stand|veröffentlicht|publiziert|sagt|says|posted|published|updated|datum|hace|shares?|lesezeit|tags|illustration|fotos?|photos?)\b"
    r"|\s(?:Mo|Di|Mi|Do|Fr|Sa|So|Mon|Tue|Wed|Thu|Fri|Sat|Sun)[.,]*\s\d|\s(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,\s"
    r"|,?\s+(?:am|on|vom|le|el|um|at|im gespräch)\s|\(|\d{1,2}[./]\s?\d{1,2}[./]"
    r"|\b\d{1,2}\.?\s+\w+\.?\s+\d{4}).*$"
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
_AND = re.compile(r"(?<=\w \w{2})\s+(?:y|et)\s+(?=\w+ \w)|(?<=[^\W\d_]{3})\s+(?:y|et)\s+(?=[^\W\d_]+ [^\W\d_])")
"""Between two names in other languages, each of a word or more; `Ortega y Gasset` is one."""
_NOBODY = frozenset(
    ["admin", "administrator", "author", "autor", "unknown", "no author", "guest", "gast", "user", "root", "username",
     "posted", "datum", "date", "por", "par", "by", "von", "autorin", "auteur", "quelle", "source", "wordpressadmin"]
)  # fmt: skip
_NOBODYS = re.compile(r"(?:alle|all|more|mehr|neueste|latest|move|edit)\s", re.IGNORECASE)


def stated_authors(groups: Iterable[Iterable[str]], site: frozenset[str]) -> tuple[str, ...]:
    """The authors that metadata state: of several statements the first that names persons, else the first."""
    return _best([written_names(group) for group in groups], site)


def shown_authors(tree: HtmlElement, title: str, stated: tuple[str, ...], site: frozenset[str]) -> tuple[str, ...]:
    """The stated authors where they are persons; else those whom the page shows; else the stated ones."""
    heading = title_heading(tree, title)
    article = around(heading)
    if _are_persons(stated, site):
        return _with_others(tree, stated, article)
    shown = stated
    last: tuple[str, ...] = ()
    login: tuple[str, ...] = ()
    for path in _MARKED:
        own = [element for element in tree.xpath(path)[:8] if is_own(element, article)]
        names = written_names(
            dict.fromkeys(text for element in own[:4] if len(text := text_of(element)) <= LONGEST_NAME)
        )
        if _are_persons(names, site):
            return names
        if not shown and names and "".join(words(names[0])) not in site and not _ORGANISATION.search(names[0]):
            shown = names
        last = last or names
    if shown and shown != stated and _may_be_login(shown[0], site) and not _is_in_site(shown[0], site):
        return shown
    for line in named_lines(tree, _NAMED, article):
        names = written_names([line])
        if _are_persons(names, site):
            return names
        if not shown and _is_login(names, line):
            login = names
            break
    for line in lines_at(heading, article):
        label = _LINE.match(line) or _GLUED.match(line)
        names = written_names([line]) if label else ()
        if _are_persons(names, site):
            return names
    return _said_authors(tree, heading, article, site, shown) or shown or login or last


def _with_others(tree: HtmlElement, stated: tuple[str, ...], article: frozenset[HtmlElement]) -> tuple[str, ...]:
    """The stated authors, or where one element marked as the author's names these and others, all of them."""
    for path in _MARKED:
        for element in tree.xpath(path)[:4]:
            text = text_of(element)
            names = written_names([text]) if len(text) <= LONGEST_NAME else ()
            if len(names) > len(stated) and set(stated) < set(names) and is_own(element, article):
                return tuple(name for name in names if name in stated or (" " in name and is_name(name)))
    return stated


def _said_authors(
    tree: HtmlElement,
    heading: HtmlElement | None,
    article: frozenset[HtmlElement],
    site: frozenset[str],
    stated: tuple[str, ...],
) -> tuple[str, ...]:
    """The authors whom a line about the article names among other things: `Posted by X on May 6 in Science`."""
    blogger: tuple[str, ...] = ()  # Who may have named the site after himself.
    for line in (*named_lines(tree, _ABOUT, article), *lines_at(heading, article)):
        label = _SAID.search(line) or _LINE.match(line)
        names = written_names([line[label.end() :]]) if label else ()
        if names and (_are_persons(names, site) or (not stated and _may_be_login(names[0], site))):
            return names
        if not blogger and not stated and len(names) == 1 and " " not in names[0] and not is_outlet(names[0]):
            blogger = names
        behind = _BEHIND_DATE.match(line)
        names = written_names([line[behind.end() :]]) if behind else ()
        if len(names) == 1 and len(names[0].split()) <= 3 and _are_persons(names, site):
            return names
    for element in tree.iter("p", "div", "span", "em", "small", "strong", "li", "td"):
        line = text_of(element) if len(element) <= _MOST_INSIDE and _SAID.match(_first_text(element)) else ""
        label = _SAID.match(line)
        names = written_names([line[label.end() :]]) if label and len(line) <= LONGEST_NAME else ()
        if _are_persons(names, site) and is_own(element, article):
            return tuple(filter(is_name, names))
    return blogger


def _first_text(element: HtmlElement) -> str:
    """The text with which an element begins, and a blank for what follows it."""
    text = (element.text or "").strip() or (element[0].text or "" if len(element) else "").strip()
    return f"{text} X"


def text_authors(paragraphs: Sequence[str], stated: tuple[str, ...], site: frozenset[str]) -> tuple[str, ...]:
    """The stated authors where they are persons; else those whom one of the last lines of the text names, and no more;
    else the stated ones."""
    if _are_persons(stated, site):
        return stated
    for paragraph in paragraphs[-_MOST_LAST:]:
        label = _LINE.match(paragraph) if len(paragraph) <= _LONGEST_LAST else None
        names = written_names([paragraph[label.end() :].rstrip(".")]) if label else ()
        if names and _are_persons(names, site) and len(" ".join(names)) > len(paragraph) / 2:
            return tuple(filter(is_name, names))
    return stated


def written_names(stated: Iterable[str]) -> tuple[str, ...]:
    """The names in statements of authors, without "By", places, addresses and what is no name; a repeated one once."""
    names: list[str] = []
    for text in stated:
        text = _GLUED.sub("", _HANDLE.sub("", " ".join(text.split())))
        if not text or len(text) > _LONGEST_STATEMENT or _NOT_NAMES.search(text):
            continue
        for _ in range(2):
            text = _AROUND.sub("", text)
        text = _BEHIND.sub("", text)
        if " " in text and re.search(r"\d{3}", text):
            continue
        for name in (part for whole in split_names(text) for part in _AND.split(whole)):
            name = name.strip(" ,;|-–:/~")
            if name and len(name) <= LONGEST_NAME and not _is_nobody(name) and any(map(str.isalpha, name)):
                names.append(name)
    persons = [name for name in names if not is_outlet(name)]
    if persons and is_outlet(names[0]) and not any(" " in name or name.lower() == name.upper() for name in persons):
        return (names[0],)  # With its address: `Example News, Frankfurt, Germany`.
    return tuple(dict.fromkeys(persons or names))


def _is_nobody(name: str) -> bool:
    return name.lower() in _NOBODY or _NOBODYS.match(name) is not None


def _best(groups: Iterable[tuple[str, ...]], site: frozenset[str]) -> tuple[str, ...]:
    found = [group for group in groups if group]
    return next((group for group in found if _are_persons(group, site)), found[0] if found else ())


def _are_persons(names: tuple[str, ...], site: frozenset[str]) -> bool:
    """Whether the first of some names has the form of a person's and is not the site's."""
    if not names:
        return False
    name = names[0]
    said = words(name)
    if "".join(said) in site or "".join(said[1:]) in site or is_domain(name) or _ORGANISATION.search(name):
        return False
    parts = name.split()
    return is_name(name) and (2 <= len(parts) <= 5 or name.lower() == name.upper())


def _may_be_login(name: str, site: frozenset[str]) -> bool:
    """Whether it has the form of a name by which somebody is known to a site."""
    return " " not in name and 2 <= len(name) <= 25 and "".join(words(name)) not in site and not is_domain(name)


def _is_in_site(name: str, site: frozenset[str]) -> bool:
    """Whether a name is a part of the site's."""
    return any("".join(words(name)) in called for called in site)


def _is_login(names: tuple[str, ...], line: str) -> bool:
    """Whether a line of an author's element is one word alone, as blogs and forums name who writes."""
    return len(names) == 1 and " " not in names[0] and names[0] in line and len(line) <= 40
