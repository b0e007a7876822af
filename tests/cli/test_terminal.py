"""What people see: searchkit on a real pseudo-terminal."""

from __future__ import annotations

import re
import shutil

import pytest

from tests.cli.running import Shell

ESC = "\x1b"
_SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\]8;[^\x1b]*\x1b\\")


def plain(shown: str) -> str:
    """Without colours and links."""
    return _SEQUENCE.sub("", shown)


def test_hits_are_laid_out_for_people(archive: Shell) -> None:
    """Rank, title, score, what is known, snippets, related headline and path each have their place."""
    done = archive.terminal("query", "mosul airstrike")
    assert done.status == 0
    lines = plain(done.out).splitlines()
    assert re.fullmatch(r"1  Airstrike in Mosul +\d\.\d\d", lines[0])
    assert lines[1] == "   Antiwar · 17 Mar 2017 · Jason Ditz"
    assert "   A Mosul hospital was hit by an airstrike. …" in lines
    assert "   related  Mosul airstrike kills hundreds · CNN · 18 Mar 2017" in lines
    assert "   articles/a.jsonl#mosul" in lines
    assert all(len(line) <= 80 for line in lines)


def test_matches_are_highlighted(archive: Shell) -> None:
    """Words that match stand out in title, snippet and related headline, and only they."""
    shown = archive.terminal("query", "mosul").out
    marked = re.findall(r"\x1b\[1;31m(.*?)\x1b\[0m", shown)
    assert marked
    assert set(marked) == {"Mosul"}


def test_paths_are_links_to_the_files(archive: Shell) -> None:
    """A terminal that knows OSC 8 can open the file; turned off, nothing of it is written."""
    shown = archive.terminal("query", "homs").out
    assert re.search(rf"\x1b\]8;;file://[^/]*{archive.folder}/articles/a\.jsonl\x1b\\", shown)
    for env in ({"SEARCHKIT_OUTPUT_HYPERLINKS": "false"}, {"TERM": "dumb"}):
        assert f"{ESC}]8;" not in archive.terminal("query", "homs", env=env).out


def test_the_closing_line_goes_to_stderr(archive: Shell) -> None:
    """How many, with how many related headlines, and how long it took stands outside of the results."""
    done = archive.terminal("query", "airstrike", "--sort", "date")
    assert re.fullmatch(r"2 articles, 1 with related headlines · \d+(\.\d+)? m?s\n", done.err)
    assert "2 articles" not in done.out
    assert "1 of 2 articles" in archive.terminal("query", "airstrike", "-n", "1").err


@pytest.mark.parametrize(
    ("arguments", "env", "colored"),
    [
        ((), {}, True),
        ((), {"NO_COLOR": "1"}, False),
        ((), {"NO_COLOR": ""}, True),
        ((), {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ((), {"TERM": "dumb"}, False),
        ((), {"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        (("--color", "never"), {}, False),
        (("--color", "always"), {"NO_COLOR": "1", "TERM": "dumb"}, True),
        ((), {"SEARCHKIT_OUTPUT_COLOR": "never"}, False),
    ],
)
def test_colour_on_a_terminal(archive: Shell, arguments: tuple[str, ...], env: dict[str, str], colored: bool) -> None:
    """--color decides, then NO_COLOR, FORCE_COLOR and TERM=dumb; the layout stays the same."""
    shown = archive.terminal("query", "homs", *arguments, env=env).out
    assert (f"{ESC}[1;31m" in shown) is colored
    assert plain(shown).startswith("1  Homs")


def test_narrow_terminals_are_kept_to(archive: Shell) -> None:
    """Text wraps at the width of the terminal; only paths may be longer."""
    lines = plain(archive.terminal("query", "mosul", columns=30).out).splitlines()
    assert all(len(line) <= 30 or "a.jsonl" in line for line in lines)


def test_formats_for_programs_are_the_same_on_a_terminal(archive: Shell) -> None:
    """A format that was asked for is written to a terminal as to a pipe."""
    for options in (("--format", "tsv"), ("--template", "{title}"), ("-l",), ("-c",), ("--format", "jsonl")):
        assert archive.terminal("query", "homs", *options).out == archive("query", "homs", *options).out


def test_undecodable_names_never_reach_a_terminal_raw(archive: Shell) -> None:
    """-l0 is for xargs; a terminal gets names that cannot command it."""
    assert ESC not in archive.terminal("query", "*", "-l", "-0").out


def test_nothing_found_on_a_terminal(archive: Shell) -> None:
    """The advice stands on stderr, the status is 1."""
    done = archive.terminal("query", "zzz")
    assert (done.status, done.out) == (1, "")
    assert "no article matches zzz" in done.err


# --- the pager ---------------------------------------------------------------------------------------------------


def pager(shell: Shell, script: str) -> dict[str, str]:
    """An environment whose pager is this shell script, in the folder."""
    file = shell.folder / "pager.sh"
    file.write_text(script)
    return {"SEARCHKIT_PAGER": f"sh {file}", "PAGER": "false"}


def test_a_terminal_gets_the_pager(archive: Shell) -> None:
    """On a terminal hits go through the user's pager, with colours and links."""
    env = pager(archive, f"cat > {archive.folder}/paged\necho 'from the pager'")
    done = archive.terminal("query", "homs", env=env)
    assert done.out == "from the pager\n"
    paged = (archive.folder / "paged").read_text()
    assert plain(paged).startswith("1  Homs")
    assert ESC in paged
    assert (done.status, done.err[:9]) == (0, "1 article")


@pytest.mark.parametrize(
    ("arguments", "env"),
    [(("--no-pager",), {}), ((), {"SEARCHKIT_OUTPUT_PAGER": "false"}), (("--format", "tsv"), {}), (("-c",), {})],
)
def test_the_pager_can_be_left_out(archive: Shell, arguments: tuple[str, ...], env: dict[str, str]) -> None:
    """A flag or setting turns the pager off, and lines for programs are never paged."""
    done = archive.terminal("query", "homs", *arguments, env=pager(archive, "echo PAGED") | env)
    assert done.status == 0
    assert "PAGED" not in done.out


def test_a_pipe_gets_no_pager(archive: Shell) -> None:
    """Paging is for terminals only, also when the layout is asked for."""
    for options in ((), ("--format", "text"), ("--color", "always")):
        assert "PAGED" not in archive("query", "homs", *options, env=pager(archive, "echo PAGED")).out


@pytest.mark.parametrize("command", ["cat", " ", "no-such-pager -x", "cat -u"])
def test_without_a_usable_pager_text_is_written_plainly(archive: Shell, command: str) -> None:
    """A pager that is missing costs nothing."""
    done = archive.terminal("query", "homs", env={"SEARCHKIT_PAGER": command})
    assert done.status == 0
    assert plain(done.out).startswith("1  Homs")


def test_a_dumb_terminal_gets_no_pager(archive: Shell) -> None:
    """Inside an editor, where TERM is dumb, text is written plainly."""
    env = pager(archive, "echo PAGED") | {"TERM": "dumb"}
    assert archive.terminal("query", "homs", env=env).out.startswith("1  Homs")


@pytest.mark.skipif(shutil.which("less") is None, reason="needs less")
def test_less_shows_what_fits_and_ends(archive: Shell) -> None:
    """The usual pager, which is taken when no other is named, does not wait for a key on a short result."""
    shown = plain(archive.terminal("query", "homs", env={"SEARCHKIT_PAGER": ""}).out)
    assert "1  Homs" in shown
    assert "articles/a.jsonl#homs" in shown


def test_leaving_the_pager_early_is_no_error(large: Shell) -> None:
    """A pager that is closed after the first line ends the search with status 0 and its closing line."""
    done = large.terminal("query", "mosul", "-n", "0", env=pager(large, "head -1"))
    assert (done.status, len(done.out.splitlines())) == (0, 1)
    assert "2,000 articles" in done.err
    assert "Traceback" not in done.err


# --- other commands ----------------------------------------------------------------------------------------------


def test_show_on_a_terminal(archive: Shell) -> None:
    """An article is laid out whole, with what a query matches highlighted."""
    done = archive.terminal("show", "articles/a.jsonl#raqqa", "--query", "mosul siege")
    assert re.findall(r"\x1b\[1;31m(.*?)\x1b\[0m", done.out) == ["siege", "Mosul"]
    shown = plain(done.out)
    assert shown.startswith("Raqqa under siege\nReuters · 31 Dec 2016")
    assert "1 related headline\n·  Mosul airstrike kills hundreds · CNN · 18 Mar 2017" in shown


def test_stats_on_a_terminal(archive: Shell) -> None:
    """Numbers are labelled."""
    assert re.search(r"^articles +4$", plain(archive.terminal("stats").out), re.MULTILINE)


def test_indexing_on_a_terminal_shows_progress_and_a_summary(shell: Shell) -> None:
    """The bar is on stderr and gone at the end; the summary stays; stdout stays empty."""
    (shell.folder / "a.jsonl").write_text('{"title": "A", "body": "a"}\n' * 3)
    done = shell.terminal("index", "a.jsonl", messages=True)
    assert done.status == 0
    assert plain(done.out).splitlines()[-1].startswith("indexed 3 articles from 1 file (3 added)")


def test_a_terminal_is_no_input(shell: Shell) -> None:
    """`index -` at a terminal says what to do instead of waiting."""
    done = shell.terminal("index", "-")
    assert done.status == 2
    assert "standard input is a terminal" in done.err
