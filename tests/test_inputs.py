"""Paths, folders and patterns -> the files to read, and whether a file lies in them."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest

from searchkit.format import BadRecord
from searchkit.inputs import Coverage, InputFile, find_files, has_vanished, source_name


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with files, folders, hidden ones and an index, which is also the current folder."""
    for name in ("b.txt", "a.txt", "sub/c.txt", "sub/deep/d.txt", "z/e.jsonl", ".hidden", ".git/f.txt", "index/0.json"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(root: Path, *paths: str, skip: Path | None = None) -> list[str]:
    """The names that paths stand for; of what cannot be used `name!`."""
    found = find_files(paths, root, skip)
    return [item.name if isinstance(item, InputFile) else f"{item.source}!" for item in found]


def problems(root: Path, *paths: str) -> list[BadRecord]:
    return [item for item in find_files(paths, root) if isinstance(item, BadRecord)]


# --- names -------------------------------------------------------------------------------------------------------


def test_names_are_relative_inside_the_root_and_absolute_outside(archive: Path) -> None:
    """A file's name in the index does not depend on the folder of the command, nor on how its path is written."""
    assert source_name(Path("sub/../a.txt"), archive) == "a.txt"
    assert source_name(archive / "sub" / "c.txt", archive) == "sub/c.txt"
    assert source_name(Path("a.txt"), archive / "sub") == str(archive / "a.txt")
    assert source_name(Path("subway.txt"), archive / "sub") == str(archive / "subway.txt")


def test_names_keep_bytes_that_are_no_text(archive: Path) -> None:
    """An undecodable file name keeps its bytes."""
    (archive / os.fsdecode(b"caf\xe9.txt")).write_text("x")
    assert os.fsdecode(b"caf\xe9.txt") in names(archive, ".")


# --- finding -----------------------------------------------------------------------------------------------------


def test_folders_are_read_recursively_in_order(archive: Path) -> None:
    """A folder stands for its files and those of its folders, by name, without hidden ones and the index."""
    expected = ["a.txt", "b.txt", "sub/c.txt", "sub/deep/d.txt", "z/e.jsonl"]
    assert names(archive, ".", skip=archive / "index") == expected
    assert names(archive, str(archive), skip=Path("index")) == expected


def test_the_index_is_never_read(archive: Path) -> None:
    """The index is passed over although it is named, as a shell names everything by `*`."""
    assert names(archive, "index", "index/0.json", "index/*", "*.txt", skip=archive / "index") == [
        "a.txt",
        "b.txt",
    ]
    assert "index/0.json" not in names(archive, "*", "**/*.json", skip=archive / "index")


def test_hidden_files_are_read_when_named(archive: Path) -> None:
    """A leading dot hides a file from folders and patterns, not from its own name."""
    assert names(archive, ".hidden", ".git") == [".hidden", ".git/f.txt"]


def test_each_file_is_found_once(archive: Path) -> None:
    """Overlapping paths give each file once, in the order of the paths."""
    assert names(archive, "sub/c.txt", "sub", "./sub/deep/../deep", "**/*.txt") == [
        "sub/c.txt",
        "sub/deep/d.txt",
        "a.txt",
        "b.txt",
    ]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.txt", ["a.txt", "b.txt"]),
        ("[b]*", ["b.txt"]),
        ("s*", ["sub/c.txt", "sub/deep/d.txt"]),
        ("**/d.txt", ["sub/deep/d.txt"]),
        ("*/*.txt", ["sub/c.txt"]),
        ("**/*.txt", ["a.txt", "b.txt", "sub/c.txt", "sub/deep/d.txt"]),
        ("s*/**", ["sub/c.txt", "sub/deep/d.txt"]),
        ("**/deep/", ["sub/deep/d.txt"]),
        ("**/sub/**/**/*.txt", ["sub/c.txt", "sub/deep/d.txt"]),
        ("**/.*", [".git/f.txt", ".hidden"]),
    ],
)
def test_patterns(archive: Path, pattern: str, expected: list[str]) -> None:
    """Patterns find files and folders, `**` at any depth; absolute patterns find the same."""
    assert names(archive, pattern) == expected
    assert names(archive, f"{archive}/{pattern}") == expected


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(archive: Path) -> None:
    """A path which exists is no pattern."""
    (archive / "[ab].txt").write_text("x")
    assert names(archive, "[ab].txt") == ["[ab].txt"]


def test_what_is_named_is_told_from_what_was_found(archive: Path) -> None:
    """Files of paths and patterns are `named`, files of folders are not."""
    named = {
        item.name: item.named for item in find_files(["a.txt", "b*", "sub"], archive) if isinstance(item, InputFile)
    }
    assert named == {"a.txt": True, "b.txt": True, "sub/c.txt": False, "sub/deep/d.txt": False}


def test_what_cannot_be_read_is_a_bad_record(archive: Path) -> None:
    """Missing files, patterns without match, broken links, loops, pipes, sockets, devices, no path: with the reason."""
    (archive / "broken").symlink_to("nowhere")
    (archive / "loop").symlink_to("loop")
    os.mkfifo(archive / "pipe")
    (archive / "device").symlink_to(os.devnull)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
    paths = ("none.txt", "*.pdf", "broken", "loop", "pipe", "socket", "device", "", "a\0b")
    assert [(p.source, p.reason.split(";")[0]) for p in problems(archive, *paths)] == [
        ("none.txt", "there is no such file or folder"),
        ("*.pdf", "no file matches this pattern"),
        ("broken", "cannot be read: No such file or directory"),
        ("loop", "cannot be read: Too many levels of symbolic links"),
        ("pipe", "is no regular file"),
        ("socket", "is no regular file"),
        ("device", "is no regular file"),
        ("", "the path is empty"),
        ("a\0b", "there is no such file or folder"),
    ]


def test_linked_folders_are_followed_only_when_named(archive: Path) -> None:
    """A link to a folder above does not lead in circles; named, it is read under its own name."""
    (archive / "sub" / "up").symlink_to("..")
    assert names(archive, "sub") == ["sub/c.txt", "sub/deep/d.txt"]
    assert "sub/up/a.txt" in names(archive, "sub/up")


def test_stars_do_not_follow_links_to_folders(archive: Path) -> None:
    """Links to folders above neither multiply the files of a pattern nor keep it from ending."""
    for number in range(3):
        (archive / "sub" / f"up{number}").symlink_to("..")
    assert names(archive, "sub/**/*.txt") == ["sub/c.txt", "sub/deep/d.txt"]
    assert names(archive, "**/up0") == ["**/up0!"]
    assert "sub/up0/a.txt" in names(archive, "sub/up0/*.txt")


def test_linked_files_are_read(archive: Path) -> None:
    """A link to a file stands for the file, under the link's name."""
    (archive / "sub" / "link.txt").symlink_to("../a.txt")
    assert "sub/link.txt" in names(archive, "sub")


def test_a_folder_that_cannot_be_read_is_told(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest of the archive is read all the same."""
    real = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("deep"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert names(archive, "sub") == ["sub/c.txt", "sub/deep!"]
    assert problems(archive, "sub") == [BadRecord("sub/deep", "the folder cannot be read: Permission denied")]


# --- scope of pruning --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "name", "inside"),
    [
        ("sub", "sub/c.txt", True),
        ("sub/", "sub/deep/d.txt", True),
        (".", "gone/x.txt", True),
        ("/", "a.txt", True),
        ("a.txt", "a.txt", True),
        ("sub/../a.txt", "a.txt", True),
        ("sub", "subway/c.txt", False),
        ("sub", "/elsewhere/sub/c.txt", False),
        ("a.txt", "b.txt", False),
        ("*.txt", "gone.txt", True),
        ("*.txt", "sub/gone.txt", False),
        ("s*", "sub/deep/gone.txt", True),
        ("*/*.txt", "sub/gone.txt", True),
        ("*/*.txt", "gone.txt", False),
        ("**/*.txt", "gone.txt", True),
        ("**/*.txt", "sub/deep/gone.txt", True),
        ("**/*.txt", "sub/deep/gone.pdf", False),
        ("sub/**", "sub/deep/gone.txt", True),
        ("sub/**", "a.txt", False),
        ("**", "sub/gone.txt", True),
        ("**/deep/**/x", "sub/deep/a/b/x", True),
        ("**/deep/**/x", "sub/deep/x", True),
        ("**/deep/**/x", "sub/x", False),
        ("../*/sub", "sub/c.txt", True),
        ("", "a.txt", False),
        ("-", "a.txt", False),
    ],
)
def test_whether_a_file_lies_in_a_path(archive: Path, path: str, name: str, inside: bool) -> None:
    """A path covers itself and what lies below; a pattern covers what it would find, and no star reaches into folders
    below."""
    assert Coverage([path], archive).holds(name) is inside
    assert Coverage(["nothing", path], archive).holds(name) is inside


def test_many_paths_cover_many_files_fast(archive: Path) -> None:
    """Whether a file lies in one of thousands of paths is not a matter of looking at each."""
    files = [f"{n}.txt" for n in range(20_000)]
    paths = Coverage(files, archive)
    started = time.perf_counter()
    assert all(map(paths.holds, files))
    assert time.perf_counter() - started < 5


def test_special_characters_of_the_current_folder_mean_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pattern is one by what was typed, not by the folder that it was typed in."""
    folder = tmp_path / "[ab]*"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert Coverage(["*.txt"], folder).holds("x.txt")
    assert not Coverage(["*.txt"], tmp_path).holds("a/x.txt")


def test_files_that_are_gone_have_vanished(archive: Path) -> None:
    """What is no file any more has vanished: removed, its folder removed, a folder instead of it."""
    (archive / "folder.txt").mkdir()
    assert [name for name in ("a.txt", "x.txt", "x/y.txt", "a.txt/z", "folder.txt") if has_vanished(name, archive)] == [
        "x.txt",
        "x/y.txt",
        "a.txt/z",
        "folder.txt",
    ]


def test_what_cannot_be_looked_at_has_not_vanished(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without permission, or a disk that fails, does not count as files removed."""

    def stat(self: Path) -> os.stat_result:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "stat", stat)
    assert not has_vanished("a.txt", archive)
