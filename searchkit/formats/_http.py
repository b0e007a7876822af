"""HTTP responses as web archives keep them -> status, media type and content, whatever their headers promise."""

from __future__ import annotations

import io
import re
import zlib

from searchkit.decompression import FREE_OF_RATIO
from searchkit.format import Limits
from searchkit.formats._capturing import read_headers
from searchkit.value import Value

HEAD_BYTES = 64 * 1024
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})\b")
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"\s*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\n]*)?\r?\n")
_STEP = 64 * 1024


class Response(Value):
    """The head of a response and the beginning of its content, as it was sent."""

    status: int
    media_type: str
    charset: str | None
    begin: bytes
    encodings: tuple[str, ...] = ()
    is_chunked: bool = False


class ContentError(ValueError):
    """A content that cannot be had; the message says why."""


def parse_response(head: bytes) -> Response | None:
    """The response whose first bytes, up to `HEAD_BYTES`, are these; None where they are none."""
    status = _STATUS.match(head)
    if status is None:
        return None
    stream = io.BytesIO(head)
    stream.readline()
    headers = read_headers(stream) or {}
    media_type, charset = split_media_type(headers.get("content-type", ""))
    encodings = tuple(part.strip().lower() for part in headers.get("content-encoding", "").split(",") if part.strip())
    return Response(
        int(status[1]),
        media_type,
        charset,
        head[stream.tell() :],
        encodings,
        "chunked" in headers.get("transfer-encoding", "").lower(),
    )


def split_media_type(value: str) -> tuple[str, str | None]:
    """`text/html; charset=utf-8` as its type in lower case and its charset."""
    charset = _CHARSET.search(value)
    return value.partition(";")[0].strip().lower(), charset[1] if charset else None


def content_of(response: Response, sent: bytes, limits: Limits) -> bytes:
    """The content of a response, `sent` being all of it as it was sent.

    Many archives keep a content without the chunks or the compression that its headers still tell of; so each is undone
    only where it is there. Raises ContentError for a content that is damaged, packed in an unknown way, or over a limit.
    """
    content = unchunked(sent) if response.is_chunked else sent
    by_ratio, by_length = max(FREE_OF_RATIO, limits.ratio * len(sent)), limits.record_mb * 2**20
    most = min(by_ratio, by_length)
    for encoding in reversed(response.encodings):
        content = _unpacked(content, encoding, most)
        if len(content) > most:
            limit = "ratio" if by_ratio < by_length else "record_mb"
            raise ContentError(limits.over(limit, "its content swells too much when it is unpacked"))
    return content


def unchunked(sent: bytes) -> bytes:
    """A content without the sizes of its chunks, as far as these are whole; unchanged where it does not begin with one."""
    size = _CHUNK_SIZE.match(sent)
    if size is None:
        return sent
    parts: list[bytes] = []
    while size is not None and int(size[1], 16):
        end = size.end() + int(size[1], 16)
        parts.append(sent[size.end() : end])
        size = _CHUNK_SIZE.match(sent, end)
        if size is None and sent[end : end + 4].strip():
            break  # sizes that lie: what they cut is kept
    return b"".join(parts)


def _unpacked(content: bytes, encoding: str, most: int) -> bytes:
    if encoding in ("gzip", "x-gzip"):
        return _inflated(content, 31, most) if content.startswith(b"\x1f\x8b") else content
    if encoding == "deflate":
        # With a header of zlib as the standard has it, or without, as many servers send it.
        begins_like_zlib = content[:1] == b"\x78" and len(content) > 1 and int.from_bytes(content[:2], "big") % 31 == 0
        try:
            return _inflated(content, 15 if begins_like_zlib else -15, most)
        except ContentError:
            if b"<" in content[:512]:
                return content
            raise
    if encoding == "br":
        return _unbrotlied(content, most)
    if encoding in ("identity", "none", "utf-8", "binary"):
        return content
    raise ContentError(f"its content is packed as {encoding[:40]}, which is not known here")


def _inflated(content: bytes, window: int, most: int) -> bytes:
    inflate = zlib.decompressobj(window)
    try:
        unpacked = inflate.decompress(content, most + 1)
    except zlib.error as error:
        raise ContentError(f"its compressed content is damaged: {error}") from error
    return unpacked


def _unbrotlied(content: bytes, most: int) -> bytes:
    import brotli

    decompressor = brotli.Decompressor()
    parts: list[bytes] = []
    size = 0
    try:
        data = content
        while size <= most and not decompressor.is_finished():
            part = decompressor.process(data, output_buffer_limit=_STEP)
            if not part and not data:
                break  # cut off
            parts.append(part)
            size += len(part)
            data = b""
    except brotli.error as error:
        if b"<" in content[:512]:
            return content
        raise ContentError("its compressed content is damaged") from error
    return b"".join(parts)
