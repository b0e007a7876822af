"""Mail: single messages (`.eml`) and mailboxes (mbox), as newsletters are kept. Each message is an article."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from searchkit.format import BadRecord, ReadingOptions, Record
from searchkit.formats._bytes import UTF8_BOM, name_kind
from searchkit.formats._messages import MessageReader, begins_with_header
from searchkit.formats._streams import borrow

_FROM = re.compile(rb"From .*\d{1,2}:\d\d.*(?:19|20)\d\d")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_HEADERS = re.compile(
    rb"^(from|to|subject|date|received|return-path|message-id|mime-version|delivered-to|content-type|reply-to|sender)"
    rb"[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_NEEDED = 3
_CHUNK = 64 * 1024


class MailFormat:
    """Mail messages (.eml) and mailboxes (mbox): each message is an article."""

    name = "mail"
    about = "mail and mailboxes, as of newsletters; each message is an article"
    suffixes: tuple[str, ...] = (".eml", ".mbox", ".mbx")

    def accepts(self, head: bytes) -> bool:
        """Whether it begins with the line that begins a mailbox, or with headers of which three are those of mail."""
        head = head.removeprefix(UTF8_BOM)
        if _FROM.match(head):
            return begins_with_header(head.partition(b"\n")[2])
        headers = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
        return begins_with_header(head) and len({name.lower() for name in _HEADERS.findall(headers)}) >= _NEEDED

    def read(self, stream: BinaryIO, source: str, options: ReadingOptions = ReadingOptions()) -> Iterator[Record]:
        """Yield the article of each message: its subject is the title, its date the date.

        A message is named by its Message-ID, the only one of a file by the file alone. Of a text part and an HTML part
        the text is read, unless it is a stub. Who sends to a list is the publisher, else the author. Attachments are left
        out, with a remark.
        """
        borrowed = borrow(stream)
        head = borrowed.peek(_CHUNK)
        if not head.removeprefix(UTF8_BOM).strip() and len(head) < _CHUNK:
            yield BadRecord(source, "empty")
        elif kind := name_kind(head):
            yield BadRecord(source, f"begins like {kind}; mail is plain text")
        elif _FROM.match(head):
            yield from _mailbox(borrowed, source, options)
        else:
            yield from _single(borrowed, source, options)


def _single(stream: io.BufferedReader, source: str, options: ReadingOptions) -> Iterator[Record]:
    most = options.limits.file_mb * 2**20
    raw = stream.read(most + 1)
    if len(raw) > most:
        yield BadRecord(source, options.limits.over("file_mb", "larger than a file may be"))
        return
    yield from MessageReader(source, only=True).read(raw.removeprefix(UTF8_BOM).lstrip(b"\r\n"), 1)


def _mailbox(stream: io.BufferedReader, source: str, options: ReadingOptions) -> Iterator[Record]:
    reader = MessageReader(source, only=False)
    limit = options.limits.record_mb * 2**20
    for number, raw in enumerate(_messages(stream, limit), 1):
        if raw is None:
            yield reader.bad(number, options.limits.over("record_mb", "longer than a record may be"))
        else:
            yield from reader.read(_QUOTED_FROM.sub(rb"\1", raw), number)


def _messages(stream: io.BufferedReader, limit: int) -> Iterator[bytes | None]:
    """The messages of a mailbox without the lines that part them; None for one of more than `limit` bytes.

    A message begins behind a line `From ... 10:00:00 2017` at the beginning or after a blank line.
    """
    lines: list[bytes] = []
    size = 0
    is_first, at_start, after_blank = True, True, True
    while line := stream.readline(_CHUNK):
        if at_start and after_blank and _FROM.match(line):
            if not is_first:
                yield b"".join(lines) if size <= limit else None
            lines, size, is_first = [], 0, False
            at_start = after_blank = line.endswith(b"\n")
            continue
        size += len(line)
        if size <= limit:
            lines.append(line)
        else:
            lines.clear()
        after_blank = at_start and not line.strip()
        at_start = line.endswith(b"\n")
    yield b"".join(lines) if size <= limit else None
