"""Markdown -> text: its marks removed, so that words and phrases match and read as they would on a page.

Light work on lines, not a parser of CommonMark: what is not recognised stays as it is.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from searchkit.formats._between import without_between

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*$")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_TABLE_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_DEFINITION = re.compile(r" {0,3}\[[^\]^][^\]]*\]:[ \t]*\S+.*$")
_QUOTE = re.compile(r"[ \t]{0,3}(?:>[ \t]?)+")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
_FOOTNOTE = re.compile(r"[ \t]{0,3}\[\^[^\]]+\]:[ \t]*")
_TEMPLATE = re.compile(r"\{\{[<%](?:(?![>%]\}\}).){0,300}[>%]\}\}|\{%(?:(?!%\}).){0,300}%\}|\{:[^{}]{0,300}\}")
_INLINE = (
    (re.compile(r"<(https?://[^\s<>]+)>"), r"\1"),
    (re.compile(r"</?[a-zA-Z][^<>]*>"), ""),
    (re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]"), r"\1"),
    (re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\([^()]*\)[^()\s]*)*(?:[ \t]+(?:\"[^\"]*\"|'[^']*'))?[ \t]*\)"), r"\1"),
    (re.compile(r"!?\[([^\[\]^][^\[\]]*)\]\[[^\[\]]*\]"), r"\1"),
    (re.compile(r"\[\^[^\[\]]+\]"), ""),
    (re.compile(r"`+"), ""),
    (re.compile(r"~~(?=\S)|(?<=\S)~~"), ""),
    (re.compile(r"(?<!\\)\*{1,3}(?=\S)|(?<=[^\s\\])\*{1,3}"), ""),
    (re.compile(r"(?<![\w\\])_{1,3}(?=\S)|(?<=[^\s\\])_{1,3}(?!\w)"), ""),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)


def marks_removed(text: str) -> tuple[str, str]:
    """The heading with which a text begins ("" without one), and all behind it, in paragraphs."""
    paragraphs = list(_paragraphs(text))
    if paragraphs and paragraphs[0][0]:
        return paragraphs[0][1], "\n\n".join(line for _, line in paragraphs[1:])
    return "", "\n\n".join(line for _, line in paragraphs)


def _paragraphs(text: str) -> Iterator[tuple[bool, str]]:
    """The paragraphs that say something, and whether each is a heading of the first or second level or above."""
    for is_heading, block in _blocks(_TEMPLATE.sub("", text).split("\n")):
        if is_code := isinstance(block, list):
            line = "\n".join(block).strip("\n")
        else:
            line = " ".join(inline_removed(block).split())
        if line.strip():
            yield is_heading and not is_code, line


def inline_removed(text: str) -> str:
    """A line without the marks in it."""
    text = without_between(text, "<!--", "-->")
    for pattern, instead in _INLINE:
        text = pattern.sub(instead, text)
    return html.unescape(text)


def _blocks(lines: list[str]) -> Iterator[tuple[bool, str | list[str]]]:
    """Headings, paragraphs and items as text; code as its lines."""
    held: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if fence := _FENCE.match(line):
            yield False, " ".join(held)
            held = []
            code: list[str] = []
            while at < len(lines) and not lines[at].lstrip().startswith(fence[1]):
                code.append(lines[at])
                at += 1
            at += 1
            yield False, code
            continue
        if quote := _QUOTE.match(line):
            line = line[quote.end() :]
        heading = _HEADING.match(line)
        is_underline = held and _UNDERLINE.match(line)
        if heading or is_underline:
            if heading:
                yield False, " ".join(held)
            yield True, heading[1] or "" if heading else " ".join(held)
            held = []
        elif not line.strip() or _RULE.match(line) or _DEFINITION.match(line):
            yield False, " ".join(held)
            held = []
        elif "|" in line and _TABLE_RULE.match(line):
            continue
        else:
            begins = _ITEM.match(line) or _FOOTNOTE.match(line)
            is_row = line.lstrip().startswith("|")
            if begins or is_row:
                yield False, " ".join(held)
                held = []
            line = line[begins.end() :] if begins else line.replace("|", " ") if is_row else line
            held.append(line)
    yield False, " ".join(held)
