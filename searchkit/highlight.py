"""Article + query -> where the query matches in it, and the snippets that show it best: text and spans, no colours.

Works on the stored article alone, for every engine alike: phrases are marked as phrases, inflections and patterns mark
the words they stand for.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import islice

from searchkit.analysis import Token, character_end, is_lone_character, tokenize
from searchkit.article import Article
from searchkit.engine import Hit, LinkMatch, Snippet
from searchkit.fieldtext import field_parts
from searchkit.matching import WordTest, leaf_runs, word_tests
from searchkit.query import NAME_FIELDS, Phrase, Query, Term, WordLeaf, fields_of, word_leaves
from searchkit.value import Value, replace

Span = tuple[int, int]

_SENTENCE_START = re.compile(r"(?<=[.!?。！？؟।])[\"'”’»)\]]*\s+|(?<=[。！？])")


class SnippetOptions(Value):
    """At most `count` snippets of the body, each of about `chars` characters, and as many names of a field that match."""

    count: int = 2
    chars: int = 200


class Marks(Value):
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


class _Match(Value):
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
        return self._mark(article, self._matches(article.body, "body"))

    def illustrate(self, hit: Hit) -> Hit:
        """The hit with its title, dek, snippets, links and `matched_in` filled."""
        article = hit.article
        body_matches = self._matches(article.body, "body")
        marks = self._mark(article, body_matches)
        links = tuple(LinkMatch(link, spans) for link, spans in zip(article.links, marks.links, strict=True) if spans)
        return replace(
            hit,
            matched_in=marks.matched_in,
            title=Snippet("title", article.title, marks.title),
            dek=Snippet("dek", article.dek, marks.dek) if article.dek else None,
            snippets=(
                *_snippets(article.body, body_matches, marks.body, self._options),
                *(
                    snippet
                    for field in marks.names
                    if field != "path"
                    for snippet in self._name_snippets(article, field)
                ),
            ),
            links=links,
        )

    def _mark(self, article: Article, body_matches: Sequence[_Match]) -> Marks:
        return Marks(
            title=_merged(self._matches(article.title, "title")),
            dek=_merged(self._matches(article.dek or "", "dek")),
            body=_merged(body_matches),
            links=tuple(_merged(self._matches(link.headline, "links")) for link in article.links),
            names=tuple(name for name in NAME_FIELDS if self._matches_name(article, name)),
        )

    def _matches(self, text: str, field: str) -> list[_Match]:
        wanted = [(number, *leaf) for number, leaf in enumerate(self._leaves) if field in fields_of(leaf[0])]
        if not text or not wanted:
            return []
        tokens = list(tokenize(text))
        matches = []
        for number, leaf, tests in wanted:
            matches += [_Match(start, end, number) for start, end in _leaf_spans(tokens, text, leaf, tests)]
        return sorted(matches, key=lambda match: (match.start, match.end))

    def _matches_name(self, article: Article, field: str) -> bool:
        return any(self._matches(text, field) for text in field_parts(article, field))

    def _name_snippets(self, article: Article, field: str) -> tuple[Snippet, ...]:
        """The first names that match, whole."""
        found = ((name, _merged(self._matches(name, field))) for name in field_parts(article, field))
        matching = (Snippet(field, name, spans) for name, spans in found if spans)
        return tuple(islice(matching, self._options.count))


def _remembered(test: WordTest) -> WordTest:
    """The same predicate, asked once for each word."""
    known: dict[str, bool] = {}

    def remembering(word: str) -> bool:
        answer = known.get(word)
        if answer is None:
            answer = known[word] = test(word)
        return answer

    return remembering


def _leaf_spans(tokens: Sequence[Token], text: str, leaf: WordLeaf, tests: Sequence[WordTest]) -> list[Span]:
    if len(tests) == 1:
        return [_token_span(token, text, leaf, 0) for token in tokens if tests[0](token.word)]
    runs = leaf_runs(tokens, leaf, tests)
    if not runs:
        return []
    places: dict[tuple[int, int], Span] = {}
    for token in tokens:
        for number, test in enumerate(tests):
            if test(token.word):
                places.setdefault((number, token.position), _token_span(token, text, leaf, number))
    spans = []
    for run in runs:
        parts = [places[number, position] for number, position in enumerate(run)]
        if isinstance(leaf, Phrase) and leaf.slop == 0:
            spans.append((parts[0][0], parts[-1][1]))
        else:
            spans += parts
    return spans


def _token_span(token: Token, text: str, leaf: WordLeaf, number: int) -> Span:
    """Where a token is marked: of a pair found by its first character, only that."""
    wanted = leaf.word if isinstance(leaf, Term) else leaf.words[number] if isinstance(leaf, Phrase) else token.word
    if token.word == wanted or not is_lone_character(wanted):
        return token.start, token.end
    return token.start, min(character_end(text, token.start), token.end)


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


def _snippets(
    body: str, matches: Sequence[_Match], spans: Sequence[Span], options: SnippetOptions
) -> tuple[Snippet, ...]:
    """The stretches of the body that show the matches best, or its beginning where there are none."""
    if options.count == 0 or not body or body.isspace():
        return ()
    windows = _Windows(body, options.chars)
    if not matches:
        return (_cut(body, windows.around(*windows.first_word()), ()),)
    return tuple(_cut(body, window, spans) for window in _best_windows(windows, matches, options.count))


class _Candidate(Value):
    """A window and what it shows: `leaves` by number, and how many `matches`."""

    window: Span
    leaves: frozenset[int]
    matches: int


def _best_windows(windows: _Windows, matches: Sequence[_Match], count: int) -> list[Span]:
    """At most `count` windows, in the order of the text: first the one that shows most leaves (then most matches, then
    the earliest), then each time the one that adds most to what is shown."""
    starts = [match.start for match in matches]
    around = dict.fromkeys(windows.around(match.start, match.end) for match in matches)
    candidates = [_candidate(window, matches, starts) for window in around]
    chosen: list[Span] = []
    shown: frozenset[int] = frozenset()
    while candidates and len(chosen) < count:
        best = max(candidates, key=lambda c: (len(c.leaves - shown), len(c.leaves), c.matches, -c.window[0]))
        chosen.append(best.window)
        shown |= best.leaves
        start, end = best.window
        candidates = [c for c in candidates if c.window[1] <= start or c.window[0] >= end]
    return sorted(chosen)


def _candidate(window: Span, matches: Sequence[_Match], starts: Sequence[int]) -> _Candidate:
    first, last = bisect_left(starts, window[0]), bisect_left(starts, window[1])
    inside = [match.leaf for match in matches[first:last] if match.end <= window[1]]
    return _Candidate(window, frozenset(inside), len(inside))


class _Windows:
    """Stretches of about `chars` characters around places of a text, each inside its paragraph."""

    def __init__(self, text: str, chars: int) -> None:
        self.text = text
        self.chars = chars
        # Found once: to look for them from each of thousands of matches would take the square of the time.
        self._line_ends = [match.start() for match in re.finditer("\n", text)]

    def first_word(self) -> Span:
        """Where the text begins, behind any space."""
        start = len(self.text) - len(self.text.lstrip())
        return start, start + 1

    def around(self, start: int, end: int) -> Span:
        """The window for a match: from the beginning of its sentence where that is near enough, else from a word some
        way before it."""
        text, chars = self.text, self.chars
        paragraph_start, paragraph_end = self._paragraph(start, end)
        if paragraph_end - paragraph_start <= chars:
            return _stripped(text, paragraph_start, paragraph_end)
        begin = earliest = max(paragraph_start, start - chars // 2)
        if earliest > paragraph_start:
            sentence = _SENTENCE_START.search(text, earliest, start)
            begin = sentence.end() if sentence else _next_word(text, max(paragraph_start, start - chars // 4), start)
        finish = min(max(begin + chars, end), paragraph_end)
        if paragraph_end - finish < chars // 8:
            return _stripped(text, begin, paragraph_end)
        return _stripped(text, begin, _previous_word_end(text, finish, end))

    def _paragraph(self, start: int, end: int) -> Span:
        before, behind = bisect_left(self._line_ends, start), bisect_left(self._line_ends, end)
        first = self._line_ends[before - 1] + 1 if before else 0
        return first, self._line_ends[behind] if behind < len(self._line_ends) else len(self.text)


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
