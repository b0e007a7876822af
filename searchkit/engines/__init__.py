"""The table of engines, and how one is opened: an engine is imported only when it is asked for.

Adding one: a module here with a class that keeps the contract of `engine.Engine`, a line in `ENGINES`, and a test file
that inherits the shared suite (`tests/engines/contract.py`). Its class is called with the place of the index and
`create`. Engines never import one another; what several need is in `shared`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from searchkit.engine import Engine
from searchkit.errors import EngineError, EngineUnavailableError

if TYPE_CHECKING:
    from searchkit.cluster import Cluster

ENGINES: Mapping[str, str] = {
    "memory": "searchkit.engines.memory:MemoryEngine",
    "opensearch": "searchkit.engines.opensearch:OpenSearchEngine",
    "whoosh": "searchkit.engines.whoosh:WhooshEngine",
}
"""Name -> "module:Class"."""

IN_CLUSTERS = frozenset({"opensearch"})
"""The engines whose indexes lie in clusters, not in folders."""

_EXTRAS = frozenset({"opensearch"})
"""Those whose packages are extras of their own name."""


def open_engine(name: str, location: Path | Cluster | None, *, create: bool = False) -> Engine:
    """Open the index at `location` with the engine of that name: a folder, a `Cluster` for an engine of `IN_CLUSTERS`, None
    for one that keeps no index.

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
        remedy = f"install it with: pip install 'searchkit[{name}]'" if name in _EXTRAS else "install it"
        raise EngineUnavailableError(f"engine {name} needs a package that is not installed ({exc}); {remedy}") from exc
    if location is not None and isinstance(location, Path) == (name in IN_CLUSTERS):
        kept = "a cluster, so it needs a Cluster" if name in IN_CLUSTERS else "a folder, so it needs a path"
        raise EngineError(f"engine {name} keeps its index in {kept}, not {location!r}")
    engine: Engine = engine_class(location, create=create)
    return engine
