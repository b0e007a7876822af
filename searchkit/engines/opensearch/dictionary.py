"""Which words an index holds: what leaves of a query stand for, and how many articles hold a word.

The dictionary knows every word that any article ever held, in any field; words are added before the commit of their
articles and never removed. A word too many finds nothing and does no harm; where words are counted or listed, those that
no article of the view holds any more are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from searchkit.analysis import fold, is_lone_character, stem_language, stemmer
from searchkit.engine import SearchOptions
from searchkit.engines.opensearch.asking import ask
from searchkit.engines.opensearch.connection import Connection
from searchkit.engines.opensearch.layout import Layout
from searchkit.engines.opensearch.state import State
from searchkit.engines.opensearch.wordlists import LENGTH, STEMS, WORD, WordLists
from searchkit.engines.shared import Deadline, check_expansions, nearest
from searchkit.matching import within_edits, word_tests
from searchkit.query import TEXT_FIELDS, Fuzzy, Phrase, Prefix, Term, Wildcard, WordLeaf, fields_of

Words = tuple[tuple[str, ...], ...]
"""The words that each position of a leaf stands for."""

_Single = tuple[WordLeaf, str | None]
"""A leaf of one position, and the language of its inflections (None: it has none)."""

_REMEMBERED = 10_000
_COUNTED_AT_ONCE = 1000
_EDITS_OF_LUCENE = 2
_ADVICE_S = 30.0


class Dictionary:
    """The words of one view, and what leaves stand for among them, each asked for once."""

    def __init__(self, connection: Connection, layout: Layout, state: State) -> None:
        self._connection = connection
        self._lists = WordLists(connection, layout.words(state.view.build))
        self._articles = layout.articles(state.view.build)
        self._state = state
        self._known: dict[_Single, tuple[str, ...]] = {}
        self._stems: dict[str, dict[str, list[str]]] = {}

    def words_of(self, leaves: Iterable[WordLeaf], options: SearchOptions, deadline: Deadline) -> dict[WordLeaf, Words]:
        """What each leaf stands for. Raises `QueryLimitError` for one that stands for too many, `QueryTimeoutError`."""
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        singles = {leaf: tuple(_singles(leaf, options.language)) for leaf in leaves}
        self._look_up({single for each in singles.values() for single in each} - self._known.keys(), deadline)
        found = {leaf: tuple(self._known[single] for single in each) for leaf, each in singles.items()}
        for leaf, words in found.items():
            self._check(leaf, words, options, deadline)
        return found

    def expand(self, leaf: WordLeaf, options: SearchOptions, deadline: Deadline) -> list[str]:
        """The words of the view that a leaf stands for in its fields, sorted. Raises as `words_of` does."""
        words = set().union(*self.words_of([leaf], options, deadline)[leaf])
        return sorted(self.held(words, fields_of(leaf), deadline))

    def nearest(self, word: str, limit: int) -> list[str]:
        """As `Engine.nearest_words` has it."""
        deadline = Deadline(_ADVICE_S)
        folded = fold(word)
        reach = 1 if len(folded) < 4 else 2 if len(folded) < 8 else 3  # that of `shared.nearest`
        near = list(self._lists.find(_fuzzy(folded, min(reach, _EDITS_OF_LUCENE)), deadline))
        found = self._ranked(word, near, limit, deadline)
        if len(found) < limit and reach > _EDITS_OF_LUCENE:
            # Lucene goes no further than two edits: all words of about that length are compared here.
            lengths = {"range": {LENGTH: {"gte": len(folded) - reach, "lte": len(folded) + reach}}}
            near = [other for other in self._lists.find(lengths, deadline) if within_edits(folded, other, reach)]
            found = self._ranked(word, near, limit, deadline)
        return found

    def held(self, words: Iterable[str], fields: Sequence[str], deadline: Deadline) -> dict[str, int]:
        """Of some words those that articles of the view hold in one of the fields, with how many do."""
        counted: dict[str, int] = {}
        waiting = sorted(words)
        for start in range(0, len(waiting), _COUNTED_AT_ONCE):
            part = waiting[start : start + _COUNTED_AT_ONCE]
            filters = [{"bool": {"should": [{"term": {name: word}} for name in fields]}} for word in part]
            buckets = self._counts(self._state.view.living(), filters, deadline)
            counted |= {word: count for word, count in zip(part, buckets, strict=True) if count}
        return counted

    def frequencies(self, words: Iterable[str], fields: Sequence[str], deadline: Deadline) -> tuple[list[int], int]:
        """For each field how many documents hold one of these words there, at least, and how many documents there are:
        as the cluster scores, which counts those of no view as well."""
        filters = [{"terms": {name: list(words)}} for name in fields]
        *counts, total = self._counts({"match_all": {}}, [*filters, {"match_all": {}}], deadline)
        return counts, total

    def _ranked(self, word: str, near: list[str], limit: int, deadline: Deadline) -> list[str]:
        counts = self.held(near, TEXT_FIELDS, deadline)
        return nearest(word, counts, counts.__getitem__, limit)

    def _check(self, leaf: WordLeaf, words: Words, options: SearchOptions, deadline: Deadline) -> None:
        if isinstance(leaf, Prefix | Wildcard | Fuzzy) and len(words[0]) > options.max_expansions:
            held = self.held(words[0], fields_of(leaf), deadline)
            check_expansions(leaf, len(held), options.max_expansions)

    def _look_up(self, singles: set[_Single], deadline: Deadline) -> None:
        """Find the words that leaves of one position may stand for, all with one request where that is enough."""
        asked: list[tuple[_Single, dict[str, Any]]] = []
        for single in singles:
            query = self._query(single, deadline)
            if query is not None:
                asked.append((single, query))
        if not asked:
            return
        found = self._lists.find_each([query for _, query in asked], deadline)
        for (single, _), words in zip(asked, found, strict=True):
            leaf, language = single
            if isinstance(leaf, Wildcard | Fuzzy):
                words = filter(word_tests(leaf, language)[0], words)
            self._known[single] = tuple(sorted(words))

    def _query(self, single: _Single, deadline: Deadline) -> dict[str, Any] | None:
        """The query for the dictionary that finds the words of a leaf; None where they are known without one."""
        leaf, language = single
        match leaf:
            case Prefix(prefix=prefix):
                return {"prefix": {WORD: {"value": prefix}}}
            case Wildcard(pattern=pattern):
                return {"wildcard": {WORD: {"value": pattern}}}
            case Fuzzy(word=word, edits=edits):
                return _fuzzy(word, edits)
            case Term(word=word) if language is None:
                self._known[single] = (word,)
                return None
            case Term(word=word) if language is not None:
                stem, primary = stemmer(language)(word), stem_language(language)
                if primary in self._state.languages:
                    return {"term": {STEMS: f"{primary}:{stem}"}}
                if primary not in self._stems:
                    self._stems[primary] = self._stemmed(stemmer(language), deadline)
                self._known[single] = tuple(self._stems[primary].get(stem, ()))
                return None
        raise TypeError(f"{leaf} has several positions")

    def _stemmed(self, stem: Callable[[str], str], deadline: Deadline) -> dict[str, list[str]]:
        """All words by their stems in a language that the dictionary is not prepared for."""
        grouped: dict[str, list[str]] = {}
        for word in self._lists.find({"exists": {"field": WORD}}, deadline):
            grouped.setdefault(stem(word), []).append(word)
        return grouped

    def _counts(self, query: dict[str, Any], filters: list[dict[str, Any]], deadline: Deadline) -> list[int]:
        """How many documents that match a query pass each filter."""
        body = {
            "size": 0,
            "query": {"bool": {"filter": [query]}},
            "aggs": {"each": {"filters": {"filters": filters}}},
            "track_total_hits": False,
        }
        answer = ask(self._connection, f"/{self._articles}/_search", body, deadline)
        buckets = answer["aggregations"]["each"]["buckets"]
        return [bucket["doc_count"] for bucket in buckets]


def _singles(leaf: WordLeaf, language: str | None) -> Iterator[_Single]:
    """A leaf as leaves of one position.

    Names have none, nor have exact phrases; one character of an unspaced script stands for what begins with it.
    """
    if isinstance(leaf, Prefix | Wildcard | Fuzzy):
        yield leaf, None
        return
    is_exact = isinstance(leaf, Phrase) and leaf.exact
    if is_exact or (leaf.field is not None and leaf.field not in TEXT_FIELDS):
        language = None
    for word in leaf.words if isinstance(leaf, Phrase) else (leaf.word,):
        yield (Prefix(word) if is_lone_character(word) else Term(word)), language


def _fuzzy(word: str, edits: int) -> dict[str, Any]:
    # The rewrite lets all words within the edits pass, not the best fifty.
    return {"fuzzy": {WORD: {"value": word, "fuzziness": edits, "transpositions": True, "rewrite": "constant_score"}}}
