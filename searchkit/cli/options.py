"""The options that mean the same on every command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from searchkit.engines import ENGINES

F = TypeVar("F", bound=Callable[..., Any])


def common_options(function: F) -> F:
    """--index, --engine, --config, --no-config and -v, for a command that takes them as `**common`."""
    options = (
        click.option("--index", "index_dir", metavar="DIR", help="Folder of the index.  [setting: index]"),
        click.option(
            "--engine", metavar="NAME", help=f"Engine that holds it: {', '.join(ENGINES)}.  [setting: engine]"
        ),
        click.option("--config", "config_file", metavar="FILE", help="Read this config.yaml instead of the nearest."),
        click.option("--no-config", is_flag=True, help="Read no config.yaml at all."),
        click.option("-v", "--verbose", is_flag=True, help="Tell more on standard error."),
    )
    for option in reversed(options):
        function = option(function)
    return function
