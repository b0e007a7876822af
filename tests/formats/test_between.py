"""Parts between two marks."""

from __future__ import annotations

import pytest

from searchkit.formats._between import without_between


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("a<!--b-->c<!--d-->e", "ace"),
        ("a<!--b<!--c-->d-->e", "ad-->e"),
        ("a<!-->b-->c", "ac"),
        ("a<!--b", "a<!--b"),
        ("a-->b", "a-->b"),
        ("", ""),
        ("<!--" * 100_000, "<!--" * 100_000),
    ],
)
def test_parts_go_and_what_is_not_closed_stays(text: str, rest: str) -> None:
    """From each first mark to the next last one."""
    assert without_between(text, "<!--", "-->") == rest
