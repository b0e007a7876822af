"""`searchkit verify`: whether the index is as it was written."""

from __future__ import annotations

from typing import Any

import click

from searchkit.cli.common import open_recoverable, settings
from searchkit.cli.options import common_options
from searchkit.cli.screen import end_quietly_on_closed_pipe, write
from searchkit.output.visible import visible_line

FAILED = 2


@click.command()
@common_options
def command(**common: Any) -> int:
    """Read every byte of the index and compare it with what was written: sizes and checksums of all files of the
    current and the previous generation.

    \b
    Examples:
      searchkit verify
      searchkit verify || searchkit rollback

    Each trouble is a line on standard output. Exit status: 0 all is well, 2 something is damaged.
    """
    end_quietly_on_closed_pipe()
    chosen = settings(common)
    with open_recoverable(chosen.config) as engine:
        troubles = 0
        for trouble in engine.verify():
            troubles += 1
            write([visible_line(trouble) + "\n"])
    if troubles:
        click.echo(
            'to return to the index before the last commit, run "searchkit rollback"; '
            'to make it anew from the articles, "searchkit index --rebuild"',
            err=True,
        )
        return FAILED
    click.echo("the index is as it was written", err=True)
    return 0
