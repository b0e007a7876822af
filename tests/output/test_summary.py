"""Closing line, report of indexing, caret, and the wording that they share."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from rich.cells import cell_len

from searchkit.format import BadRecord, Remark
from searchkit.indexing import IndexReport
from searchkit.output import summary, wording
from tests.output.samples import REPORT


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (summary.closing_line(2, 2, 0.0031, with_links=1), "2 articles, 1 with related headlines · 3 ms"),
        (summary.closing_line(1, 1, 0.0001), "1 article · <1 ms"),
        (summary.closing_line(10, 1532, 1.24), "10 of 1,532 articles · 1.2 s"),
        (summary.closing_line(10, 532, 0.9999, total_is_exact=False), "10 of at least 532 articles · 1.0 s"),
        (summary.closing_line(10, 532, 0.004, offset=20), "21–30 of 532 articles · 4 ms"),
        (summary.closing_line(0, 5, 0.004, offset=20), "0 of 5 articles · 4 ms"),
        (summary.closing_line(0, 0, 0.004), "no articles · 4 ms"),
    ],
)
def test_closing_line(line, text):
    """The closing line tells what was shown, of how much, and the time."""
    assert line == text


@pytest.mark.parametrize(
    ("report", "text"),
    [
        (IndexReport(files=2, added=2, took_s=0.21), "indexed 2 articles from 2 files (2 added) · 0.2 s"),
        (
            IndexReport(files=12, added=1, replaced=2, unchanged=3, removed=4, total=6, took_s=125),
            "indexed 3 articles from 12 files (1 added, 2 replaced, 3 unchanged, 4 removed) · 6 in the index · 2 min 5 s",
        ),
        (IndexReport(files=1), "indexed 0 articles from 1 file · 0.0 s"),
        (
            IndexReport(files=3, files_skipped=2, added=1),
            "indexed 1 article from 3 files (1 added) · 2 files skipped as no articles · 0.0 s",
        ),
        (REPORT, "indexed 2 articles from 3 files (2 added) · 1 problem · 2 in the index · 0.2 s"),
        (IndexReport(files=2, added=2, dry_run=True, took_s=0.2), "would add 2 articles from 2 files · 0.2 s"),
        (
            IndexReport(files=2, added=2, replaced=3, removed=1, unchanged=4, dry_run=True),
            "would add 2, replace 3, remove 1 article from 2 files · 4 unchanged · 0.0 s",
        ),
        (IndexReport(files=2, unchanged=2, dry_run=True), "would change nothing in 2 files · 2 unchanged · 0.0 s"),
    ],
)
def test_report_line(report, text):
    """A run of indexing is summed up in one line; a dry run says what would be."""
    assert summary.report_line(report) == text


def test_problems_and_remarks():
    """Each problem and remark is a line with its source."""
    report = IndexReport(problems=(BadRecord("a.txt", "binary\ndata"),), remarks=(Remark("b.txt#1", "Latin-1"),))
    assert list(summary.problem_lines(report)) == ["a.txt: binary data"]
    assert list(summary.remark_lines(report)) == ["b.txt#1: Latin-1"]


@pytest.mark.parametrize(
    ("query", "column", "lines"),
    [
        ("mosul AND", 6, ("mosul AND", "      ^")),
        ("\x1bx (", 3, (r"\x1bx (", "      ^")),
        ("摩苏尔 (", 4, ("摩苏尔 (", "       ^")),
        ("e\u0301 (", 3, ("e\u0301 (", "  ^")),
        ("", 0, ("", "^")),
        ("a", 1, ("a", " ^")),
    ],
)
def test_caret(query, column, lines):
    """The caret stands under the character, behind escapes, wide and combining characters."""
    assert summary.caret_lines(query, column) == lines


@pytest.mark.parametrize("column", [0, 30, 5000, 9999])
def test_caret_in_a_long_query(column):
    """Of a long query the surroundings of the place are shown, with the caret under it."""
    query = "x" * column + "(" + "x" * (9999 - column)
    shown, caret = summary.caret_lines(query, column, width=80)
    assert cell_len(shown) <= 80
    assert shown[caret.index("^")] == "("


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (wording.day(date(2025, 6, 29)), "29 Jun 2025"),
        (wording.day(datetime(825, 12, 1, 23, 59)), "1 Dec 825"),
        (wording.size(512), "512 bytes"),
        (wording.size(1), "1 byte"),
        (wording.size(1000), "1.0 kB"),
        (wording.size(999_960), "1.0 MB"),
        (wording.size(1_234_567_890), "1.2 GB"),
        (wording.size(5_000_000_000_000), "5.0 TB"),
        (wording.duration(0.9996), "1.0 s"),
        (wording.duration(59.96), "1 min 0 s"),
        (wording.names("abc"), "a, b, c"),
        (wording.names("abcde", 3), "a, b, c + 2 more"),
    ],
)
def test_wording(text, expected):
    """Dates, sizes, durations and names read the same everywhere."""
    assert text == expected
