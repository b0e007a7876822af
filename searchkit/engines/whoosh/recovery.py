"""Whether an index is as it was written, and the way back to the generation before."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from searchkit.engines.whoosh import generations
from searchkit.engines.whoosh.container import Damaged, open_file
from searchkit.errors import IndexDamagedError, IndexNotFoundError, IndexVersionError

_CHUNK_BYTES = 1 << 20


def verify(directory: Path) -> Iterator[str]:
    """What is wrong with an index, file by file: every byte of each kept generation is read and its checksum
    recomputed. Nothing is yielded for a sound one. Raises `IndexNotFoundError`."""
    known = generations.generations(directory)
    if not known:
        raise IndexNotFoundError(f'there is no index in {directory}; run "searchkit index PATH" to make one')
    # Older ones are held by readers at most, and after a loss of power those may be back that were collected.
    kept = known[-generations.KEPT_GENERATIONS :]
    seen: set[str] = set()
    for generation in reversed(kept):
        yield from troubles(directory, generation, seen)


def troubles(directory: Path, generation: int, seen: set[str] | None = None) -> Iterator[str]:
    """What is wrong with the files of one generation, those that were `seen` already left out."""
    seen = set() if seen is None else seen
    try:
        held = generations.hold(directory, generation)
    except (IndexDamagedError, IndexVersionError) as exc:
        yield str(exc)
        return
    if held is None:
        return
    with held:
        for name, (size, crc) in sorted(held.manifest["files"].items()):
            trouble = None if name in seen else file_trouble(directory / name, size, crc)
            seen.add(name)
            if trouble:
                yield f"{directory / name} (generation {generation}) {trouble}"


def rollback(directory: Path) -> int:
    """Make the generation before the current one current again, as a new generation; its number. The caller holds the
    lock. Raises `IndexNotFoundError` where there is none, `IndexDamagedError` when that is damaged too."""
    known = generations.generations(directory)
    if len(known) < 2:
        raise IndexNotFoundError(
            f"{directory} holds no generation before the current one; {generations.REBUILD} to make the index anew"
        )
    before = generations.hold(directory, known[-2])
    assert before is not None  # only the holder of the lock collects
    try:
        manifest: dict[str, Any] = dict(before.manifest)
        for name, (size, crc) in manifest["files"].items():
            trouble = file_trouble(directory / name, size, crc)
            if trouble and not name.endswith(".toc"):
                raise IndexDamagedError(f"{directory / name} of the generation before {trouble}; {generations.REBUILD}")
        manifest["generation"] = known[-1] + 1
        _renew_contents(directory, manifest)
        generations.publish(directory, manifest, [name for name in manifest["files"] if name.endswith(".toc")])
    finally:
        before.close()
    return known[-1] + 1


def _renew_contents(directory: Path, manifest: dict[str, Any]) -> None:
    """Whoosh's table of contents carries the generation's number: give the new one its own."""
    from searchkit.engines.whoosh.snapshot import SegmentInfo
    from searchkit.engines.whoosh.stock import load_codec

    segments = [SegmentInfo.from_json(info) for info in manifest["segments"]]
    name, content = load_codec().table_of_contents(manifest["generation"], segments)
    (directory / name).unlink(missing_ok=True)
    files = {file: place for file, place in manifest["files"].items() if not file.endswith(".toc")}
    manifest["files"] = {**files, name: generations.write_file(directory, name, content)}


def file_trouble(path: Path, size: int, crc: int) -> str | None:
    """What is wrong with a file, None when it is as it was written."""
    try:
        with open_file(path) as file:
            found_size = found_crc = 0
            while data := file.read(_CHUNK_BYTES):
                found_size += len(data)
                found_crc = zlib.crc32(data, found_crc)
    except OSError as exc:
        return f"cannot be read: {exc.strerror}"
    except Damaged:
        return "is not a file"
    if found_size != size:
        return f"has {found_size:,} bytes instead of {size:,}"
    if found_crc != crc:
        return "does not hold what was written: its checksum differs"
    return None
