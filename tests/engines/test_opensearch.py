"""The OpenSearch engine keeps the contract, on the cluster that SEARCHKIT_TEST_OPENSEARCH names."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from searchkit.article import Article
from searchkit.cluster import Cluster
from searchkit.engine import Engine, IndexingOptions, SearchOptions
from searchkit.engines.memory import MemoryEngine
from searchkit.engines.opensearch import OpenSearchEngine, wordlists
from searchkit.engines.opensearch.state import KEPT_S, LEASE_S
from searchkit.errors import (
    ConfigError,
    EngineError,
    IndexDamagedError,
    IndexLockedError,
    IndexNotFoundError,
    IndexVersionError,
    QueryLimitError,
)
from searchkit.query import MatchAll, Prefix, Term, Wildcard
from searchkit.sharding import Shard
from tests.engines.clusters import call, needs_cluster, new_cluster_index
from tests.engines.contract import STATE, EngineContract, article, fill, found, ids


@needs_cluster
class TestOpenSearchEngine(EngineContract):
    forgets_at_once = False  # Lucene counts the documents of all versions until it merges them away

    @pytest.fixture
    def cluster(self) -> Iterator[Cluster]:
        with new_cluster_index() as cluster:
            yield cluster

    @pytest.fixture
    def engine(self, cluster: Cluster) -> Iterator[Engine]:
        with ExitStack() as opened:
            self.open = lambda: opened.enter_context(OpenSearchEngine(cluster, create=True))
            yield self.open()

    def reopen(self, engine: Engine) -> Engine:
        return self.open()

    def test_shards_at_once_make_the_index_of_one_run(self, cluster: Cluster) -> None:
        """Four writers side by side, each with its part, give article by article what one writer gives."""
        articles = [article(f"{n:03}", f"mosul part {n}", source=f"{n}.txt") for n in range(60)]
        with MemoryEngine() as memory:
            fill(memory, *articles)
            shards = [Shard(number, 4) for number in range(1, 5)]
            with ThreadPoolExecutor(4) as threads:
                list(threads.map(lambda shard: self._write_part(cluster, shard, articles), shards))
            with OpenSearchEngine(cluster) as engine:
                assert list(engine.articles()) == list(memory.articles())
                assert len(engine.sources()) == 60
                assert engine.stats().generation == 4
                assert ids(engine, Term("mosul"), limit=0) == ids(memory, Term("mosul"), limit=0)

    def _write_part(self, cluster: Cluster, shard: Shard, articles: list[Article]) -> None:
        options = IndexingOptions(shard=shard)
        with OpenSearchEngine(cluster, create=True) as engine, engine.writer(options=options) as writer:
            for each in articles:
                if shard.owns(each.source):
                    writer.add(each)
                    writer.remember(each.source, STATE)

    def test_shards_prepare_the_same_stems(self, engine: Engine) -> None:
        """Inflections are found among the words of every part, however the language was written."""
        first, second = (
            IndexingOptions(shard=Shard(number, 2), languages=("pt-BR", "en-GB", "tlh")) for number in (1, 2)
        )
        with engine.writer(options=first) as one, self.reopen(engine).writer(options=second) as other:
            for writer, words in ((one, ("casas", "strike")), (other, ("maison strikes", "casa"))):
                for body in words:
                    writer.add(article(body, body))
        again = self.reopen(engine)
        assert found(again, Term("casa"), language="pt") == {"casa", "casas"}
        assert found(again, Term("strike"), language="en") == {"strike", "maison strikes"}
        assert found(again, Term("maisons"), language="fr") == {"maison strikes"}

    def test_shards_exclude_who_writes_the_whole(self, engine: Engine) -> None:
        """A writer of all waits for writers of parts, and they for it; the message names the part."""
        part = IndexingOptions(shard=Shard(1, 2))
        with engine.writer(options=part):
            with pytest.raises(IndexLockedError, match="part 1/2"), engine.writer():
                pass
            with pytest.raises(IndexLockedError), engine.writer(options=part):
                pass
            with self.reopen(engine).writer(options=IndexingOptions(shard=Shard(2, 2))):
                pass

    def test_a_killed_writer_leaves_nothing_that_is_seen(
        self, engine: Engine, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What it had sent is not found, by anybody, ever; its place is free when its lease has ended; running it again
        gives what it would have given."""
        fill(engine, article("a", "mosul old"), article("b", "mosul"))
        killed = engine.writer()
        writer = killed.__enter__()
        writer.add(article("a", "mosul new"))
        writer.add(article("c", "mosul new"))
        writer.delete("b")
        writer.finish()  # type: ignore[attr-defined]  # all is sent and can be found, but for the commit
        with OpenSearchEngine(cluster) as other:
            assert found(other, Term("mosul")) == {"a", "b"}
            assert found(other, Term("new")) == set()
            with pytest.raises(IndexLockedError, match="killed"), other.writer():
                pass
            real_time = time.time
            monkeypatch.setattr(time, "time", lambda: real_time() + 2 * LEASE_S)
            fill(other, article("a", "mosul new"), article("d", "mosul"))
            assert found(other, Term("mosul")) == {"a", "b", "d"}
            assert found(other, Term("new")) == {"a"}
        with pytest.raises(EngineError, match="place was taken"):
            killed.__exit__(None, None, None)
        assert found(self.reopen(engine), Term("mosul")) == {"a", "b", "d"}

    def test_a_reader_keeps_its_view(self, engine: Engine, cluster: Cluster) -> None:
        """Whoever opened the index before later commits goes on seeing what was there then, replaced articles too."""
        fill(engine, article("a", "mosul one"), article("b", "mosul one"))
        with OpenSearchEngine(cluster) as early:
            fill(engine, article("a", "mosul two"))
            with engine.writer() as writer:
                writer.delete("b")
            fill(engine, article("a", "mosul three"))
            assert found(early, Term("one")) == {"a", "b"}
            assert early.stats().articles == 2
        assert found(engine, Term("mosul")) == {"a"}

    def test_what_nobody_sees_is_swept(self, engine: Engine, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
        """After the time that earlier views are kept, a commit has the versions removed that were replaced."""
        fill(engine, article("a", "one"), article("b", "one"))
        fill(engine, article("a", "two"))
        index = f"{cluster.index}-1-articles"
        assert call("GET", f"/{index}/_count")["count"] == 3
        real_time = time.time
        monkeypatch.setattr(time, "time", lambda: real_time() + KEPT_S + 1)
        fill(engine, article("c", "two"))
        fill(engine, article("d", "two"))
        for _ in range(100):
            call("POST", f"/{index}/_refresh")
            if call("GET", f"/{index}/_count")["count"] == 4:
                break
            time.sleep(0.1)
        assert call("GET", f"/{index}/_count")["count"] == 4
        assert found(engine, Term("two")) == {"a", "c", "d"}

    def test_a_rebuild_leaves_one_build_in_the_end(
        self, engine: Engine, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The alias shows the new articles from the commit on; the old indices stay for readers, then they go."""
        fill(engine, article("a", "one"))
        with engine.writer(rebuild=True) as writer:
            writer.add(article("b", "one"))
        shown = call("GET", f"/{cluster.index}/_search")["hits"]["hits"]
        assert [hit["_source"]["article"]["id"] for hit in shown] == ["b"]
        with pytest.raises(ValueError), engine.writer(rebuild=True):
            raise ValueError
        real_time = time.time
        monkeypatch.setattr(time, "time", lambda: real_time() + KEPT_S + 1)
        fill(engine, article("c", "one"))
        indices = set(call("GET", f"/{cluster.index}-*/_settings?filter_path=*.settings.index.uuid"))
        assert indices == {f"{cluster.index}-2-articles", f"{cluster.index}-2-words", f"{cluster.index}-state"}

    def test_other_tools_see_what_is_committed(self, engine: Engine, cluster: Cluster) -> None:
        """The alias of the index's name holds each article of the last commit once, as it is stored."""
        fill(engine, article("a", "one"), article("b", "one"))
        fill(engine, article("a", "two", title="T"))
        hits = call("GET", f"/{cluster.index}/_search")["hits"]["hits"]
        assert {(hit["_source"]["article"]["id"], hit["_source"]["article"]["body"]) for hit in hits} == {
            ("a", "two"),
            ("b", "one"),
        }
        assert "body" not in hits[0]["_source"]

    def test_durability_at_risk_is_noted(self, engine: Engine, cluster: Cluster) -> None:
        """An index whose translog is not synced by each request is warned of after a commit; by default it is."""
        with engine.writer() as writer:
            writer.add(article("a"))
        assert writer.notes == []  # type: ignore[attr-defined]
        call("PUT", f"/{cluster.index}-1-articles/_settings", {"index.translog.durability": "async"})
        with engine.writer() as writer:
            writer.add(article("b"))
        assert "async" in writer.notes[0]  # type: ignore[attr-defined]

    def test_all_of_many_hits(self, engine: Engine) -> None:
        """More hits than a page of the cluster's are streamed to the last, and can be skipped into."""
        fill(engine, *(article(f"{n:05}", "mosul") for n in range(10_300)))
        everything = ids(engine, Term("mosul"), limit=0)
        assert everything == [f"{n:05}" for n in range(10_300)]
        assert ids(engine, Term("mosul"), limit=3, offset=10_200) == ["10200", "10201", "10202"]
        result = engine.search(MatchAll(), SearchOptions(limit=2, offset=10_299))
        assert ([hit.rank for hit in result.hits], result.total) == ([10_300], 10_300)
        assert engine.count(Term("mosul")) == 10_300
        assert len(list(engine.articles())) == 10_300

    def test_more_words_than_an_answer_of_the_dictionary(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        """However many words a pattern stands for, all of them count."""
        fill(engine, *(article(str(n), " ".join(f"w{n}x{m}" for m in range(100))) for n in range(30)))
        monkeypatch.setattr(wordlists, "_MOST_AT_ONCE", 700)
        options = SearchOptions(max_expansions=3000)
        assert len(engine.expand(Prefix("w"), options)) == 3000
        assert found(engine, Prefix("w"), max_expansions=3000) == {str(n) for n in range(30)}
        assert found(engine, Wildcard("w*x1?"), max_expansions=3000) == {str(n) for n in range(30)}
        with pytest.raises(QueryLimitError):
            engine.expand(Prefix("w"), SearchOptions(max_expansions=2999))

    def test_words_are_listed_once(self, engine: Engine, cluster: Cluster) -> None:
        """What the dictionary knows from an earlier commit is not sent again; a commit without new words adds no list."""
        lists = f"/{cluster.index}-1-words/_search"
        fill(engine, article("a", "one two", source="x"))
        fill(engine, article("b", "one two three", source="x"))
        assert call("GET", lists)["hits"]["total"]["value"] == 2
        fill(engine, article("c", "one two three", source="x"))
        assert call("GET", lists)["hits"]["total"]["value"] == 2
        assert engine.expand(Wildcard("*")) == ["one", "three", "two"]

    def test_an_index_of_another_analysis_is_refused(self, engine: Engine, cluster: Cluster) -> None:
        """Words of another version would not be found: the error says so, and a rebuild, which still works, mends it."""
        fill(engine, article("a", "mosul"))
        self._change_state(cluster, "analysis", 0)
        with pytest.raises(IndexVersionError, match="--rebuild"):
            OpenSearchEngine(cluster)
        with OpenSearchEngine(cluster, create=True) as outdated:
            for attempt in (lambda: outdated.count(MatchAll()), lambda: fill(outdated, article("b"))):
                with pytest.raises(IndexVersionError):
                    attempt()
            with outdated.writer(rebuild=True) as writer:
                writer.add(article("b", "mosul"))
            assert found(outdated, Term("mosul")) == {"b"}
        with OpenSearchEngine(cluster) as mended:
            assert found(mended, Term("mosul")) == {"b"}

    def test_an_index_of_another_format_is_refused(self, engine: Engine, cluster: Cluster) -> None:
        """What another version of searchkit has written otherwise, or what is no state at all, is told apart."""
        fill(engine, article("a"))
        self._change_state(cluster, "format", 0)
        with pytest.raises(IndexVersionError, match=r"opensearch\.index"):
            OpenSearchEngine(cluster, create=True)
        self._change_state(cluster, "format", 1)
        self._change_state(cluster, "view", 1)
        with pytest.raises(IndexDamagedError, match="state"):
            OpenSearchEngine(cluster)

    def _change_state(self, cluster: Cluster, name: str, value: object) -> None:
        document = call("GET", f"/{cluster.index}-state/_doc/state")["_source"]
        document["state"][name] = value
        call("PUT", f"/{cluster.index}-state/_doc/state?refresh=true", document)

    def test_a_missing_index_is_told(self, cluster: Cluster) -> None:
        """Where nothing was indexed, opening names the index and the command that makes one."""
        with pytest.raises(IndexNotFoundError, match=f"{cluster.index}.*searchkit index"):
            OpenSearchEngine(cluster)


@pytest.mark.parametrize("name", ["", "Upper", "-x", "a/b", "a*", "x" * 120, "ä"])
def test_names_that_opensearch_refuses_are_refused(name: str) -> None:
    """An index is named as OpenSearch takes it, which the error tells before anything is sent."""
    with pytest.raises(ConfigError, match=r"opensearch\.index"):
        OpenSearchEngine(Cluster(index=name))
