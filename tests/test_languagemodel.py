"""The copy of the model: it answers as the model does, is made once and read in pieces, and is never needed."""

from __future__ import annotations

import errno
import json
import os
import stat
import time
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import py3langid
import pytest
from py3langid.langid import LanguageIdentifier

from searchkit import languagemodel
from searchkit.languagemodel import is_kept, load_and_keep_model, load_model
from tests.test_languages import NAMES, RATES, TABLE, TEXTS

ODD = ["", " ", "\0", "\ud800 surrogate", "ÀÈÌ ÒÙ", "e\u0301 de\u0301compose\u0301", "1234", "😀" * 50, "ﷺ" * 30]
CHANGED = [f"{a[:60]} {b[-60:]}" for a in TEXTS.values() for b in TEXTS.values()]
QUESTIONS = [*TEXTS.values(), *(text * 20 for text in TEXTS.values()), TABLE, NAMES, RATES, *ODD, *CHANGED]


@pytest.fixture(autouse=True)
def _each_loads_anew() -> Iterator[None]:
    """No test has the model of another."""
    languagemodel._loaded_model.cache_clear()
    yield
    languagemodel._loaded_model.cache_clear()


# --- the whole model ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a copy of py3langid's model."""
    folder = tmp_path_factory.mktemp("cache") / "searchkit"
    load_and_keep_model(folder)
    yield folder
    (folder / "language-model.bin").unlink()  # 70 MB, which pytest would leave for some days


@pytest.fixture(scope="module")
def answers() -> list[tuple[str, float]]:
    """What the model says without a copy."""
    model = languagemodel._plain_model()
    return [model.classify(text) for text in QUESTIONS]


def never(*_: object, **__: object) -> object:
    raise AssertionError("the model was unpacked")


@pytest.mark.parametrize(
    ("many", "most"),
    [(10**9, 10**9), (10**9, 20), (1, 20), (100, 10**9)],
    ids=["in pieces", "few remembered", "all read", "all read in the end"],
)
def test_the_copy_answers_as_the_model(
    whole: Path, answers: list[tuple[str, float]], monkeypatch: pytest.MonkeyPatch, many: int, most: int
) -> None:
    """The same languages with the same probabilities, to the last bit, however the copy is read."""
    monkeypatch.setattr(LanguageIdentifier, "from_model_file", never)
    monkeypatch.setattr(languagemodel, "_MANY", many)
    monkeypatch.setattr(languagemodel, "_MOST_MOVES", most)
    monkeypatch.setattr(languagemodel, "_MOST_WEIGHTS", most)
    model = load_model(whole)
    assert [model.classify(text) for text in QUESTIONS] == answers
    assert len({language for language, _ in answers}) > 15


def test_little_of_the_copy_is_read(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence needs a hundredth of it; one that is asked many times has all of it read, once."""
    sizes: list[int] = []
    read = os.pread

    def counted(handle: int, size: int, place: int) -> bytes:
        sizes.append(size)
        return read(handle, size, place)

    monkeypatch.setattr(os, "pread", counted)
    monkeypatch.setattr(languagemodel, "_MANY", 3)
    model = load_model(whole)
    model.classify(TEXTS["fr"])
    of_one = sum(sizes)
    assert 0 < of_one < 1_000_000
    model.classify(TEXTS["fr"])
    assert sum(sizes) == of_one
    model.classify(TEXTS["fr"])
    assert sum(sizes) > 60_000_000
    of_all = sum(sizes)
    model.classify(TEXTS["de"])
    assert sum(sizes) == of_all


# --- a small one -------------------------------------------------------------------------------------------------


class Original:
    """A model of two languages, one of which writes `a` and the other `b`, in place of py3langid's."""

    def __init__(self) -> None:
        self.loads = 0

    def load(self, *_: object, **__: object) -> Any:
        self.loads += 1
        moves = array("H", [0] * 256)
        moves[ord("a")], moves[ord("b")] = 1, 2
        weights = np.array([[0, -3], [-3, 0]], "float16")
        model = (weights, np.zeros(2, "float32"), ["aa", "bb"], moves, [-1, 0, 1])
        return LanguageIdentifier(*model, norm_probs=True, tk_row=array("H", [0, 0, 0]))


@pytest.fixture
def original(monkeypatch: pytest.MonkeyPatch) -> Original:
    """The small model, which counts how often it is loaded."""
    small = Original()
    monkeypatch.setattr(LanguageIdentifier, "from_model_file", small.load)
    return small


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """The place of a cache, which is not there yet."""
    return tmp_path / "home" / "cache" / "searchkit"


def run(cache: Path | None, *, keeps: bool = True) -> list[str]:
    """What a run of its own is told of two texts."""
    languagemodel._loaded_model.cache_clear()
    if keeps:
        load_and_keep_model(cache)
    model = load_model(cache)
    return [model.classify(text)[0] for text in ("aaab", "abbb")]


def kept(cache: Path) -> Path:
    """The one file in the cache."""
    (file,) = cache.iterdir()
    return file


def changed_head(file: Path, **values: object) -> None:
    """Write other values into the head of a copy."""
    head, _, rest = file.read_bytes().partition(b"\n")
    file.write_bytes(json.dumps({**json.loads(head), **values}).encode() + b"\n" + rest)


def test_the_model_is_unpacked_once(original: Original, cache: Path) -> None:
    """The first run leaves a copy and works with it already; later ones need no more."""
    assert not is_kept(cache)
    assert run(cache) == ["aa", "bb"]
    assert isinstance(load_model(cache), languagemodel._KeptModel)
    assert is_kept(cache)
    inode = kept(cache).stat().st_ino
    assert run(cache) == run(cache, keeps=False) == ["aa", "bb"]
    assert original.loads == 1
    assert kept(cache).stat().st_ino == inode


def test_who_only_asks_leaves_no_copy(original: Original, cache: Path) -> None:
    """A run of a few articles is no reason for 70 MB."""
    assert run(cache, keeps=False) == ["aa", "bb"]
    assert not cache.exists()


def test_without_a_cache_nothing_is_kept(original: Original, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who names no folder has the model loaded as it is."""
    monkeypatch.chdir(tmp_path)
    assert run(None) == run(None) == ["aa", "bb"]
    assert original.loads == 2
    assert list(tmp_path.rglob("*")) == []


def test_the_copy_is_private(original: Original, cache: Path) -> None:
    """It and its folder are made for the user alone."""
    before = os.umask(0)
    try:
        run(cache)
    finally:
        os.umask(before)
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert stat.S_IMODE(kept(cache).stat().st_mode) == 0o600


def test_two_keep_at_once(original: Original, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each writes a file of its own: whatever the order, a whole copy is there."""
    sync, model = os.fsync, original.load()
    begun: list[Path] = []

    def other_first(handle: int) -> None:
        begun.extend(cache.iterdir())
        monkeypatch.setattr(os, "fsync", sync)
        languagemodel._keep(cache, model)
        assert is_kept(cache)
        os.fsync(handle)

    monkeypatch.setattr(os, "fsync", other_first)
    languagemodel._keep(cache, model)
    assert len(begun) == 1 and begun[0] != kept(cache)
    assert run(cache) == ["aa", "bb"]
    assert original.loads == 1


def test_a_copy_in_use_may_be_replaced(original: Original, cache: Path) -> None:
    """Who has begun with one goes on with it."""
    run(cache)
    languagemodel._loaded_model.cache_clear()
    model = load_model(cache)
    languagemodel._keep(cache, original.load())
    assert model.classify("aaab")[0] == "aa"
    assert original.loads == 2


# --- a cache in trouble ------------------------------------------------------------------------------------------


def test_a_copy_of_another_version_is_replaced(
    original: Original, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an update of py3langid the model is unpacked again, and kept again."""
    run(cache)
    monkeypatch.setattr(py3langid, "__version__", "99")
    assert run(cache) == ["aa", "bb"]
    assert original.loads == 2
    assert run(cache) == ["aa", "bb"]
    assert original.loads == 2


def test_a_copy_of_another_model_is_replaced(
    original: Original, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another model under the same name and of the same size and time is another model."""
    file = tmp_path / "model"
    monkeypatch.setattr("py3langid.langid.MODEL_DIR", tmp_path)
    monkeypatch.setattr("py3langid.langid.MODEL_FILE", file.name)
    for number, content in enumerate((b"one", b"two")):
        file.write_bytes(content)
        os.utime(file, (1, 1))
        assert run(cache) == run(cache) == ["aa", "bb"]
        assert original.loads == number + 1


def test_a_copy_that_does_not_fit_is_removed(original: Original, cache: Path) -> None:
    """Also by who does not keep one: the next run that does would take it for a good one."""
    run(cache)
    changed_head(kept(cache), of=["another"])
    assert run(cache, keeps=False) == ["aa", "bb"]
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda data: data[: data.index(b"\n")],
        lambda data: data.replace(b"\n", b" ", 1),
        lambda data: b"\xff" + data,
        lambda data: b"[" * 10_000 + b"\n",
        lambda data: b"null\n",
        lambda data: b"{}\n",
        lambda data: data.replace(b'"rows"', b'"wors"', 1),
        lambda data: data.replace(b"[", b"{", 1),
    ],
    ids=["empty", "cut", "longer", "head", "no end", "bytes", "deep", "null", "nothing", "part", "JSON"],
)
def test_a_broken_copy_is_replaced(original: Original, cache: Path, change: Any) -> None:
    """Whatever stands there, the answers are the model's, and the next run finds a good copy."""
    run(cache)
    kept(cache).write_bytes(change(kept(cache).read_bytes()))
    assert not is_kept(cache)
    assert run(cache) == ["aa", "bb"]
    assert original.loads == 2
    assert run(cache) == ["aa", "bb"]
    assert original.loads == 2


@pytest.mark.parametrize(
    "parts",
    [{}, {"moves": ["x", 512]}, {"moves": ["H", "512"]}, {"priors": ["nothing", 8]}, {"moves": None}],
    ids=str,
)
def test_a_copy_of_the_wrong_form_is_done_without(original: Original, cache: Path, parts: dict[str, object]) -> None:
    """A head that tells of other numbers than there are is no help."""
    run(cache)
    head = json.loads(kept(cache).read_bytes().partition(b"\n")[0])
    changed_head(kept(cache), parts={**head["parts"], **parts} if parts else {})
    assert run(cache) == ["aa", "bb"]
    assert original.loads == 2


def test_a_copy_that_is_cut_off_in_use_is_done_without(original: Original, cache: Path) -> None:
    """What cannot be read any more is told by the model itself."""
    run(cache)
    languagemodel._loaded_model.cache_clear()
    model = load_model(cache)
    os.truncate(kept(cache), 0)
    assert model.classify("aaab")[0] == "aa"
    assert original.loads == 2


@pytest.mark.parametrize("part", ["moves", "rows", "features", "weights", "priors"])
def test_a_copy_with_other_numbers_is_replaced(
    original: Original, cache: Path, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a part is read whole, which those of single numbers are once there are many questions, damage is told by its
    checksum, and the copy is made anew."""
    monkeypatch.setattr(languagemodel, "_MANY", 1)
    run(cache)
    data = bytearray(kept(cache).read_bytes())
    at = data.index(b"\n") + 1
    for name, (_, size, _) in json.loads(data[: at - 1])["parts"].items():
        if name == part:
            data[at + size // 2] ^= 1
        at += size
    kept(cache).write_bytes(data)
    assert run(cache) == ["aa", "bb"]
    assert original.loads == 2
    run(cache)
    assert run(cache) == ["aa", "bb"]
    assert original.loads <= 3


def test_a_damaged_copy_that_leads_nowhere_is_replaced(original: Original, cache: Path) -> None:
    """Read in pieces, numbers that cannot be right are not an error but no copy."""
    run(cache)
    data = kept(cache).read_bytes()
    at = data.index(b"\n") + 1
    size = json.loads(data[:at])["parts"]["moves"][1]
    kept(cache).write_bytes(data[:at] + b"\xff" * size + data[at + size :])
    assert run(cache, keeps=False) == ["aa", "bb"]
    assert list(cache.iterdir()) == []


def test_a_pipe_in_place_of_the_copy_is_done_without(original: Original, cache: Path) -> None:
    """Nobody waits for somebody to write into it."""
    cache.mkdir(parents=True)
    os.mkfifo(cache / "language-model.bin")
    assert not is_kept(cache)
    assert run(cache, keeps=False) == ["aa", "bb"]


def test_a_folder_in_place_of_the_copy_is_done_without(original: Original, cache: Path) -> None:
    """What cannot be read as a file is as if it were not there, and nothing unfinished is left."""
    (cache / "language-model.bin" / "x").mkdir(parents=True)
    assert run(cache) == run(cache) == ["aa", "bb"]
    assert kept(cache).is_dir()
    assert original.loads == 2


def test_an_unusable_folder_is_harmless(original: Original, cache: Path) -> None:
    """Where a file is in the way of the folder, every run unpacks."""
    cache.parent.mkdir(parents=True)
    cache.write_text("a file")
    assert run(cache) == run(cache) == ["aa", "bb"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_folder_is_harmless(original: Original, cache: Path) -> None:
    """Where nothing may be written, every run unpacks."""
    cache.mkdir(parents=True)
    cache.chmod(0o500)
    assert run(cache) == run(cache) == ["aa", "bb"]
    assert list(cache.iterdir()) == []


def test_nothing_is_kept_with_someone_else(original: Original, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under sudo the folder of another user is neither trusted nor filled."""
    cache.mkdir(parents=True)
    monkeypatch.setattr(os, "geteuid", lambda: cache.stat().st_uid + 1)
    assert run(cache) == ["aa", "bb"]
    assert list(cache.iterdir()) == []


def test_a_copy_of_someone_else_is_not_trusted(
    original: Original, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is one that another has put into our folder."""
    run(cache)
    status = os.fstat

    def foreign(handle: int) -> os.stat_result:
        values = list(status(handle))
        values[stat.ST_UID] += 1
        return os.stat_result(values)

    monkeypatch.setattr(os, "fstat", foreign)
    assert not is_kept(cache)
    assert run(cache, keeps=False) == ["aa", "bb"]
    assert original.loads == 2


def test_a_full_disk_is_harmless(original: Original, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be written to the end leaves nothing behind."""

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert run(cache) == ["aa", "bb"]
    assert list(cache.iterdir()) == []


def test_the_last_room_is_left_to_others(original: Original, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is nearly full is not filled for this."""
    real = os.statvfs

    def little(path: object) -> os.statvfs_result:
        values = list(real(cache))
        values[4] = 1  # f_bavail: blocks that are free
        return os.statvfs_result(values)

    monkeypatch.setattr(languagemodel, "_ROOM", 100)
    monkeypatch.setattr(os, "statvfs", little)
    assert run(cache) == ["aa", "bb"]
    assert list(cache.iterdir()) == []


def test_what_a_killed_process_left_is_removed(original: Original, cache: Path) -> None:
    """After a day; what is younger may still be under way."""
    cache.mkdir(parents=True)
    old, young = cache / ".language-model-old", cache / ".language-model-young"
    for file, age_s in ((old, 90_000), (young, 3600)):
        file.write_text("unfinished")
        os.utime(file, (time.time() - age_s,) * 2)
    run(cache)
    assert sorted(cache.iterdir()) == [young, cache / "language-model.bin"]
    old.write_text("unfinished")
    os.utime(old, (1, 1))
    assert is_kept(cache)  # also where a copy is there already
    assert sorted(cache.iterdir()) == [young, cache / "language-model.bin"]
