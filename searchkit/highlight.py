"""Article + query -> where the query matches in it, and the snippets that show it best: text and spans, no colours.

Works on the stored article alone, for every engine alike: phrases are marked as phrases, inflections and patterns mark
the words they stand for.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from searchkit.analysis import Token, is_lone_character, tokenize
from searchkit.article import Article
from searchkit.engine import Hit, LinkMatch, Snippet
from searchkit.matching import WordTest, leaf_runs, word_tests
from searchkit.query import NAME_FIELDS, Phrase, Query, Term, WordLeaf, fields_of, word_leaves

Span = tuple[int, int]

_SENTENCE_START = re.compile(r"(?<=[.!?。！？؟।])[\"'”’»)\]]*\s+|(?<=[。！？])")


@dataclass(frozen=True, slots=True)
class SnippetOptions:
    """At most `count` snippets a hit, each of about `chars` characters."""

    count: int = 2
    chars: int = 200


@dataclass(frozen=True, slots=True)
class Marks:
    """Where a query matches in an article: spans (start, end) by field, and for each link in its headline.

    Spans ascend and do not overlap. `names` are the fields of names that match, which carry no spans.
    """

    title: tuple[Span, ...] = ()
    dek: tuple[Span, ...] = ()
    body: tuple[Span, ...] = ()
    links: tuple[tuple[Span, ...], ...] = ()
    names: tuple[str, ...] = ()

    @property
    def matched_in(self) -> tuple[str, ...]:
        """The fields that match, in the order of `query.FIELDS`."""
        found = [name for name in ("title", "dek", "body") if getattr(self, name)]
        return (*found, *(["links"] if any(self.links) else []), *self.names)


@dataclass(frozen=True, slots=True)
class _Match:
    """One place where a leaf (by its number) matches a text."""

    start: int
    end: int
    leaf: int


class Highlighter:
    """Marks articles for one query. Leaves under a Not mark nothing."""

    def __init__(self, query: Query, language: str | None, options: SnippetOptions = SnippetOptions()) -> None:
        self._options = options
        leaves = list(dict.fromkeys(word_leaves(query)))
        self._leaves = [(leaf, tuple(map(_remembered, word_tests(leaf, language)))) for leaf in leaves]

    def mark(self, article: Article) -> Marks:
        """Everywhere the query matches in an article."""
        return Marks(
            title=_merged(self._matches(article.title, "title")),
            dek=_merged(self._matches(article.dek or "", "dek")),
            body=_merged(self._matches(article.body, "body")),
            links=tuple(_merged(self._matches(link.headline, "links")) for link in article.links),
            names=tuple(name for name in NAME_FIELDS if self._matches_name(article, name)),
        )

    def illustrate(self, hit: Hit) -> Hit:
        """The hit with its title, dek, snippets, links and `matched_in` filled."""
        article = hit.article
        marks = self.mark(article)
        links = tuple(LinkMatch(link, spans) for link, spans in zip(article.links, marks.links, strict=True) if spans)
        return replace(
            hit,
            matched_in=marks.matched_in,
            title=Snippet("title", article.title, marks.title),
            dek=Snippet("dek", article.dek, marks.dek) if article.dek else None,
            snippets=self._snippets(article.body),
            links=links,
        )

    def _matches(self, text: str, field: str) -> list[_Match]:
        wanted = [(number, *leaf) for number, leaf in enumerate(self._leaves) if field in fields_of(leaf[0])]
        if not text or not wanted:
            return []
        tokens = list(tokenize(text))
        matches = []
        for number, leaf, tests in wanted:
            matches += [_Match(start, end, number) for start, end in _leaf_spans(tokens, leaf, tests)]
        return sorted(matches, key=lambda match: (match.start, match.end))

    def _matches_name(self, article: Article, field: str) -> bool:
        texts = {"author": article.authors, "publisher": (article.publisher or "",), "path": (article.source,)}[field]
        return any(self._matches(text, field) for text in texts)

    def _snippets(self, body: str) -> tuple[Snippet, ...]:
        matches = self._matches(body, "body")
        if self._options.count == 0:
            return ()
        if not matches:
            lead = _window(body, 0, 0, self._options.chars)
            return (_cut(body, lead, ()),) if body.strip() else ()
        spans = _merged(matches)
        return tuple(_cut(body, window, spans) for window in _best_windows(body, matches, self._options))


def _remembered(test: WordTest) -> WordTest:
    """The same predicate, asked once for each word."""
    known: dict[str, bool] = {}

    def remembering(word: str) -> bool:
        answer = known.get(word)
        if answer is None:
            answer = known[word] = test(word)
        return answer

    return remembering


def _leaf_spans(tokens: Sequence[Token], leaf: WordLeaf, tests: Sequence[WordTest]) -> list[Span]:
    runs = leaf_runs(tokens, leaf, tests)
    if not runs:
        return []
    places: dict[tuple[int, int], Span] = {}
    for token in tokens:
        for number, test in enumerate(tests):
            if test(token.word):
                places.setdefault((number, token.position), _token_span(token, leaf))
    spans = []
    for run in runs:
        parts = [places[number, position] for number, position in enumerate(run)]
        if isinstance(leaf, Phrase) and leaf.slop == 0:
            spans.append((parts[0][0], parts[-1][1]))
        else:
            spans += parts
    return spans


def _token_span(token: Token, leaf: WordLeaf) -> Span:
    if isinstance(leaf, Term) and token.word != leaf.word and is_lone_character(leaf.word):
        return token.start, min(token.start + len(leaf.word), token.end)
    return token.start, token.end


def _merged(matches: Sequence[_Match]) -> tuple[Span, ...]:
    """The spans of sorted matches, overlapping ones made one."""
    spans: list[Span] = []
    for match in matches:
        if spans and match.start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], match.end))
        else:
            spans.append((match.start, match.end))
    return tuple(spans)


# --- snippets ----------------------------------------------------------------------------------------------------


def _best_windows(text: str, matches: Sequence[_Match], options: SnippetOptions) -> list[Span]:
    """At most `count` windows, in the order of the text: first the one that shows most leaves (then most matches, then
    the earliest), then each time the one that adds most to what is shown."""
    candidates: dict[Span, list[_Match]] = {}
    ends = [match.end for match in matches]
    for match in matches:
        window = _window(text, match.start, match.end, options.chars)
        if window not in candidates:
            first = bisect_left(ends, window[0] + 1)
            inside = []
            for other in matches[first:]:
                if other.start >= window[1]:
                    break
                if other.start >= window[0] and other.end <= window[1]:
                    inside.append(other)
            candidates[window] = inside
    chosen: list[Span] = []
    shown: set[int] = set()
    while candidates and len(chosen) < options.count:
        best = max(
            candidates,
            key=lambda window: (
                len({match.leaf for match in candidates[window]} - shown),
                len({match.leaf for match in candidates[window]}),
                len(candidates[window]),
                -window[0],
            ),
        )
        chosen.append(best)
        shown |= {match.leaf for match in candidates[best]}
        candidates = {w: inside for w, inside in candidates.items() if w[1] <= best[0] or w[0] >= best[1]}
    return sorted(chosen)


def _window(text: str, start: int, end: int, chars: int) -> Span:
    """About `chars` characters around a match, inside its paragraph: from the beginning of its sentence where that is
    near enough, else from a word some way before it."""
    paragraph_start = text.rfind("\n", 0, start) + 1
    paragraph_end = text.find("\n", end)
    paragraph_end = len(text) if paragraph_end < 0 else paragraph_end
    if paragraph_end - paragraph_start <= chars:
        return _stripped(text, paragraph_start, paragraph_end)
    earliest = max(paragraph_start, start - chars // 2)
    begin = earliest
    if earliest > paragraph_start:
        sentences = list(_SENTENCE_START.finditer(text, earliest, start))
        begin = sentences[0].end() if sentences else _next_word(text, max(paragraph_start, start - chars // 4), start)
    finish = min(max(begin + chars, end), paragraph_end)
    if paragraph_end - finish < chars // 8:
        return _stripped(text, begin, paragraph_end)
    return _stripped(text, begin, _previous_word_end(text, finish, end))


def _next_word(text: str, at: int, limit: int) -> int:
    """The beginning of the first word from `at` on, `at` itself where no space comes before `limit`."""
    space = re.compile(r"\s+").search(text, at, limit)
    return space.end() if space and at > 0 and not text[at - 1].isspace() else at


def _previous_word_end(text: str, at: int, limit: int) -> int:
    """The end of the last whole word before `at`, `at` itself where there is no space behind `limit`."""
    if at >= len(text) or text[at].isspace():
        return at
    cut = max(text.rfind(" ", limit, at), text.rfind("\u3000", limit, at))
    return cut if cut > limit else at


def _stripped(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _cut(text: str, window: Span, spans: Sequence[Span]) -> Snippet:
    start, end = window
    inside = tuple((max(a, start) - start, min(b, end) - start) for a, b in spans if a < end and b > start)
    return Snippet(
        "body",
        text[start:end],
        inside,
        start,
        more_before=bool(text[:start].strip()),
        more_after=bool(text[end:].strip()),
    )
