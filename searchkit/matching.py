"""Which words a leaf of a query stands for: predicates over folded words, and their matches in analysed text.

The memory engine evaluates with these and the highlighter marks with these; other engines must agree with them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import lru_cache

from searchkit.analysis import Token, is_lone_character, stemmer
from searchkit.query import TEXT_FIELDS, Fuzzy, Phrase, Prefix, Term, Wildcard, WordLeaf, wildcard_regex

WordTest = Callable[[str], bool]


def word_tests(leaf: WordLeaf, language: str | None) -> tuple[WordTest, ...]:
    """One predicate for each word position of a leaf (a single one, except for a Phrase)."""
    match leaf:
        case Term(word=word):
            return (_inflection_test(word, _language_in(leaf, language)),)
        case Phrase(words=words, exact=True):
            return tuple(map(_exact_test, words))
        case Phrase(words=words):
            return tuple(_inflection_test(word, _language_in(leaf, language)) for word in words)
        case Prefix(prefix=prefix):
            return (lambda word: word.startswith(prefix),)
        case Wildcard(pattern=pattern):
            fullmatch = wildcard_regex(pattern).fullmatch
            return (lambda word: fullmatch(word) is not None,)
        case Fuzzy(word=target, edits=edits):
            return (lambda word: within_edits(target, word, edits),)


def within_edits(a: str, b: str, edits: int) -> bool:
    """Whether at most `edits` insertions, deletions, replacements or swaps of neighbours turn one word into the other.

    Optimal string alignment: no part of the word is edited twice.
    """
    if abs(len(a) - len(b)) > edits:
        return False
    from rapidfuzz.distance import OSA

    return OSA.distance(a, b, score_cutoff=edits) <= edits


def find_runs(positions: Sequence[Sequence[int]], slop: int) -> list[tuple[int, ...]]:
    """Where words stand in order: for each start in the first list of ascending `positions`, the earliest places of
    the later words behind one another, when at most `slop` other positions lie between them altogether.

    A start whose earliest continuation is too wide is no run: taking the next word as early as possible gives the
    narrowest run of that start.
    """
    runs: list[tuple[int, ...]] = []
    for start in positions[0]:
        run = [start]
        for later in positions[1:]:
            following = bisect_right(later, run[-1])
            if following == len(later):
                return runs
            run.append(later[following])
        if run[-1] - run[0] - (len(run) - 1) <= slop:
            runs.append(tuple(run))
    return runs


def leaf_runs(tokens: Sequence[Token], leaf: WordLeaf, tests: Sequence[WordTest]) -> list[tuple[int, ...]]:
    """The places (word positions) at which a leaf matches an analysed text: one tuple for each occurrence."""
    if len(tests) == 1:
        return [(position,) for position in sorted({t.position for t in tokens if tests[0](t.word)})]
    positions = [sorted({t.position for t in tokens if test(t.word)}) for test in tests]
    if not all(positions):
        return []
    return find_runs(positions, leaf.slop if isinstance(leaf, Phrase) else 0)


def _language_in(leaf: Term | Phrase, language: str | None) -> str | None:
    return language if leaf.field is None or leaf.field in TEXT_FIELDS else None


def _exact_test(word: str) -> WordTest:
    if is_lone_character(word):
        return lambda other: other.startswith(word)
    return lambda other: other == word


def _inflection_test(word: str, language: str | None) -> WordTest:
    if language is None or is_lone_character(word):
        return _exact_test(word)
    stem = stemmer(language)
    wanted = stem(word)
    return lru_cache(maxsize=None)(lambda other: stem(other) == wanted)
