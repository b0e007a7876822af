"""What commands share: the settings of a run, the engine they open, how paths are shown. Imports no click."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from searchkit.cli.screen import tell
from searchkit.config import Config, LoadedConfig, load
from searchkit.engine import Engine, Recoverable
from searchkit.engines import IN_CLUSTERS, open_engine
from searchkit.errors import EngineError
from searchkit.value import Value

NO_OPTIONS = {"index_dir": None, "engine": None, "config_file": None, "no_config": False, "verbose": False}
"""The common options (`options.common_options`) of a command that was given none."""


class Settings(Value):
    """The settings of one run: the configuration, where it came from, and whether to tell more on stderr."""

    loaded: LoadedConfig
    verbose: bool

    @property
    def config(self) -> Config:
        return self.loaded.config

    @property
    def root(self) -> Path:
        """What names of files in the index are relative to: the folder around the index."""
        return self.config.index.parent

    def say(self, message: str) -> None:
        """Tell something on stderr when -v was given."""
        if self.verbose:
            from searchkit.output.visible import visible_line

            tell(f"searchkit: {visible_line(message)}")


def settings(common: Mapping[str, Any], **flags: object) -> Settings:
    """The settings for a command from its common options and further `flags` (dotted keys, `__` for the dot)."""
    given = {key.replace("__", "."): value for key, value in flags.items()}
    given |= {"index": common["index_dir"], "engine": common["engine"]}
    file = common["config_file"]
    loaded = load(
        start=Path.cwd(),
        environment=os.environ,
        flags=given,
        file=Path(file).absolute() if file else None,
        use_files=not common["no_config"],
        user_file=user_config_file(),
        cache=cache_folder(),
    )
    for remark in loaded.remarks:
        from searchkit.output.visible import visible_line

        tell(f"searchkit: {visible_line(remark)}")
    result = Settings(loaded, common["verbose"])
    result.say(f"settings from {loaded.file or 'the defaults'}, index {loaded.config.index}")
    return result


def user_config_file() -> Path:
    """The user's own config.yaml (XDG on Linux)."""
    return _user_folder("XDG_CONFIG_HOME", ".config") / "config.yaml"


def cache_folder() -> Path:
    """The folder for what is kept between runs and may be deleted at any time."""
    return _user_folder("XDG_CACHE_HOME", ".cache")


def _user_folder(variable: str, usual: str) -> Path:
    """A folder of searchkit's own among the user's: as XDG has it on Linux, where asking platformdirs would take
    longer than anything else here; as platformdirs has it elsewhere."""
    if sys.platform == "linux":
        folder = os.environ.get(variable, "")
        home = Path(folder) if folder.startswith("/") else Path(os.path.expanduser("~")) / usual  # noqa: PTH111
        return home / "searchkit"
    import platformdirs

    return (
        platformdirs.user_cache_path("searchkit") if "CACHE" in variable else platformdirs.user_config_path("searchkit")
    )


def open_configured(config: Config, *, create: bool = False) -> Engine:
    """The engine of the settings, open. Raises `EngineError`, `ConfigError`."""
    if config.engine not in IN_CLUSTERS:
        return open_engine(config.engine, config.index, create=create)
    import warnings

    warnings.showwarning = _tell_warning
    return open_engine(config.engine, config.cluster, create=create)


def _tell_warning(message: Warning | str, *_: object, **__: object) -> None:
    """A warning as a line of ours, in place of Python's two."""
    tell(f"searchkit: warning: {message}")


@contextmanager
def open_recoverable(config: Config) -> Iterator[Recoverable]:
    """The engine of the settings for `verify` and `rollback`, also over an index too damaged to be read."""
    # Only what is there is opened: asking for its creation would make a folder where there is none.
    with open_configured(config, create=config.index.is_dir()) as engine:
        if not isinstance(engine, Recoverable):
            raise EngineError(f"engine {engine.name} keeps no generations of its index to check or return to")
        yield engine


def display_path_for(root: Path) -> Callable[[Any], str]:
    """How paths are shown: relative when inside the current folder, else absolute; streams as they are named."""
    here = os.getcwd().rstrip("/") + "/"  # noqa: PTH109

    def display(article: Any) -> str:
        file: str = article.file
        if file == "-":
            return file
        absolute = os.path.join(root, file)  # noqa: PTH118
        return absolute.removeprefix(here)

    return display
