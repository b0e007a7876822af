"""Web archives (WARC 0.17 to 1.1, ARC 1 and 2) -> their records, one by one; what is no record is told and passed over.

Sources: ISO 28500 (WARC); the ARC file format of the Internet Archive.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping

from searchkit.value import Value

_LONGEST_LINE = 64 * 1024
_LONGEST_HEADER = 1024 * 1024
_CHUNK = 256 * 1024
_ARC_LINE = re.compile(rb"[a-z][a-z0-9+.-]*:.* (?:\d{8,17}) .*\d+\s*$", re.IGNORECASE)
_ARC_FIELDS = {b"1": 5, b"2": 10}


class Damage(Value):
    """Something between records that is none: `reason` tells what."""

    reason: str


class Block:
    """The content of one record: to be read before the next record is asked for."""

    def __init__(self, stream: io.BufferedReader, length: int) -> None:
        self._stream = stream
        self.left = length
        self.is_cut = False

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; fewer only at the end, which is a cut (`is_cut`) where the stream ends before it should."""
        data = self._stream.read(min(size, self.left))
        self.is_cut = self.is_cut or len(data) < min(size, self.left)
        self.left = 0 if self.is_cut else self.left - len(data)
        return data

    def drain(self) -> None:
        """Pass over what was not read."""
        while self.left:
            self.read(_CHUNK)


class Capture(Value):
    """One record: `headers` by lower-case name, and its content. Of an ARC, the headers are those a WARC would have."""

    headers: Mapping[str, str]
    block: Block

    @property
    def kind(self) -> str:
        """Its type: `response`, `resource`, `revisit`, `request`, `metadata`, `warcinfo`, `conversion`, ..."""
        return self.headers.get("warc-type", "").lower()

    @property
    def url(self) -> str:
        """The address it was captured from; "" where it states none."""
        # Wget 1.14 to 1.20 writes it in angle brackets.
        return self.headers.get("warc-target-uri", "").strip().removeprefix("<").removesuffix(">")


def begins_like_capture(head: bytes) -> bool:
    """Whether bytes begin as a WARC or ARC does."""
    return head.startswith((b"WARC/", b"filedesc://"))


def captures(stream: io.BufferedReader) -> Iterator[Capture | Damage]:
    """The records of a web archive in order. A content that is not read is passed over.

    After a length that lies, or anything else that is no record, reading goes on at the next line which begins one.
    """
    arc_fields = _ARC_FIELDS[b"1"]
    junk = 0
    while line := stream.readline(_LONGEST_LINE):
        found: Capture | Damage | None = None
        if line.startswith(b"WARC/"):
            found = _warc(stream)
        elif _ARC_LINE.match(line) and not line[:1].isspace():
            found = _arc(stream, line, arc_fields)
        if found is None:
            junk += len(line) if line.strip() else 0
            continue
        if junk:
            yield Damage(_told(junk))
            junk = 0
        if isinstance(found, Capture) and found.url.startswith("filedesc://"):
            version = found.block.read(_CHUNK)[:1]
            arc_fields = _ARC_FIELDS.get(version, arc_fields)
            found.block.drain()
            continue
        yield found
        if isinstance(found, Capture):
            found.block.drain()
            if found.block.is_cut:
                return
    if junk:
        yield Damage(_told(junk))


def _told(junk: int) -> str:
    return f"{junk:,} bytes between its records are none; the length of a record may lie"


def _warc(stream: io.BufferedReader) -> Capture | Damage:
    headers = read_headers(stream)
    if headers is None:
        return Damage("the headers of a record have no end")
    try:
        length = int(headers.get("content-length", ""))
    except ValueError:
        length = -1
    if length < 0:
        return Damage(
            f"a record ({headers.get('warc-record-id', 'without id')[:100]}) states no length that can be read"
        )
    return Capture(headers, Block(stream, length))


def read_headers(stream: io.BufferedReader | io.BytesIO) -> dict[str, str] | None:
    """Lines `Name: value` up to a blank one, by lower-case name, the first of a name; None where they have no end."""
    headers: dict[str, str] = {}
    name, size = "", 0
    while line := stream.readline(_LONGEST_LINE):
        size += len(line)
        if size > _LONGEST_HEADER:
            return None
        text = line.decode("utf-8", "replace")
        if not text.strip():
            return headers
        if text[0] in " \t" and name:
            headers[name] += " " + text.strip()
            continue
        name, _, value = text.partition(":")
        name = name.strip().lower()
        if name in headers:
            name = ""  # its other lines belong to nothing
        else:
            headers[name] = value.strip()
    return None


def _arc(stream: io.BufferedReader, line: bytes, fields: int) -> Capture | None:
    """The record whose header is this line; an address may hold blanks, so it is read from its end."""
    parts = line.decode("utf-8", "replace").strip().rsplit(" ", fields - 1)
    if len(parts) < fields or not parts[-1].isdecimal():
        return None
    headers = {
        "warc-type": "response",
        "warc-target-uri": parts[0],
        "warc-date": parts[2],
        "content-type": parts[3],
    }
    return Capture(headers, Block(stream, int(parts[-1])))
