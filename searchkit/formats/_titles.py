"""Titles: the publisher that pages add behind a headline (`... – CNN`, `... | Reuters`), and titles that are repeated.

What stands behind the last dash or bar is cut off as the publisher only where it plainly is one: a known outlet, a
domain, a name like "Shafaq News", or behind a bar a capitalised name of two to five words. Any other such name needs
evidence from the same file: the title again further down, without that ending or with another mark before it (a page's
own title and its headline differ in this way; the same line twice proves nothing). What cannot be told stays in the
title, and the publisher is None.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from searchkit.analysis import words
from searchkit.formats._outlets import is_outlet, may_be_outlet

LONGEST_TITLE = 300
"""Characters of the longest first line that is taken for a title; a longer one is the body's first paragraph."""

_ENDING = re.compile(r"(?:\s+[–—-]\s+|\s*\|\s*)(?=\S)")
_LEAST_WORDS = 3
"""Words of a headline before a publisher is looked for behind it; fewer are labels: "Opinion | Time to Leave Iraq"."""


class Title(NamedTuple):
    """A title without its publisher, the publisher, and the folded words of the line with it and without.

    Lines shorter than `shortest` or longer than `longest` characters cannot repeat it.
    """

    headline: str = ""
    publisher: str | None = None
    forms: frozenset[tuple[str, ...]] = frozenset()
    shortest: int = 1
    longest: int = 0

    def is_repeated_by(self, line: str) -> bool:
        """Whether a line says the title again: the same words, with or without its publisher or another one."""
        if not self.shortest <= len(line) <= self.longest:
            return False
        said = tuple(words(line))
        return said in self.forms or any(tuple(words(head)) in self.forms for head, _ in _endings(line, certain=True))


def read_title(line: str, others: Sequence[str]) -> Title:
    """The title that a file's first line is; `others` are its other lines, searched for evidence of a publisher."""
    line = " ".join(line.split())
    ending = next(iter(_endings(line, certain=False)), None)
    if ending is None:
        return _title(line, line, None)
    headline, publisher = ending
    if not _is_certain(line, headline, publisher) and not _is_confirmed(line, headline, publisher, others):
        return _title(line, line, None)
    return _title(line, headline, publisher)


def _title(line: str, headline: str, publisher: str | None) -> Title:
    forms = _forms(line, headline)
    return Title(headline, publisher, forms, len(headline) // 2, len(line) + 80) if forms else Title(headline)


def _endings(line: str, certain: bool) -> list[tuple[str, str]]:
    """The (headline, publisher) that the last dash or bar of a line parts it into, if it may be so; else nothing."""
    marks = list(_ENDING.finditer(line))
    if not marks:
        return []
    headline, publisher = line[: marks[-1].start()].strip(), line[marks[-1].end() :].strip()
    if not _may_be_headline(headline, publisher) or not may_be_outlet(publisher, 5):
        return []
    return [(headline, publisher)] if not certain or _is_certain(line, headline, publisher) else []


def _may_be_headline(headline: str, publisher: str) -> bool:
    has_case = headline.lower() != headline.upper()
    return len(headline) > len(publisher) and (len(headline.split()) >= _LEAST_WORDS or not has_case)


def _is_certain(line: str, headline: str, publisher: str) -> bool:
    barred = "|" in line[len(headline) : len(line) - len(publisher)]
    return is_outlet(publisher) or (barred and " " in publisher)


def _is_confirmed(line: str, headline: str, publisher: str, others: Sequence[str]) -> bool:
    bare, whole = tuple(words(headline)), tuple(words(line))
    mark = line[len(headline) : len(line) - len(publisher)]
    for other in others:
        if len(headline) - 20 <= len(other) <= len(line) + 20 and (said := tuple(words(other))) in (bare, whole):
            if said == bare:
                return True
            ending = next(iter(_endings(other, certain=False)), None)
            if ending and ending[1] == publisher and other[len(ending[0]) : len(other) - len(publisher)] != mark:
                return True
    return False


def _forms(*lines: str) -> frozenset[tuple[str, ...]]:
    return frozenset(form for line in lines if (form := tuple(words(line))))
