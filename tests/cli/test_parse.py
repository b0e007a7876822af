"""`searchkit parse` and `searchkit formats`: what is read, without an index."""

from __future__ import annotations

import json
import os

import pytest

from searchkit.formats import FORMATS
from tests.archives import PACKERS, zip_of
from tests.cli.running import Shell

PAGE = b"""<!doctype html><html lang="en"><head><title>Bridge reopens - Example Wire</title>
<meta property="article:published_time" content="2017-03-19"></head>
<body><article><h1>Bridge reopens</h1><p>The bridge over the river was opened again on Sunday, two years after it fell.</p>
<p>Traffic was light in the morning, and the mayor was the first to cross it.</p></article></body></html>"""
LINE = b'{"id": "q1", "title": "Bridge", "body": "It \\u001b[31mreopens.", "date": "2017-03-19"}\n'


def test_into_a_pipe_go_json_lines(shell: Shell) -> None:
    """One object per article, with the keys of `show`, in the order of the paths; there is no index before or after."""
    (shell.folder / "a.zip").write_bytes(zip_of(("p/b.html", PAGE), ("c.jsonl", LINE)))
    (shell.folder / "d.jsonl.zst").write_bytes(PACKERS[".zst"](LINE))
    done = shell("parse", "a.zip", "d.jsonl.zst")
    assert (done.status, done.err) == (0, "")
    articles = [json.loads(line) for line in done.lines]
    assert [article["source"] for article in articles] == ["a.zip#p/b.html", "a.zip#c.jsonl#q1", "d.jsonl.zst#q1"]
    assert [article["published"] for article in articles] == ["2017-03-19"] * 3
    assert "first to cross" in articles[0]["body"]
    assert sorted(os.listdir(shell.folder)) == ["a.zip", "d.jsonl.zst"]


def test_it_is_what_index_stores(shell: Shell) -> None:
    """An indexed article is shown as it was parsed."""
    (shell.folder / "b.html").write_bytes(PAGE)
    parsed = json.loads(shell("parse", "b.html").out)
    assert shell("index", "b.html").status == 0
    assert json.loads(shell("show", "b.html", "--format", "json").out) == parsed


def test_a_terminal_shows_each_field_and_what_nothing_states(shell: Shell) -> None:
    """Fields first, with the origin of the date; nothing in them commands the terminal."""
    (shell.folder / "c.jsonl").write_bytes(LINE)
    done = shell.terminal("parse", "c.jsonl")
    assert done.status == 0
    lines = done.out.splitlines()
    assert "published  2017-03-19 (from meta)" in lines
    assert "authors    – (nothing states it)" in lines
    assert "body       1 paragraph, 16 characters" in lines
    assert "\x1b[31m" not in done.out


def test_standard_input_is_read_in_any_format(shell: Shell) -> None:
    """Also a page, an archive, and one whose format is stated."""
    assert json.loads(shell("parse", "-", stdin=PAGE).out)["source"] == "-"
    assert json.loads(shell("parse", "-", stdin=zip_of(("b.html", PAGE))).out)["source"] == "-#b.html"
    assert json.loads(shell("parse", "-", "--input-format", "text", stdin=LINE).out)["title"].startswith("{")
    assert shell("parse", "c", "--input-format", "text").status == 2


def test_what_cannot_be_read_is_told(shell: Shell) -> None:
    """Named on standard error with its reason; the status is 2, the rest is shown."""
    (shell.folder / "a.jsonl").write_bytes(b"{bad\n" + LINE)
    (shell.folder / "b.dat").write_bytes(b"\xff\xd8\xff\0")
    done = shell("parse", "a.jsonl", "b.dat", "none")
    assert done.status == 2
    assert [line.partition(": ")[0] for line in done.err.splitlines()] == ["a.jsonl#1", "b.dat", "none"]
    assert len(done.lines) == 1


def test_formats_are_listed(shell: Shell) -> None:
    """Each format and each container, in text and as JSON."""
    rows = [line.split("\t") for line in shell("formats").lines]
    listed = json.loads(shell("formats", "--json").out)
    assert [row[0] for row in rows] == [row["name"] for row in (*listed["formats"], *listed["containers"])]
    assert [row["name"] for row in listed["formats"]] == [format.name for format in FORMATS]
    assert [row["name"] for row in listed["containers"]] == ["zip", "tar", "gzip", "bzip2", "xz", "zstd"]
    assert all(len(row) == 3 and all(row) for row in rows)


@pytest.mark.parametrize("columns", [60, 100])
def test_a_terminal_lists_formats_in_columns(shell: Shell, columns: int) -> None:
    """Under headings, each column at its place, nothing beyond the width."""
    lines = shell.terminal("formats", columns=columns).out.splitlines()
    assert "formats" in lines and "containers" in lines and "\t" not in "".join(lines)
    assert max(map(len, lines)) <= columns
    rows = [line for line in lines if line.startswith("  ") and line[2] != " "]
    assert len(rows) == len(FORMATS) + 6
    assert len({row.index(" .") for row in rows}) == 1


def test_a_long_field_goes_on_in_its_column(shell: Shell) -> None:
    """Its lines stand below one another; an address is not broken, so that it can be copied."""
    url = "https://example.org/" + "long/" * 20
    (shell.folder / "c.jsonl").write_text(json.dumps({"title": "Bridge reopens " * 9, "url": url}) + "\n")
    lines = shell.terminal("parse", "c.jsonl", columns=60).out.splitlines()
    at = lines.index(next(line for line in lines if line.startswith("title ")))
    assert lines[at + 1].startswith(" " * 11 + "reopens") or lines[at + 1].startswith(" " * 11 + "Bridge")
    assert len(lines[at]) <= 60
    assert f"url        {url}" in lines
