"""Reading: files in containers, whole, nested, damaged and hostile."""

from __future__ import annotations

import io
import json
import os
import struct
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from searchkit.article import Article, article_id
from searchkit.format import BadRecord, Limits, Page, ReadingOptions, Remark
from searchkit.formats import FORMATS, format_named
from searchkit.reading import Physical, Reader, Unknown
from tests.archives import PACKERS, tar_of, zip_of


def lines(*names: str) -> bytes:
    """JSON Lines, an article each."""
    return b"".join(
        json.dumps({"id": name, "title": name, "body": f"About {name}."}).encode() + b"\n" for name in names
    )


TEXT = b"A title\n\nA text about Homs, which is long enough.\n"


NO_MORE = Limits()


def read(
    data: bytes, name: str = "a.zip", *, limits: Limits = NO_MORE, pipe: bool = False, stated: str | None = None
) -> list[object]:
    """The records of a file of these bytes, or of a pipe."""
    stream = io.BufferedReader(io.BytesIO(data))  # type: ignore[arg-type]
    format = format_named(stated) if stated else None
    reader = Reader(name, FORMATS, ReadingOptions(limits=limits), format)
    return list(reader.read(Physical(stream, None if pipe else len(data))))


def sources(records: list[object]) -> list[str]:
    """The source of each article and page; of what is bad or unknown with `!`, of a remark with `?`."""
    told = []
    for record in records:
        if isinstance(record, Article):
            told.append(record.source)
        elif isinstance(record, Page):
            told.append(record.known.source)
        elif isinstance(record, Remark):
            told.append(record.source + "?")
        else:
            assert isinstance(record, BadRecord | Unknown)
            told.append(record.source + "!")
    return told


def reasons(records: list[object]) -> list[str]:
    return [record.reason for record in records if isinstance(record, BadRecord)]


# --- compression -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", PACKERS)
@pytest.mark.parametrize("pipe", [False, True])
def test_a_compressed_file_is_read_as_what_is_in_it(ending: str, pipe: bool) -> None:
    """Records are named by the file and their own name, as in the plain file; the ending need not be the usual one."""
    packed = PACKERS[ending](lines("one", "two"))
    for name in (f"a.jsonl{ending}", f"a{ending}", "a.dat", "a"):
        records = read(packed, name, pipe=pipe)
        assert sources(records) == [f"{name}#one", f"{name}#two"]
        assert all(isinstance(r, Article) and (r.file, r.id) == (name, article_id(r.source)) for r in records)
    assert sources(read(PACKERS[ending](TEXT), f"a.txt{ending}")) == [f"a.txt{ending}"]


@pytest.mark.parametrize("ending", PACKERS)
def test_several_streams_in_one_file_are_read_all(ending: str) -> None:
    """Files may be made by joining others, and padded with zeros."""
    pack = PACKERS[ending]
    packed = pack(lines("one")) + pack(lines("two")) + pack(b"") + bytes(1024) * (ending != ".zst")
    assert sources(read(packed, f"a.jsonl{ending}")) == [f"a.jsonl{ending}#one", f"a.jsonl{ending}#two"]


@pytest.mark.parametrize("ending", PACKERS)
def test_of_a_file_cut_off_what_was_whole_is_read(ending: str) -> None:
    """The records before the cut are there, the file is named, and no half article is."""
    name = f"a.jsonl{ending}"
    names = [str(n) for n in range(40_000)]
    packed = PACKERS[ending](lines(*names) + os.urandom(1000).hex().encode())
    records = read(packed[: len(packed) * 2 // 3], name)
    articles = [record for record in records if isinstance(record, Article)]
    assert [article.record for article in articles] == names[: len(articles)]
    assert all(article.body == f"About {article.record}." for article in articles)
    assert articles or ending in (".bz2", ".xz")  # whose blocks are large
    assert records[-1] == BadRecord(name, "cut off: the data end before they should")


@pytest.mark.parametrize("ending", PACKERS)
def test_half_an_article_is_none(ending: str) -> None:
    """A text that is cut off in the middle is not indexed as if it were whole."""
    packed = PACKERS[ending](TEXT + os.urandom(300_000).hex().encode())
    assert sources(read(packed[:-1000], f"a.txt{ending}")) == [f"a.txt{ending}!"]
    assert sources(read(packed[:9], f"a.txt{ending}")) == [f"a.txt{ending}!"]


@pytest.mark.parametrize("ending", PACKERS)
def test_damage_and_what_follows_the_end_are_named(ending: str) -> None:
    """A changed byte and foreign data behind the end do not pass for a whole file."""
    pack, name = PACKERS[ending], f"a.jsonl{ending}"
    packed = pack(lines("one"))
    assert reasons(read(packed + b"something else", name)) == [reasons(read(packed + b"something else", name))[0]]
    assert "something else stands behind the end" in reasons(read(packed + b"something else", name))[0]
    if ending != ".zst":  # which has no checksum unless it is asked for
        broken = bytearray(packed)
        broken[-6] ^= 0x55
        assert reasons(read(bytes(broken), name))[-1].startswith("damaged: ")


@pytest.mark.parametrize("ending", PACKERS)
def test_what_swells_is_not_read_on(ending: str) -> None:
    """A bomb ends early, in bounded memory, and the limit is named; a higher one lets it through."""
    bomb = PACKERS[ending](bytes(60 * 2**20))
    reason = "swells to many times its size; not read further; the limit is 200 times (setting reading.ratio)"
    tracemalloc.start()
    try:
        assert reasons(read(bomb, f"a.jsonl{ending}")) == ["line 1: not JSON: Expecting value at character 1", reason]
        assert tracemalloc.get_traced_memory()[1] < 120 * 2**20
    finally:
        tracemalloc.stop()
    assert reason not in reasons(read(bomb, f"a.jsonl{ending}", limits=Limits(ratio=10**7)))


# --- archives ----------------------------------------------------------------------------------------------------

MEMBERS = (("a.jsonl", lines("one", "two")), ("inner/b.txt", TEXT), ("c.html", b"<!doctype html><title>x</title>"))
MEMBER_SOURCES = ["#a.jsonl#one", "#a.jsonl#two", "#inner/b.txt", "#c.html"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.zip", zip_of(*MEMBERS)),
        ("a.stored.zip", zip_of(*MEMBERS, compression=zipfile.ZIP_STORED)),
        ("a.tar", tar_of(*MEMBERS)),
        *((f"a.tar{ending}", pack(tar_of(*MEMBERS))) for ending, pack in PACKERS.items()),
        ("a.tgz", PACKERS[".gz"](tar_of(*MEMBERS))),
    ],
)
def test_an_archive_is_read_member_by_member(name: str, data: bytes) -> None:
    """A record of a member is named by file, member and record; `file` is the file on disk; pipes are read alike."""
    records = read(data, name)
    assert sources(records) == [name + source for source in MEMBER_SOURCES]
    for record in records:
        article = record.known if isinstance(record, Page) else record
        assert isinstance(article, Article)
        assert (article.file, article.id) == (name, article_id(article.source))
        assert article.source == f"{name}#{article.record}"
    assert sources(read(data, "-", pipe=True)) == ["-" + source for source in MEMBER_SOURCES]


def test_containers_in_containers_are_read() -> None:
    """A tar.gz in a ZIP in a tar, each member under its path."""
    inner = PACKERS[".gz"](tar_of(("a.jsonl", lines("one"))))
    data = tar_of(("x.zip", zip_of(("y.tgz", inner), ("z.jsonl.gz", PACKERS[".gz"](lines("two"))))))
    assert sources(read(data, "a.tar")) == ["a.tar#x.zip#y.tgz#a.jsonl#one", "a.tar#x.zip#z.jsonl.gz#two"]


def test_containers_nested_too_deeply_are_named() -> None:
    """The limit is named with its setting, whatever the containers; what lies less deep is read."""
    deep = lines("one")
    for _ in range(4):
        deep = PACKERS[".gz"](deep)
    reason = "containers lie in one another too deeply; the limit is 3 levels (setting reading.nesting)"
    assert read(deep, "a.gz") == [BadRecord("a.gz", reason)]
    assert sources(read(deep, "a.gz", limits=Limits(nesting=4))) == ["a.gz#one"]
    nested = zip_of(("a.jsonl", lines("one")))
    for _ in range(3):
        nested = zip_of(("n.zip", nested), ("b.jsonl", lines("two")))
    records = read(nested, "a.zip")
    assert reasons(records) == [reason]
    assert sources(records)[0] == "a.zip#n.zip#n.zip#n.zip!"
    assert "a.zip#n.zip#n.zip#b.jsonl#two" in sources(records)


def test_names_that_would_leave_a_folder_only_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`../` and absolute members are read under their name as it stands, and nothing is written."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    members = (("../../evil.txt", TEXT), (f"{tmp_path}/abs.txt", TEXT), ("line\nbreak.txt", TEXT))
    for data in (zip_of(*members), tar_of(*members)):
        assert sources(read(data)) == ["a.zip#../../evil.txt", f"a.zip#{tmp_path}/abs.txt", "a.zip#line\nbreak.txt"]
    assert list(tmp_path.rglob("*")) == [folder]


def test_names_that_are_no_text_are_kept() -> None:
    """A name in another encoding stands as its bytes."""
    info = tarfile.TarInfo(os.fsdecode(b"caf\xe9.txt"))
    assert sources(read(tar_of((info.name, TEXT)), "a.tar")) == [os.fsdecode(b"a.tar#caf\xe9.txt")]


def test_members_of_one_name_are_told_apart() -> None:
    """None is lost, and each has a name of its own that stays."""
    members = (("a.txt", TEXT), ("a.txt", b"Another\n\ntext of it\n"), ("a.txt~2", TEXT), ("a.txt", TEXT))
    for data in (zip_of(*members), tar_of(*members)):
        articles = [record for record in read(data) if isinstance(record, Article)]
        assert len({article.id for article in articles}) == 4
        assert [a.record for a in articles][:2] == ["a.txt", "a.txt~2"]
        assert sources(read(data)) == sources(read(data))


def test_what_is_no_file_in_an_archive_is_remarked() -> None:
    """Links and devices are told and not followed, folders and hidden files are passed over."""
    link, device, folder = tarfile.TarInfo("link.txt"), tarfile.TarInfo("null"), tarfile.TarInfo("folder")
    link.type, link.linkname, device.type, folder.type = (
        tarfile.SYMTYPE,
        "/etc/passwd",
        tarfile.CHRTYPE,
        tarfile.DIRTYPE,
    )
    data = tar_of((".hidden/a.txt", TEXT), ("__MACOSX/._b.txt", TEXT), ("b.txt", TEXT), more=[link, device, folder])
    assert sources(read(data, "a.tar")) == ["a.tar#b.txt", "a.tar#link.txt?", "a.tar#null?"]


def test_members_in_no_known_format_are_told() -> None:
    """They are no problem, as they are none in a folder."""
    assert read(zip_of(("a.jpg", b"\xff\xd8\xff\0"), ("b.txt", TEXT)))[0] == Unknown("a.zip#a.jpg")


def test_documents_that_are_archives_inside_are_no_archives() -> None:
    """A word processor's file is not taken apart."""
    assert read(zip_of(("word/a.txt", TEXT)), "a.docx") == [Unknown("a.docx")]


def test_an_encrypted_member_is_named() -> None:
    """The others are read."""
    data = bytearray(zip_of(("a.txt", TEXT), ("b.txt", TEXT)))
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(magic) + at] |= 1
    records = read(bytes(data))
    assert sources(records) == ["a.zip#a.txt!", "a.zip#b.txt"]
    assert reasons(records)[0].startswith("encrypted; unpack it")


def test_a_damaged_member_costs_itself() -> None:
    """A wrong checksum and an unknown way of compression are named, the other members are read."""
    data = bytearray(zip_of(("a.txt", TEXT), ("b.txt", TEXT), compression=zipfile.ZIP_STORED))
    data[data.index(b"Homs")] ^= 1
    records = read(bytes(data))
    assert sources(records) == ["a.zip#a.txt!", "a.zip#b.txt"]
    assert reasons(records)[0].startswith("damaged: Bad CRC-32")
    data = bytearray(zip_of(("a.txt", TEXT), ("b.txt", TEXT)))
    for magic, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        struct.pack_into("<H", data, data.index(magic) + at, 97)
    records = read(bytes(data))
    assert sources(records) == ["a.zip#a.txt!", "a.zip#b.txt"]
    assert reasons(records)[0].startswith("cannot be unpacked: ")


def test_sizes_that_lie_are_found_out() -> None:
    """A directory that states less than there is does not make half a text an article; one that states more changes
    nothing, as the checksum tells that all is there."""
    for size, told in ((10, "a.zip#a.txt!"), (10**9, "a.zip#a.txt")):
        data = bytearray(zip_of(("a.txt", TEXT)))
        struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, size)
        assert sources(read(bytes(data))) == [told]


def test_a_zip_cut_off_is_named() -> None:
    """Its directory, at its end, is what it is read by."""
    records = read(zip_of(*MEMBERS)[:-30])
    assert sources(records) == ["a.zip!"]
    assert "directory at its end" in reasons(records)[0]


def test_of_a_tar_cut_off_what_was_whole_is_read() -> None:
    """Wherever it is cut: no half article, and the cut is named, or at the end of a member remarked."""
    data = tar_of(("a.txt", TEXT), ("b.jsonl", lines("one", "two")), ("c.txt", TEXT * 1000))
    whole = sources(read(data, "a.tar"))
    for cut in (300, 512, 530, 1024, 1030, 1536, 1560, 1600, 2048, 2500, 5000, 20_000):
        records = read(data[:cut], "a.tar")
        articles = [source for source in sources(records) if source[-1] not in "!?"]
        assert articles == whole[: len(articles)]
        assert sources(records)[-1][-1] in "!?", cut
    assert len(sources(read(data[:5000], "a.tar"))) >= 4


def test_a_tar_damaged_in_the_middle_is_named() -> None:
    """tarfile itself takes a broken header for the end."""
    data = bytearray(tar_of(("a.txt", TEXT), ("b.txt", TEXT), ("c.txt", TEXT)))
    data[1024 + 150] ^= 0x11
    records = read(bytes(data), "a.tar")
    assert sources(records) == ["a.tar#a.txt", "a.tar!"]
    assert reasons(records)[0].startswith("damaged or cut off: ")


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.REGTYPE])
@pytest.mark.parametrize("size", [2**40, 2**70, -(2**40)])
def test_a_tar_that_claims_absurd_sizes_ends(kind: bytes, size: int) -> None:
    """A header longer than any name, a member larger than any disk, less than nothing: named, in bounded memory."""
    header = bytearray(tarfile.TarInfo("a.txt").tobuf())
    header[156:157] = kind
    header[124:136] = (b"\x80" if size > 0 else b"\xff") + (size % 256**11).to_bytes(11, "big")
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    data = bytes(header) + bytes(3 * 2**20)
    tracemalloc.start()
    try:
        records = read(tar_of(("b.txt", TEXT))[:1024] + data, "a.tar")
        assert tracemalloc.get_traced_memory()[1] < 90 * 2**20  # of which 64 are room for one article
    finally:
        tracemalloc.stop()
    assert sources(records)[0] == "a.tar#b.txt"
    assert "a.tar#a.txt" not in sources(records)
    assert sources(records)[-1].endswith("!")


def test_a_zip_that_swells_is_not_read_on() -> None:
    """By one member, and by many that share one content: the limit is named."""
    reason = "swells to many times its size; not read further; the limit is 200 times (setting reading.ratio)"
    bomb = zip_of(("a.txt", bytes(40 * 2**20)), ("b.txt", TEXT))
    records = read(bomb)
    assert reasons(records) == [reason, reason]
    assert sources(records) == ["a.zip#a.txt!", "a.zip!"]
    # The directory names the first member again and again.
    kernel = zip_of(("a.jsonl", b" " * (8 * 2**20)))
    at = kernel.index(b"PK\x01\x02")
    entry, end = kernel[at : kernel.index(b"PK\x05\x06")], bytearray(kernel[kernel.index(b"PK\x05\x06") :])
    count = 60
    struct.pack_into("<HHI", end, 8, count, count, len(entry) * count)
    told = reasons(read(kernel[:at] + entry * count + bytes(end)))
    # Newer zipfiles open no member that overlaps another.
    unpacked = [each for each in told if "verlapped" not in each]
    assert unpacked[-1:] in ([], [reason])
    assert told and len(unpacked) < 20


def test_a_zip_in_a_pipe_is_read_within_a_bound() -> None:
    """It is held in memory; one too large for that is refused with the setting."""
    data = zip_of(("a.txt", os.urandom(2**20).hex().encode()), ("b.txt", TEXT))
    assert sources(read(data, "-", pipe=True)) == ["-#a.txt", "-#b.txt"]
    (reason,) = reasons(read(data, "-", pipe=True, limits=Limits(file_mb=1)))
    assert "ZIP archive" in reason
    assert reason.endswith("the limit is 1 MB (setting reading.file_mb)")


def test_a_stated_format_is_that_of_the_content() -> None:
    """Containers are told by their beginning even so."""
    odd = b'{"title": "x"}\n\nA text about Homs.\n'
    for data in (odd, PACKERS[".gz"](odd)):
        assert sources(read(data, "-", pipe=True, stated="text")) == ["-"]
    assert sources(read(zip_of(("a", odd)), "-", pipe=True, stated="text")) == ["-#a"]


def test_a_file_is_read_to_the_size_it_had() -> None:
    """What is added while it is read is not."""
    stream = io.BufferedReader(io.BytesIO(lines("one", "two")))  # type: ignore[arg-type]
    reader = Reader("a.jsonl", FORMATS, ReadingOptions())
    assert sources(list(reader.read(Physical(stream, len(lines("one")))))) == ["a.jsonl#one"]


def test_what_is_known_is_told_by_name_and_beginning() -> None:
    """Containers, and files that a format accepts."""

    def knows(name: str, head: bytes) -> bool:
        return Reader(name, FORMATS, ReadingOptions()).knows(head)

    assert (
        knows("a.zip", zip_of(*MEMBERS)[:4096]) and knows("a", tar_of(*MEMBERS)[:4096]) and knows("a", b"\x1f\x8b\x08")
    )
    assert knows("a.txt", b"") and knows("a", TEXT)
    assert not knows("a.jpg", b"\xff\xd8\xff\0") and not knows("a.docx", zip_of(*MEMBERS)[:4096])
