"""Archives for the tests of the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.running import Shell

RECORDS = (
    {
        "id": "mosul",
        "title": "Airstrike in Mosul",
        "body": "A Mosul hospital was hit by an airstrike.\nNobody claimed the strike.",
        "date": "2017-03-17",
        "author": "Jason Ditz",
        "publisher": "Antiwar",
    },
    {
        "id": "raqqa",
        "title": "Raqqa under siege",
        "body": "Airstrikes went on in Raqqa.",
        "date": "2016-12-31",
        "publisher": "Reuters",
        "links": [{"headline": "Mosul airstrike kills hundreds", "publisher": "CNN", "date": "2017-03-18"}],
    },
    {"id": "homs", "title": "Homs", "body": "Nothing of the kind in Homs."},
    {"id": "evil", "title": "Evil \x1b]52;c;aGk=\x07 [red]title[/red] \u202e", "body": "An evil airfield."},
)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """An empty folder."""
    return Shell(tmp_path)


def _indexed(folder: Path, lines: list[str]) -> Shell:
    (folder / "articles").mkdir()
    (folder / "articles" / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (folder / "config.yaml").write_text("sources: articles/\n", encoding="utf-8")
    shell = Shell(folder)
    done = shell("index")
    assert done.status == 0, done.err
    return shell


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A folder with a few indexed articles in it, to be read only."""
    return _indexed(tmp_path_factory.mktemp("archive"), [json.dumps(record) for record in RECORDS])


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A folder with more articles than a pipe holds, to be read only."""
    records = ({"title": f"Article {n}", "body": f"Mosul {n}. " * 20} for n in range(2000))
    return _indexed(tmp_path_factory.mktemp("large"), [json.dumps(record) for record in records])
