"""JSON Feed, versions 1 and 1.1 (jsonfeed.org): the items of an object -> entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from searchkit.formats._entries import Entry

_VERSION = "jsonfeed.org/version/"


def is_json_feed(document: Mapping[str, Any]) -> bool:
    """Whether an object says that it is a JSON Feed."""
    version = document.get("version")
    return isinstance(version, str) and _VERSION in version


def begins_like_json_feed(head: bytes) -> bool:
    """Whether the beginning of a file is that of one."""
    return head.lstrip().startswith(b"{") and _VERSION.encode() in head.replace(b"\\/", b"/")


def feed_entries(feed: Mapping[str, Any], html_depth: int) -> Iterator[Entry | str]:
    """The entries of a feed in order; for an item that is none, what is wrong with it."""
    from searchkit.formats._page.fragments import fragment_text

    items = feed.get("items")
    for item in items if isinstance(items, list) else []:
        if not isinstance(item, dict):
            yield "not an object"
            continue
        text = _text(item, "content_text")
        try:
            body = text or fragment_text(_text(item, "content_html"), html_depth)
        except ValueError as error:
            yield str(error)
            continue
        published = _text(item, "date_published")
        yield Entry(
            id=_text(item, "id"),
            title=_text(item, "title"),
            body=body,
            dek=_text(item, "summary"),
            authors=_authors(item) or _authors(feed),
            publisher=_text(feed, "title"),
            published=published or _text(item, "date_modified"),
            date_source="meta" if published else "updated",
            language=_text(item, "language") or _text(feed, "language"),
            url=_text(item, "url") or _text(item, "external_url"),
        )


def _text(item: Mapping[str, Any], key: str) -> str:
    value = item.get(key)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""


def _authors(item: Mapping[str, Any]) -> tuple[str, ...]:
    """`authors` of version 1.1, `author` of version 1."""
    stated = item.get("authors")
    people = stated if isinstance(stated, list) else [item.get("author")]
    return tuple(_text(person, "name") for person in people if isinstance(person, dict))
