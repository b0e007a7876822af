"""Plain-text scrapes: the two sample articles, many shapes by hand, encodings."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from datetime import date
from pathlib import Path
from typing import ClassVar

import pytest

from searchkit.article import Article, Link
from searchkit.format import BadRecord, Format, Limits, ReadingOptions, Remark
from searchkit.formats._bytes import decode
from searchkit.formats._linklines import parse_link
from searchkit.formats.text import TextFormat
from tests.formats.contract import FormatContract
from tests.formats.linked import LINES, LINKED
from tests.formats.scrapes import BODY, FEET, HEADS, JULY_8, TITLE, TITLES, WRAPPED, Scrape

SEEDS = Path(__file__).parents[2] / "seeds"


def read_one(raw: bytes | str) -> Article:
    """The article in these bytes, which are nothing else."""
    (record,) = TextFormat().read(io.BytesIO(raw.encode() if isinstance(raw, str) else raw), "a.txt")
    assert isinstance(record, Article)
    return record


class TestTextContract(FormatContract):
    """A scrape keeps what every format promises."""

    format: ClassVar[Format] = TextFormat()
    good: ClassVar[bytes] = (SEEDS / "004_4ddfc6bcc6cd5d23.txt").read_bytes()


# --- the samples -------------------------------------------------------------------------------------------------


def test_the_sample_with_a_biography() -> None:
    """0000… has title, dek, author and biography, and no publisher, links or date."""
    article = read_one((SEEDS / "000_db257b406ba59def.txt").read_bytes())
    assert article.title == "Pentagon Reviewing Mosul Bombings That Killed Hundreds of Civilians"
    assert article.dek == "Has 700 Video Feeds of Airstrikes to Go Over"
    assert article.authors == ("Jason Ditz",)
    assert (article.publisher, article.links, article.published, article.date_source) == (None, (), None, None)
    paragraphs = article.body.split("\n\n")
    assert len(paragraphs) == 6
    assert paragraphs[0].startswith("Insisting that they") and paragraphs[-1].endswith(
        "for the Pentagon to just dismiss."
    )
    assert article.note is not None and article.note.startswith("Jason Ditz is Senior Editor for He has 20 years")


def test_the_sample_with_links() -> None:
    """004… has publisher CNN, four contributors as authors, and neither dek nor a date of its own."""
    article = read_one((SEEDS / "004_4ddfc6bcc6cd5d23.txt").read_bytes())
    assert article.title == "Russia condemns US over ‘absurd’ response to Mosul civilian deaths"
    assert (article.publisher, article.dek) == ("CNN", None)
    assert article.authors == ("Tim Lister", "Radina Gigova", "Barbara Starr", "Ryan Brown")
    assert (article.published, article.date_source) == (None, None)
    assert article.note == "CNN's Tim Lister, Radina Gigova, Barbara Starr and Ryan Brown contributed to this report"
    paragraphs = article.body.split("\n\n")
    assert len(paragraphs) == 14
    assert paragraphs[0].startswith("Russia's Ministry of Defense issued") and paragraphs[-1].endswith(
        "the official said."
    )


def test_the_links_of_the_sample() -> None:
    """Its 80 links date from 24 June to 8 July 2025, 15 are DVIDS's, and exactly one has no publisher."""
    links = read_one((SEEDS / "004_4ddfc6bcc6cd5d23.txt").read_bytes()).links
    publishers = Counter(link.publisher for link in links)
    assert len(links) == 80
    assert publishers["DVIDS"] == 15 and publishers[None] == 1
    days = sorted(link.published for link in links if link.published)
    assert len(days) == 80 and days[0] == date(2025, 6, 24) and days[-1] == date(2025, 7, 8)
    assert all(link.url is None for link in links)


HARD_LINKS = (
    Link(
        "Iraq Lifts Oil Output by 80,000 bpd Across Three Key Fields", "Crude Oil Prices Today | OilPrice.com", JULY_8
    ),
    Link("News - Gates Vows to Focus on Iraq, Troop Welfare if Confirmed", "DVIDS", date(2025, 7, 4)),
    Link("Syrian authorities uncover mass grave near Iraq border", "Shafaq News", date(2025, 6, 29)),
    Link("Statement Ministry of Foreign Affairs of the Republic of IRAQ", None, date(2025, 6, 29)),
    Link(
        "Trump is making US intelligence parrot his line on Iran - it echoes Bushs invasion of Iraq",
        "The Guardian",
        date(2025, 6, 28),
    ),
    Link(
        "World Bank approves over $1 billion for projects in Lebanon, Syria and Iraq",
        "ABC News - Breaking News, Latest News and Videos",
        date(2025, 6, 26),
    ),
    Link("In the Iran-Iraq War, F-5s and MiG-21s Fought to a Standstill", "Trench Art | David Axe", date(2025, 6, 26)),
    Link(
        "Column | Trump bombs Iran, talks regime change, raises the ghosts of Iraq",
        "The Washington Post",
        date(2025, 6, 24),
    ),
)


@pytest.mark.parametrize("link", HARD_LINKS, ids=lambda link: link.headline[:30])
def test_a_link_of_the_sample(link: Link) -> None:
    """The hard lines of the sample are parted where a reader would part them."""
    article = read_one((SEEDS / "004_4ddfc6bcc6cd5d23.txt").read_bytes())
    assert link in article.links


# --- shapes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scrape", [*TITLES, *HEADS, *FEET, *WRAPPED, *LINKED], ids=lambda scrape: scrape.name)
def test_a_scrape_is_told_apart(scrape: Scrape) -> None:
    """Each shape of scrape gives exactly the fields that it states."""
    article = read_one(scrape.text)
    found = Scrape(
        scrape.name, scrape.text, article.title, tuple(article.body.split("\n\n")) if article.body else (), article.dek,
        article.authors, article.publisher, article.published, article.date_source, article.links, article.note,
    )  # fmt: skip
    assert found == scrape
    assert (article.language, article.url, article.record, article.source) == (None, None, None, "a.txt")


@pytest.mark.parametrize(("line", "link"), LINES, ids=[line for line, _ in LINES])
def test_a_link_line_is_told_apart(line: str, link: Link) -> None:
    """Each form of link line gives its headline, publisher, date and address."""
    parsed = parse_link(line)
    assert parsed is not None and parsed.link == link


@pytest.mark.parametrize("line", ["", "-", "- -", "• ***", "- " + "word " * 100])
def test_a_line_without_headline_is_no_link(line: str) -> None:
    """Bullets alone, and lines as long as paragraphs, are no links."""
    assert parse_link(line) is None


def test_no_words_are_lost() -> None:
    """Every word of the samples is in a field of the article, but for dates twice, crumbs and the repeated title."""
    for path in SEEDS.glob("*.txt"):
        raw = path.read_text(encoding="utf-8")
        article = read_one(raw)
        kept = " ".join(
            [
                article.title,
                article.dek or "",
                article.publisher or "",
                article.body,
                article.note or "",
                *article.authors,
            ]
            + [f"{link.headline} {link.publisher}" for link in article.links]
        )
        lines = raw.split("\n- ")[0].replace("View post:", "").replace("Author:", "")
        assert set(lines.replace("'absurd'", "").split()) - {"–", "-"} <= set(kept.split())


# --- bytes -------------------------------------------------------------------------------------------------------

SCRAPE = f"{TITLE} – CNN\n\nEl niño dijo “sí” – y se fue.\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_an_encoding_that_is_certain_needs_no_remark(encoding: str) -> None:
    """UTF-8 and files with a byte order mark are read without a remark, and the mark is not part of the title."""
    article = read_one(SCRAPE.encode(encoding))
    assert (article.title, article.publisher, article.body) == (TITLE, "CNN", "El niño dijo “sí” – y se fue.")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_big_endian_and_marked_utf16_are_read(encoding: str) -> None:
    """UTF-16 with its mark is read in either order of bytes."""
    assert read_one(f"\ufeff{SCRAPE}".encode(encoding)).body == "El niño dijo “sí” – y se fue."


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_mark_is_read_with_a_remark(encoding: str) -> None:
    """Latin text in UTF-16 without a mark is unmistakable, and the guess is told."""
    remark, article = TextFormat().read(io.BytesIO(f"{TITLE}\n\n{BODY}".encode(encoding)), "a.txt")
    assert remark == Remark("a.txt", "read as UTF-16: it has no byte order mark")
    assert isinstance(article, Article) and article.title == TITLE


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        (
            "windows-1251",
            "Министры заявили во вторник, что мост через реку будет закрыт для движения на две недели.\n" * 3,
        ),
        ("koi8-r", "Министры заявили во вторник, что мост через реку будет закрыт для движения на две недели.\n" * 3),
        ("windows-1256", "قال الوزراء يوم الثلاثاء إن الجسر فوق النهر سيظل مغلقا أمام حركة المرور لمدة أسبوعين.\n" * 3),
        ("gb18030", "部长们星期二表示，河上的大桥将至少关闭两个星期，市民须绕道而行，工程预计下月完成。\n" * 3),
        (
            "shift_jis",
            "大臣らは火曜日、川に架かる橋を少なくとも二週間通行止めにすると発表した。工事は来月まで続く。\n" * 3,
        ),
    ],
)
def test_encodings_of_other_scripts_are_told_by_statistics(encoding: str, text: str) -> None:
    """What is plainly not Latin comes back as it was, and the guess is told."""
    decoded = decode(text.encode(encoding))
    assert decoded.text == text
    assert decoded.remark.startswith("read as ") and "seems to be" in decoded.remark


def test_latin_text_is_not_guessed() -> None:
    """A text that is mostly ASCII is windows-1252, whatever its few other bytes look like."""
    text = "Łódź".encode("cp1250") + b" is a city, and r\xe9sum\xe9 a word"
    assert decode(text).remark == "read as windows-1252: not valid UTF-8"


def test_windows_1252_is_read_with_a_remark() -> None:
    """Bytes that are not UTF-8 are read as windows-1252, and the guess is told."""
    remark, article = TextFormat().read(io.BytesIO(SCRAPE.encode("cp1252")), "a.txt")
    assert remark == Remark("a.txt", "read as windows-1252: not valid UTF-8")
    assert isinstance(article, Article) and article.body == "El niño dijo “sí” – y se fue."


def test_bytes_undefined_in_windows_1252_are_latin1() -> None:
    """A byte that windows-1252 leaves undefined does not stop the file from being read."""
    _, article = TextFormat().read(io.BytesIO(f"{TITLE}\n\n{BODY} ".encode() + b"Caf\xe9 \x81 ouvert."), "a.txt")
    assert isinstance(article, Article) and article.body.endswith("Café \x81 ouvert.")


def test_damaged_utf16_is_read_with_a_remark() -> None:
    """UTF-16 that ends inside a character is read up to there, and the damage is told."""
    remark, article = TextFormat().read(io.BytesIO(SCRAPE.encode("utf-16")[:-1]), "a.txt")
    assert isinstance(remark, Remark) and "read as UTF-16 with damaged places" in remark.text
    assert isinstance(article, Article) and "El niño" in article.body


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\t\n", "empty"),
        (b"Title\n\nBody with a \x00 in it.", "binary: holds NUL or many control characters"),
        (b"\x7fELF\x02\x01\x01\x00\xff\xfe", "binary: holds NUL characters"),
        (b"\x1f\x8b\x08\x00abc", "binary: begins like gzip data"),
        (b"%PDF-1.4\nabc", "binary: begins like a PDF document"),
        (bytes(range(1, 256)) * 4, "binary: holds NUL or many control characters"),
        ("\ufeffa\0b".encode("utf-16-le"), "binary: holds NUL or many control characters"),
    ],
)
def test_what_is_no_text_is_a_bad_record(raw: bytes, reason: str) -> None:
    """Empty and binary files give one bad record that says so."""
    assert list(TextFormat().read(io.BytesIO(raw), "a.txt")) == [BadRecord("a.txt", reason)]


def test_a_file_too_large_is_a_bad_record() -> None:
    """A file over the limit is not read as one article, and the setting is named; one at the limit is read."""
    raw = f"{TITLE}\n\n{BODY}".encode().ljust(2**20)
    options = ReadingOptions(limits=Limits(file_mb=1))
    (article,) = TextFormat().read(io.BytesIO(raw), "a.txt", options)
    assert isinstance(article, Article) and article.title == TITLE
    reason = "larger than one article may be; the limit is 1 MB (setting reading.file_mb)"
    assert list(TextFormat().read(io.BytesIO(raw + b" "), "a.txt", options)) == [BadRecord("a.txt", reason)]


def test_the_checksum_is_that_of_the_bytes() -> None:
    """The checksum is of the file as it is, in its encoding and with its mark."""
    raw = SCRAPE.encode("utf-16")
    assert read_one(raw).sha256 == hashlib.sha256(raw).hexdigest()


def test_five_megabytes_are_read_whole() -> None:
    """A file of 5 MB, of prose as well as of lines that all look like links or titles, is read without loss."""
    prose = "Sixty kilometres further on the river turns south again. " * 4
    article = read_one(f"{TITLE}\n\n" + f"{prose}\n\n" * 22_000)
    assert len(article.body) > 5_000_000 and article.body.count("river turns") == 88_000
    links = read_one(f"{TITLE}\n{BODY}\n" + "- Iraq Lifts Oil Output - Rudaw - July 8th, 2025\n" * 20_000)
    assert len(links.links) == 20_000
    repeated = read_one(f"{TITLE}\n" * 20_000 + BODY)
    assert repeated.body == BODY


# --- detection ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [b'{"title": "x"}', b'[{"title": "x"}]', b"<!doctype html><html>", b"\n <rss version='2.0'>", b"<?xml",
     b"WARC/1.0\r\n", b"\xef\xbb\xbf{}", b"[1, 2]", b"{\\rtf1 x"],
)  # fmt: skip
def test_other_formats_are_not_accepted(head: bytes) -> None:
    """What begins like JSON, markup, WARC or RTF is not plain text."""
    assert not TextFormat().accepts(head)


@pytest.mark.parametrize(
    "head",
    [TITLE.encode(), TITLE.encode("utf-16"), "Café ouvert".encode("latin-1"), b"[EN/AR] UN visits", b"<3 is love",
     ("é" * 3000).encode()[:4095], ("聖" * 2000).encode()[:4096], ("聖" * 2000).encode()[:4095],
     "😀".encode() * 3 + b"\xf0\x9f"],
)  # fmt: skip
def test_text_is_accepted_even_if_cut_inside_a_character(head: bytes) -> None:
    """Text in each encoding is accepted, also where the head ends inside a character."""
    assert TextFormat().accepts(head)
