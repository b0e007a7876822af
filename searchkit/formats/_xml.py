"""The beginning of XML documents: which root they have, and whether they declare entities."""

from __future__ import annotations

import re
from typing import NamedTuple

from searchkit.formats._sniffing import without_marks

ENTITIES = "declares entities of its own, by which a few bytes can swell to any size; remove its <!ENTITY ...> lines"
"""Why a document with entities is refused, and the next step."""

_SKIPPED = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_DOCTYPE = re.compile(rb"<!DOCTYPE\b", re.IGNORECASE)
_DOCTYPE_END = re.compile(rb"[^\[>\"']*(?:\"[^\"]*\"[^\[>\"']*|'[^']*'[^\[>\"']*)*([\[>])")
_SUBSET_END = re.compile(rb"\]\s*>")
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([\w.-]+)")


class Prolog(NamedTuple):
    """What stands before and in the root's tag: the root's local name ("" where none was found) and its attributes as
    text, and whether its DTD declares entities."""

    root: str = ""
    attributes: str = ""
    has_entities: bool = False


def read_prolog(document: bytes) -> Prolog:
    """The prolog of a document, or of its beginning, in UTF-8 or any encoding that has ASCII in it."""
    data = without_marks(document)
    at = 0
    has_entities = False
    while match := _SKIPPED.match(data, at):
        at = match.end()
    if _DOCTYPE.match(data, at):
        end = _DOCTYPE_END.match(data, at)
        if end is None:
            return Prolog(has_entities=b"<!ENTITY" in data)
        at = end.end()
        if end[1] == b"[":
            # Also where it is not closed in what we see: no document of news has entities of its own.
            has_entities = b"<!ENTITY" in data[at:]
            closed = _SUBSET_END.search(data, at)
            at = closed.end() if closed else len(data)
    while match := _SKIPPED.match(data, at):
        at = match.end()
    root = _ROOT.match(data, at)
    if root is None:
        return Prolog(has_entities=has_entities)
    end_of_tag = data.find(b">", root.end())
    attributes = data[root.end() : end_of_tag if end_of_tag >= 0 else len(data)]
    return Prolog(root[1].decode("ascii"), attributes.decode("utf-8", "replace"), has_entities)
