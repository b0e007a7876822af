"""Generations of an index: which files belong to each, how the next becomes the current one, which may go.

`searchkit-00000007.json` is the manifest of generation 7: one line of JSON, and on a second line that line's CRC-32. It
names every file of the generation with its size and CRC-32. The manifest with the highest number is the current one.

A commit makes the data durable before the manifest that names them, and the manifest before anything is collected:
write files, fsync each, fsync the directory, write the manifest under another name, fsync it, rename it, fsync the
directory. The generation before stays, so that `rollback` can return to it. Readers hold a shared flock on the manifest
they read; the collector leaves alone what a manifest that is held, or one of the last two, names.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from searchkit.analysis import ANALYSIS_VERSION
from searchkit.engines.whoosh.container import create
from searchkit.errors import IndexDamagedError, IndexNotFoundError, IndexVersionError

FORMAT_VERSION = 1
KEPT_GENERATIONS = 2

_MANIFEST = re.compile(r"searchkit-(\d{8})\.json")
_OURS = re.compile(r"(?:searchkit|sources)-\d{8}\.json(?:\.new)?|g\d{8}-[0-9a-z]+\.[a-z0-9-]+|_MAIN_\d+\.toc")
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


def hold_current(directory: Path) -> Held:
    """The current generation. Raises `IndexNotFoundError`, `IndexDamagedError`, `IndexVersionError`."""
    while True:
        known = generations(directory)
        if not known:
            raise IndexNotFoundError(f'there is no index in {directory}; run "searchkit index PATH" to make one')
        held = hold(directory, known[-1])
        if held is not None:
            return held


def hold(directory: Path, generation: int) -> Held | None:
    """A generation, None when it has been collected meanwhile."""
    path = directory / manifest_name(generation)
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH)
        if not path.exists():  # collected between opening and holding
            file.close()
            return None
        return Held(file, _parse(path, file.read()))
    except BaseException:
        file.close()
        raise


def _parse(path: Path, data: bytes) -> dict[str, Any]:
    line, _, crc = data.partition(b"\n")
    try:
        if int(crc, 16) != zlib.crc32(line) or crc != b"%08x\n" % zlib.crc32(line):
            raise ValueError("its checksum does not fit")
        manifest: dict[str, Any] = json.loads(line)
    except ValueError as exc:
        raise IndexDamagedError(f"{path} is damaged ({exc}); {ROLLBACK}") from exc
    for key, needed in (("format", FORMAT_VERSION), ("analysis", ANALYSIS_VERSION)):
        if manifest[key] != needed:
            raise IndexVersionError(
                f"{path.parent} holds {key} {manifest[key]} but this version of searchkit needs {needed}; {REBUILD}"
            )
    return manifest


def write_file(directory: Path, name: str, data: bytes) -> tuple[int, int]:
    """A small file of a generation; its size and CRC-32."""
    with create(directory / name) as file:
        file.write(data)
    return len(data), zlib.crc32(data)


def publish(directory: Path, manifest: Mapping[str, Any], new_files: Iterable[str]) -> None:
    """Make a generation the current one, durably."""
    for name in new_files:
        _sync_file(directory / name)
    sync_directory(directory)
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
    """Remove what no generation needs that is held, or is one of the last two. Only for the holder of the lock."""
    known = generations(directory)
    kept = set(known[-KEPT_GENERATIONS:])
    needed: set[str] = set()
    for generation in known:
        path = directory / manifest_name(generation)
        if generation not in kept and not _is_held(path):
            path.unlink(missing_ok=True)
            continue
        needed.add(path.name)
        try:
            needed |= set(_parse(path, path.read_bytes())["files"])
        except (IndexDamagedError, IndexVersionError):
            return  # what it needs cannot be told: nothing more is removed
    for name in os.listdir(directory):
        if _OURS.fullmatch(name) and name not in needed:
            (directory / name).unlink(missing_ok=True)


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_held(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return False
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
