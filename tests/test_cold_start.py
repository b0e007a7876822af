"""What a short run imports: a module that sneaks in costs every query of every pipeline its import.

Searchkit is run as a process which reports each import; what it imports beyond a Python that does nothing is compared
with what it may. The packages from outside are listed exactly; of searchkit's own modules, and of the standard library's,
those that would take long are forbidden by name.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cli.running import Shell, environment

COMMAND_LINE = {"click"}
"""What reads options; `searchkit query WORDS` goes without."""

LATE = {
    "searchkit.cli.index",
    "searchkit.engines.memory",
    "searchkit.engines.whoosh.arrays",
    "searchkit.engines.whoosh.builder",
    "searchkit.engines.whoosh.codec",
    "searchkit.engines.whoosh.recovery",
    "searchkit.engines.whoosh.writer",
    "searchkit.formats",
    "searchkit.indexing",
    "searchkit.output.terminal",
}
"""Modules of searchkit that no piped query needs."""

SLOW = {
    "asyncio",
    "concurrent",
    "email",
    "http",
    "logging",
    "multiprocessing",
    "pickle",
    "sqlite3",
    "subprocess",
}
"""Packages of the standard library that no piped query needs."""

READS_SOURCE = {"ast", "dataclasses", "inspect", "tokenize"}
"""What makes dataclasses, instead of which there is `searchkit.value`; click brings some of it in."""

WORDS = "mosul airstrike"
_REPORT = {"PYTHONPROFILEIMPORTTIME": "1"}
_LINE = re.compile(r"import time:\s*\d+ \|\s*\d+ \|\s*(\S+)")


def imported(shell: Shell, *arguments: str) -> set[str]:
    """The dotted names of the modules that a run with something to say imports."""
    done = shell(*arguments, env=_REPORT)
    assert done.status == 0, done.err
    assert done.out
    assert [line for line in done.err.splitlines() if not line.startswith("import time:")] == []
    return set(_LINE.findall(done.err)) - imported_by_nothing(shell.folder)


def imported_by_nothing(home: Path) -> set[str]:
    """What a Python that does nothing imports here, the hooks of its installation included."""
    done = subprocess.run(
        (sys.executable, "-c", "pass"),
        capture_output=True,
        text=True,
        cwd=home,
        env=environment(home, _REPORT),
        check=True,
    )
    return set(_LINE.findall(done.stderr))


def outside(modules: set[str]) -> set[str]:
    """The packages among modules that are neither the standard library's nor searchkit's. What is not there to be
    imported was asked for in vain, as the standard library does for what other systems have."""
    tops = {name.partition(".")[0] for name in modules} - set(sys.stdlib_module_names) - {"searchkit"}
    return {top for top in tops if find_spec(top) is not None}


def among(modules: set[str], wanted: set[str]) -> set[str]:
    """Those of the wanted modules or packages that are among modules."""
    return {name for name in wanted if any(module == name or module.startswith(f"{name}.") for module in modules)}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A folder with some articles and their index, and no settings."""
    records = [
        {"title": "Airstrike in Mosul", "body": "A hospital in Mosul was hit.", "date": "2017-03-17"},
        {"title": "Raqqa", "body": "Airstrikes in Raqqa and Mosul.", "links": [{"headline": "Mosul airstrike"}]},
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    shell = Shell(tmp_path)
    done = shell("index", "a.jsonl")
    assert done.status == 0, done.err
    return shell


def with_settings(shell: Shell) -> Path:
    """A config.yaml old enough to be remembered."""
    file = shell.folder / "config.yaml"
    file.write_text("output: {limit: 5}\nweights: {title: 4}\n", encoding="utf-8")
    os.utime(file, (1_000_000_000, 1_000_000_000))
    return file


# --- a query in a pipe -------------------------------------------------------------------------------------------


def test_a_query_of_words_imports_nothing_from_outside(shell: Shell) -> None:
    """`searchkit query WORDS` in a pipe, without any config.yaml, runs on Python alone."""
    assert imported(shell, "query", *WORDS.split()) == imported(shell, "query", WORDS)
    modules = imported(shell, "query", WORDS)
    assert outside(modules) == set()
    assert among(modules, LATE) == set()
    assert among(modules, SLOW | READS_SOURCE) == set()


def test_known_settings_need_no_yaml(shell: Shell) -> None:
    """A config.yaml is parsed by the first run that meets it; then what it holds is known."""
    with_settings(shell)
    assert outside(imported(shell, "query", WORDS)) == {"yaml"}
    assert outside(imported(shell, "query", WORDS)) == set()


@pytest.mark.parametrize(
    "query",
    [
        '"mosul airstrike"',
        "mosul OR raqqa",
        "mosul -baghdad",
        "airstr*",
        "m?sul",
        "links:mosul",
        "date:2017",
        "mosul^2",
    ],
)
def test_the_whole_language_needs_nothing_more(shell: Shell, query: str) -> None:
    """Neither phrases nor patterns, dates or fields bring anything in; fuzzy words alone do."""
    modules = imported(shell, "query", query)
    assert outside(modules) == set()
    assert among(modules, LATE | SLOW | READS_SOURCE) == set()


@pytest.mark.parametrize(
    "options",
    [
        ("-l",),
        ("-l", "-0"),
        ("-c",),
        ("-n", "0"),
        ("--any",),
        ("--sort", "date"),
        ("--since", "2016"),
        ("--in", "title"),
    ],
    ids=" ".join,
)
def test_options_bring_in_what_reads_them(shell: Shell, options: tuple[str, ...]) -> None:
    """With options there is click as well, and nothing else."""
    modules = imported(shell, "query", "mosul", *options)
    assert outside(modules) == COMMAND_LINE
    assert among(modules, LATE | SLOW) == set()


@pytest.mark.parametrize("format_", ["jsonl", "json", "csv", "tsv"])
def test_formats_for_programs_need_nothing_more(shell: Shell, format_: str) -> None:
    """Machine output takes click for its option, and nothing else from outside."""
    assert outside(imported(shell, "query", "mosul", "--format", format_)) == COMMAND_LINE


# --- help --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [("--help",), ("--version",)])
def test_help_imports_click_alone(shell: Shell, arguments: tuple[str, ...]) -> None:
    """The list of commands is shown without importing any of them, nor an engine."""
    modules = imported(shell, *arguments)
    assert outside(modules) == COMMAND_LINE
    assert among(modules, LATE | SLOW | {"searchkit.engines", "searchkit.cli.query", "searchkit.searching"}) == set()


@pytest.mark.parametrize("command", ["query", "index", "verify"])
def test_the_help_of_a_command_imports_click_alone(shell: Shell, command: str) -> None:
    """No command needs its libraries to say what it does."""
    assert outside(imported(shell, command, "--help")) == COMMAND_LINE


# --- the measure -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "package"),
    [
        (("query", "mosul", "--color", "always"), "rich"),
        (("query", "mosul", "--language", "de"), "snowballstemmer"),
        (("query", "mosl~"), "rapidfuzz"),
        (("index", "--rebuild", "a.jsonl", "--json"), "numpy"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_what_is_imported_is_seen(shell: Shell, arguments: tuple[str, ...], package: str) -> None:
    """A run that does need a package shows it by its name."""
    assert package in outside(imported_whatever_is_said(shell, *arguments))


def imported_whatever_is_said(shell: Shell, *arguments: str) -> set[str]:
    """As `imported`, of a run that may have messages."""
    return set(_LINE.findall(shell(*arguments, env=_REPORT).err))
