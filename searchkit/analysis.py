"""Text -> words: the one analysis that indexes, queries and highlights share.

The index holds surface forms, folded; stemming happens at query time (`stemmer`). What makes a word:

- A run of letters, digits and combining marks of any script, folded: case, accents and width gone, ligatures and
  variant letters unified, digits as ASCII (`fold`).
- Apostrophes inside a word join (`don't` -> `dont`, `O'Brien` -> `obrien`); a possessive `'s` is dropped (`the UN's` ->
  `the`, `un`); elided articles stand alone (`l'homme` -> `l`, `homme`).
- Letters separated by full stops are one word: `U.S.` -> `us`, `U.N.-led` -> `un`, `led`.
- Joiners and other invisible characters part nothing, but for the non-joiner in Arabic script: Persian parts what belongs
  to a word with it (`می‌خواهد` -> `مي`, `خواهد`), others write a space there.
- Scripts written without spaces (Chinese, Japanese, Thai, ...; Korean for its particles) become overlapping pairs of
  characters. The last character of a run also stands alone, at the position of the last pair, so that a query
  for one character finds every word that begins with it, and so every place where it occurs.

Nothing is a stopword. Positions count words from 0. `ANALYSIS_VERSION` changes when the same text would give other words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

ANALYSIS_VERSION = 2

MAX_WORD_LENGTH = 255
"""Characters kept of one word; a longer run (encoded data, mostly) is cut there, in the index and in queries alike."""


class Token(NamedTuple):
    """One word of a text: folded `word`, its `position` among the words, and where it stands (`start`, `end`)."""

    word: str
    position: int
    start: int
    end: int


_APOSTROPHES = "'’‘ʼ＇"
_ELISIONS = frozenset(
    {"l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "presqu"}  # French
    | {"all", "coll", "dall", "dell", "nell", "quell", "quest", "sull", "un"}  # Italian
)
# Scripts that write words without spaces between them, and Korean.
_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf\u1000-\u103f\u1050-\u108f\u1100-\u11ff\u1780-\u17d3"
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303b\u3041-\u3096\u3099-\u309a\u309d-\u309f"
    "\u30a1-\u30fa\u30fc-\u30ff\u3131-\u318e\u3192-\u3195\u31f0-\u31ff\u3220-\u3229\u3280-\u3289\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb\uf900-\ufaff"
    "\uff66-\uff9f\uffa1-\uffdc\U00020000-\U000323af"
)
_CASED = "A-Za-z\u00c0-\u024f\u0370-\u04ff"
# Invisible characters which do not part words: soft hyphen, zero-width joiner, word joiner, byte order mark.
_IGNORABLE = "\u00ad\u200d\u2060\ufeff"
# Zero-width space and non-joiner: hints for line breaks and glyphs in most scripts, while Arabic parts words with them.
_BREAKS = "\u200b\u200c"
# What Latin, Greek and Cyrillic are written with, and symbols: none of the above, and no combining marks.
_EUROPEAN_TEXT = (
    "[\x00-\xac\xae-\u02ff\u0370-\u0482\u048a-\u052f\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u20a0-\u20c0\u2100-\u2bff"
    "\U0001f300-\U0001faff]*"
)
_ARABIC = "\u0600-\u06ff\u0750-\u077f\u0870-\u08ff\ufb50-\ufdff\ufe70-\ufefe"

_ASCII_TOKEN = re.compile(
    r"(?P<acronym>(?<![A-Za-z0-9'])[A-Za-z](?:\.[A-Za-z])+(?![A-Za-z0-9])(?:\.?'[sS](?![A-Za-z0-9]))?)"
    r"|(?P<word>[A-Za-z0-9]+(?:'[A-Za-z0-9]+)*)"
)


@cache
def _mark_ranges() -> str:
    """All combining marks as ranges of a character class."""
    # Where marks are; between lie ideographs, syllables and surrogates, and looking there would take longer.
    spans = (
        (0x300, 0x3100), (0xA600, 0xAC00), (0xD7B0, 0xD800), (0xFB00, 0xFE30), (0x10000, 0x12000), (0x13400, 0x13500),
        (0x16000, 0x17000), (0x1B000, 0x1F000), (0xE0100, 0xE01F0),
    )  # fmt: skip
    ranges: list[list[int]] = []
    for c in (c for low, high in spans for c in range(low, high) if unicodedata.category(chr(c))[0] == "M"):
        if ranges and ranges[-1][1] == c - 1:
            ranges[-1][1] = c
        else:
            ranges.append([c, c])
    return "".join(f"{chr(a)}-{chr(b)}" for a, b in ranges)


@cache
def _european_token() -> re.Pattern[str]:
    """What `_unicode_token` is where there is European text alone; compiling that takes longer than many a run."""
    letter, apostrophe = r"[^\W_]", f"[{_APOSTROPHES}]"
    return re.compile(
        rf"(?P<acronym>(?<!{letter})(?<!{apostrophe})[{_CASED}](?:\.[{_CASED}])+"
        rf"(?!{letter})(?:\.?{apostrophe}[sS](?!{letter}))?)"
        rf"|(?P<word>{letter}+(?:{apostrophe}{letter}+)*)"
    )


@cache
def _unicode_token() -> re.Pattern[str]:
    marks = _mark_ranges() + _IGNORABLE
    letter = rf"(?:(?![{_UNSPACED}])[^\W_{_IGNORABLE}])"
    inner = rf"(?:{letter}|[{marks}]|\u200c(?<![{_ARABIC}]\u200c))"
    apostrophe = f"[{_APOSTROPHES}]"
    return re.compile(
        rf"(?P<unspaced>[{_UNSPACED}][{_UNSPACED}{marks}{_BREAKS}]*)"
        rf"|(?P<acronym>(?<![^\W_])(?<![{_APOSTROPHES}{marks}])[{_CASED}][{marks}]*(?:\.[{_CASED}][{marks}]*)+"
        rf"(?![^\W_]|[{marks}])(?:\.?{apostrophe}[sS](?![^\W_]|[{marks}]))?)"
        # Atomic groups, so that long runs cost no memory; possessive ones go wrong in CPython before 3.11.4.
        rf"|(?P<word>{letter}(?>{inner}*)(?>(?:{apostrophe}{letter}(?>{inner}*))*))"
    )


@cache
def _cluster() -> re.Pattern[str]:
    """One character of an unspaced script with the marks that sit on it; a Korean syllable also written as its letters."""
    marks = _mark_ranges() + _IGNORABLE + _BREAKS + "\uff9e\uff9f\u0e33\u0eb3"
    return re.compile(rf"(?:[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|[^{marks}])[{marks}]*|[{marks}]+")


# --- folding -----------------------------------------------------------------------------------------------------

# Letters that canonical decomposition leaves apart although readers type one for the other.
_VARIANTS = {
    "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "þ": "th", "ŧ": "t",
    "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ڪ": "ك", "ة": "ه", "ۀ": "ه", "ہ": "ه", "ھ": "ه", "ٱ": "ا", "ـ": "",
    "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ɛ": "e", "ɔ": "o", "ə": "e", "ǝ": "e", "װ": "וו", "ױ": "וי", "ײ": "יי",
    "ँ": "ं", "\u093c": "",  # Hindi writes nasals and dots below as it likes
    "ʼ": "", "ʻ": "", "ʾ": "", "ʿ": "", "\u115f": "", "\u1160": "",  # the last two: fillers of Korean, invisible
}  # fmt: skip
# Amharic writes one sound with several series of syllables; the letters of each series stand in the same order.
_SERIES = (("ሐ", "ሀ"), ("ኀ", "ሀ"), ("ሠ", "ሰ"), ("ዐ", "አ"), ("ፀ", "ጸ"))
_VARIANTS |= {chr(ord(series) + order): chr(ord(usual) + order) for series, usual in _SERIES for order in range(7)}
_VARIANTS |= dict.fromkeys("ሃሓኃ", "ሀ") | dict.fromkeys("ኣዓ", "አ")
_DROPPED_MARKS = (
    (0x0300, 0x036F), (0x0483, 0x0487), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670),
    (0x06D6, 0x06ED), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE00, 0xFE0F), (0xFE20, 0xFE2F),
    (0xE0100, 0xE01EF),
)  # fmt: skip
# Cyrillic short i is a letter of its own to its readers and to the stemmers, not an accented i.
_KEPT = {0x0419: "й", 0x0439: "й"}


class _FoldTable(dict[int, str]):
    """Code point -> folded text, filled as characters are met; made for `str.translate`."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _KEPT.get(code) or _fold_character(chr(code))
        return folded


def _fold_character(character: str) -> str:
    if character in _IGNORABLE or character in _BREAKS:
        return ""
    decomposed = unicodedata.normalize("NFKD", character)
    if "\u2044" in decomposed:
        return character  # a fraction: 5½ is not 512
    # Marks first: the case folding of one of them, the Greek iota subscript, is a letter.
    bare = "".join(c for c in decomposed if not _is_dropped(c))
    letters = []
    for c in unicodedata.normalize("NFKD", bare.casefold()):
        if _is_dropped(c):
            continue
        if c.isdecimal():
            c = str(unicodedata.decimal(c))
        c = _VARIANTS.get(c, c)
        if c.isalnum() or unicodedata.category(c or "x")[0] == "M":
            letters.append(c)
    return unicodedata.normalize("NFC", "".join(letters))


def _is_dropped(c: str) -> bool:
    return any(low <= ord(c) <= high for low, high in _DROPPED_MARKS)


_FOLDED = _FoldTable()


def fold(word: str) -> str:
    """A word as the index holds it: without case, accents and width; "" where nothing but marks was in it.

    Folding what is folded changes nothing.
    """
    if word.isascii():
        return word.lower()[:MAX_WORD_LENGTH]
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", word).translate(_FOLDED))
    # Composing may put together what folds further (a letter left bare meets the mark behind it): settle it.
    again = unicodedata.normalize("NFC", folded.translate(_FOLDED))[:MAX_WORD_LENGTH]
    # What stood before a mark may have gone; a mark alone begins no word.
    return again[next((i for i, c in enumerate(again) if c.isalnum()), len(again)) :]


# --- words -------------------------------------------------------------------------------------------------------


def tokenize(text: str) -> Iterator[Token]:
    """The words of `text` as the index holds them, in order of position."""
    return _tokenize(text, lone_last=True)


def tokenize_query(text: str) -> Iterator[Token]:
    """The words that a query for `text` must find one after another: as `tokenize`, without the lone last characters."""
    return _tokenize(text, lone_last=False)


def words(text: str) -> list[str]:
    """The words of `text`, without their places."""
    return [token.word for token in tokenize(text)]


def _tokenize(text: str, lone_last: bool) -> Iterator[Token]:
    position = 0
    for match in _token_pattern(text).finditer(text):
        kind, start, end = match.lastgroup, match.start(), match.end()
        if kind == "word":
            run = match.group()
            if run.isalnum() and run.isascii():
                yield Token(run.lower()[:MAX_WORD_LENGTH], position, start, end)
                position += 1
                continue
            for word, a, b in _settle_apostrophes(run):
                yield Token(word, position, start + a, start + b)
                position += 1
        elif kind == "acronym":
            letters = fold(re.sub(rf"[{_APOSTROPHES}][sS]$", "", match.group()).replace(".", ""))
            if letters:
                yield Token(letters, position, start, end)
                position += 1
        else:
            for token in _pairs(match.group(), start, position, lone_last):
                yield token
                position = token.position + 1


def _token_pattern(text: str) -> re.Pattern[str]:
    """The simplest pattern that finds the words of a text."""
    if text.isascii():
        return _ASCII_TOKEN
    return _european_token() if re.fullmatch(_EUROPEAN_TEXT, text) else _unicode_token()


def _settle_apostrophes(run: str) -> Iterator[tuple[str, int, int]]:
    """The words in a run of letters that may hold apostrophes: (word, start, end) within the run."""
    parts = re.split(f"[{_APOSTROPHES}]", run)
    start = 0
    if len(parts) > 1 and parts[-1] in ("s", "S"):
        parts.pop()
    if len(parts) > 1 and fold(parts[0]) in _ELISIONS:
        elided = parts.pop(0)
        yield fold(elided), 0, len(elided)
        start = len(elided) + 1
    word = fold("".join(parts))
    if word:
        yield word, start, len(run)


def _pairs(run: str, offset: int, position: int, lone_last: bool) -> Iterator[Token]:
    clusters = [
        (character, offset + match.start(), offset + match.end())
        for match in _cluster().finditer(run)
        for character in _characters(match.group())
    ]
    for (a, start, _), (b, _, end) in pairwise(clusters):
        yield Token((a + b)[:MAX_WORD_LENGTH], position, start, end)
        position += 1
    if clusters and (lone_last or len(clusters) == 1):
        word, start, end = clusters[-1]
        yield Token(word, max(position - 1, 0) if len(clusters) > 1 else position, start, end)


@lru_cache(maxsize=16384)
def _characters(cluster: str) -> tuple[str, ...]:
    """One written character, folded: several where it is a ligature, none where it is a stray mark."""
    folded = fold(cluster)
    if len(folded) < 2:
        return (folded,) if folded else ()
    return tuple(character for character in map(fold, _cluster().findall(folded)) if character)


def character_end(text: str, start: int) -> int:
    """Where the character which is written at `start`, the marks on it included, ends."""
    match = _cluster().match(text, start)
    return match.end() if match else start


@lru_cache(maxsize=4096)
def is_lone_character(word: str) -> bool:
    """Whether a folded word is one character of an unspaced script, which stands for all words that begin with it."""
    return not word.isascii() and re.fullmatch(rf"[{_UNSPACED}][{_mark_ranges()}]*", word) is not None


# --- stems -------------------------------------------------------------------------------------------------------

STEMMERS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian",
    "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch",
    "no": "norwegian", "nb": "norwegian", "nn": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
"""BCP 47 primary language -> Snowball algorithm."""


def stem_language(language: str) -> str:
    """The part of a language tag that decides about stems: `en` of `en-GB`."""
    return language.lower().partition("-")[0]


@cache
def stemmer(language: str | None) -> Callable[[str], str]:
    """The function word -> stem of a language (BCP 47, only its first part counts); None: each word is its own stem.

    Raises ValueError for a language without a stemmer. Two words are inflections of one another when their stems are
    equal. Algorithms: Snowball (https://snowballstem.org); English is Porter's second, written anew in `porter2`.
    """
    if language is None:
        return lambda word: word
    primary = stem_language(language)
    if primary not in STEMMERS:
        raise ValueError(f"no stemmer for language {language!r}; there are {', '.join(sorted(STEMMERS))}")
    if STEMMERS[primary] == "english":
        # No cache: whoever asks about each word once, as the index does for its vocabulary, would only pay for it.
        from searchkit.porter2 import stem as english_stem

        return english_stem
    import snowballstemmer

    stem: Callable[[str], str] = snowballstemmer.stemmer(STEMMERS[primary]).stemWord
    return lru_cache(maxsize=65536)(stem)
