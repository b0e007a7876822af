"""What was read from each config.yaml, kept as JSON while the file stays as it is."""

from __future__ import annotations

import json
import os
import time
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from searchkit import __version__

# A file changed this shortly ago may change again without its time telling.
_FRESH_NS = 2_000_000_000


def recall(folder: Path, path: Path) -> dict[str, object] | None:
    """The keys of a file as they were kept; None when there are none, or the file has changed since."""
    try:
        kept = json.loads(_place(folder, path).read_bytes())
        values = kept["values"]
        if kept["file"] == _state(path) and isinstance(values, dict):
            return values
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass
    return None


def keep(folder: Path, path: Path, values: Mapping[str, object]) -> None:
    """Keep the keys of a file, unless it has changed just now or JSON cannot tell them."""
    with suppress(OSError, ValueError, TypeError):
        if time.time_ns() - path.stat().st_mtime_ns < _FRESH_NS:
            return
        data = json.dumps({"file": _state(path), "values": values}).encode()
        if json.loads(data)["values"] != values:
            return
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        place = _place(folder, path)
        temporary = place.with_suffix(f".{os.getpid()}")
        temporary.write_bytes(data)
        temporary.replace(place)


def _state(path: Path) -> list[object]:
    info = path.stat()
    return [str(path), info.st_size, info.st_mtime_ns, info.st_ino, __version__]


def _place(folder: Path, path: Path) -> Path:
    return folder / f"config-{zlib.crc32(os.fsencode(path)):08x}.json"
