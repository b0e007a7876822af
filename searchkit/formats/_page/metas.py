"""What a page's head states: meta elements by name, the canonical address, the language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from lxml.html import HtmlElement


class Metas:
    """The values of `<meta name|property|itemprop|http-equiv=... content=...>`, by name in lower case."""

    def __init__(self, tree: HtmlElement) -> None:
        self._values: dict[str, list[str]] = {}
        for meta in tree.iter("meta"):
            if meta.get("itemprop") and _describes_another(meta):
                continue
            content = " ".join((meta.get("content") or meta.get("value") or "").split())
            for attribute in ("property", "name", "itemprop", "http-equiv"):
                for name in (meta.get(attribute) or "").lower().split():
                    if content:
                        self._values.setdefault(name, []).append(content)

    def first(self, *names: str) -> str:
        """The first value under the first of these names that has one; "" without."""
        return next((self._values[name][0] for name in names if name in self._values), "")

    def all(self, *names: str) -> list[str]:
        """All values under the first of these names that has any."""
        return next((self._values[name] for name in names if name in self._values), [])


def _describes_another(meta: HtmlElement) -> bool:
    """Whether a property belongs to a thing that is itself a property, such as a work which the article cites."""
    item = next(meta.iterancestors("*"), None)
    while item is not None and item.get("itemscope") is None:
        item = item.getparent()
    return item is not None and item.get("itemprop") is not None


def canonical_url(tree: HtmlElement, metas: Metas, others: Iterable[str]) -> str | None:
    """The address a page calls its own: its canonical link, og:url, or one of `others`; None without a whole one.

    An address that is a site's front page is not believed: templates leave it on every page.
    """
    base = next((base.get("href") or "" for base in tree.iter("base")), "")
    links = [
        link.get("href") or "" for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split()
    ]
    for address in (*links, metas.first("og:url"), metas.first("twitter:url"), *others):
        whole = absolute(address, base)
        if whole and urlsplit(whole).path.strip("/"):
            return whole
    return None


def absolute(address: str, base: str) -> str | None:
    """A whole address of the web: as it is, or under `base`; None where it cannot be made one."""
    address = address.strip()
    try:
        whole = urljoin(base, address) if base else address
        parts = urlsplit(whole)
    except ValueError:
        return None
    return whole if parts.scheme in ("http", "https") and parts.netloc and not any(map(str.isspace, whole)) else None
