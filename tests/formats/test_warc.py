"""Web archives: which captures are pages, contents in every packing, damage; warcio writes what is read here."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from typing import ClassVar

import brotli
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from searchkit.article import Article
from searchkit.format import BadRecord, Format, Limits, Page, ReadingOptions, Record, Remark, detect
from searchkit.formats import FORMATS
from searchkit.formats.warc import WarcFormat
from tests.formats.contract import FormatContract

HTML = b"<html><head><title>A bridge</title></head><body><p>" + b"The bridge was opened. " * 20 + b"</p></body></html>"


def record(
    block: bytes,
    kind: str = "response",
    url: str | None = "http://x.org/1",
    length: int | None = None,
    **headers: str,
) -> bytes:
    """One WARC record."""
    lines = [f"WARC-Type: {kind}", f"Content-Length: {len(block) if length is None else length}"]
    lines += [f"WARC-Target-URI: {url}"] if url else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(["WARC/1.0", *lines, "", ""]).encode() + block + b"\r\n\r\n"


def http(content: bytes = HTML, status: str = "200 OK", media_type: str | None = "text/html", **headers: str) -> bytes:
    """One HTTP response."""
    lines = [f"HTTP/1.1 {status}", *([f"Content-Type: {media_type}"] if media_type else [])]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + content


def other(number: int) -> bytes:
    """A page unlike the others."""
    return HTML.replace(b"bridge", b"bridge %d" % number)


def read(raw: bytes, source: str = "a.warc", **limits: int) -> list[Record]:
    """All that this archive gives."""
    return list(WarcFormat().read(io.BytesIO(raw), source, ReadingOptions(limits=Limits(**limits))))


def pages(raw: bytes) -> dict[str, bytes]:
    """The pages of an archive by their names in it; there is nothing else."""
    found = read(raw)
    assert all(isinstance(one, Page) for one in found), found
    return {str(one.known.record): one.html for one in found if isinstance(one, Page)}


def said(raw: bytes, **limits: int) -> str:
    """What is said besides the pages."""
    found = [
        one.text if isinstance(one, Remark) else one.reason for one in read(raw, **limits) if not isinstance(one, Page)
    ]
    return "; ".join(found)


class TestWarcContract(FormatContract):
    """Web archives keep what every format promises."""

    format: ClassVar[Format] = WarcFormat()
    good: ClassVar[bytes] = (
        record(b"software: x\r\n", "warcinfo", None)
        + record(http())
        + record(b"GET / HTTP/1.1\r\n\r\n", "request")
        + record(http(other(2)), url="http://x.org/2")
    )
    articles_in_good: ClassVar[int] = 2


# --- captures ----------------------------------------------------------------------------------------------------


def test_a_page_is_named_by_its_address() -> None:
    """Its source ends with its address, which it has as its own; its checksum is of its content; it is undated."""
    (page,) = read(record(http(media_type="text/html; charset=iso-8859-2"), WARC_Date="2017-03-17T10:00:00Z"))
    assert isinstance(page, Page) and page.html == HTML and page.charset == "iso-8859-2"
    known = page.known
    assert (known.source, known.record, known.url) == ("a.warc#http://x.org/1", "http://x.org/1", "http://x.org/1")
    assert (known.sha256, known.published) == (hashlib.sha256(HTML).hexdigest(), None)


def test_a_second_capture_is_named_by_its_time_too() -> None:
    """Another content of the same address has the time of its capture in its name, and where that is not enough its id."""
    raw = b"".join(
        record(http(other(n)), WARC_Date="2017-03-17T10:00:00Z", WARC_Record_ID=f"<urn:uuid:{n}>") for n in range(3)
    )
    assert list(pages(raw)) == ["http://x.org/1", "http://x.org/1@2017-03-17T10:00:00Z", "<urn:uuid:2>"]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("<http://x.org/1>", "http://x.org/1"),
        ("http://x.org/a b", "http://x.org/a%20b"),
        ("http://x.org/\x1b[31m", "http://x.org/\\x1b[31m"),
        ("http://x.org/" + "x" * 3000, "<urn:uuid:1>"),
        (None, "<urn:uuid:1>"),
    ],
)
def test_names_of_odd_addresses(url: str | None, name: str) -> None:
    """Brackets of Wget go, what does not print is an escape, and where no address serves, the record's id does."""
    kind = "response" if url else "resource"
    block = http() if url else HTML
    assert list(pages(record(block, kind, url, WARC_Record_ID="<urn:uuid:1>", Content_Type="text/html"))) == [name]


def test_the_same_content_counts_once() -> None:
    """A content that was captured again, under any address, is left out and counted; so are revisits."""
    raw = record(http()) + record(http(Age="5"), url="http://x.org/2") + record(http(b""), "revisit") * 2
    assert sum(isinstance(one, Page) for one in read(raw)) == 1
    assert said(raw) == (
        "pages read: 1, of 4 records; passed over: 2 × revisit of an unchanged page, 1 × content of an earlier page"
    )


@pytest.mark.parametrize(
    ("block", "said_of_it"),
    [
        (http(media_type="image/png"), "1 × image/png"),
        (http(status="404 Not Found"), "1 × HTTP status 404"),
        (http(status="301"), "1 × HTTP status 301"),
        (http(b"plain", media_type=None), "1 × no stated type, and no HTML"),
        (http(b" \n"), "1 × empty page"),
        (b"no HTTP", "1 × no stated type, and no HTML"),
    ],
)
def test_what_is_no_page_is_counted(block: bytes, said_of_it: str) -> None:
    """Other media types and statuses are passed over and told in sum."""
    assert said(record(block)) == f"pages read: 0, of 1 records; passed over: {said_of_it}"


@pytest.mark.parametrize(
    "block",
    [
        http(media_type=None),
        http(media_type="application/octet-stream"),
        http(media_type="Application/XHTML+XML"),
        http(status="200"),
        http().replace(b"HTTP/1.1", b"HTTP/2"),
        http().replace(b"\r\n", b"\n"),
        HTML,
    ],
)
def test_a_page_is_known_by_its_type_or_its_beginning(block: bytes) -> None:
    """Where the type says nothing, or there is no HTTP, a content that begins like HTML is a page."""
    assert pages(record(block)) == {"http://x.org/1": HTML}


def test_resources_are_contents_without_http() -> None:
    """The type of a resource is the record's."""
    assert pages(record(HTML, "resource", Content_Type="text/html")) == {"http://x.org/1": HTML}
    assert "1 × image/png" in said(record(HTML, "resource", Content_Type="image/png"))
    assert "1 × record of type conversion" in said(record(HTML, "conversion"))


def test_a_capture_that_was_cut_off_says_so() -> None:
    """WARC-Truncated is worth a remark; the page is read."""
    remark, page = read(record(http(), WARC_Truncated="length"))
    assert isinstance(page, Page) and remark == Remark("a.warc#http://x.org/1", "cut off when it was captured (length)")


# --- contents ----------------------------------------------------------------------------------------------------


def chunked(content: bytes, size: int = 100) -> bytes:
    parts = [content[at : at + size] for at in range(0, len(content), size)]
    return b"".join(b"%x;ext=1\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


RAW_DEFLATE = zlib.compressobj(wbits=-15)
PACKED = {
    "gzip": gzip.compress(HTML),
    "x-gzip": gzip.compress(HTML),
    "deflate": zlib.compress(HTML),
    "Deflate": RAW_DEFLATE.compress(HTML) + RAW_DEFLATE.flush(),
    "br": brotli.compress(HTML),
    "identity": HTML,
}


@pytest.mark.parametrize("encoding", PACKED)
@pytest.mark.parametrize("is_chunked", [False, True])
def test_contents_are_unpacked(encoding: str, is_chunked: bool) -> None:
    """Chunks and compression, one in the other, are undone."""
    content = chunked(PACKED[encoding]) if is_chunked else PACKED[encoding]
    headers = {"Content_Encoding": encoding, **({"Transfer_Encoding": "chunked"} if is_chunked else {})}
    assert pages(record(http(content, **headers))) == {"http://x.org/1": HTML}


@pytest.mark.parametrize("headers", [{"Content_Encoding": e} for e in PACKED] + [{"Transfer_Encoding": "chunked"}])
def test_contents_that_are_unpacked_already(headers: dict[str, str]) -> None:
    """A content that was stored plain is read whatever its headers promise; so is one whose length they misstate."""
    assert pages(record(http(**headers))) == {"http://x.org/1": HTML}
    assert pages(record(http(Content_Length="5"))) == {"http://x.org/1": HTML}


def test_chunks_with_wrong_sizes_keep_what_there_is() -> None:
    """The text of the chunks up to the wrong one is read."""
    raw = record(http(chunked(HTML)[:-200], Transfer_Encoding="chunked"))
    (html,) = pages(raw).values()
    assert html and HTML.startswith(html[:50]) and len(html) > 200


@pytest.mark.parametrize(
    ("encoding", "content", "reason"),
    [
        ("gzip", b"\x1f\x8b" + b"\xff" * 50, "damaged"),
        ("br", b"\xff" * 50, "damaged"),
        ("deflate", b"\x78\x9c" + b"\xff" * 50, "damaged"),
        ("zz", HTML, "packed as zz"),
        (
            "gzip",
            gzip.compress(bytes(30 * 2**20)),
            "the limit is 200 times (setting reading.ratio)",
        ),
        (
            "br",
            brotli.compress(bytes(30 * 2**20)),
            "the limit is 200 times (setting reading.ratio)",
        ),
        (
            "deflate",
            zlib.compress(bytes(30 * 2**20)),
            "the limit is 200 times (setting reading.ratio)",
        ),
    ],
)
def test_a_content_that_cannot_be_unpacked_costs_itself_only(encoding: str, content: bytes, reason: str) -> None:
    """It is a bad record under its address, and the next one is read."""
    bad, page = read(record(http(content, Content_Encoding=encoding)) + record(http(), url="http://x.org/2"))
    assert isinstance(bad, BadRecord) and bad.source == "a.warc#http://x.org/1" and reason in bad.reason
    assert isinstance(page, Page)


def test_limits_of_a_record() -> None:
    """A page that is too long, packed or unpacked, is named; another content of any length is passed over."""
    long = HTML + b" " * 2**20
    raw = record(http(long)) + record(http(gzip.compress(long), Content_Encoding="gzip"), url="http://x.org/2")
    first, second, page, remark = read(
        raw + record(http(long, media_type="video/mp4")) + record(http(), url="http://x.org/3"), record_mb=1
    )
    assert isinstance(first, BadRecord) and "the limit is 1 MB" in first.reason
    assert isinstance(second, BadRecord) and "the limit is 1 MB (setting reading.record_mb)" in second.reason
    assert isinstance(page, Page) and isinstance(remark, Remark)


# --- other writers, other forms ----------------------------------------------------------------------------------


# warcio leaves its temporary files to the garbage collector.
@pytest.mark.filterwarnings("ignore:Unclosed file", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_the_reference_writes_is_read() -> None:
    """Records of warcio, with digests and all headers, are read as they were written."""
    stream = io.BytesIO()
    writer = WARCWriter(stream, gzip=False)
    writer.write_record(writer.create_warcinfo_record("a.warc", {"software": "x"}))
    for number in range(3):
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.0")
        url = f"http://x.org/{number}"
        writer.write_record(
            writer.create_warc_record(url, "response", payload=io.BytesIO(other(number)), http_headers=head)
        )
    writer.write_record(
        writer.create_revisit_record("http://x.org/9", "sha1:x", "http://x.org/0", "2017-03-17T10:00:00Z")
    )
    *found, remark = read(stream.getvalue())
    assert {str(one.known.record): one.html for one in found if isinstance(one, Page)} == {
        f"http://x.org/{n}": other(n) for n in range(3)
    }
    assert isinstance(remark, Remark) and "1 × revisit" in remark.text


@pytest.mark.parametrize("version", [1, 2])
def test_arc_files(version: int) -> None:
    """Both versions of ARC; an address may hold blanks."""
    names = "URL IP-address Archive-date Content-type Archive-length"
    info = f"{version} 0 Archive\n{names}\n\n".encode()
    more = " 200 - - 0 a.arc" if version == 2 else ""

    def line(url: str, media_type: str, block: bytes) -> bytes:
        return f"{url} 1.2.3.4 20080430204825 {media_type}{more} {len(block)}\n".encode() + block + b"\n"

    raw = f"filedesc://a.arc 0.0.0.0 20080430204825 text/plain{more} {len(info)}\n".encode() + info
    raw += line("dns:x.org", "text/dns", b"x.org A 1.2.3.4\n")
    raw += line("http://x.org/a b", "text/html", http()) + line("http://x.org/2", "text/html", http(other(2)))
    *found, remark = read(raw)
    assert [one.known.record for one in found if isinstance(one, Page)] == ["http://x.org/a%20b", "http://x.org/2"]
    assert isinstance(remark, Remark) and remark.text.endswith("1 × text/dns")
    assert WarcFormat().accepts(raw)


def test_web_archives_are_told_by_their_beginning() -> None:
    """Without an ending too."""
    found = detect("", record(http())[:100], FORMATS)
    assert found is not None and found.name == "warc"


# --- damage ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [10, 60, 200, 400, 560])
def test_what_is_whole_is_read_and_the_rest_named(cut: int) -> None:
    """A file that ends inside a record gives the records before it."""
    page, bad = read(record(http()) + record(http(other(2)), url="http://x.org/2")[:cut])
    assert isinstance(page, Page) and isinstance(bad, BadRecord)
    assert "ends inside it" in bad.reason or "have no end" in bad.reason


@pytest.mark.parametrize("by", [-100, -7, -1, 1, 5, 40, 300])
def test_a_length_that_lies_costs_two_records_at_most(by: int) -> None:
    """Reading goes on at the next record behind it, and the damage is told."""
    lying = record(http(), length=len(http()) + by)
    raw = lying + b"".join(record(http(other(n)), url=f"http://x.org/{n}") for n in range(2, 6))
    found = read(raw)
    names = [str(one.known.record) for one in found if isinstance(one, Page)]
    assert names[-3:] == ["http://x.org/3", "http://x.org/4", "http://x.org/5"]
    assert abs(by) < 5 or any(isinstance(one, BadRecord) for one in found)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"junk\n" * 10 + record(http()), "50 bytes between its records are none"),
        (record(http(), length=-5) + record(http()), "states no length"),
        (record(http()) + b"WARC/1.0\r\n" + b"x: y\r\n" * 400_000, "headers of a record have no end"),
        (b"no archive", "holds no record"),
    ],
)
def test_damage_is_named(raw: bytes, reason: str) -> None:
    """What is no record is told, once."""
    assert reason in said(raw)


def test_pages_are_read_one_by_one() -> None:
    """The first page is there long before the stream is read to its end."""
    stream = io.BytesIO(record(http()) * 10_000)
    first = next(WarcFormat().read(stream, "-"))
    assert isinstance(first, Page) and stream.tell() < 500_000


def test_sources_do_not_depend_on_compression() -> None:
    """A page's known part is an article without text that is never yielded itself."""
    (page,) = read(record(http()), "a.warc.gz")
    assert isinstance(page, Page) and isinstance(page.known, Article)
    assert page.known.source == "a.warc.gz#http://x.org/1"
