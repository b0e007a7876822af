"""Counts, dates, durations and sizes as people read them; the same in every locale."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from searchkit.article import Article

SEPARATOR = " · "
UNDATED = "undated"
UNTITLED = "untitled"

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(published: date) -> str:
    """`29 Jun 2025`; of a time, the day which it states."""
    return f"{published.day} {_MONTHS[published.month - 1]} {published.year}"


def iso(published: date | None) -> str:
    """The date as ISO 8601, with the time where there is one; empty when undated."""
    return "" if published is None else published.isoformat()


def counted(number: int, noun: str) -> str:
    """`1 article`, `1,200 articles`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def duration(seconds: float) -> str:
    """`<1 ms`, `3 ms`, `1.2 s`, `2 min 5 s`."""
    if seconds < 0.001:
        return "<1 ms"
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    return in_seconds(seconds)


def in_seconds(seconds: float) -> str:
    """`0.2 s`, `2 min 5 s`."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes:,} min {rest} s"


def size(size_bytes: int) -> str:
    """`512 bytes`, `1.5 MB`; a kB is 1,000 bytes."""
    if size_bytes < 1000:
        return counted(size_bytes, "byte")
    amount = float(size_bytes)
    for unit in ("kB", "MB", "GB"):
        amount /= 1000
        if amount < 999.95:
            return f"{amount:.1f} {unit}"
    return f"{amount / 1000:,.1f} TB"


def names(people: Sequence[str], most: int | None = None) -> str:
    """Names after one another; past `most` only how many more."""
    if most is None or len(people) <= most:
        return ", ".join(people)
    return ", ".join(people[:most]) + f" + {len(people) - most:,} more"


def meta(article: Article, most_authors: int | None = None) -> str:
    """Publisher, date and authors, as far as known, in one line; not made visible yet."""
    published = UNDATED if article.published is None else day(article.published)
    parts = (article.publisher, published, names(article.authors, most_authors))
    return SEPARATOR.join(part for part in parts if part)
