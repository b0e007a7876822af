"""Evaluation: both kernels give the same hits with bitwise equal scores, at the edges too."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import product
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchkit.article import Article
from searchkit.engine import SORTS, Engine, IndexingOptions, Ranking, SearchOptions, SearchResult
from searchkit.engines.memory import MemoryEngine
from searchkit.engines.whoosh import WhooshEngine, arrays, evaluation, expansion, kernels, leaves, lists, postings
from searchkit.engines.whoosh.cache import Cache
from searchkit.engines.whoosh.expansion import expand
from searchkit.engines.whoosh.snapshot import Snapshot
from searchkit.errors import EngineError, IndexDamagedError, QueryLimitError
from searchkit.matching import word_tests
from searchkit.query import (
    And,
    Boost,
    DateRange,
    Fuzzy,
    Keyword,
    MatchAll,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Term,
    Undated,
    Wildcard,
    word_leaves,
)
from tests import strategies
from tests.engines.contract import article, fill, ids
from tests.engines.test_agreement import assert_same_result
from tests.engines.whoosh.building import build

KERNELS = (arrays, lists)
ONE_JOB = IndexingOptions(memory_mb=32, jobs=1)


@contextmanager
def kernel(chosen: ModuleType) -> Iterator[None]:
    """Evaluate with one kernel, whatever a query costs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "choose_kernel", lambda *_: chosen)
        yield


def results(engine: Engine, query: Query, options: SearchOptions) -> list[list[tuple[Any, ...]]]:
    """What each kernel finds, scores and parts of scores to the last bit."""
    found = []
    for each in KERNELS:
        with kernel(each):
            result = engine.search(query, options)
            hits = [(hit.rank, hit.article.id, hit.score.hex(), hit.parts) for hit in result.hits]
            assert result.total == engine.count(query, options)
            assert all(type(score) is float for hit in hits for _, score in hit[3])
            found.append([*hits, (result.total,)])
    return found


def both(articles: Sequence[Sequence[Article]], folder: str) -> tuple[MemoryEngine, WhooshEngine]:
    """Some articles, a commit each part, in the memory engine and in an index."""
    memory, engine = MemoryEngine(), WhooshEngine(Path(folder) / "index", create=True)
    for part in articles:
        fill(memory, *part)
        with engine.writer(options=ONE_JOB) as writer:
            for each in part:
                writer.add(each)
    return memory, engine


rankings = st.builds(
    Ranking,
    title=st.sampled_from((0.0, 3.0)),
    body=st.sampled_from((0.0, 1.0, 0.1)),
    k1=st.sampled_from((0.0, 1.2, 3.0)),
    b=st.sampled_from((0.0, 0.75, 1.0)),
)


@settings(max_examples=40)
@given(
    st.lists(st.lists(strategies.articles, min_size=1, max_size=6), min_size=1, max_size=3),
    st.lists(strategies.queries, min_size=6, max_size=6),
    rankings,
    st.sampled_from(("en", None, "fr")),
    st.booleans(),
)
def test_both_kernels_give_the_same(
    parts: list[list[Article]], queries: list[Query], ranking: Ranking, language: str | None, reverse: bool
) -> None:
    """Over several segments with replaced articles, both kernels give the same hits, in every order, with bitwise equal
    scores and parts, and they are those of the memory engine."""
    with tempfile.TemporaryDirectory() as folder:
        memory, engine = both(parts, folder)
        with memory, engine:
            for query in queries:
                for sort in SORTS:
                    options = SearchOptions(0, 0, sort, reverse, language, ranking, explain=True)
                    by_arrays, by_lists = results(engine, query, options)
                    assert by_arrays == by_lists, str(query)
                    for each in KERNELS:
                        with kernel(each):
                            actual = engine.search(query, options)
                            assert_same_result(memory.search(query, options), actual, query)
                    for limit, offset in ((1, 0), (2, 1), (3, 100)):
                        paged = SearchOptions(limit, offset, sort, reverse, language, ranking)
                        by_arrays, by_lists = results(engine, query, paged)
                        assert by_arrays == by_lists


def test_many_operands_add_up_in_order(tmp_path: Path) -> None:
    """Scores of many operands are added in their order, in a segment where few articles match as in one where all do,
    by either kernel: equal articles have equal scores, and go by their id."""
    words = [f"w{n}" for n in range(24)]
    text = " ".join(word + " x" * n for n, word in enumerate(words))
    same = [article(f"a{n}", text, source="s") for n in range(3)]
    filler = [article(f"z{n}", "filler " * (n % 9)) for n in range(600)]
    _, engine = both([[same[2], same[1]], [same[0], *filler]], str(tmp_path))
    with engine:
        for query in (Or(tuple(map(Term, words))), And(tuple(map(Term, words)))):
            by_arrays, by_lists = results(engine, query, SearchOptions())
            assert by_arrays == by_lists
            assert [hit[1] for hit in by_arrays[:-1]] == ["a0", "a1", "a2"]
            assert len({hit[2] for hit in by_arrays[:-1]}) == 1


@pytest.mark.parametrize("matching", [1, 255, 256, 257, 1000])
def test_phrases_in_long_lists(tmp_path: Path, matching: int) -> None:
    """Phrases of words in short and long lists, wide and narrow, agree with the memory engine in both kernels."""
    articles = [
        article(f"{n:04}", "rare common " * (n % 97 == 5) + "common filler " * (1 + n % 3) + "rare" * (n % 50 == 0))
        for n in range(matching)
    ]
    memory, engine = both([articles], str(tmp_path))
    queries: list[Query] = [
        Phrase(("rare", "common")),
        Phrase(("common", "rare"), 2),
        Phrase(("filler", "common", "filler")),
        Phrase(("common", "filler", "rare"), 1000),
        Phrase(("common", "common"), 1),
        Phrase(("filler", "filler")),
    ]
    with memory, engine:
        for query in queries:
            for each in KERNELS:
                with kernel(each):
                    options = SearchOptions(limit=0)
                    assert_same_result(memory.search(query, options), engine.search(query, options), query)


def test_phrases_beyond_the_narrow_positions(tmp_path: Path) -> None:
    """Words that stand behind the 65,535th are found there, not at what two bytes hold of their places, beside articles and
    fields in which they stand near the front."""
    far = "alpha " + "x " * 65_533 + "alpha beta gamma"
    apart = "alpha gamma " + "x " * 65_535 + "beta gamma"
    parts = [
        [article("far", far, title="alpha"), article("near", "beta alpha beta gamma")],
        [article("apart", apart), article("title", "x", title="alpha beta")],
    ]
    memory, engine = both(parts, str(tmp_path))
    alpha, beta, gamma = map(Term, ("alpha", "beta", "gamma"))
    queries: list[Query] = [
        Phrase(("alpha", "beta")),
        Phrase(("beta", "gamma")),
        Phrase(("alpha", "gamma"), 1),
        Phrase(("alpha", "beta", "gamma")),
        Or((alpha, beta, gamma)),
    ]
    options = SearchOptions(explain=True)
    with memory, engine:
        assert engine.count(Phrase(("alpha", "beta"))) == 3
        for query in queries:
            by_arrays, by_lists = results(engine, query, options)
            assert by_arrays == by_lists
            assert_same_result(memory.search(query, options), engine.search(query, options), query)


@pytest.mark.parametrize("options", [
    *(SearchOptions(limit=limit, explain=True) for limit in (0, 1, 7)),
    *(SearchOptions(limit=5, offset=4, sort=sort, reverse=reverse) for sort in SORTS for reverse in (False, True)),
], ids=str)  # fmt: skip
def test_pairs_count_wherever_they_stand(tmp_path: Path, options: SearchOptions) -> None:
    """What neighbouring words of a query add where they stand near one another is found by both kernels, however few
    hits are asked for, over several segments with replaced articles, in each order."""
    random = Random(5)
    words = [f"w{n}" for n in range(60)]

    def one(n: int) -> Article:
        title, body = " ".join(random.choices(words, k=2)), " ".join(random.choices(words, k=5))
        planted = " ".join(random.sample(words[:4], 2) * (random.random() < 0.1))
        return article(f"{n:03}", f"{body} {planted}", title=title, published=date(2017, 1, 1 + n % 28))

    parts = [[one(n) for n in range(90)], [one(n) for n in range(60, 200)], [one(n) for n in range(10)]]
    memory, engine = both(parts, str(tmp_path))
    a, b, c, d = map(Term, words[:4])
    queries: list[Query] = [
        Or((a, b)), And((a, b)), Or((a, b, a, c, d)), Or((Boost(And((b, c)), 3.0), d)), And((Or((a, b)), Not(c))),
        Or((Term("w0", "title"), Term("w1", "title"), b)), Or((And((a, Not(Or((b, c))))), d, a)), Or((a, a)),
    ]  # fmt: skip
    counted = 0
    with memory, engine:
        for query in queries:
            for each in KERNELS:
                with kernel(each):
                    expected = memory.search(query, options)
                    assert_same_result(expected, engine.search(query, options), query)
            counted += sum("~2" in part for hit in memory.search(query, options).hits for part, _ in hit.parts)
    assert counted or not options.explain


def test_postings_searched_and_scanned_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the postings of the articles that a pair may lift are searched for or all looked at, scores are the same to
    the last bit."""
    random = Random(7)
    words = [f"w{n}" for n in range(40)]
    articles = [article(f"{n:03}", " ".join(random.choices(words, k=12)), title=words[n % 9]) for n in range(300)]
    memory, engine = both([articles], str(tmp_path))
    query = Or((Term("w0"), Term("w1"), Term("w2")))
    found = []
    with memory, engine, kernel(arrays):
        for cost in (0, 1_000_000):
            monkeypatch.setattr(postings, "_SEARCH", cost)
            found.append(
                [(hit.article.id, hit.score.hex()) for hit in engine.search(query, SearchOptions(limit=0)).hits]
            )
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("module", "name", "values"),
    [
        (leaves, "_BATCH_POSTINGS", (0, 100)),
        (evaluation, "_FEW_ARTICLES", (0, 10)),
        (postings, "_FEW_KEYS", (0, 10)),
        (postings, "_MOST_KEYS", (0, 20_000)),
        (arrays, "_ROW_SHARE", (0, 1_000_000)),
    ],
)
def test_how_much_is_done_at_once_changes_no_score(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, values: Sequence[int]
) -> None:
    """Whether words are read and scored, pairs looked up, and scores added one by one or many at once, scores are the same
    to the last bit."""
    random = Random(13)
    words = [f"w{n}" for n in range(60)]

    def part() -> list[Article]:
        return [article(f"{n:03}", " ".join(random.choices(words, k=12)), title=words[n % 30]) for n in range(150)]

    memory, engine = both([part(), part()], str(tmp_path))
    several = [Term(word) for word in words[:6]]
    queries: list[Query] = [
        Or(tuple(several)),
        Or((*several[:3], Term("w1", "title"), Term("w2", "title"), Wildcard("w1*"))),
    ]
    found = []
    with memory, engine, kernel(arrays):
        for value in (None, *values):
            if value is not None:
                monkeypatch.setattr(module, name, value)
            for query, limit in product(queries, (0, 3)):
                monkeypatch.setattr(engine._reading(), "leaves", Cache(1_000_000))
                result = engine.search(query, SearchOptions(limit=limit))
                hits = list(result.hits)
                assert_same_result(
                    memory.search(query, SearchOptions(limit=limit)), SearchResult(hits, result.total), query
                )
                found.append((query, limit, [(hit.article.id, hit.score.hex()) for hit in hits]))
    assert found == found[:4] * 3
    assert all(hits for *_, hits in found)


@pytest.mark.parametrize("cost", [0, 1_000_000])
def test_a_doubled_character_stands_once_in_each_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cost: int
) -> None:
    """Of characters written twice, each of which begins two words at one place, phrases and pairs count one place."""
    monkeypatch.setattr(postings, "_SEARCH", cost)
    texts = ("中中 x", "中 x", "中中中 x x", *["filler filler"] * 20)
    memory, engine = both([[article(f"{n:02}", text) for n, text in enumerate(texts)]], str(tmp_path))
    options = SearchOptions(explain=True)
    with memory, engine:
        for query in (Phrase(("中", "x"), 2), Phrase(("中", "中"), 1), Or((Term("中"), Term("x")))):
            for each in KERNELS:
                with kernel(each):
                    assert_same_result(memory.search(query, options), engine.search(query, options), query)


def test_a_fuzzy_word_that_is_one_character(tmp_path: Path) -> None:
    """A fuzzy word which is one character of an unspaced script lifts the articles that hold it as a word, and not
    those in which it only begins one."""
    memory, engine = both([[article("a", "中国"), article("b", "国中"), article("c", "中")]], str(tmp_path))
    with memory, engine:
        for word in ("中", "国", "中国"):
            for each in KERNELS:
                with kernel(each):
                    options = SearchOptions(explain=True)
                    query = Fuzzy(word)
                    assert_same_result(memory.search(query, options), engine.search(query, options), query)


@settings(max_examples=60)
@given(st.lists(strategies.articles, min_size=1, max_size=8), strategies.queries, st.sampled_from(("en", "fr", None)))
def test_expansion_is_what_the_word_tests_accept(articles: list[Article], query: Query, language: str | None) -> None:
    """The words that a leaf stands for are those of the vocabulary that `matching.word_tests` accepts."""
    with tempfile.TemporaryDirectory() as folder:
        segment = build(Path(folder), articles).segment
        vocabulary = [word.decode() for word in segment.terms.words()]
        for leaf in word_leaves(query, negated=True):
            wanted = [
                [number for number, word in enumerate(vocabulary) if test(word)] for test in word_tests(leaf, language)
            ]
            assert expand(segment, leaf, language) == wanted


_alphabet = st.text("aábc中国ß1", max_size=4)


@settings(max_examples=300)
@given(
    st.sets(_alphabet, max_size=40),
    st.one_of(
        st.builds(Prefix, _alphabet.filter(bool)),
        st.builds(Wildcard, st.text("ab中*?", min_size=1, max_size=6)),
        st.builds(Fuzzy, _alphabet.filter(bool), st.sampled_from((1, 2))),
        st.builds(Term, _alphabet.filter(bool)),
        st.builds(Phrase, st.lists(_alphabet.filter(bool), min_size=1, max_size=2).map(tuple)),
    ),
    st.booleans(),
)
def test_expansion_of_any_words(words: set[str], leaf: Any, numpy: bool) -> None:
    """Prefixes, patterns and near words are found among any vocabulary, with numpy and without."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        segment = build(Path(folder), [article("a", " ".join(sorted(words)))]).segment
        vocabulary = [word.decode() for word in segment.terms.words()]
        wanted = [[number for number, word in enumerate(vocabulary) if test(word)] for test in word_tests(leaf, None)]
        patch.setattr(expansion, "has_numpy", lambda: numpy)
        assert expand(segment, leaf, None) == wanted


@pytest.mark.parametrize("chosen", KERNELS)
def test_expansions_are_counted_over_all_segments(tmp_path: Path, chosen: ModuleType) -> None:
    """A pattern stands for too many words also when no one segment has so many; words in several count once."""
    parts = [[article(f"{n}", f"w{n} wx wy")] for n in range(4)]
    memory, engine = both(parts, str(tmp_path))
    with memory, engine, kernel(chosen):
        for leaf in (Prefix("w"), Wildcard("w*"), Fuzzy("w1")):
            for each in (memory, engine):
                with pytest.raises(QueryLimitError, match="more than 5"):
                    each.search(leaf, SearchOptions(max_expansions=5))
                assert each.count(leaf, SearchOptions(max_expansions=6)) == 4


# --- the edges


@pytest.mark.parametrize("chosen", KERNELS)
def test_postings_that_do_not_fit_their_dictionary(tmp_path: Path, chosen: ModuleType) -> None:
    """A posting more or less, an article beyond the last, another frequency: damage in short lists and long ones, and no
    hits."""
    texts = ["x " * (1 + n % 6) + "rare" * (n % 20 == 19) for n in range(400)]
    _, engine = both([[article(f"{n:03}", text) for n, text in enumerate(texts)]], str(tmp_path))
    with engine:
        (view,) = engine._reading().views
        terms = view.segment.terms
        entries = {word: terms.entries(terms.find(word.encode()))[0] for word in ("x", "rare")}
    tried = 0
    for (word, entry), (kind, bit) in product(
        entries.items(), (("docs", 0x80), ("docs", 0x20), ("docs", 0x01), ("freqs", 0x80), ("freqs", 0x01))
    ):
        (path,) = (tmp_path / "index").glob(f"*.{kind}")
        data = path.read_bytes()
        begin, length = getattr(entry, kind)
        for place in range(8 + begin, 8 + begin + length, 19):  # behind the magic number
            path.write_bytes(data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :])
            with (
                WhooshEngine(tmp_path / "index") as damaged,
                kernel(chosen),
                pytest.raises(IndexDamagedError, match=path.name),
            ):
                damaged.search(Term(word))
            tried += 1
        path.write_bytes(data)
    assert tried > 50


@pytest.mark.parametrize("chosen", KERNELS)
def test_an_index_without_articles(tmp_path: Path, chosen: ModuleType) -> None:
    """Where nothing is indexed, or all is deleted, every query finds nothing."""
    queries: list[Query] = [
        MatchAll(),
        Term("a"),
        Not(Term("a")),
        Phrase(("a", "b")),
        Fuzzy("a"),
        DateRange(None, None),
        Undated(),
        Keyword("lang", "en"),
        Keyword("id", "a"),
    ]
    with WhooshEngine(tmp_path / "index", create=True) as engine, kernel(chosen):
        assert [ids(engine, query) for query in queries] == [[]] * len(queries)
        fill(engine, article("a", "a b", language="en"))
        with engine.writer() as writer:
            writer.delete("a")
        for sort in SORTS:
            assert [ids(engine, query, sort=sort, limit=0) for query in queries] == [[]] * len(queries)


@pytest.mark.parametrize("chosen", KERNELS)
def test_offset_beyond_the_end(tmp_path: Path, chosen: ModuleType) -> None:
    """An offset behind the last hit gives no hits, and the total all the same; with limit 0 too."""
    _, engine = both([[article("a", "x"), article("b", "x")], [article("c", "x")]], str(tmp_path))
    with engine, kernel(chosen):
        for sort in SORTS:
            for limit in (0, 1, 10):
                result = engine.search(Term("x"), SearchOptions(limit=limit, offset=3, sort=sort))
                assert (list(result.hits), result.total) == ([], 3)
                assert ids(engine, Term("x"), limit=limit, offset=2, sort=sort) == ["c"]


@pytest.mark.parametrize("chosen", KERNELS)
def test_equal_keys_go_by_id(tmp_path: Path, chosen: ModuleType) -> None:
    """Articles of equal score, title and moment go by their id, over segments, in either direction, page by page; those
    without a date stay last."""
    day = date(2020, 1, 1)
    values = {"id_": ["c", "B", "ab", "é", "a", "aa"], "dated": [True, False, True, True, False, True]}
    articles = [
        article(id_, "x", title="Same", source="s", published=day if dated else None)
        for id_, dated in zip(values["id_"], values["dated"], strict=True)
    ]
    memory, engine = both([articles[:2], articles[2:5], articles[5:]], str(tmp_path))
    with memory, engine, kernel(chosen):
        for sort in SORTS:
            for reverse in (False, True):
                whole = ids(memory, Term("x"), sort=sort, reverse=reverse, limit=0)
                assert ids(engine, Term("x"), sort=sort, reverse=reverse, limit=0) == whole
                for limit in (1, 2, 4):
                    pages = [
                        ids(engine, Term("x"), sort=sort, reverse=reverse, limit=limit, offset=offset)
                        for offset in range(0, 6, limit)
                    ]
                    assert [id_ for page in pages for id_ in page] == whole
        assert ids(engine, Term("x"), sort="date")[-2:] == ["B", "a"]
        assert ids(engine, Term("x"), sort="date", reverse=True)[-2:] == ["B", "a"]


@pytest.mark.parametrize("chosen", KERNELS)
def test_the_ends_of_the_calendar(tmp_path: Path, chosen: ModuleType) -> None:
    """The first and last moments of the calendar are dates like any other."""
    published = (date.min, datetime.min, date.max, datetime.max, None, date(1969, 12, 31))
    memory, engine = both([[article(f"{n}", published=each) for n, each in enumerate(published)]], str(tmp_path))
    queries: list[Query] = [
        DateRange(None, None),
        DateRange(date.min, date.min),
        DateRange(date.max, date.max),
        DateRange(date.max, None),
        DateRange(None, date.max),
        DateRange(date(2020, 1, 1), date(2019, 1, 1)),
        Undated(),
    ]
    with memory, engine, kernel(chosen):
        for query in queries:
            for reverse in (False, True):
                options = SearchOptions(0, 0, "date", reverse)
                assert_same_result(memory.search(query, options), engine.search(query, options), query)


@pytest.mark.parametrize("chosen", KERNELS)
def test_text_without_utf8_in_queries(tmp_path: Path, chosen: ModuleType) -> None:
    """A query with lone surrogates finds nothing, or the id that begins so; it is no damage of the index."""
    memory, engine = both([[article("\udc80a", "x"), article("b", "x", language="e\udc80")]], str(tmp_path))
    odd = "\udc80"
    leaves: list[Query] = [
        Term(odd),
        Prefix(odd),
        Wildcard(odd + "*"),
        Wildcard("*" + odd),
        Fuzzy(odd + "x"),
        Phrase((odd, "x")),
        Phrase((odd,), 0, "author"),
        Keyword("id", odd),
        Keyword("lang", "e" + odd),
    ]
    with memory, engine, kernel(chosen):
        for query in leaves:
            assert ids(engine, query) == ids(memory, query), repr(query)
        assert engine.nearest_words("x" + odd) == memory.nearest_words("x" + odd)


def test_a_stream_ends_with_its_engine(tmp_path: Path) -> None:
    """All hits, streamed, are read while the engine is open; afterwards that is said, and is no damage."""
    _, engine = both([[article(f"{n}", "x") for n in range(3)]], str(tmp_path))
    with engine:
        unread, begun = (iter(engine.search(Term("x"), SearchOptions(limit=0)).hits) for _ in range(2))
        next(begun)
    for stream in (unread, begun):
        with pytest.raises(EngineError) as caught:
            list(stream)
        assert not isinstance(caught.value, IndexDamagedError)


def test_the_kernels_have_the_same_functions() -> None:
    """Whatever evaluation calls is in both kernels."""
    names = {name for name in vars(lists) if not name.startswith("_") and callable(vars(lists)[name])}
    needed = {name for name in names if f"kernel.{name}(" in Path(evaluation.__file__).read_text()}
    assert needed
    assert all(callable(getattr(arrays, name)) for name in needed)
    assert kernels.choose_kernel(lambda: 0, Snapshot(Path(), 0, [])) is arrays  # numpy is here already
