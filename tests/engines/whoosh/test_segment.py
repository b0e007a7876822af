"""Segments: everything that is written is read back, found, and in order."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchkit.article import Article, Link, article_id
from searchkit.engines.whoosh import articleswriter, chunks, lists, postings
from searchkit.engines.whoosh import segment as segments
from searchkit.engines.whoosh.articleswriter import ArticlesWriter, StoreWriter
from searchkit.engines.whoosh.container import ContainerWriter, Damaged
from searchkit.engines.whoosh.runs import Merge, Run
from searchkit.engines.whoosh.segment import (
    NO_MOMENT,
    Segment,
    Strings,
    Terms,
    decode_article,
    encode_article,
)
from searchkit.engines.whoosh.wordswriter import PostingsWriter, write_dictionary
from searchkit.fieldtext import WORD_FIELDS, field_tokens, moment_us, title_key
from searchkit.value import replace
from tests import strategies
from tests.engines.contract import article
from tests.engines.whoosh.building import build, inverted, read_back

# --- postings and dictionary


@settings(max_examples=150)
@given(st.lists(strategies.articles, max_size=12).filter(bool), st.sampled_from((None, 1, 30)))
def test_a_segment_holds_what_a_dictionary_would(articles: list[Article], batch_tokens: int | None) -> None:
    """A segment, made in one batch or in several that are merged, holds each word, field, article and position."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "_GROUP_BYTES", 1)
        segment = build(Path(folder), articles, batch_tokens=batch_tokens).segment
        assert read_back(segment) == inverted(articles)
        for name in WORD_FIELDS:
            assert segment.lengths(name).tolist() == [len(field_tokens(each, name)) for each in articles]
        assert {path.suffix for path in Path(folder).iterdir()} == {
            ".terms", ".docs", ".freqs", ".positions", ".stored", ".columns", ".stems-en",
        }  # fmt: skip


def words_segment(folder: Path, words: Sequence[bytes]) -> Terms:
    """The dictionary of some words, each once in one article."""
    count = len(words)
    ones = np.ones(count, np.int64)
    run = Run(words, np.arange(count), ones, ones, ones, [ones.astype(np.uint32)] * 3)
    writer = PostingsWriter(folder, "s")
    entries = writer.write(Merge([run]))
    writer.finish()
    assert entries.words == list(words)
    write_dictionary(folder, "s", entries)
    return Segment(folder, "s", 2).terms


@settings(max_examples=200)
@given(
    st.sets(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6), max_size=70), st.text(max_size=3)
)
def test_every_word_is_found(words: set[str], other: str) -> None:
    """A word is found under its number, one that is missing is not, and a prefix gives the range of its words."""
    with tempfile.TemporaryDirectory() as folder:
        ordered = sorted(word.encode() for word in words)
        terms = words_segment(Path(folder), ordered)
        assert terms.count == len(ordered)
        assert list(terms.words()) == ordered
        for number, word in enumerate(ordered):
            assert terms.number(word) == terms.find(word) == number
            assert terms.word(number) == word
            assert [entry.df for entry in terms.entries(number)] == [1]
        for text in (other, other + "a", *(word[:1] for word in words), *(word + "\0" for word in words)):
            encoded = text.encode("utf-8", "surrogatepass")
            assert terms.number(encoded) == (ordered.index(encoded) if encoded in ordered else None)
            starting = [number for number, word in enumerate(ordered) if word.startswith(encoded)]
            assert [*range(terms.find(encoded), terms.find(encoded + b"\xff"))] == starting
        for first in range(0, len(ordered), 5):
            assert list(terms.words(first, first + 7)) == ordered[first : first + 7]


@settings(max_examples=100)
@given(
    st.lists(strategies.articles, min_size=1, max_size=8), st.data(), st.sampled_from((1, 20, 8_192)),
    st.sampled_from((1, 65_536)),
)  # fmt: skip
def test_entries_of_several_words(articles: list[Article], data: st.DataObject, kept: int, first_words: int) -> None:
    """Entries are the same whether words are asked for together or alone, and however much has been kept of them."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(segments, "_ENTRIES_KEPT", kept)
        patch.setattr(segments, "_NUMBERS_KEPT", kept)
        patch.setattr(segments, "_FIRST_WORDS_KEPT", first_words)
        segment = build(Path(folder), articles).segment
        terms = segment.terms
        words = list(terms.words())
        assert [terms.find(word) for word in words] == list(range(terms.count))
        for _ in range(2):
            assert [terms.number(word) for word in words] == list(range(terms.count))
            assert [terms.number(word + b"\0") for word in words] == [None] * terms.count
            assert len(terms._known_numbers) <= kept
        single = [Terms(segment.container("terms")).entries(number) for number in range(terms.count)]
        most = kept
        for _ in range(3):
            numbers = sorted(data.draw(st.sets(st.sampled_from(range(terms.count))))) if words else []
            assert terms.entries_of(numbers) == [entry for number in numbers for entry in single[number]]
            most = max(most, len(numbers))
            assert len(terms._known_rows) <= most


def test_words_of_the_greatest_length(tmp_path: Path) -> None:
    """The longest words that analysis gives, 255 characters of four bytes, are far below the 65,535 bytes that fit."""
    word = "\U0001e900" * 300
    view = build(tmp_path, [article("a", word, authors=("𠀀" * 300,))])
    assert max(map(len, view.segment.terms.words())) <= 4 * 255
    assert read_back(view.segment) == inverted([article("a", word, authors=("𠀀" * 300,))])


@pytest.mark.parametrize("df", [1, 2, 100, 1000])
@pytest.mark.parametrize("far", [False, True])
def test_places(tmp_path: Path, df: int, far: bool) -> None:
    """Both kernels read any posting's positions, of two bytes or of four, whichever postings are asked for."""
    articles = [article(f"{n}", "x " * (n % 7) + "word " * (1 + n % 5) + "y word" * (n % 3)) for n in range(df)]
    if far:
        articles[df // 2] = article("far", "x " * 70_000 + "word")
    view = build(tmp_path, articles)
    segment = view.segment
    assert read_back(segment) == inverted(articles)
    number = segment.terms.number(b"word")
    assert number is not None
    (entry,) = segment.terms.entries(number)
    assert entry.df == df
    plain_articles, frequencies = lists.entry_postings(segment, entry)
    (word,) = postings.read_words([view], 1, [[(0, 0, view, entry)]])
    assert (word.keys.tolist(), word.frequencies.tolist()) == (plain_articles, frequencies)
    assert entry.positions[1] == (4 if far else 2) * sum(frequencies)
    expected = dict(inverted(articles)[b"word", WORD_FIELDS.index("body")])
    for chosen in ([0], [df - 1], sorted({0, df // 2, df - 1}), list(range(0, df, 100)), list(range(df))):
        plain = dict(lists.entry_positions(segment, entry, frequencies, chosen))
        assert plain == {n: expected[n] for n in chosen}
        once = {n: times for n in chosen if (times := _successors(expected[n]))}
        found = postings.pair_runs([(word, word)], 0, np.array(chosen))
        assert dict(zip(*(part.tolist() for part in found), strict=True)) == once


def _successors(positions: list[int]) -> int:
    return sum(position + 1 in positions for position in positions)


@pytest.mark.parametrize("frequency", [3, 4, 5, 131, 132, 255, 256, 65_535, 65_536, 70_000])
def test_frequencies_and_positions_have_no_cap(tmp_path: Path, frequency: int) -> None:
    """Words may occur any number of times, at any position; the length of the field has no cap either."""
    articles = [article("a", "word " * frequency), article("b", "x " * frequency + "word"), article("c", "word")]
    view = build(tmp_path, articles)
    segment = view.segment
    assert read_back(segment) == inverted(articles)
    assert segment.lengths("body").tolist() == [frequency, frequency + 1, 1]
    number = segment.terms.number(b"word")
    assert number is not None
    rows = [(layer, 0, view, entry) for layer, entry in enumerate(segment.terms.entries(number))]
    (word,) = postings.read_words([view], 1, [rows])
    assert word.frequencies.tolist() == [frequency, 1, 1]


def test_positions_beyond_two_to_the_twenty(tmp_path: Path) -> None:
    """A very long article keeps its positions; so do many headlines with the free positions between them."""
    articles = [
        article("a", "x " * (1 << 20) + "mosul strikes"),
        article("b", links=tuple(Link(f"headline {n}") for n in range(1200))),
    ]
    segment = build(tmp_path, articles).segment
    assert read_back(segment) == inverted(articles)


def test_a_segment_without_words(tmp_path: Path) -> None:
    """Articles without any word make a segment: it has no words, and finds none."""
    segment = build(tmp_path, [article("a", source=""), article("b", source="")]).segment
    assert segment.terms.count == 0
    assert list(segment.terms.words()) == segment.vocabulary == []
    assert segment.terms.number(b"a") is None
    assert segment.terms.find(b"\xff") == 0
    assert segment.article(1) == article("b", source="")


def test_one_article(tmp_path: Path) -> None:
    """One article makes a segment."""
    whole = article("a", "One two one.", title="Ünë")
    segment = build(tmp_path, [whole]).segment
    assert read_back(segment) == inverted([whole])
    assert segment.article(0) == whole
    assert list(segment.find_id(b"a")) == [0]
    assert list(segment.find_id(b"b")) == []


# --- stems


def test_words_by_stem(tmp_path: Path) -> None:
    """The words of a stem are found with the order kept in the file, and by grouping without it, alike."""
    from searchkit.engines.whoosh.expansion import expand
    from searchkit.query import Term

    text = "strike strikes striking struck report reported zebra zebras été été's мосул"
    with_order = build(tmp_path, [article("a", text)], "s", languages=("en", "fr")).segment
    without = build(tmp_path, [article("a", text)], "t", languages=()).segment
    assert with_order.has_stems("fr")
    assert not without.has_stems("en")
    for word in ("strike", "reports", "zebra", "a", "été", "мосул", "zzz"):
        for language in ("en", "en-US", "fr"):
            assert expand(with_order, Term(word), language) == expand(without, Term(word), language)


# --- stored articles

_odd_texts = st.text(st.characters() | st.characters(categories=["Cs"]), max_size=8)
_days = st.dates()
# Whole seconds: Python reads an offset of less than one back as none.
_zones = st.none() | st.integers(-82_800, 82_800).map(lambda seconds: timezone(timedelta(seconds=seconds)))
_moments = st.datetimes(timezones=_zones)
_links = st.builds(Link, _odd_texts, st.none() | _odd_texts, st.none() | _days, st.none() | _odd_texts)
odd_articles = st.builds(
    Article,
    id=_odd_texts,
    source=_odd_texts,
    title=_odd_texts,
    body=_odd_texts,
    sha256=_odd_texts,
    record=st.none() | _odd_texts,
    dek=st.none() | _odd_texts,
    authors=st.lists(_odd_texts, max_size=2).map(tuple),
    publisher=st.none() | _odd_texts,
    published=st.none() | _days | _moments,
    date_source=st.none() | _odd_texts,
    language=st.none() | _odd_texts,
    url=st.none() | _odd_texts,
    links=st.lists(_links, max_size=3).map(tuple),
    note=st.none() | _odd_texts,
)


@settings(max_examples=300)
@given(odd_articles)
def test_articles_come_back(whole: Article) -> None:
    """Any article comes back from its record as it was: lone surrogates, control characters, zones, empty values."""
    again = decode_article(encode_article(whole), whole.id, whole.sha256)
    assert again == whole
    if isinstance(whole.published, datetime):
        assert isinstance(again.published, datetime)
        assert again.published.utcoffset() == whole.published.utcoffset()


def test_a_moment_among_the_links_comes_back() -> None:
    """A link's date may be a datetime, which is a date too."""
    whole = article("a", links=(Link("x", None, datetime(2020, 1, 2, 3, 4, tzinfo=UTC)),))
    assert decode_article(encode_article(whole), "a", whole.sha256) == whole


@settings(max_examples=60)
@given(st.lists(odd_articles, min_size=1, max_size=6))
def test_segments_of_odd_articles(articles: list[Article]) -> None:
    """Columns and stored articles of any articles come back, and the order of ids is theirs."""
    with tempfile.TemporaryDirectory() as folder:
        segment = build(Path(folder), articles).segment
        assert [segment.article(number) for number in range(len(articles))] == articles
        assert [moment_us(each.published) for each in articles] == [
            None if moment == NO_MOMENT else moment for moment in segment.numbers("moment", "q")
        ]
        assert [segment.titles[n].decode() for n in range(len(articles))] == [title_key(each) for each in articles]
        assert segment.numbers("links", "I").tolist() == [len(each.links) for each in articles]
        for column, values in (
            ("file", [each.file for each in articles]),
            ("language", [(each.language or "").lower() for each in articles]),
            ("publisher", [each.publisher or "" for each in articles]),
        ):
            assert [segment.table(column)[n] for n in segment.numbers(column, "I")] == values
        keys = [each.id.encode("utf-8", "surrogatepass") for each in articles]
        assert segment.numbers("id_order", "I").tolist() == sorted(range(len(keys)), key=keys.__getitem__)
        for key in keys:
            assert list(segment.find_id(key)) == [n for n, other in enumerate(keys) if other == key]


def test_records_across_blocks(tmp_path: Path) -> None:
    """Records of any size, empty, small and larger than a block, are read back in any order, alone too."""
    sizes = [0, 1, 20_000, 0, 16_383, 1, 16_384, 0, 0, 50_000, 3, 100, 0]
    records = [bytes([n]) * size for n, size in enumerate(sizes)]
    store = StoreWriter(tmp_path, "s")
    for record in records:
        store.add(record)
    store.finish()
    segment = Segment(tmp_path, "s", len(records))
    assert [segment.record(n) for n in range(len(records))] == records
    assert [segment.record(n) for n in reversed(range(len(records)))] == records[::-1]


def test_a_damaged_block_of_records_is_told(tmp_path: Path) -> None:
    """Stored data that do not decompress, or to too little, are damage."""
    for data in (b"\xff" * 8, b"\x01\x01\x00\xfe\xffx"):
        writer = ContainerWriter(tmp_path / "s.stored")
        writer.add("data", data)
        writer.add("lengths", np.array([5], np.uint32))
        writer.add("block_articles", np.array([0, 1], np.uint32))
        writer.add("block_offsets", np.array([0, len(data)], np.uint64))
        writer.finish()
        with pytest.raises(Damaged, match="stored articles"):
            Segment(tmp_path, "s", 1).record(0)
        (tmp_path / "s.stored").unlink()


# --- columns


def columns_of(folder: Path, ids: Sequence[str]) -> Segment:
    writer = ArticlesWriter(folder, "s")
    for id_ in ids:
        writer.add(replace(article("x"), id=id_, sha256=id_), b"", NO_MOMENT)
    writer.add_fields([b""] * len(ids), np.zeros((len(ids), len(WORD_FIELDS)), np.int32))
    writer.finish(())
    return Segment(folder, "s", len(ids))


@pytest.mark.parametrize(
    ("ids", "packed"),
    [
        ([article_id(str(n)) for n in range(50)], True),
        (["00", "ff", "0a"], True),
        (["0", "f"], False),
        (["AB", "CD"], False),
        (["ab", "abcd"], False),
        (["ab", "zz"], False),
        (["", ""], False),
        (["é1", "\udc80"], False),
        (["ab"], True),
    ],
)
def test_strings_hexadecimal_or_not(tmp_path: Path, ids: list[str], packed: bool) -> None:
    """Ids of lower-case hexadecimal digits of one even length take half the room; any other strings come back too."""
    segment = columns_of(tmp_path, ids)
    assert segment.ids.is_hex is packed
    keys = [id_.encode("utf-8", "surrogatepass") for id_ in ids]
    assert [segment.ids[n] for n in range(len(ids))] == keys
    assert [list(segment.find_id(key)) for key in keys] == [
        [n] if keys.count(keys[n]) == 1 else [0, 1] for n in range(len(ids))
    ]
    for prefix in ("", "a", "f", "0", "00", "ff0", "z", "é"):
        expected = sorted(
            (id_.encode("utf-8", "surrogatepass"), n) for n, id_ in enumerate(ids) if id_.lower().startswith(prefix)
        )
        assert list(segment.articles_of_id_prefix(prefix)) == [n for _, n in expected]


def test_ids_of_any_case(tmp_path: Path) -> None:
    """A beginning of an id, in lower case, finds ids written in upper case, of any script; one that has no UTF-8 form
    finds those that begin with it."""
    segment = columns_of(tmp_path, ["Ab1", "ab2", "AC", "É1", "Я", "\udc80x", "İ"])
    assert sorted(segment.articles_of_id_prefix("ab")) == [0, 1]
    assert sorted(segment.articles_of_id_prefix("é")) == [3]
    assert sorted(segment.articles_of_id_prefix("я")) == [4]
    assert sorted(segment.articles_of_id_prefix("\udc80")) == [5]
    assert sorted(segment.articles_of_id_prefix("İ".lower())) == [6]


def test_lengths_wider_than_two_bytes(tmp_path: Path) -> None:
    """Lengths are kept in two bytes where all fit, else in four; one article more or less does not confuse them."""
    for name, longest in (("s", 65_535), ("t", 65_536)):
        segment = build(tmp_path, [article("a", "w " * longest), article("b", "w")], name).segment
        assert segment.lengths("body").tolist() == [longest, 1]
        assert segment.lengths("body").itemsize == (2 if longest == 65_535 else 4)


def test_strings_know_their_count(tmp_path: Path) -> None:
    """A column of strings has as many as there are articles."""
    segment = columns_of(tmp_path, ["ab", "cd", "ef"])
    strings: Any = Strings(segment.container("columns"), "id", 3)
    assert len(strings) == 3


def test_dates_and_moments(tmp_path: Path) -> None:
    """A day is its midnight; a moment with a zone its place in UTC; the first and last days of the calendar fit."""
    published = (
        date(2017, 3, 17),
        datetime(2017, 3, 17, 1, tzinfo=timezone(timedelta(hours=2))),
        date.min,
        date.max,
        None,
    )
    segment = build(tmp_path, [article(str(n), published=each) for n, each in enumerate(published)]).segment
    moments = segment.numbers("moment", "q").tolist()
    assert moments[1] == moments[0] - 3_600_000_000
    assert moments[4] == NO_MOMENT
    assert moments[2] == 86_400_000_000


def test_nothing_of_a_refused_article_is_kept(tmp_path: Path) -> None:
    """An article that cannot be built into a segment raises before anything of it is kept."""
    from searchkit.engines.whoosh.builder import SegmentBuilder
    from searchkit.engines.whoosh.snapshot import View

    builder = SegmentBuilder(tmp_path, "s", (), 32)
    builder.add(article("a", "one"))
    for bad in (
        article("b", None),
        article("c", published="2017"),
        article("d", authors=(None,)),
        article("e", links=(1,)),
    ):  # type: ignore[arg-type]
        with pytest.raises((TypeError, AttributeError)):
            builder.add(bad)
    builder.add(article("f", "two"))
    segment = View(tmp_path, builder.finish()).segment
    assert [segment.article(n).id for n in range(2)] == ["a", "f"]
    assert read_back(segment) == inverted([article("a", "one"), article("f", "two")])


def test_stored_blocks_are_of_some_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A block holds articles until they make up its size; the next article begins another."""
    articles = [article(f"{n}", "x" * 60) for n in range(10)]
    monkeypatch.setattr(articleswriter, "STORED_BLOCK_BYTES", 3 * len(encode_article(articles[0])))
    segment = build(tmp_path, articles).segment
    assert segment.container("stored").numbers("block_articles", "I").tolist() == [0, 3, 6, 9, 10]
    assert [segment.article(n) for n in range(10)] == articles
