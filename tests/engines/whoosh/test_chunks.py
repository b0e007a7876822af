"""Bulk analysis gives the words, positions and lengths of `fieldtext.field_tokens`, whatever the text."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchkit.analysis import tokenize
from searchkit.article import Article, Link
from searchkit.engines.whoosh import chunks
from searchkit.engines.whoosh.chunks import Batch, Words, join_texts
from searchkit.fieldtext import PART_GAP, WORD_FIELDS, field_parts, field_tokens
from tests.engines.proofs import FULL

Fields = Sequence[Sequence[tuple[str, int]]]

_surrogates = st.characters(categories=["Cs"])
_marks = st.sampled_from(("\u0301", "\u0345", "\u200d", "\u00ad", "\ufe0f", "\u093f", "\u3099", "\u20dd"))
_apostrophes = st.sampled_from("'’‘ʼ＇")
_parting = st.sampled_from(
    ' .,-–—_"“”«»/@#$%&*()[]{}<>|\\^~`+=:;!?\t\n\r\v\f\x00\x01\x02\x1c\x85\xa0\u2028\u3000\u200b'
)
_letters = st.sampled_from("aAbzZsStlLdDiIİıéÉßſœøЖйĲŁ0192½²٣Ⅷªﬁ")
_unspaced = st.sampled_from("中国人東ンタワーがกรุงเำ한국어ㄱ각ｶﾞ𠀀ກ")
_arabic = st.sampled_from("موصلىكةـ")
_characters = st.one_of(
    _letters, _letters, _parting, _apostrophes, _marks, _unspaced, _arabic, st.just("."), st.characters(), _surrogates
)
_stretches = st.text(_characters, max_size=12)
_news = st.sampled_from(
    (
        "U.S.", "U.N.-led", "the U.S.'s", "U.K’s", "a.m.", "J.R.R. Tolkien's", "don't", "rock 'n' roll", "'90s",
        "l'homme", "dell'arte", "O’Brien’s", "boys'", "it's.", "x.y.z", "e.g.,", "3.5%", "$1,000.50", "COVID-19",
        "“Hello,” he said—no", "www.example.org/a_b?c=d", "MOSUL", "Ürümqi", "naïve café", "中国人民", "中",
        "東京タワー U.S.", "กรุงเทพ", "한국의 소리", "موصل", "\u0301U.S.", "U\u0301.S\u0308.", "a\u200d.b", "..a.b..",
        "'a'.b'", "a.'b", "a.b's.c", "s's's", "’s", "l’’a", "qu'", "İ.I",
    )
)  # fmt: skip
_long = st.builds(
    lambda text, times, tail: text * times + tail,
    st.sampled_from(("a", "A1", "é", "中", "中国", "a.", "a'", "’", "\u0301", "a\u0301", "x-", "ﬀ")),
    st.sampled_from((60, 64, 65, 128, 255, 256, 257, 1000)),
    _stretches,
)
texts = st.one_of(
    st.lists(_news | _news | _stretches, max_size=10).map(" ".join),
    st.lists(_news | _stretches, max_size=6).map("".join),
    st.text(st.characters() | _surrogates, max_size=40),
    st.text(_characters, max_size=40),
    st.lists(_long | _news, min_size=1, max_size=3).map(" ".join),
)
_several = st.lists(texts | st.just(""), max_size=4).map(tuple)
articles = st.builds(
    lambda title, dek, body, headlines, authors, publisher, source: Article(
        "a", source, title, body, "", dek=dek, links=tuple(map(Link, headlines)), authors=authors, publisher=publisher
    ),
    texts,
    st.none() | texts,
    texts,
    _several,
    _several,
    st.none() | texts,
    st.just("") | texts,
)


def analysed(batch: Batch, words: Words) -> list[tuple[str, int, int, int]]:
    """Word, position, article and field of each word of a batch, in order."""
    tokens = batch.tokens()
    slots = [(article, field) for article, row in enumerate(tokens.lengths.tolist()) for field in range(len(row))]
    places = [slot for slot, length in zip(slots, tokens.lengths.ravel().tolist(), strict=True) for _ in range(length)]
    assert len(tokens.numbers) == len(tokens.positions) == len(places)
    texts_ = [words.texts[number].decode() for number in tokens.numbers.tolist()]
    return [(w, p, *place) for w, p, place in zip(texts_, tokens.positions.tolist(), places, strict=True)]


def expected(articles: Sequence[Article]) -> list[tuple[str, int, int, int]]:
    """The same by `field_tokens`."""
    return [
        (token.word, token.position, number, field)
        for number, article in enumerate(articles)
        for field, name in enumerate(WORD_FIELDS)
        for token in field_tokens(article, name)
    ]


def add(batch: Batch, article: Article) -> None:
    batch.add(join_texts([field_parts(article, name) for name in WORD_FIELDS]))


def of_text(text: str) -> list[tuple[str, int]]:
    words = Words()
    batch = Batch(words, 1, PART_GAP)
    batch.add(join_texts([(text,)]))
    return [(word, position) for word, position, _, _ in analysed(batch, words)]


@settings(max_examples=1500)
@given(texts)
@example("\ud800'a.b")
@example("a\x01b \x02 c\x02\x01")
@example("x" * 70_000 + " y")
@example("中" * 70_000)
@example("“U.S.”—a’s\u00a0b")
def test_any_text(text: str) -> None:
    """One text of any characters has the words and positions that `tokenize` gives."""
    assert of_text(text) == [(token.word, token.position) for token in tokenize(text)]


@settings(max_examples=400)
@given(st.lists(articles, max_size=5), st.sampled_from((1, 100, 300_000)), st.booleans())
def test_batches_of_articles(several: list[Article], group_bytes: int, forgetful: bool) -> None:
    """Whole articles, in one batch or after another, in groups of any size, with chunks forgotten between: each field
    has its words, positions and length."""
    words = Words()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "_GROUP_BYTES", group_bytes)
        batch = Batch(words, len(WORD_FIELDS), PART_GAP)
        for _ in range(2):
            for article in several:
                add(batch, article)
            assert batch.articles == len(several)
            assert analysed(batch, words) == expected(several)
            assert (batch.articles, batch.size) == (0, 0)
            if forgetful:
                words.forget_chunks()
    assert len(set(words.texts)) == len(words.texts)


@settings(max_examples=300)
@given(_several)
def test_parts(parts: tuple[str, ...]) -> None:
    """Between the parts of a field lie the free positions, whether parts are empty, first, last or all there is."""
    article = Article("a", "", "", "", "", links=tuple(map(Link, parts)), authors=parts)
    words = Words()
    batch = Batch(words, len(WORD_FIELDS), PART_GAP)
    add(batch, article)
    assert analysed(batch, words) == expected([article])


def test_every_character() -> None:
    """Each character of Unicode, alone, in a word, behind a full stop and beside an apostrophe, is analysed alike."""
    words = Words()
    # In the gate all blocks up to the Chinese characters, which are alike, and some of the others.
    blocks = range(0, 0x110000, 0x400)
    for start in blocks if FULL else [block for block in blocks if block < 0x3400 or block % 0x8000 == 0]:
        for pattern in ("{0}", "a{0}b", "a.{0}.b", "a'{0} {0}'s"):
            text = "\n\n".join(pattern.format(chr(code)) for code in range(start, start + 0x400))
            batch = Batch(words, 1, PART_GAP)
            batch.add(join_texts([(text,)]))
            found = [(word, position) for word, position, _, _ in analysed(batch, words)]
            assert found == [(token.word, token.position) for token in tokenize(text)], hex(start)
        words.forget_chunks()


def test_empty_batches() -> None:
    """No articles, and articles without a word, are batches too."""
    words = Words()
    batch = Batch(words, 3, PART_GAP)
    assert batch.tokens().lengths.shape == (0, 3)
    batch.add(join_texts([(), ("",), ("", "")]))
    batch.add(join_texts([("a",), (), ("", "b", "")]))
    tokens = batch.tokens()
    assert tokens.lengths.tolist() == [[0, 0, 0], [1, 0, 1]]
    assert tokens.positions.tolist() == [0, 0]


def test_memory_for_chunks_can_be_bounded() -> None:
    """What is learnt of chunks is counted, also of long ones which are not kept whole; forgetting frees it."""
    words = Words()
    batch = Batch(words, 1, PART_GAP)
    batch.add(join_texts([(" ".join("中" * 100 + chr(0x4E00 + n) for n in range(200)),)]))
    batch.tokens()
    assert words.chunks >= 200 * 100
    words.forget_chunks()
    assert words.chunks == 0
    assert len(words.counts) == 2


def test_very_many_new_words_at_once() -> None:
    """One text with more new words than the table of chunks has room for, and far more, is analysed like any other."""
    for count in (100_000, 600_000):
        assert of_text(" ".join(map(str, range(count)))) == [(str(n), n) for n in range(count)]


def test_chunks_of_every_length() -> None:
    """Chunks around the lengths that the table takes (16 bytes) and keeps (64), which differ in their last byte only or
    begin alike, are told apart, in one text and in the next."""
    chunks_ = ["a" * n + end for n in range(70) for end in "bcdé"] + ["x" * n for n in range(1, 70)]
    words = Words()
    batch = Batch(words, 1, PART_GAP)
    for _ in range(3):
        text = " ".join(chunks_)
        batch.add(join_texts([(text,)]))
        found = [(word, position) for word, position, _, _ in analysed(batch, words)]
        assert found == [(token.word, token.position) for token in tokenize(text)]
        chunks_.reverse()
