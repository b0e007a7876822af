"""`searchkit index`: files and pipes, reports, interruption, and a second writer."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.archives import PACKERS, tar_of, zip_of
from tests.cli.running import PATIENCE_S, Shell, wait_until


def line(name: str, body: str = "Mosul") -> str:
    return json.dumps({"id": name, "title": name, "body": body}) + "\n"


def titles(shell: Shell) -> list[str]:
    """The titles of all articles of the index."""
    return sorted(shell("query", "*", "-n", "0", "--template", "{title}").lines)


def test_files_and_folders_are_indexed(shell: Shell) -> None:
    """One summary line goes to stderr, nothing to stdout, and the articles are found."""
    (shell.folder / "a").mkdir()
    (shell.folder / "a" / "b.jsonl").write_text(line("one") + line("two"))
    (shell.folder / "c.txt").write_text("Three\n\nA third article, about Homs.\n")
    done = shell("index", "a", "c.txt")
    assert (done.status, done.out) == (0, "")
    assert done.err.startswith("indexed 3 articles from 2 files (3 added) · 3 in the index · ")
    assert titles(shell) == ["Three", "one", "two"]
    assert shell("index", "a", "c.txt").err.startswith("indexed 0 articles from 2 files (3 unchanged)")


def test_the_configured_sources_are_read_without_a_path(shell: Shell) -> None:
    """Without PATH the sources of config.yaml count; without these it is an error with the next step."""
    done = shell("index")
    assert done.status == 2
    assert "set sources in config.yaml" in done.err
    (shell.folder / "config.yaml").write_text("sources: [a.jsonl]\nindex: i")
    (shell.folder / "a.jsonl").write_text(line("one"))
    assert shell("index").status == 0
    assert (shell.folder / "i").is_dir()


def test_a_pipe_is_indexed(shell: Shell) -> None:
    """`-` reads JSON Lines from standard input."""
    done = shell("index", "-", stdin=line("one") + line("two"))
    assert done.status == 0
    assert titles(shell) == ["one", "two"]


def test_the_format_of_a_pipe_can_be_stated(shell: Shell) -> None:
    """--input-format names it; an unknown one is an error that lists the known."""
    assert shell("index", "-", "--input-format", "text", stdin='{"title": "x"}\n\nA text about Homs.\n').status == 0
    done = shell("index", "-", "--input-format", "jsnl", stdin="x")
    assert done.status == 2
    assert "there are " in done.err and " jsonl, " in done.err


def test_the_format_of_a_file_cannot_be_stated(shell: Shell) -> None:
    """--input-format without standard input would do nothing: it is an error."""
    (shell.folder / "a.dat").write_text(line("one"))
    done = shell("index", "a.dat", "--input-format", "jsonl")
    assert done.status == 2
    assert "--input-format is for standard input" in done.err


def test_standard_input_that_is_not_there_is_told(shell: Shell) -> None:
    """A process started without standard input is told so."""
    done = shell.script("$searchkit index - <&-")
    assert (done.status, done.out) == (2, "")
    assert "standard input is not connected" in done.err


def test_an_empty_pipe_is_told(shell: Shell) -> None:
    """Nothing on standard input is a problem, not a success."""
    done = shell("index", "-")
    assert done.status == 2
    assert done.err.startswith("-: standard input is empty\n")


def test_bad_input_is_named_and_the_rest_indexed(shell: Shell) -> None:
    """A bad line and a missing file are named with their reason, the status is 2, the good articles are there."""
    (shell.folder / "a.jsonl").write_text(line("one") + "{bad\n" + line("two"))
    done = shell("index", "a.jsonl", "none.txt")
    assert (done.status, done.out) == (2, "")
    assert "a.jsonl#2: line 2: " in done.err
    assert "none.txt: there is no such file or folder" in done.err
    assert "2 problems" in done.err
    assert titles(shell) == ["one", "two"]


def test_many_problems_are_shortened(shell: Shell) -> None:
    """Twenty problems are named, -v names all."""
    (shell.folder / "a.jsonl").write_text("{bad\n" * 50 + line("one"))
    short, long = shell("index", "a.jsonl").err.splitlines(), shell("index", "a.jsonl", "-v").err.splitlines()
    assert sum("a.jsonl#" in told for told in short) == 20
    assert "and 30 more problems; -v names them all" in short
    assert sum("a.jsonl#" in told for told in long) == 50


def test_the_report_as_json(shell: Shell) -> None:
    """--json writes the report to stdout, the summary stays on stderr."""
    done = shell("index", "-", "--json", stdin=line("one"))
    report = json.loads(done.out)
    assert {key: report[key] for key in ("schema", "added", "total", "dry_run")} == {
        "schema": 1,
        "added": 1,
        "total": 1,
        "dry_run": False,
    }
    assert done.err.startswith("indexed 1 article")


def test_a_dry_run_writes_nothing(shell: Shell) -> None:
    """It says what would happen and does not even make an index, whether the folder for it exists or not."""
    (shell.folder / "a.jsonl").write_text(line("one"))
    for _ in range(2):
        done = shell("index", "a.jsonl", "--dry-run")
        assert done.status == 0
        assert done.err.startswith("would add 1 article from 1 file")
        (shell.folder / "index").mkdir(exist_ok=True)
    assert list((shell.folder / "index").iterdir()) == []
    shell("index", "a.jsonl")
    (shell.folder / "a.jsonl").write_text(line("one", "Homs") + line("two"))
    assert shell("index", "a.jsonl", "--dry-run").err.startswith("would add 1, replace 1 article from 1 file")
    assert titles(shell) == ["one"]


def test_prune_and_rebuild(shell: Shell) -> None:
    """--prune removes what has vanished, --rebuild begins anew."""
    for name in ("one", "two"):
        (shell.folder / f"{name}.jsonl").write_text(line(name))
    shell("index", ".")
    (shell.folder / "one.jsonl").unlink()
    assert "1 removed" in shell("index", ".", "--prune").err
    assert titles(shell) == ["two"]
    shell("index", "-", stdin=line("three"))
    assert shell("index", ".", "--rebuild").status == 0
    assert titles(shell) == ["two"]
    refused = shell("index", "none", "--rebuild")
    assert refused.status == 2
    assert "left as it was" in refused.err
    assert titles(shell) == ["two"]


def test_the_index_is_not_read_as_input(shell: Shell) -> None:
    """`index *`, as a shell writes it out, passes the index over."""
    (shell.folder / "a.jsonl").write_text(line("one"))
    shell("index", "a.jsonl")
    done = shell.script("$searchkit index *")
    assert done.status == 0
    assert done.err.startswith("indexed 0 articles from 1 file (1 unchanged)")


def test_interrupting_leaves_the_index_as_it_was(shell: Shell) -> None:
    """Ctrl-C while a slow pipe is read ends with status 130 and the index of before, ready for the next writer."""
    shell("index", "-", stdin=line("one"))
    process = shell.start("index", "-")
    feed(process, line("two"))
    wait_until(lambda: holds_lock(shell, process))
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out) == (130, b"")
    assert err.decode().strip() == "interrupted"
    assert titles(shell) == ["one"]
    assert shell("index", "-", stdin=line("three")).status == 0
    assert titles(shell) == ["one", "three"]


def test_a_killed_writer_leaves_the_index_as_it_was(shell: Shell) -> None:
    """No cleaning up is needed after a crash."""
    shell("index", "-", stdin=line("one"))
    process = shell.start("index", "-")
    feed(process, line("two"))
    wait_until(lambda: holds_lock(shell, process))
    process.kill()
    process.communicate(timeout=PATIENCE_S)
    assert titles(shell) == ["one"]
    assert shell("index", "-", "--wait", "10", stdin=line("three")).status == 0
    assert titles(shell) == ["one", "three"]


def test_a_second_writer_is_told_who_holds_the_lock(shell: Shell) -> None:
    """It is refused with the process and since when; searching goes on; with --wait it takes its turn."""
    shell("index", "-", stdin=line("one"))
    process = shell.start("index", "-")
    feed(process, line("two"))
    wait_until(lambda: holds_lock(shell, process))
    refused = shell("index", "-", stdin=line("three"))
    assert refused.status == 2
    assert f"process {process.pid} on " in refused.err
    assert " UTC; wait with --wait SECONDS" in refused.err
    assert titles(shell) == ["one"]
    waiting = shell.start("index", "-", "--wait", "30")
    feed(waiting, line("four"))
    process.communicate(timeout=PATIENCE_S)
    waiting.communicate(timeout=PATIENCE_S)
    assert (process.returncode, waiting.returncode) == (0, 0)
    assert titles(shell) == ["four", "one", "two"]


def feed(process: subprocess.Popen[bytes], text: str) -> None:
    """Write to a process's standard input and leave it open."""
    assert process.stdin is not None
    process.stdin.write(text.encode())
    process.stdin.flush()


def holds_lock(shell: Shell, process: subprocess.Popen[bytes]) -> bool:
    """Whether the process says so in the lock file."""
    lock = shell.folder / "index" / "lock"
    return str(process.pid) in lock.read_text(encoding="ascii")


def test_an_index_that_cannot_be_written_is_an_error(shell: Shell) -> None:
    """A file where the index should be is told, without a traceback."""
    (shell.folder / "index").write_text("in the way")
    done = shell("index", "-", stdin=line("one"))
    assert (done.status, done.out) == (2, "")
    assert "Traceback" not in done.err
    assert str(shell.folder / "index") in done.err


def test_a_report_into_a_closed_pipe_keeps_what_was_indexed(shell: Shell) -> None:
    """The articles are stored before anything is reported."""
    (shell.folder / "a.jsonl").write_text(line("one"))
    done = shell.script("$searchkit index a.jsonl --json | true")
    assert "Traceback" not in done.err
    assert titles(shell) == ["one"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_files_without_permission_are_told(shell: Shell) -> None:
    """A file that may not be read is named, the rest is indexed, the status is 2."""
    (shell.folder / "a.jsonl").write_text(line("one"))
    (shell.folder / "b.jsonl").write_text(line("two"))
    Path(shell.folder / "b.jsonl").chmod(0)
    done = shell("index", ".")
    assert done.status == 2
    assert "b.jsonl: cannot be read: Permission denied" in done.err
    assert titles(shell) == ["one"]


def test_shards_index_the_whole_together(shell: Shell) -> None:
    """`--shard` reads one part of the files; what is no part of a whole, or with --rebuild, is an error of usage."""
    for number in range(6):
        (shell.folder / f"{number}.jsonl").write_text(line(str(number)))
    for number in (1, 2):
        assert shell("index", "--shard", f"{number}/2", ".").status == 0
        assert (len(titles(shell)) < 6) == (number == 1)
    assert titles(shell) == [str(number) for number in range(6)]
    wrong = shell("index", "--shard", "3/2", ".")
    assert wrong.status == 2 and "--shard 3/16" in wrong.err
    assert shell("index", "--shard", "1/2", "--rebuild", ".").status == 2


# --- lists of files ----------------------------------------------------------------------------------------------


def test_a_list_of_files_is_read(shell: Shell) -> None:
    """From standard input or a file; names in it are no patterns, and any byte may stand in one that ends with NUL."""
    odd = os.fsdecode(b"caf\xe9\nnew line.jsonl")
    for name in ("a.jsonl", "a[1].jsonl", odd, "-", "unlisted.jsonl"):
        (shell.folder / name).write_text(line(f"of {len(name)}"))
    names = os.fsencode("\0".join(["a.jsonl", "a[1].jsonl", odd, "-", ""]))
    done = shell("index", "--files-from", "-", "-0", stdin=names)
    assert (done.status, done.err.partition(" · ")[0]) == (0, "indexed 4 articles from 4 files (4 added)")
    (shell.folder / "list").write_bytes(b"unlisted.jsonl\n\na.jsonl\n")
    done = shell("index", "--files-from", "list")
    assert done.err.startswith("indexed 1 article from 2 files (1 added, 1 unchanged)")


def test_what_a_list_names_and_is_not_there_is_told(shell: Shell) -> None:
    """It is no pattern, although it looks like one."""
    (shell.folder / "a.jsonl").write_text(line("one"))
    done = shell("index", "--files-from", "-", stdin="*.jsonl\n")
    assert done.status == 2
    assert done.err.startswith("*.jsonl: there is no such file or folder\n")


def test_an_empty_list_indexes_nothing(shell: Shell) -> None:
    """In particular not the sources of the settings."""
    (shell.folder / "config.yaml").write_text("sources: [a.jsonl]")
    (shell.folder / "a.jsonl").write_text(line("one"))
    done = shell("index", "--files-from", "-", stdin="")
    assert (done.status, done.err.partition(" · ")[0]) == (0, "indexed 0 articles from 0 files")


def test_lists_that_cannot_be_meant_are_refused(shell: Shell) -> None:
    """Standard input for two things, -0 for nothing, a list that is not there, one that ends its names with NUL."""
    for arguments, told in (
        (["--files-from", "-", "-"], "either a list of files"),
        (["-0", "x"], "-0 is for the list of --files-from"),
        (["--files-from", "none"], "the list of files none cannot be read: No such file"),
        (["--files-from", "-"], "end with NUL; say so with -0"),
    ):
        done = shell("index", *arguments, stdin="a\0b\0")
        assert done.status == 2
        assert told in done.err


def test_containers_are_read_from_pipes(shell: Shell) -> None:
    """A ZIP archive, a compressed tar and a page, each told by its beginning."""
    assert shell("index", "-", stdin=zip_of(("x/a.jsonl", line("one").encode()))).status == 0
    assert shell("index", "-", stdin=PACKERS[".gz"](tar_of(("b.jsonl", line("two").encode())))).status == 0
    assert titles(shell) == ["one", "two"]
    assert shell("query", "two", "--template", "{source}").out == "-#b.jsonl#two\n"
