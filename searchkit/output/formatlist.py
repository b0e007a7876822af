"""The formats and containers that are read, for people: names, endings and what each is, in columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

Row = tuple[str, Sequence[str], str]
"""Name, endings of file names, what it is."""

_GAP = 2
_WIDEST_ENDINGS = 34
_LEAST_ABOUT = 24


def format_lines(groups: Sequence[tuple[str, Sequence[Row]]], width: int) -> Iterator[str]:
    """A block for each group under its heading; what does not fit into the width goes on below, in its column."""
    rows = [row for _, group in groups for row in group]
    names = max(len(name) for name, _, _ in rows) + _GAP
    endings = min(max(len(" ".join(suffixes)) for _, suffixes, _ in rows), _WIDEST_ENDINGS, max(12, width // 3)) + _GAP
    about = max(_LEAST_ABOUT, width - 2 - names - endings)
    for number, (heading, group) in enumerate(groups):
        yield ("\n" if number else "") + f"{heading}\n"
        for name, suffixes, text in group:
            left = textwrap.wrap(" ".join(suffixes), endings - _GAP) or [""]
            right = textwrap.wrap(text, about) or [""]
            for line in range(max(len(left), len(right))):
                cells = (
                    name if line == 0 else "",
                    *(column[line] if line < len(column) else "" for column in (left, right)),
                )
                yield f"  {cells[0]:<{names}}{cells[1]:<{endings}}{cells[2]}".rstrip() + "\n"
