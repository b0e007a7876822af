"""Pages as scrapers leave them: the article's text with everything around it as lines, the links of related blocks at
the end, one to a line with a bullet."""

from __future__ import annotations

import io
import re

from lxml import html

from searchkit.article import Article
from searchkit.formats.text import TextFormat

_BLOCKS = frozenset(["p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "td", "dd", "figcaption"])
_LEFT_OUT = "//script|//style|//noscript|//nav|//header|//footer|//form|//iframe|//svg|//template"
_LEAST_LINKS = 3


def flattened(raw: bytes, title: str) -> str:
    """The text of a page: title, paragraphs, then the headlines of its lists of links."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("windows-1252", "replace")
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    tree = html.document_fromstring(text.encode("utf-8"), parser=parser)
    for element in tree.xpath(_LEFT_OUT):
        if element.getparent() is not None:
            element.drop_tree()
    paragraphs, links = [], []
    for element in tree.iter(*_BLOCKS):
        if any(ancestor.tag in _BLOCKS for ancestor in element.iterancestors()):
            continue
        line = " ".join(element.text_content().split())
        linked = " ".join(" ".join(link.text_content() for link in element.iter("a")).split())
        if line and len(linked) > 0.8 * len(line) and len(line.split()) > _LEAST_LINKS:
            links.append(f"- {line}")
        elif line:
            paragraphs.append(line)
    shown = title or re.sub(r"\s+", " ", tree.findtext(".//title") or "")
    related = ["Related", *dict.fromkeys(links)] if len(links) >= _LEAST_LINKS else links
    return "\n\n".join([shown, *paragraphs]) + "\n\n" + "\n".join(related) + "\n"


def read_text(text: str) -> Article | None:
    """The article that the plain-text reader makes of it."""
    records = TextFormat().read(io.BytesIO(text.encode("utf-8")), "page.txt")
    return next((record for record in records if isinstance(record, Article)), None)
