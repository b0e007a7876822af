"""Reuters-21578: stories in SGML."""

from __future__ import annotations

import io
from datetime import datetime
from typing import ClassVar

import pytest

from searchkit.article import Article
from searchkit.format import BadRecord, Format, Limits, ReadingOptions, Record
from searchkit.formats.reuters import ReutersFormat
from tests.formats.contract import FormatContract

DOCTYPE = '<!DOCTYPE lewis SYSTEM "lewis.dtd">\n'


def story(number: int, text: str, date: str = "17-MAR-1987 10:00:01.79") -> str:
    """One story."""
    return (
        f'<REUTERS TOPICS="YES" LEWISSPLIT="TRAIN" CGISPLIT="TRAINING-SET" OLDID="{number + 100}" NEWID="{number}">\n'
        f"<DATE>{date}</DATE>\n<TOPICS><D>bridges</D></TOPICS>\n<PLACES><D>iraq</D></PLACES>\n"
        f"<UNKNOWN>\n&#5;&#5;&#5;C T\n</UNKNOWN>\n<TEXT{text}</TEXT>\n</REUTERS>\n"
    )


FULL = (
    ">&#2;\n<TITLE>A &lt;BRIDGE> REOPENS</TITLE>\n<AUTHOR>    By Jane Doe, Reuters</AUTHOR>\n"
    "<DATELINE>    MOSUL, March 17 - </DATELINE><BODY>The bridge was\nopened.\n    It cost five mln\ndlrs.\n Reuter\n"
    "&#3;</BODY>"
)


def read(text: str, source: str = "a.sgm", **limits: int) -> list[Record]:
    """All that these stories give."""
    stream = io.BytesIO(text.encode("latin-1"))
    return list(ReutersFormat().read(stream, source, ReadingOptions(limits=Limits(**limits))))


class TestReutersContract(FormatContract):
    """Files of Reuters-21578 keep what every format promises."""

    format: ClassVar[Format] = ReutersFormat()
    good: ClassVar[bytes] = (DOCTYPE + story(1, FULL) + story(2, FULL)).encode()
    articles_in_good: ClassVar[int] = 2


def test_all_of_a_story() -> None:
    """Title, author, date; the dateline before the text in paragraphs, without the signature; no topics."""
    (article,) = read(DOCTYPE + story(7, FULL))
    assert isinstance(article, Article)
    assert (article.title, article.authors, article.source) == ("A <BRIDGE> REOPENS", ("Jane Doe",), "a.sgm#7")
    assert article.body == "MOSUL, March 17 - The bridge was opened.\n\nIt cost five mln dlrs."
    assert (article.published, article.publisher, article.language) == (
        datetime(1987, 3, 17, 10, 0, 1),
        "Reuters",
        "en",
    )


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        (' TYPE="BRIEF">&#2;\n<TITLE>SHORT</TITLE>\n&#3;', "SHORT", ""),
        (' TYPE="UNPROC">&#2;\nA table\n    of numbers\n&#3;', "", "A table\n\nof numbers"),
        (">\n<TITLE>caf\xe9</TITLE><BODY>&amp;\xa3</BODY>", "café", "&£"),
    ],
)
def test_other_kinds_of_story(text: str, title: str, body: str) -> None:
    """Briefs have a title alone, others were never taken apart; bytes are Latin-1."""
    (article,) = read(story(1, text))
    assert isinstance(article, Article) and (article.title, article.body) == (title, body)


def test_damage_costs_a_story_only() -> None:
    """Empty ones, repeated numbers, and the one in which the file ends, are named."""
    empty, first, repeated, cut = read(story(1, ">") + story(2, FULL) + story(2, FULL) + story(3, FULL)[:150])
    assert isinstance(first, Article)
    assert isinstance(empty, BadRecord) and "no title and no text" in empty.reason
    assert isinstance(repeated, BadRecord) and "repeats story 2" in repeated.reason
    assert cut == BadRecord("a.sgm#4", "story 4: the file ends inside it")


def test_a_story_over_the_limit_is_passed_over() -> None:
    """The next one is read."""
    long = story(1, f"><BODY>{'x' * 2**21}</BODY>")
    bad, article = read(long + story(2, FULL), record_mb=1)
    assert isinstance(bad, BadRecord) and "reading.record_mb" in bad.reason and isinstance(article, Article)


def test_what_is_no_file_of_stories_says_so() -> None:
    """One bad record for the file."""
    (bad,) = read("<sgml>other</sgml>")
    assert isinstance(bad, BadRecord) and "holds no story" in bad.reason


def test_stories_are_read_one_by_one() -> None:
    """The first article is there long before the stream is read to its end."""
    stream = io.BytesIO((story(1, FULL) * 10_000).encode())
    next(ReutersFormat().read(stream, "-"))
    assert stream.tell() < 300_000
