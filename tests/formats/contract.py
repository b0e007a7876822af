"""The suite that every format inherits: what `searchkit.format.Format` promises, whatever the form of the articles.

A format's test class derives from `FormatContract` and sets the class attributes below.
"""

from __future__ import annotations

import dataclasses
import io
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.article import Article, article_id
from searchkit.format import HEAD_BYTES, BadRecord, Format, Page, ReadingOptions, Record, Remark, detect
from searchkit.formats import FORMATS, format_named
from searchkit.formats._page import extract

BINARY = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00" + bytes(range(256)),
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + bytes(range(255, -1, -1)),
    b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
    b"\x01\x02\x03\x04\x05\x06\x07\x08" * 20,
)


class FormatContract:
    """Facts about any format."""

    format: ClassVar[Format]
    good: ClassVar[bytes]
    """A file which gives articles and nothing else."""
    articles_in_good: ClassVar[int] = 1
    says_empty: ClassVar[bool] = True
    """Whether an empty file is a bad record; false where it is simply a file of no records."""

    def yielded(self, raw: bytes, source: str = "archive/file") -> list[Record]:
        """All that the format yields for a file of these bytes."""
        return list(self.format.read(io.BytesIO(raw), source))

    def read(self, raw: bytes, source: str = "archive/file") -> list[Record]:
        """The same with its pages extracted, as the indexer has them extracted."""
        return [out for record in self.yielded(raw, source) for out in _without_page(record)]

    def articles(self, raw: bytes, source: str = "archive/file") -> list[Article]:
        """The articles among it."""
        return [record for record in self.read(raw, source) if isinstance(record, Article)]

    def test_it_is_in_the_table(self) -> None:
        """The format stands in the table and is found by its name."""
        assert type(self.format) in [type(format) for format in FORMATS]
        assert type(format_named(self.format.name)) is type(self.format)

    def test_name_and_suffixes_have_their_form(self) -> None:
        """Name and suffixes are in lower case, each suffix begins with its dot, and no other format has it."""
        assert self.format.name == self.format.name.lower() and self.format.name.isalnum()
        assert self.format.suffixes
        for suffix in self.format.suffixes:
            assert suffix == suffix.lower() and suffix.startswith(".")
            assert [format.name for format in FORMATS if suffix in format.suffixes] == [self.format.name]

    def test_it_is_detected_by_suffix_in_any_case(self) -> None:
        """A file name with one of the suffixes, in capitals too, is of this format whatever it begins with."""
        for suffix in self.format.suffixes:
            found = detect(f"Some Archive{suffix.upper()}", b"\x00", FORMATS)
            assert found is not None and found.name == self.format.name

    def test_it_accepts_its_own_head(self) -> None:
        """The beginning of a good file is accepted."""
        assert self.format.accepts(self.good[:HEAD_BYTES])

    @pytest.mark.parametrize("head", [b"", b" \n\t\r\n", *BINARY])
    def test_it_accepts_neither_nothing_nor_binary_data(self, head: bytes) -> None:
        """An empty or blank beginning and binary data are not accepted."""
        assert not self.format.accepts(head[:HEAD_BYTES])

    @pytest.mark.parametrize("raw", [b"", b" \n\n\t \r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n \n"])
    def test_an_empty_file_holds_no_article(self, raw: bytes) -> None:
        """A file of nothing but white space (and a byte order mark) gives no article; some formats say that it is bad."""
        assert [type(record) for record in self.read(raw)] == ([BadRecord] if self.says_empty else [])

    @pytest.mark.parametrize("raw", BINARY)
    def test_binary_data_is_a_bad_record(self, raw: bytes) -> None:
        """Binary data gives bad records only, and at least one."""
        records = self.read(raw)
        assert records and all(isinstance(record, BadRecord) for record in records)

    def test_the_stream_stays_open(self) -> None:
        """Reading a file to its end does not close the stream."""
        stream = io.BytesIO(self.good)
        assert list(self.format.read(stream, "file"))
        assert not stream.closed

    def test_a_good_file_gives_its_articles(self) -> None:
        """The good example gives its articles and nothing else."""
        records = self.read(self.good)
        assert [type(record) for record in records] == [Article] * self.articles_in_good

    def test_ids_come_from_sources(self) -> None:
        """An article's source begins with the file's, its id is made of its source, `file` gives the file back."""
        for source in ("a.x", "2017/03/a b.x", "/abs/ü.x", "-", "odd#name.x"):
            for article in self.articles(self.good, source):
                assert article.id == article_id(article.source)
                assert article.file == source
                assert article.source == (source if article.record is None else f"{source}#{article.record}")

    def test_ids_differ_and_are_stable(self) -> None:
        """The articles of a file have ids of their own, the same at every reading, others in another file."""
        once, again, elsewhere = ([a.id for a in self.articles(self.good, source)] for source in ("a/x", "a/x", "b/x"))
        assert once == again
        assert len({*once, *elsewhere}) == 2 * len(once)

    def test_articles_are_frozen_and_hashable(self) -> None:
        """An article cannot be changed, and equal articles have equal hashes."""
        first, second = self.articles(self.good)[0], self.articles(self.good)[0]
        assert hash(first) == hash(second) and first == second
        with pytest.raises(dataclasses.FrozenInstanceError):
            first.title = "other"  # type: ignore[misc]

    def test_reading_keeps_no_state(self) -> None:
        """Two readings that take turns give what each gives alone."""
        alone = self.yielded(self.good)
        turns = zip(*(self.format.read(io.BytesIO(self.good), "archive/file") for _ in range(2)), strict=True)
        assert [pair for turn in turns for pair in turn] == [record for record in alone for _ in range(2)]

    def test_an_error_of_the_stream_passes_through(self) -> None:
        """An OSError of the stream is not turned into a bad record."""
        with pytest.raises(OSError, match="disk on fire"):
            list(self.format.read(_FailingStream(), "file"))

    def test_no_bytes_make_it_fail(self) -> None:
        """Any bytes give well-formed records and no exception."""

        @given(_any_file(self.good))
        def check(raw: bytes) -> None:
            self.format.accepts(raw[:HEAD_BYTES])
            for record in self.read(raw):
                assert isinstance(record, (Article, BadRecord, Remark))
                if isinstance(record, Article):
                    _check_article(record)

        check()

    def test_text_is_always_encodable(self) -> None:
        """What is read can be written again as UTF-8."""
        for article in self.articles(self.good):
            _check_article(article)


def _without_page(record: Record) -> list[Record]:
    return extract(record, ReadingOptions()) if isinstance(record, Page) else [record]


def _check_article(article: Article) -> None:
    """The facts that hold for every article a format yields."""
    assert article.id == article_id(article.source)
    assert (article.published is None) == (article.date_source is None)
    assert len(article.sha256) == 64
    assert article.title or article.body or article.links
    assert "\n" not in article.title and article.title == article.title.strip()
    for optional in (article.dek, article.publisher, article.note, article.language, article.url):
        assert optional is None or optional.strip()
    assert all(author.strip() for author in article.authors)
    assert all(link.headline.strip() for link in article.links)
    for text in (article.title, article.body, *article.authors, *(link.headline for link in article.links)):
        text.encode("utf-8")


class _FailingStream(io.RawIOBase):
    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        raise OSError("disk on fire")


def _any_file(good: bytes) -> st.SearchStrategy[bytes]:
    """Bytes by chance, text of the characters that matter, and good files with damage."""
    pieces = st.sampled_from(
        ["\n", "\r\n", "\n\n", "- ", "• ", " - ", " | ", "By ", "Author: ", "Jane Doe", "July 8th, 2025",
         "[July 8th, 2025]", "Related", "View post:", "Reuters", '{"title": ', '"a"', "}", "[", "\u2028", "\x1b[31m",
         "é", "聖", ".", "{"]
    )  # fmt: skip
    text = st.lists(st.one_of(pieces, st.text(max_size=20)), max_size=30).map("".join)
    encoded = st.builds(
        lambda text, encoding: text.encode(encoding, "replace"),
        text,
        st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "utf-32"]),
    )
    damaged = st.builds(
        lambda at, junk: good[: at % len(good)] + junk + good[at % len(good) + len(junk) :],
        st.integers(0, 10_000),
        st.binary(min_size=1, max_size=8),
    )
    return st.one_of(st.binary(max_size=400), encoded, damaged)
