"""The elements of NITF (News Industry Text Format, IPTC) -> entries; NewsML carries them too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from searchkit.formats._entries import Entry
from searchkit.formats._people import split_names
from searchkit.formats._xmltree import XML_LANG, first, line_of, paragraphs_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_INLINE = frozenset([
    "a", "abbr", "acronym", "addressee", "alt-code", "b", "bdo", "chron", "city", "classifier", "copyrite", "country",
    "denom", "em", "event", "frac", "frac-sep", "function", "i", "lang", "location", "money", "name.family",
    "name.given", "num", "numer", "object.title", "org", "person", "postaddr", "pronounce", "q", "region", "span",
    "state", "strong", "sub", "sublocation", "sup", "u", "virtloc",
])  # fmt: skip
# Pictures with their captions, and what is no text of the article.
_SKIPPED = frozenset(["media", "nitf-table-metadata", "nitf-colgroup", "script", "style"])
_PLACE_OF_DAY = re.compile(r"\d{8}(?:T\d{6}(?:[+-]\d{4}|Z)?)?")


def nitf_entry(root: Element) -> Entry:
    """The entry that a `nitf` element states. Dates are those of publication, release, issue or story, the first stated."""
    head, body = root.find("head"), root.find("body")
    docdata = root.find("head/docdata")
    pubdata = root.find("head/pubdata")
    about = root.find("body/body.head")
    content = root.find("body/body.content")
    title = first(root, "body/body.head/hedline/hl1", "body/body.head/hedline", "head/title")
    return Entry(
        id=_attribute(docdata, "doc-id", "id-string") or root.get("uno", ""),
        title=line_of(title),
        body=nitf_text(content) if content is not None else "",
        dek=_dek(about) if about is not None else "",
        authors=_authors(about) if about is not None else (),
        publisher=(pubdata.get("name", "") if pubdata is not None else "")
        or line_of(first(root, "body/body.head/distributor/org", "body/body.head/distributor")),
        published=(pubdata.get("date.publication", "") if pubdata is not None else "")
        or _attribute(docdata, "date.release", "norm")
        or _attribute(docdata, "date.issue", "norm")
        or _attribute(about, "dateline/story.date", "norm"),
        language=_language(root, body, head),
        url=pubdata.get("ex-ref", "") if pubdata is not None else "",
    )


def nitf_text(content: Element) -> str:
    """The text of a `body.content`, in paragraphs.

    Where a block is marked as the full text, it alone counts: the New York Times repeats its beginning in another one.
    """
    full = [block for block in content.iter("block") if block.get("class") == "full_text"]
    return "\n\n".join(filter(None, (paragraphs_of(part, _INLINE, _SKIPPED) for part in full or [content])))


def _dek(about: Element) -> str:
    lines = [hl2 for hl2 in about.iterfind("hedline/hl2") if hl2.get("class") != "online_headline"]
    return line_of(lines[0]) if lines else line_of(about.find("abstract"))


def _authors(about: Element) -> tuple[str, ...]:
    byline = first(about, "byline")
    if byline is None:
        return ()
    people = [line_of(person) for person in byline.iter("person")]
    if not any(people):
        functions = {line_of(element) for name in ("byttl", "function") for element in byline.iter(name)}
        text = line_of(byline)
        for function in filter(None, functions):
            text = text.replace(function, "")
        people = [name.strip(" ,;") for name in split_names(text)]
    return tuple(filter(None, people))


def _attribute(element: Element | None, path: str, name: str) -> str:
    """The first value of an attribute; a date written without marks gets them for its zone."""
    if element is None:
        return ""
    value = next((found.get(name, "") for found in element.iterfind(path) if found.get(name)), "")
    if _PLACE_OF_DAY.fullmatch(value):
        return re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", value)
    return value


def _language(*elements: Element | None) -> str:
    return next((tag for one in elements if one is not None and (tag := one.get(XML_LANG, ""))), "")
