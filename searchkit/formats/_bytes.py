"""Bytes -> text: which encoding a file is in, and which files are no text at all."""

from __future__ import annotations

import codecs
from typing import NamedTuple

UTF8_BOM = codecs.BOM_UTF8

_BOMS = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_KINDS = (
    (b"\x1f\x8b", "gzip data"),
    (b"\x28\xb5\x2f\xfd", "Zstandard data"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ\x00", "xz data"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"%PDF-", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"WARC/", "a WARC"),
)
# Control characters that do not occur in text: all of C0 but tab, line ends, form feed and the escape of terminals.
_CONTROLS = bytes(b for b in [*range(0x20), 0x7F] if b not in b"\t\n\v\f\r\x1b")
_UNDEFINED_IN_1252 = b"\x81\x8d\x8f\x90\x9d"
_ASCII = bytes(range(0x80))
_FOREIGN_SHARE = 0.25
"""Share of bytes beyond ASCII from which on a text is not Latin: French has 4%, Vietnamese less, Russian 80%."""

_GUESSED_FROM = 2**16
"""Bytes of a text from which its encoding is guessed."""

_MOST_CONTROLS = 0.05
"""Share of control characters above which bytes are not text; bytes by chance have twice as many."""

# Latin-1 has control characters where windows-1252 has quotes and dashes; five places are empty there.
_LATIN1_TO_1252 = {
    code: bytes([code]).decode("windows-1252") for code in range(0x80, 0xA0) if code not in _UNDEFINED_IN_1252
}


class Decoded(NamedTuple):
    """The text of a file, and what is worth telling about how it was read ("" when nothing is)."""

    text: str
    remark: str = ""


class NotTextError(ValueError):
    """These bytes are no text; the message says what they are, as far as that shows."""


def name_kind(head: bytes) -> str | None:
    """What a file that is neither text nor records begins like ("gzip data"), by its first bytes; None if unknown."""
    return next((kind for magic, kind in _OTHER_KINDS if head.startswith(magic)), None)


def has_wide_bom(head: bytes) -> bool:
    """Whether a file begins with the byte order mark of UTF-16 or UTF-32."""
    return any(head.startswith(bom) for bom, _ in _BOMS)


def decode(raw: bytes) -> Decoded:
    """The text of `raw`: by its byte order mark, else UTF-8, else UTF-16 where unmistakable, else by its
    statistics where a quarter of it lies beyond ASCII, else windows-1252.

    Bytes that windows-1252 leaves undefined are read as Latin-1. Raises NotTextError for what holds NULs, many control
    characters, or begins like a known kind of binary file.
    """
    kind = name_kind(raw)
    if kind:
        raise NotTextError(f"binary: begins like {kind}")
    decoded = _decode(raw)
    if _control_share(decoded.text) > _MOST_CONTROLS or "\0" in decoded.text:
        raise NotTextError("binary: holds NUL or many control characters")
    return decoded


def _decode(raw: bytes) -> Decoded:
    for bom, encoding in _BOMS:
        if raw.startswith(bom):
            return _decode_wide(raw, encoding)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _read_guessed(raw) or _read_1252(raw)
    if "\0" in text and _is_utf16_without_bom(raw):
        return Decoded(raw.decode(_byte_order(raw)), "read as UTF-16: it has no byte order mark")
    return Decoded(text)


def _read_guessed(raw: bytes) -> Decoded | None:
    """Text in an encoding of another script than Latin, told by its statistics; None for what is Latin, or no text."""
    head = raw[:_GUESSED_FROM]
    if len(raw) > len(head):
        head = head[: head.rfind(b"\n") + 1] or head  # no character is cut at a line end
    beyond_ascii = len(head.translate(None, _ASCII))
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if beyond_ascii < _FOREIGN_SHARE * len(head) or controls > _MOST_CONTROLS * len(head) or b"\0" in head:
        return None
    from charset_normalizer import from_bytes  # few files come here

    best = from_bytes(head).best()
    if best is None:
        return None
    letters = [c for c in str(best) if c.isalpha() and not c.isascii()]
    if sum(c >= "\u0370" for c in letters) < 0.9 * len(letters):
        return None
    text = raw.decode(best.encoding, "replace")
    return Decoded(text, f"read as {best.encoding}, which it seems to be: not valid UTF-8")


def _read_1252(raw: bytes) -> Decoded:
    if b"\0" in raw:
        if _is_utf16_without_bom(raw):
            return Decoded(raw.decode(_byte_order(raw)), "read as UTF-16: it has no byte order mark")
        raise NotTextError("binary: holds NUL characters")
    return Decoded(decode_1252(raw.removeprefix(UTF8_BOM)), "read as windows-1252: not valid UTF-8")


def decode_1252(raw: bytes) -> str:
    """`raw` read as windows-1252; bytes that it leaves undefined as Latin-1."""
    return raw.decode("latin-1").translate(_LATIN1_TO_1252)


def _decode_wide(raw: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(raw.decode(encoding))
    except UnicodeDecodeError as exc:
        text = raw.decode(encoding, "replace")
        return Decoded(text, f"read as {encoding.upper()} with damaged places: {exc.reason} at byte {exc.start}")


def _byte_order(raw: bytes) -> str:
    return "utf-16-le" if raw[1::2].count(0) > raw[::2].count(0) else "utf-16-be"


def _is_utf16_without_bom(raw: bytes) -> bool:
    """Whether the NULs of `raw` stand as in Latin text of two bytes a character: most of one half."""
    dense = max(raw[::2].count(0), raw[1::2].count(0))
    if len(raw) % 2 or dense < 0.7 * (len(raw) // 2):
        return False
    try:
        raw.decode(_byte_order(raw))
    except UnicodeDecodeError:
        return False
    return True


def _control_share(text: str) -> float:
    """Control characters per character; the five that windows-1252 leaves undefined count."""
    if not text:
        return 0.0
    encoded = text.encode("latin-1", "replace")
    return 1 - len(encoded.translate(None, _CONTROLS + _UNDEFINED_IN_1252)) / len(encoded)


def looks_like_text(head: bytes) -> bool:
    """Whether the beginning of a file, which may end inside a character, is text in an encoding that `decode` reads."""
    if has_wide_bom(head):
        head = head[: len(head) // 4 * 4]
    else:
        head = _without_cut_character(head)
    try:
        return bool(decode(head).text.strip())
    except NotTextError:
        return False


def _without_cut_character(head: bytes) -> bytes:
    for cut in range(1, min(4, len(head)) + 1):
        byte = head[-cut]
        if byte < 0x80:
            break
        if byte >= 0xC0:
            return head[:-cut] if cut < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4) else head
    return head
