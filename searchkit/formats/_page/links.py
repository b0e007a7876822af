"""Related, most-read and more-from blocks of a page: taken out of the tree, their headlines kept as links.

A block is found in one of three ways, and is one only if it holds headlines that lead elsewhere and little else:

1. what its class or id calls it (`related-articles`, `most-read`)
2. the heading that announces it ("Related", "Lesen Sie auch"), with what follows
3. a paragraph or list item of the article that is nothing but one link, with or without a label before it
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from searchkit.article import Link
from searchkit.dates import parse_article_date
from searchkit.formats._linkheadings import LONGEST_HEADING, is_heading, split_label
from searchkit.formats._linklines import parse_link
from searchkit.formats._page.metas import absolute
from searchkit.formats._page.tree import UNSEEN, drop, text_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MOST_LINKS = 200
"""Links of one page that are kept; more are a site map."""

_LEAST_WORDS = 3
_LEAST_CHARS = 12
"""Words of the shortest headline; characters in scripts that part no words by spaces."""
_LONGEST_HEADLINE = 300
_LONGEST_TEASER = 250
"""Characters without links that a block may hold for each of its headlines."""
_LONGEST_PARAGRAPH = 420
"""Characters of the longest paragraph without links inside a block."""

_LONGEST_DEK = 200
"""Characters of the longest paragraph between headlines under an announcing heading."""

_BLOCKS = frozenset(["div", "section", "aside", "ul", "ol", "nav", "dl", "table", "article", "figure", "details"])
_CARDS = frozenset(["article", "li", "div", "section", "aside", "td"])
_MOST_IN_CARD = 4
"""Links in a card: its picture, its headline, its section, "read more"."""
_MOST_LONE = 3
"""Paragraphs that are a link to another site alone; where there are more, they are what the page is about."""
_ITEMS = frozenset(["p", "li", "div", "h2", "h3", "h4", "strong", "blockquote", "aside"])
_INLINE = frozenset(["b", "strong", "em", "i", "span", "u", "q", "font"])
_LISTS = frozenset(["ul", "ol", "p", "dl"])
_LEAST_LINKED = 35
"""Characters of text for each link of a list without a heading; a menu has fewer."""
_TITLES = frozenset(
    ["h1", "h2", "h3", "h4", "h5", "h6", "header", "p", "div", "span", "strong", "b", "li", "dt", "legend"]
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_NAMED = re.compile(
    r"(?:^|[\s_-])(?:(?:jp-)?related(?:posts?)?|recommend\w*|recirc\w*|most-?(?:read|popular|viewed|recent|shared)|trending"
    r"|popular|more-?(?:from|on|stories|news|articles|posts)|read-?(?:more|next|also)|see-?also|similar|also-?(?:like|read)"
    r"|(?:next|previous|prev|other|latest|recent)-?(?:articles?|posts?|stories|news)|onward|further-?reading|yarpp\w*"
    r"|crosslinks?|teaser-?(?:list|group|block|box|container|grid)|articles?-?list|news-?list|weiterlesen|weitere-?\w*"
    r"|verwandte?\w*|a?ehnliche?\w*|empfehl\w*|mehr-?(?:zum|von|artikel|themen)\w*|meist-?gelesen\w*|lire-?(?:aussi|plus)"
    r"|relacionad[ao]s?|notas-?relacionad[ao]s|leia-?(?:mais|tambem)|leggi-?anche|correlat[ioe]|interesar|ilgili|lees-?ook"
    r"|czytaj\w*|zobacz\w*|polecane|powiazane|podobne|link-?list|link-?box|infobox-?links|outbrain|taboola|internal-?links?|rec-?posts?|rpbt\w*)"
    r"(?:$|[\s_-])|related|(?:R|r)ecommend|mostRead|moreFrom|readMore|readAlso|seeAlso",
)
_CONTENT = re.compile(
    r"(?:entry|articles?|post|story|main|page|text|single)[_-]{0,2}(?:content|body|text|main|wrap\w*)", re.IGNORECASE
)
"""Names of elements that hold the article itself, whatever else they are called."""
_SHORT_LABEL = re.compile(r"^[\s→»›>▶►▸•*\-–—+|:\[(]*$")


def take_links(tree: HtmlElement, base: str | None) -> list[Link]:
    """Take the blocks of related links out of the tree and return their links, in order, each address once."""
    body = tree.find(".//body")
    if body is None:
        return []
    finder = _Finder(body, base or "")
    for block in finder.blocks():
        finder.take(block)
    return finder.links[:MOST_LINKS]


@dataclass(slots=True)
class _Size:
    """What lies inside an element: characters of text, those of them inside links, and headlines among the links."""

    text: int = 0
    linked: int = 0
    longest: int = 0
    """Characters without links of the longest paragraph."""
    headlines: int = 0


class _Finder:
    """One page while its blocks are looked for; sizes are measured once, before anything is taken out."""

    def __init__(self, body: HtmlElement, base: str) -> None:
        self.base = base
        self._hosts = {_host(base), _usual_host(body)} - {None}
        self.links: list[Link] = []
        self._seen: set[str] = set()
        self._elements: list[HtmlElement] = list(body.iter("*"))
        self._sizes: dict[HtmlElement, _Size] = {}
        self._measure()
        self._cards = sum(
            self._is_linked_heading(element) for element in self._elements if element.tag in _HEADINGS[1:]
        )
        self._lone = sum(self._is_only_link(element) for element in self._elements if element.tag == "p")
        self._prose = self._sizes[body].text - self._sizes[body].linked

    def _measure(self) -> None:
        """Sums from the innermost elements outwards."""
        for element in reversed(self._elements):
            size = self._sizes.setdefault(element, _Size())
            if element.tag in UNSEEN:
                self._sizes[element] = size = _Size()
            elif element.text:
                size.text += len(element.text.strip())
            if element.tag == "a":
                size.linked = size.text
                size.headlines = (
                    1 if _leads_elsewhere(element.get("href")) and _may_be_headline(_headline(element)) else 0
                )
            elif element.tag in ("p", "div", "td", "li", "blockquote"):
                size.longest = max(size.longest, _own_text(element))
            parent = element.getparent()
            if parent is not None:
                above = self._sizes.setdefault(parent, _Size())
                above.text += size.text + (len(element.tail.strip()) if element.tail else 0)
                above.linked += size.linked
                above.headlines += size.headlines
                above.longest = max(above.longest, size.longest)

    def blocks(self) -> Iterator[list[HtmlElement]]:
        """The elements of each block; what lies in an earlier block is left out."""
        taken: set[HtmlElement] = set()
        for element in self._elements:
            if element in taken:
                continue
            block = self._block_at(element)
            if block:
                yield block
                for part in block:
                    taken.update(part.iter("*"))

    def _block_at(self, element: HtmlElement) -> list[HtmlElement]:
        size = self._sizes[element]
        if (
            (element.tag in _BLOCKS or element.tag == "a")
            and size.headlines
            and _is_named(element)
            and self._is_block([element])
        ):
            return [element]
        if element.tag in _TITLES and 0 < size.text <= LONGEST_HEADING and is_heading(text_of(element)):
            return self._announced_by(element)
        if element.tag in _LISTS and size.headlines > 1 and self._is_all_links(element, size):
            return [element]
        if 1 <= size.headlines <= _MOST_IN_CARD and element.tag in _CARDS and self._is_card(element, size):
            return [element]
        if size.headlines == 1 and element.tag in _ITEMS and self._is_lone_link(element, size):
            return [element]
        return []

    def _announced_by(self, heading: HtmlElement) -> list[HtmlElement]:
        """The heading and what follows it, or follows the element around it, up to the next heading."""
        around = heading
        for _ in range(3):
            following = self._following(around)
            if any(self._sizes[element].headlines for element in following):
                return [around, *following] if self._is_block(following) else []
            parent = around.getparent()
            if parent is None or parent not in self._sizes or self._sizes[parent].text > self._sizes[around].text + 40:
                return []
            around = parent
        return []

    def _following(self, element: HtmlElement) -> list[HtmlElement]:
        """The siblings behind an element up to the last that holds a headline; the next heading or prose ends them."""
        found: list[HtmlElement] = []
        last = 0
        for sibling in element.itersiblings():
            size = self._sizes[sibling]
            if not size.headlines and (
                sibling.tag in _HEADINGS or size.longest > _LONGEST_DEK or len(found) - last > 2
            ):
                break
            found.append(sibling)
            last = len(found) if size.headlines else last
        return found[:last]

    def _is_block(self, elements: list[HtmlElement]) -> bool:
        """Whether elements hold headlines and little else: no article, no title of the page."""
        sizes = [self._sizes[element] for element in elements]
        headlines, plain = sum(s.headlines for s in sizes), sum(s.text - s.linked for s in sizes)
        if not headlines or max(s.longest for s in sizes) > _LONGEST_PARAGRAPH:
            return False
        if plain > headlines * _LONGEST_TEASER or (plain > 400 and plain > 0.4 * self._prose):
            return False
        return not any(True for element in elements for _ in element.iter("h1"))

    def _is_card(self, element: HtmlElement, size: _Size) -> bool:
        """Whether an element is one of several that each show another article: a linked heading, a few lines."""
        if self._cards < 2 or size.text - size.linked > _LONGEST_PARAGRAPH or 2 * size.text > self._prose:
            return False
        linked = (heading for heading in element.iter(*_HEADINGS[1:]) if self._is_linked_heading(heading))
        return len({_page_of(next(heading.iter("a")).get("href")) for heading in linked}) == 1

    def _is_linked_heading(self, heading: HtmlElement) -> bool:
        size = self._sizes[heading]
        link = next(heading.iter("a"), None)
        return size.headlines == 1 and size.linked == size.text and link is not None and self._is_elsewhere(link)

    def _is_elsewhere(self, link: HtmlElement) -> bool:
        address = absolute(link.get("href") or "", self.base)
        return self._is_own(link) and _page_of(address) != _page_of(self.base)

    def _is_all_links(self, element: HtmlElement, size: _Size) -> bool:
        """Whether a list or paragraph is made of headlines of this site, on a page that has prose besides."""
        links = list(element.iter("a"))
        return (
            size.linked > 0.9 * size.text
            and size.linked >= _LEAST_LINKED * len(links)
            and self._prose > size.text
            and all(self._is_own(link) for link in links)
        )

    def _is_own(self, link: HtmlElement) -> bool:
        """Whether a link leads to another page of this site, as far as that is known."""
        address = (link.get("href") or "").strip()
        return not address.startswith("//") and (_host(address) in self._hosts if "://" in address else True)

    def _is_only_link(self, element: HtmlElement) -> bool:
        size = self._sizes[element]
        return size.headlines == 1 and size.text == size.linked

    def _is_lone_link(self, element: HtmlElement, size: _Size) -> bool:
        """Whether all of an element is one link, but for a label or a mark before it."""
        if size.text > _LONGEST_HEADLINE or size.text - size.linked > LONGEST_HEADING:
            return False
        link = next((a for a in element.iter("a") if self._sizes[a].headlines), None)
        if link is None or "author" in f"{link.get('rel')} {link.get('class')}".lower():
            return False
        said = text_of(link)
        if not said:
            return False
        before, _, behind = text_of(element).partition(said)
        if behind.strip(" .…»›>)]"):
            return False
        labelled = is_heading(before) or split_label(f"{before.strip()} {said}") is not None
        if labelled or element.tag != "p":
            return labelled
        return _SHORT_LABEL.match(before) is not None and (self._is_own(link) or self._lone <= _MOST_LONE)

    def take(self, block: list[HtmlElement]) -> None:
        """Remember the links of a block and take it out of the tree."""
        for element in block:
            for link in element.iter("a"):
                self._remember(link)
        for element in block:
            drop(element)

    def _remember(self, link: HtmlElement) -> None:
        address = link.get("href")
        if not _leads_elsewhere(address) or len(self.links) >= MOST_LINKS:
            return
        headline = _headline(link)
        url = absolute(address or "", self.base)
        key = url or headline
        if not _may_be_headline(headline) or key in self._seen or headline in self._seen:
            return
        self._seen.update((key, headline))
        self.links.append(_link(link, headline, url))


def _usual_host(body: HtmlElement) -> str | None:
    """The host that most links name; a page may give an address elsewhere as its own, or none."""
    hosts = Counter(host for link in body.iter("a") if (host := _host(link.get("href") or "")))
    return hosts.most_common(1)[0][0] if hosts else None


def _host(address: str) -> str | None:
    """The host of an address without its "www."; None where there is none."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.") or None
    except ValueError:
        return None


def _page_of(address: str | None) -> str:
    """An address without query and fragment."""
    return re.split(r"[?#]", address or "", maxsplit=1)[0]


def _is_named(element: HtmlElement) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return len(names) < 500 and _NAMED.search(names) is not None and not _CONTENT.search(names)


def _leads_elsewhere(address: str | None) -> bool:
    return bool(address) and not (address or "").strip().lower().startswith(
        ("#", "mailto:", "javascript:", "tel:", "whatsapp:")
    )


def _may_be_headline(text: str) -> bool:
    if not text or len(text) > _LONGEST_HEADLINE:
        return False
    if len(text.split()) >= _LEAST_WORDS:
        return len(text) > _LEAST_CHARS
    return len(text) >= _LEAST_CHARS and any(c > "\u2e7f" or "\u0e00" <= c <= "\u0e7f" for c in text)


def _own_text(element: HtmlElement) -> int:
    """Characters of a paragraph's own text, that of its inline elements included, without links."""
    own, waiting = len((element.text or "").strip()), list(element)
    while waiting:
        child = waiting.pop()
        own += len((child.tail or "").strip())
        if child.tag in _INLINE:
            own += len((child.text or "").strip())
            waiting.extend(child)
    return own


def _headline(link: HtmlElement) -> str:
    """What a link says: its heading where it holds a whole teaser, else all of its text, else what its title says."""
    for heading in link.iter(*_HEADINGS):
        if text := text_of(heading):
            return text
    text = text_of(link)
    if len(text) > 120 and len(link):
        first = next(
            (said for child in link.iter("p", "div", "span", "strong") if _may_be_headline(said := text_of(child))), ""
        )
        text = first or text
    return text or " ".join((link.get("title") or link.get("aria-label") or "").split())


def _link(link: HtmlElement, headline: str, url: str | None) -> Link:
    """A link with what its item says of publisher and date; both also where they stand in the headline's line."""
    line = parse_link(headline)
    item = _item(link)
    published = _date_in(item) or (line.link.published if line else None)
    publisher = _publisher_in(item)
    if line and line.dated:
        return Link(line.link.headline, publisher or line.link.publisher, published, url)
    return Link(headline, publisher, published, url)


def _item(link: HtmlElement) -> HtmlElement:
    """The element around a link that holds what belongs to it and no other headline."""
    item = link
    for _ in range(4):
        parent = item.getparent()
        if parent is None or parent.tag in ("body", "ul", "ol", "section", "main"):
            break
        if any(a.get("href") != link.get("href") and _may_be_headline(text_of(a)) for a in parent.iter("a")):
            break
        item = parent
    return item


def _date_in(item: HtmlElement) -> date | None:
    for element in item.iter("time"):
        stated = parse_article_date(element.get("datetime") or "") or parse_article_date(text_of(element))
        if stated:
            return stated.date() if isinstance(stated, datetime) else stated
    for element in _classed(item, ("date", "time", "fecha", "datum")):
        if stated := parse_article_date(text_of(element)):
            return stated.date() if isinstance(stated, datetime) else stated
    return None


def _publisher_in(item: HtmlElement) -> str | None:
    for element in _classed(item, ("source", "publisher", "provider")):
        text = text_of(element)
        if 1 < len(text) <= 60:
            return text
    return None


def _classed(item: HtmlElement, names: Iterable[str]) -> Iterator[HtmlElement]:
    for element in item.iter("span", "div", "p", "small", "em", "cite"):
        classes = (element.get("class") or "").lower()
        if any(name in classes for name in names):
            yield element
