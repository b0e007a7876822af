"""The table of engines, and how one is opened: an engine is imported only when it is asked for.

Adding one: a module here with a class that keeps the contract of `engine.Engine`, a line in `ENGINES`, and a test file
that inherits the shared suite (`tests/engines/contract.py`). Its class is called with the place of the index and
`create`. Engines never import one another; what several need is in `shared`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from searchkit.engine import Engine
from searchkit.errors import EngineUnavailableError

ENGINES: Mapping[str, str] = {
    "memory": "searchkit.engines.memory:MemoryEngine",
    "whoosh": "searchkit.engines.whoosh:WhooshEngine",
}
"""Name -> "module:Class"."""


def open_engine(name: str, location: Path | None, *, create: bool = False) -> Engine:
    """Open the index at `location` (None for an engine that keeps none) with the engine of that name.

    `create` allows for a place without an index, which reads as empty until the first commit makes one there; it also
    opens a damaged or outdated index, of which nothing but a writer with `rebuild` works.
    Raises `EngineUnavailableError`, `IndexNotFoundError`, `IndexDamagedError`, `IndexVersionError`.
    """
    try:
        module, _, class_name = ENGINES[name].partition(":")
    except KeyError:
        from difflib import get_close_matches

        near = get_close_matches(name, ENGINES, n=1)
        meant = f"; did you mean {near[0]!r}?" if near else ""
        raise EngineUnavailableError(f"no engine {name!r}; there are {', '.join(sorted(ENGINES))}{meant}") from None
    try:
        engine_class = getattr(import_module(module), class_name)
    except ImportError as exc:
        raise EngineUnavailableError(
            f"engine {name} needs a package that is not installed ({exc}); install it"
        ) from exc
    engine: Engine = engine_class(location, create=create)
    return engine
