"""Names of people: lists of authors as bylines write them, and what has the form of a person's name."""

from __future__ import annotations

import re

_LEADING_BY = re.compile(r"^\s*by(?:\s*:|\s)\s*", re.IGNORECASE)
_AND = r"\s+(?:and|AND|And|und)\s+|\s*[&、،/]\s*"
_BETWEEN = re.compile(rf"\s*,\s*(?:and\s+|&\s*)?|{_AND}")
_BETWEEN_BY_SEMICOLON = re.compile(rf"\s*;\s*(?:and\s+|&\s*)?|{_AND}")
_SUFFIXES = frozenset([
    "jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "md", "m.d.", "phd", "ph.d.", "esq", "esq.", "obe", "mbe",
])  # fmt: skip
PARTICLES = frozenset([
    "a", "al", "an", "ap", "as", "bin", "bint", "da", "dal", "de", "del", "della", "den", "der", "di", "dos", "du",
    "el", "e", "i", "ibn", "la", "le", "los", "of", "ould", "ten", "ter", "the", "und", "van", "vel", "vom", "von",
    "y", "zu", "zum", "zur",
])  # fmt: skip
"""Small words inside names of people and outlets, which need no capital."""

NAME_WORDS = 6
"""Words of the longest name that is taken for a person's."""


def split_names(text: str) -> tuple[str, ...]:
    """The names in one line of authors: split at commas (or, where there are any, semicolons), `and` and `&`.

    A leading "By" is dropped, `Jr.` and its like stay with their name, a name that is repeated counts once.
    """
    text = " ".join(_LEADING_BY.sub("", text, count=1).split())
    names: list[str] = []
    for part in (_BETWEEN_BY_SEMICOLON if ";" in text else _BETWEEN).split(text):
        part = part.strip(" ,;|")
        if names and part.lower() in _SUFFIXES:
            names[-1] += f", {part}"
        elif part and part not in names:
            names.append(part)
    return tuple(names)


def is_name(text: str) -> bool:
    """Whether `text` has the form of a person's name: a few words in capitals, or of a script without capitals."""
    text = re.sub(r",\s*(\S+)$", lambda m: f" {m[1]}" if m[1].lower() in _SUFFIXES else m[0], text)
    words = text.split()
    if not 1 <= len(words) <= NAME_WORDS or len(text) > 60 or re.search(r"[\d,;:!?()\[\]\"“”|/@_=<>{}]", text):
        return False
    if text.endswith((".", "…", "。")) and len(words[-1]) > 3:
        return False
    capitals = [word for word in words if word.lower() not in PARTICLES]
    return bool(capitals) and all(is_capitalised(word) for word in capitals)


def is_capitalised(word: str) -> bool:
    """Whether a word begins with a capital or digit, holds one (`iNews`, `al-Asadi`), or is of a script without case."""
    letters = [c for c in word if c.isalnum()]
    return bool(letters) and (letters[0].isdigit() or letters[0].lower() == letters[0].upper() or word.lower() != word)
