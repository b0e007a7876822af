"""What a page shows around its title: the heading, the lines at it, elements by name, and which are the article's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from searchkit.analysis import words
from searchkit.formats._page.tree import UNSEEN, text_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_ASIDE = frozenset(["aside", "nav", "footer", "form"])
_LINKS = _ASIDE | {"a", "li"}
_APART = re.compile(
    r"(?:^|[\s_-])(?:comments?|related|(?<!post.)(?<!entry.)(?<!article.)(?<!story.)footer|recommend\w*|popular|calendar|archive|newsletter|teasers?|kommentare?)"
    r"(?:$|[\s_-])|(?:^|\s)sidebar",
    re.IGNORECASE,
)
# An article's own foot or margin may hold what is said about it.
_ABOUT = re.compile(r"meta|author|byline|publi[sc]|(?:post|entry|article|story|content).?footer", re.IGNORECASE)
_BOX = re.compile(r"\bauth?or[\s_-]{1,2}(?:bio|box|info|card|profile)", re.IGNORECASE)
_PICTURE = re.compile(
    r"licen[cs]e|copyright|(?:image|photo|bild|foto)[\s_-]{0,2}(?:author|autor|credit|source|by)", re.IGNORECASE
)
_MOST_AROUND = 3
_LINES = (
    "span", "div", "p", "li", "em", "small", "td", "i", "b", "strong", "a", "h3", "h4", "h5", "h6", "dd", "nobr", "ul",
)  # fmt: skip
_LONGEST_LINE = 120
_LONGEST_BEFORE = 40
_MOST_NAMED = 40
_MOST_LINES = 16


def title_heading(tree: HtmlElement, title: str) -> HtmlElement | None:
    """The heading that shows the title, with or without a kicker; on a page without it, what says just the title."""
    said = " ".join(words(title))
    if not said:
        return None
    heading = next((h for h in tree.iter("h1", "h2", "h3") if said in " ".join(words(text_of(h)))), None)
    return heading if heading is not None else next(_as_heading(tree, said), None)


def _as_heading(tree: HtmlElement, said: str) -> Iterator[HtmlElement]:
    """The elements that say the title and no more, but for links and menus."""
    for element in tree.iter("h4", "h5", "h6", "div", "p", "td", "b", "strong", "font", "span"):
        text = text_of(element) if len(element) <= 2 else ""
        if text and " ".join(words(text)) == said and not _LINKS & {above.tag for above in element.iterancestors()}:
            yield element


def around(heading: HtmlElement | None) -> frozenset[HtmlElement]:
    """The elements around the heading that shows the title."""
    return frozenset(heading.iterancestors()) if heading is not None else frozenset()


def is_about_picture(element: HtmlElement) -> bool:
    """Whether an element says whose a picture is: it lies in a figure or its caption, or is named after a licence."""
    around = [element, *islice(element.iterancestors(), _MOST_AROUND)]
    return any(e.tag in ("figure", "figcaption") or _PICTURE.search(e.get("class") or "") for e in around)


def is_own(element: HtmlElement, article: frozenset[HtmlElement]) -> bool:
    """Whether an element belongs to the article itself and not to a comment, a teaser, the page's foot.

    `article` are the elements around the title: what lies in one of these, and apart in none below it, belongs to it.
    """
    above = element.getparent()
    while above is not None and above not in article and above.tag != "body":
        names = f"{above.get('class') or ''} {above.get('id') or ''}"
        if (_APART.search(names) and not _BOX.search(names)) or (above.tag in _ASIDE and not _ABOUT.search(names)):
            return False
        above = above.getparent()
    return True


def nearest(elements: Sequence[HtmlElement], article: frozenset[HtmlElement]) -> list[HtmlElement]:
    """Of some elements those which share with the title the innermost of the elements around it that any shares."""
    if len(elements) < 2:
        return list(elements)
    depths = [sum(above in article for above in element.iterancestors()) for element in elements]
    return [element for element, depth in zip(elements, depths, strict=True) if depth == max(depths)]


def named_elements(
    tree: HtmlElement, names: re.Pattern[str], article: frozenset[HtmlElement]
) -> Iterator[tuple[HtmlElement, str]]:
    """The article's elements whose class or id has one of `names` in it and which are a short line, and that line."""
    return lines_of(called(tree), names, article)


def called(tree: HtmlElement) -> list[tuple[str, HtmlElement]]:
    """The elements that may be a line, behind their class and id; without those that have neither."""
    found = ((element, element.get("class"), element.get("id")) for element in tree.iter(*_LINES))
    return [(f"{name or ''} {key or ''}", element) for element, name, key in found if name or key]


def lines_of(
    elements: Iterable[tuple[str, HtmlElement]], names: re.Pattern[str], article: frozenset[HtmlElement]
) -> Iterator[tuple[HtmlElement, str]]:
    """The same, of elements that were `called` before."""
    count = 0
    for name, element in elements:
        if names.search(name):
            text = text_of(element) if len(element) <= 12 else ""
            if 2 < len(text) <= _LONGEST_LINE and is_own(element, article) and not is_about_picture(element):
                count += 1
                yield element, text
        if count >= _MOST_NAMED:
            return


def lines_at(heading: HtmlElement | None, article: frozenset[HtmlElement]) -> Iterator[str]:
    """The short lines in and behind the heading that shows the title, then the very short ones before it."""
    if heading is None:
        return
    behind = [*heading.iterdescendants(), *heading.xpath("following::*[position() <= 120]")]
    before = heading.xpath("preceding::*[position() <= 12]")
    for elements, longest in ((behind, _LONGEST_LINE), (before, _LONGEST_BEFORE)):
        count = 0
        for element in elements:
            if element.tag in UNSEEN or element.tag in _ASIDE or len(element) > 6 or count >= _MOST_LINES:
                continue
            line = text_of(element)
            if 2 < len(line) <= longest and is_own(element, article):
                count += 1
                yield line
