"""Index directories made to run code in whoever opens them: nothing of them runs."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import zlib
from pathlib import Path
from typing import Any

import pytest

from searchkit.engines.whoosh import WhooshEngine
from tests.engines.contract import STATE, article
from tests.engines.proofs import child

_VICTIM = """
import sys

watched = ("pickle.find_class", "os.system", "os.exec", "os.posix_spawn", "os.startfile", "subprocess.Popen", "os.fork")
ran = []

def watch(event, arguments):
    if event in watched or event == "import" and arguments[0] == "payload_module":
        ran.append((event, arguments))

sys.addaudithook(watch)

from datetime import date
from pathlib import Path
from searchkit.article import Article
from searchkit.engine import IndexingOptions, SearchOptions
from searchkit.engines.whoosh import WhooshEngine
from searchkit.errors import SearchkitError
from searchkit.query import Fuzzy, Keyword, MatchAll, Phrase, Prefix, Term
from searchkit.__main__ import main

directory, notes = Path(sys.argv[1]), Path(sys.argv[2])
answers = []

def attempt(action):
    try:
        answers.append(action() is not None)
    except (SearchkitError, SystemExit):
        answers.append(False)

QUERIES = (
    Term("mosul"), Prefix("m"), Fuzzy("mosal", 1), Phrase(("mosul", "strikes")), Keyword("id", "a"), MatchAll()
)

def read(engine):
    for query in QUERIES:
        attempt(lambda: engine.search(query, SearchOptions(language="en")))
        attempt(lambda: engine.search(query, SearchOptions(sort="title", language="fr")))
    for action in (
        lambda: engine.get("a"), engine.stats, engine.sources, lambda: list(engine.articles()),
        lambda: engine.fingerprints("a.txt"), lambda: engine.nearest_words("mosal"), lambda: list(engine.verify()),
    ):
        attempt(action)

def write(engine, rebuild):
    with engine.writer(rebuild=rebuild, options=IndexingOptions(jobs=1)) as writer:
        writer.add(Article("new", "new.txt", "t", "mosul", "0"))
        writer.delete("a")
    return True

def opened(create):
    with WhooshEngine(directory, create=create) as engine:
        read(engine)
        if create:
            attempt(lambda: write(engine, False))
            attempt(engine.rollback)
            read(engine)
            attempt(lambda: write(engine, True))
            read(engine)
    return True

statuses = []

def run(*command):
    sys.argv = ["searchkit", *command, "--index", str(directory)]
    try:
        main()
    except SystemExit as end:
        statuses.append(end.code)

for command in (["stats"], ["verify"], ["query", "mosul"], ["show", "a"], ["rollback"], ["index", str(notes)]):
    run(*command)
attempt(lambda: opened(False))
attempt(lambda: opened(True))
print(repr(ran), sum(answers), str(statuses).replace(" ", ""), file=sys.__stdout__)
"""


def _payload(witness: Path) -> bytes:
    class Payload:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.system, (f"touch {witness}",)

    return pickle.dumps(Payload(), 2)


def _resum(directory: Path, generation: int) -> None:
    """Give a manifest the right sizes and checksums of its files as they are now, as an attacker would."""
    path = directory / f"searchkit-{generation:08d}.json"
    manifest = json.loads(path.read_bytes().splitlines()[0])
    sums = {}
    for name in manifest["files"]:
        data = (directory / name).read_bytes()
        sums[name] = [len(data), zlib.crc32(data)]
    manifest["files"] = sums
    for segment in manifest["segments"]:
        segment["files"] = {name: sums[name] for name in segment["files"]}
    line = json.dumps(manifest).encode()
    path.write_bytes(b"%s\n%08x\n" % (line, zlib.crc32(line)))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of two generations with everything in it."""
    directory = tmp_path_factory.mktemp("whole") / "index"
    with WhooshEngine(directory, create=True) as engine:
        for n in range(3):
            with engine.writer() as writer:
                for id_ in "abc":
                    writer.add(article(f"{id_}{n}" if id_ != "a" else "a", "mosul strikes"))
                writer.remember("a.txt", STATE)
    return directory


@pytest.mark.parametrize("kind", ["contents", "segments", "sources", "manifests", "stock", "everything"])
@pytest.mark.parametrize("summed", [True, False])
def test_nothing_in_an_index_runs(whole: Path, tmp_path: Path, kind: str, summed: bool) -> None:
    """Pickles that would run a command, in every place where Whoosh reads one and in every file of ours, under their
    true checksums or not, run nowhere: opening, searching, showing, indexing, verifying, rolling back."""
    directory, witness = tmp_path / "index", tmp_path / "witness"
    shutil.copytree(whole, directory)
    payload = _payload(witness)
    pickle.loads(payload)  # it works
    assert witness.exists()
    witness.unlink()
    chosen = {
        "contents": ["*.toc"],
        "segments": ["g0*"],
        "sources": ["sources-*"],
        "manifests": ["searchkit-*"],
        "stock": [],
        "everything": ["*.toc", "g0*", "sources-*"],
    }[kind]
    for pattern in chosen:
        for path in directory.glob(pattern):
            path.write_bytes(payload)
    for name in ("_MAIN_99.toc", "MAIN_0123456789abcdef.seg", "MAIN_0123456789abcdef.trm", "_MAIN_3.toc"):
        if kind in ("stock", "everything", "contents"):
            (directory / name).write_bytes(payload)
    if summed and kind not in ("manifests", "stock"):
        for generation in (2, 3):
            _resum(directory, generation)
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "note.txt").write_text("A note on Mosul.\n\nIt strikes.\n")
    with child("-c", _VICTIM, directory, notes, HOME=str(tmp_path), XDG_CONFIG_HOME=str(tmp_path)) as process:
        out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    ran, answered, statuses = out.splitlines()[-1].rsplit(" ", 2)
    assert ran == "[]"
    assert int(answered) > 10  # a rebuild works in any case
    assert set(json.loads(statuses)) <= {0, 2}, errors
    assert "should not have happened" not in errors
    assert not witness.exists()
