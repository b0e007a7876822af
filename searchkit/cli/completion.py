"""`searchkit completion`: scripts that complete commands and options in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from searchkit.cli.screen import end_quietly_on_closed_pipe, write

_SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS))
def command(shell: str) -> int:
    """Print the completion script of a SHELL.

    \b
    Examples:
      searchkit completion bash >> ~/.bashrc
      searchkit completion zsh >> ~/.zshrc
      searchkit completion fish > ~/.config/fish/completions/searchkit.fish
    """
    from searchkit.cli.group import cli

    end_quietly_on_closed_pipe()
    script_class = get_completion_class(shell)
    assert script_class is not None
    script = script_class(cli, {}, "searchkit", "_SEARCHKIT_COMPLETE")
    # The template itself: `source()` would start bash only to learn its version.
    write([script.source_template % script.source_vars(), "\n"])
    return 0
