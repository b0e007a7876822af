"""What of an article is searched and sorted: the words of each field, its calendar day, its place in each order.

Every engine and the highlighter see an article through these functions, so that they agree on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

from searchkit.analysis import Token, tokenize, words
from searchkit.article import Article
from searchkit.query import NAME_FIELDS, TEXT_FIELDS, Keyword

WORD_FIELDS = (*TEXT_FIELDS, *NAME_FIELDS)
"""The fields that hold words: those which `field_tokens` knows."""

PART_GAP = 1001
"""Word positions left free between two headlines, and between two authors: more than the widest slop that the query
language allows (1,000), so that no phrase matches across them."""

_US_PER_DAY = 86_400_000_000


def field_parts(article: Article, field: str) -> tuple[str, ...]:
    """The texts of a field, each of which a phrase must not leave: one, or as many as there are headlines or authors."""
    parts = _PARTS.get(field)
    if parts is None:
        raise ValueError(f"field {field!r} holds no words; those that do: {', '.join(WORD_FIELDS)}")
    return parts(article)


_PARTS: dict[str, Callable[[Article], tuple[str, ...]]] = {
    "title": lambda article: (article.title,),
    "dek": lambda article: (article.dek or "",),
    "body": lambda article: (article.body,),
    "links": lambda article: tuple([link.headline for link in article.links]),
    "author": lambda article: article.authors,
    "publisher": lambda article: (article.publisher or "",),
    "path": lambda article: (article.source,),
}


def field_tokens(article: Article, field: str) -> list[Token]:
    """The words of a field in order of position, `PART_GAP` positions free between its parts.

    `start` and `end` count characters inside the part that the word stands in.
    """
    parts = field_parts(article, field)
    if len(parts) == 1:
        return list(tokenize(parts[0]))
    return list(_spaced(parts))


def _spaced(parts: tuple[str, ...]) -> Iterator[Token]:
    base = 0
    for part in parts:
        position = -1
        for token in tokenize(part):
            position = base + token.position
            yield token._replace(position=position)
        if position >= 0:
            base = position + 1 + PART_GAP


def calendar_day(published: date | datetime | None) -> date | None:
    """The day an article counts as published on: of a moment with a time zone its day in UTC, otherwise as stated."""
    if isinstance(published, datetime):
        return _in_utc(published).date()
    return published


def moment_us(published: date | datetime | None) -> int | None:
    """When an article was published, as sorting by date compares it: microseconds in UTC, a mere day as its midnight."""
    if published is None:
        return None
    if not isinstance(published, datetime):
        return published.toordinal() * _US_PER_DAY
    utc = _in_utc(published)
    seconds = (utc.hour * 60 + utc.minute) * 60 + utc.second
    return utc.toordinal() * _US_PER_DAY + seconds * 1_000_000 + utc.microsecond


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment
    except OverflowError:  # within hours of the first or last day that a calendar can hold
        return moment


def title_key(article: Article) -> str:
    """What sorting by title compares: the folded words of the title."""
    return " ".join(words(article.title))


def has_keyword(article: Article, wanted: Keyword) -> bool:
    """Whether an article has a keyword: its language tag or the first parts of it, or a beginning of its id."""
    if wanted.field == "id":
        return article.id.lower().startswith(wanted.value)
    tag = (article.language or "").lower()
    return bool(tag) and (tag == wanted.value or tag.startswith(f"{wanted.value}-"))
