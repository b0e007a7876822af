"""`searchkit config`: the settings in force and where they come from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from searchkit.cli.common import settings, user_config_file
from searchkit.cli.options import common_options
from searchkit.cli.screen import end_quietly_on_closed_pipe, write
from searchkit.config import keys, value_of
from searchkit.output import SCHEMA
from searchkit.output.visible import visible_path
from searchkit.secret import Secret

NOTHING_FOUND = 1


@click.group()
def command() -> None:
    """Show the settings in force and where they come from.

    \b
    Examples:
      searchkit config show
      SEARCHKIT_OUTPUT_LIMIT=50 searchkit config show
      $EDITOR "$(searchkit config path)"
    """
    end_quietly_on_closed_pipe()


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@common_options
def show(as_json: bool, **common: Any) -> int:
    """Every setting: its key, its value, and the file, variable or flag it comes from."""
    loaded = settings(common).loaded
    values = {key: _plain(value_of(loaded.config, key)) for key in keys()}
    if as_json:
        from searchkit.output import jsons

        entries = {key: {"value": value, "origin": loaded.origins[key]} for key, value in values.items()}
        write([jsons.json_text({"schema": SCHEMA, "settings": entries}) + "\n"])
    else:
        write(f"{key}\t{_shown(value)}\t{visible_path(loaded.origins[key])}\n" for key, value in values.items())
    return 0


@command.command()
@click.option("--user", is_flag=True, help="The path of your own config.yaml, whether it exists or not.")
@common_options
def path(user: bool, **common: Any) -> int:
    """The path of the config.yaml in force; status 1 where there is none."""
    file = user_config_file() if user else settings(common).loaded.file
    if file is None:
        click.echo("no config.yaml here or in a folder above; the defaults apply", err=True)
        return NOTHING_FOUND
    write([visible_path(str(file)) + "\n"])
    return 0


def _plain(value: object) -> Any:
    if isinstance(value, tuple):
        return [str(item) for item in value]
    if isinstance(value, Mapping):
        return {name: list(keys) for name, keys in value.items()}
    return str(value) if isinstance(value, Path | Secret) else value


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return visible_path(json.dumps(value, ensure_ascii=False))
    if isinstance(value, list):
        # As the variable takes them: paths are parted by colons, and URLs, which hold colons, by commas.
        return visible_path(("," if any("://" in item for item in value) else ":").join(value))
    return visible_path("" if value is None else str(value))
