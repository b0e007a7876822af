"""The command line: one file a command; errors become messages on stderr and exit statuses here.

Exit status: 0 found or done, 1 nothing found, 2 error (also: some input could not be read), 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from searchkit.cli.screen import tell
from searchkit.errors import QuerySyntaxError, SearchkitError

if TYPE_CHECKING:
    import click

FAILED = 2
INTERRUPTED = 130


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit status. Never raises what a user can cause."""
    _replace_missing_streams()
    try:
        status = _answer_simply(" ".join(arguments[1:])) if _is_simple(arguments) else _run_command(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        tell("interrupted")
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
        tell("searchkit: this should not have happened; please report it with the lines above")
        return FAILED
    return status


def _is_simple(arguments: Sequence[str]) -> bool:
    """Whether the arguments are `query WORDS` without any option: what pipelines run most, and often."""
    if len(arguments) < 2 or arguments[0] != "query" or any(word.startswith("-") for word in arguments[1:]):
        return False
    return "_SEARCHKIT_COMPLETE" not in os.environ


def _answer_simply(text: str) -> int:
    """A query without options, answered without importing click, which would take a third of the time."""
    from searchkit.cli.answering import answer
    from searchkit.cli.common import NO_OPTIONS, settings
    from searchkit.searching import Request

    return answer(settings(NO_OPTIONS), Request(text))


def _run_command(arguments: Sequence[str]) -> int:
    import click

    from searchkit.cli.group import cli

    try:
        status = cli.main(args=list(arguments), prog_name="searchkit", standalone_mode=False)
    except click.ClickException as error:
        _report_usage(error)
        return FAILED
    except click.Abort as error:
        raise KeyboardInterrupt from error
    except SystemExit as error:  # click's own way out when a pipe is closed, with the status of "nothing found"
        raise BrokenPipeError from error
    return status if isinstance(status, int) else 0


def _report(error: SearchkitError) -> None:
    from searchkit.output.visible import visible_line

    if not isinstance(error, QuerySyntaxError):
        tell(f"searchkit: {visible_line(str(error))}")
        return
    from searchkit.output.summary import caret_lines

    tell(f"searchkit: {visible_line(error.message)}")
    for line in caret_lines(error.query, error.column):
        tell(f"  {line}")
    if error.hint:
        tell(visible_line(error.hint))


def _report_system(error: OSError) -> None:
    from searchkit.output.visible import visible_line

    place = f": {error.filename}" if error.filename is not None else ""
    tell(f"searchkit: {visible_line(f'{error.strerror or error}{place}')}")


def _report_usage(error: click.ClickException) -> None:
    from searchkit.output.visible import visible_line

    if type(error).__name__ == "NoArgsIsHelpError":  # by name, as click 8.1 has none: it shows the help by itself
        tell(error.format_message())
        return
    message = visible_line(error.format_message())
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "searchkit"
    if type(error).__name__ == "NoSuchOption" and path.endswith("query"):
        message += " If it belongs to the query, put the query in quotes behind --: searchkit query -- 'mosul -raqqa'"
    tell(f"searchkit: {message}\nTry '{path} --help'.")


def _replace_missing_streams() -> None:
    """Give a process that was started without standard output or error (`>&-`) one that leads nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - for as long as we run


def _forget_stdout() -> None:
    """Keep the interpreter from complaining at exit about a pipe that is gone or a disk that is full."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
