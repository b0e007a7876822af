"""The documents against the program: examples of README.md are run, names are looked up, links are followed.

Each ```console block of the README is run as its reader would run it: in a pseudo terminal of 80 columns, in a folder
with config.yaml, the sample archive and its index. A line `$ command` is run (lines `> ...` continue it), and what
follows must be what it shows. `…` stands for anything: inside a line for a part of it, alone on a line for any lines.
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
import pytest
import yaml

import searchkit
from searchkit import cli
from searchkit.article import Article
from searchkit.cli.answering import NOTHING_FOUND
from searchkit.cli.group import cli as searchkit_command
from searchkit.config import keys, load, read_file, value_of, variable
from searchkit.engine import Hit
from searchkit.engines import ENGINES
from searchkit.formats import FORMATS
from searchkit.output.jsons import hit_dict
from searchkit.output.tables import COLUMNS
from searchkit.query import FIELDS
from searchkit.secret import Secret

REPOSITORY = Path(__file__).resolve().parent.parent
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")

INSTALL = (
    "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/searchkit index && "
    '.venv/bin/searchkit query "Mosul airstrike"'
)
TESTS = "python3 -m venv .venv && .venv/bin/pip install -q '.[test]' && .venv/bin/python -m pytest"

NOT_EVERYWHERE = ("jq", "fzf", "zstd")
"""Programs that examples may use and a machine may lack; their examples are then left out."""

LONGEST_RUN_S = 60

_BLOCK = re.compile(r"^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


# --- what the README holds ---------------------------------------------------------------------------------------

ENGINE_FOLDERS = ("engines/opensearch/", "engines/whoosh/")


def blocks(kind: str) -> list[str]:
    """The texts of all fenced blocks of a kind."""
    return [match["text"] for match in _BLOCK.finditer(README) if match["kind"] == kind]


def steps(block: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with what it is to show."""
    found: list[tuple[str, str]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], ""))
        elif line.startswith("> ") and not found[-1][1]:
            found[-1] = (f"{found[-1][0]}\n{line[2:]}", "")
        else:
            found[-1] = (found[-1][0], f"{found[-1][1]}{line}\n")
    return found


def expected(text: str) -> re.Pattern[str]:
    """What an output must match: the text, with `…` for anything."""
    lines = []
    for line in text.rstrip("\n").splitlines():
        whole = "[^\n]*".join(map(re.escape, line.split("…")))
        lines.append("(?:[^\n]*\n)*?" if line.strip() == "…" else f"{whole}\n")
    return re.compile("".join(lines))


def command_under(heading: str) -> str:
    """The first block under a heading, found as `.ci/run` finds it."""
    lines = iter(README.splitlines())
    assert next(line for line in lines if heading in line) == f"## {heading}"
    next(line for line in lines if line.startswith("```"))
    return "\n".join(iter(lambda: next(lines), "```"))


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command with what is typed for it."""
    waiting: list[tuple[str, click.Command]] = [("searchkit", searchkit_command)]
    while waiting:
        name, command = waiting.pop()
        yield name, command
        if isinstance(command, click.Group):
            context = click.Context(command)
            for child in command.list_commands(context):
                found = command.get_command(context, child)
                assert found is not None
                waiting.append((f"{name} {child}", found))


def options() -> list[tuple[str, str]]:
    """Each command with each spelling of its options, `--help` included."""
    found = []
    for name, command in commands():
        context = click.Context(command, help_option_names=["-h", "--help"])
        for parameter in command.get_params(context):
            if isinstance(parameter, click.Option):
                found += [(name, option) for option in (*parameter.opts, *parameter.secondary_opts)]
    return found


def rows() -> dict[str, list[str]]:
    """The rows of all tables of the README by the code in their first cell: the further cells."""
    found = {}
    for line in README.splitlines():
        cells = [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if cells and (name := re.fullmatch(r"`([^`]+)`", cells[0])):
            found[name[1]] = cells[1:]
    return found


# --- running its examples ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A folder with the settings, the sample archive and its index; the environment of a user who has `searchkit`."""
    place = tmp_path_factory.mktemp("readme")
    for name in ("bin", "home", "archive"):
        (place / name).mkdir()
    package = Path(searchkit.__file__).parents[1]
    program = place / "bin" / "searchkit"
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(package))} exec {shlex.quote(sys.executable)} -P -m searchkit "$@"\n'
    )
    program.chmod(0o755)
    python = place / "bin" / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(package))} exec {shlex.quote(sys.executable)} -P "$@"\n')
    python.chmod(0o755)
    shutil.copy(REPOSITORY / "config.yaml", place / "archive")
    shutil.copytree(REPOSITORY / "seeds", place / "archive" / "seeds")
    environment = {
        "PATH": f"{place / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "HOME": str(place / "home"),
        "LANG": "C.UTF-8",
        "TERM": "dumb",  # no colours, no progress bar, no hyperlinks
        "PAGER": "cat",
        "PYTHONWARNINGS": "ignore::SyntaxWarning",  # Whoosh 2.7.4 gives some where it is not compiled yet
    }
    shown = run_on_terminal("searchkit index", place / "archive", environment)
    assert re.match(r"indexed 2 articles from 2 files", shown)
    return place / "archive", environment


@pytest.fixture
def archive(machine: tuple[Path, dict[str, str]], tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A copy of that folder for one test, with a HOME of its own."""
    (tmp_path / "home").mkdir()
    copied = Path(shutil.copytree(machine[0], tmp_path / "archive"))
    return copied, {**machine[1], "HOME": str(tmp_path / "home")}


def run_on_terminal(command: str, folder: Path, environment: dict[str, str]) -> str:
    """What a command of the shell shows on a terminal of 80 columns."""
    terminal, inside = os.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    settings = termios.tcgetattr(inside)
    settings[1] &= ~termios.OPOST  # line ends and tabs as the program writes them
    termios.tcsetattr(inside, termios.TCSANOW, settings)
    with subprocess.Popen(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        stdin=inside,
        stdout=inside,
        stderr=inside,
        start_new_session=True,
    ) as process:
        os.close(inside)
        try:
            shown = b"".join(_read(terminal))
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            os.close(terminal)
    return shown.decode()


def _read(terminal: int) -> Iterator[bytes]:
    end = time.monotonic() + LONGEST_RUN_S
    while True:
        if not select.select([terminal], [], [], max(0.0, end - time.monotonic()))[0]:
            raise TimeoutError(f"an example took longer than {LONGEST_RUN_S} s")
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # how Linux tells that nobody writes there any more
            return
        if not chunk:
            return
        yield chunk


def leave_out_unless_installed(text: str) -> None:
    for program in NOT_EVERYWHERE:
        if re.search(rf"\b{program}\b", text) and shutil.which(program) is None:
            pytest.skip(f"{program} is not installed here")


@pytest.mark.parametrize("block", blocks("console"), ids=lambda block: block.splitlines()[0][2:60])
def test_the_example_shows_what_the_readme_says(block: str, archive: tuple[Path, dict[str, str]]) -> None:
    """Each command of the block, run on a terminal, shows what the README shows."""
    leave_out_unless_installed("\n".join(command for command, _ in steps(block)))
    for command, text in steps(block):
        shown = run_on_terminal(command, *archive)
        assert expected(text).fullmatch(shown), f"$ {command}\n{shown}\n--- the README says ---\n{text}"


@pytest.mark.parametrize("block", blocks("python"))
def test_the_python_example_prints_what_stands_below_it(block: str, archive: tuple[Path, dict[str, str]]) -> None:
    """Each ```python block runs and prints the ```text block behind it."""
    folder, environment = archive
    (folder / "example.py").write_text(block, encoding="utf-8")
    behind = _BLOCK.search(README, README.index(block) + len(block) + len("```\n"))
    assert behind is not None and behind["kind"] == "text"
    shown = run_on_terminal("python example.py", folder, environment)
    assert expected(behind["text"]).fullmatch(shown), shown


def test_every_example_shows_something() -> None:
    """Every console block begins with a command, and the README has examples at all."""
    assert len(blocks("console")) > 10
    assert all(block.startswith("$ ") for block in blocks("console"))


# --- what the README begins with ---------------------------------------------------------------------------------


def test_the_first_commands_are_those_of_a_bare_machine() -> None:
    """The README begins with the two commands, under the headings by which the gate finds them, each on one line."""
    assert command_under("Install, index, ask") == INSTALL
    assert command_under("Run the tests") == TESTS
    headings = re.findall(r"^## (.*)$", README, re.MULTILINE)
    assert headings[:2] == ["Install, index, ask", "Run the tests"]


def test_the_gate_reads_the_same_headings() -> None:
    """The gate looks for the two headings which the README has."""
    gate = REPOSITORY / ".ci" / "run"
    if not gate.exists():
        pytest.skip("this copy of the project has no gate")
    assert re.findall(r"\$\(readme_command '(.+)'\)", gate.read_text()) == ["Install, index, ask", "Run the tests"]


# --- what the README names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_every_command_is_named(name: str) -> None:
    """The README names the command as it is typed."""
    assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", README)


def test_every_option_is_named() -> None:
    """The README names every option of every command, in each of its spellings."""
    missing = [f"{name} {o}" for name, o in options() if not re.search(rf"(?<![\w-]){re.escape(o)}(?![\w-])", README)]
    assert missing == []


def plain(value: object) -> object:
    """A setting as YAML has it."""
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, Secret) else value


def test_every_setting_is_named_with_its_default() -> None:
    """The table of settings has a row for every key, with its default and its variable."""
    table = rows()
    defaults = load(start=Path("/"), environment={}, use_files=False).config
    for key in keys():
        default, name, meaning = table[key]
        assert name == f"`{variable(key)}`"
        assert meaning
        if key not in ("index", "sources"):
            assert yaml.safe_load(default.strip("`")) == plain(value_of(defaults, key)), key


def test_every_exit_status_is_named() -> None:
    """The table of exit statuses has a row for each that the command line knows."""
    assert {"0", str(NOTHING_FOUND), str(cli.FAILED), str(cli.INTERRUPTED)} <= rows().keys()


def test_every_field_key_and_column_is_named() -> None:
    """The README names all fields of the query language, keys of a JSON hit and columns of tables."""
    hit = hit_dict(Hit(1, 1.0, Article("", "", "", "", ""), parts=(("x", 1.0),)))
    missing = [name for name in (*FIELDS, *hit, *COLUMNS) if f"`{name}`" not in README]
    assert missing == []


def test_every_format_and_engine_is_named() -> None:
    """The README names the formats that are read, with their file endings, and the engines."""
    suffixes = [suffix for format in FORMATS for suffix in format.suffixes]
    assert [name for name in (*suffixes, *ENGINES) if f"`{name}`" not in README] == []
    assert all(f"`{format.name}`" in README for format in FORMATS)


# --- config.yaml and the other documents -------------------------------------------------------------------------


def test_the_shipped_settings_are_the_defaults() -> None:
    """config.yaml as shipped loads, names every key, and differs from the defaults in `sources` alone."""
    shipped = load(start=REPOSITORY, environment={}, file=REPOSITORY / "config.yaml").config
    defaults = load(start=REPOSITORY, environment={}, use_files=False).config
    assert set(read_file(REPOSITORY / "config.yaml")) == set(keys())
    assert shipped.sources == (REPOSITORY / "seeds",)
    assert replace(shipped, sources=()) == defaults


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_to_files(name: str) -> None:
    """Links of a document to other files of the project lead to something."""
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", (REPOSITORY / name).read_text(encoding="utf-8"))
    assert [target for target in targets if not (REPOSITORY / target).exists()] == []


def test_the_map_names_every_module() -> None:
    """ARCHITECTURE.md names every module of the package; those of an engine's folder in a table of their own."""
    text = (REPOSITORY / "ARCHITECTURE.md").read_text(encoding="utf-8")
    package = REPOSITORY / "searchkit"
    names = [path.relative_to(package).as_posix() for path in sorted(package.rglob("*.py"))]
    wanted = [name for name in names if not name.endswith("__init__.py") and not name.startswith(ENGINE_FOLDERS)]
    assert [name for name in wanted if f"`{name}`" not in text] == []
    for folder in ENGINE_FOLDERS:
        table = text.partition(f"| module of `{folder}` |")[2].partition("\n\n")[0]
        parts = [Path(name).name for name in names if name.startswith(folder)]
        assert [name for name in parts if name != "__init__.py" and f"`{name}`" not in table] == []


def test_the_map_names_nothing_that_is_gone() -> None:
    """Each file of Python that ARCHITECTURE.md names exists."""
    text = (REPOSITORY / "ARCHITECTURE.md").read_text(encoding="utf-8")
    package = REPOSITORY / "searchkit"
    homes = (REPOSITORY, package, *(package / folder for folder in ENGINE_FOLDERS))
    named = set(re.findall(r"`([\w/]+\.py)`", text))
    assert [name for name in sorted(named) if not any((home / name).exists() for home in homes)] == []
