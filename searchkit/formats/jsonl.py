"""JSON Lines: one object per line, one article each, under the common names of the keys.

Of a field's names the first in the table below that has a value in the record counts; names are compared without regard
to case, and keys that are not in the table are left out. `created_at` and its like are not there: they tell as often
when a record was made as when the article was published.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, BinaryIO

from searchkit.article import Article, Link, article_id, record_source
from searchkit.dates import parse_article_date, parse_epoch
from searchkit.format import BadRecord, ReadingOptions, Record, Remark
from searchkit.formats._bytes import UTF8_BOM, has_wide_bom, name_kind
from searchkit.formats._linklines import parse_link
from searchkit.formats._people import split_names

LONGEST_LINE = 64 * 2**20
"""Bytes of the longest line that is read; a longer one is a bad record, and is never held in memory."""

LONGEST_ID = 512
"""Characters of the longest id of a record's own."""

_ALIASES = {
    "id": ("id", "_id", "uuid", "guid"),
    "title": ("title", "headline", "name"),
    "body": ("body", "text", "content", "article", "articlebody", "maintext", "story"),
    "dek": ("dek", "description", "summary", "subtitle", "standfirst", "abstract"),
    "date": (
        "date", "published", "published_at", "publishedat", "pubdate", "pub_date", "date_published", "datepublished",
        "timestamp",
    ),
    "authors": ("author", "authors", "byline", "creator"),
    "publisher": ("publisher", "outlet", "source", "site", "site_name", "publication", "sitename"),
    "url": ("url", "link", "canonical_url", "canonicalurl", "web_url"),
    "language": ("language", "lang"),
    "links": ("links", "related", "related_links"),
    "note": ("note", "bio"),
}  # fmt: skip
_LINK_ALIASES = {
    "headline": ("headline", "title", "text"),
    "publisher": ("publisher", "source"),
    "date": ("date", "published", "published_at", "pubdate"),
    "url": ("url", "link", "href"),
}
# How databases write an id or a time that JSON has no type for (MongoDB Extended JSON).
_WRAPPERS = ("$oid", "$date", "$numberLong", "$numberInt")
_LANGUAGE = re.compile(
    r"([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|[0-9]{3}))?((?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)",
    re.IGNORECASE | re.ASCII,
)
_EPOCH = re.compile(r"\d{10}(?:\.\d{1,9})?|\d{13}", re.ASCII)
_SURROGATE = re.compile("[\ud800-\udfff]")
_KINDS = {dict: "an object", list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number"}


class JsonLinesFormat:
    """Reads one JSON object per line as one article."""

    name = "jsonl"
    suffixes: tuple[str, ...] = (".jsonl", ".ndjson", ".jsonlines")

    def accepts(self, head: bytes) -> bool:
        """Whether the first line that is not blank begins with an object."""
        return re.match(rb"\s*\{(?!\\rtf)", head.removeprefix(UTF8_BOM)) is not None

    def read(self, stream: BinaryIO, source: str, options: ReadingOptions = ReadingOptions()) -> Iterator[Record]:
        """Yield the article of each line. A record without an id of its own is named by the number of its line.

        On standard input (source `-`), where line numbers say nothing lasting, it is named by the first 16 digits of
        its line's SHA-256. A bad line is a bad record; a file that is plainly something else is one altogether.
        """
        lines: dict[int, int] = {}
        for number, line in _lines(stream):
            if number == 1 and (kind := "UTF-16" if has_wide_bom(line) else name_kind(line)):
                yield BadRecord(source, f"begins like {kind}; JSON Lines are plain text in UTF-8")
                return
            if line.removeprefix(UTF8_BOM).strip() or len(line) > LONGEST_LINE:
                yield from _read_line(line, number, source, lines)


class _BadLineError(ValueError):
    """A line that holds no article; the message says why."""


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines of a stream, numbered from 1, without line ends; of one that is too long only its first part."""
    number = 0
    while line := stream.readline(LONGEST_LINE + 2):
        number += 1
        ended = line.endswith(b"\n")
        yield number, line.removesuffix(b"\n").removesuffix(b"\r")
        del line
        while not ended and (rest := stream.readline(2**20)):
            ended = rest.endswith(b"\n")


def _read_line(line: bytes, number: int, source: str, seen: dict[int, int]) -> Iterator[Record]:
    """Yield one line's remarks and article, or what is wrong with it.

    `seen` holds the line of every record so far by the hash (8 bytes) of its name.
    """
    try:
        fields = _fields(_parse(line))
        digest = hashlib.sha256(line).hexdigest()
        record = _own_id(fields) or (digest[:16] if source == "-" else str(number))
        article, remarks = _article(fields, source, record, digest)
        first = seen.setdefault(hash(record), number)
        if first != number:
            raise _BadLineError(f"its id {record} repeats line {first}")
    except _BadLineError as error:
        yield BadRecord(record_source(source, number), f"line {number}: {error}")
        return
    for remark in remarks:
        yield Remark(article.source, f"line {number}: {remark}")
    yield article


def _parse(line: bytes) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        raise _BadLineError(f"longer than {LONGEST_LINE // 2**20} MiB")
    try:
        record = _DECODER.decode(line.removeprefix(UTF8_BOM).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _BadLineError(f"not UTF-8: {error.reason} at byte {error.start + 1}") from error
    except RecursionError as error:
        raise _BadLineError("nested too deeply") from error
    except json.JSONDecodeError as error:
        raise _BadLineError(f"not JSON: {error.msg} at character {error.colno}") from error
    except ValueError as error:
        raise _BadLineError("a number in it is NaN, infinite or far too long") from error
    if not isinstance(record, dict):
        raise _BadLineError(f"not a JSON object but {_kind(record)}")
    return record


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


# Made once: json.loads would make one for each line.
_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _fields(record: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a record by lower-case key, without empty ones."""
    fields: dict[str, Any] = {}
    for key, value in record.items():
        if value is not None and value != "" and value != [] and value != {} and not _is_blank(value):
            fields.setdefault(key.lower(), value)
    return fields


def _article(fields: Mapping[str, Any], file: str, record: str, digest: str) -> tuple[Article, list[str]]:
    title, body, links = _line_of_text(fields, "title"), _text(fields, "body"), _links(fields)
    if not (title or body or links):
        raise _BadLineError("has no title, body or links")
    remarks: list[str] = []
    source, published = record_source(file, record), _published(fields, remarks)
    article = Article(
        id=article_id(source),
        source=source,
        title=title,
        body=body,
        sha256=digest,
        record=record,
        dek=_line_of_text(fields, "dek") or None,
        authors=_authors(fields),
        publisher=_publisher(fields),
        published=published,
        date_source="meta" if published else None,
        language=_language(fields, remarks),
        url=_line_of_text(fields, "url") or None,
        links=links,
        note=_text(fields, "note") or None,
    )
    return article, remarks


# --- fields ------------------------------------------------------------------------------------------------------


def _first(fields: Mapping[str, Any], names: tuple[str, ...]) -> tuple[str, Any]:
    """The first of `names` that has a value, and that value; ("", None) where none has one."""
    for name in names:
        if name in fields:
            return name, fields[name]
    return "", None


def _own_id(fields: Mapping[str, Any]) -> str | None:
    """The record's own id, what is not printable in it written as an escape (`\\n`, `\\x1b`)."""
    key, value = _first(fields, _ALIASES["id"])
    value = _unwrap(value)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise _BadLineError(f"{key} is {_kind(value)}, not text or a whole number")
    text = str(value).strip()
    if len(text) > LONGEST_ID:
        raise _BadLineError(f"{key} is longer than {LONGEST_ID} characters")
    if text.isprintable():
        return text or None
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _text(fields: Mapping[str, Any], field: str) -> str:
    """A field's text as it stands, without blank space around it; "" where there is none."""
    key, value = _first(fields, _ALIASES[field])
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _BadLineError(f"{key} is {_kind(value)}, not text")
    return _clean(value)


def _line_of_text(fields: Mapping[str, Any], field: str) -> str:
    return " ".join(_text(fields, field).split())


def _authors(fields: Mapping[str, Any]) -> tuple[str, ...]:
    key, value = _first(fields, _ALIASES["authors"])
    if isinstance(value, str):
        return split_names(_clean(value))
    named = [_name(item, key) for item in (value if isinstance(value, list) else [value]) if item is not None]
    return tuple(dict.fromkeys(filter(None, (re.sub(r"(?i)^by\s+", "", name) for name in named))))


def _publisher(fields: Mapping[str, Any]) -> str | None:
    key, value = _first(fields, _ALIASES["publisher"])
    return (_name(value, key) or None) if value is not None else None


def _name(value: Any, key: str) -> str:
    """A name that stands as text or as {"name": text}."""
    if isinstance(value, dict):
        value = value.get("name") or ""
    if not isinstance(value, str):
        raise _BadLineError(f"{key} holds {_kind(value)} where a name is expected")
    return " ".join(_clean(value).split())


def _published(fields: Mapping[str, Any], remarks: list[str]) -> date | datetime | None:
    # `"published": true` tells whether, not when.
    dated = [name for name in _ALIASES["date"] if name in fields and not isinstance(fields[name], bool)]
    if not dated:
        return None
    key, value = dated[0], fields[dated[0]]
    published = _date(value)
    if published is None:
        remarks.append(f"{key} {_shown(value)} is not a date that can be read with certainty; left undated")
    return published


def _date(value: Any) -> date | datetime | None:
    """A date as text, as Unix time (a number, or digits as text), or as a number of the form 20170317 or 20170317100000.

    A number of twelve digits that may be milliseconds as well as 201703171000 is neither.
    """
    value = _unwrap(value)
    if isinstance(value, str) and _EPOCH.fullmatch(value.strip()):
        return parse_epoch(float(value))
    if isinstance(value, int) and not isinstance(value, bool):
        calendar = parse_article_date(str(value)) if 10**7 <= value < 10**14 else None
        if calendar:
            return None if 10**11 <= value < 10**12 else calendar
        return parse_epoch(value)
    if isinstance(value, float):
        return parse_epoch(value)
    return parse_article_date(value) if isinstance(value, str) else None


def _language(fields: Mapping[str, Any], remarks: list[str]) -> str | None:
    """A BCP 47 tag in its usual spelling (`pt-BR`); what has not the form of one is left out with a remark."""
    key, value = _first(fields, _ALIASES["language"])
    match = _LANGUAGE.fullmatch(value.strip().replace("_", "-")) if isinstance(value, str) else None
    if match is None:
        if value is not None:
            remarks.append(f"{key} {_shown(value)} is not a language tag such as en or pt-BR; left out")
        return None
    primary, script, region, variants = match.groups()
    tag = "-".join(filter(None, (primary.lower(), (script or "").title(), (region or "").upper()))) + variants.lower()
    return None if tag == "und" else tag


def _links(fields: Mapping[str, Any]) -> tuple[Link, ...]:
    key, value = _first(fields, _ALIASES["links"])
    if value is None:
        return ()
    if not isinstance(value, list):
        raise _BadLineError(f"{key} is {_kind(value)}, not a list")
    return tuple(link for item in value if (link := _link(item, key)) is not None)


def _link(item: Any, key: str) -> Link | None:
    """One related link: a line of text as scrapes have it, or an object. A bare address is its own headline."""
    if item is None or _is_blank(item):
        return None
    if isinstance(item, str):
        text = " ".join(_clean(item).split())
        line = parse_link(text)
        return line.link if line else Link(text)
    if not isinstance(item, dict):
        raise _BadLineError(f"{key} holds {_kind(item)}, not text or objects")
    fields = _fields(item)
    parts = {part: _first(fields, names)[1] for part, names in _LINK_ALIASES.items()}
    headline, publisher, url = (
        _name(parts[part], key) if parts[part] is not None else "" for part in ("headline", "publisher", "url")
    )
    published = _date(parts["date"])
    if not headline and not url:
        return None
    return Link(
        headline or url,
        publisher or None,
        published.date() if isinstance(published, datetime) else published,
        url or None,
    )


# --- values ------------------------------------------------------------------------------------------------------


def _clean(text: str) -> str:
    """Text with plain line ends, without lone surrogates (which no encoding can write) and blank space around it."""
    if not text.isascii():
        text = _SURROGATE.sub("\ufffd", text)
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _unwrap(value: Any) -> Any:
    while isinstance(value, dict) and len(value) == 1 and next(iter(value)) in _WRAPPERS:
        value = next(iter(value.values()))
        value = int(value) if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value, re.ASCII) else value
    return value


def _is_blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()


def _kind(value: Any) -> str:
    return _KINDS.get(type(value), "null")


def _shown(value: Any) -> str:
    """A value inside a remark: short text and numbers as they are, anything else as its kind."""
    if not isinstance(value, (str, int, float)):
        return f"({_kind(value)})"
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
