"""`searchkit show`, `stats`, `config`, `completion`, and what all commands have in common."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess

import pytest

import searchkit
from searchkit.article import article_id
from tests.cli.running import Shell

COMMANDS = ("index", "query", "show", "parse", "formats", "stats", "verify", "rollback", "config", "completion")
MOSUL = article_id("articles/a.jsonl#mosul")


# --- show --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [MOSUL, MOSUL[:8], MOSUL[:8].upper(), "articles/a.jsonl#mosul"])
def test_show_takes_ids_beginnings_and_records(archive: Shell, name: str) -> None:
    """An article is shown whole by any of its names."""
    done = archive("show", name)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("Airstrike in Mosul\nAntiwar · 2017-03-17 · Jason Ditz\n")
    assert "Nobody claimed the strike." in done.out


def test_show_takes_paths_as_query_prints_them(archive: Shell) -> None:
    """Also in another folder the printed path names the article."""
    for folder in ("articles", "."):
        path = archive("query", "homs", cwd=folder).out.split("\t")[0]
        assert archive("show", path, cwd=folder).out.startswith("Homs\n")
    (archive.folder / "elsewhere").mkdir(exist_ok=True)
    path = archive("query", "homs", cwd="elsewhere").out.split("\t")[0]
    assert archive("show", path, cwd="elsewhere").out.startswith("Homs\n")


def test_show_takes_the_path_of_a_file_with_one_article(shell: Shell) -> None:
    """No record is needed where there is one only."""
    (shell.folder / "a.txt").write_text("The title\n\nA body about Mosul.\n")
    shell("index", "a.txt")
    assert shell("show", "a.txt").out.startswith("The title\n")


def test_show_of_several_and_of_none(archive: Shell) -> None:
    """An ambiguous name lists candidates, an unknown one is told; both are status 2 with nothing on stdout."""
    ambiguous, unknown = archive("show", "articles/a.jsonl"), archive("show", "zzz")
    assert (ambiguous.status, ambiguous.out, unknown.status, unknown.out) == (2, "", 2, "")
    assert "stands for several articles, among them articles/a.jsonl#" in ambiguous.err
    assert "no article has the id, path or record 'zzz'" in unknown.err


def test_show_of_many_articles(archive: Shell) -> None:
    """Several names show several articles; one wrong name shows none."""
    both = archive("show", "articles/a.jsonl#homs", MOSUL)
    assert both.out.index("Homs\n") < both.out.index("Airstrike in Mosul")
    assert archive("show", MOSUL, "zzz").out == ""


def test_show_in_other_formats(archive: Shell) -> None:
    """JSON holds everything, with the places of a query's matches; tables and templates work as in query."""
    done = archive("show", "articles/a.jsonl#raqqa", "--format", "json", "--query", "mosul")
    document = json.loads(done.out)
    assert (document["schema"], document["title"]) == (1, "Raqqa under siege")
    assert document["links"][0]["spans"] == [[0, 5]]
    assert archive("show", MOSUL, "--template", "{publisher}").out == "Antiwar\n"
    assert len(archive("show", MOSUL, "--format", "csv").lines) == 2
    wrong = archive("show", MOSUL, "--format", "json", "--template", "{title}")
    assert (wrong.status, wrong.out) == (2, "")
    assert archive("show", MOSUL, "--query", "(").status == 2


# --- stats -------------------------------------------------------------------------------------------------------


def test_stats(archive: Shell) -> None:
    """Numbers as lines, or as a versioned document."""
    lines = dict(line.split("\t") for line in archive("stats").lines)
    assert {key: lines[key] for key in ("articles", "undated", "links", "publishers", "first_date", "last_date")} == {
        "articles": "4",
        "undated": "2",
        "links": "1",
        "publishers": "2",
        "first_date": "2016-12-31",
        "last_date": "2017-03-17",
    }
    document = json.loads(archive("stats", "--json").out)
    assert (document["schema"], document["articles"], document["engine"]) == (1, 4, "whoosh")


def test_stats_without_an_index(shell: Shell) -> None:
    """No index is an error that says what to do."""
    done = shell("stats")
    assert (done.status, done.out) == (2, "")
    assert "searchkit index" in done.err


# --- config ------------------------------------------------------------------------------------------------------


def test_config_show_tells_where_each_value_comes_from(archive: Shell) -> None:
    """Each setting is a line of key, value and origin; flags and variables count."""
    done = archive("config", "show", "--index", "x", env={"SEARCHKIT_OUTPUT_LIMIT": "5"})
    lines = {line.split("\t")[0]: line.split("\t")[1:] for line in done.lines}
    assert lines["index"] == [f"{archive.folder}/x", "flag"]
    assert lines["sources"] == [f"{archive.folder}/articles", f"{archive.folder}/config.yaml"]
    assert lines["output.limit"] == ["5", "environment SEARCHKIT_OUTPUT_LIMIT"]
    assert lines["output.pager"] == ["true", "default"]
    fields = archive("config", "show", env={"SEARCHKIT_FIELDS": '{"title": "x.y"}'}).out
    assert 'fields\t{"title": ["x.y"]}\tenvironment SEARCHKIT_FIELDS\n' in fields
    document = json.loads(archive("config", "show", "--json", "--no-config").out)
    assert document["schema"] == 1
    assert document["settings"]["sources"] == {"value": [], "origin": "default"}


def test_config_path(archive: Shell, shell: Shell) -> None:
    """The file in force, or status 1; --user names one's own whether it exists or not."""
    assert archive("config", "path", cwd="articles").out == f"{archive.folder}/config.yaml\n"
    none = shell("config", "path")
    assert (none.status, none.out) == (1, "")
    assert "the defaults apply" in none.err
    own = shell("config", "path", "--user", env={"XDG_CONFIG_HOME": "/xdg"})
    assert own.out in ("/xdg/searchkit/config.yaml\n", own.out if own.out.startswith("/") else "")


def test_paths_of_settings_keep_their_spaces(shell: Shell) -> None:
    """The path of a config.yaml can be given to another program, whatever it looks like."""
    folder = shell.folder / "two  spaces"
    folder.mkdir()
    (folder / "config.yaml").write_text("index: 'my  index'\n")
    assert shell("config", "path", cwd="two  spaces").out == f"{folder}/config.yaml\n"
    assert f"index\t{folder}/my  index\t{folder}/config.yaml\n" in shell("config", "show", cwd="two  spaces").out


def test_the_users_own_settings_count(shell: Shell) -> None:
    """A config.yaml under XDG_CONFIG_HOME is read, below the project's."""
    folder = shell.folder / "xdg" / "searchkit"
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text("language: de\noutput: {limit: 3}")
    (shell.folder / "config.yaml").write_text("output: {limit: 4}")
    out = shell("config", "show", env={"XDG_CONFIG_HOME": str(shell.folder / "xdg")}).out
    assert f"language\tde\t{folder}/config.yaml\n" in out
    assert f"output.limit\t4\t{shell.folder}/config.yaml\n" in out


def test_a_broken_config_is_an_error_everywhere_but_with_no_config(shell: Shell) -> None:
    """An unknown key names the nearest; --no-config goes round the file."""
    (shell.folder / "config.yaml").write_text("langauge: de")
    for arguments in (("query", "a"), ("stats",), ("verify",), ("config", "show"), ("index", "a"), ("show", "a")):
        done = shell(*arguments)
        assert (done.status, done.out) == (2, "")
        assert "did you mean 'language'?" in done.err
    assert shell("config", "show", "--no-config").status == 0


# --- completion --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shell_name", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: Shell, shell_name: str) -> None:
    """Each shell's script names the command and is, where the shell is at hand, free of syntax errors."""
    done = shell("completion", shell_name)
    assert (done.status, done.err) == (0, "")
    assert f"_SEARCHKIT_COMPLETE={shell_name}_complete" in done.out
    if shutil.which(shell_name):
        subprocess.run([shell_name, "-n"], input=done.out.encode(), check=True)
    assert shell("completion", "tcsh").status == 2


def test_completion_completes(shell: Shell) -> None:
    """Asked as the script asks, the program names commands, options and choices."""

    def completed(words: str, count: int) -> str:
        env = {"_SEARCHKIT_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(count)}
        return shell(env=env).out

    assert "plain,query" in completed("searchkit qu", 1)
    assert "plain,--limit" in completed("searchkit query --li", 2)
    assert "plain,jsonl" in completed("searchkit query --format js", 3)


# --- all commands ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS), ("config", "show"), ("config", "path")])
def test_help_begins_with_examples(shell: Shell, command: tuple[str, ...]) -> None:
    """-h and --help say what a command does, then show examples, then the options; status 0, on stdout."""
    short, long = shell(*command, "-h"), shell(*command, "--help")
    assert (short.status, short.err, short.out) == (0, "", long.out)
    assert short.out.startswith("Usage: searchkit")
    if len(command) < 2:
        assert 0 < short.out.index("Examples:") < short.out.index("Options:")


def test_every_command_is_listed_and_nothing_else(shell: Shell) -> None:
    """The list of commands is the list of what runs."""
    listed = shell("--help").out.partition("Commands:")[2]
    assert [line.split()[0] for line in listed.splitlines() if line.startswith("  ") and line[2] != " "] == list(
        COMMANDS
    )


def test_the_version_is_told(shell: Shell) -> None:
    """-V and --version print one line."""
    assert shell("-V").out == shell("--version").out == f"searchkit {searchkit.__version__}\n"


@pytest.mark.parametrize("command", ["query --help", "completion bash", "config show", "stats"])
def test_every_command_ends_quietly_when_nobody_reads(archive: Shell, command: str) -> None:
    """A pipe closed at once gives no message."""
    done = archive.script(f"$searchkit {command} | true")
    assert done.err == ""
    assert done.status in (0, 1, 128 + signal.SIGPIPE)


def test_verbose_says_which_settings_are_in_force(archive: Shell) -> None:
    """-v names the configuration and the index on stderr."""
    done = archive("stats", "-v")
    assert done.err == f"searchkit: settings from {archive.folder}/config.yaml, index {archive.folder}/index\n"
