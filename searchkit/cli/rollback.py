"""`searchkit rollback`: return to the index before the last commit."""

from __future__ import annotations

from typing import Any

import click

from searchkit.cli.common import open_recoverable, settings
from searchkit.cli.options import common_options


@click.command()
@click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="SECONDS",
    help="Wait so long for a writer to end.",
)
@common_options
def command(wait_s: float, **common: Any) -> int:
    """Return to the index as it was before the last commit, after checking that it is sound.

    \b
    Examples:
      searchkit rollback
      searchkit rollback && searchkit stats

    Rolling back twice returns to where you were. The articles of the commit given up are indexed again by the next
    "searchkit index". Exit status: 0 done, 2 there is nothing to return to, or it is damaged.
    """
    chosen = settings(common)
    with open_recoverable(chosen.config) as engine:
        generation = engine.rollback(wait_s=wait_s)
    click.echo(f"returned to the index before the last commit, now generation {generation}", err=True)
    return 0
