"""Which words of a segment a leaf of a query stands for, by their numbers in its dictionary."""

from __future__ import annotations

import re

from searchkit.analysis import is_lone_character, stem_language, stemmer
from searchkit.engines.whoosh.kernels import has_numpy
from searchkit.engines.whoosh.segment import Segment
from searchkit.query import TEXT_FIELDS, Fuzzy, Phrase, Prefix, Term, Wildcard, WordLeaf, wildcard_regex


def expand(segment: Segment, leaf: WordLeaf, language: str | None) -> list[list[int]]:
    """For each word position of a leaf the numbers of the words it stands for, ascending.

    The same words as `matching.word_tests` accepts, found without asking it of each.
    """
    if leaf.field is not None and leaf.field not in TEXT_FIELDS:
        language = None
    match leaf:
        case Term(word=word):
            return [_inflections(segment, word, language)]
        case Phrase(words=words, exact=exact):
            return [_inflections(segment, word, None if exact else language) for word in words]
        case Prefix(prefix=prefix):
            return [list(_starting_with(segment, prefix))]
        case Wildcard(pattern=pattern):
            return [_fitting(segment, pattern)]
        case Fuzzy(word=word, edits=edits):
            return [_near(segment, word, edits)]


def _inflections(segment: Segment, word: str, language: str | None) -> list[int]:
    if is_lone_character(word):
        return list(_starting_with(segment, word))
    if language is None:
        number = segment.terms.number(_bytes(word))
        return [] if number is None else [number]
    stem = stemmer(language)
    primary = stem_language(language)
    if segment.has_stems(primary):
        number = segment.terms.number(_bytes(word))
        if number is not None:
            return segment.same_stem(number, primary)
        return segment.stem_group(stem(word), primary, stem)
    return _stem_groups(segment, primary).get(stem(word), [])


def _stem_groups(segment: Segment, language: str) -> dict[str, list[int]]:
    """All words by stem, for a language in which the segment does not keep them sorted: slow, but only once."""
    groups = segment.stem_groups.get(language)
    if groups is None:
        stem = stemmer(language)
        groups = segment.stem_groups[language] = {}
        for number, word in enumerate(segment.terms.words()):
            groups.setdefault(stem(word.decode()), []).append(number)
    return groups


def _bytes(word: str) -> bytes:
    # Lone surrogates are in no indexed word; a query that holds some finds nothing, and that is no error.
    return word.encode("utf-8", "surrogatepass")


def _starting_with(segment: Segment, prefix: str) -> range:
    start = _bytes(prefix)
    # 0xff stands in no UTF-8, so this is behind every word that begins so.
    return range(segment.terms.find(start), segment.terms.find(start + b"\xff"))


def _fitting(segment: Segment, pattern: str) -> list[int]:
    literal = re.split(r"[*?]", pattern, maxsplit=1)[0]
    fullmatch = wildcard_regex(pattern).fullmatch
    if literal:
        span = _starting_with(segment, literal)
        words = segment.terms.words(span.start, span.stop)
        return [number for number, word in enumerate(words, span.start) if fullmatch(word.decode())]
    return [number for number, word in enumerate(segment.vocabulary) if fullmatch(word)]


def _near(segment: Segment, word: str, edits: int) -> list[int]:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    # Signatures need numpy, and repay themselves with the second question.
    numbers, words = (
        segment.terms.signatures.candidates(word, edits) if has_numpy() else _of_like_length(segment, word, edits)
    )
    near = process.extract(word, words, scorer=OSA.distance, score_cutoff=edits, limit=None)
    return sorted(numbers[place] for _, _, place in near)


def _of_like_length(segment: Segment, word: str, edits: int) -> tuple[list[int], list[str]]:
    lengths = range(max(len(word) - edits, 1), len(word) + edits + 1)
    numbers = [number for length in lengths for number in segment.numbers_by_length.get(length, ())]
    return numbers, [segment.vocabulary[number] for number in numbers]
