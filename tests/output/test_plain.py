"""Text for pipes: stable lines, lists of paths, unwrapped articles."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import pytest

from searchkit.engine import Hit
from searchkit.output import paths, plain
from tests.output.samples import CHINESE, PENTAGON, RUSSIA, STATS, sample_hits


def test_a_line_per_hit():
    """A hit is path with record, score, date, publisher, title, apart by tabs."""
    lines = list(plain.hit_lines(sample_hits()))
    assert lines[0] == f"seeds/004_4ddfc6bcc6cd5d23.txt\t4.7123\t\tCNN\t{RUSSIA.title}\n"
    assert lines[1] == f"seeds/000_db257b406ba59def.txt\t3.2000\t\t\t{PENTAGON.title}\n"
    assert lines[2] == f"archive/新闻.jsonl#17\t12.5000\t2017-03-25T09:30:00+00:00\t新华社\t{CHINESE.title}\n"


def test_lines_ended_by_nul():
    """Lines can end with NUL, and hold none otherwise."""
    text = "".join(plain.hit_lines(sample_hits(), end="\0"))
    assert text.count("\0") == 3
    assert "\n" not in text


def test_each_path_once():
    """A file is listed once, where it appears first, without the record."""
    other = dataclasses.replace(CHINESE, source="archive/新闻.jsonl#18", record="18")
    hits = [Hit(1, 3.0, CHINESE), Hit(2, 2.0, RUSSIA), Hit(3, 1.0, other)]
    assert list(plain.path_lines(hits)) == ["archive/新闻.jsonl\n", "seeds/004_4ddfc6bcc6cd5d23.txt\n"]


def test_paths_for_xargs():
    """A raw path comes out byte for byte as the system named it."""
    name = b"bad \xff\x1b[31m  name\n.txt"
    path = name.decode("utf-8", "surrogateescape")
    (line,) = plain.path_lines([Hit(1, 1.0, RUSSIA)], lambda article: path, end="\0", raw=True)
    assert line.encode("utf-8", "surrogateescape") == name + b"\0"


def test_a_raw_path_cannot_forge_another():
    """A NUL, or a surrogate that stands for no byte, is escaped in a raw path too."""
    assert paths.raw_path("a\0b\ud800") == r"a\x00b\ud800"
    paths.raw_path("a\0b\ud800\udc80").encode("utf-8", "surrogateescape")


def test_paths_for_people():
    """Without `raw` a path is visible even when NUL ends it."""
    lines = list(plain.path_lines([Hit(1, 1.0, RUSSIA)], lambda article: "a\x1b\n b", end="\0"))
    assert lines == ["a\\x1b\\n b\0"]


def test_a_file_uri_is_percent_encoded():
    """Every byte of a path that an address cannot hold is percent-encoded, undecodable ones too."""
    assert paths.file_uri("/a b/é\udcff#1?.txt", "host") == "file://host/a%20b/%C3%A9%FF%231%3F.txt"


def test_an_article_is_not_wrapped():
    """In a pipe a paragraph is a line, however long."""
    text = "".join(plain.article_text(PENTAGON))
    head, first, second, note = text.split("\n\n")
    assert head.split("\n") == [PENTAGON.title, PENTAGON.dek, "undated · Jason Ditz", PENTAGON.source, PENTAGON.id]
    assert f"{first}\n\n{second}" == PENTAGON.body
    assert note == PENTAGON.note + "\n"


def test_links_of_an_article():
    """All related headlines follow the article, with ISO dates and addresses."""
    text = "".join(plain.article_text(RUSSIA))
    assert text.count("\n- ") == 5
    assert "\n- Mosul airport opens · Reuters · 2025-07-01 · https://example.org/airport\n" in text


def test_stats_are_lines_of_name_and_value():
    """Stats are exact numbers with the names that JSON has."""
    rows = dict(line.rstrip("\n").split("\t") for line in plain.stats_lines(STATS))
    assert rows["words"] == "987654"
    assert rows["first_date"] == "2016-01-02"
    assert rows["segments"] == "2"


@pytest.mark.parametrize("module", ["plain", "tables", "jsons", "templates", "summary"])
def test_a_pipe_does_not_import_rich(module):
    """Modules that serve pipes import neither rich nor click."""
    code = f"import sys, searchkit.output.{module}; sys.exit(bool({{'rich', 'click'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
