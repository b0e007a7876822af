"""Passwords and keys: values that no message and no listing shows, also not when they are read from a file."""

from __future__ import annotations

from pathlib import Path

from searchkit.errors import ConfigError

HIDDEN = "(hidden)"


class Secret:
    """A text that shows itself to nobody who does not ask for `revealed`; false when empty."""

    __slots__ = ("revealed",)

    def __init__(self, revealed: str = "") -> None:
        self.revealed = revealed

    def __str__(self) -> str:
        return HIDDEN if self.revealed else ""

    __repr__ = __str__

    def __bool__(self) -> bool:
        return bool(self.revealed)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.revealed == self.revealed

    def __hash__(self) -> int:
        return hash(self.revealed)


def read_secret(file: Path) -> Secret:
    """The secret that a file holds, without the end of its line.

    Raises `ConfigError` for a file that cannot be read, is empty, or that others than its owner may read.
    """
    try:
        mode = file.stat().st_mode
        text = file.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read ({error}); name a file that holds the secret") from error
    if mode & 0o077:
        raise ConfigError(f"{file} holds a secret that others may read; take it from them with: chmod 600 {file}")
    if not text:
        raise ConfigError(f"{file} is empty; it should hold the secret")
    return Secret(text)
