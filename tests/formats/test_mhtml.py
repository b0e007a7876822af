"""Pages saved with all their parts in one file: which part is the page, where it comes from, what is no such file."""

from __future__ import annotations

import io
from typing import ClassVar

import pytest

from searchkit.format import BadRecord, Format, Limits, Page, ReadingOptions, Record, detect
from searchkit.formats import FORMATS
from searchkit.formats.mhtml import MhtmlFormat
from tests.formats.contract import FormatContract

SAVED = (
    b"From: <Saved by Blink>\r\n"
    b"Snapshot-Content-Location: https://river.example/2017/bridge\r\n"
    b"Subject: Bridge opens again\r\n"
    b"MIME-Version: 1.0\r\n"
    b'Content-Type: multipart/related; type="text/html"; boundary="part"\r\n'
    b"\r\n"
    b"--part\r\n"
    b"Content-Type: image/png\r\n"
    b"Content-Transfer-Encoding: base64\r\n"
    b"\r\n"
    b"iVBORw0KGgo=\r\n"
    b"--part\r\n"
    b"Content-Type: text/html; charset=windows-1252\r\n"
    b"Content-ID: <frame-1>\r\n"
    b"Content-Transfer-Encoding: quoted-printable\r\n"
    b"Content-Location: https://river.example/2017/bridge\r\n"
    b"\r\n"
    b"<html><head><title>Caf=E9 by the bridge opens again</title></head><body><h1>Caf=E9 by the=\r\n"
    b" bridge opens again</h1><p>The caf=E9 by the bridge was opened again on Friday, two years after it had =\r\n"
    b"been closed.</p></body></html>\r\n"
    b"--part--\r\n"
)


def read(raw: bytes, options: ReadingOptions = ReadingOptions()) -> list[Record]:
    """All that a file of these bytes gives."""
    return list(MhtmlFormat().read(io.BytesIO(raw), "a.mhtml", options))


class TestContract(FormatContract):
    format: ClassVar[Format] = MhtmlFormat()
    good: ClassVar[bytes] = SAVED

    def test_the_part_that_is_html_is_the_page(self) -> None:
        """The transfer encoding is undone, the charset of the part is the page's, its location the address."""
        (page,) = read(SAVED)
        assert isinstance(page, Page)
        assert (page.charset, page.known.url) == ("windows-1252", "https://river.example/2017/bridge")
        (article,) = self.articles(SAVED)
        assert article.title == "Café by the bridge opens again"
        assert article.body.startswith("The café by the bridge was opened again")


def test_the_root_that_is_named_counts() -> None:
    """Of several parts of HTML the one that `start` names is the page."""
    frame = b"--part\r\nContent-Type: text/html\r\n\r\n<html><title>Frame of advertisements</title></html>\r\n"
    raw = SAVED.replace(b"--part\r\n", frame + b"--part\r\n", 1)
    (first,) = read(raw)
    (named,) = read(raw.replace(b'type="text/html";', b'type="text/html"; start="<frame-1>";'))
    assert isinstance(first, Page) and b"Frame" in first.html
    assert isinstance(named, Page) and b"by the bridge" in named.html


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (SAVED.replace(b"Content-Type: text/html", b"Content-Type: text/css"), "no part of it is HTML"),
        (SAVED[: SAVED.index(b"--part")], "no part of it is HTML"),
        (b"<html><title>A page</title></html>", "does not begin with headers"),
    ],
)
def test_what_holds_no_page_is_bad(raw: bytes, reason: str) -> None:
    """A file without a page in it, cut off before it or of another kind, is a bad record."""
    (bad,) = read(raw)
    assert isinstance(bad, BadRecord) and reason in bad.reason


def test_a_cut_file_gives_what_is_there() -> None:
    """A page whose end is missing is read as far as it goes."""
    (page,) = read(SAVED[: SAVED.index(b"been closed")])
    assert isinstance(page, Page) and b"opened again on Friday" in page.html


def test_a_large_file_is_refused() -> None:
    """A file above its limit is a bad record that names the limit."""
    (bad,) = read(SAVED + b" " * 2**20, ReadingOptions(limits=Limits(file_mb=1)))
    assert isinstance(bad, BadRecord) and "file_mb" in bad.reason


def test_it_is_told_from_mail() -> None:
    """A saved page without a suffix is a saved page, though it has headers of mail."""
    found = detect("page", SAVED, FORMATS)
    assert found is not None and found.name == "mhtml"
