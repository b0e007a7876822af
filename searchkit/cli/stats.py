"""`searchkit stats`: counts over the index."""

from __future__ import annotations

from typing import Any

import click

from searchkit.cli.common import open_configured, settings
from searchkit.cli.options import common_options
from searchkit.cli.screen import end_quietly_on_closed_pipe, look, write
from searchkit.config import COLORS


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.option("--color", type=click.Choice(COLORS), help="Colours.  [setting: output.color]")
@common_options
def command(as_json: bool, color: str | None, **common: Any) -> int:
    """Count what the index holds: articles, undated ones, words, links, publishers, the span of dates, its size.

    \b
    Examples:
      searchkit stats
      searchkit stats --json | jq .articles
    """
    end_quietly_on_closed_pipe()
    chosen = settings(common, output__color=color)
    with open_configured(chosen.config) as engine:
        stats = engine.stats()
    how = look(color=chosen.config.output.color, hyperlinks=False, force_layout=False)
    if as_json:
        from searchkit.output import jsons

        write([jsons.json_text(jsons.stats_dict(stats)) + "\n"])
    elif how.layout:
        from searchkit.output.terminal import Screen, stats_block

        write([stats_block(stats, Screen(how.width, how.color))])
    else:
        from searchkit.output import plain

        write(plain.stats_lines(stats))
    return 0
