"""XML documents -> trees without namespaces, safely; and the text in them, in paragraphs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from html.entities import entitydefs
from typing import TYPE_CHECKING

from searchkit.formats._xml import ENTITIES, read_prolog

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_DEEPEST = 300


class BadXmlError(ValueError):
    """A document that cannot be read; the message says why."""


def parse_xml(raw: bytes) -> Element:
    """The root of a document. Names of elements lose their namespace, those of attributes do not.

    Document types are passed over and nothing is fetched. Raises BadXmlError for what is not well-formed, declares
    entities, or lies too deep in one another.
    """
    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    if read_prolog(raw).has_entities:
        raise BadXmlError(ENTITIES)
    try:
        parser = ElementTree.XMLParser()
        parser.entity.update(entitydefs)  # names of HTML, as the document types of news define them too
        parser.feed(raw)
        root: Element = parser.close()
    except ElementTree.ParseError as error:
        raise BadXmlError(f"not well-formed XML: {error}") from error
    except DefusedXmlException as error:
        raise BadXmlError(ENTITIES) from error
    except (ValueError, LookupError) as error:  # encodings that are unknown, or have several bytes a character
        raise BadXmlError(f"its encoding cannot be read: {error}") from error
    level = [root]
    for _ in range(_DEEPEST):
        for element in level:
            if isinstance(element.tag, str):
                element.tag = element.tag.rpartition("}")[2]
        level = [child for element in level for child in element]
        if not level:
            return root
    raise BadXmlError(f"elements lie more than {_DEEPEST} deep in one another")


def line_of(element: Element | None) -> str:
    """The text in an element on one line; "" for None."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def first(root: Element, *paths: str) -> Element | None:
    """The first element with text in it that one of the paths leads to."""
    return next((found for path in paths for found in root.iterfind(path) if line_of(found)), None)


def paragraphs_of(element: Element, inline: Collection[str], skipped: Collection[str] = ()) -> str:
    """The text in an element: those named `inline` stand in a line, any other begins a paragraph; of those `skipped`
    only the text behind them is taken."""
    lines = "".join(_pieces(element, inline, skipped)).split("\0")
    return "\n\n".join(filter(None, (" ".join(line.split()) for line in lines)))


def _pieces(element: Element, inline: Collection[str], skipped: Collection[str]) -> Iterator[str]:
    if element.tag not in inline:
        yield "\0"
    if element.tag not in skipped:
        yield element.text or ""
        for child in element:
            yield from _pieces(child, inline, skipped)
            yield child.tail or ""
    if element.tag not in inline:
        yield "\0"
