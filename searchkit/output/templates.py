r"""`--template '{score:.2f} {title}'`: a small and safe part of `str.format` over the keys of a JSON hit.

`{key}` and `{key:spec}` only: no attributes, indices, conversions or nested specs, so that a template can read nothing
but the hit. An unknown value prints nothing, a list joins with "; ". `\t`, `\n`, `\0` and `\\` are understood; `{{` and
`}}` are braces. Everything wrong with a template is found when it is made, before the first hit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from string import Formatter

from searchkit.article import Article
from searchkit.engine import Hit
from searchkit.errors import OutputError
from searchkit.output import DisplayPath, paths, visible
from searchkit.output.jsons import hit_dict

KEYS = tuple(hit_dict(Hit(1, 1.0, Article(id="", source="", title="", body="", sha256=""))))
"""What may stand between braces."""

_ESCAPES = {"\\t": "\t", "\\n": "\n", "\\0": "\0", "\\\\": "\\"}
_ESCAPE = re.compile(r"\\.?", re.DOTALL)
_WIDTH_LIMIT = re.compile(r"\d{5,}")
_NUMBERS: dict[str, float] = {"rank": 1, "score": 1.0}
_PATHS = ("path", "source")
_TEXT_IN_LIST = {"snippets": "text", "links": "headline"}


class Template:
    """A template that is known to work for every hit. Raises `OutputError` for one that is not."""

    def __init__(self, text: str) -> None:
        try:
            parsed = list(Formatter().parse(text))
        except ValueError as exc:
            message = f"the template {_quoted(text)} is not finished: {exc}; write {{{{ and }}}} for braces themselves"
            raise OutputError(message) from exc
        self._parts: list[tuple[str, str | None, str]] = []
        for literal, key, spec, conversion in parsed:
            if key is not None:
                _check(key, spec or "", conversion)
            self._parts.append((_unescaped(literal), key, spec or ""))

    def render(self, hit: Hit, display_path: DisplayPath = paths.own_path) -> str:
        """The template filled with one hit, without a line end of its own."""
        values = hit_dict(hit, display_path)
        pieces: list[str] = []
        for literal, key, spec in self._parts:
            pieces.append(literal)
            if key is not None:
                pieces.append(_formatted(key, values.get(key), spec))
        return "".join(pieces)

    def lines(
        self, hits: Iterable[Hit], display_path: DisplayPath = paths.own_path, *, end: str = "\n"
    ) -> Iterator[str]:
        """The template filled with each hit, ended by "\\n" or "\\0"."""
        for hit in hits:
            yield self.render(hit, display_path) + end


def _check(key: str, spec: str, conversion: str | None) -> None:
    if key not in KEYS:
        raise OutputError(_unknown(key))
    if conversion:
        raise OutputError(f"{{{key}!{conversion}}} in the template: conversions are not known; write {{{key}}}")
    try:
        if "{" in spec or _WIDTH_LIMIT.search(spec):
            raise ValueError("only plain widths up to 9999 are known")
        format(_NUMBERS.get(key, ""), spec)
    except (ValueError, OverflowError) as exc:
        kind = "number" if key in _NUMBERS else "text"
        message = (
            f"{_quoted(spec)} cannot format the {kind} {{{key}}} in the template: {visible.visible_line(str(exc))}"
        )
        raise OutputError(message) from exc


def _unknown(key: str) -> str:
    from rapidfuzz import process

    known = f"known keys: {', '.join(KEYS)}"
    if not key or key.isdecimal():
        return f"a field of the template has no name; write a key between the braces; {known}"
    begin = re.split(r"[.\[]", key)[0]
    if begin in KEYS:
        return f"{_quoted('{' + key + '}')} in the template: only whole values can be shown; write {{{begin}}}"
    nearest = process.extractOne(begin.lower(), KEYS, score_cutoff=60)
    guess = f"; did you mean {{{nearest[0]}}}?" if nearest else ""
    return f"{_quoted('{' + key + '}')} in the template is no key of a hit{guess} ({known})"


def _unescaped(literal: str) -> str:
    return _ESCAPE.sub(_escape, literal)


def _escape(match: re.Match[str]) -> str:
    if match[0] not in _ESCAPES:
        message = f"{_quoted(match[0])} in the template is not known; known are \\t, \\n, \\0 and, for itself, \\\\"
        raise OutputError(message)
    return _ESCAPES[match[0]]


def _formatted(key: str, value: object, spec: str) -> str:
    if key in _NUMBERS:
        return "" if value is None else format(value, spec)
    text = _text(key, value)
    return format(visible.visible_path(text) if key in _PATHS else visible.visible_line(text), spec)


def _text(key: str, value: object) -> str:
    if isinstance(value, list):
        return "; ".join(_item(key, item) for item in value)
    return "" if value is None else str(value)


def _item(key: str, item: object) -> str:
    if isinstance(item, dict):
        return str(item[_TEXT_IN_LIST[key]])
    return "-".join(map(str, item)) if isinstance(item, list) else str(item)


def _quoted(text: str) -> str:
    return f'"{visible.visible_line(text)}"'
