"""Service: query text -> tree -> engine -> SearchResult with snippets, and the advice when nothing is found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from searchkit.article import Article, article_id
from searchkit.engine import Engine, SearchOptions, SearchResult
from searchkit.errors import AmbiguousIdError, ArticleNotFoundError, QueryError, QuerySyntaxError
from searchkit.query import And, DateRange, Fuzzy, MatchAll, Phrase, Query, Term, WordLeaf, word_leaves
from searchkit.queryparser import parse_query
from searchkit.value import Value, replace

if TYPE_CHECKING:
    from searchkit.highlight import SnippetOptions


class Request(Value):
    """A query as a user states it. `since` and `until` are dates of the query language (`2017-03`, `2w`), the days
    they name included; `field` is searched by words that name none; `any_word` joins words by OR."""

    text: str
    any_word: bool = False
    field: str | None = None
    since: str | None = None
    until: str | None = None


class Advice(Value):
    """What would have helped a query that found nothing.

    `unknown`: words which match nothing in the index, each with the nearest indexed words. `any_total`: how many
    articles match when the words are joined by OR, `unbounded_total`: without `since` and `until` (None: that would be
    the same query).
    """

    unknown: tuple[tuple[str, tuple[str, ...]], ...]
    any_total: int | None
    unbounded_total: int | None = None


def build_query(request: Request, today: date | None = None) -> Query:
    """The tree of a request. Raises `QuerySyntaxError`, `QueryLimitError`."""
    query = parse_query(request.text, any_word=request.any_word, field=request.field, today=today)
    start = _bound(request.since, "since", today)
    end = _bound(request.until, "until", today)
    if start and end and start > end:
        shown = f"--since {request.since} --until {request.until}"
        raise QuerySyntaxError(f"{start} is later than {end}, so nothing lies between", shown, 0, "exchange them")
    if start is None and end is None:
        return query
    window = DateRange(start, end)
    return window if isinstance(query, MatchAll) else And((query, window))


def search(
    engine: Engine,
    query: Query,
    options: SearchOptions = SearchOptions(),
    snippets: SnippetOptions | None = None,
) -> SearchResult:
    """What the engine finds, each hit with its matches marked; `snippets` None leaves the marking out (it takes most
    of the time of a short search, and some outputs show none)."""
    result = engine.search(query, options)
    if snippets is None:
        return result
    from searchkit.highlight import Highlighter

    highlighter = Highlighter(query, options.language, snippets)
    hits = map(highlighter.illustrate, result.hits)
    return replace(result, hits=tuple(hits) if options.limit else hits)


def advise(engine: Engine, request: Request, options: SearchOptions = SearchOptions()) -> Advice:
    """Why a request found nothing, as far as its words tell."""
    query = build_query(request)
    unknown = []
    for leaf in dict.fromkeys(word_leaves(query)):
        for single in _single_words(leaf):
            if not _stands_for_words(engine, single, options):
                unknown.append((str(single), _nearest(engine, single, options)))
    any_total = _total_instead(engine, replace(request, any_word=True), query, options)
    unbounded_total = _total_instead(engine, replace(request, since=None, until=None), query, options)
    return Advice(tuple(dict.fromkeys(unknown)), any_total, unbounded_total)


def find_article(engine: Engine, name: str) -> Article:
    """The article of an id, an unambiguous beginning of one, a source (`path#record`) or a path that holds one article.

    Raises `ArticleNotFoundError`, `AmbiguousIdError` (with candidates).
    """
    candidates = _candidates(engine, name)
    if not candidates:
        raise ArticleNotFoundError(
            f"no article has the id, path or record {name!r}; searchkit query prints the path of each hit"
        )
    if len(candidates) > 1:
        sources = tuple(article.source for article in map(engine.get, candidates[:5]) if article)
        raise AmbiguousIdError(
            f"{name!r} stands for several articles, among them {', '.join(sources)}; name one of them", sources
        )
    article = engine.get(candidates[0])
    if article is None:
        raise ArticleNotFoundError(f"the article {name!r} has just been removed; search again")
    return article


def _candidates(engine: Engine, name: str) -> list[str]:
    exact = article_id(name)
    if engine.get(exact):
        return [exact]
    lower = name.lower()
    if lower and all(c in "0123456789abcdef" for c in lower):
        found = engine.ids_starting_with(lower, 6)
        if found:
            return found
    return sorted(engine.fingerprints(name))


def _stands_for_words(engine: Engine, leaf: WordLeaf, options: SearchOptions) -> bool:
    try:
        return bool(engine.expand(leaf, options))
    except QueryError:  # too many words, or too slowly counted: not what was missing
        return True


def _total_instead(engine: Engine, request: Request, query: Query, options: SearchOptions) -> int | None:
    """How many articles another request finds; None where it is the same query, or cannot be answered."""
    widened = build_query(request)
    if widened == query:
        return None
    try:
        return engine.count(widened, options)
    except QueryError:
        return None


def _nearest(engine: Engine, leaf: WordLeaf, options: SearchOptions) -> tuple[str, ...]:
    """The indexed words most like a leaf's word, of those which its field holds."""
    match leaf:
        case Term(word=word, field=field) | Fuzzy(word=word, field=field) | Phrase(words=(word,), field=field):
            near = engine.nearest_words(word)
            return tuple(other for other in near if not field or engine.expand(Phrase((other,), 0, field), options))
    return ()


def _bound(text: str | None, option: str, today: date | None) -> date | None:
    """The first day of `--since`, the last of `--until`."""
    if text is None:
        return None
    from searchkit.dates import parse_date_range

    shown = f"--{option} {text}"
    if ".." in text or text.strip().lower() == "none":
        raise QuerySyntaxError("one date is wanted here, not a range", shown, len(shown) - len(text), "or use date:")
    ranged = f"{text}.." if option == "since" else f"..{text}"
    try:
        span = parse_date_range(ranged, today or datetime.now(UTC).date())
    except ValueError as error:
        raise QuerySyntaxError(str(error), shown, len(shown) - len(text)) from error
    assert span is not None
    return span[0] if option == "since" else span[1]


def _single_words(leaf: WordLeaf) -> Iterator[WordLeaf]:
    """A leaf as searches for one word each; patterns and fuzzy words stand for themselves."""
    if not isinstance(leaf, Phrase):
        yield leaf
        return
    for word in leaf.words:
        yield Phrase((word,), 0, leaf.field) if leaf.exact else Term(word, leaf.field)
