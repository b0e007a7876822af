"""What a builder needs of an article, as plain values, which pass between processes as they are."""

from __future__ import annotations

from typing import NamedTuple

from searchkit.article import Article
from searchkit.engines.whoosh.chunks import join_texts
from searchkit.engines.whoosh.segment import NO_MOMENT, encode_article
from searchkit.fieldtext import WORD_FIELDS, field_parts, moment_us


class Prepared(NamedTuple):
    """An article as its stored `record`, its `text` in all fields (`chunks.join_texts`), and its columns."""

    record: bytes
    text: bytes
    id: str
    sha256: str
    file: str
    language: str
    publisher: str
    moment: int
    links: int


def prepare(article: Article) -> Prepared:
    """Whatever an article makes raise, it raises here."""
    moment = moment_us(article.published)
    return Prepared(
        encode_article(article),
        join_texts([field_parts(article, field) for field in WORD_FIELDS]),
        article.id,
        article.sha256,
        article.file,
        (article.language or "").lower(),
        article.publisher or "",
        NO_MOMENT if moment is None else moment,
        len(article.links),
    )
