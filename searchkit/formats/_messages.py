"""One mail message -> its article: decoded headers, the text or the HTML part, and what was left out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.header import Header, decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from searchkit.article import Article, article_id, record_source
from searchkit.dates import parse_article_date
from searchkit.format import BadRecord, Page, Record, Remark
from searchkit.formats._between import without_between
from searchkit.formats._bytes import NotTextError, decode, decode_1252
from searchkit.formats._fields import LONGEST_ID, clean, printable
from searchkit.languagetags import language_tag

_SHORT_TEXT = 300
"""Characters below which a text part beside an HTML part says little more than where to read the message."""

_HEADER = re.compile(rb"[!-9;-~]{1,76}[ \t]*:")
_WEB = re.compile(r"<?(https?://[^\s<>]+)>?")
_TAG = re.compile(r"<[^<>]*>")
_CODE = re.compile(r"[0-9a-f]{8}|\d{5}", re.IGNORECASE)  # numbers of lists, as services make them
_NAMES_SHOWN = 5


class BadMessageError(ValueError):
    """Bytes that are no message; the message says why."""


def begins_with_header(raw: bytes) -> bool:
    """Whether the first line has the form of a header."""
    return _HEADER.match(raw) is not None


class MessageReader:
    """Makes articles of the messages of one file. `only`: it holds one message, which is named by the file alone."""

    def __init__(self, source: str, only: bool) -> None:
        self._source = source
        self._only = only and source != "-"
        self._seen: dict[int, tuple[int, str]] = {}

    def read(self, raw: bytes, number: int) -> Iterator[Record]:
        """The article or page of a message, and remarks; or why there is none."""
        try:
            message = _parsed(raw)
            yield from self._made(message, number, hashlib.sha256(raw).hexdigest())
        except (BadMessageError, RecursionError) as error:
            reason = str(error) if isinstance(error, BadMessageError) else "its parts lie too deep in one another"
            yield self.bad(number, reason)

    def bad(self, number: int, reason: str) -> BadRecord:
        """A message that cannot be read."""
        if self._only:
            return BadRecord(self._source, reason)
        return BadRecord(record_source(self._source, number), f"message {number}: {reason}")

    def _made(self, message: Message, number: int, digest: str) -> Iterator[Record]:
        own = printable(_header(message, "message-id").strip("<> "))
        name = own if 0 < len(own) <= LONGEST_ID else (digest[:16] if self._source == "-" else str(number))
        source = self._source if self._only else record_source(self._source, name)
        first, same = self._seen.setdefault(hash(name), (number, digest))
        if first != number:
            if same == digest:
                yield Remark(record_source(self._source, number), f"the same as message {first}; counted once")
                return
            raise BadMessageError(f"its Message-ID {name} repeats message {first}")
        text, page, attached = _parts(message)
        title = _header(message, "subject")
        if not (title or text or page):
            raise BadMessageError("has no subject and no text")
        if attached:
            shown = ", ".join(attached[:_NAMES_SHOWN]) + (", ..." if len(attached) > _NAMES_SHOWN else "")
            yield Remark(source, f"attachments are not read: {shown}")
        authors, publisher = _senders(message)
        published = _date(message)
        if _header(message, "date") and published is None:
            yield Remark(source, f"date {printable(_header(message, 'date'))[:60]!r} cannot be read; left undated")
        known = Article(
            id=article_id(source),
            source=source,
            title=title,
            body=text or "",
            sha256=digest,
            record=None if self._only else name,
            authors=authors,
            publisher=publisher,
            published=published,
            date_source="meta" if published else None,
            language=_language(message),
            url=_address(message),
        )
        yield Page(page[0], known, page[1]) if page else known


def _parsed(raw: bytes) -> Message:
    if not begins_with_header(raw):
        raise BadMessageError("no message: does not begin with headers" if raw.strip() else "empty")
    return message_from_bytes(raw)


# --- parts -------------------------------------------------------------------------------------------------------


def _parts(message: Message) -> tuple[str, tuple[bytes, str | None] | None, list[str]]:
    """The text of a message, or its HTML with its charset where that says more, and the names of what else it has."""
    texts: list[str] = []
    pages: list[tuple[bytes, str | None]] = []
    attached: list[str] = []
    for part in _leaves(message):
        kind = part.get_content_type()
        if kind not in ("text/plain", "text/html") or part.get_content_disposition() == "attachment":
            if not (part.get("content-id") and kind.startswith("image/")):  # images of the layout are no attachments
                unparted = " without its boundaries" if kind.startswith("multipart/") else ""
                attached.append(printable(_decoded(part.get_filename() or "") or kind)[:80] + unparted)
            continue
        content = _content(part)
        charset = _charset(part)
        if kind == "text/html":
            pages.append((content, charset))
        elif text := _text(content, charset, part):
            texts.append(text)
    text = "\n\n".join(texts)
    page = max(pages, key=lambda pair: len(pair[0]), default=None)
    if page is not None and (not text or (len(text) < _SHORT_TEXT and _seen(page[0]) > 2 * len(text))):
        return "", page, attached
    return text, None, attached


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold content; what is in a message that was forwarded as a whole belongs to that one."""
    if message.is_multipart() and message.get_content_maintype() != "message":
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _leaves(part)
    else:
        yield message


def _content(part: Message) -> bytes:
    """The bytes of a part without their transfer encoding, as far as that can be undone."""
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, AssertionError, LookupError):
        payload = None
    if isinstance(payload, bytes):
        return payload
    plain = part.get_payload()
    return plain.encode("utf-8", "surrogateescape") if isinstance(plain, str) else b""


def _charset(part: Message) -> str | None:
    try:
        stated = part.get_content_charset()
    except (ValueError, LookupError):
        return None
    return stated if stated and re.fullmatch(r"[\w.:-]{2,40}", stated) else None


def _text(content: bytes, charset: str | None, part: Message) -> str:
    """A text part: in the charset it states, where that fits; its flowing lines made paragraphs again (RFC 3676)."""
    text = None
    if charset not in (None, "us-ascii", "ascii"):
        try:
            text = content.decode(charset or "")
        except (LookupError, ValueError):
            text = None
    if text is None:
        try:
            text = decode(content).text if content.strip() else ""
        except NotTextError:
            text = content.decode("latin-1").replace("\0", "")
    text = clean(text)
    if str(part.get_param("format", "")).lower() == "flowed":
        text = re.sub(r"(?<=[^\s-]) \n(?=[^\s>])", " ", text)
    return re.sub(r"\n\s*\n\s*\n+", "\n\n", text)


def _seen(page: bytes) -> int:
    """About how many characters of an HTML part are text."""
    text = page[: 2**20].decode("latin-1").lower()
    for name in ("style", "script"):
        text = without_between(text, f"<{name}", f"</{name}>")
    return len(" ".join(_TAG.sub(" ", text).split()))


# --- headers -----------------------------------------------------------------------------------------------------


def _header(message: Message, name: str) -> str:
    """A header on one line, decoded; "" where it is missing."""
    try:
        value = message.get(name, "")
    except (ValueError, LookupError):
        return ""
    return _decoded(value)


def _decoded(value: str | Header) -> str:
    """Encoded words (RFC 2047) as text; raw bytes as UTF-8, else windows-1252."""
    parts: list[str] = []
    try:
        words = decode_header(value)
    except (ValueError, LookupError):
        words = [(str(value), None)]
    for word, charset in words:
        raw = word.encode("utf-8", "surrogateescape") if isinstance(word, str) else word
        parts.append(_word(raw, charset))
    return " ".join(clean("".join(parts)).split())


def _word(raw: bytes, charset: str | None) -> str:
    if charset and charset not in ("us-ascii", "unknown-8bit"):
        try:
            return raw.decode(charset, "replace")
        except (LookupError, ValueError):
            pass
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return decode_1252(raw)  # too short for statistics


def _senders(message: Message) -> tuple[tuple[str, ...], str | None]:
    """Authors and publisher: who sends to a list publishes, under the list's name if that has one; others write."""
    stated = message.get("from", "")
    try:
        if isinstance(stated, Header):  # it holds bytes that are no ASCII
            stated = _decoded(stated)
        names = [_decoded(name) for name, _ in getaddresses([stated])]
    except (ValueError, LookupError, IndexError):
        names = []
    people = tuple(dict.fromkeys(name.strip("'\" ") for name in names if name.strip("'\" ") and "@" not in name))
    is_list = any(message.get(name) for name in ("list-id", "list-unsubscribe", "list-post"))
    if not is_list:
        return people, None
    listed = _header(message, "list-id").partition("<")[0].strip('" ')
    if listed and listed not in people and not _CODE.search(listed):
        return people, listed
    return (), people[0] if people else None


def _date(message: Message) -> date | datetime | None:
    """The date with its zone; forms that only mail has are read by the library for it, with four digits of a year."""
    stated = _header(message, "date")
    published = parse_article_date(stated)
    if published is None and re.search(r"\b\d{4}\b", stated):
        try:
            published = parsedate_to_datetime(stated)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        if isinstance(published, datetime) and published.tzinfo:
            published = published.astimezone(UTC)
    return published


def _language(message: Message) -> str | None:
    stated = _header(message, "content-language").partition(",")[0]
    try:
        return language_tag(stated) if stated else None
    except ValueError:
        return None


def _address(message: Message) -> str | None:
    """Where the message can be read in the web, where it says so (RFC 5064)."""
    match = _WEB.fullmatch(_header(message, "archived-at"))
    return match[1] if match else None
