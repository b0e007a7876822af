"""What a stream's first bytes show of its kind."""

from __future__ import annotations

import re

_HTML = re.compile(
    rb"\s*(?:<\?xml\b[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html\b|html\b|head\b|body\b)",
    re.IGNORECASE | re.DOTALL,
)


def begins_like_html(head: bytes) -> bool:
    """Whether bytes begin as HTML does, in any encoding: with its document type, or with one of its outer elements."""
    return _HTML.match(without_marks(head)) is not None


def without_marks(head: bytes) -> bytes:
    """Bytes without a byte order mark and the NULs of wide encodings, enough to see what they begin with."""
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00").replace(b"\0", b"")
