"""What a page states as its title, and where dashes and bars part it from a site's name, a section, a kicker."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from searchkit.analysis import words

Words = tuple[str, ...]

MARK = re.compile(
    r"\s+[–—-]+\s+|\s*[|│·•»«›‹>]+\s+|\s+[|│·•»«›‹:/]+\s*|(?<=\w)_(?=\w)|(?<=[\u3000-\u9fff\uff00-\uffef])-(?=[\u3000-\u9fff])|\s+//+\s+|\s+::+\s+"
)


@dataclass(frozen=True, slots=True)
class Stated:
    """The titles that a page states of itself: as they are, as words, and as words without their first or last parts."""

    texts: tuple[str, ...]
    whole: frozenset[Words]
    forms: frozenset[Words]


def read_stated(texts: Iterable[str]) -> Stated:
    """The stated titles taken apart; the most trusted first."""
    titles = tuple(texts)
    forms = frozenset(form for text in titles for form in _forms(text))
    return Stated(titles, frozenset(tuple(words(text)) for text in titles), forms)


def alike(one: Words, other: Words) -> float:
    """How many words two texts share (0 to 1)."""
    return 2 * len(set(one) & set(other)) / (len(set(one)) + len(set(other))) if one and other else 0.0


def _forms(text: str) -> Iterator[Words]:
    """The words of a stated title, whole and without its first or last parts."""
    ends = (text[mark.end() :] for mark in MARK.finditer(text))
    return (tuple(words(part)) for part in (text, *beginnings(text), *ends))


def beginnings(text: str) -> Iterator[str]:
    """A stated title without its last parts, the shortest first."""
    return (text[: mark.start()].strip() for mark in MARK.finditer(text))
