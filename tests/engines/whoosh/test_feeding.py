"""Feeding: builders in other processes make the index that one in this process makes; one that dies is an error."""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from searchkit.article import Article, Link
from searchkit.engine import IndexingOptions, SearchOptions
from searchkit.engines.whoosh import WhooshEngine, feeding
from searchkit.engines.whoosh.feeding import Feeder, packed_article
from searchkit.engines.whoosh.snapshot import View
from searchkit.errors import EngineError
from searchkit.query import MatchAll, Term
from tests.engines.contract import article, fill
from tests.engines.proofs import children_of, still_running
from tests.engines.whoosh.generating import QueryMaker, generated_articles


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes start after a few articles, and get them in small batches."""
    monkeypatch.setattr(feeding, "ARTICLES_IN_PROCESS", 10)
    monkeypatch.setattr(feeding, "_BATCH_BYTES", 6_000)


def index(directory: Path, articles: list[Article], jobs: int) -> WhooshEngine:
    engine = WhooshEngine(directory, create=True)
    with engine.writer(options=IndexingOptions(memory_mb=64, jobs=jobs)) as writer:
        for number, each in enumerate(articles):
            writer.add(each)
            if number % 7 == 3:
                writer.delete(articles[number - 2].id)
    return engine


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the processes that are started."""
    names: list[str] = []

    class Noted(feeding._Worker):
        def __init__(self, name: str, *rest: Any) -> None:
            names.append(name)
            super().__init__(name, *rest)

    monkeypatch.setattr(feeding, "_Worker", Noted)
    return names


def test_few_long_articles_are_many_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[str]) -> None:
    """What waits to be built is bounded by its size as well: a few long articles start the processes."""
    monkeypatch.setattr(feeding, "ARTICLES_IN_PROCESS", 1_000)
    monkeypatch.setattr(feeding, "BYTES_IN_PROCESS", 40_000)
    articles = [article(f"n{n}", "mosul " * 2_000) for n in range(4)]
    with index(tmp_path, articles, 2) as engine:
        assert len(started) == 2
        assert engine.count(Term("mosul")) == 3  # one of them is deleted again


def test_processes_start_at_once_where_much_is_expected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[str]
) -> None:
    """Whoever says that many bytes will come has the processes from the first article on."""
    monkeypatch.setattr(feeding, "ARTICLES_IN_PROCESS", 1_000)
    for expected_bytes, processes in ((feeding.BYTES_IN_PROCESS, 0), (feeding.BYTES_IN_PROCESS + 1, 2)):
        options = IndexingOptions(memory_mb=64, jobs=2, expected_bytes=expected_bytes)
        with WhooshEngine(tmp_path / str(processes), create=True) as engine:
            with engine.writer(options=options) as writer:
                for number in range(4):
                    writer.add(article(f"n{number}", "mosul " * 2_000))
            assert len(started) == processes
            assert engine.count(Term("mosul")) == 4


def test_processes_make_the_same_index(tmp_path: Path, started: list[str]) -> None:
    """Two processes and none make indexes of the same articles, which answer alike to the last bit; articles that are
    replaced or deleted again within the batch are so whichever process had them."""
    random = Random("feeding")
    articles = generated_articles(random, 120)
    articles += [Article(**{**_values(each), "body": "changed"}) for each in articles[::9]]
    maker = QueryMaker(random, articles)
    with index(tmp_path / "one", articles, 1) as one, index(tmp_path / "two", articles, 2) as two:
        assert list(one.articles()) == list(two.articles())
        assert len(started) == 2
        assert two.stats().details["segments"] == "1"
        for _ in range(100):
            query = maker.query()
            options = SearchOptions(limit=20, explain=True)
            results = [each.search(query, options) for each in (one, two)]
            hits = [[(h.rank, h.article, h.score.hex(), h.parts) for h in result.hits] for result in results]
            assert hits[0] == hits[1], str(query)
            assert results[0].total == results[1].total


def _values(each: Article) -> dict[str, object]:
    return {name: getattr(each, name) for name in Article.__slots__}


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_numbers_of_articles(tmp_path: Path, jobs: int) -> None:
    """Each article that was added is in the segment once, under the number that its addition gave."""
    articles = [article(f"{n}", "x " * (n % 50)) for n in range(100)]
    feeder = Feeder(tmp_path, "g", ("en",), 64, jobs)
    assert [feeder.add(packed_article(each)) for each in articles] == list(range(100))
    placed = {}
    built = feeder.finish()
    assert built
    info, numbers = built
    view = View(tmp_path, info)
    assert view.count == len(numbers)
    for place, number in enumerate(numbers):
        assert number not in placed
        placed[number] = view.segment.article(place)
    assert {path.name for path in tmp_path.iterdir()} == set(info.files)
    assert [placed[n] for n in range(100)] == articles


def test_nothing_was_added(tmp_path: Path) -> None:
    """A feeder that got nothing makes no segment and no file."""
    for jobs in (1, 2):
        assert Feeder(tmp_path, "g", (), 64, jobs).finish() is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_unusable_article_costs_itself_only(tmp_path: Path, jobs: int) -> None:
    """An article with a value of a wrong type, wherever it stands, is refused when it is added, and no other suffers."""
    bad: list[dict[str, Any]] = [
        {"published": "2017-01-01"},
        {"links": (Link("x", None, "2017-01-01"),)},  # type: ignore[arg-type]
        {"links": (Link("x", 3),)},  # type: ignore[arg-type]
        {"links": None},
        {"authors": (None,)},
        {"body": None},
        {"note": 1},
    ]
    with WhooshEngine(tmp_path / "index", create=True) as engine:
        with engine.writer(options=IndexingOptions(memory_mb=64, jobs=jobs)) as writer:
            for n in range(40):
                writer.add(article(f"{n:02}", "x " * 100))
                with pytest.raises((TypeError, AttributeError)):
                    writer.add(article("bad", **{"body": "x", **bad[n % len(bad)]}))
        assert [each.id for each in engine.articles()] == [f"{n:02}" for n in range(40)]


@pytest.mark.parametrize("at", [15, 30])
def test_a_process_that_dies(tmp_path: Path, at: int) -> None:
    """When a process dies, adding or committing raises an error that says so; the index stays as it was, no process is
    left, no file, and the next writer works."""
    before = children_of(os.getpid())
    with WhooshEngine(tmp_path / "index", create=True) as engine:
        fill(engine, article("old", "mosul"))
        names = sorted(path.name for path in (tmp_path / "index").iterdir())
        options = IndexingOptions(memory_mb=64, jobs=2)
        started: set[int] = set()
        with (
            pytest.raises(EngineError, match="a process that was building the index ended"),
            engine.writer(options=options) as writer,
        ):
            for n in range(31):
                writer.add(article(f"{n}", "mosul " * 200))
                if n == at:
                    started = children_of(os.getpid()) - before
                    assert len(started) == 2
                    os.kill(max(started), signal.SIGKILL)
        assert still_running(started, 2.0) == set()
        assert sorted(path.name for path in (tmp_path / "index").iterdir()) == names
        assert engine.count(MatchAll()) == 1
        fill(engine, article("new", "mosul"))
        assert engine.count(Term("mosul")) == 2


def test_long_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process may answer more than a pipe holds at once."""
    answer = ["g00000001-0.run1-articles"] * 20_000
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); from searchkit.transfer import pack; "
        f"sys.stdout.buffer.write(pack({answer[:1]!r} * {len(answer)})); sys.stdout.flush(); sys.stdin.read()"
    )
    monkeypatch.setattr(
        feeding, "command", lambda _: [sys.executable, "-c", script, str(Path(feeding.__file__).parents[3])]
    )
    worker = feeding._Worker("g-0", str(tmp_path), ["en"], 64)
    try:
        assert worker.answer() == answer
    finally:
        worker.kill()


def check_failing_commit(
    directory: Path, monkeypatch: pytest.MonkeyPatch, ask: Callable[..., None], jobs: int, match: str
) -> None:
    """A commit of processes that are given their tasks by `ask` is an error that says so; the index is as it was, nothing
    is left, and the next writer works."""
    before = children_of(os.getpid())
    with WhooshEngine(directory, create=True) as engine:
        fill(engine, article("old", "mosul"))
        names = sorted(path.name for path in directory.iterdir())
        with monkeypatch.context() as patch:
            patch.setattr(feeding._Worker, "ask", ask)
            with (
                pytest.raises(EngineError, match=match),
                engine.writer(options=IndexingOptions(memory_mb=64, jobs=jobs)) as writer,
            ):
                for n in range(60):
                    writer.add(article(f"{n}", f"mosul w{n} " * 200))
        assert still_running(children_of(os.getpid()) - before, 2.0) == set()
        assert sorted(path.name for path in directory.iterdir()) == names
        assert engine.count(Term("mosul")) == 1
        fill(engine, article("new", "mosul"))
        assert engine.count(Term("mosul")) == 2


@pytest.mark.parametrize(
    ("task", "victim"),
    [("share", 0), ("share", 2), ("articles", 0), ("articles", 2), ("part", 0), ("part", 2), ("words", 2)],
)
def test_a_process_that_may_not_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: str, victim: int) -> None:
    """Whichever process cannot write at whichever task of joining, as on a full disk: the commit is an error that says so,
    the index stays, and nothing is left."""
    ask = feeding._Worker.ask

    def ask_and_limit(worker: feeding._Worker, asked: str, *arguments: Any) -> None:
        if asked == task and worker.name.endswith(f"-{victim}"):
            resource.prlimit(worker._process.pid, resource.RLIMIT_FSIZE, (100, 100))
        ask(worker, asked, *arguments)

    check_failing_commit(tmp_path / "index", monkeypatch, ask_and_limit, 3, "too large")


@pytest.mark.parametrize(
    "asked", ["share 1", "share 2", "articles 1", "part 1", "part 2", "articles 2", "words 1", "sync 1"]
)
def test_a_process_that_dies_while_segments_are_joined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    """Whichever process dies at whichever task of joining, the commit is an error, the index stays, and nothing is left."""
    ask = feeding._Worker.ask
    times: Counter[str] = Counter()

    def ask_and_kill(worker: feeding._Worker, task: str, *arguments: Any) -> None:
        times[task] += 1
        if f"{task} {times[task]}" == asked:
            os.kill(worker._process.pid, signal.SIGKILL)
        ask(worker, task, *arguments)

    match = "a process that was building the index ended"
    check_failing_commit(tmp_path / "index", monkeypatch, ask_and_kill, 2, match)
