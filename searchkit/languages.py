"""The language of a text whose record states none."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from searchkit.article import Article
from searchkit.languagemodel import load_model

DETECTED = "-x-detected"
"""What follows the language in the tag of an article whose record does not state it."""

SHORTEST = 60
"""Letters of the shortest text whose language is told; one that stands for a syllable or a word counts as three."""

_PIECES = ((60, 0.95), (250, 0.6))
"""How many characters of each of three places of a text the model is shown at first, and the probability from which on
its answer is believed; then how many if it is not."""

_BODY_ENOUGH = 500
"""Characters of a body that tell its language without the title."""

_WINDOW = 100
"""Characters of each place in which scripts and English words are looked for."""


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Frequent words of English, and words by which Nigerian Pidgin, which shares many of them, differs from it.
_ENGLISH = _listed(
    "the of and to in that is was for it with as on by at from his be have has had not but are were they their which"
    " this who said will would he an its or been more after than also when we you our i all about up out over into can"
    " could there if what other some one new year she her him us first two"
)
_PIDGIN = _listed("di dey wey na dem don dis dat wetin una sey im dia wit de")
# More of them, which lists, tables and headlines consist of; no other language's news is full of these.
_ENGLISH_NEWS = _listed(
    "pct dlrs mln vs billion million percent profit loss net sales year years months mths qtr quarter shr share shares"
    " shareholders revs revenue earnings note prior company companies corp corporation inc bank banks stock stocks"
    " market markets price prices trade tax taxes rates loan loans assets deposits exchange exports imports dividend per"
    " three four five six seven eight nine ten half ended end period periods includes excludes including gain gains"
    " charge sale government governments minister ministers president senator senators department house congress federal"
    " state states united national public people health security country countries members committee today yesterday"
    " tomorrow monday tuesday wednesday thursday friday saturday sunday week weeks month day days january february march"
    " april may june july august september october november december says told announced made make makes take help work"
    " working support provide need needs under before while during through between against because should must being"
    " both those these each where how very much many most only even still well such since without within another other"
    " then there here them law laws bill act program programs office service services statement report press release"
    " news police court school schools children family families women men world war army north south east west high low"
    " last next following same further however according early late down off open opening closing change name full"
    " number available international foreign development agreement future information community american british"
    " australian english"
)
_FREQUENT = _ENGLISH | _ENGLISH_NEWS
_ENGLISH_SHARE = 0.2
_PLAIN_WORDS, _PLAIN_SHARE = 20, 0.25
_LENGTH, _LEAST_ENGLISH_WORDS, _PIDGIN_SHARE = 3000, 6, 0.02
_ASCII_WORD = re.compile("[a-z]+")
_DIGITS = b"0123456789"

# Script -> first and last code points. The order matters for nothing; Latin is what all Latin letters fall into.
_SCRIPTS = {
    "Latin": ((0x41, 0x5A), (0x61, 0x7A), (0xAA, 0xAA), (0xBA, 0xBA), (0xC0, 0x24F), (0x250, 0x2AF), (0x1E00, 0x1EFF)),
    "Greek": ((0x370, 0x3FF), (0x1F00, 0x1FFF)),
    "Cyrillic": ((0x400, 0x52F), (0x1C80, 0x1C8F)),
    "Armenian": ((0x530, 0x58F),),
    "Hebrew": ((0x590, 0x5FF), (0xFB1D, 0xFB4F)),
    "Arabic": ((0x620, 0x65F), (0x66E, 0x6EF), (0x6FA, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF), (0xFB50, 0xFDFF),
               (0xFE70, 0xFEFC)),
    "Thaana": ((0x780, 0x7BF),),
    "Devanagari": ((0x900, 0x963), (0x970, 0x97F)),
    "Bengali": ((0x980, 0x9E5), (0x9F0, 0x9FF)),
    "Gurmukhi": ((0xA00, 0xA65), (0xA70, 0xA7F)),
    "Gujarati": ((0xA80, 0xAE5), (0xAF0, 0xAFF)),
    "Oriya": ((0xB00, 0xB65), (0xB70, 0xB7F)),
    "Tamil": ((0xB80, 0xBE5), (0xBF0, 0xBFF)),
    "Telugu": ((0xC00, 0xC65), (0xC70, 0xC7F)),
    "Kannada": ((0xC80, 0xCE5), (0xCF0, 0xCFF)),
    "Malayalam": ((0xD00, 0xD65), (0xD70, 0xD7F)),
    "Sinhala": ((0xD80, 0xDE5), (0xDF0, 0xDFF)),
    "Thai": ((0xE01, 0xE4E),),
    "Lao": ((0xE81, 0xECE), (0xEDC, 0xEDF)),
    "Tibetan": ((0xF00, 0xF1F), (0xF2A, 0xFFF)),
    "Myanmar": ((0x1000, 0x103F), (0x1050, 0x109F)),
    "Georgian": ((0x10A0, 0x10FF), (0x1C90, 0x1CBF)),
    "Hangul": ((0x1100, 0x11FF), (0x3131, 0x318E), (0xAC00, 0xD7AF)),
    "Ethiopic": ((0x1200, 0x135F), (0x1380, 0x139F), (0x2D80, 0x2DDF)),
    "Khmer": ((0x1780, 0x17D3),),
    "Kana": ((0x3041, 0x3096), (0x30A1, 0x30FA), (0xFF66, 0xFF9D)),
    "Han": ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF)),
}  # fmt: skip
# Scripts that in news stand for one language; Hebrew, Ethiopic and Bengali have a rare second one, told by its letters.
_ONE_LANGUAGE = {
    "Greek": "el", "Armenian": "hy", "Thaana": "dv", "Gurmukhi": "pa", "Gujarati": "gu", "Oriya": "or", "Tamil": "ta",
    "Telugu": "te", "Kannada": "kn", "Malayalam": "ml", "Sinhala": "si", "Thai": "th", "Lao": "lo", "Myanmar": "my",
    "Georgian": "ka", "Hangul": "ko", "Khmer": "km", "Han": "zh", "Kana": "ja", "Hebrew": "he", "Ethiopic": "am",
    "Bengali": "bn",
}  # fmt: skip
_SECOND = {
    "Hebrew": ("yi", re.compile("[\u05f0-\u05f2\ufb1d\ufb1f\ufb2e\ufb2f]|[אייו]\u05b7|א\u05b8"), re.compile("$^")),
    "Ethiopic": ("ti", re.compile("[ኣቐ-ቝኸ-ዅ]"), re.compile("[አ]")),
    "Bengali": ("as", re.compile("[ৰৱ]"), re.compile("র")),
}
_WEIGHTS = {"Han": 3, "Kana": 3, "Hangul": 3, "Ethiopic": 2}
"""What a letter of a script counts beside one of Latin: it says as much as so many of them."""

_HIRAGANA_SHARE = 0.03
"""Hiragana among the characters of a text from which on it is Japanese; a Chinese one may quote a Japanese name."""

_HIRAGANA = re.compile("[ぁ-ゖ]")
_BEYOND_LATIN = re.compile("[^\0-\u02af\u1e00-\u1eff\u2000-\u20cf\u2100-\u21ff]")
_NO_LETTERS = bytes(byte for byte in range(128) if not chr(byte).isalpha())

# What the model tells apart and a reader of news would not look for: spoken Arabic, written Chinese of Shanghai and
# Hong Kong, ancient stages; and its codes that BCP 47 writes otherwise. zxx is its class for what is no language.
_LABELS = {
    "arz": "ar", "ary": "ar", "wuu": "zh", "yue": "zh", "hbo": "he", "grc": "el", "gug": "gn", "kik": "ki", "uzs": "uz",
    "zxx": None,
}  # fmt: skip
# Kirundi, which the model takes for Kinyarwanda, writes vy and c where that writes by and cy; and some of its words.
_KIRUNDI = re.compile(
    r"vy|\bc(?:['’]|(?:[aio]|ane|anke)\b)|\b(?:ico|ata|indwi|uheze|mugabo|bariko|be na|[a-z]{1,2}iwe)\b", re.IGNORECASE
)
_KINYARWANDA = re.compile(r"by[aeiou]|cy[aeiou']|njy|\bnta\b", re.IGNORECASE)


_UNTOLD = "und"


def with_language(article: Article, cache: Path | None = None) -> Article:
    """The article with the language of its text, where its record states none: as `fr-x-detected`.

    The private subtag (RFC 5646, 2.2.7) tells that nobody stated it; `lang:fr` finds it all the same.
    `cache` is the folder in which the model may be kept (`languagemodel`).
    """
    told = at_sight(article)
    return told if told is not None else by_model(article, cache)


def by_model(article: Article, cache: Path | None = None) -> Article:
    """The same for one whose language cannot be told `at_sight`."""
    return _in_language(article, _by_model(_text_of(article), cache))


def at_sight(article: Article) -> Article | None:
    """The same without the model; None where it takes that."""
    if article.language is not None:
        return article
    language = _at_sight(_text_of(article))
    return None if language == _UNTOLD else _in_language(article, language)


def _text_of(article: Article) -> str:
    body = article.body
    return body if len(body) >= _BODY_ENOUGH else f"{article.title}\n{body}"


def _in_language(a: Article, language: str | None) -> Article:
    if language is None:
        return a
    # What `dataclasses.replace` would give takes longer than to tell English.
    head = (a.id, a.source, a.title, a.body, a.sha256, a.record, a.dek, a.authors, a.publisher, a.published)
    return Article(*head, a.date_source, language + DETECTED, a.url, a.links, a.note)


def detect(text: str) -> str | None:
    """The language of `text` as a BCP 47 tag without script or region; None where it is too short or not plain.

    Three places of the text are looked at. Scripts that one language writes tell it by themselves, and so do English's
    frequent words; the rest is asked of py3langid's model, which is loaded (half a second) when it is first needed.
    """
    language = _at_sight(text)
    return _by_model(text, None) if language == _UNTOLD else language


def _at_sight(text: str) -> str | None:
    """What `detect` gives, `_UNTOLD` where it takes the model."""
    if _is_english_at_a_glance(text):
        return "en"
    sample = _sample(text, _WINDOW)
    script = _script(sample)
    if script == "Latin" and (_is_plainly_english(sample) or _is_english_at_length(text)):
        return "en"
    if script == "Latin" and _is_no_prose(text):
        return None
    if script == "Han" and len(_HIRAGANA.findall(text[:5000])) > _HIRAGANA_SHARE * len(text[:5000]):
        return "ja"
    if script in _ONE_LANGUAGE:
        return _second_of(script, sample) or _ONE_LANGUAGE[script]
    return None if script is None else _UNTOLD


def _sample(text: str, size: int) -> str:
    """Pieces of `size` characters from three places of a text, without blank space in a row."""
    if len(text) <= 4 * size:
        return " ".join(text.split())
    return " ".join(_piece(text, len(text) * place // 6 - size // 2, size) for place in (1, 3, 5))


def _piece(text: str, start: int, size: int) -> str:
    piece = " ".join(text[start : start + size].split())
    if len(piece) < size // 2:  # mostly blank space
        piece = " ".join(text[start : start + 20 * size].split())[:size]
    return piece


def _script(sample: str) -> str | None:
    """The script of a text, a name of `_SCRIPTS` or "other"; None where letters are few or none prevails."""
    if sample.isascii():
        return "Latin" if len(sample.encode().translate(None, _NO_LETTERS)) >= SHORTEST else None
    if _BEYOND_LATIN.search(sample) is None:
        plain = len(sample.encode("ascii", "ignore").translate(None, _NO_LETTERS)) >= SHORTEST
        return "Latin" if plain or sum(map(str.isalpha, sample)) >= SHORTEST else None
    found = Counter(map(_SCRIPT_OF.__getitem__, sample))
    del found[None]
    if found["Kana"] * 20 > found["Han"]:
        found["Kana"] += found["Han"]
        del found["Han"]
    weights = {script: count * _WEIGHTS.get(script or "", 1) for script, count in found.items()}
    if sum(weights.values()) < SHORTEST:
        return None
    script = max(weights, key=weights.__getitem__)
    return script if weights[script] >= 0.6 * sum(weights.values()) else None


class _ScriptTable(dict[str, str | None]):
    """Character -> its script, filled as characters are met; None for what is no letter."""

    def __missing__(self, character: str) -> str | None:
        code = ord(character)
        known = (name for name, spans in _SCRIPTS.items() if any(low <= code <= high for low, high in spans))
        # Vowel signs are no letters to Python, and as good as letters here.
        script = self[character] = next(known, "other" if character.isalpha() else None)
        return script


_SCRIPT_OF = _ScriptTable()


def _is_plainly_english(sample: str) -> bool:
    words = sample.split()
    share = sum(map(_ENGLISH.__contains__, words)) / len(words)
    return share >= _ENGLISH_SHARE and _PIDGIN.isdisjoint(words)


def _is_english_at_a_glance(text: str) -> bool:
    """Whether three places, taken as they are, show English so plainly that no closer look is needed, which would cost
    most news some time."""
    sixth = len(text) // 6
    first, second, third = sixth, 3 * sixth, 5 * sixth
    some = f"{text[first : first + _WINDOW]} {text[second : second + _WINDOW]} {text[third : third + _WINDOW]}"
    words = some.split()
    if len(words) < _PLAIN_WORDS or not (some.isascii() or _BEYOND_LATIN.search(some) is None):
        return False
    return sum(map(_ENGLISH.__contains__, words)) >= _PLAIN_SHARE * len(words) and _PIDGIN.isdisjoint(words)


def _is_english_at_length(text: str) -> bool:
    """Whether a text whose three places show too little, as lists and tables do, is English by more words and more of
    its length: cheaper than to ask the model."""
    words = _ASCII_WORD.findall(text[:_LENGTH].lower())
    frequent = [word for word in words if word in _FREQUENT]
    if len(frequent) < _ENGLISH_SHARE * len(words) or len(set(frequent)) < _LEAST_ENGLISH_WORDS:
        return False
    # A name may have a `de`; Pidgin has such words in every sentence.
    return sum(map(_PIDGIN.__contains__, words)) < _PIDGIN_SHARE * len(words)


def _is_no_prose(text: str) -> bool:
    """Whether a text in Latin letters is a table, with as many digits as letters, or s p a c e d  o u t: the model, which
    knows prose, would guess."""
    words = text[:_LENGTH].split()
    solid = "".join(words).encode("utf-8", "replace")
    letters, others = len(solid.translate(None, _NO_LETTERS)), len(solid.translate(None, _DIGITS))
    return letters < 2 * len(words) or letters <= len(solid) - others


def _second_of(script: str, sample: str) -> str | None:
    """The rarer language of a script, where its letters outnumber those by which the other differs."""
    if script not in _SECOND:
        return None
    language, its, others = _SECOND[script]
    mine = len(its.findall(sample))
    return language if mine > 2 and mine > len(others.findall(sample)) else None


def _by_model(text: str, cache: Path | None) -> str | None:
    for size, sure in _PIECES:
        sample = _sample(text, size)
        label, probability = load_model(cache).classify(sample)
        if probability >= sure:
            return _tag_of(label, text)
    return None


def _tag_of(label: str, text: str) -> str | None:
    """The tag for an answer of the model."""
    if label == "rw":
        kirundi, kinyarwanda = (len(pattern.findall(text[:5000])) for pattern in (_KIRUNDI, _KINYARWANDA))
        return None if kirundi == kinyarwanda else "rn" if kirundi > kinyarwanda else "rw"
    return _LABELS.get(label, label)
