"""The suite that every engine inherits: one test for each promise in the docstrings of `searchkit.engine`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from searchkit.article import Article, Link
from searchkit.engine import Engine, Ranking, SearchOptions, SourceState
from searchkit.errors import EngineError, IndexLockedError, QueryLimitError, QueryTimeoutError
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
)

STATE = SourceState(size_bytes=12, modified_ns=1_500_000_000_123_456_789, sha256="ab", articles=2)


def article(id: str, body: str = "", **values: Any) -> Article:
    """An article of which only the id and what a test is about matter."""
    defaults: dict[str, Any] = {"source": f"{id}.txt", "title": "", "sha256": f"sha of {id}"}
    return Article(id=id, body=body, **{**defaults, **values})


def fill(engine: Engine, *articles: Article) -> None:
    with engine.writer() as writer:
        for each in articles:
            writer.add(each)


def ids(engine: Engine, query: Query, **options: Any) -> list[str]:
    """The ids found, in order."""
    return [hit.article.id for hit in engine.search(query, SearchOptions(**options)).hits]


def found(engine: Engine, query: Query, **options: Any) -> set[str]:
    return set(ids(engine, query, limit=0, **options))


def score(engine: Engine, query: Query, id: str, **options: Any) -> float:
    return {hit.article.id: hit.score for hit in engine.search(query, SearchOptions(**options)).hits}[id]


class EngineContract:
    """Inherit it, give it the fixture `engine`, and `reopen` where the engine keeps its index.

    True differences between engines are the attributes here, each with its reason.
    """

    persists = True
    """False for an engine whose index ends with the process: nothing is there to open again."""

    forgets_at_once = True
    """False for an engine whose scores count deleted and replaced articles until its storage lets go of them."""

    @pytest.fixture
    def engine(self, tmp_path: Any) -> Iterator[Engine]:
        """A new, empty index."""
        raise NotImplementedError

    def reopen(self, engine: Engine) -> Engine:
        """The same index, opened once more; closed by the fixture."""
        raise NotImplementedError

    # --- writing

    def test_new_index_is_empty(self, engine: Engine) -> None:
        """A new index finds nothing, holds nothing and has generation 0."""
        assert ids(engine, MatchAll()) == []
        assert ids(engine, Term("mosul")) == []
        assert engine.get("a") is None
        assert list(engine.articles()) == []
        assert engine.sources() == {}
        assert engine.nearest_words("mosul") == []
        stats = engine.stats()
        assert (stats.articles, stats.words, stats.generation, stats.first_date) == (0, 0, 0, None)

    def test_committed_article_is_found(self, engine: Engine) -> None:
        """An article is found once its writer has ended."""
        fill(engine, article("a", "Airstrike in Mosul"))
        assert ids(engine, Term("mosul")) == ["a"]

    def test_staged_article_is_not_found(self, engine: Engine) -> None:
        """Before the writer ends, its changes are not visible."""
        fill(engine, article("old", "mosul"))
        with engine.writer() as writer:
            writer.add(article("new", "mosul"))
            writer.delete("old")
            assert ids(engine, Term("mosul")) == ["old"]
        assert ids(engine, Term("mosul")) == ["new"]

    def test_article_comes_back_whole(self, engine: Engine) -> None:
        """Every value of an article is stored: `get` returns an equal one."""
        whole = Article(
            id="a",
            source="news/a.jsonl#7",
            title="Title “quoted”",
            body="One.\n\nTwo \x1b[31m \x00 and 中国.",
            sha256="0" * 64,
            record="7",
            dek="Dek",
            authors=("Jane Doe", "J. O’Brien"),
            publisher="Reuters",
            published=datetime(2017, 3, 17, 23, 30, 1, 5, tzinfo=timezone(timedelta(hours=-5))),
            date_source="meta",
            language="en-US",
            url="https://example.org/a",
            links=(Link("Headline", "CNN", date(2025, 7, 8), "https://example.org/b"), Link("")),
            note="Jane Doe lives in Erbil.",
        )
        bare = article("b", published=date(2017, 3, 17))
        naive = article("c", published=datetime(2017, 3, 17, 12))
        fill(engine, whole, bare, naive)
        assert [engine.get("a"), engine.get("b"), engine.get("c")] == [whole, bare, naive]
        assert engine.get("a").published.utcoffset() == timedelta(hours=-5)  # type: ignore[union-attr]

    def test_lone_surrogates_do_no_harm(self, engine: Engine) -> None:
        """Text that has no UTF-8 form is stored and comes back, wherever it stands; the words beside it are found."""
        odd = article(
            "id\udc80",
            "mosul \ud800 raqqa",
            title="a\udfff",
            source="caf\udce9.txt",
            authors=("\udc80x",),
            publisher="\udc80",
            language="\udc80",
            links=(Link("\udc80 syria"),),
        )
        fill(engine, odd, article("b", "mosul"))
        assert engine.get("id\udc80") == odd
        assert ids(engine, Phrase(("mosul", "raqqa"))) == ["id\udc80"]
        assert ids(engine, Term("syria")) == ["id\udc80"]
        assert engine.fingerprints("caf\udce9.txt") == {"id\udc80": odd.sha256}
        assert engine.ids_starting_with("id") == ["id\udc80"]
        assert sorted(each.id for each in engine.articles()) == ["b", "id\udc80"]

    def test_unusable_article_harms_no_other(self, engine: Engine) -> None:
        """An article whose addition fails leaves a writer that goes on and commits the rest."""
        fill(engine, article("c", "mosul old"))
        with engine.writer() as writer:
            writer.add(article("a", "mosul"))
            with pytest.raises((TypeError, AttributeError)):
                writer.add(article("c", None))  # type: ignore[arg-type]
            writer.add(article("b", "mosul"))
        assert ids(engine, Term("mosul")) == ["a", "b", "c"]

    def test_same_id_replaces(self, engine: Engine) -> None:
        """An article with the id of a committed one takes its place."""
        fill(engine, article("a", "mosul"))
        fill(engine, article("a", "raqqa"))
        assert ids(engine, Term("mosul")) == []
        assert ids(engine, Term("raqqa")) == ["a"]
        assert engine.stats().articles == 1

    def test_same_id_twice_in_one_writer(self, engine: Engine) -> None:
        """Of two articles with one id in one writer the last one stays."""
        fill(engine, article("a", "mosul"), article("b", "mosul"), article("a", "raqqa"), article("a", "erbil mosul"))
        assert found(engine, Term("mosul")) == {"a", "b"}
        assert ids(engine, Term("raqqa")) == []
        assert (engine.stats().articles, engine.stats().words) == (2, 3)
        assert [each.id for each in engine.articles()] == ["a", "b"]

    def test_deleted_article_is_not_found(self, engine: Engine) -> None:
        """A deleted article is gone after the commit: from searches, ids, words and counts."""
        fill(engine, article("a", "mosul unique"), article("b", "mosul"))
        with engine.writer() as writer:
            assert writer.delete("a") is True
            assert writer.delete("a") is False
            assert writer.delete("never") is False
        assert ids(engine, MatchAll()) == ["b"]
        assert engine.get("a") is None
        assert engine.ids_starting_with("") == ["b"]
        assert engine.expand(Prefix("uni")) == []
        assert engine.nearest_words("uniqu") == []
        assert engine.fingerprints("a.txt") == {}
        assert (engine.stats().articles, engine.stats().words) == (1, 1)

    def test_changes_of_one_writer_settle_in_order(self, engine: Engine) -> None:
        """Within a writer later changes win: delete then add, add then delete, and again."""
        fill(engine, article("a", "old"), article("b", "old"))
        with engine.writer() as writer:
            assert writer.delete("a") is True
            writer.add(article("a", "new"))
            writer.add(article("b", "new"))
            assert writer.delete("b") is True
            assert writer.delete("b") is False
            writer.add(article("c", "new"))
            assert writer.delete("c") is True
            writer.add(article("c", "newest"))
        assert ids(engine, MatchAll()) == ["a", "c"]
        assert ids(engine, Term("old")) == []
        assert ids(engine, Prefix("new")) == ["a", "c"]

    @pytest.mark.parametrize("error", [ValueError("boom"), KeyboardInterrupt()])
    def test_exception_discards_all(self, engine: Engine, error: BaseException) -> None:
        """An exception out of the block discards its changes and passes on; the last commit stays."""
        fill(engine, article("a", "mosul"))
        before = engine.stats()
        with pytest.raises(type(error)), engine.writer() as writer:
            writer.add(article("b", "mosul"))
            writer.delete("a")
            writer.remember("f", STATE)
            raise error
        assert ids(engine, Term("mosul")) == ["a"]
        assert engine.sources() == {}
        assert engine.stats().generation == before.generation
        fill(engine, article("c", "mosul"))
        assert ids(self.reopen(engine), Term("mosul")) == ["a", "c"]

    def test_closed_writer_refuses(self, engine: Engine) -> None:
        """A writer takes nothing after its block has ended."""
        with engine.writer() as writer:
            pass
        with pytest.raises(EngineError, match="closed"):
            writer.add(article("a"))
        with pytest.raises(EngineError, match="closed"):
            writer.remember("f", STATE)

    def test_rebuild_starts_empty_and_replaces_at_commit(self, engine: Engine) -> None:
        """A rebuild sees nothing of the old index, which answers until the commit replaces it whole."""
        fill(engine, article("a", "old"), article("b", "old"))
        with engine.writer() as writer:
            writer.remember("f", STATE)
        with engine.writer(rebuild=True) as writer:
            assert writer.delete("a") is False
            writer.add(article("b", "new"))
            assert found(engine, Term("old")) == {"a", "b"}
            assert engine.sources() == {"f": STATE}
        assert ids(engine, MatchAll()) == ["b"]
        assert ids(engine, Term("new")) == ["b"]
        assert engine.sources() == {}
        assert (engine.stats().articles, engine.stats().words, engine.stats().generation) == (1, 1, 3)

    def test_failed_rebuild_keeps_the_old_index(self, engine: Engine) -> None:
        """A rebuild left by an exception changes nothing."""
        fill(engine, article("a", "old"))
        with pytest.raises(ValueError), engine.writer(rebuild=True) as writer:
            writer.add(article("b", "new"))
            raise ValueError
        assert ids(self.reopen(engine), MatchAll()) == ["a"]

    def test_second_writer_is_refused(self, engine: Engine) -> None:
        """While a writer is open another one is refused, told who holds the index since when; afterwards it is not."""
        with engine.writer() as writer:
            with pytest.raises(IndexLockedError) as refused, engine.writer():
                pass
            with pytest.raises(IndexLockedError), engine.writer(wait_s=0.12):
                pass
            writer.add(article("a"))
        assert refused.value.holder is not None
        assert refused.value.holder in str(refused.value)
        assert refused.value.since is not None
        assert timedelta(0) <= datetime.now(UTC) - refused.value.since < timedelta(minutes=5)
        assert "--wait" in str(refused.value)
        fill(engine, article("b"))
        assert ids(engine, MatchAll()) == ["a", "b"]

    def test_generation_grows_with_each_commit(self, engine: Engine) -> None:
        """Every commit has a higher generation, also one without changes."""
        fill(engine, article("a"))
        first = engine.stats().generation
        fill(engine)
        assert engine.stats().generation > first > 0
        assert ids(engine, MatchAll()) == ["a"]

    def test_sources_are_remembered(self, engine: Engine) -> None:
        """What was read of a file is noted with the commit, replaced, and forgotten; its articles stay."""
        odd = SourceState(0, 0, "", 0, problems=(("f#1", "no title"), ("caf\udce9#2", "not UTF-8")))
        with engine.writer() as writer:
            writer.remember("f", STATE)
            writer.remember("caf\udce9", odd)
            writer.add(article("a", source="f"))
            assert engine.sources() == {}
        assert self.reopen(engine).sources() == {"f": STATE, "caf\udce9": odd}
        with engine.writer() as writer:
            writer.forget("f")
            writer.forget("never")
            writer.remember("caf\udce9", STATE)
        assert self.reopen(engine).sources() == {"caf\udce9": STATE}
        assert engine.get("a") is not None

    def test_reopened_index_is_the_same(self, engine: Engine) -> None:
        """What was committed is there when the index is opened again."""
        fill(engine, article("a", "mosul strikes", title="T"), article("b", "raqqa"))
        fill(engine, article("b", "mosul striking"), article("c", "erbil"))
        again = self.reopen(engine)
        assert [*again.articles()] == [*engine.articles()]
        assert found(again, Term("strike")) == {"a", "b"}
        assert again.stats() == engine.stats()

    # --- words

    def test_term_matches_its_inflections(self, engine: Engine) -> None:
        """A word finds its inflections in the chosen language, and only itself without one."""
        fill(engine, article("a", "strikes"), article("b", "striking"), article("c", "strike"), article("d", "stroke"))
        assert found(engine, Term("strike")) == {"a", "b", "c"}
        assert found(engine, Term("strike"), language="en-GB") == {"a", "b", "c"}
        assert found(engine, Term("strike"), language=None) == {"c"}
        assert found(engine, Term("strike"), language="fr") == {"a", "c"}
        assert found(engine, Term("struck")) == set()

    def test_term_follows_new_words(self, engine: Engine) -> None:
        """Inflections that a later commit adds are found in every language, also those asked for before it."""
        fill(engine, article("a", "maisons"))
        assert found(engine, Term("maison"), language="fr") == {"a"}
        fill(engine, article("b", "maison"), article("c", "strikes"))
        assert found(engine, Term("maisons"), language="fr") == {"a", "b"}
        assert found(engine, Term("striking")) == {"c"}

    def test_names_are_not_stemmed(self, engine: Engine) -> None:
        """In the fields of names a word stands for itself alone."""
        names = article("a", authors=("Jane Strikes",), publisher="The Reports", source="reports/x.txt")
        fill(engine, names, article("b", "strikes strike reports report"))
        assert found(engine, Term("strikes", "author")) == {"a"}
        assert found(engine, Term("strike", "author")) == set()
        assert found(engine, Term("report", "publisher")) == set()
        assert found(engine, Term("reports", "path")) == {"a"}
        assert found(engine, Term("report", "path")) == set()

    def test_words_are_folded(self, engine: Engine) -> None:
        """Case, accents, apostrophes and width in the text make no difference."""
        fill(engine, article("a", "CAFÉ don’t U.S. ｆｕｌｌ O'Brien’s"))
        for word in ("cafe", "dont", "us", "full", "obrien"):
            assert found(engine, Term(word)) == {"a"}, word

    def test_field_none_searches_the_text_fields(self, engine: Engine) -> None:
        """Without a field the title, dek, body and links are searched, and no name."""
        fill(
            engine,
            article("title", title="mosul"),
            article("dek", dek="mosul"),
            article("body", "mosul"),
            article("links", links=(Link("mosul"),)),
            article("author", authors=("mosul",)),
            article("publisher", publisher="mosul"),
            article("path", source="mosul/x.txt"),
            article("note", note="mosul"),
        )
        assert found(engine, Term("mosul")) == {"title", "dek", "body", "links"}
        for field in ("title", "dek", "body", "links", "author", "publisher", "path"):
            assert found(engine, Term("mosul", field)) == {field}

    def test_phrase_is_exact_and_in_order(self, engine: Engine) -> None:
        """A phrase finds its words as written, one behind the other, in one field."""
        fill(
            engine,
            article("a", "civilian deaths in Mosul"),
            article("b", "deaths civilian"),
            article("c", "civilian death"),
            article("d", "deaths", title="civilian"),
            article("e", "bank of england", title="x"),
        )
        assert found(engine, Phrase(("civilian", "deaths"))) == {"a"}
        assert found(engine, Phrase(("deaths",))) == {"a", "b", "d"}
        assert found(engine, Phrase(("bank", "england"))) == set()
        assert found(engine, Phrase(("civilian", "deaths"), field="title")) == set()

    def test_slop_allows_words_between(self, engine: Engine) -> None:
        """With a slop as many other words may stand between, altogether, still in order."""
        fill(engine, article("a", "one x two y z three"), article("b", "two one"))
        assert found(engine, Phrase(("one", "two"), 1)) == {"a"}
        assert found(engine, Phrase(("one", "two", "three"), 2)) == set()
        assert found(engine, Phrase(("one", "two", "three"), 3)) == {"a"}
        assert found(engine, Phrase(("one", "one"), 9)) == set()

    def test_inexact_phrase_matches_inflections(self, engine: Engine) -> None:
        """A written word that holds several finds their inflections, side by side."""
        fill(engine, article("a", "air strikes"), article("b", "air x strike"))
        assert found(engine, Phrase(("air", "strike"), exact=False)) == {"a"}
        assert found(engine, Phrase(("air", "strike"), exact=False), language=None) == set()

    def test_phrase_stays_within_a_headline(self, engine: Engine) -> None:
        """No phrase matches across two headlines or two authors, however wide; across paragraphs it may."""
        fill(
            engine,
            article("a", "first end\n\nbegin second", links=(Link("mass grave"), Link(""), Link("near border"))),
            article("b", authors=("Jane Doe", "John Smith")),
        )
        assert found(engine, Phrase(("mass", "grave"))) == {"a"}
        assert found(engine, Phrase(("near", "border"), field="links")) == {"a"}
        assert found(engine, Phrase(("grave", "near"), 1000)) == set()
        assert found(engine, Phrase(("doe", "john"), 1000, "author")) == set()
        assert found(engine, Phrase(("john", "smith"), field="author")) == {"b"}
        assert found(engine, Phrase(("end", "begin"))) == {"a"}

    def test_scripts_without_spaces(self, engine: Engine) -> None:
        """A text without spaces is found by each pair of its characters, by phrases of pairs and by each character."""
        fill(engine, article("a", "中国人民"), article("b", "国中"))
        assert found(engine, Term("中国")) == {"a"}
        assert found(engine, Phrase(("中国", "国人"))) == {"a"}
        assert found(engine, Phrase(("中国", "人民"))) == set()
        assert found(engine, Term("国")) == {"a", "b"}
        assert found(engine, Phrase(("民",))) == {"a"}
        assert found(engine, Term("中")) == {"a", "b"}

    def test_prefix(self, engine: Engine) -> None:
        """A prefix finds all words that begin so, itself included."""
        fill(engine, article("a", "air"), article("b", "airstrike"), article("c", "fair"))
        assert found(engine, Prefix("air")) == {"a", "b"}
        assert found(engine, Prefix("air", "title")) == set()

    def test_wildcard(self, engine: Engine) -> None:
        """In a wildcard `*` stands for any characters or none, `?` for exactly one."""
        fill(engine, article("a", "mosul"), article("b", "mossul"), article("c", "airstrike strike"))
        assert found(engine, Wildcard("mo?ul")) == {"a"}
        assert found(engine, Wildcard("mo*ul")) == {"a", "b"}
        assert found(engine, Wildcard("*strike")) == {"c"}
        assert found(engine, Wildcard("?strike")) == set()

    def test_fuzzy(self, engine: Engine) -> None:
        """A fuzzy word finds what lies within its edits, swaps of neighbours being one."""
        fill(engine, article("a", "mosul"), article("b", "mossul"), article("c", "mouls"), article("d", "msoul"))
        assert found(engine, Fuzzy("mosul")) == {"a", "b", "d"}
        assert found(engine, Fuzzy("mosul", 2)) == {"a", "b", "c", "d"}
        assert found(engine, Fuzzy("mosil", 1)) == {"a"}

    def test_too_many_expansions(self, engine: Engine) -> None:
        """A pattern that stands for more words than allowed is an error that names it, the limit and the way out."""
        fill(engine, article("a", "air1 air2 air3"), article("b", "air4 airs", title="air1"))
        options = SearchOptions(max_expansions=4)
        for leaf in (Prefix("air"), Wildcard("ai*"), Fuzzy("air", 2)):
            for ask in (engine.search, engine.count, engine.expand):
                with pytest.raises(QueryLimitError) as refused:
                    ask(leaf, options)
                assert str(leaf) in str(refused.value) and "4" in str(refused.value)
            assert engine.count(leaf, SearchOptions(max_expansions=5)) == 2
        with pytest.raises(QueryLimitError, match="longer prefix"):
            engine.search(Not(Prefix("air")), options)
        assert engine.count(Prefix("air", "title"), options) == 1

    # --- filters and boolean nodes

    def test_language_tag(self, engine: Engine) -> None:
        """`lang` selects a tag and all that go on from it, whatever their case."""
        fill(engine, article("a", language="pt"), article("b", language="pt-BR"), article("c", language="ptx"))
        fill(engine, article("d"), article("e", language="PT-br-x-lisbon"))
        assert found(engine, Keyword("lang", "pt")) == {"a", "b", "e"}
        assert found(engine, Keyword("lang", "pt-br")) == {"b", "e"}
        assert found(engine, Keyword("lang", "p")) == set()

    def test_id_keyword(self, engine: Engine) -> None:
        """`id` selects by the beginning of an article's id, whatever its case."""
        fill(engine, article("ab1"), article("AB2"), article("b3"))
        assert found(engine, Keyword("id", "ab")) == {"ab1", "AB2"}
        assert found(engine, Keyword("id", "ab1")) == {"ab1"}
        assert found(engine, Keyword("id", "ab12")) == set()

    def test_dates(self, engine: Engine) -> None:
        """A range holds both its days; a moment counts on its day in UTC, one without a zone on its own."""
        evening = datetime(2017, 3, 16, 23, 30)
        fill(
            engine,
            article("day", published=date(2017, 3, 17)),
            article("utc", published=evening.replace(tzinfo=timezone(timedelta(hours=-5)))),
            article("naive", published=evening),
            article("edge", published=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5)))),
            article("none"),
        )
        march_17 = date(2017, 3, 17)
        assert found(engine, DateRange(march_17, march_17)) == {"day", "utc"}
        assert found(engine, DateRange(None, date(2017, 3, 16))) == {"naive", "edge"}
        assert found(engine, DateRange(date(2017, 3, 16), None)) == {"day", "utc", "naive"}
        assert found(engine, DateRange(None, None)) == {"day", "utc", "naive", "edge"}
        assert found(engine, DateRange(march_17, date(2017, 3, 1))) == set()
        assert found(engine, Undated()) == {"none"}

    def test_boolean_nodes(self, engine: Engine) -> None:
        """And, Or and Not combine what their children select, at any depth, also without any word."""
        fill(engine, article("a", "one two"), article("b", "one"), article("c", "two"), article("d", "three"))
        one, two = Term("one"), Term("two")
        assert found(engine, And((one, two))) == {"a"}
        assert found(engine, Or((one, two))) == {"a", "b", "c"}
        assert found(engine, Not(one)) == {"c", "d"}
        assert found(engine, And((one, Not(two)))) == {"b"}
        assert found(engine, And((Not(one), Not(two)))) == {"d"}
        assert found(engine, Or((one, Not(two)))) == {"a", "b", "d"}
        assert found(engine, Not(Or((one, Not(Term("three")))))) == {"d"}
        assert found(engine, And((MatchAll(), Undated(), Boost(one, 2.0)))) == {"a", "b"}

    # --- order, paging, scores

    def test_best_first_then_id(self, engine: Engine) -> None:
        """By score the best come first and equals by id; reversed the worst, equals still by id ascending."""
        fill(engine, *(article(id, "mosul and more") for id in ("c", "a", "b")), article("z", title="mosul"))
        assert ids(engine, Term("mosul")) == ["z", "a", "b", "c"]
        assert ids(engine, Term("mosul"), reverse=True) == ["a", "b", "c", "z"]
        assert ids(engine, Term("mosul"), limit=2) == ["z", "a"]
        assert ids(engine, Term("mosul"), limit=2, reverse=True) == ["a", "b"]

    def test_newest_first_undated_last(self, engine: Engine) -> None:
        """By date the newest come first, reversed the oldest; the undated are last both ways, equals by id."""
        fill(
            engine,
            article("d", published=date(2017, 3, 17)),
            article("e", published=datetime(2017, 3, 17, 1)),
            article("f", published=datetime(2017, 3, 16, 23, tzinfo=timezone(timedelta(hours=-3)))),
            article("c", published=date(2017, 3, 17)),
            article("b"),
            article("a"),
        )
        assert ids(engine, MatchAll(), sort="date") == ["f", "e", "c", "d", "a", "b"]
        assert ids(engine, MatchAll(), sort="date", reverse=True) == ["c", "d", "e", "f", "a", "b"]
        assert ids(engine, MatchAll(), sort="date", limit=5) == ["f", "e", "c", "d", "a"]
        assert ids(engine, MatchAll(), sort="date", offset=3, limit=2) == ["d", "a"]

    def test_titles_by_alphabet(self, engine: Engine) -> None:
        """By title A comes first, case, accents and punctuation aside; equals by id, also reversed."""
        fill(engine, article("a", title="Zulu"), article("b", title="“Éclair” two"), article("c", title="eclair ONE"))
        fill(engine, article("e", title="zulu!"), article("d", title=""))
        assert ids(engine, MatchAll(), sort="title") == ["d", "c", "b", "a", "e"]
        assert ids(engine, MatchAll(), sort="title", reverse=True) == ["a", "e", "b", "c", "d"]

    def test_unknown_order_is_refused(self, engine: Engine) -> None:
        """A sort that the contract does not know is a ValueError, and so is a language without a stemmer."""
        fill(engine, article("a", "mosul"))
        with pytest.raises(ValueError, match="sort"):
            engine.search(MatchAll(), SearchOptions(sort="size"))
        with pytest.raises(ValueError, match="stemmer"):
            engine.search(Term("mosul"), SearchOptions(language="tlh"))

    def test_paging(self, engine: Engine) -> None:
        """Limit and offset cut the order without changing it; ranks count from the first of all, totals all."""
        fill(engine, *(article(f"{n:02}", "mosul " * (n % 7 + 1)) for n in range(25)))
        everything = ids(engine, Term("mosul"), limit=0)
        assert len(everything) == 25
        result = engine.search(Term("mosul"), SearchOptions(limit=4, offset=5))
        assert isinstance(result.hits, tuple)
        assert [hit.article.id for hit in result.hits] == everything[5:9]
        assert [hit.rank for hit in result.hits] == [6, 7, 8, 9]
        assert (result.total, result.total_is_exact) == (25, True)
        assert ids(engine, Term("mosul"), limit=100) == everything
        assert ids(engine, Term("mosul"), offset=20, limit=0) == everything[20:]
        assert ids(engine, Term("mosul"), offset=25) == []

    def test_all_hits_are_streamed(self, engine: Engine) -> None:
        """With limit 0 the hits are an iterator over the commit searched, even while another one is made."""
        fill(engine, *(article(str(n), "mosul") for n in range(5)))
        result = engine.search(Term("mosul"), SearchOptions(limit=0))
        stream = iter(result.hits)
        assert iter(stream) is stream
        assert result.total == 5
        assert next(stream).article.id == "0"
        with engine.writer() as writer:
            writer.delete("3")
        assert [hit.article.id for hit in stream] == ["1", "2", "3", "4"]

    def test_count(self, engine: Engine) -> None:
        """`count` counts all that match, whatever the limit, offset and order."""
        fill(engine, *(article(str(n), "mosul") for n in range(12)))
        assert engine.count(Term("mosul"), SearchOptions(limit=3, offset=5, sort="date")) == 12
        assert engine.count(Term("raqqa")) == 0

    def test_scores(self, engine: Engine) -> None:
        """Filters score 0; sums, weights of nodes and weights of fields follow BM25F."""
        fill(engine, article("a", "mosul x", title="raqqa"), article("b", "raqqa"), article("c", "other"))
        mosul, raqqa = Term("mosul"), Term("raqqa")
        assert score(engine, MatchAll(), "a") == 0
        assert score(engine, Not(mosul), "b") == 0
        one, two = score(engine, mosul, "a"), score(engine, raqqa, "a")
        assert one > 0 and two > 0
        assert score(engine, And((mosul, raqqa)), "a") == pytest.approx(one + two)
        assert score(engine, Or((mosul, raqqa, Term("nothing"))), "a") == pytest.approx(one + two)
        assert score(engine, Or((mosul, raqqa)), "b") == pytest.approx(score(engine, raqqa, "b"))
        assert score(engine, Boost(mosul, 2.5), "a") == pytest.approx(2.5 * one)
        assert score(engine, And((mosul, Undated())), "a") == pytest.approx(one)
        unweighted = Ranking(title=0.0)
        assert score(engine, raqqa, "a", ranking=unweighted) == 0
        assert found(engine, raqqa, ranking=unweighted) == {"a", "b"}

    def test_words_of_a_group_count_together(self, engine: Engine) -> None:
        """Inflections are one group: two of them in an article weigh as one word standing there twice."""
        fill(engine, article("a", "strike strikes"), article("b", "strike strike"), article("c", "x y"))
        hits = {hit.article.id: hit.score for hit in engine.search(Term("strike")).hits}
        assert hits["a"] == pytest.approx(hits["b"])

    def test_fuzzy_ranks_the_exact_word_first(self, engine: Engine) -> None:
        """An article with the word as typed ranks above all that hold only its neighbours, however often."""
        fill(engine, article("a", "mossul " * 9, title="mossul"), article("b", "x " * 40 + "mosul"), article("c", "y"))
        assert ids(engine, Fuzzy("mosul")) == ["b", "a"]

    def test_scores_follow_the_articles_left(self, engine: Engine) -> None:
        """Scores depend on the articles that are there, not on those deleted or replaced."""
        if not self.forgets_at_once:
            pytest.skip("a difference that the engine declares")
        fill(engine, article("a", "mosul one"), article("b", "mosul two three"), article("x", "mosul " * 50))
        fill(engine, article("b", "raqqa " * 9), article("c", "mosul four five six"))
        with engine.writer() as writer:
            writer.delete("x")
            writer.add(article("b", "mosul two three"))
        scores = {hit.article.id: hit.score for hit in engine.search(Term("mosul")).hits}
        with engine.writer(rebuild=True) as writer:
            for id, body in (("a", "mosul one"), ("b", "mosul two three"), ("c", "mosul four five six")):
                writer.add(article(id, body))
        assert {hit.article.id: hit.score for hit in engine.search(Term("mosul")).hits} == scores

    def test_explained_parts_add_up(self, engine: Engine) -> None:
        """Explained, each hit holds the words that matched with their shares, which add up to its score."""
        fill(engine, article("a", "mosul strikes"), article("b", "mosul"))
        query = And((Or((Term("mosul"), Term("x"))), Not(Term("y")), Or((Boost(Term("strike"), 3.0), MatchAll()))))
        hits = list(engine.search(query, SearchOptions(explain=True)).hits)
        parts = {hit.article.id: hit.parts for hit in hits}
        assert [text for text, _ in parts["a"]] == ["mosul", "strike"]
        assert [text for text, _ in parts["b"]] == ["mosul"]
        for hit in hits:
            assert sum(share for _, share in hit.parts) == pytest.approx(hit.score)
        assert next(iter(engine.search(query).hits)).parts == ()

    def test_deadline(self, engine: Engine) -> None:
        """A search that has no time left says so; one without a limit never does."""
        fill(engine, article("a", "mosul"))
        for query in (Term("mosul"), MatchAll(), Wildcard("*u*")):
            with pytest.raises(QueryTimeoutError, match="0 s"):
                engine.search(query, SearchOptions(timeout_s=0.0))
            with pytest.raises(QueryTimeoutError):
                engine.count(query, SearchOptions(timeout_s=0.0))
            assert engine.count(query, SearchOptions(timeout_s=None)) == 1
        with pytest.raises(QueryTimeoutError):
            engine.expand(Prefix("mo"), SearchOptions(timeout_s=0.0))

    # --- looking things up

    def test_expand(self, engine: Engine) -> None:
        """`expand` lists the indexed words that a leaf stands for in its fields, sorted, each once."""
        fill(engine, article("a", "strikes strike air 中国", title="striking strike"), article("b", "airs"))
        assert engine.expand(Term("strike")) == ["strike", "strikes", "striking"]
        assert engine.expand(Term("strike", "title")) == ["strike", "striking"]
        assert engine.expand(Term("strike"), SearchOptions(language=None)) == ["strike"]
        assert engine.expand(Prefix("air")) == ["air", "airs"]
        assert engine.expand(Fuzzy("air")) == ["air", "airs"]
        assert engine.expand(Wildcard("*z?")) == []
        assert engine.expand(Phrase(("air", "strikes"))) == ["air", "strikes"]
        assert engine.expand(Term("国")) == ["国"]
        assert engine.expand(Term("mosul")) == []

    def test_nearest_words(self, engine: Engine) -> None:
        """The fewest edits come first, then the same first letter, then the more frequent; never the word itself."""
        fill(
            engine,
            article("a", "mosul posul moful", authors=("mosal",)),
            article("b", "mosulab posul", title="far", dek="mosum"),
            article("c", links=(Link("mosum mosul mosum"),)),
            article("d", "mosum posul"),
        )
        assert engine.nearest_words("mosux", 9) == ["mosum", "mosul", "moful", "posul"]
        assert engine.nearest_words("mosux", 2) == ["mosum", "mosul"]
        assert engine.nearest_words("mosul") == ["mosum", "moful", "posul"]
        assert engine.nearest_words("entirelydifferent") == []

    def test_ids_starting_with(self, engine: Engine) -> None:
        """Ids are listed ascending, at most as many as asked for, by their exact beginning."""
        fill(engine, *(article(id) for id in ("b1", "a3", "a1", "a2", "A4")))
        assert engine.ids_starting_with("a") == ["a1", "a2", "a3"]
        assert engine.ids_starting_with("a", 2) == ["a1", "a2"]
        assert engine.ids_starting_with("") == ["A4", "a1", "a2", "a3", "b1"]
        assert engine.ids_starting_with("c") == []

    def test_get_needs_the_whole_id(self, engine: Engine) -> None:
        """`get` finds by the whole id only."""
        fill(engine, article("abc"))
        assert engine.get("ab") is None
        assert engine.get("abcd") is None
        assert engine.get("") is None
        assert engine.get("abc") is not None

    def test_fingerprints(self, engine: Engine) -> None:
        """Of a file every article read from it is named with its checksum, records of it included."""
        fill(
            engine,
            article("a", source="x.jsonl#1", record="1", sha256="s1"),
            article("b", source="x.jsonl#2", record="2", sha256="s2"),
            article("c", source="x.jsonl", sha256="s3"),
            article("d", source="other/x.jsonl", sha256="s4"),
        )
        assert engine.fingerprints("x.jsonl") == {"a": "s1", "b": "s2", "c": "s3"}
        assert engine.fingerprints("x") == {}

    def test_articles_by_id(self, engine: Engine) -> None:
        """All articles are streamed in the order of their ids."""
        for id in ("b", "a", "é", "c", "B"):
            fill(engine, article(id))
        assert [each.id for each in engine.articles()] == ["B", "a", "b", "c", "é"]

    def test_stats(self, engine: Engine) -> None:
        """Counts are over all articles: words of the text fields, links, publishers, dates and the lack of them."""
        fill(
            engine,
            article("a", "one two", title="three", dek="four", publisher="P", links=(Link("five six"), Link("seven"))),
            article("b", publisher="P", published=date(2017, 3, 17), authors=("Jane Doe",)),
            article("c", publisher="Q", published=datetime(2018, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))),
        )
        stats = engine.stats()
        assert (stats.engine, stats.articles, stats.undated) == (engine.name, 3, 1)
        assert (stats.words, stats.links, stats.publishers) == (7, 2, 2)
        assert (stats.first_date, stats.last_date) == (date(2017, 3, 17), date(2017, 12, 31))

    def test_closing_twice(self, engine: Engine) -> None:
        """Closing an engine twice is harmless, and leaving its `with` block closes it."""
        with engine as same:
            assert same is engine
        engine.close()
