"""Damaged files, other versions, and the ways back: `verify`, `rollback`, a rebuild."""

from __future__ import annotations

import json
import os
import shutil
import signal
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

import pytest

from searchkit.article import Article
from searchkit.engine import SearchOptions, SourceState
from searchkit.engines.whoosh import WhooshEngine, arrays, evaluation, lists
from searchkit.errors import IndexDamagedError, IndexNotFoundError, IndexVersionError
from searchkit.query import And, DateRange, Fuzzy, Keyword, MatchAll, Not, Or, Phrase, Prefix, Term, Undated, Wildcard
from tests.engines.contract import STATE, article, fill, found, ids
from tests.engines.proofs import FULL, sized

_CASE_S = 20


class _Hangs(BaseException):
    """A case has taken too long; no `Exception`, so that nothing turns it into another."""


@contextmanager
def _deadline() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise _Hangs

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, _CASE_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _article(n: int) -> Article:
    body = f"mosul strikes w{n % 7} " + "raqqa " * (n % 9) + ("civilians killed in the air-strike " if n % 3 else "")
    return Article(
        *(f"{n:03x}", f"news/{n % 4}.jsonl#{n}", f"Title {n % 11} of the strike", body, f"{n:064x}"),
        language=("en", "pt-BR", None)[n % 3],
        publisher=("Reuters", None)[n % 2],
        published=(date(2017, 3, 1 + n % 28), None)[n % 5 == 0],
    )


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index with everything in it: long postings, several segments, deleted articles, a generation before."""
    directory = tmp_path_factory.mktemp("small") / "index"
    with WhooshEngine(directory, create=True) as engine:
        fill(engine, *map(_article, range(290)))
        with engine.writer() as writer:
            for n in range(280, 300):
                writer.add(_article(n))
            writer.delete("007")
            writer.remember("news/1.jsonl", SourceState(1, 2, "ab", 3, (("news/1.jsonl#9", "no title"),)))
        fill(engine, _article(300))
    return directory


QUERIES = (
    Term("strike"),
    Term("strike", "title"),
    Term("raqqa"),
    Phrase(("mosul", "strikes")),
    Phrase(("air", "killed"), 4),
    Phrase(("killed", "strike"), 9, exact=False),
    Prefix("ki"),
    Wildcard("*sul"),
    Fuzzy("raqa", 1),
    And((Term("w3"), Not(Term("killed")))),
    Or((Term("w3"), Keyword("lang", "pt"))),
    DateRange(date(2017, 3, 2), date(2017, 3, 5)),
    Undated(),
    Keyword("id", "00"),
)


def _read(engine: WhooshEngine) -> list[Any]:
    """All that an index answers, as one value to compare."""
    told: list[Any] = [
        [(hit.article.id, round(hit.score, 6)) for hit in engine.search(query, SearchOptions(limit=20)).hits]
        for query in QUERIES
    ]
    for sort in ("date", "title"):
        told.append([hit.article.id for hit in engine.search(MatchAll(), SearchOptions(sort=sort, limit=30)).hits])
    told.append(list(engine.articles()))
    told += [engine.get("01f"), engine.stats().words, engine.stats().last_date, engine.sources()]
    told += [engine.nearest_words("mosal"), engine.expand(Prefix("s")), engine.expand(Term("strike"))]
    told += [engine.fingerprints("news/1.jsonl"), engine.ids_starting_with("02")]
    return told


def _outcome(directory: Path, right: list[Any], damaged: str) -> str:
    """What reading a damaged index gives: an error, the right answers, or wrong ones."""
    with _deadline():
        try:
            with WhooshEngine(directory) as engine:
                return "right" if _read(engine) == right else "wrong"
        except IndexDamagedError as exc:
            text = str(exc)
            assert damaged in text, text
            assert "searchkit rollback" in text
            assert "searchkit index --rebuild" in text
            assert "generation" in text or "searchkit-0000" in text, text
            return "error"


def _names(directory: Path, generation: int) -> list[str]:
    manifest = json.loads((directory / f"searchkit-{generation:08d}.json").read_bytes().splitlines()[0])
    return sorted(manifest["files"])


@contextmanager
def _changed(path: Path, change: Callable[[bytes], bytes]) -> Iterator[None]:
    data = path.read_bytes()
    path.write_bytes(change(data))
    try:
        yield
    finally:
        path.write_bytes(data)


def _verified(directory: Path) -> list[str]:
    with _deadline(), WhooshEngine(directory, create=True) as engine:
        return list(engine.verify())


@pytest.fixture(params=["arrays", "lists"])
def kernel(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to evaluate, one after the other."""
    module = {"arrays": arrays, "lists": lists}[request.param]
    monkeypatch.setattr(evaluation, "choose_kernel", lambda *_: module)


def test_flips_in_the_manifest(small: Path) -> None:
    """A flip in any byte of the current manifest is told by `verify`, and reading is refused, with the remedy."""
    path = small / "searchkit-00000003.json"
    size = path.stat().st_size
    for at in range(0, size, sized(29, 1)):
        with _changed(path, partial(_flipped, at=at, bit=1 << at % 8)):
            assert _outcome(small, [], path.name) == "error"
            (told,) = _verified(small)
            assert path.name in told


def test_flips_in_segments(small: Path, kernel: None, record_property: Callable[[str, Any], None]) -> None:
    """A flip anywhere in a file of a generation is told by `verify`; reading gives an error of ours or an answer, which
    may be wrong: postings and columns are not summed again at each search."""
    random = Random(8)
    names = _names(small, 3)
    with WhooshEngine(small) as engine:
        right = _read(engine)
    outcomes: Counter[str] = Counter()
    for _ in range(sized(100, 1_000)):
        name = random.choices(names, [(small / name).stat().st_size + 200 for name in names])[0]
        size = (small / name).stat().st_size
        with _changed(small / name, lambda data: _flipped(data, random.randrange(len(data)), 1 << random.randrange(8))):
            assert size
            (told,) = _verified(small)
            assert str(small / name) in told
            outcomes[_outcome(small, right, name)] += 1
    record_property("outcomes", dict(outcomes))
    print(dict(outcomes))  # noqa: T201
    assert outcomes["error"] > 5


def test_truncations(small: Path, record_property: Callable[[str, Any], None]) -> None:
    """A file of a generation cut off anywhere is told by `verify`; reading gives an error of ours or right answers."""
    random = Random(7)
    with WhooshEngine(small) as engine:
        right = _read(engine)
    outcomes: Counter[str] = Counter()
    for name in (*_names(small, 3), "searchkit-00000003.json"):
        size = (small / name).stat().st_size
        lengths = range(size) if FULL and size < 2_500 else {0, size - 1, *random.choices(range(size), k=sized(2, 600))}
        for length in lengths:
            with _changed(small / name, partial(_cut, length=length)):
                (told,) = _verified(small)
                assert str(small / name) in told
                outcomes[_outcome(small, right, name)] += 1
    record_property("outcomes", dict(outcomes))
    print(dict(outcomes))  # noqa: T201
    # What is not read at all (Whoosh's table of contents) is missed by nobody but `verify`.
    assert not outcomes["wrong"]
    assert outcomes["error"] > outcomes["right"]


def test_missing_files(small: Path) -> None:
    """A file of a generation that is missing is told by `verify`; reading gives an error of ours or right answers."""
    with WhooshEngine(small) as engine:
        right = _read(engine)
    for name in _names(small, 3):
        (small / name).rename(small / "away")
        try:
            assert any(str(small / name) in told for told in _verified(small))
            outcome = _outcome(small, right, name)
        finally:
            (small / "away").rename(small / name)
        needed = name.endswith((".terms", ".docs", ".columns", ".stored", ".deleted", ".json"))
        assert outcome == "error" or (outcome == "right" and not needed), name


def test_every_truncation_of_the_manifest(directory: Path) -> None:
    """Cut off anywhere, the manifest is damaged and says so."""
    path = directory / "searchkit-00000002.json"
    for length in range(0, path.stat().st_size, sized(11, 1)):
        with _changed(path, partial(_cut, length=length)):
            assert _outcome(directory, [], path.name) == "error"
            (told,) = _verified(directory)
            assert path.name in told


def test_unsound_values_under_a_right_checksum(small: Path) -> None:
    """A manifest that no searchkit wrote is damaged, whatever its checksum says, and names nothing outside the index."""
    path = small / "searchkit-00000003.json"
    manifest = json.loads(path.read_bytes().splitlines()[0])
    segment = manifest["segments"][0]
    odd: list[Any] = [
        [],
        {},
        None,
        {**manifest, "files": []},
        {**manifest, "files": {**manifest["files"], "../notes.txt": [1, 2]}},
        {**manifest, "files": {**manifest["files"], "/etc/passwd": [1, 2]}},
        {**manifest, "files": {**manifest["files"], "lock": [1, 2]}},
        {**manifest, "files": {name: ["1", 2] for name in manifest["files"]}},
        {**manifest, "sources": "/etc/passwd"},
        {**manifest, "segments": [{**segment, "name": "../x"}]},
        {**manifest, "segments": [{**segment, "deleted": "../x"}]},
        {**manifest, "segments": [{**segment, "totals": 3}]},
        {**manifest, "segments": 3},
        {**manifest, "generation": 2},
    ]
    lines = [json.dumps(each).encode() for each in odd]
    for line in (*lines, b"[" * 100_000, b"\xff"):
        with _changed(path, partial(_instead, line=line)):
            assert _outcome(small, [], path.name) == "error"


@pytest.mark.parametrize("kind", ["pipe", "folder", "dangling", "loop"])
def test_no_file_where_one_should_be(directory: Path, kind: str) -> None:
    """A pipe, a folder or a link that leads nowhere in the place of a file is damage; nobody waits for it."""
    names = [*_names(directory, 2), "searchkit-00000002.json"]
    with WhooshEngine(directory) as engine:
        before = ids(engine, MatchAll())
    for name in names:
        path = directory / name
        path.rename(directory / "away")
        match kind:
            case "pipe":
                os.mkfifo(path)
            case "folder":
                path.mkdir()
            case "dangling":
                path.symlink_to("nowhere")
            case "loop":
                path.symlink_to(name)
        assert any(name in told for told in _verified(directory)) or kind == "dangling"
        try:
            with _deadline(), WhooshEngine(directory) as engine:
                assert ids(engine, MatchAll()) == before
                assert engine.sources()
                engine.stats()
        except IndexDamagedError as exc:
            assert name in str(exc)
        else:
            assert name.endswith((".toc", ".freqs", ".docs", ".terms", ".positions", ".stems-en"))
        path.rmdir() if kind == "folder" else path.unlink()
        (directory / "away").rename(path)


def test_rollback_after_damage(small: Path, tmp_path: Path) -> None:
    """When the current generation is damaged, `rollback` makes the one before current again; searches and commits work."""
    before = set(_names(small, 2))
    own = [name for name in _names(small, 3) if name not in before]
    assert len(own) > 5
    for number, name in enumerate([*own, "searchkit-00000003.json"]):
        directory = tmp_path / str(number)
        shutil.copytree(small, directory)
        (directory / name).write_bytes(b"garbage" * 9)
        with WhooshEngine(directory, create=True) as engine:
            assert any(name in told for told in engine.verify())
            assert engine.rollback() == 4
            assert engine.count(MatchAll()) == 299
            assert engine.get("12c") is None
            assert engine.get("127") == _article(295)
            assert "news/1.jsonl" in engine.sources()
            # The damaged generation is now the one before, and told of as that.
            assert all("generation 3" in told or "00000003" in told for told in engine.verify())
            fill(engine, article("new", "erbil"))
            fill(engine, article("new2", "erbil"))
            assert list(engine.verify()) == []
            assert found(engine, Term("erbil")) == {"new", "new2"}


def test_rollback_to_damage(small: Path, tmp_path: Path) -> None:
    """Where the generation before is damaged too, `rollback` says so, names the file and changes nothing."""
    shared = next(name for name in _names(small, 2) if name in _names(small, 3))
    directory = tmp_path / "index"
    shutil.copytree(small, directory)
    (directory / shared).write_bytes(b"")
    listing = sorted(directory.iterdir())
    with WhooshEngine(directory, create=True) as engine, pytest.raises(IndexDamagedError, match=shared):
        engine.rollback()
    assert sorted(directory.iterdir()) == listing


def test_rollback_of_the_first_commit(tmp_path: Path) -> None:
    """With one generation there is none to return to."""
    with WhooshEngine(tmp_path / "index", create=True) as engine:
        fill(engine, article("a"))
        with pytest.raises(IndexNotFoundError, match="no generation before"):
            engine.rollback()
        assert ids(engine, MatchAll()) == ["a"]


def test_rollback_twice(directory: Path) -> None:
    """A second `rollback` undoes the first."""
    with WhooshEngine(directory) as engine:
        fill(engine, article("c", "erbil"))
        engine.rollback()
        assert ids(engine, MatchAll()) == ["a", "b"]
        engine.rollback()
        assert ids(engine, MatchAll()) == ["a", "b", "c"]
        assert engine.stats().generation == 5
        assert list(engine.verify()) == []


@pytest.mark.parametrize("kind", [".docs", ".positions", ".stored", ".deleted"])
def test_damage_is_not_merged(small: Path, tmp_path: Path, kind: str) -> None:
    """A merge that would take damage over into new files, under new checksums, is refused as damage; the index stays."""
    name = next(name for name in _names(small, 3) if name.endswith(kind))
    directory = tmp_path / "index"
    shutil.copytree(small, directory)
    with (
        _changed(directory / name, lambda data: _flipped(data, len(data) // 2, 1)),
        WhooshEngine(directory) as engine,
        pytest.raises(IndexDamagedError, match=name),
        engine.writer() as writer,
    ):
        for n in range(200):
            writer.delete(f"{n:03x}")
    with WhooshEngine(directory) as engine:
        assert engine.stats().generation == 3
        assert list(engine.verify()) == []


def test_errors_of_ours_are_not_called_damage(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes wrong while every file is as it was written is not blamed on the files."""
    with WhooshEngine(directory) as engine:
        monkeypatch.setattr(evaluation, "choose_kernel", lambda *_: 1 / 0)
        with pytest.raises(Exception, match="as they were written") as raised:
            engine.search(Term("mosul"))
    assert not isinstance(raised.value, IndexDamagedError)


def test_rebuild_over_damage(directory: Path) -> None:
    """A damaged index is opened for writing only, reading says what is wrong, and a rebuild makes it whole."""
    (directory / "searchkit-00000002.json").write_bytes(b"garbage")
    with pytest.raises(IndexDamagedError):
        WhooshEngine(directory)
    with WhooshEngine(directory, create=True) as engine:
        with pytest.raises(IndexDamagedError):
            engine.search(MatchAll())
        with pytest.raises(IndexDamagedError), engine.writer():
            pass
        with engine.writer(rebuild=True) as writer:
            writer.add(article("new", "mosul"))
        assert ids(engine, MatchAll()) == ["new"]
    with WhooshEngine(directory) as engine:
        assert engine.stats().generation == 3


@pytest.mark.parametrize("key", ["format", "analysis"])
def test_other_versions(directory: Path, key: str) -> None:
    """An index of another format or analysis is refused by its number until it is rebuilt."""
    path = directory / "searchkit-00000002.json"
    line = json.dumps(
        {**json.loads(path.read_bytes().splitlines()[0]), key: 99, "segments": "of another kind"}
    ).encode()
    path.write_bytes(b"%s\n%08x\n" % (line, zlib.crc32(line)))
    with pytest.raises(IndexVersionError, match=f"{key} 99.*--rebuild"):
        WhooshEngine(directory)
    with WhooshEngine(directory, create=True) as engine:
        with pytest.raises(IndexVersionError):
            engine.get("a")
        with pytest.raises(ValueError), engine.writer(rebuild=True):
            raise ValueError
        assert path.exists()
        with engine.writer(rebuild=True) as writer:
            writer.add(article("new"))
            writer.remember("f", STATE)
        assert ids(engine, MatchAll()) == ["new"]


def _flipped(data: bytes, at: int, bit: int) -> bytes:
    return data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]


def _cut(data: bytes, length: int) -> bytes:
    return data[:length]


def _instead(data: bytes, line: bytes) -> bytes:
    return b"%s\n%08x\n" % (line, zlib.crc32(line))
