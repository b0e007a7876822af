r"""The output boundary: makes whatever could command or deceive a terminal visible.

Escaped as `\x1b`, `\u202e`, `\U000e0041`: control characters (C0, DEL, C1), bidi embeddings, overrides and isolates,
invisible operators and deprecated format characters, byte order marks, interlinear annotations, tag characters, and
lone surrogates (undecodable bytes of file names among them). Kept, because scripts and emoji need them: the joiners
U+200C and U+200D, the marks U+200E, U+200F and U+061C, and what only hints at line breaks (U+00AD, U+200B, U+2060).

A backslash is left alone: the escapes are for reading, not for parsing back. JSON is the exact form (`json_safe`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

from searchkit.output import Spans

_ESCAPED = (
    "\x00-\x08\x0e-\x1f\x7f-\x9f"  # C0 without white space, DEL, C1
    "\u202a-\u202e\u2066-\u2069"  # bidi embeddings, overrides, isolates
    "\u2061-\u2064\u206a-\u206f"  # invisible operators, deprecated format characters
    "\ufeff\ufff9-\ufffb"  # byte order mark, interlinear annotation
    "\ud800-\udfff"  # lone surrogates
    "\U0001d173-\U0001d17a"  # musical format characters
    "\U000e0000-\U000e007f"  # tags
)
_BREAKS = "\t\n\x0b\x0c\r\u2028\u2029"

# Compiled when first met: most text is printable, and needs none of them.
_FOR_LINE = f"[ {_BREAKS}]{{2,}}|[{_BREAKS}]|[{_ESCAPED}]"
_FOR_TEXT = f"\r\n?|[\t\x0b\x0c\u2028\u2029]|[{_ESCAPED}]"
_FOR_PATH = f"[{_BREAKS}{_ESCAPED}]"
_FOR_JSON = f"[\u2028\u2029{_ESCAPED}]"
_SHORT_ESCAPES = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}


def visible_line(text: str) -> str:
    """The text fit for one line: each run of white space is one space, everything dangerous is escaped."""
    if text.isprintable() and "  " not in text:
        return text
    return re.sub(_FOR_LINE, _in_line, text)


def visible_text(text: str) -> str:
    """The text fit for several lines: line ends of all kinds become `\\n`, a tab four spaces."""
    return text if text.isprintable() else re.sub(_FOR_TEXT, _in_text, text)


def visible_path(path: str) -> str:
    """The path on one line: every space is kept as it is; tabs and line ends are escaped too."""
    return path if path.isprintable() else re.sub(_FOR_PATH, _escape, path)


def visible_line_spans(text: str, spans: Spans) -> tuple[str, list[tuple[int, int]]]:
    """`visible_line`, with the spans moved to where the same characters stand afterwards."""
    shown = visible_line(text)
    return shown, _moved(text, shown, spans, _FOR_LINE, _in_line)


def visible_text_spans(text: str, spans: Spans) -> tuple[str, list[tuple[int, int]]]:
    """`visible_text`, with the spans moved to where the same characters stand afterwards."""
    shown = visible_text(text)
    return shown, _moved(text, shown, spans, _FOR_TEXT, _in_text)


def json_safe(text: str) -> str:
    r"""JSON text that means the same, with every dangerous character in its strings written as `\uXXXX`."""
    return text if text.isascii() and "\x7f" not in text else re.sub(_FOR_JSON, _json_escape, text)


def _in_line(match: re.Match[str]) -> str:
    found = match[0]
    return " " if found[0] in _BREAKS or len(found) > 1 else _escape(match)


def _in_text(match: re.Match[str]) -> str:
    found = match[0]
    if found == "\t":
        return "    "
    return "\n" if found[0] in _BREAKS else _escape(match)


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    code = ord(char)
    if code < 0x100:
        return _SHORT_ESCAPES.get(char) or f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def _moved(
    text: str, shown: str, spans: Spans, pattern: str, replace: Callable[[re.Match[str]], str]
) -> list[tuple[int, int]]:
    """The spans, cut to the text, in the coordinates of `shown`; a span over part of a replaced run covers all of it."""
    places = [(max(start, 0), min(end, len(text))) for start, end in spans]
    places = [(start, end) for start, end in places if start < end]
    if shown == text or not places:
        return places
    edges = [(0, 0, 0)]  # (start, end, end in `shown`) of each replaced run
    starts = [0]
    for match in re.finditer(pattern, text):
        _, end, shown_end = edges[-1]
        edges.append((match.start(), match.end(), shown_end + match.start() - end + len(replace(match))))
        starts.append(match.start())

    def shift(offset: int, *, is_end: bool) -> int:
        """Where the character at (or, for an end, before) `offset` stands now."""
        i = bisect_right(starts, offset - is_end) - 1
        _, end, shown_end = edges[i]
        if offset >= end:
            return shown_end + offset - end
        if is_end:
            return shown_end
        return edges[i - 1][2] + edges[i][0] - edges[i - 1][1]

    return [(shift(start, is_end=False), shift(end, is_end=True)) for start, end in places]
