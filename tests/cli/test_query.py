"""`searchkit query`: statuses, streams, outputs and selection, in pipes."""

from __future__ import annotations

import csv
import io
import json
import signal
from pathlib import Path

import pytest

from tests.cli.running import Shell

ESC = "\x1b"


# --- status and streams ------------------------------------------------------------------------------------------


def test_a_hit_is_one_tab_separated_line(archive: Shell) -> None:
    """In a pipe each hit is a line of path, score, date, publisher and title; nothing else is said; status 0."""
    done = archive("query", "mosul hospital")
    path, score, published, publisher, title = done.out.rstrip("\n").split("\t")
    assert (path, published, publisher, title) == (
        "articles/a.jsonl#mosul",
        "2017-03-17",
        "Antiwar",
        "Airstrike in Mosul",
    )
    assert float(score) > 0
    assert (done.status, done.err) == (0, "")


def test_nothing_found_is_status_1_with_advice(archive: Shell) -> None:
    """What would have helped goes to stderr, nothing to stdout."""
    done = archive("query", "hospitel raqqa")
    assert (done.status, done.out) == (1, "")
    assert done.err.splitlines() == [
        "no article matches hospitel raqqa",
        "  hospitel occurs in no article; the nearest indexed words are hospital",
        "  with --any, which joins the words by OR, it finds 1 article",
    ]


def test_a_syntax_error_is_status_2_with_a_caret(archive: Shell) -> None:
    """The query is shown with a caret under the place."""
    done = archive("query", "titel:mosul hospital")
    assert (done.status, done.out) == (2, "")
    lines = done.err.splitlines()
    assert lines[:3] == ["searchkit: there is no field 'titel'", "  titel:mosul hospital", "  ^"]
    assert "did you mean title:?" in lines[3]


def test_a_caret_stands_under_wide_and_hostile_characters(archive: Shell) -> None:
    """Control characters of the query are shown, not obeyed, and the caret still points at the place."""
    _, query, caret = archive("query", f"日本 {ESC}[2J (").err.splitlines()[:3]
    assert query == "  日本 \\x1b[2J ("
    assert caret == " " * (2 + 4 + len(" \\x1b[2J ")) + "^"


@pytest.mark.parametrize(
    "arguments",
    [
        ("query",),
        ("query", "a", "--sort", "best"),
        ("query", "a", "-n", "-1"),
        ("query", "a", "-n", "x"),
        ("query", "a", "--nope"),
        ("query", "a", "--format", "xml"),
        ("query", "a", "-c", "-q"),
        ("query", "a", "-l", "--format", "json"),
        ("query", "a", "--template", "{title}", "-c"),
        ("query", "a", "-0", "--format", "csv"),
        ("query", "a", "--template", "{titel}"),
        ("query", "zzz", "--template", "{titel}"),
        ("query", "a", "--since", "soon"),
        ("query", "a", "--since", "2018", "--until", "2017"),
        ("query", "a", "--language", "xx"),
        ("query", "a", "--engine", "woosh"),
        ("query", "a", "--index", "none"),
        ("query", "a", "--config", "none.yaml"),
        ("query", "a", "--config", "config.yaml", "--no-config"),
        ("query", "(" * 5000),
        ("query", "a" * 10_001),
        ("quiry", "a"),
        ("--nope",),
        (),
    ],
)
def test_wrong_use_is_status_2_and_says_why(archive: Shell, arguments: tuple[str, ...]) -> None:
    """Nothing reaches stdout, something stderr, and never a traceback."""
    done = archive(*arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err.strip()
    assert "Traceback" not in done.err


def test_a_minus_at_the_beginning_is_explained(archive: Shell) -> None:
    """A query that looks like an option gets the hint with `--`, which works."""
    done = archive("query", "airstrike", "-raqqa")
    assert "searchkit query -- 'mosul -raqqa'" in done.err
    assert archive("query", "-l", "--", "-raqqa").status == 0
    assert archive("query", "-c", "--", "airstrike", "-raqqa").out == "1\n"


def test_a_mistyped_command_is_guessed(archive: Shell) -> None:
    """The nearest command is named."""
    assert "did you mean 'query'?" in archive("quiry").err


# --- selection ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("mosul",), "mosul raqqa"),
        (("mosul", "airstrike"), "mosul raqqa"),
        (("mosul airstrike", "--in", "body"), "mosul"),
        (("mosul", "--in", "links"), "raqqa"),
        (("author:ditz",), "mosul"),
        (("homs raqqa", "--any"), "homs raqqa"),
        (("airstrikes", "--language", "none"), "raqqa"),
        (("airstrike", "--since", "2017"), "mosul"),
        (("airstrike", "--until", "2016"), "raqqa"),
        (("airstrike", "--since", "2016-12-31", "--until", "2016-12-31"), "raqqa"),
        (("date:none",), "evil homs"),
        (("*", "--sort", "title", "--limit", "2"), "mosul evil"),
        (("*", "--sort", "title", "--limit", "1", "--offset", "1"), "evil"),
        (("*", "--sort", "title", "--limit", "1", "--reverse"), "raqqa"),
        (("*", "--sort", "date", "-n", "2"), "mosul raqqa"),
        (("*", "-n", "0"), "evil homs mosul raqqa"),
    ],
)
def test_selection(archive: Shell, arguments: tuple[str, ...], found: str) -> None:
    """Fields, OR, language, dates, order, limit and offset select what they say."""
    done = archive("query", *arguments, "--template", "{record}")
    assert (done.status, done.err) == (0, "")
    ordered = "--sort" in arguments
    assert (done.lines if ordered else sorted(done.lines)) == found.split()


# --- outputs -----------------------------------------------------------------------------------------------------


def test_files_are_listed_once(archive: Shell) -> None:
    """-l prints each file with a hit once; -0 ends names with NUL."""
    assert archive("query", "*", "-l").out == "articles/a.jsonl\n"
    assert archive("query", "*", "-l", "-0").out == "articles/a.jsonl\0"
    assert archive("query", "*", "-l0").out == "articles/a.jsonl\0"


def test_paths_are_relative_to_the_folder_of_the_command(archive: Shell) -> None:
    """A path that is printed can be used where it is printed; outside of the folder it is absolute."""
    assert archive("query", "*", "-l", cwd="articles").out == "a.jsonl\n"
    (archive.folder / "elsewhere").mkdir(exist_ok=True)
    outside = archive("query", "*", "-l", cwd="elsewhere").out
    assert outside == f"{archive.folder}/articles/a.jsonl\n"


def test_undecodable_names_reach_xargs_as_they_are(shell: Shell) -> None:
    """With -0 a file name is the bytes that the system knows; without it they are made visible."""
    (shell.folder / "a").mkdir()
    (shell.folder / "a" / "caf\udce9.txt").write_text("Mosul\n\nA hospital in Mosul was hit.\n")
    assert shell("index", "a").status == 0
    assert shell("query", "mosul", "-l0").out == "a/caf\udce9.txt\0"
    assert shell("query", "mosul", "-l").out == "a/caf\\udce9.txt\n"
    done = shell.script("$searchkit query mosul -l0 | xargs -0 cat")
    assert done.out.startswith("Mosul")


def test_counting(archive: Shell) -> None:
    """-c prints the number only; none is status 1."""
    for query, count, status in (("airstrike", 2, 0), ("zzz", 0, 1)):
        done = archive("query", query, "-c")
        assert (done.out, done.err, done.status) == (f"{count}\n", "", status)


def test_quiet_tells_by_its_status_only(archive: Shell) -> None:
    """-q prints nothing at all, found or not."""
    for query, status in (("airstrike", 0), ("zzz", 1)):
        done = archive("query", query, "-q")
        assert (done.out, done.err, done.status) == ("", "", status)


def test_json_is_one_document(archive: Shell) -> None:
    """--format json is a versioned document, also when nothing is found."""
    done = archive("query", "airstrike", "--format", "json", "--sort", "date")
    document = json.loads(done.out)
    assert (document["schema"], document["query"], document["total"]) == (1, "airstrike", 2)
    first = document["hits"][0]
    assert (first["record"], first["published"], first["matched_in"]) == ("mosul", "2017-03-17", ["title", "body"])
    assert [first["snippets"][0]["text"][a:b] for a, b in first["snippets"][0]["spans"]] == ["airstrike"]
    assert document["hits"][1]["links"][0]["headline"] == "Mosul airstrike kills hundreds"
    nothing = archive("query", "zzz", "--format", "json")
    assert (nothing.status, json.loads(nothing.out)["hits"]) == (1, [])
    assert "no article matches" in nothing.err


def test_jsonl_is_an_object_per_line(archive: Shell) -> None:
    """--format jsonl gives as many versioned objects as hits."""
    objects = [json.loads(line) for line in archive("query", "airstrike", "--format", "jsonl").lines]
    assert [(item["schema"], item["rank"]) for item in objects] == [(1, 1), (1, 2)]


def test_csv_and_tsv(archive: Shell) -> None:
    """CSV has a header, TSV none, unless asked otherwise."""
    rows = list(csv.reader(io.StringIO(archive("query", "homs", "--format", "csv").out)))
    assert dict(zip(*rows, strict=True))["title"] == "Homs"
    (line,) = archive("query", "homs", "--format", "tsv").lines
    assert "Homs" in line.split("\t")
    assert len(archive("query", "homs", "--format", "tsv", "--header").lines) == 2
    assert len(archive("query", "homs", "--format", "csv", "--no-header").lines) == 1


def test_csv_without_hits_is_its_header(archive: Shell) -> None:
    """A table of nothing is a table all the same; the status tells that nothing was found."""
    done = archive("query", "zzz", "--format", "csv")
    assert (done.status, done.lines) == (1, archive("query", "homs", "--format", "csv").lines[:1])
    assert archive("query", "zzz", "--format", "csv", "--no-header").out == ""
    assert archive("query", "zzz", "--format", "tsv").out == ""


def test_templates(archive: Shell) -> None:
    """--template prints a line per hit; -0 ends them with NUL."""
    assert archive("query", "homs", "--template", r"{rank}\t{title} {published}").out == "1\tHoms \n"
    assert archive("query", "homs", "-0", "--template", "{title}").out == "Homs\0"


def test_explain_tells_how_the_query_was_read(archive: Shell) -> None:
    """--explain writes the tree to stderr and leaves stdout as it was."""
    plain, explained = archive("query", "mosul strik*"), archive("query", "mosul strik*", "--explain")
    assert explained.out == plain.out
    assert "strik*" in explained.err
    assert "mosul" in explained.err


def test_hostile_text_does_not_reach_the_output_raw(archive: Shell) -> None:
    """Escape sequences and bidi overrides of an article are visible in every output for people."""
    outputs = [(), ("--template", "{title}"), ("--format", "csv"), ("--format", "tsv"), ("--format", "json")]
    outputs += [("--format", "text"), ("--color", "always")]
    for options in outputs:
        out = archive("query", "evil", *options).out
        assert "Evil" in out or "vil" in out
        assert f"{ESC}]52" not in out
        assert "\u202e" not in out
        assert "red]title" in out


# --- pipes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options", ["", "--format text", "--format jsonl", "--format json", "--format csv", "--template '{title}'"]
)
def test_a_closed_pipe_ends_quietly(large: Shell, options: str) -> None:
    """`| head -1` of a large result gives one line, no message, and the status of a program ended by SIGPIPE."""
    done = large.script(f"$searchkit query mosul -n 0 {options} | head -1")
    assert len(done.lines) == 1
    assert done.err == ""
    assert done.status == 128 + signal.SIGPIPE


def test_all_hits_are_streamed(large: Shell) -> None:
    """-n 0 prints every hit."""
    assert len(large("query", "mosul", "-n", "0").lines) == 2000
    assert len(large("query", "mosul").lines) == 10


def test_a_full_disk_is_an_error(archive: Shell) -> None:
    """Output that cannot be written is status 2, not 'nothing found', and not a traceback."""
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    done = archive.script("$searchkit query mosul > /dev/full")
    assert done.status == 2
    assert done.err == "searchkit: No space left on device\n"


def test_closed_streams_do_no_harm(archive: Shell) -> None:
    """Started without stdout or stderr, a search still tells by its status."""
    assert archive.script("$searchkit query mosul >&-").status == 0
    assert archive.script("$searchkit query zzz 2>&-").status == 1
    assert archive.script("$searchkit query mosul <&-").status == 0


# --- colour in pipes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "env", "colored"),
    [
        ((), {}, False),
        (("--color", "always"), {}, True),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
        (("--color", "always"), {"TERM": "dumb"}, True),
        (("--color", "never", "--format", "text"), {"FORCE_COLOR": "1"}, False),
        (("--format", "text"), {}, False),
        (("--format", "text"), {"FORCE_COLOR": "1"}, True),
        (("--format", "text"), {"FORCE_COLOR": "0"}, False),
        (("--format", "text"), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (("--format", "text"), {"SEARCHKIT_OUTPUT_COLOR": "always"}, True),
        ((), {"FORCE_COLOR": "1"}, False),
        (("--format", "jsonl"), {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour_in_a_pipe(archive: Shell, options: tuple[str, ...], env: dict[str, str], colored: bool) -> None:
    """A pipe gets colour only when it is asked for, and lines for programs never do."""
    assert (ESC in archive("query", "mosul", *options, env=env).out) is colored


def test_a_pipe_never_gets_hyperlinks(archive: Shell) -> None:
    """Links are for terminals."""
    assert f"{ESC}]8;" not in archive("query", "mosul", "--color", "always").out


def test_a_piped_query_imports_no_rich(archive: Shell) -> None:
    """The start of a piped query is not slowed by what only terminals need."""
    done = archive("query", "mosul", env={"PYTHONPROFILEIMPORTTIME": "1"})
    imported = {line.rpartition("|")[2].strip() for line in done.err.splitlines()}
    assert "searchkit.output.plain" in imported
    assert not {"rich", "platformdirs"} & imported
