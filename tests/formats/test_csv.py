"""Tables: delimiters, columns, lists in cells, encodings, rows that do not fit."""

from __future__ import annotations

import io
from datetime import date
from typing import ClassVar

import pytest

from searchkit.article import Article, Link
from searchkit.format import BadRecord, Format, Limits, Page, ReadingOptions, Record, Remark
from searchkit.formats.csv import CsvFormat
from tests.formats.contract import FormatContract


def read(raw: bytes | str, source: str = "a.csv", options: ReadingOptions = ReadingOptions()) -> list[Record]:
    """All that this table gives."""
    return list(CsvFormat().read(io.BytesIO(raw.encode() if isinstance(raw, str) else raw), source, options))


def articles(raw: bytes | str) -> list[tuple[str, str]]:
    """Title and body of its articles, of which there are some and nothing else."""
    found = read(raw)
    assert found and all(isinstance(record, Article) for record in found), found
    return [(record.title, record.body) for record in found if isinstance(record, Article)]


class TestCsvContract(FormatContract):
    """Tables keep what every format promises."""

    format: ClassVar[Format] = CsvFormat()
    good: ClassVar[bytes] = b'id,Title,text,date\r\n1,One,"B, and\nmore",2017-03-17\r\n,Two,"say ""hi""",\r\n'
    articles_in_good: ClassVar[int] = 2


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_parts_cells_is_told_by_the_first_line(mark: str, end: str) -> None:
    """Commas, tabs, semicolons and bars; quoted cells may hold them, quotation marks and line ends."""
    rows = [["title", "body"], ["A", f'"x{mark}y ""z""{end}{end}w"'], ["B", ""]]
    raw = end.join(mark.join(row) for row in rows)
    assert articles(raw) == [("A", f'x{mark}y "z"\n\nw'), ("B", "")]


def test_all_columns() -> None:
    """Columns have the names that keys of JSON Lines have; others are left out."""
    raw = (
        "UUID,Headline,content,published_at,byline,outlet,link,lang,other,related\n"
        'u1,T,B,2017-03-17,"By Jane Doe and John Roe",CNN,https://x.org/1,en-us,?,'
        '"A - Reuters - July 8th, 2025\nSecond"\n'
    )
    (article,) = read(raw)
    assert isinstance(article, Article)
    assert (article.source, article.title, article.body) == ("a.csv#u1", "T", "B")
    assert (article.published, article.authors) == (date(2017, 3, 17), ("Jane Doe", "John Roe"))
    assert (article.publisher, article.url, article.language) == ("CNN", "https://x.org/1", "en-US")
    assert article.links == (Link("A", "Reuters", date(2025, 7, 8)), Link("Second"))


@pytest.mark.parametrize(
    ("cell", "authors"),
    [
        ('"[""Jane Doe"", ""John Roe""]"', ("Jane Doe", "John Roe")),
        ("\"['Jane Doe', 'John Roe']\"", ("Jane Doe", "John Roe")),
        ("[]", ()),
        ("[Staff", ("[Staff",)),
        ("[" * 60_000, None),
    ],
)
def test_lists_in_cells(cell: str, authors: tuple[str, ...] | None) -> None:
    """Authors may stand in a cell as JSON or as Python writes lists; what only looks like it is text."""
    (article,) = read(f"title,authors\nT,{cell}\n")
    assert isinstance(article, Article)
    assert authors is None or article.authors == authors


def test_rows_are_named_by_their_number_and_known_by_their_cells() -> None:
    """Blank rows do not count; a checksum depends on the cells and the names of the columns only."""
    first, again, renamed = (
        [record for record in read(raw) if isinstance(record, Article)]
        for raw in ("title,body\nA,x\n\nB,y\n", 'title,body\r\n"A","x"\r\nB,y', "title,text\nA,x\nB,y\n")
    )
    assert [a.source for a in first] == ["a.csv#1", "a.csv#2"]
    assert [a.sha256 for a in first] == [a.sha256 for a in again] != [a.sha256 for a in renamed]
    (piped,) = read("title,body\nA,x", "-")
    assert piped.source == f"-#{first[0].sha256[:16]}"


def test_a_page_in_a_cell() -> None:
    """A column of pages is left to be extracted."""
    (page,) = read("url,html\nhttps://x.org/1,<p>é</p>")
    assert isinstance(page, Page) and (page.html, page.known.url) == ("<p>é</p>".encode(), "https://x.org/1")


def test_columns_of_ones_own() -> None:
    """The setting `fields` names columns, also where none has a usual name."""
    options = ReadingOptions(fields={"title": ("Kopf",), "body": ("meta.txt",)})
    (article,) = read("Kopf,meta.txt\nK,x", options=options)
    assert isinstance(article, Article) and (article.title, article.body) == ("K", "x")


# --- encodings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_with_and_without_mark(encoding: str) -> None:
    """UTF-8, and UTF-16 as spreadsheets save it, are read and told by their beginning."""
    raw = "title\tbody\nÉ聖\tü\n".encode(encoding)
    assert articles(raw) == [("É聖", "ü")] and CsvFormat().accepts(raw)


def test_lines_that_are_no_utf8_are_windows_1252() -> None:
    """The other lines stay UTF-8, and a remark names the first such line."""
    first, second, remark = read("title,body\né,x\n".encode() + "\u201cq\u201d,y".encode("cp1252"))
    assert isinstance(first, Article) and isinstance(second, Article)
    assert (first.title, second.title) == ("é", "“q”")
    assert remark == Remark("a.csv", "read as windows-1252 where it is not valid UTF-8, first in line 3")


# --- damage ------------------------------------------------------------------------------------------------------


def test_a_row_that_does_not_fit_costs_itself_only() -> None:
    """Cells too few or too many are told; empty ones at the end may be too many."""
    few, many, spare, good = read("title,body\nA\nB,x,y\nC,x,,\nD,x\n")
    assert isinstance(few, BadRecord) and few.source == "a.csv#1"
    assert few.reason == "row 1: has 1 cell where the first line names 2 columns (it ends in line 2)"
    assert isinstance(many, BadRecord) and "3 cells" in many.reason
    assert isinstance(spare, Article) and isinstance(good, Article)


def test_a_quotation_mark_never_closed_stops_at_the_limit() -> None:
    """The row is over the limit, and the lines behind it are read again."""
    raw = 'title,body\nA,"x\n' + f"{'y' * 500},y\n" * 2_200 + "Z,z\n"
    bad, *rest = read(raw, options=ReadingOptions(limits=Limits(record_mb=1)))
    assert isinstance(bad, BadRecord) and "the limit is 1 MB" in bad.reason
    assert isinstance(rest[-1], Article) and rest[-1].title == "Z"


def test_a_line_too_long_is_passed_over() -> None:
    """A row over the limit is a bad record, a huge one below it is read."""
    raw = f"title,body\nA,{'x' * 2**20}\nB,{'x' * 900_000}\n"
    bad, article = read(raw, options=ReadingOptions(limits=Limits(record_mb=1)))
    assert isinstance(bad, BadRecord) and isinstance(article, Article) and len(article.body) == 900_000


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("a,b\n1,2", "names no column for a title or a text"),
        ("\n\n", "empty"),
        ("title\0,body\n", "no table"),
        ("x" * 100_000, "no table"),
        (b"PK\x03\x04", "begins like a ZIP archive"),
    ],
)
def test_what_is_no_table_says_so(raw: bytes | str, reason: str) -> None:
    """One bad record for the file."""
    (bad,) = read(raw)
    assert isinstance(bad, BadRecord) and bad.source == "a.csv" and reason in bad.reason


@pytest.mark.parametrize(
    "head", [b"Title, text of a story", b"Title, text", b"Hello, world\nx", b"name,address\nx,y", b'"title', b"title\n"]
)
def test_text_is_no_table(head: bytes) -> None:
    """Lines that only hold commas, and tables of something else, are not accepted."""
    assert not CsvFormat().accepts(head)


def test_rows_are_read_one_by_one() -> None:
    """The first article is there long before the stream is read to its end."""
    stream = io.BytesIO(b"title,body\n" + b"a,b\n" * 100_000)
    next(CsvFormat().read(stream, "-"))
    assert stream.tell() < 200_000
