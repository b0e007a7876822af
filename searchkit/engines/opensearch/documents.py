"""Article <-> document of the cluster: what is searched, sorted and stored of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from searchkit.article import Article, Link
from searchkit.engine import SourceState
from searchkit.engines.opensearch.senttext import SentTexts, count_words
from searchkit.fieldtext import WORD_FIELDS, calendar_day, field_parts, moment_us, title_key
from searchkit.query import TEXT_FIELDS

_MARK = "\ufdd0"
# Surrogates without a partner have no UTF-8 form, which the cluster insists on.
_ODD = re.compile(f"[\ud800-\udfff{_MARK}]")
_MARKED = re.compile(f"{_MARK}([0-9a-f]{{4}})")

_LONGEST_KEY = 1000
_LONGEST_TITLE_KEY = 5000
"""Characters by which titles are sorted; Lucene takes 32,766 bytes."""


def to_document(article: Article, texts: SentTexts, born: int, dies: int | None = None) -> dict[str, Any]:
    """The document of an article; its words are met by `texts`. Raises what a value of a wrong type raises."""
    sent = {name: list(filter(None, map(texts.sent, field_parts(article, name)))) for name in WORD_FIELDS}
    day = calendar_day(article.published)
    tag = (article.language or "").lower()
    document: dict[str, Any] = {
        "article": escaped(_stored(article)),
        **{name: parts for name, parts in sent.items() if parts},
        "id": key(article.id),
        "folded_id": key(article.id.lower()),
        "file": key(article.file),
        "title_key": title_key(article)[:_LONGEST_TITLE_KEY],
        "words": sum(count_words(part) for name in TEXT_FIELDS for part in sent[name]),
        "link_count": len(article.links),
        "born": born,
    }
    if tag:
        document["lang"] = [key(part) for part in _beginnings(tag)]
    if article.publisher:
        document["publisher_name"] = key(article.publisher)
    if day is not None:
        document |= {"day": day.isoformat(), "moment_us": moment_us(article.published)}
    if dies is not None:
        document["dies"] = dies
    return document


def article_of(source: dict[str, Any]) -> Article:
    """The article that a document stores (its `_source`)."""
    stored = unescaped(source["article"])
    stored["authors"] = tuple(stored.get("authors", ()))
    stored["links"] = tuple(
        Link(**{**link, "published": _moment(link.get("published"))}) for link in stored.get("links", ())
    )
    stored["published"] = _moment(stored.get("published"))
    return Article(**stored)


def state_source(state: SourceState) -> dict[str, Any]:
    """What is remembered of a file, for JSON."""
    plain: dict[str, Any] = escaped({**asdict(state), "problems": [list(problem) for problem in state.problems]})
    return plain


def source_state(plain: dict[str, Any]) -> SourceState:
    """The way back."""
    values = unescaped(plain)
    return SourceState(**{**values, "problems": tuple(map(tuple, values["problems"]))})


def key(text: str) -> str:
    """A text as the value of a keyword: one too long is cut, with a digest of the whole in place of the rest."""
    text = _escape(text)
    if len(text) <= _LONGEST_KEY:
        return text
    return text[: _LONGEST_KEY - 64] + hashlib.sha256(text.encode("utf-8")).hexdigest()


def document_id(article_id: str, born: int) -> str:
    """The id of a version's document: the same however often it is sent."""
    return f"{_short(article_id)}~{born}"


def escaped(value: Any) -> Any:
    """A value for JSON without lone surrogates."""
    if isinstance(value, str):
        return _escape(value)
    if isinstance(value, dict):
        return {name: escaped(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [escaped(item) for item in value]
    return value


def unescaped(value: Any) -> Any:
    """The way back."""
    if isinstance(value, str):
        return _MARKED.sub(lambda m: chr(int(m[1], 16)), value) if _MARK in value else value
    if isinstance(value, dict):
        return {name: unescaped(item) for name, item in value.items()}
    if isinstance(value, list):
        return [unescaped(item) for item in value]
    return value


def _stored(article: Article) -> dict[str, Any]:
    """The values of an article that say something, for JSON."""
    values = {item.name: getattr(article, item.name) for item in fields(Article)}
    stored = {name: value for name, value in values.items() if value is not None and value != ()}
    if article.published is not None:
        stored["published"] = article.published.isoformat()
    if article.links:
        stored["links"] = [_stored_link(link) for link in article.links]
    return stored


def _stored_link(link: Link) -> dict[str, Any]:
    values = {item.name: getattr(link, item.name) for item in fields(Link)}
    stored = {name: value for name, value in values.items() if value is not None}
    if link.published is not None:
        stored["published"] = link.published.isoformat()
    return stored


def _moment(text: str | None) -> Any:
    if text is None:
        return None
    return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)


def _beginnings(tag: str) -> Iterable[str]:
    """`pt`, `pt-br` of `pt-br`."""
    yield tag
    yield from (tag[:place] for place, character in enumerate(tag) if character == "-")


def _escape(text: str) -> str:
    if text.isascii():
        return text
    return _ODD.sub(lambda m: f"{_MARK}{ord(m[0]):04x}", text)


def _short(text: str) -> str:
    """A text within the length of ids: 512 bytes."""
    text = _escape(text)
    if len(text.encode("utf-8")) <= 400:
        return text
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
