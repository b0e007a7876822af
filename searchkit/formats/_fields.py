"""Keys and values of a record -> an article: the common names of keys, and what their values may be.

Of a field's names the first in the table below that has a value in the record counts; names are compared without regard
to case, and keys that are not in the table are left out. `created_at` and its like are not there: they tell as often
when a record was made as when the article was published. What a user calls things (`ReadingOptions.fields`) comes first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from searchkit.article import Article, Link, article_id, record_source
from searchkit.dates import dated_by, parse_article_date, parse_epoch
from searchkit.formats._linklines import parse_link
from searchkit.formats._people import split_names
from searchkit.languagetags import language_tag

LONGEST_ID = 512
"""Characters of the longest id of a record's own."""

Names = Mapping[str, tuple[str, ...]]
"""For each of `format.FIELDS` the keys that hold it, in lower case, best first."""

Dated = tuple[date | datetime | None, str | None]
"""When an article was published, and what states it."""

ALIASES: Names = {
    "id": ("id", "_id", "uuid", "guid"),
    "title": ("title", "headline", "name"),
    "body": (
        "body", "text", "content", "article", "articlebody", "maintext", "story", "content_text", "body_text",
        "full_text", "fulltext",
    ),
    "html": ("html", "raw_html"),
    "dek": ("dek", "description", "summary", "subtitle", "standfirst", "abstract"),
    "date": (
        "date", "published", "published_at", "publishedat", "pubdate", "pub_date", "date_published", "datepublished",
        "date_publish", "publish_date", "publishdate", "published_date", "publication_date", "timestamp",
    ),
    "authors": ("author", "authors", "byline", "creator"),
    "publisher": ("publisher", "outlet", "source", "site", "site_name", "publication", "sitename"),
    "url": ("url", "link", "canonical_url", "canonicalurl", "web_url"),
    "language": ("language", "lang"),
    "links": ("links", "related", "related_links"),
    "note": ("note", "bio"),
}  # fmt: skip
_LINK_ALIASES: Names = {
    "headline": ("headline", "title", "text"),
    "publisher": ("publisher", "source"),
    "date": ("date", "published", "published_at", "pubdate"),
    "url": ("url", "link", "href"),
}
# How databases write an id or a time that JSON has no type for (MongoDB Extended JSON).
_WRAPPERS = ("$oid", "$date", "$numberLong", "$numberInt")
_EPOCH = re.compile(r"\d{10}(?:\.\d{1,9})?|\d{13}", re.ASCII)
_SURROGATE = re.compile("[\ud800-\udfff]")
_KINDS = {dict: "an object", list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number"}


class BadFieldsError(ValueError):
    """A record that gives no article; the message says why."""


# --- records -----------------------------------------------------------------------------------------------------


def names_with(own: Names) -> Names:
    """The table above with a user's names before the usual ones."""
    return {
        field: tuple(dict.fromkeys((*(name.lower() for name in own.get(field, ())), *names)))
        for field, names in ALIASES.items()
    }


def paths_of(own: Names) -> tuple[str, ...]:
    """The user's names that may lead into objects, in lower case."""
    return tuple(name.lower() for names in own.values() for name in names if "." in name)


def fields_of(record: Mapping[str, Any], paths: tuple[str, ...] = ()) -> dict[str, Any]:
    """The values of a record by lower-case key, without empty ones; what `paths` lead to is there under the path."""
    fields: dict[str, Any] = {}
    for key, value in record.items():
        if _is_value(value):
            fields.setdefault(key.lower(), value)
    for path in paths:
        if path not in fields:  # a key may hold a dot itself
            value = _at(record, path.split("."))
            if _is_value(value):
                fields[path] = value
    return fields


def _at(value: Any, path: list[str]) -> Any:
    """What the path leads to, keys without regard to case and lists by number from 0; None where it leads nowhere."""
    for part in path:
        if isinstance(value, dict):
            value = value[part] if part in value else next((v for k, v in value.items() if k.lower() == part), None)
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def make_article(
    fields: Mapping[str, Any], file: str, record: str | None, digest: str, names: Names = ALIASES
) -> tuple[Article, list[str]]:
    """The article of one record (`fields_of` it), and remarks on what of it could not be read.

    `record` names it inside `file` (None: it is the only one), `digest` is its SHA-256. Raises BadFieldsError for
    values of a wrong kind. The caller has to see to it that there is a title, a body or a link.
    """
    remarks: list[str] = []
    source = file if record is None else record_source(file, record)
    language = _language(fields, names["language"], remarks)
    published, date_source = _published(fields, names, language, remarks)
    # By position, in the order of `Article`: with names it would take three times as long to make.
    article = Article(
        article_id(source),
        source,
        _line_of_text(fields, names["title"]),
        _text(fields, names["body"]),
        digest,
        record,
        _line_of_text(fields, names["dek"]) or None,
        _authors(fields, names["authors"]),
        _publisher(fields, names["publisher"]),
        published,
        date_source,
        language,
        _line_of_text(fields, names["url"]) or None,
        _links(fields, names["links"]),
        _text(fields, names["note"]) or None,
    )
    return article, remarks


def page_of(fields: Mapping[str, Any], names: Names = ALIASES) -> bytes | None:
    """The HTML page of a record as UTF-8, if it has one."""
    text = _text(fields, names["html"])
    return text.encode("utf-8") if text else None


# --- fields ------------------------------------------------------------------------------------------------------


def _first(fields: Mapping[str, Any], names: tuple[str, ...]) -> tuple[str, Any]:
    """The first of `names` that has a value, and that value; ("", None) where none has one."""
    for name in names:
        if name in fields:
            return name, fields[name]
    return "", None


def own_id(fields: Mapping[str, Any], names: Names = ALIASES) -> str | None:
    """The record's own id, what is not printable in it written as an escape (`\\n`, `\\x1b`)."""
    key, value = _first(fields, names["id"])
    value = _unwrap(value)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise BadFieldsError(f"{key} is {kind_of(value)}, not text or a whole number")
    text = str(value).strip()
    if len(text) > LONGEST_ID:
        raise BadFieldsError(f"{key} is longer than {LONGEST_ID} characters")
    return printable(text) or None


def printable(text: str) -> str:
    """Text with what would not print in it written as escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _text(fields: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """A field's text as it stands, without blank space around it; "" where there is none."""
    key, value = _first(fields, names)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadFieldsError(f"{key} is {kind_of(value)}, not text")
    return clean(value)


def _line_of_text(fields: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return " ".join(_text(fields, names).split())


def _authors(fields: Mapping[str, Any], names: tuple[str, ...]) -> tuple[str, ...]:
    key, value = _first(fields, names)
    if isinstance(value, str):
        return split_names(clean(value))
    named = [_name(item, key) for item in (value if isinstance(value, list) else [value]) if item is not None]
    return tuple(dict.fromkeys(filter(None, (re.sub(r"(?i)^by\s+", "", name) for name in named))))


def _publisher(fields: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    key, value = _first(fields, names)
    return (_name(value, key) or None) if value is not None else None


def _name(value: Any, key: str) -> str:
    """A name that stands as text or as {"name": text}."""
    if isinstance(value, dict):
        value = value.get("name") or ""
    if not isinstance(value, str):
        raise BadFieldsError(f"{key} holds {kind_of(value)} where a name is expected")
    return " ".join(clean(value).split())


def _published(fields: Mapping[str, Any], names: Names, language: str | None, remarks: list[str]) -> Dated:
    # `"published": true` tells whether, not when.
    dated = [name for name in names["date"] if name in fields and not isinstance(fields[name], bool)]
    if not dated:
        return None, None
    key, value = dated[0], fields[dated[0]]
    published = read_date(value)
    if published is None and language and isinstance(value, str):
        published = parse_article_date(value, language)
    if published is None:
        remarks.append(f"{key} {_shown(value)} is not a date that can be read with certainty; left undated")
    return published, dated_by("meta", value if isinstance(value, str) else "", published)


def read_date(value: Any) -> date | datetime | None:
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


def _language(fields: Mapping[str, Any], names: tuple[str, ...], remarks: list[str]) -> str | None:
    """A BCP 47 tag; what has not the form of one is left out with a remark."""
    key, value = _first(fields, names)
    if value is None:
        return None
    try:
        return language_tag(value if isinstance(value, str) else "")
    except ValueError:
        remarks.append(f"{key} {_shown(value)} is not a language tag such as en or pt-BR; left out")
        return None


def _links(fields: Mapping[str, Any], names: tuple[str, ...]) -> tuple[Link, ...]:
    key, value = _first(fields, names)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise BadFieldsError(f"{key} is {kind_of(value)}, not a list")
    return tuple(link for item in value if (link := _link(item, key)) is not None)


def _link(item: Any, key: str) -> Link | None:
    """One related link: a line of text as scrapes have it, or an object. A bare address is its own headline."""
    if not _is_value(item):
        return None
    if isinstance(item, str):
        text = " ".join(clean(item).split())
        line = parse_link(text)
        return line.link if line else Link(text)
    if not isinstance(item, dict):
        raise BadFieldsError(f"{key} holds {kind_of(item)}, not text or objects")
    fields = fields_of(item)
    parts = {part: _first(fields, names)[1] for part, names in _LINK_ALIASES.items()}
    headline, publisher, url = (
        _name(parts[part], key) if parts[part] is not None else "" for part in ("headline", "publisher", "url")
    )
    published = read_date(parts["date"])
    if not headline and not url:
        return None
    return Link(
        headline or url,
        publisher or None,
        published.date() if isinstance(published, datetime) else published,
        url or None,
    )


# --- values ------------------------------------------------------------------------------------------------------


def clean(text: str) -> str:
    """Text with plain line ends, without lone surrogates (which no encoding can write) and blank space around it."""
    if not text.isascii():
        try:
            text.encode("utf-16-le")  # fails at a lone surrogate, in a tenth of the time of the search for one
        except UnicodeEncodeError:
            text = _SURROGATE.sub("\ufffd", text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.strip()


def _unwrap(value: Any) -> Any:
    while isinstance(value, dict) and len(value) == 1 and next(iter(value)) in _WRAPPERS:
        value = next(iter(value.values()))
        value = int(value) if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value, re.ASCII) else value
    return value


def _is_value(value: Any) -> bool:
    """Whether a value says something: 0 and false do, null and what is blank or empty do not."""
    if isinstance(value, str):
        return value != "" and not value.isspace()
    return bool(value) or value == 0


def kind_of(value: Any) -> str:
    """What kind of value of JSON this is, in words."""
    return _KINDS.get(type(value), "null")


def _shown(value: Any) -> str:
    """A value inside a remark: short text and numbers as they are, anything else as its kind."""
    if not isinstance(value, (str, int, float)):
        return f"({kind_of(value)})"
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
