"""What damaged files and full disks raise, as errors of ours at the engine's edge.

Files are not checked as they are opened, which would mean to read them whole. It is when reading goes wrong that they are:
then the checksums tell damage from an error of ours, and which file it is.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from searchkit.engines.whoosh.container import Damaged
from searchkit.engines.whoosh.generations import ROLLBACK
from searchkit.errors import EngineError, IndexDamagedError, SearchkitError

_SIGNS_OF_DAMAGE = {errno.ENOENT, errno.EIO, errno.EISDIR, errno.ENOTDIR, errno.ELOOP, errno.ENXIO, None}
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def reading(directory: Path, generation: int) -> Iterator[None]:
    """Turn what reading raises into errors of ours: damaged files into `IndexDamagedError`."""
    try:
        with blaming_damage(directory, generation):
            yield
    except (SearchkitError, RecursionError, MemoryError):
        raise
    except OSError as exc:
        raise EngineError(f"{exc.filename or directory} cannot be read: {exc.strerror or exc}") from exc
    except Exception as exc:
        detail = f"{type(exc).__name__}: {exc}"
        raise EngineError(
            f"{directory} could not be read ({detail}), though the files of generation {generation} are as they were "
            "written; this is an error in searchkit: please report it"
        ) from exc


@contextmanager
def blaming_damage(directory: Path, generation: int) -> Iterator[None]:
    """Raise `IndexDamagedError` instead of any exception that comes with damage to the files of a generation."""
    try:
        yield
    except SearchkitError:
        raise
    except Exception as exc:
        trouble = _damage(directory, generation, exc)
        if trouble:
            raise IndexDamagedError(f"{trouble}; {ROLLBACK}") from exc
        raise


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


def _damage(directory: Path, generation: int, exc: Exception) -> str | None:
    """What is wrong with the files of a generation, None where an exception has nothing to do with it."""
    if isinstance(exc, OSError) and exc.errno not in _SIGNS_OF_DAMAGE:
        return None
    from searchkit.engines.whoosh.recovery import troubles

    found = next(troubles(directory, generation), None)
    if found is None and isinstance(exc, Damaged):
        return f"{directory} is damaged in generation {generation} ({exc})"
    return found
