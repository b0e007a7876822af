"""When the power goes, nothing that was acknowledged is lost: recorded commits, replayed on a disk that forgets."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from random import Random
from typing import Any

import pytest

from searchkit.engines.whoosh import WhooshEngine
from searchkit.errors import IndexNotFoundError, SearchkitError
from tests.engines.powerloss import Disk
from tests.engines.proofs import batch_of, check_tidy, child, commit_batch, sized

HOOK = str(Path(__file__).parent / "hook")
_FIRST_MANY, _LAST = 20, 21

Operations = list[list[Any]]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Operations:
    """What is done to files from the creation of an index on: commits, merges and rebuilds, and at last two commits that
    other processes build."""
    folder = tmp_path_factory.mktemp("recorded")
    log = folder.parent / f"{folder.name}.log"
    for first, last, *many in ((0, _FIRST_MANY - 1), (_FIRST_MANY, _LAST, "many")):
        with child(
            *("-m", "tests.engines.proofs", folder / "new" / "index", first, last, *many),
            PYTHONPATH=HOOK,
            SEARCHKIT_HOOK_FOLDER=str(folder),
            SEARCHKIT_HOOK_LOG=str(log),
        ) as process:
            _, errors = process.communicate()
            assert process.returncode == 0, errors
    operations: Operations = [json.loads(line) for line in log.read_text().splitlines()]
    with WhooshEngine(folder / "new" / "index") as engine:
        assert batch_of(engine, many=True) == _LAST
    return operations


def test_the_record_is_complete(recorded: Operations, tmp_path: Path) -> None:
    """A disk that loses nothing holds the index as it was at the end: the record and the model can be believed."""
    disk = Disk()
    for operation in recorded:
        if operation[0] != "committed":
            disk.do(operation)

    class Kind(Random):
        def random(self) -> float:
            return -1.0

        def choice(self, several: Any) -> Any:
            return several[0]

    disk.lose_power(Kind(), tmp_path / "disk")
    with WhooshEngine(tmp_path / "disk" / "new" / "index") as engine:
        assert list(engine.verify()) == []
        assert batch_of(engine, many=True) == _LAST
    check_tidy(tmp_path / "disk" / "new" / "index")


def test_power_loss(recorded: Operations, tmp_path: Path) -> None:
    """Whenever the power goes, the last acknowledged commit is there whole, or the next; the next writer works, too."""
    batches = [_lose_power(recorded, seed, tmp_path / str(seed)) for seed in range(sized(60, 500))]
    # Half of the losses come just after a commit was acknowledged, so that most of them leave an index.
    assert len({batch for batch, _ in batches}) > 15
    assert sum(batch < 0 for batch, _ in batches) < len(batches) // 4
    assert any(batch > committed for batch, committed in batches)


@pytest.mark.parametrize("kind", ["files", "folders", "parents"])
def test_the_model_notices(recorded: Operations, tmp_path: Path, kind: str) -> None:
    """Without the syncs of files, of the directory or of its parents, acknowledged commits would be lost."""

    def is_of_kind(path: str) -> bool:
        return kind == {"index": "folders", "new": "parents", ".": "parents"}.get(Path(path).name or ".", "files")

    careless = [each for each in recorded if each[0] != "fsync" or not is_of_kind(each[1])]
    lost = 0
    for seed in range(1, 60, 2):
        try:
            _lose_power(careless, seed, tmp_path / str(seed))
        except (AssertionError, SearchkitError):
            lost += 1
    assert lost > 0


def _lose_power(operations: Operations, seed: int, target: Path) -> tuple[int, int]:
    """Let the power go once; the batch that is left, and the last that was acknowledged (-1: none)."""
    random = Random(seed)
    ends = [number for number, operation in enumerate(operations) if operation[0] == "committed"]
    end = random.choice(ends) + 1 + random.randrange(30) if seed % 2 else random.randrange(len(operations))
    disk, committed = Disk(), -1
    for operation in operations[:end]:
        if operation[0] == "committed":
            committed = operation[1]
        else:
            disk.do(operation)
    disk.lose_power(random, target)
    directory = target / "new" / "index"
    batch = _batch_after(directory, committed)
    many = batch >= _FIRST_MANY
    with WhooshEngine(directory, create=True) as engine:
        if many:
            with engine.writer():
                pass
        else:
            commit_batch(engine, batch + 1)
        assert batch_of(engine, many) == batch + (not many)
        assert list(engine.verify()) == []
    check_tidy(directory)
    shutil.rmtree(target)
    return batch, committed


def _batch_after(directory: Path, committed: int) -> int:
    """The batch that is left, -1 for none: which is right only where none was acknowledged."""
    try:
        engine = WhooshEngine(directory)
    except IndexNotFoundError:
        assert committed == -1
        return -1
    with engine:
        assert list(engine.verify()) == []
        batch = int(engine.sources()["f"].sha256)
        assert batch_of(engine, batch >= _FIRST_MANY) == batch
        assert batch in (committed, committed + 1)
        return batch
