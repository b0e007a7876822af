"""The title of a page's article: of all that state one, without the publisher behind it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from searchkit.formats._page.metas import Metas
from searchkit.formats._page.tree import text_of
from searchkit.formats._titles import LONGEST_TITLE, read_title

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MARK = re.compile(r"\s+[–—-]\s+|\s*[|·•»«:]\s+|\s+[|·•»«:]\s*|_")


def choose_title(tree: HtmlElement, metas: Metas, headline: str, site: str, url: str | None) -> tuple[str, str | None]:
    """The title, and the publisher that stood behind it."""
    headings = [text for element in tree.iter("h1") if (text := text_of(element))]
    page = next((text for element in tree.iter("title") if (text := " ".join((element.text or "").split()))), "")
    shown = metas.first("og:title", "twitter:title", "dc.title", "dcterms.title", "parsely-title", "title")
    candidates = [text for text in (headline, shown, *headings, page) if text and len(text) <= LONGEST_TITLE]
    if not candidates:
        return "", None
    title = candidates[0]
    read = read_title(title, candidates[1:])
    return read.headline, read.publisher
