"""Documents: articles come back whole, words are sent as every engine has them, keys are what the cluster takes."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.analysis import tokenize
from searchkit.article import Article
from searchkit.engine import SourceState
from searchkit.engines.opensearch import senttext
from searchkit.engines.opensearch.documents import (
    article_of,
    document_id,
    key,
    source_state,
    state_source,
    to_document,
)
from searchkit.engines.opensearch.layout import JOINT
from searchkit.engines.opensearch.senttext import SentTexts, count_words
from searchkit.fieldtext import PART_GAP, WORD_FIELDS, field_tokens
from searchkit.query import TEXT_FIELDS
from tests import strategies

any_text = st.text(st.characters(), max_size=60)


def taken_apart(values: list[str]) -> list[tuple[str, int]]:
    """Words and positions as the analyzer of the mapping makes them of a field's values."""
    found, position = [], -1
    for number, value in enumerate(values):
        if number:
            position += PART_GAP
        for token in value.split(" "):
            position += 1
            found += [(word, position) for word in token.split(JOINT)]
    return found


@given(strategies.articles, any_text)
def test_words_and_positions_are_those_of_every_engine(article: Article, text: str) -> None:
    """What the cluster takes apart are the words of `field_tokens`, each at its position, in every field."""
    for each in (article, Article("x", text, f"{text} {text}", text, "", authors=(text, "", text))):
        texts = SentTexts()
        document = to_document(each, texts, 1)
        for name in WORD_FIELDS:
            tokens = field_tokens(each, name)
            assert taken_apart(document.get(name, [])) == [(token.word, token.position) for token in tokens], name
        assert texts.take_words() == {token.word for name in WORD_FIELDS for token in field_tokens(each, name)}
        assert document["words"] == sum(len(field_tokens(each, name)) for name in TEXT_FIELDS)


def test_remembered_stretches_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many different stretches come, few are remembered, and each is analysed rightly; one that is used all the
    time is analysed once."""
    monkeypatch.setattr(senttext, "_REMEMBERED", 10)
    analysed: list[str] = []
    monkeypatch.setattr(senttext, "tokenize", lambda text: analysed.append(text) or tokenize(text))
    stretches = senttext._Stretches()
    for number in range(100):
        assert stretches[f"U.S.-{number}"] == f"us {number}"
        assert stretches["it's"] == "it"
        assert len(stretches) <= 10
    assert len(analysed) == 101


plain_words = st.text(st.sampled_from("aAbUSzZ"), min_size=1, max_size=4) | st.just("Ab" * 200)
marks = st.text(st.sampled_from(".,;:!?\"()'-"), max_size=3)


@given(st.builds("{}{}{}{}".format, marks, plain_words, marks, plain_words | st.just("")))
def test_short_cuts_lead_to_the_same_words(stretch: str) -> None:
    """A word with nothing but marks around it is what the common analysis makes of it."""
    assert SentTexts().sent(stretch) == " ".join(token.word for token in tokenize(stretch))


def test_joined_words_are_told_apart() -> None:
    """The last character of a run without spaces stands where its last pair stands."""
    texts = SentTexts()
    assert texts.sent("say 中国人 now") == f"say 中国 国人{JOINT}人 now"
    assert count_words(texts.sent("say 中国人 now")) == 5
    assert texts.take_words() == {"say", "中国", "国人", "人", "now"}
    assert texts.sent(" … ") == ""
    assert count_words("") == 0


def test_words_are_met_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word of a remembered stretch is not told again; however few are remembered, none is left out."""
    texts = SentTexts()
    texts.sent("one two")
    assert texts.take_words() == {"one", "two"}
    texts.sent("two (Three)")
    assert texts.take_words() == {"three"}
    monkeypatch.setattr(senttext, "_REMEMBERED", 1)
    texts.sent("one two three four")
    assert texts.take_words() >= {"four"}


@given(strategies.articles, any_text, st.booleans())
def test_articles_come_back_whole(article: Article, text: str, dies: bool) -> None:
    """Through JSON in UTF-8 every value comes back, lone surrogates and the mark for them included."""
    odd = Article(f"{text}\ud800", text, f"\ufdd0{text}\udc80", text, "", authors=(text,), note=text or None)
    for each in (article, odd):
        document = to_document(each, SentTexts(), 3, 4 if dies else None)
        sent = json.loads(json.dumps(document, ensure_ascii=False).encode("utf-8"))
        assert article_of(sent) == each
        assert (sent["born"], sent.get("dies")) == (3, 4 if dies else None)


def test_what_is_searched_of_an_article() -> None:
    """Language tags by each beginning, days as dates, moments in order, the publisher whole."""
    document = to_document(
        Article("Ab", "f#1", "Éclair TWO", "", "", record="1", language="zh-Hant-TW", publisher="The X",
                published=datetime(2017, 3, 17, 23, 30)), SentTexts(), 1
    )  # fmt: skip
    assert sorted(document["lang"]) == ["zh", "zh-hant", "zh-hant-tw"]
    assert (document["id"], document["folded_id"], document["file"]) == ("Ab", "ab", "f")
    assert (document["title_key"], document["publisher_name"]) == ("eclair two", "The X")
    assert document["day"] == "2017-03-17"
    midnight = to_document(Article("x", "f", "", "", "", published=date(2017, 3, 17)), SentTexts(), 1)
    assert document["moment_us"] - midnight["moment_us"] == 23.5 * 3600 * 1_000_000
    bare = to_document(Article("x", "f", "", "", ""), SentTexts(), 1)
    assert {"lang", "day", "moment_us", "publisher_name", "dies", "title"}.isdisjoint(bare)


@given(st.text(st.characters(), max_size=2000), st.text(st.characters(), max_size=2000))
def test_keys_and_ids_have_a_length_that_is_taken(one: str, other: str) -> None:
    """However long a text, its key and id are short, in UTF-8, and of two texts as different as the texts."""
    for make, limit in ((key, 4000), (lambda text: document_id(text, 1 << 40), 512)):
        assert len(make(one).encode("utf-8")) <= limit
        assert (make(one) == make(other)) == (one == other)


def test_long_keys_differ_in_their_ends() -> None:
    """Two long texts that begin alike have different keys."""
    assert key("x" * 5000 + "a") != key("x" * 5000 + "b")
    assert document_id("x" * 5000 + "a", 1) != document_id("x" * 5000 + "b", 1)


def test_what_is_remembered_comes_back() -> None:
    """A state of a file, with problems named by names that are no UTF-8."""
    state = SourceState(12, 1_500_000_000_123_456_789, "ab", 2, (("caf\udce9#2", "not UTF-8"), ("b", "")))
    assert source_state(json.loads(json.dumps(state_source(state), ensure_ascii=False).encode("utf-8"))) == state


def test_what_cannot_be_an_article_is_refused() -> None:
    """A body that is no text fails at once, as with every engine."""
    with pytest.raises((TypeError, AttributeError)):
        to_document(Article("x", "f", "", None, ""), SentTexts(), 1)  # type: ignore[arg-type]
