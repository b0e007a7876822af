"""What a page states as its title, and where dashes and bars part it from a site's name, a section, a kicker."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from searchkit.analysis import words
from searchkit.value import Value

Words = tuple[str, ...]

LIKE = 0.5
"""How alike (0 to 1) a heading and a stated title must be to be one title in two wordings."""

MARK = re.compile(
    r"\s+[–—-]+\s+|\s*[|│·•»«›‹>]+\s+|\s+[|│·•»«›‹:/]+\s*|(?<=\w)_(?=\w)|(?<=[\u3000-\u9fff\uff00-\uffef])-(?=[\u3000-\u9fff])|\s+//+\s+|\s+::+\s+"
)


class Stated(Value):
    """The titles that a page states of itself, as words: whole, without their first or last parts, and what stands
    before and behind each dash or bar in them."""

    whole: frozenset[Words]
    forms: frozenset[Words]
    parted: frozenset[tuple[Words, Words]]


def read_stated(texts: Iterable[str]) -> Stated:
    """The stated titles taken apart."""
    titles = tuple(texts)
    forms = frozenset(form for text in titles for form in _forms(text))
    parted = frozenset(pair for text in titles for pair in _parted(text))
    return Stated(frozenset(tuple(words(text)) for text in titles), forms, parted)


def alike(one: Words, other: Words) -> float:
    """How many words two texts share (0 to 1)."""
    return 2 * len(set(one) & set(other)) / (len(set(one)) + len(set(other))) if one and other else 0.0


def _forms(text: str) -> Iterator[Words]:
    """The words of a stated title: whole, without its first or last parts, and of its longest part alone."""
    ends = (text[mark.end() :] for mark in MARK.finditer(text))
    longest = max(MARK.split(text), key=len)
    return (tuple(words(part)) for part in (text, *beginnings(text), *ends, longest))


def _parted(text: str) -> Iterator[tuple[Words, Words]]:
    """What stands before each mark, with what stands behind it up to each later one."""
    for mark in MARK.finditer(text):
        behind = text[mark.end() :]
        for part in (behind, *beginnings(behind)):
            yield tuple(words(text[: mark.start()])), tuple(words(part))


def beginnings(text: str) -> Iterator[str]:
    """A stated title without its last parts, the shortest first."""
    return (text[: mark.start()].strip() for mark in MARK.finditer(text))
