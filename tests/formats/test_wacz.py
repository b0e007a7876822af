"""WACZ: the WARCs in it, packed or plain, damaged or many; streams that cannot be wound."""

from __future__ import annotations

import gzip
import io
import zipfile
from typing import ClassVar

from searchkit.format import BadRecord, Format, Limits, Page, ReadingOptions, Record, Remark
from searchkit.formats.wacz import WaczFormat
from tests.formats.contract import FormatContract
from tests.formats.test_warc import HTML, http, other, record


def wacz(**members: bytes) -> bytes:
    """A WACZ of these members; `__` stands for a slash, `_` for a dot."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("datapackage.json", "{}")
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return stream.getvalue()


PAGES = b'{"format": "json-pages-1.0"}\n{"url": "http://x.org/1", "title": "A bridge"}\n'
ONE = record(http())
TWO = record(http(other(2)), url="http://x.org/2")


def read(raw: bytes, **limits: int) -> list[Record]:
    """All that this WACZ gives."""
    return list(WaczFormat().read(io.BytesIO(raw), "a.wacz", ReadingOptions(limits=Limits(**limits))))


class TestWaczContract(FormatContract):
    """Packed web archives keep what every format promises."""

    format: ClassVar[Format] = WaczFormat()
    good: ClassVar[bytes] = wacz(
        archive__a_warc_gz=gzip.compress(ONE) + gzip.compress(TWO), pages__pages_jsonl=PAGES, indexes__index_cdx=b"x"
    )
    articles_in_good: ClassVar[int] = 2


def test_the_pages_of_all_its_warcs() -> None:
    """Packed or plain, each content once; named by address alone."""
    raw = wacz(archive__a_warc_gz=gzip.compress(ONE), archive__b_warc=ONE + TWO, pages__pages_jsonl=PAGES)
    first, second, remark = read(raw)
    assert isinstance(first, Page) and isinstance(second, Page)
    assert (first.known.source, second.known.source) == ("a.wacz#http://x.org/1", "a.wacz#http://x.org/2")
    assert first.html == HTML
    assert remark == Remark("a.wacz", "pages read: 2, of 3 records; passed over: 1 × content of an earlier page")


def test_a_damaged_warc_costs_itself_only() -> None:
    """What was whole of it is read, the rest is named, and the next one is read."""
    packed = gzip.compress(ONE) + gzip.compress(record(http(other(3)), url="http://x.org/3"))[:-30]
    found = read(wacz(archive__a_warc_gz=packed, archive__b_warc=TWO))
    assert [one.known.record for one in found if isinstance(one, Page)] == ["http://x.org/1", "http://x.org/2"]
    reasons = [one.reason for one in found if isinstance(one, BadRecord) and one.source == "a.wacz#archive/a.warc.gz"]
    assert len(reasons) == 1 and reasons[0].startswith("cut off")


def test_a_warc_that_swells_stops_early() -> None:
    """The limit of decompression is told."""
    bomb = gzip.compress(record(http(bytes(2**20)) * 30, length=30 * 2**20))
    found = read(wacz(archive__a_warc_gz=bomb), ratio=2)
    assert any(isinstance(one, BadRecord) and "reading.ratio" in one.reason for one in found)


class _Pipe(io.BytesIO):
    def seekable(self) -> bool:
        return False

    def seek(self, *_: object) -> int:
        raise io.UnsupportedOperation


def test_a_pipe_is_held_in_memory_up_to_a_limit() -> None:
    """What is too large for that is refused with the next step."""
    raw = wacz(archive__a_warc=ONE, logs__a_log=bytes(2**20))
    assert [type(one) for one in WaczFormat().read(_Pipe(raw), "-")] == [Page]
    (bad,) = WaczFormat().read(_Pipe(raw), "-", ReadingOptions(limits=Limits(file_mb=1)))
    assert isinstance(bad, BadRecord) and "name its file instead" in bad.reason


def test_what_is_no_wacz_says_so() -> None:
    """A ZIP without WARCs, and what is no ZIP."""
    (bad,) = read(wacz(pages__pages_jsonl=PAGES))
    assert isinstance(bad, BadRecord) and "holds no WARC" in bad.reason
    assert all(isinstance(one, BadRecord) for one in read(b"PK\x03\x04 not a ZIP"))
