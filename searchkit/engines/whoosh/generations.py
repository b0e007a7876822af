"""Generations of an index: which files belong to each, how the next becomes the current one, which may go.

`searchkit-00000007.json` is the manifest of generation 7: one line of JSON, and on a second line that line's CRC-32. It
names every file of the generation with its size and CRC-32. The manifest with the highest number is the current one.

A commit makes the data durable before the manifest that names them, and the manifest before anything is collected:
write files, fsync each, fsync the directory, write the manifest under another name, fsync it, rename it, fsync the
directory; before the first commit the directory's own name is made durable too. The generation before stays, so that
`rollback` can return to it. Readers hold a shared flock on the manifest they read; the collector leaves alone what a
manifest that is held, or one of the last two, names. It syncs nothing: after a loss of power older generations may be
there again, whole or in part, and are collected once more.

A manifest is believed only when its checksum fits and its names are those of files in the directory.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from searchkit.analysis import ANALYSIS_VERSION
from searchkit.engines.whoosh.container import Damaged, create, open_file
from searchkit.errors import EngineError, IndexDamagedError, IndexNotFoundError, IndexVersionError

FORMAT_VERSION = 2
KEPT_GENERATIONS = 2

_MANIFEST = re.compile(r"searchkit-(\d{8})\.json", re.ASCII)
_OURS = re.compile(
    r"(?:searchkit|sources)-(\d{8})\.json(?:\.new)?|g(\d{8})(?:-[0-9a-z]+)+\.[a-z0-9-]+|_MAIN_(\d{1,9})\.toc", re.ASCII
)
REBUILD = 'run "searchkit index --rebuild"'
ROLLBACK = f'run "searchkit rollback", or {REBUILD}'


def manifest_name(generation: int) -> str:
    return f"searchkit-{generation:08d}.json"


def generations(directory: Path) -> list[int]:
    """The numbers of all generations that have a manifest, ascending."""
    try:
        names = os.listdir(directory)
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(int(found[1]) for found in map(_MANIFEST.fullmatch, names) if found)


class Held:
    """A manifest that is being read, held against the collector until it is closed."""

    def __init__(self, file: BinaryIO, manifest: Mapping[str, Any]) -> None:
        self._file = file
        self.manifest = manifest
        self.generation: int = manifest["generation"]

    def close(self) -> None:
        """Let the collector have it."""
        self._file.close()

    def __enter__(self) -> Held:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def hold_current(directory: Path) -> Held:
    """The current generation. Raises `IndexNotFoundError`, `IndexDamagedError`, `IndexVersionError`."""
    collected = 0
    while True:
        known = generations(directory)
        if not known:
            raise IndexNotFoundError(f'there is no index in {directory}; run "searchkit index PATH" to make one')
        held = hold(directory, known[-1])
        if held is not None:
            return held
        if known[-1] == collected:
            raise IndexDamagedError(f"{directory / manifest_name(collected)} leads nowhere; {ROLLBACK}")
        collected = known[-1]


def hold(directory: Path, generation: int) -> Held | None:
    """A generation, None when it has been collected meanwhile."""
    path = directory / manifest_name(generation)
    try:
        file = open_file(path)
    except FileNotFoundError:
        return None
    except PermissionError as exc:
        raise EngineError(f"{path} may not be read: {exc.strerror}") from exc
    except (Damaged, OSError) as exc:
        raise IndexDamagedError(f"{path} is damaged ({exc}); {ROLLBACK}") from exc
    try:
        fcntl.flock(file, fcntl.LOCK_SH)
        if not path.exists():  # collected between opening and holding
            file.close()
            return None
        return Held(file, _read(path, file))
    except BaseException:
        file.close()
        raise


def _read(path: Path, file: BinaryIO) -> dict[str, Any]:
    """A manifest, checked."""
    try:
        line, _, crc = file.read().partition(b"\n")
        if crc != b"%08x\n" % zlib.crc32(line):
            raise ValueError("its checksum does not fit")
        manifest = json.loads(line)
        if not isinstance(manifest, dict):
            raise ValueError("it is no manifest")
        _check_versions(path, manifest)
        _check_names(path, manifest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
        raise IndexDamagedError(f"{path} is damaged ({exc}); {ROLLBACK}") from exc
    return manifest


def _check_versions(path: Path, manifest: Mapping[str, Any]) -> None:
    for key, needed in (("format", FORMAT_VERSION), ("analysis", ANALYSIS_VERSION)):
        if manifest[key] != needed:
            raise IndexVersionError(
                f"{path.parent} holds {key} {manifest[key]} but this version of searchkit needs {needed}; {REBUILD}"
            )


def _check_names(path: Path, manifest: Mapping[str, Any]) -> None:
    """Raise ValueError unless all that is named are files of an index, in its directory."""
    files = manifest["files"]
    for name, (size, crc) in files.items():
        if not _OURS.fullmatch(name) or type(size) is not int or type(crc) is not int:
            raise ValueError(f"it names {name!r}")
    named = [manifest["sources"]]
    for segment in manifest["segments"]:
        named += [f"{segment['name']}.terms", *segment["files"]]
        named += [segment["deleted"]] if segment["deleted"] else []
    for name in named:
        if name not in files:
            raise ValueError(f"{name!r} is not among its files")
    if path.name != manifest_name(manifest["generation"]):
        raise ValueError("it is that of another generation")


def write_file(directory: Path, name: str, data: bytes) -> tuple[int, int]:
    """A small file of a generation; its size and CRC-32."""
    with create(directory / name) as file:
        file.write(data)
    return len(data), zlib.crc32(data)


def publish(directory: Path, manifest: Mapping[str, Any], new_files: Iterable[str]) -> None:
    """Make a generation the current one, durably."""
    for name in new_files:
        sync_file(directory / name)
    sync_directory(directory)
    if not generations(directory):
        _sync_parents(directory)
    line = json.dumps(manifest, sort_keys=True).encode()
    final = directory / manifest_name(manifest["generation"])
    temporary = final.with_name(final.name + ".new")
    temporary.unlink(missing_ok=True)
    with create(temporary) as file:
        file.write(b"%s\n%08x\n" % (line, zlib.crc32(line)))
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(final)
    sync_directory(directory)


def collect(directory: Path) -> None:
    """Remove what no generation needs that is held, or is one of the last two. Only for the holder of the lock.

    What cannot be removed stays; while a manifest cannot be read, so does all that it might name.
    """
    known = generations(directory)
    newest = known[-1] if known else 0
    needed: set[str] = set()
    certain = True
    for generation in known:
        path = directory / manifest_name(generation)
        if generation not in known[-KEPT_GENERATIONS:] and _removed_unless_held(path):
            continue
        needed.add(path.name)
        try:
            with open_file(path) as file:
                needed |= set(_read(path, file)["files"])
        except (IndexDamagedError, IndexVersionError, Damaged, OSError):
            certain = False
    with suppress(OSError):
        for name in os.listdir(directory):
            found = _OURS.fullmatch(name)
            # What is newer than any manifest is left of a writer that never came to its commit.
            if found and name not in needed and (certain or int(found[found.lastindex or 0]) > newest):
                _remove(directory / name)


def sync_file(path: Path) -> None:
    """Make what a file holds durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _removed_unless_held(path: Path) -> bool:
    """Remove a manifest that no reader holds; whether it is gone. A reader that has just opened it waits for our lock,
    and finds then that the manifest is gone."""
    try:
        with open_file(path) as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
    except FileNotFoundError:
        return True
    except Damaged:
        _remove(path)
    except OSError:
        return False
    return True


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _sync_parents(directory: Path) -> None:
    """Make a new directory's own name durable, and those of all above it, which may be new too."""
    for parent in directory.resolve().parents:
        with suppress(OSError):  # not ours to read
            sync_directory(parent)
