"""ninjs (News in JSON, IPTC), versions 1 to 3: an object -> an entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from searchkit.formats._entries import Entry
from searchkit.formats._people import split_names

_OWN = (
    "body_text",
    "body_xhtml",
    "body_html",
    "headlines",
    "bodies",
    "versioncreated",
    "versionCreated",
    "firstcreated",
)


def is_ninjs(document: Any) -> bool:
    """Whether a value of JSON is an item of ninjs: it has a `uri` and a property that only ninjs calls so, or, as some
    programs write it, a `guid` instead and the time of its version."""
    if not isinstance(document, dict):
        return False
    if isinstance(document.get("uri"), str):
        return any(key in document for key in _OWN)
    return isinstance(document.get("guid"), str) and isinstance(document.get("versioncreated"), str)


def begins_like_ninjs(head: bytes) -> bool:
    """Whether the beginning of a file is that of an item."""
    return head.lstrip().startswith(b"{") and b'"uri"' in head and any(f'"{key}"'.encode() in head for key in _OWN)


def ninjs_entry(item: Mapping[str, Any], html_depth: int) -> Entry:
    """The entry that an item states. Raises ValueError for HTML that lies too deep."""
    from searchkit.formats._page.fragments import fragment_text

    def either(*names: str) -> str:
        return next((value for name in names if (value := _text(item.get(name)))), "")

    markup = either("body_xhtml", "body_html") or _valued(item, "bodies", "html")
    body = either("body_text") or _valued(item, "bodies", "plain") or fragment_text(markup, html_depth)
    described = either("description_text") or _valued(item, "descriptions")
    created = either("firstcreated", "firstCreated", "contentcreated", "contentCreated")
    return Entry(
        id=either("uri", "guid"),
        title=either("headline") or _valued(item, "headlines") or either("title"),
        body=body or described,
        dek=described,
        authors=split_names(either("byline", "by")),
        publisher=_publisher(item),
        published=created or either("versioncreated", "versionCreated"),
        date_source="meta" if created else "updated",
        language=either("language"),
    )


def _publisher(item: Mapping[str, Any]) -> str:
    """The name of the first source of information, or the source that is named by a text."""
    sources = item.get("infosources") or item.get("infosource")
    named = (_text(one.get("name")) for one in sources if isinstance(one, dict)) if isinstance(sources, list) else ()
    return next(filter(None, named), "") or _text(item.get("source"))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _valued(item: Mapping[str, Any], name: str, contenttype: str = "") -> str:
    """The value of the first of some objects, as versions 2 and 3 have them, whose content type holds a word."""
    stated = item.get(name)
    for part in filter(lambda one: isinstance(one, dict), stated if isinstance(stated, list) else []):
        if contenttype in (_text(part.get("contenttype")) or "plain") and _text(part.get("value")):
            return _text(part["value"])
    return ""
