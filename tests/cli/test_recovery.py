"""`searchkit verify` and `searchkit rollback`: what is damaged is named, and there is a way back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.running import Shell, wait_until

SOUND = "the index is as it was written\n"
REMEDIES = (
    'to return to the index before the last commit, run "searchkit rollback"; '
    'to make it anew from the articles, "searchkit index --rebuild"\n'
)


@pytest.fixture
def once(shell: Shell) -> Shell:
    """An index of one commit, which holds an article on Mosul."""
    indexed(shell, "Mosul")
    return shell


@pytest.fixture
def twice(once: Shell) -> Shell:
    """An index of two commits: before the last one its article was on Mosul, now it is on Raqqa."""
    indexed(once, "Raqqa")
    return once


def indexed(shell: Shell, *titles: str) -> None:
    """Index a file of articles with these titles instead of what it held."""
    lines = [json.dumps({"id": str(n), "title": title, "body": "Of it."}) for n, title in enumerate(titles)]
    (shell.folder / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = shell("index", "a.jsonl")
    assert done.status == 0, done.err


def titles(shell: Shell) -> list[str]:
    return [line.split("\t")[4] for line in shell("query", "*").lines]


def files(shell: Shell, ending: str, generation: int) -> Path:
    """The one file of the index of that ending which came with a generation."""
    (path,) = shell.folder.glob(f"index/g{generation:08}-*{ending}")
    return path


def flipped(path: Path, at: int) -> None:
    """Change one bit of a file."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def manifest(shell: Shell, generation: int) -> Path:
    return shell.folder / "index" / f"searchkit-{generation:08}.json"


# --- verify ------------------------------------------------------------------------------------------------------


def test_a_sound_index(twice: Shell) -> None:
    """Nothing on stdout, one line on stderr, status 0."""
    done = twice("verify")
    assert (done.status, done.out, done.err) == (0, "", SOUND)


@pytest.mark.parametrize("ending", [".terms", ".docs", ".positions", ".stored", ".columns", ".stems-en"])
def test_a_flipped_bit_is_found(twice: Shell, ending: str) -> None:
    """The damaged file is named on stdout with its generation, the remedies on stderr; status 2."""
    path = files(twice, ending, 2)
    flipped(path, path.stat().st_size // 2)
    done = twice("verify")
    assert (done.status, done.err) == (2, REMEDIES)
    assert done.lines == [f"{path} (generation 2) does not hold what was written: its checksum differs"]


def test_cut_and_missing_files_are_found(twice: Shell) -> None:
    """Each trouble is a line of its own, those of the current generation first."""
    cut, missing = files(twice, ".stored", 2), files(twice, ".docs", 2)
    size = cut.stat().st_size
    cut.write_bytes(cut.read_bytes()[:-1])
    missing.unlink()
    before = files(twice, ".terms", 1)
    flipped(before, 20)
    done = twice("verify")
    assert done.status == 2
    assert set(done.lines[:2]) == {
        f"{cut} (generation 2) has {size - 1:,} bytes instead of {size:,}",
        f"{missing} (generation 2) cannot be read: No such file or directory",
    }
    assert done.lines[2:] == [f"{before} (generation 1) does not hold what was written: its checksum differs"]


def test_whooshs_own_file_counts(twice: Shell) -> None:
    """The table of contents for stock Whoosh is checked like the rest, though searchkit does without it."""
    path = twice.folder / "index" / "_MAIN_2.toc"
    flipped(path, 30)
    done = twice("verify")
    assert done.status == 2
    assert done.lines == [f"{path} (generation 2) does not hold what was written: its checksum differs"]
    assert titles(twice) == ["Raqqa"]


def test_a_damaged_manifest_is_found(twice: Shell) -> None:
    """What says which files there should be has a checksum itself."""
    flipped(manifest(twice, 2), 40)
    done = twice("verify")
    assert done.status == 2
    assert len(done.lines) == 1
    assert done.lines[0].startswith(f"{manifest(twice, 2)} is damaged")


def test_verify_changes_nothing(twice: Shell) -> None:
    """Looking is free, also where something is wrong."""
    flipped(files(twice, ".docs", 2), 20)

    def state() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (twice.folder / "index").iterdir()}

    before = state()
    twice("verify")
    assert state() == before


@pytest.mark.parametrize("command", ["verify", "rollback"])
def test_without_an_index(shell: Shell, command: str) -> None:
    """No index is an error that says what to do, and none is made."""
    for _ in range(2):
        done = shell(command)
        assert (done.status, done.out) == (2, "")
        assert "searchkit index" in done.err
        assert not (shell.folder / "index").exists()
        assert "Traceback" not in done.err
    (shell.folder / "index").mkdir()
    assert shell(command).status == 2


@pytest.mark.parametrize("command", ["verify", "rollback"])
def test_engines_without_generations(shell: Shell, command: str) -> None:
    """An engine that keeps nothing has nothing to check or return to, and says so."""
    done = shell(command, "--engine", "memory")
    assert (done.status, done.out) == (2, "")
    assert "engine memory keeps no generations" in done.err


# --- a query over damage -----------------------------------------------------------------------------------------


def test_a_query_that_meets_damage_names_it_and_the_remedy(twice: Shell) -> None:
    """A cut file gives no answer but an error with file, generation and what to do."""
    path = files(twice, ".stored", 2)
    path.write_bytes(path.read_bytes()[:-9])
    done = twice("query", "raqqa")
    assert (done.status, done.out) == (2, "")
    assert f"{path} (generation 2)" in done.err
    assert 'run "searchkit rollback"' in done.err
    assert "searchkit index --rebuild" in done.err


# --- rollback ----------------------------------------------------------------------------------------------------


def test_rollback_returns(twice: Shell) -> None:
    """The index before the last commit answers again, under a new number; twice is there and back."""
    done = twice("rollback")
    assert (done.status, done.out) == (0, "")
    assert done.err == "returned to the index before the last commit, now generation 3\n"
    assert titles(twice) == ["Mosul"]
    assert twice("verify").status == 0
    assert "now generation 4" in twice("rollback").err
    assert titles(twice) == ["Raqqa"]
    assert twice("verify").status == 0


def test_what_was_given_up_is_indexed_again(twice: Shell) -> None:
    """After a rollback the next run reads what the commit given up had read."""
    twice("rollback")
    assert "1 replaced" in twice("index", "a.jsonl").err
    assert titles(twice) == ["Raqqa"]


@pytest.mark.parametrize("ending", [".terms", ".docs", ".stored", ".columns"])
def test_rollback_from_a_damaged_index(twice: Shell, ending: str) -> None:
    """What came with the last commit may be damaged in any way: the index before it answers."""
    files(twice, ending, 2).write_bytes(b"")
    assert twice("verify").status == 2
    assert twice("rollback").status == 0
    assert titles(twice) == ["Mosul"]


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty"])
def test_rollback_from_a_damaged_manifest(twice: Shell, damage: str) -> None:
    """An index that cannot even be opened can be rolled back."""
    path = manifest(twice, 2)
    if damage == "flipped":
        flipped(path, 40)
    else:
        path.write_bytes(path.read_bytes()[:-20] if damage == "cut" else b"")
    assert twice("query", "raqqa").status == 2
    assert twice("rollback").status == 0
    assert titles(twice) == ["Mosul"]


def test_nothing_to_return_to(once: Shell) -> None:
    """The first commit has nothing before it; the index stays as it is."""
    done = once("rollback")
    assert (done.status, done.out) == (2, "")
    assert "no generation before the current one" in done.err
    assert "searchkit index --rebuild" in done.err
    assert titles(once) == ["Mosul"]


def test_damage_before_is_not_returned_to(twice: Shell) -> None:
    """The index to return to is checked first; damaged, it is named, and all stays as it is."""
    path = files(twice, ".docs", 1)
    flipped(path, path.stat().st_size // 2)
    done = twice("rollback")
    assert (done.status, done.out) == (2, "")
    assert str(path) in done.err
    assert "searchkit index --rebuild" in done.err
    assert titles(twice) == ["Raqqa"]


def test_rollback_waits_for_a_writer_no_longer_than_told(twice: Shell) -> None:
    """A writer at work is named; with --wait its end is waited for."""
    process = twice.start("index", "-", "--input-format", "jsonl")
    try:
        assert process.stdin is not None
        process.stdin.write(b'{"id": "x", "title": "Homs", "body": "Of it."}\n')
        process.stdin.flush()
        lock = twice.folder / "index" / "lock"
        wait_until(lambda: str(process.pid) in lock.read_text(encoding="ascii"))
        for options in ((), ("--wait", "0.1")):
            done = twice("rollback", *options)
            assert (done.status, done.out) == (2, "")
            assert str(process.pid) in done.err
        waiting = twice.start("rollback", "--wait", "60")
        process.communicate(timeout=60)
        _, err = waiting.communicate(timeout=60)
        assert (process.returncode, waiting.returncode) == (0, 0), err
    finally:
        process.kill()
        process.wait()
    assert titles(twice) == ["Raqqa"]


def test_verify_or_rollback_in_a_script(twice: Shell) -> None:
    """The two fit together as the help shows."""
    flipped(files(twice, ".docs", 2), 20)
    done = twice.script("$searchkit verify >/dev/null || $searchkit rollback")
    assert done.status == 0, done.err
    assert titles(twice) == ["Mosul"]
