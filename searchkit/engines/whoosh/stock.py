"""The way to `codec`: it is loaded for a commit only, and only with the one release of Whoosh that it is written for."""

from __future__ import annotations

from types import ModuleType

from searchkit.errors import EngineUnavailableError

RELEASE = "2.7.4"
_INSTALL = f'run "pip install Whoosh=={RELEASE}"'


def load_codec() -> ModuleType:
    """The module `codec`. Raises `EngineUnavailableError` without Whoosh, and with another release of it."""
    try:
        from searchkit.engines.whoosh import codec
    except ImportError as exc:
        raise EngineUnavailableError(f"writing an index needs Whoosh {RELEASE} ({exc}); {_INSTALL}") from exc
    found = codec.whoosh_release()
    if found != RELEASE:
        raise EngineUnavailableError(f"writing an index needs Whoosh {RELEASE}, and {found} is installed; {_INSTALL}")
    return codec
