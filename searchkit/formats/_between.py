"""Parts of a text that stand between two marks, taken out in one walk, however many marks are never closed."""

from __future__ import annotations


def without_between(text: str, begin: str, end: str) -> str:
    """`text` without each part from a `begin` to the next `end`; a `begin` that no `end` follows stays."""
    parts: list[str] = []
    at = 0
    while (first := text.find(begin, at)) >= 0 and (last := text.find(end, first + len(begin))) >= 0:
        parts.append(text[at:first])
        at = last + len(end)
    return "".join((*parts, text[at:])) if parts else text[at:]
