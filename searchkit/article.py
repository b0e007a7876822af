"""Article and Link: what an archive holds, and how an article's id is made."""

from __future__ import annotations

from datetime import date, datetime

from searchkit.value import Value

ID_LENGTH = 20
"""Hexadecimal digits of an article's id: 80 bits, one accidental collision expected near 10^12 articles."""


class Link(Value):
    """One related-link headline: what another publisher ran, as listed under an article."""

    headline: str
    publisher: str | None = None
    published: date | None = None
    url: str | None = None


class Article(Value):
    """One article as an archive holds it. What the archive does not say is None (or empty), never guessed.

    `source` is where it was read: a path relative to the archive's root (absolute outside of it) with "/" between the
    parts; for one record of a file with many, `#record` behind it, and `record` holds that part. `date_source` tells
    what stated `published` ('meta', 'byline', 'dateline', 'url', ...; None when undated). `language` is a BCP 47 tag;
    `fr-x-detected` where only the text tells it.
    `note` holds the author's biography and "contributed to this report" lines, kept apart from the body. `sha256` is
    the hexadecimal digest of the record as read.
    """

    id: str
    source: str
    title: str
    body: str
    sha256: str
    record: str | None = None
    dek: str | None = None
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    published: date | datetime | None = None
    date_source: str | None = None
    language: str | None = None
    url: str | None = None
    links: tuple[Link, ...] = ()
    note: str | None = None

    @property
    def file(self) -> str:
        """The source without the record: the file (or stream, "-") which the article was read from."""
        return self.source if self.record is None else self.source.removesuffix(f"#{self.record}")


def article_id(source: str) -> str:
    """The id of the article read from `source`: stable across runs and machines, as the source is.

    The first `ID_LENGTH` hexadecimal digits of the source's SHA-256 (UTF-8; undecodable file names as their bytes).
    """
    import hashlib  # OpenSSL is slow to load, and no query needs it

    try:
        encoded = source.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # surrogates that stand for no byte, as JSON may hold them
        encoded = source.encode("utf-8", "surrogatepass")
    return hashlib.sha256(encoded).hexdigest()[:ID_LENGTH]


def record_source(file: str, record: str | int) -> str:
    """The source of one record inside a file: `archive.jsonl#17`, `archive.jsonl#its-own-id`."""
    return f"{file}#{record}"
