"""Bytes of a page -> text: by its byte order mark, what the transport or the page declares, then by detection."""

from __future__ import annotations

import codecs
import re

from searchkit.formats._bytes import Decoded, NotTextError, decode, has_wide_bom, name_kind

DECLARED_WITHIN = 8192
"""In how many of the first bytes a page may declare its encoding."""

_META = re.compile(rb"<meta\b[^>]{0,500}?\bcharset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
# What browsers take some labels for (WHATWG Encoding Standard): the larger set of characters that pages really use.
_READ_AS = {
    "iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs",
}  # fmt: skip
# Encodings whose bytes are all ASCII, or hold two bytes a character: valid UTF-8 says nothing about them.
_NOT_COMPARED = re.compile(r"iso2022|utf-?7|utf-?16|utf-?32|hz")
_MOST_DAMAGED = 0.002
"""Share of characters that may be damaged in an encoding that was declared; above it the declaration is not believed."""

# Controls have no place in a page, and trees of XML cannot hold them.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_MOST_CONTROLS = 0.02


def decode_page(raw: bytes, stated: str | None) -> Decoded:
    """The text of a page and a remark where its encoding was guessed. `stated` is the encoding that the transport named.

    Bytes that are valid UTF-8 are read so whatever is declared: pages are often stored again without their declaration
    being changed, and text of another encoding is not valid UTF-8 by chance. Control characters are left out. Raises
    NotTextError for binary data.
    """
    kind = name_kind(raw)
    if kind:
        raise NotTextError(f"binary: begins like {kind}")
    decoded = _decode(raw, stated)
    plain = _CONTROLS.sub("", decoded.text)
    if len(decoded.text) - len(plain) > _MOST_CONTROLS * len(decoded.text):
        raise NotTextError("binary: holds many control characters")
    return Decoded(plain, decoded.remark)


def _decode(raw: bytes, stated: str | None) -> Decoded:
    if has_wide_bom(raw):
        return decode(raw)
    declared = [name for label in (stated, *_declarations(raw)) if label and (name := _known(label))]
    if not any(map(_NOT_COMPARED.search, declared)):
        try:
            return Decoded(raw.decode("utf-8-sig"))
        except UnicodeDecodeError:
            pass
    for name in declared:
        text = raw.decode(name, "replace")
        damaged = text.count("\ufffd")
        if damaged <= _MOST_DAMAGED * len(text):
            return Decoded(text, f"{damaged} damaged characters in its {name}" if damaged else "")
    return _detect(raw)


def _declarations(raw: bytes) -> list[str]:
    head = raw[:DECLARED_WITHIN]
    found = (_XML.match(head), _META.search(head))
    return [match[1].decode("ascii") for match in found if match]


def _known(label: str) -> str | None:
    """Python's name of the encoding that a label means to a browser; None if there is none."""
    try:
        name = codecs.lookup(label.strip().strip("\"'").lower().removeprefix("x-")).name
    except (LookupError, ValueError):
        return None
    return _READ_AS.get(name, name) if name not in ("utf-16", "utf-32") else "utf-8"


def _detect(raw: bytes) -> Decoded:
    from charset_normalizer import from_bytes  # few pages come here

    if b"\0" not in raw:
        text = re.sub(rb"(?s)<(script|style)\b.*?</\1>|<[^>]*>", b" ", raw[: 2**20])
        best = from_bytes(text[: 2**16]).best()
        if best is not None and best.encoding not in ("ascii", "utf_8"):
            return Decoded(raw.decode(best.encoding, "replace"), f"read as {best.encoding}, as it seems to be")
    return decode(raw)
