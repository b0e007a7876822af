"""What a page's JSON-LD says about its article (schema.org: NewsArticle and its kin)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import TYPE_CHECKING, Any

from searchkit.value import Value

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_ARTICLES = re.compile(
    r"(?:Article|BlogPosting|SocialMediaPosting|LiveBlogPosting|Report|Reportage|Review|Recipe|HowTo|Episode)$"
)
_PAGES = frozenset(["WebPage", "ItemPage", "VideoObject", "CreativeWork"])
"""Types which may describe the article where nothing else does."""

_MOST_NODES = 5000
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|\]\]>|;)\s*$"
)
_TRAILING_COMMA = re.compile(r",(?=\s*[\]}])")


class Described(Value):
    """What one description of the article states; empty where it does not."""

    headline: str = ""
    published: str = ""
    authors: tuple[str, ...] = ()
    publisher: str = ""
    description: str = ""
    language: str = ""
    url: str = ""
    body: str = ""


def described_articles(tree: HtmlElement) -> list[Described]:
    """The descriptions of articles in a page's JSON-LD, in order; of mere pages only where there are no others."""
    nodes = [node for script in tree.iter("script") if _is_jsonld(script) for node in _nodes(_parse(script.text or ""))]
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    articles = [node for node in nodes if any(_ARTICLES.search(kind) for kind in _types(node))]
    chosen = [node for node in articles if _has_content(node)] or [
        node for node in nodes if _PAGES & set(_types(node)) and _has_content(node)
    ]
    pages = [node for node in nodes if "WebPage" in _types(node)]
    return [_described(node, by_id, pages) for node in chosen]


def _is_jsonld(script: HtmlElement) -> bool:
    return "ld+json" in (script.get("type") or "").lower()


def _parse(text: str) -> Any:
    """The value of a script; None for what is no JSON even after the usual mistakes are mended."""
    for mend in (lambda t: t, lambda t: _TRAILING_COMMA.sub("", _WRAPPING.sub("", t.strip()))):
        try:
            return json.loads(mend(text), strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """All objects inside a value, outer ones first, up to a limit."""
    waiting, seen = [value], 0
    while waiting and seen < _MOST_NODES:
        value = waiting.pop(0)
        if isinstance(value, list):
            waiting[:0] = value
        elif isinstance(value, dict):
            seen += 1
            yield value
            waiting.extend(inner for key, inner in value.items() if key in _INSIDE and isinstance(inner, (dict, list)))


_INSIDE = frozenset(
    ["@graph", "mainEntity", "mainEntityOfPage", "@set", "itemListElement", "item", "author", "publisher"]
)


def _types(node: dict[str, Any]) -> list[str]:
    kinds = node.get("@type")
    return [
        kind.rsplit("/", 1)[-1] for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)
    ]


def _has_content(node: dict[str, Any]) -> bool:
    return any(node.get(key) for key in ("headline", "name", "datePublished", "articleBody", "author"))


def _described(node: dict[str, Any], by_id: dict[str, Any], pages: list[dict[str, Any]]) -> Described:
    published = _text(node.get("datePublished")) or _text(node.get("dateCreated"))
    if not published and len(pages) == 1:
        published = _text(pages[0].get("datePublished"))
    entity = node.get("mainEntityOfPage")
    page = (entity.get("@id") or entity.get("url")) if isinstance(entity, dict) else entity
    return Described(
        headline=_text(node.get("headline")) or _text(node.get("name")),
        published=published,
        authors=tuple(dict.fromkeys(_names(node.get("author"), by_id) or _names(node.get("creator"), by_id))),
        publisher=next(iter(_names(node.get("publisher"), by_id)), ""),
        description=_text(node.get("description")),
        language=_text(node.get("inLanguage")),
        url=_text(node.get("url")) or _text(page),
        body=_text(node.get("articleBody"), keep_lines=True),
    )


def _names(value: Any, by_id: dict[str, Any]) -> list[str]:
    """The names in a value: text, an object with a name, one that is described elsewhere, or a list of these."""
    return [name for item in (value if isinstance(value, list) else [value]) for name in _name(item, by_id) if name]


def _name(item: Any, by_id: dict[str, Any]) -> Iterable[str]:
    if isinstance(item, str):
        return [_text(item)] if item not in by_id else _name({"@id": item}, by_id)
    if not isinstance(item, dict):
        return []
    if "name" not in item and isinstance(item.get("@id"), str):
        item = by_id.get(item["@id"], item)
    name = item.get("name")
    if isinstance(name, list):
        return [_text(one) for one in name]
    return [_text(name) or " ".join(filter(None, (_text(item.get("givenName")), _text(item.get("familyName")))))]


def _text(value: Any, keep_lines: bool = False) -> str:
    """Text on one line without entities, which are often escaped once too often; "" for all that is no text."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or value.get("alternateName")
    if not isinstance(value, str):
        return ""
    text = unescape(unescape(value))
    return text.strip() if keep_lines else " ".join(text.split())
