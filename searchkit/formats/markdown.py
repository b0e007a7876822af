"""Markdown with front matter (YAML between ---, TOML between +++), as static sites and notes keep articles."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, BinaryIO

from searchkit.article import Article
from searchkit.format import BadRecord, ReadingOptions, Record, Remark
from searchkit.formats._bytes import UTF8_BOM, NotTextError, decode
from searchkit.formats._fields import BadFieldsError, Names, fields_of, kind_of, make_article, names_with, paths_of
from searchkit.value import replace

_LONGEST_MATTER = 64 * 1024
_MATTER = re.compile(
    r"(?P<mark>---|\+\+\+)[ \t]*\n(?P<matter>.*?)^(?:(?P=mark)|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_ACCEPTED = re.compile(
    rb"---[ \t]*\r?\n(?:[ \t]*#.*\n|[ \t]*\r?\n)*[\w-]+[ \t]*:[ \t\r\n]"
    rb"|\+\+\+[ \t]*\r?\n(?:[ \t]*#.*\n|[ \t]*\r?\n)*[\w.\"-]+[ \t]*="
)
_WRITTEN_OUT = ("title", "dek", "publisher", "url", "language", "note")


class MarkdownFormat:
    """Markdown, with front matter (YAML, TOML) or without: one article per file."""

    name = "markdown"
    about = "Markdown with front matter"
    suffixes: tuple[str, ...] = (".md", ".markdown", ".mdown", ".mkd")

    def accepts(self, head: bytes) -> bool:
        """Whether it begins with front matter; without any, Markdown is not to be told from text."""
        return _ACCEPTED.match(head.removeprefix(UTF8_BOM)) is not None

    def read(self, stream: BinaryIO, source: str, options: ReadingOptions = ReadingOptions()) -> Iterator[Record]:
        """Yield the article: its front matter under the names of keys that records have, its text without marks.

        Without a title in the front matter the heading with which the text begins is the title.
        """
        most = options.limits.file_mb * 2**20
        raw = stream.read(most + 1)
        if len(raw) > most:
            yield BadRecord(source, options.limits.over("file_mb", "larger than one article may be"))
            return
        try:
            text, remark = decode(raw)
        except NotTextError as error:
            yield BadRecord(source, str(error))
            return
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if not text.strip():
            yield BadRecord(source, "empty")
            return
        if remark:
            yield Remark(source, remark)
        yield from _read_text(text, source, hashlib.sha256(raw).hexdigest(), options)


def _read_text(text: str, source: str, digest: str, options: ReadingOptions) -> Iterator[Record]:
    matter, text, trouble = _split(text)
    if trouble:
        yield Remark(source, f"front matter is not read: {trouble}")
    names = names_with(options.fields)
    fields = fields_of(matter, paths_of(options.fields))
    yield from (Remark(source, f"front matter: {left_out}") for left_out in _settle(fields, names))
    for name in names["body"]:
        fields.pop(name, None)
    try:
        article, remarks = make_article(fields, source, None, digest, names)
    except BadFieldsError as error:
        yield BadRecord(source, f"front matter: {error}")
        return
    yield from (Remark(source, f"front matter: {one}") for one in remarks)
    yield _with_text(article, text) or BadRecord(source, "has no title and no text")


def _with_text(article: Article, text: str) -> Article | None:
    """The article with its text; the heading with which that begins is its title, or repeats it."""
    from searchkit.formats._marks import marks_removed  # twenty patterns, which only Markdown needs

    heading, body = marks_removed(text)
    if article.title and heading.casefold() != article.title.casefold():
        body = "\n\n".join(filter(None, (heading, body)))
    title = article.title or heading
    is_address = article.url and article.url.startswith(("http://", "https://"))  # others are paths inside of a site
    if not (title or body):
        return None
    return replace(article, title=title, body=body, url=article.url if is_address else None)


def _split(text: str) -> tuple[dict[str, Any], str, str]:
    """The front matter, the text behind it, and why the front matter could not be read, if so."""
    found = _MATTER.match(text[: _LONGEST_MATTER + 16])
    if found is None:
        return {}, text, ""
    rest = text[found.end() :]
    try:
        if found["mark"] == "---":
            return _yaml(found["matter"]), rest, ""
        return _toml(found["matter"]), rest, ""
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        return {}, rest, reason


def _yaml(matter: str) -> dict[str, Any]:
    """The keys of some YAML, each value as it is written. Raises ValueError."""
    import yaml

    try:
        # The base loader makes text of every scalar: a title of `2017`, a date, `no`.
        loaded = yaml.load(matter, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
    if loaded is not None and not isinstance(loaded, dict):
        raise ValueError(f"it is no list of keys and values but {kind_of(loaded)}")
    return {key: value for key, value in (loaded or {}).items() if isinstance(key, str)}


def _toml(matter: str) -> dict[str, Any]:
    """The keys of some TOML. Raises ValueError."""
    import tomllib

    keys: dict[str, Any] = _plain(tomllib.loads(matter))
    return keys


def _plain(value: Any) -> Any:
    """TOML's dates as text."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime | date | time) else value


def _settle(fields: dict[str, Any], names: Names) -> Iterator[str]:
    """Make what front matter may hold into what records hold; tell what is left out, as sites use keys their own way."""
    for field in _WRITTEN_OUT:
        for name in names[field]:
            value = fields.get(name)
            if isinstance(value, int | float):
                fields[name] = str(value)
            elif isinstance(value, list | dict) and not (field == "publisher" and _has_name(value)):
                del fields[name]
                yield f"{name} is {kind_of(value)}, not text; left out"
    for name in names["authors"]:
        value = fields.get(name)
        people = value if isinstance(value, list) else [value]
        if value is not None and not all(isinstance(one, str) or _has_name(one) for one in people):
            del fields[name]
            yield f"{name} holds no names; left out"
    for name in names["links"]:
        value = fields.get(name)
        if value is not None and not (isinstance(value, list) and all(isinstance(one, str | dict) for one in value)):
            del fields[name]
            yield f"{name} is no list of links; left out"
    for name in names["id"]:
        fields.pop(name, None)  # the file is the only one, and names itself


def _has_name(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("name"), str)
