"""Credits that name no person: the news agencies, initials and sources which stand for the author of a report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from searchkit.analysis import words
from searchkit.formats._page.signed import in_brackets

if TYPE_CHECKING:
    from searchkit.formats._page.place import Place

_AGENCIES = frozenset([
    "aap", "afp", "agence france presse", "agencias", "agencies", "agenturen", "ani", "anp", "ansa", "ap", "apa",
    "associated press", "ats", "belga", "canadian press", "ctk", "dapd", "ddp", "dpa", "dts", "efe", "epd",
    "europa press", "ians", "interfax", "jiji", "jiji press", "kathpress", "keystone sda", "kna", "kyodo",
    "lusa", "mti", "ntb", "pap", "press association", "pti", "reuters", "ritzau", "sda", "sid", "tass",
    "the associated press", "upi", "xinhua",
])  # fmt: skip
"""News agencies as credits write them, in words; who cannot be told from a place or a word is left out."""
_SOURCE = re.compile(r"(?:quellen?|source|fuente|fonte|bron|text|mit material von)\s*:\s*", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*[/,+&|]\s*|\s+(?:und|and|y|et)\s+")
_WITH = re.compile(r"^(?:\w{2,12}\s+)?(?:mit|with|avec|con)\s+", re.IGNORECASE)
_DATELINE = re.compile(r"[^()\d]{2,50}\(([\w-]{2,12}(?:\s?/\s?[\w-]{2,12})*)\)\s*[.:–—-]")
_CREDITED = re.compile(r"credit|source|quelle|byline|agenc|agentur|author|autor", re.IGNORECASE)
_MOST_AT = 8
_LONGEST_CREDIT = 60
_MOST_PARTS = 4


def credit_lines(place: Place) -> Iterator[str]:
    """The lines of a page that may be a credit: those of elements named after one, and those at the title."""
    yield from place.named_lines(_CREDITED)
    yield from place.lines[:_MOST_AT]


def credited_agencies(lines: Iterable[str], site: frozenset[str]) -> tuple[str, ...]:
    """The names in the first line that is a credit of agencies, perhaps with initials and the site's own name.

    A line behind "Source:" may name one source that is no agency. Empty without such a line.
    """
    for line in lines:
        label = _SOURCE.match(line)
        text = (line[label.end() :] if label else in_brackets(line) or line).strip(" ()[].*+©–—-")
        parts = [part for part in _BETWEEN.split(text) if part]
        if len(text) > _LONGEST_CREDIT or not 1 <= len(parts) <= _MOST_PARTS:
            continue
        kinds = {_kind(part, site) for part in parts}
        if "agency" in kinds and "other" not in kinds:
            return tuple(dict.fromkeys(parts))
        if label and ("initials" in kinds or len(parts) == 1) and kinds <= {"site", "initials"}:
            return tuple(dict.fromkeys(parts))
    return ()


def dateline_agencies(paragraphs: Sequence[str]) -> tuple[str, ...]:
    """The agencies in the brackets of the dateline that opens a text: `HAMBURG (dpa) - `."""
    found = _DATELINE.match(paragraphs[0][:100]) if paragraphs else None
    parts = [part.strip() for part in found[1].split("/")] if found else []
    return tuple(parts) if parts and _kind(parts[0], frozenset()) == "agency" else ()


def _kind(part: str, site: frozenset[str]) -> str:
    said = words(_WITH.sub("", part, count=1))
    if " ".join(said) in _AGENCIES:
        return "agency"
    if any("".join(said).startswith(called) for called in site if len(called) > 2):
        return "site"
    return "initials" if part.isalpha() and len(part) <= 3 and part == part.lower() else "other"
