"""What is kept in the user's cache folder is used by the commands that need it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from searchkit.languagemodel import load_and_keep_model
from tests.cli.running import Shell
from tests.test_languages import TEXTS


@pytest.mark.parametrize("variable", [None, "XDG_CACHE_HOME"])
def test_the_model_of_languages_is_that_of_the_cache(shell: Shell, variable: str | None) -> None:
    """`index` and `parse` answer as the copy in the user's folder does, here one that calls French Welsh."""
    place = shell.folder / ("elsewhere" if variable else ".cache") / "searchkit"
    env = {variable: str(shell.folder / "elsewhere")} if variable else {}
    load_and_keep_model(place)
    copy = place / "language-model.bin"
    _call_french_welsh(copy)
    (shell.folder / "a.jsonl").write_text(json.dumps({"title": "Un pont", "body": TEXTS["fr"]}) + "\n")
    parsed = json.loads(shell("parse", "a.jsonl", env=env).out)
    done = shell("index", "a.jsonl", env=env)
    copy.unlink()  # 70 MB
    assert parsed["language"] == "cy-x-detected"
    assert done.status == 0, done.err
    assert json.loads(shell("query", "pont", "--format", "jsonl").out)["language"] == "cy-x-detected"


def _call_french_welsh(copy: Path) -> None:
    with copy.open("r+b") as file:
        head = file.readline()
        assert b'"fr"' in head
        file.seek(0)
        file.write(head.replace(b'"cy"', b'"xx"').replace(b'"fr"', b'"cy"'))
