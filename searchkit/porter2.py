"""Porter's second English stemmer: the stem that the inflections of an English word share.

Gives what the Snowball project's own Python code gives (`snowballstemmer` 3.1), many times faster. At index time the
stems of a whole vocabulary are computed, where that code would take as long as the rest of indexing. Most of the gain
is one look at the end of a word: more than a third of a newspaper's words end in letters which no step touches.

A stem is a key for comparing words, not a word: `happiness` and `happy` both give `happi`.

Source: https://snowballstem.org/algorithms/english/stemmer.html; the names of the steps and regions are those used there.
R1 is what follows the first consonant after a vowel, R2 the same again within R1. They are found once, in the whole
word, and held as the places where they begin; a suffix lies in a region when it starts there or later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_VOWELS = frozenset("aeiouy")
_NO_SHORT_END = frozenset("aeiouywxY")
_DOUBLES = ("bb", "dd", "ff", "gg", "mm", "nn", "pp", "rr", "tt")

_WHOLE_WORDS = {
    "skis": "ski", "skies": "sky", "idly": "idl", "gently": "gentl", "ugly": "ugli", "early": "earli", "only": "onli",
    "singly": "singl",
} | {word: word for word in ("andes", "atlas", "bias", "cosmos", "howe", "news", "sky")}  # fmt: skip

# By the last letter of a word, the endings that some step may touch; every other word is its own stem.
_TOUCHED: dict[str, str | tuple[str, ...]] = {
    "c": "ic", "d": "ed", "g": "ing", "i": ("li", "iti", "nci", "ogi"), "l": ("al", "ll", "ful"), "m": "ism",
    "n": "ion", "r": ("er", "ator"), "t": ("ent", "ant", "ogist"), "e": "", "s": "", "y": "", "'": "",
}  # fmt: skip

# A consonant y is written Y while a word is worked on: a first y, and one that follows a vowel.
_VOWEL_Y = re.compile("([aeiouy])y")
# R1 begins at the end of group 1, R2 at the end of group 2. After the beginnings named here R1 begins late, so that
# words such as `general` and `generate` do not meet in one stem.
_REGIONS = re.compile(
    "(arsen|commun|emerg|gener|inter|later|organ|past|univers|[^aeiouy]*+[aeiouy]++[^aeiouy])"
    "([^aeiouy]*+[aeiouy]++[^aeiouy])?"
)

_Rule = tuple[str, str, str, bool]
"""A suffix, what takes its place, the letters one of which must stand before it ("": any), whether it must lie in R2
(otherwise in R1)."""


def _rules(*rules: _Rule) -> dict[str, tuple[_Rule, ...]]:
    """The rules of a step by the last two letters of their suffixes, longest suffix first."""
    by_ending: dict[str, tuple[_Rule, ...]] = {}
    for rule in sorted(rules, key=lambda rule: -len(rule[0])):
        ending = rule[0][-2:]
        by_ending[ending] = (*by_ending.get(ending, ()), rule)
    return by_ending


def _in_r1(replacement: str, suffixes: str, after: str = "") -> Iterable[_Rule]:
    return ((suffix, replacement, after, False) for suffix in suffixes.split())


def _in_r2(suffixes: str, after: str = "") -> Iterable[_Rule]:
    return ((suffix, "", after, True) for suffix in suffixes.split())


_STEP_2 = _rules(
    *_in_r1("tion", "tional"),
    *_in_r1("ence", "enci"),
    *_in_r1("ance", "anci"),
    *_in_r1("able", "abli"),
    *_in_r1("ent", "entli"),
    *_in_r1("ize", "izer ization"),
    *_in_r1("ate", "ational ation ator"),
    *_in_r1("al", "alism aliti alli"),
    *_in_r1("ful", "fulli fulness"),
    *_in_r1("ous", "ousli ousness"),
    *_in_r1("ive", "iveness iviti"),
    *_in_r1("ble", "biliti bli"),
    *_in_r1("og", "ogist"),
    *_in_r1("og", "ogi", after="l"),
    *_in_r1("less", "lessli"),
    *_in_r1("", "li", after="cdeghkmnrt"),
)
_STEP_3 = _rules(
    *_in_r1("tion", "tional"),
    *_in_r1("ate", "ational"),
    *_in_r1("al", "alize"),
    *_in_r1("ic", "icate iciti ical"),
    *_in_r1("", "ful ness"),
    *_in_r2("ative"),
)
_STEP_4 = _rules(
    *_in_r2("al ance ence er ic able ible ant ement ment ent ism ate iti ous ive ize"),
    *_in_r2("ion", after="st"),
)


def stem(word: str) -> str:
    """The stem of a folded word. Words of one or two characters are their own stems, whatever is in them.

    Characters other than a-z and the apostrophe count as consonants.
    """
    if len(word) < 3:
        return word
    endings = _TOUCHED.get(word[-1])
    if endings is None or not word.endswith(endings):
        return word.removeprefix("'")
    if word in _WHOLE_WORDS:
        return _WHOLE_WORDS[word]
    word = word.removeprefix("'")
    if "y" not in word:
        return _steps(word)
    if word[0] == "y":
        word = "Y" + word[1:]
    return _steps(_VOWEL_Y.sub(r"\1Y", word)).replace("Y", "y")


def _steps(word: str) -> str:
    r1 = r2 = len(word)
    if regions := _REGIONS.match(word):
        r1 = regions.end(1)
        if regions[2]:
            r2 = regions.end(2)
    if word.endswith(("s", "ied", "'")):
        word = _step_1a(word)
    if word.endswith(("ed", "ing", "edly", "ingly")):
        word = _step_1b(word, r1)
    if word.endswith(("y", "Y")) and len(word) > 2 and word[-2] not in _VOWELS:
        word = word[:-1] + "i"  # step 1c
    for step in (_STEP_2, _STEP_3, _STEP_4):
        if rules := step.get(word[-2:]):
            word = _apply(rules, word, r1, r2)
    return _step_5(word, r1, r2)


def _apply(rules: tuple[_Rule, ...], word: str, r1: int, r2: int) -> str:
    """Replace the longest suffix among the rules; where its condition fails, no shorter one is tried."""
    for suffix, replacement, after, in_r2 in rules:
        if word.endswith(suffix):
            start = len(word) - len(suffix)
            if start < (r2 if in_r2 else r1) or (after and word[start - 1] not in after):
                return word
            return word[:start] + replacement
    return word


def _step_1a(word: str) -> str:
    """Plurals and possessives."""
    for possessive in ("'s'", "'s", "'"):
        if word.endswith(possessive):
            word = word[: -len(possessive)]
            break
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith(("ied", "ies")):
        return word[:-2] if len(word) > 4 else word[:-1]
    if word.endswith("s") and not word.endswith(("ss", "us")) and not _VOWELS.isdisjoint(word[:-2]):
        return word[:-1]
    return word


def _step_1b(word: str, r1: int) -> str:
    """Past tenses and participles, and the adverbs made of them."""
    base = word.removesuffix("ly")
    if base.endswith("eed"):
        if len(base) - 3 < r1 or base in ("succeed", "proceed", "exceed"):
            return word
        return base[:-1]
    base = base[:-2] if base.endswith("ed") else base[:-3]
    if word.endswith("ing"):
        if base in ("even", "cann", "inn", "earr", "herr", "out"):
            return word
        if len(base) == 2 and base[1] == "y" and base[0] not in _VOWELS:
            return base[0] + "ie"
    if _VOWELS.isdisjoint(base):
        return word
    if base.endswith(("at", "bl", "iz")):
        return base + "e"
    if base.endswith(_DOUBLES):
        return base if len(base) == 3 and base[0] in "aeo" else base[:-1]
    return base + "e" if len(base) == r1 and _ends_in_short_syllable(base) else base


def _step_5(word: str, r1: int, r2: int) -> str:
    """A last e, and the second of two last l."""
    start = len(word) - 1
    if word.endswith("e"):
        if start >= r2 or (start >= r1 and not _ends_in_short_syllable(word[:-1])):
            return word[:-1]
    elif start >= r2 and word.endswith("ll"):
        return word[:-1]
    return word


def _ends_in_short_syllable(word: str) -> bool:
    if len(word) == 2:
        return word[0] in _VOWELS and word[1] not in _VOWELS
    if word.endswith("past"):
        return True
    return len(word) > 2 and word[-1] not in _NO_SHORT_END and word[-2] in _VOWELS and word[-3] not in _VOWELS
