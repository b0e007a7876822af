"""Secrets: nothing shows them, and files that others may read are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchkit.errors import ConfigError
from searchkit.secret import Secret, read_secret


def test_a_secret_shows_itself_to_nobody() -> None:
    """Neither as text nor in a listing nor in a message."""
    secret = Secret("geheim")
    assert "geheim" not in f"{secret} {secret!r} {[secret]}"
    assert (str(Secret()), bool(Secret()), bool(secret)) == ("", False, True)
    assert (secret == Secret("geheim"), secret == Secret("x"), secret == "geheim") == (True, False, False)
    assert secret.revealed == "geheim"


def test_a_secret_is_read_without_the_end_of_its_line(tmp_path: Path) -> None:
    """Spaces in it stay."""
    file = tmp_path / "password"
    file.write_text(" ge heim \r\n")
    file.chmod(0o600)
    assert read_secret(file) == Secret(" ge heim ")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    """The message says how it is taken from them, and does not hold the secret."""
    file = tmp_path / "password"
    file.write_text("geheim")
    file.chmod(mode)
    with pytest.raises(ConfigError, match=f"chmod 600 {file}") as told:
        read_secret(file)
    assert "geheim" not in str(told.value)


def test_a_file_without_a_secret_is_refused(tmp_path: Path) -> None:
    """None there, or nothing in it."""
    with pytest.raises(ConfigError, match="cannot be read"):
        read_secret(tmp_path / "none")
    (tmp_path / "empty").touch(mode=0o600)
    with pytest.raises(ConfigError, match="is empty"):
        read_secret(tmp_path / "empty")
