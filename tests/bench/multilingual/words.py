"""What a reader might type: a word from the middle of an article, as it stands there and without its marks.

Nothing here asks the analysis of searchkit what a word is.
"""

from __future__ import annotations

import re
import unicodedata

# Han, kana, hangul, Thai, Lao, Burmese, Khmer: a run of a few characters is what is typed.
_UNSPACED = re.compile(
    "[\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0eb9\u0ebb-\u0ecd"
    "\u1000-\u103f\u1780-\u17d3]{2,}"
)
_SHORTEST = 3
_PLAIN = str.maketrans("ɓɗƙƴƁƊƘƳɛɔı", "bdkyBDKYeoi")
_ZERO_WIDTH = "\u200b\u200c\u200d\u200e\u200f\ufeff\u00ad"


def middle_word(text: str) -> str | None:
    """The first word at or behind the middle of a text, else the last before it; None for a text without any.

    A word has at least three letters, and no punctuation around it. In a script without spaces it is a run of two to
    four characters, however words are parted there.
    """
    middle = len(text) // 2
    # The white space before the middle, so that no word is cut.
    start = max((m.end() for m in re.finditer(r"\s", text[max(middle - 200, 0) : middle])), default=0)
    behind = text[max(middle - 200, 0) + start :]
    for chunk in [*behind.split(), *reversed(text[:middle].split())]:
        word = _word(chunk, 2 + len(text) % 3)
        if word:
            return word
    return None


def without_marks(word: str) -> str:
    """A word as typed on a keyboard without its marks: accents, tones and hooks of Latin letters, vowel signs of Arabic."""
    latin_or_arabic = all(unicodedata.name(c, "").startswith(("LATIN", "ARABIC")) for c in word if c.isalpha())
    if not latin_or_arabic:
        return word
    decomposed = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if unicodedata.category(c) != "Mn")).translate(
        _PLAIN
    )


def _word(chunk: str, size: int) -> str | None:
    run = _UNSPACED.search(chunk)
    if run:
        return _characters(run.group(), size)
    while chunk and not chunk[0].isalnum():
        chunk = chunk[1:]
    while chunk and not (chunk[-1].isalnum() or unicodedata.category(chunk[-1])[0] == "M"):
        chunk = chunk[:-1]
    # A word of a query ends where its syntax begins.
    inner = all(c.isalnum() or unicodedata.category(c)[0] == "M" or c in "'’-" + _ZERO_WIDTH for c in chunk)
    return chunk if inner and sum(map(str.isalpha, chunk)) >= _SHORTEST else None


def _characters(run: str, size: int) -> str:
    """`size` characters from the middle of a run, each with the marks on it."""
    starts = [i for i, c in enumerate(run) if unicodedata.category(c)[0] != "M"] + [len(run)]
    first = max(0, (len(starts) - 1 - size) // 2)
    return run[starts[first] : starts[min(first + size, len(starts) - 1)]] if len(starts) > 1 else run
