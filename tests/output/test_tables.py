"""CSV and TSV: columns, quoting, and cells that a spreadsheet must not run."""

from __future__ import annotations

import csv
import dataclasses
import io

import pytest

from searchkit.engine import Hit
from searchkit.output import tables, visible
from tests.output.samples import RUSSIA, hostile_hit, sample_hits


def _rows(lines):
    return list(csv.DictReader(io.StringIO("".join(lines), newline="")))


def _titled(title):
    return Hit(1, 1.0, dataclasses.replace(RUSSIA, title=title))


def test_csv_parses_back():
    """A CSV reader gets every column of every hit under its header."""
    first, second, third = _rows(tables.csv_lines(sample_hits()))
    assert tuple(first) == tables.COLUMNS
    assert first["title"] == RUSSIA.title
    assert first["score"] == "4.7123"
    assert first["authors"] == "Tim Lister; Radina Gigova; Barbara Starr; Ryan Brown"
    assert first["links"].startswith("Syrian authorities uncover mass grave near Iraq border; Old strike")
    assert second["dek"] == "Has 700 Video Feeds of Airstrikes to Go Over"
    assert (third["path"], third["record"]) == ("archive/新闻.jsonl", "17")


def test_hostile_csv_parses_back():
    """Hostile text parses back to its visible form, one line per hit."""
    hit = hostile_hit()
    (row,) = _rows(tables.csv_lines([hit]))
    assert row["title"] == visible.visible_line(hit.article.title)
    assert "".join(tables.csv_lines([hit])).count("\n") == 2


@pytest.mark.parametrize("title", ['say "no"', "a,b", "a;b", "'", '"', ""])
def test_quoting(title):
    """Quotes and commas parse back."""
    assert _rows(tables.csv_lines([_titled(title)]))[0]["title"] == title


def test_tsv_splits_at_tabs():
    """A TSV line splits at tabs into the columns, without header unless asked for."""
    lines = list(tables.tsv_lines([*sample_hits(), hostile_hit()]))
    assert len(lines) == 4
    assert {len(line.split("\t")) for line in lines} == {len(tables.COLUMNS)}
    assert next(tables.tsv_lines([], header=True)) == "\t".join(tables.COLUMNS) + "\n"


def test_csv_without_header():
    """The header of CSV can be left out."""
    assert list(tables.csv_lines([], header=False)) == []


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n@x", "＝1"])
@pytest.mark.parametrize("lines", [tables.csv_lines, tables.tsv_lines])
def test_formulas_are_guarded(lines, title):
    """A cell that begins like a formula gets an apostrophe, also behind white space; `raw` leaves it out."""
    shown = visible.visible_line(title)
    assert f"'{shown}" in "".join(lines([_titled(title)]))
    assert f"'{shown}" not in "".join(lines([_titled(title)], raw=True))


def test_other_cells_are_not_guarded():
    """An ordinary title, and one that begins with a quote or holds a sign later, stay as they are."""
    for title in ("Mosul", "'tis", "a=1", "1-2"):
        assert _rows(tables.csv_lines([_titled(title)]))[0]["title"] == title


def test_a_path_is_guarded():
    """A file name may be a formula too."""
    row = _rows(tables.csv_lines([_titled("x")], lambda article: "=cmd  |x"))[0]
    assert row["path"] == "'=cmd  |x"


def test_a_score_which_is_no_number():
    """A score that is no number leaves its cell empty."""
    assert _rows(tables.csv_lines([Hit(1, float("nan"), RUSSIA)]))[0]["score"] == ""
