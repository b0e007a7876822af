"""Feeds: RSS, Atom and JSON Feed. Each entry is an article, its HTML read as text."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, BinaryIO

from searchkit.format import BadRecord, ReadingOptions, Record, Remark
from searchkit.formats._bytes import name_kind
from searchkit.formats._entries import Entry, records_of
from searchkit.formats._fields import printable
from searchkit.formats._jsonfeed import begins_like_json_feed, feed_entries, is_json_feed
from searchkit.formats._jsonlines import BadJsonError, parse_object
from searchkit.formats._people import split_names
from searchkit.formats._streams import utf8_head
from searchkit.formats._xml import ENTITIES, read_prolog

_AUTHOR = re.compile(rb"<author\b[^>]*>(?:(?!<author\b).){0,4000}?</author>", re.DOTALL)
_TITLE = re.compile(rb"<title\b[^<]*(?:</title>|/>)|<title\b[^<>]*><!\[CDATA\[[^<]*\]\]></title>")
_INITIALS = re.compile(r"(?:\w\.[ -]?){1,4}")


class FeedFormat:
    """A feed (RSS, Atom, JSON Feed): each entry is an article."""

    name = "feed"
    about = "RSS, Atom and JSON Feed; each entry is an article"
    suffixes: tuple[str, ...] = (".rss", ".atom", ".rdf", ".feed")

    def accepts(self, head: bytes) -> bool:
        """Whether the root is that of RSS, Atom or RSS in RDF, or the object says that it is a JSON Feed."""
        if begins_like_json_feed(utf8_head(head)):
            return True
        prolog = read_prolog(head)
        if prolog.root == "RDF":
            return "purl.org/rss/" in prolog.attributes or "netscape.com/rdf" in prolog.attributes
        return prolog.root == "rss" or (prolog.root == "feed" and "atom" in prolog.attributes.lower())

    def read(self, stream: BinaryIO, source: str, options: ReadingOptions = ReadingOptions()) -> Iterator[Record]:
        """Yield the article of each entry, named by the entry's own id, else its address, else its number.

        A feed is held in memory. What an entry leaves out and the feed states for all (language, in Atom and JSON Feed
        authors) counts for it; the feed's title is its publisher. Where no date of publication is stated, that of the
        last change is taken, and `date_source` says `updated`. Nothing is fetched; entities are refused.
        """
        most = options.limits.file_mb * 2**20
        raw = stream.read(most + 1)
        if len(raw) > most:
            yield BadRecord(source, options.limits.over("file_mb", "larger than a file may be"))
        elif kind := name_kind(raw):
            yield BadRecord(source, f"begins like {kind}; a feed is XML or JSON")
        elif not utf8_head(raw[:4096]).strip():
            yield BadRecord(source, "empty")
        elif utf8_head(raw[:64]).lstrip().startswith(b"{"):
            yield from _read_json(utf8_head(raw), source, options)
        elif read_prolog(raw).has_entities:
            yield BadRecord(source, ENTITIES)
        else:
            yield from _read_xml(raw, source, options)


def _read_json(raw: bytes, source: str, options: ReadingOptions) -> Iterator[Record]:
    try:
        feed = parse_object(raw)
    except BadJsonError as error:
        yield BadRecord(source, str(error))
        return
    if not is_json_feed(feed):
        yield BadRecord(source, "not a JSON Feed: its `version` does not say so")
        return
    yield from records_of(feed_entries(feed, options.limits.html_depth), source)


def _read_xml(raw: bytes, source: str, options: ReadingOptions) -> Iterator[Record]:
    import feedparser

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about what it guesses of encodings
        try:
            # From a stream, as it would fetch or open a text that is an address or a name.
            stream = io.BytesIO(_without_titles_of_authors(raw))
            parsed = feedparser.parse(stream, sanitize_html=False, resolve_relative_uris=False)
        except Exception as error:  # it fails in many ways on what was made to break it
            yield BadRecord(
                source, f"not a feed that can be read: {printable(str(error))[:200] or type(error).__name__}"
            )
            return
    if not parsed.get("version") and not parsed.entries:
        yield BadRecord(source, f"not a feed{_trouble(parsed)}")
        return
    if trouble := _trouble(parsed):
        yield Remark(source, f"read as far as it goes{trouble}")
    yield from records_of(_xml_entries(parsed, options.limits.html_depth), source)


def _without_titles_of_authors(raw: bytes) -> bytes:
    """The feed without what authors are called, as feedparser takes it for the title of the entry."""
    return _AUTHOR.sub(lambda author: _TITLE.sub(b"", author[0]), raw)


def _trouble(parsed: Mapping[str, Any]) -> str:
    import feedparser

    error = parsed.get("bozo_exception") if parsed.get("bozo") else None
    if error is None or isinstance(error, feedparser.NonXMLContentType):
        return ""
    return f": {printable(' '.join(str(error).split()))[:200]}"


def _xml_entries(parsed: Mapping[str, Any], html_depth: int) -> Iterator[Entry | str]:
    feed = parsed["feed"]
    feed_authors = _authors(feed) if str(parsed.get("version")).startswith("atom") else ()
    for item in parsed["entries"]:
        try:
            yield _entry(item, feed, feed_authors, html_depth)
        except ValueError as error:
            yield str(error)


def _entry(item: Mapping[str, Any], feed: Mapping[str, Any], feed_authors: tuple[str, ...], html_depth: int) -> Entry:
    bodies = [_plain(content, html_depth) for content in item.get("content", ())]
    body, summary = max(bodies, key=len, default=""), _text(item, "summary", html_depth)
    if not body:
        body, summary = summary, ""
    stated = next((name for name in ("published", "updated", "created") if item.get(name)), "")
    taken_from = item.get("source")
    language = next((content.get("language") for content in item.get("content", ()) if content.get("language")), None)
    return Entry(
        id=str(item.get("id") or ""),
        title=_text(item, "title", html_depth),
        body=body,
        dek="" if body.startswith(summary.rstrip(" .…[]")) else summary,
        authors=_authors(item) or feed_authors,
        publisher=_text(taken_from if isinstance(taken_from, dict) else {}, "title", html_depth)
        or _text(feed, "title", html_depth),
        published=str(item.get(stated) or ""),
        date_source="updated" if stated == "updated" else "meta",
        parsed=_parsed(item.get(f"{stated}_parsed")),
        language=str(language or item.get("language") or feed.get("language") or ""),
        url=str(item.get("link") or ""),
    )


def _text(item: Mapping[str, Any], name: str, html_depth: int) -> str:
    """The text of a field, its markup read unless it says that it is plain."""
    return _plain(item.get(f"{name}_detail") or {"value": item.get(name)}, html_depth)


def _plain(detail: Mapping[str, Any], html_depth: int) -> str:
    from searchkit.formats._page.fragments import fragment_text, paragraphs

    value = str(detail.get("value") or "")
    return paragraphs(value) if detail.get("type") == "text/plain" else fragment_text(value, html_depth)


def _authors(item: Mapping[str, Any]) -> tuple[str, ...]:
    stated = [str(author.get("name") or "") for author in item.get("authors", ()) if isinstance(author, Mapping)]
    names: list[str] = []
    for name in (name for text in stated for name in split_names(text)):
        if names and _INITIALS.fullmatch(name):
            names[-1] += f", {name}"
        else:
            names.append(name)
    return tuple(names)


def _parsed(parts: Any) -> date | datetime | None:
    """A date that feedparser has read, as it reads forms that are not ours."""
    if not parts:
        return None
    try:
        moment = datetime(*parts[:6]).replace(tzinfo=UTC)
    except (TypeError, ValueError):
        return None
    return moment.date() if not any(parts[3:6]) else moment
