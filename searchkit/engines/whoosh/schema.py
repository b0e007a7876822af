"""Fields of the Whoosh index, and an article as their values.

The schema is pickled into the index, so the classes here must stay importable under their names.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from whoosh import analysis, columns, fields

from searchkit.analysis import Token, tokenize, tokenize_query
from searchkit.article import Article, Link
from searchkit.fieldtext import WORD_FIELDS, calendar_day, field_tokens, moment_us, title_key

UNDATED = b"none"
"""The term that stands for "no date" among the days, sorted behind all of them."""

NUMBER_COLUMNS = ("moment", "link_count", *(f"{name}_length" for name in WORD_FIELDS))
BYTES_COLUMNS = ("id", "title_order")


class ArticleAnalyzer(analysis.Analyzer):  # type: ignore[misc]
    """`searchkit.analysis` as Whoosh's own query parser calls it, for those who open the index with stock Whoosh."""

    def __call__(
        self, value: str, positions: bool = False, chars: bool = False, mode: str = "", start_pos: int = 0, **_: Any
    ) -> Iterator[analysis.Token]:
        token = analysis.Token(positions, chars, mode=mode)
        for word, position, start, end in (tokenize_query if mode == "query" else tokenize)(value):
            token.original = token.text = word
            token.pos, token.startchar, token.endchar = start_pos + position, start, end
            yield token


class WordField(fields.TEXT):  # type: ignore[misc]
    """Words with their positions; `index` takes them as tokens, which are analysed once for all uses."""

    def __init__(self) -> None:
        super().__init__(analyzer=ArticleAnalyzer(), phrase=True)

    def index(self, value: str | Sequence[Token], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        places: defaultdict[str, list[int]] = defaultdict(list)
        for token in tokenize(value) if isinstance(value, str) else value:
            places[token.word].append(token.position)
        encode = self.format.encode
        for word, positions in places.items():
            yield word.encode(), len(positions), float(len(positions)), encode(positions)


class KeyField(fields.ID):  # type: ignore[misc]
    """One value as one term; file names that are not UTF-8 (lone surrogates to Python) are kept as they are."""

    def index(self, value: str | bytes, **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        yield self.to_bytes(value), 1, 1.0, b""

    def to_bytes(self, value: Any) -> bytes:
        if isinstance(value, list | tuple):
            value = value[0]
        return value if isinstance(value, bytes) else key_bytes(value)

    def from_bytes(self, data: bytes) -> str:
        return data.decode("utf-8", "surrogatepass")


SCHEMA = fields.Schema(
    id=KeyField(unique=True, sortable=columns.VarBytesColumn()),
    file=KeyField(),
    lang=KeyField(),
    publisher_name=KeyField(),
    date=KeyField(),
    **{name: WordField() for name in WORD_FIELDS},
    title_order=fields.COLUMN(columns.VarBytesColumn()),
    moment=fields.COLUMN(columns.NumericColumn("q")),
    link_count=fields.COLUMN(columns.NumericColumn("I")),
    **{f"{name}_length": fields.COLUMN(columns.NumericColumn("I")) for name in WORD_FIELDS},
    article=fields.STORED,
)


def key_bytes(value: str) -> bytes:
    """A key as the index holds it. Bytes compare as the texts do."""
    return value.encode("utf-8", "surrogatepass")


def day_bytes(day: date) -> bytes:
    return day.isoformat().encode("ascii")


def index_values(article: Article, tokens: dict[str, list[Token]]) -> dict[str, Any]:
    """The values of the index's fields for an article. Raises before anything is written, or not at all."""
    day = calendar_day(article.published)
    values: dict[str, Any] = {
        "id": key_bytes(article.id),
        "file": key_bytes(article.file),
        "lang": key_bytes(article.language.lower()) if article.language else None,
        "publisher_name": key_bytes(article.publisher) if article.publisher else None,
        "date": day_bytes(day) if day else UNDATED,
        "title_order": title_key(article).encode(),
        "moment": moment_us(article.published) or 0,
        "link_count": len(article.links),
        "article": encode_article(article),
    }
    for name, words in tokens.items():
        values[name] = words
        values[f"{name}_length"] = len(words)
    return values


def article_tokens(article: Article) -> dict[str, list[Token]]:
    return {name: field_tokens(article, name) for name in WORD_FIELDS}


def encode_article(article: Article) -> bytes:
    """An article as JSON, without what is None or empty."""
    said = {
        "id": article.id,
        "source": article.source,
        "title": article.title,
        "body": article.body,
        "sha256": article.sha256,
        "record": article.record,
        "dek": article.dek,
        "authors": article.authors or None,
        "publisher": article.publisher,
        "published": article.published.isoformat() if article.published else None,
        "date_source": article.date_source,
        "language": article.language,
        "url": article.url,
        "links": [_encode_link(link) for link in article.links] or None,
        "note": article.note,
    }
    filled = {key: value for key, value in said.items() if value is not None}
    return json.dumps(filled, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def decode_article(data: bytes) -> Article:
    """The article of `encode_article`."""
    said = json.loads(data.decode("utf-8", "surrogatepass"))
    if "published" in said:
        said["published"] = _decode_published(said["published"])
    said["authors"] = tuple(said.get("authors", ()))
    said["links"] = tuple(map(_decode_link, said.get("links", ())))
    return Article(**said)


def _encode_link(link: Link) -> list[str | None]:
    return [link.headline, link.publisher, link.published.isoformat() if link.published else None, link.url]


def _decode_link(said: list[str]) -> Link:
    headline, publisher, published, url = said
    return Link(headline, publisher, _decode_published(published) if published else None, url)


def _decode_published(text: str) -> date | datetime:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
