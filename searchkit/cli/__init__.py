"""The command line: click commands, one file each; errors become messages on stderr and exit statuses here.

Exit status: 0 found or done, 1 nothing found, 2 error (also: some input could not be read), 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from searchkit import __version__
from searchkit.errors import QuerySyntaxError, SearchkitError

FAILED = 2
INTERRUPTED = 130

_COMMANDS = {
    "index": "Read articles from files, folders or standard input into the index.",
    "query": "Find articles and show them with their matches.",
    "show": "Show whole articles.",
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


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit status. Never raises what a user can cause."""
    _replace_missing_streams()
    try:
        status = cli.main(args=list(arguments), prog_name="searchkit", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        _report_usage(error)
        return FAILED
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return 0
    except SearchkitError as error:
        _report(error)
        return FAILED
    except OSError as error:  # a full disk, a folder without permission, ...
        _forget_stdout()
        _report_system(error)
        return FAILED
    except Exception:
        # Python's own status for this is 1, which would tell scripts that nothing was found.
        import traceback

        traceback.print_exc()
        click.echo("searchkit: this should not have happened; please report it with the lines above", err=True)
        return FAILED
    return status if isinstance(status, int) else 0


def _report(error: SearchkitError) -> None:
    from searchkit.output.visible import visible_line

    if not isinstance(error, QuerySyntaxError):
        click.echo(f"searchkit: {visible_line(str(error))}", err=True)
        return
    from searchkit.output.summary import caret_lines

    click.echo(f"searchkit: {visible_line(error.message)}", err=True)
    for line in caret_lines(error.query, error.column):
        click.echo(f"  {line}", err=True)
    if error.hint:
        click.echo(visible_line(error.hint), err=True)


def _report_system(error: OSError) -> None:
    from searchkit.output.visible import visible_line

    place = f": {error.filename}" if error.filename is not None else ""
    click.echo(f"searchkit: {visible_line(f'{error.strerror or error}{place}')}", err=True)


def _report_usage(error: click.ClickException) -> None:
    from searchkit.output.visible import visible_line

    if type(error).__name__ == "NoArgsIsHelpError":  # by name, as click 8.1 has none: it shows the help by itself
        click.echo(error.format_message(), err=True)
        return
    message = visible_line(error.format_message())
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "searchkit"
    if isinstance(error, click.NoSuchOption) and path.endswith("query"):
        message += " If it belongs to the query, put the query in quotes behind --: searchkit query -- 'mosul -raqqa'"
    click.echo(f"searchkit: {message}\nTry '{path} --help'.", err=True)


def _nearest(name: str) -> str:
    from rapidfuzz import process

    near = process.extractOne(name, list(_COMMANDS), score_cutoff=60)
    return f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(_COMMANDS)}"


def _replace_missing_streams() -> None:
    """Give a process that was started without standard output or error (`>&-`) one that leads nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - for as long as we run


def _forget_stdout() -> None:
    """Keep the interpreter from complaining at exit about a pipe that is gone or a disk that is full."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
