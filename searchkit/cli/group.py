"""The command line as click has it: the group of commands, each in a file of its own that is imported when it is run."""

from __future__ import annotations

from importlib import import_module

import click

from searchkit import __version__

_COMMANDS = {
    "index": "Read articles from files, folders or standard input into the index.",
    "query": "Find articles and show them with their matches.",
    "show": "Show whole articles.",
    "parse": "Show what would be indexed of files, and why a field is empty.",
    "formats": "List the formats that are read.",
    "stats": "Count what the index holds.",
    "verify": "Check that the index is as it was written.",
    "rollback": "Return to the index before the last commit.",
    "config": "Show the settings in force and where they come from.",
    "completion": "Print a script that completes searchkit's commands in your shell.",
}
"""Each command with its one-line help, so that listing the commands imports none of them."""


class _Commands(click.Group):
    """Imports the module of a command when it is run; in the list of commands none is."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"searchkit.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"there is no command {args[0]!r}{_nearest(args[0])}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", message="searchkit %(version)s")
def cli() -> None:
    """Full-text search for news archives.

    \b
    Examples:
      searchkit index articles/                     index a folder of scraped articles
      zcat dump.jsonl.gz | searchkit index -        index a stream of JSON Lines
      searchkit query "Mosul airstrike"             articles with both words, best first
      searchkit query '"civilian deaths" date:2017' a phrase, in one year
      searchkit query mosul -l -n 0 | wc -l         the files of all hits, in a pipeline
      searchkit show 3f2a                           a whole article by the beginning of its id
    """


def _nearest(name: str) -> str:
    from rapidfuzz import process

    near = process.extractOne(name, list(_COMMANDS), score_cutoff=60)
    return f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(_COMMANDS)}"
