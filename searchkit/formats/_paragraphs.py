"""Lines -> paragraphs: blank lines part paragraphs, and so do line ends, unless the text is wrapped to a width."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from searchkit.formats._linklines import is_bulleted

_SENTENCE_END = re.compile(r"[.!?…。！？؟۔।][\"'”’»)\]]*$|[\"”’»」]$")
_LEAST_WIDTH, _GREATEST_WIDTH = 45, 110
_UNSPACED = "[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]"  # slow to compile, and rarely needed


def ends_sentence(line: str) -> bool:
    """Whether a line ends as sentences do: with a full stop or its like, or a closing quotation mark."""
    return _SENTENCE_END.search(line[-4:]) is not None


def join_paragraphs(lines: Sequence[str]) -> list[str]:
    """The paragraphs of a text. An empty line or bullet parts two; a line end does too, unless the lines are wrapped.

    Wrapped is a text none of whose lines is longer than 110 characters and where most lines that another one follows
    directly are long enough to be full (45) and end inside a sentence.
    """
    blocks: list[list[str]] = [[]]
    for line in lines:
        if not line or is_bulleted(line):
            blocks.append([])
        if line:
            blocks[-1].append(line)
    blocks = [block for block in blocks if block]
    if not _is_wrapped(blocks):
        return [line for block in blocks for line in block]
    return [_join(block) for block in blocks]


def _is_wrapped(blocks: Sequence[Sequence[str]]) -> bool:
    if any(len(line) > _GREATEST_WIDTH for block in blocks for line in block):
        return False
    followed = [line for block in blocks for line in block[:-1]]
    full = [line for line in followed if len(line) >= _LEAST_WIDTH and not ends_sentence(line)]
    return bool(followed) and 2 * len(full) > len(followed)


def _join(block: Sequence[str]) -> str:
    """One paragraph of wrapped lines; a script that writes no spaces between words gets none at the seams."""
    parts = [block[0]]
    for above, line in pairwise(block):
        if not (re.match(_UNSPACED, above[-1]) and re.match(_UNSPACED, line[0])):
            parts.append(" ")
        parts.append(line)
    return "".join(parts)
