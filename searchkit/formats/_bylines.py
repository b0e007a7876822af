"""Bylines and what stands around them: who wrote, when it was published, who contributed, who the author is.

Every function is given one line and answers None where the line is anything else; a line that says more than what was
taken from it (a role, a place, "Updated ...") comes back as `rest`, so that nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from searchkit.dates import find_date_at_end, find_date_at_start
from searchkit.formats._givennames import has_given_name
from searchkit.formats._outlets import is_outlet
from searchkit.formats._people import is_capitalised, is_name, split_names

LONGEST_LINE = 300
"""Characters of the longest line that is taken for a byline, a date line or a line of contributors."""

_LABEL = re.compile(
    r"(?:(?:authors?|by|byline|written by|reported by|story by|text by|words by|автор"
    r"|autor(?:in|en|innen|a)?|auteure?s?|autore|(?:verfasst|geschrieben) von|interview|texte?|von|par|por)\s*:"
    r"|(?:作者|記者|记者)\s*[:：]|(?:بقلم|كتب|الكاتب)\s*:|(?:written|reported|story|text|words) by\b"
    r"|(?:verfasst|geschrieben) von\b)\s*",
    re.IGNORECASE,
)
_BY = re.compile(r"by\s+(?=\S)", re.IGNORECASE)
_VON = re.compile(r"(?:von|par|por)\s+(?=[^\W\d_])", re.IGNORECASE)
"""The same in languages in which it begins sentences too: only a given name behind it makes it a byline."""
_PUBLISHED = re.compile(
    r"(?:(?:first |originally )?(?:published|posted|issued|filed)(?:\s+on|\s+at)?|(?:publication |publish )?date"
    r"|date published)\s*:?\s+|(?:publi(?:é|cado|cada|cação)|veröffentlicht|опубликовано|дата публикации)"
    r"(?: le| el| em| am)?\s*:?\s+|(?:تاریخ انتشار|تاريخ النشر|نشر في|نُشر في"
    r"|发布时间|發布時間|发表于|發表於|公開日|掲載日|配信)\s*[:：]?\s*",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"\(?(?:last )?(?:updated|modified|edited|revised|mis à jour|actualizado"
    r"|atualizado|aktualisiert|обновлено)\b|\(?(?:更新|آخر تحديث|آخرین به.?روزرسانی|تم التحديث)",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s+[|·•/–—-]+\s+|\s*[|·•]\s*|[,;.]?\s+(?=\(?(?:last )?(?:updated|modified)\b)", re.IGNORECASE)
_AFTER_NAME = re.compile(r"\s+(?:in|for|at|from|of|with)\s+\S.*|\s*\([^()]*\)")
_ROLE = re.compile(
    r"\b(?:analyst|bureau|chief|columnist|contributor|correspondent|director|editor|fellow|journalist|producer|professor"
    r"|reporter|staff|writer)s?\b",
    re.IGNORECASE,
)
_CONTRIBUTED = re.compile(
    r"\(?(?P<names>.{2,200}?)\s+(?:also\s+)?contributed(?:\s+(?:additional\s+)?reporting)?"
    r"(?:\s+(?:to|for)\s+this\s+(?:report|story|article|piece|dispatch))?(?:\s+from\s+[^.]{2,60})?\s*\.?\)?",
    re.IGNORECASE,
)
_REPORTING = re.compile(
    r"\(?(?:additional\s+)?reporting\s+by\s+(?P<names>[^;]{2,200}?)(?:;.*|\.\s+(?:editing|writing|additional)\b.*)?\.?\)?",
    re.IGNORECASE,
)
_BULLETS = " -–—•*"
_POSSESSIVE = re.compile(r"^.{2,40}?['’]s?\s+(?=\S)")
_ROLE_BEFORE_NAMES = re.compile(
    r"^.*?\b(?:writers?|reporters?|correspondents?|journalists?|editors?|producers?|staff)\s+(?=\S)", re.IGNORECASE
)
_NO_NAMES = frozenset([
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march",
    "april", "may", "june", "july", "august", "september", "october", "november", "december", "then", "now", "far",
])  # fmt: skip
_BIOGRAPHY = re.compile(
    r",?\s+(?:is|was|has|covers|covered|writes|reports|reported|works|worked|joined|serves|served|teaches)\b"
)
_DATELINE_DASH = re.compile(r"\s*(?:[–—]|--|(?<=\s)-(?=\s))\s*")
_AGENCY = re.compile(r"\s*(?:\([^()\d]{2,40}\)|/[\w .-]{2,30}/)\s*$")


class Byline(NamedTuple):
    """What one line beside the article's text states. `rest`: the whole line, if it says more than the other fields."""

    authors: tuple[str, ...] = ()
    published: date | datetime | None = None
    rest: str | None = None


def parse_byline(line: str) -> Byline | None:
    """What `Author: X`, `By X and Y`, `By X, March 17, 2017`, `By X in Mosul | Updated ...` state; None for other lines."""
    if len(line) > LONGEST_LINE:
        return None
    parts = _PARTS.split(line)
    mine = next((n for n, part in enumerate(parts) if any(p.match(part) for p in (_LABEL, _BY, _VON))), None)
    if mine is None or mine > 1:
        return _parse_byline_behind_date(line)
    named = _parse_names(parts.pop(mine))
    if named is None:
        return None
    authors, published, complete = named
    for part in parts:
        stated = _whole_date(part)
        published = published or stated
        complete = complete and stated is not None
        if stated is None and not _UPDATED.match(part) and len(part.split()) > 6:
            return None
    return Byline(authors, published, None if complete else line)


def parse_date_line(line: str) -> Byline | None:
    """What `March 17, 2017` or `Published: 17 March 2017 | Updated ...` states, alone on a line; None for others."""
    if len(line) > 120:
        return None
    parts = _PARTS.split(line)
    dates = [_whole_date(part) for part in parts]
    published = next((stated for stated in dates if stated is not None), None)
    whole = _whole_date(line)
    if whole is not None:
        return Byline(published=whole)
    if published is None or any(
        d is None and not _UPDATED.match(p) and len(p.split()) > 4 for d, p in zip(dates, parts, strict=True)
    ):
        return None
    return Byline(published=published, rest=line)


def is_update_line(line: str) -> bool:
    """Whether a line only tells when the article was changed, which is no date of publication."""
    return len(line) <= 120 and _UPDATED.match(line) is not None and re.search(r"\d", line) is not None


def parse_contribution(line: str) -> Byline | None:
    """Who `CNN's A, B and C contributed to this report` or `Reporting by A in Mosul; editing by B` names.

    The line is always part of the result as its `rest`; authors are those which have the form of a person's name.
    """
    if len(line) > LONGEST_LINE:
        return None
    match = _CONTRIBUTED.fullmatch(line)
    if match and not re.search(r"this\s|reporting", line[match.end("names") :], re.IGNORECASE):
        return None
    if match:
        return Byline(authors=_people(match["names"]), rest=line)
    match = _REPORTING.fullmatch(line)
    people = _people(match["names"]) if match else ()
    return Byline(authors=people, rest=line) if people or (match and line.startswith("(")) else None


def is_biography(paragraph: str, authors: Iterable[str]) -> bool:
    """Whether a paragraph tells who one of `authors` is: it begins with the name and goes on with "is", "writes", ..."""
    paragraph = paragraph[:200].lstrip(_BULLETS)
    return any(
        paragraph.startswith(author) and _BIOGRAPHY.match(paragraph, len(author)) is not None for author in authors
    )


def dateline(paragraph: str) -> date | datetime | None:
    """The date in the dateline that opens a report: `MOSUL, Iraq, March 17, 2017 (Reuters) - ...`; None without one."""
    place, *rest = _DATELINE_DASH.split(paragraph[:120], maxsplit=2)
    if not rest:
        return None
    place = _AGENCY.sub("", place)
    found = find_date_at_end(place)
    if found:
        return found[1] if _is_place(found[0]) else None
    return _whole_date(rest[0]) if _is_place(place) and len(rest) > 1 else None


def _is_place(text: str) -> bool:
    words = text.strip(" ,(").split()
    return 1 <= len(words) <= 6 and all(map(is_capitalised, words)) and len(text) <= 60


def _parse_names(text: str) -> tuple[tuple[str, ...], date | datetime | None, bool] | None:
    """The authors, the date, and whether that is all, of `By X, CNN, March 17, 2017` or a labelled line."""
    label = _LABEL.match(text)
    von = None if label else _VON.match(text)
    names = text[label.end() :] if label else text[von.end() :] if von else _BY.sub("", text, count=1)
    if von and not has_given_name(names):
        return None
    found = find_date_at_end(names)
    published = found[1] if found else None
    if found:
        names = re.sub(r"[\s,(]*\b(?:on|published|posted|am|le|el)?[:\s,(]*$", "", found[0], flags=re.IGNORECASE)
    if not names or (not label and names.split()[0].lower() in _NO_NAMES):
        return None
    parts = split_names(names)
    people = [_AFTER_NAME.sub("", part) for part in parts]
    if people == list(parts) and len(parts) == 1 and is_outlet(parts[0]):
        return parts, published, True
    authors = tuple(name for name in people if _is_author(name, alone=len(parts) == 1))
    if not authors or authors[0] != people[0] or (not label and len(parts) > 12):
        return None
    if any(not _may_follow_names(part) for part in people):
        return None
    return authors, published, authors == parts


def _is_author(name: str, alone: bool) -> bool:
    """Whether a part of a list of names is a person; one word of a script with capitals (a place, mostly) only alone."""
    if not is_name(name) or _ROLE.search(name) or is_outlet(name):
        return False
    return alone or " " in name or name.lower() == name.upper()


def _may_follow_names(part: str) -> bool:
    """Whether a part of a list of names is a name, an outlet, a role or a place, not the rest of a sentence."""
    return is_name(part) or is_outlet(part) or (_ROLE.search(part) is not None and len(part.split()) <= 8)


def _parse_byline_behind_date(line: str) -> Byline | None:
    """`March 17, 2017 by Jane Doe`, `Posted on March 17, 2017 by Jane Doe`."""
    head, by, names = line.partition(" by ")
    published = _whole_date(head) if by else None
    named = _parse_names(f"by {names}") if published else None
    return Byline(named[0], published, None if named[2] else line) if named else None


def _whole_date(text: str) -> date | datetime | None:
    """The date that is all of `text`, with or without "Published:" before it."""
    text = _PUBLISHED.sub("", text.strip(), count=1)
    found = find_date_at_start(text)
    return found[1] if found and not found[0].strip(" .,;:()[]") else None


def _people(names: str) -> tuple[str, ...]:
    """The persons in a list of contributors, without the outlet or role before them and the places behind them."""
    names = _ROLE_BEFORE_NAMES.sub("", names.lstrip(_BULLETS), count=1)
    people = [_AFTER_NAME.sub("", _POSSESSIVE.sub("", part, count=1)) for part in split_names(names)]
    return tuple(name for name in people if is_name(name) and len(name.split()) > 1 and not is_outlet(name))
