"""Messages between processes: values on a pipe, each with its length before it, and articles as such values.

The format is Python's `marshal`, which is fast, and safe here: both ends are this program, and nothing of it is stored.
"""

from __future__ import annotations

import marshal
import struct
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, BinaryIO

from searchkit.article import Article, Link

_LENGTH = struct.Struct("<Q")


def pack(message: Any) -> bytes:
    """A message as bytes for a pipe."""
    data = marshal.dumps(message)
    return _LENGTH.pack(len(data)) + data


def unpack(message: bytes) -> Any:
    """The inverse of `pack`."""
    return marshal.loads(memoryview(message)[_LENGTH.size :])


def receive(pipe: BinaryIO) -> Any:
    """The next message. Raises EOFError when the other end is gone."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return marshal.loads(data)


def take(received: bytearray) -> Iterator[Any]:
    """The messages that have arrived whole, each removed from what was received."""
    while len(received) >= _LENGTH.size:
        (length,) = _LENGTH.unpack_from(received)
        end = _LENGTH.size + length
        if len(received) < end:
            return
        message = marshal.loads(bytes(memoryview(received)[_LENGTH.size : end]))
        del received[:end]
        yield message


def to_plain(article: Article) -> tuple[Any, ...]:
    """An article as values that marshal knows."""
    a = article
    published = a.published.isoformat() if a.published else None
    links = [(x.headline, x.publisher, x.published.isoformat() if x.published else None, x.url) for x in a.links]
    head = (a.id, a.source, a.title, a.body, a.sha256, a.record, a.dek, a.authors, a.publisher, published)
    return (*head, a.date_source, a.language, a.url, links, a.note)


def from_plain(values: Iterable[Any]) -> Article:
    """The inverse of `to_plain`."""
    *head, published, date_source, language, url, links, note = values
    day = _date(published) if published else None
    made = tuple(Link(h, p, _date(d) if d else None, u) for h, p, d, u in links)
    id_, source, title, body, sha256, record, dek, authors, publisher = head
    names = (record, dek, authors, publisher)
    return Article(id_, source, title, body, sha256, *names, day, date_source, language, url, made, note)


def _date(text: str) -> date | datetime:
    """The day or moment that `isoformat` wrote."""
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
