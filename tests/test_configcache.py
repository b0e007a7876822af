"""Settings kept between runs: never older than their file, and never needed."""

from __future__ import annotations

import json
import os
import stat
import time
from pathlib import Path

import pytest

from searchkit import config, configcache
from searchkit.config import LoadedConfig, load
from searchkit.errors import ConfigError

LONG_AGO = 1_000_000_000


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """The place of a cache, which is not there yet."""
    return tmp_path / "home" / "cache" / "searchkit"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder for a config.yaml."""
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


def written(folder: Path, text: str, *, time_s: float = LONG_AGO) -> Path:
    """A config.yaml of that age."""
    file = folder / "config.yaml"
    file.write_text(text, encoding="utf-8")
    os.utime(file, (time_s, time_s))
    return file


def loaded(project: Path, cache: Path | None) -> LoadedConfig:
    return load(start=project, environment={}, cache=cache)


def limit(project: Path, cache: Path | None) -> int:
    return loaded(project, cache).config.output.limit


def kept(cache: Path) -> list[Path]:
    return sorted(cache.iterdir()) if cache.is_dir() else []


def no_more_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on, reading a config.yaml fails."""

    def refuse(path: Path) -> dict[str, object]:
        raise AssertionError(f"{path} was read")

    monkeypatch.setattr(config, "read_file", refuse)


# --- what is kept ------------------------------------------------------------------------------------------------


def test_a_file_is_read_once(project: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second run takes what the first has read, and comes to the same settings with the same origins."""
    written(project, "index: here\nsources: [a, b]\nlanguage: no\noutput: {limit: 3, pager: false}\nbm25: {k1: 1}")
    first = loaded(project, cache)
    no_more_reading(monkeypatch)
    assert loaded(project, cache) == first
    assert first.config.output.limit == 3


def test_the_users_own_file_is_kept_too(project: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file has its own place."""
    (project / "own").mkdir()
    own = written(project / "own", "output: {snippets: 7}")
    written(project, "output: {limit: 3}")

    def both() -> tuple[int, int]:
        output = load(start=project, environment={}, user_file=own, cache=cache).config.output
        return output.limit, output.snippets

    assert both() == (3, 7)
    no_more_reading(monkeypatch)
    assert both() == (3, 7)
    assert len(kept(cache)) == 2


def test_without_a_cache_every_run_reads(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who names no folder has nothing kept."""
    written(project, "output: {limit: 3}")
    assert limit(project, None) == 3
    no_more_reading(monkeypatch)
    with pytest.raises(AssertionError, match="was read"):
        limit(project, None)


def test_the_cache_is_private(project: Path, cache: Path) -> None:
    """Its folder is made for the user alone, and holds nothing but the kept files."""
    written(project, "output: {limit: 3}")
    limit(project, cache)
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert [path.suffix for path in kept(cache)] == [".json"]


# --- what is not -------------------------------------------------------------------------------------------------


def test_a_changed_file_is_read_anew(project: Path, cache: Path) -> None:
    """Another time of change is enough, and so is another size under the same time."""
    written(project, "output: {limit: 3}")
    assert limit(project, cache) == 3
    written(project, "output: {limit: 4}", time_s=LONG_AGO + 1)
    assert limit(project, cache) == 4
    written(project, "output: {limit: 55}", time_s=LONG_AGO + 1)
    assert limit(project, cache) == 55


def test_a_replaced_file_is_read_anew(project: Path, cache: Path) -> None:
    """Another file of the same size and time under the same name is seen to be another."""
    file = written(project, "output: {limit: 3}")
    assert limit(project, cache) == 3
    (project / "new").mkdir()
    written(project / "new", "output: {limit: 4}").replace(file)
    assert limit(project, cache) == 4


@pytest.mark.parametrize("ahead_s", [0, 1_000_000], ids=["just now", "in the future"])
def test_fresh_files_are_not_kept(project: Path, cache: Path, ahead_s: int) -> None:
    """What was changed just now may change again within the same tick of the file system's clock."""
    written(project, "output: {limit: 3}", time_s=time.time() + ahead_s)
    assert limit(project, cache) == 3
    assert kept(cache) == []


def test_a_file_with_errors_is_not_kept(project: Path, cache: Path) -> None:
    """An unknown key is told by every run."""
    written(project, "langauge: de")
    for _ in range(2):
        with pytest.raises(ConfigError, match="did you mean 'language'"):
            loaded(project, cache)
    assert kept(cache) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("language: 2017-03-17", "language must be a word"),
        ("weights: {title: .nan}", "weights.title must be a number, not nan"),
        ("sources: &a [*a]", "sources must be a list of paths"),
    ],
)
def test_what_json_cannot_tell_is_not_kept(project: Path, cache: Path, text: str, message: str) -> None:
    """Values of YAML alone give the same error every time."""
    written(project, text)
    for _ in range(2):
        with pytest.raises(ConfigError, match=message):
            loaded(project, cache)
    assert kept(cache) == []


def test_another_version_reads_anew(project: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one version of searchkit kept another does not use."""
    written(project, "output: {limit: 3}")
    limit(project, cache)
    monkeypatch.setattr(configcache, "__version__", "0.0.0")
    no_more_reading(monkeypatch)
    with pytest.raises(AssertionError, match="was read"):
        limit(project, cache)


# --- a cache in trouble ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"{}",
        b'{"file": null, "values": {"output.limit": 9}}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
    ],
    ids=lambda data: repr(data[:20]),
)
def test_a_broken_file_is_done_without(project: Path, cache: Path, data: bytes) -> None:
    """Whatever stands in the cache, the settings are those of config.yaml, and the cache is mended."""
    written(project, "output: {limit: 3}")
    limit(project, cache)
    (file,) = kept(cache)
    file.write_bytes(data)
    assert limit(project, cache) == 3
    assert json.loads(file.read_bytes())["values"] == {"output.limit": 3}


def test_values_of_the_wrong_form_are_done_without(project: Path, cache: Path) -> None:
    """A file that fits in all but its values is no help."""
    written(project, "output: {limit: 3}")
    limit(project, cache)
    (file,) = kept(cache)
    file.write_text(json.dumps({**json.loads(file.read_bytes()), "values": ["output.limit"]}))
    assert limit(project, cache) == 3


def test_a_folder_in_place_of_the_file_is_done_without(project: Path, cache: Path) -> None:
    """What cannot be read as a file is as if it were not there."""
    written(project, "output: {limit: 3}")
    limit(project, cache)
    (file,) = kept(cache)
    file.unlink()
    (file / "x").mkdir(parents=True)
    assert limit(project, cache) == 3


def test_an_unusable_folder_is_harmless(project: Path, cache: Path) -> None:
    """Where a file is in the way of the folder, every run reads."""
    cache.parent.mkdir(parents=True)
    cache.write_text("a file")
    written(project, "output: {limit: 3}")
    assert [limit(project, cache), limit(project, cache)] == [3, 3]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_folder_is_harmless(project: Path, cache: Path) -> None:
    """Where nothing may be written, every run reads."""
    cache.mkdir(parents=True)
    cache.chmod(0o500)
    written(project, "output: {limit: 3}")
    assert [limit(project, cache), limit(project, cache)] == [3, 3]
    assert kept(cache) == []


def test_a_full_disk_is_harmless(project: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be kept is not kept."""

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    written(project, "output: {limit: 3}")
    assert limit(project, cache) == 3
    assert kept(cache) == []
