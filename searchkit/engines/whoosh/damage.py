"""Whoosh's exceptions, which may be any, as errors of ours at the engine's edge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from searchkit.errors import EngineError, IndexDamagedError, SearchkitError

REBUILD = 'run "searchkit index --rebuild" to make it anew from the articles'


@contextmanager
def reading(place: Path) -> Iterator[None]:
    """Turn what Whoosh raises on files that it cannot make sense of into `IndexDamagedError`, which names `place`.

    Almost any exception may come of a damaged file (struct.error, EOFError, KeyError, pickle's, a bare Exception), so
    all count, except our own and those which only say that this process has run out of something.
    """
    try:
        yield
    except (SearchkitError, RecursionError, MemoryError):
        raise
    except PermissionError as exc:
        raise EngineError(f"{exc.filename or place} may not be read: {exc.strerror}") from exc
    except Exception as exc:
        where = getattr(exc, "filename", None) or place
        detail = str(exc) or type(exc).__name__
        raise IndexDamagedError(f"{where} is damaged ({detail}); {REBUILD}") from exc


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """The same while writing, when an OSError says that there is no room or no permission, and nothing is damaged."""
    try:
        with reading(place):
            yield
    except IndexDamagedError as exc:
        cause = exc.__cause__
        if isinstance(cause, OSError) and not isinstance(cause, FileNotFoundError):
            raise EngineError(f"{place}/ cannot be written ({cause.strerror}); the last commit stays") from cause
        raise
