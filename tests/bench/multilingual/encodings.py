"""Texts in the encodings of the years before UTF-8: how many come back as they were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from searchkit.formats._bytes import NotTextError, decode
from tests.bench.multilingual.documents import Document

ENCODINGS: Mapping[str, tuple[str, ...]] = {
    "windows-1251": ("ru",),
    "koi8-r": ("ru",),
    "iso-8859-5": ("ru",),
    "windows-1256": ("ar", "fa"),
    "iso-8859-6": ("ar",),
    "gb18030": ("zh",),
    "big5": ("zh",),
    "shift_jis": ("ja",),
    "euc-jp": ("ja",),
    "windows-1252": ("en", "fr", "pt"),
}
"""Encoding -> the languages that were written in it."""

_SIZES = (100, 300, 1500, 6000)


def restored(documents: Iterable[Document]) -> Mapping[str, Counter[str]]:
    """By encoding and length: `texts`, `restored`, and by their remarks the texts that became others. Texts that the
    encoding cannot write, or that are ASCII, are left out."""
    known = list(documents)
    found: dict[str, Counter[str]] = {}
    for encoding, languages in ENCODINGS.items():
        for size in _SIZES:
            counts = found[f"{encoding}, {size} characters"] = Counter()
            for document in known:
                text = " ".join(f"{document.title} {document.body}".split())[:size]
                if document.language not in languages or len(text) < size * 0.8 or text.isascii():
                    continue
                try:
                    raw = text.encode(encoding)
                except UnicodeEncodeError:
                    continue
                counts["texts"] += 1
                try:
                    decoded = decode(raw)
                except NotTextError:
                    counts["no text"] += 1
                    continue
                counts["restored" if decoded.text == text else decoded.remark or "UTF-8"] += 1
    return found
