"""What damaged files and full disks raise, as errors of ours at the engine's edge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from searchkit.engines.whoosh.container import Damaged
from searchkit.engines.whoosh.generations import ROLLBACK
from searchkit.errors import EngineError, IndexDamagedError, SearchkitError


@contextmanager
def reading(directory: Path, generation: int) -> Iterator[None]:
    """Turn what reading damaged files raises into `IndexDamagedError`."""
    try:
        yield
    except (SearchkitError, RecursionError, MemoryError):
        raise
    except PermissionError as exc:
        raise EngineError(f"{exc.filename or directory} may not be read: {exc.strerror}") from exc
    except Exception as exc:
        detail = str(exc) or type(exc).__name__
        raise IndexDamagedError(f"{directory} is damaged in generation {generation} ({detail}); {ROLLBACK}") from exc


@contextmanager
def writing(directory: Path) -> Iterator[None]:
    """Turn what the system refuses while writing (no room, no permission), and damage met on the way, into errors."""
    try:
        yield
    except Damaged as exc:
        raise IndexDamagedError(f"{directory} is damaged ({exc}); {ROLLBACK}") from exc
    except OSError as exc:
        if exc.filename is None or str(directory) in str(exc.filename):
            detail = exc.strerror or str(exc)
            raise EngineError(f"{directory} cannot be written ({detail}); the last commit stays as it was") from exc
        raise
