"""Authors who sign at the end of a text: "Text: X", "(X)", a name alone, a name at the right margin as under letters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from searchkit.formats._page.naming import are_persons, written_names
from searchkit.formats._page.said import LINE
from searchkit.formats._page.tree import text_of
from searchkit.formats._people import is_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchkit.formats._page.place import Place

MOST_LAST = 3
"""Paragraphs at the end of a text that may name who wrote it."""
_LONGEST_LAST = 100
_LEAST_PROSE = 100
_ENDS_SENTENCE = frozenset('.!?…”“»"')
_BRACKETS = re.compile(r"[.!?“”\"]\s*\(([^()]{2,60})\)[\s.+*]*$")
_RIGHT = etree.XPath("//*[@align='right' or contains(@style, 'right')][self::p or self::div]")


def signed_authors(paragraphs: Sequence[str], place: Place) -> tuple[str, ...]:
    """The persons whom one of the last lines of the text names, and no more; or one at the right margin."""
    last = [line.strip() for paragraph in paragraphs[-MOST_LAST:] for line in paragraph.split("\n")]
    for line in last:
        label = LINE.match(line) if len(line) <= _LONGEST_LAST else None
        signed = line[label.end() :] if label else in_brackets(line) if line is last[-1] else ""
        names = written_names([signed.rstrip(".")]) if signed else ()
        if are_persons(names, place.site) and len(" ".join(names).split()) > len(signed.split()) / 2:
            return tuple(filter(is_name, names))
    for line in reversed(last):
        if names := place.lone_person(line.strip(" -–—")):
            return names
    return _behind_prose(paragraphs, place) or _right_aligned(place)


def in_brackets(line: str) -> str:
    """What stands in brackets behind the last sentence of a line; "" without."""
    found = _BRACKETS.search(line)
    return found[1] if found else ""


def _behind_prose(paragraphs: Sequence[str], place: Place) -> tuple[str, ...]:
    """The person, whatever the given name, whose name alone stands behind the last sentence of a text."""
    if len(paragraphs) < 2 or paragraphs[-2][-1:] not in _ENDS_SENTENCE or len(paragraphs[-2]) < _LEAST_PROSE:
        return ()
    parts = paragraphs[-1].split()
    is_alone = 2 <= len(parts) <= 3 and all(part[0].isupper() and "'" not in part for part in parts)
    return place.persons(paragraphs[-1]) if is_alone and is_name(paragraphs[-1]) else ()


def _right_aligned(place: Place) -> tuple[str, ...]:
    """The person whose name alone stands at the right margin."""
    for element in _RIGHT(place.tree):
        names = place.lone_person(text_of(element)) if len(element) <= 1 else ()
        if names and place.owns(element):
            return names
    return ()
