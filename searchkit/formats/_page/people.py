"""Authors of a page, by the elements that are marked as theirs, and how such names are written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from searchkit.formats._page.tree import text_of
from searchkit.formats._people import split_names

if TYPE_CHECKING:
    from lxml.html import HtmlElement

LONGEST_NAME = 80
_MARKED = (
    "//*[contains(concat(' ', @rel, ' '), ' author ') and not(self::link)]",
    "//*[contains(@itemprop, 'author')]//*[contains(@itemprop, 'name')]",
    "//*[contains(@itemprop, 'author')]",
    "//*[contains(@class, 'author-name') or contains(@class, 'author__name') or contains(@class, 'authorName')]",
    "//*[contains(concat(' ', @class, ' '), ' author ') or contains(concat(' ', @class, ' '), ' byline ')]",
)
_NO_NAME = re.compile(r"https?:|www\.|@|\d{3}|[{}<>|]")
_BEFORE = re.compile(
    r"^(?:(?:written |posted |published |text |story )?by|von|vom|por|par|di|da|autore?|auteur|autora?|author|text|foto)"
    r"\b\s*:?\s+",
    re.IGNORECASE,
)


def written_names(stated: Iterable[str]) -> tuple[str, ...]:
    """The names in statements of authors, without "By", addresses and what is no name; a repeated one once."""
    names: list[str] = []
    for text in stated:
        for name in split_names(_BEFORE.sub("", text.strip(), count=1)):
            name = name.strip(" ,;|-–")
            if name and len(name) <= LONGEST_NAME and not _NO_NAME.search(name) and name not in names:
                names.append(name)
    return tuple(names)


def marked_authors(tree: HtmlElement) -> tuple[str, ...]:
    """The names in the elements that are marked as the author's, by the surest mark that is there."""
    for path in _MARKED:
        if names := written_names(text for element in tree.xpath(path)[:4] if len(text := text_of(element)) <= 120):
            return names
    return ()
