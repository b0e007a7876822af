"""The analysis that indexes, queries and highlights share."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searchkit import analysis
from searchkit.analysis import (
    MAX_WORD_LENGTH,
    STEMMERS,
    Token,
    fold,
    is_lone_character,
    stemmer,
    tokenize,
    tokenize_query,
    words,
)

MEGABYTE = 1_000_000

# Text in which something happens: letters of many scripts, marks, joiners, apostrophes, separators.
ALPHABET = (
    "aBsSéÉßøıİñɓə1２٣५'’ʼ.-_ \n\u00ad\u200d\u200c\u200b\ufeff\u0301\u0308\u064b"
    "日本語のガｶﾞ한글กำไทยမြ١हिन्दीज़ឋ្មኣሠیالعשבאЙйёЁΣς½㈠ﬁ"
)
TEXTS = st.one_of(st.text(alphabet=ALPHABET, max_size=40), st.text(max_size=40))
ASCII_TEXTS = st.text(alphabet="aBsS1'._- \n", max_size=40) | st.text(st.characters(max_codepoint=127), max_size=40)
EUROPEAN_TEXTS = st.text(alphabet="aBsS1'’ʼ._- \nÉßøıİñɓßſ²½ªÅИЙйς῾ẞ—…€№ⅷ①Ⓐ→🎉", max_size=40) | st.text(
    st.characters(max_codepoint=0x21FF), max_size=40
)


# --- what a word is ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mosul airstrike", "mosul airstrike"),
        ("don't O'Brien o’clock", "dont obrien oclock"),
        ("Mosul's the city’s the boys'", "mosul the city the boys"),
        ("the UN's envoy, all's well", "the un envoy all well"),
        ("l'homme d’Artagnan qu'il un'altra", "l homme d artagnan qu il un altra"),
        ("l'homme's", "l homme"),
        ("U.S. U.S U.N.-led U.S.'s U.K.’s a.m.", "us us un led us uk am"),
        ("Ph.D. e.g.something example.com", "ph d eg something example com"),
        ("air-strike co-operate snake_case", "air strike co operate snake case"),
        ("3.5 1,000 10:30 2017-03-17", "3 5 1 000 10 30 2017 03 17"),
        ("5½ m²", "5½ m2"),
        ("'quoted' ''double'' rock'n'roll", "quoted double rocknroll"),
        ("", ""),
        (" … — !?\x00\x1b", ""),
    ],
)
def test_words_of_latin_text(text: str, expected: str) -> None:
    """Apostrophes join or elide, possessives go, dotted letters are one word, other punctuation parts words."""
    assert words(text) == expected.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Äthiopien naïve Straße Ægir Łódź İstanbul", "athiopien naive strasse aegir lodz istanbul"),
        ("ﬁne Ｗｉｄｅ ２０１７", "fine wide 2017"),
        ("Ελλάς ΕΛΛΑΣ ᾳ", "ελλασ ελλασ α"),
        ("Ёлка ёлка Йод йод", "елка елка йод йод"),
        ("co\u00adoperate zero\u200dwidth", "cooperate zerowidth"),
        ("Sanaʿa Hawaiʻi Qurʾan", "sanaa hawaii quran"),
        ("e\u0301te\u0301 été", "ete ete"),
        ("E\u0301.U. É.U.", "eu eu"),
        ("ƙasa ƊAN ɓangare ƴan", "kasa dan bangare yan"),  # Hausa
        ("Ọ̀ṣun Ẹ̀kọ́ sɔ́lɔ", "osun eko solo"),  # tones and dots of Yoruba, open vowels of Lingala
        ("DİYARBAKIR Diyarbakır diyarbakir", "diyarbakir diyarbakir diyarbakir"),
        ("Bakı şəhəri", "baki seheri"),
        ("Auf\u200clage", "auflage"),
    ],
)
def test_words_are_folded(text: str, expected: str) -> None:
    """Case, accents, width, ligatures and invisible characters do not tell words apart; Cyrillic й stays a letter."""
    assert words(text) == expected.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("الموصل المُوصِل", "الموصل الموصل"),  # vowel signs
        ("مدرسة مدرسه", "مدرسه مدرسه"),
        ("أحمد إحمد احمد ٢٠١٧", "احمد احمد احمد 2017"),
        ("مـوصل", "موصل"),  # tatweel
        ("کتاب كتاب", "كتاب كتاب"),  # Persian and Arabic kaf
        ("ﻛﺘﺎﺏ ﷲ", "كتاب الله"),  # presentation forms
        ("می\u200cخواهد می خواهد", "مي خواهد مي خواهد"),  # what the non-joiner parts is written with a space too
        ("שָׁלוֹם שלום", "שלום שלום"),
        ("טײַך װאָס", "טייך וואס"),
        ("ज़मीन जमीन पाँच पांच", "जमीन जमीन पांच पांच"),
        ("উদ্\u200cবেগ উদ্বেগ ক্\u200dষ", "উদ্বেগ উদ্বেগ ক্ষ"),
        ("ශ්\u200dරී ශ්රී", "ශ්රී ශ්රී"),
        ("ሠላም ሰላም፣ዓለም፡አለም ኃይል ሐይል ሃይል ፀሐይ ጸሀይ", "ሰላም ሰላም አለም አለም ሀይል ሀይል ሀይል ጸሀይ ጸሀይ"),
        ("ኣብ ዓዲ", "አብ አዲ"),  # Tigrinya
        ("हिन्दी समाचार", "हिन्दी समाचार"),
        ("𞤀𞤁𞥁", "𞤢𞤣𞥁"),  # Adlam: marks outside of the Basic Multilingual Plane belong to their words
    ],
)
def test_words_of_other_spaced_scripts(text: str, expected: str) -> None:
    """Words of other scripts are whole, without optional signs, and with one of the letters that stand for one sound."""
    assert words(text) == expected.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("日本語", "日本 本語 語"),
        ("语", "语"),
        ("摩苏尔 空袭", "摩苏 苏尔 尔 空袭 袭"),
        ("ガイド", "ガイ イド ド"),
        ("ｶﾞｲﾄﾞ", "ガイ イド ド"),
        ("カ\u3099イド", "ガイ イド ド"),
        ("葛\U000e0100城", "葛城 城"),  # a variation selector of Japanese names
        ("㈠年", "一年 年"),
        ("서울에서", "서울 울에 에서 서"),
        (unicodedata.normalize("NFD", "서울에서"), "서울 울에 에서 서"),
        ("ประเทศ", "ปร ระ ะเ เท ทศ ศ"),
        ("\u0e01\u0e33", "\u0e01\u0e4d\u0e32 \u0e32"),
        ("\u0e01\u0e4d\u0e32", "\u0e01\u0e4d\u0e32 \u0e32"),
        ("မြန် ၁၉၄၇", "မြန် န် 1947"),
        ("第20軍ab", "第 20 軍 ab"),
        ("ພາສາລາວ", "ພາ າສ ສາ າລ ລາ າວ ວ"),
        ("ភាសា\u200bខ្មែរ ភាសាខ្មែរ", "ភាសា សាខ្ ខ្មែ មែរ រ ភាសា សាខ្ ខ្មែ មែរ រ"),  # a hint where a line may break
        ("ภาษา\u200bไทย", "ภา าษ ษา าไ ไท ทย ย"),
    ],
)
def test_words_of_unspaced_scripts(text: str, expected: str) -> None:
    """Runs without spaces become overlapping pairs of characters and the last character alone; digits stay words."""

    assert words(text) == expected.split()


def test_last_character_stands_at_the_position_of_the_last_pair() -> None:
    """The lone last character shares the last pair's position, and the next word follows it."""
    assert list(tokenize("日本語 x")) == [
        Token("日本", 0, 0, 2),
        Token("本語", 1, 1, 3),
        Token("語", 1, 2, 3),
        Token("x", 2, 4, 5),
    ]


def test_query_words_leave_the_lone_last_character_out() -> None:
    """A query for a run looks for its pairs only; a run of one character is that character."""
    assert [token.word for token in tokenize_query("日本語 語 x")] == ["日本", "本語", "語", "x"]


def test_tokens_tell_where_they_stand() -> None:
    """Offsets cover the word as written, the possessive and the stops of an acronym included."""
    text = "The U.S. l'homme Mosul’s"
    assert [(t.word, text[t.start : t.end]) for t in tokenize(text)] == [
        ("the", "The"),
        ("us", "U.S"),
        ("l", "l"),
        ("homme", "homme"),
        ("mosul", "Mosul’s"),
    ]


def test_lone_characters_are_those_of_unspaced_scripts() -> None:
    """One character of a script without spaces, with its marks, is lone; pairs, letters and digits are not."""
    assert [is_lone_character(word) for word in ("日", "が", "한", "日本", "a", "1", "ا", "")] == [True] * 3 + [
        False
    ] * 5


def test_no_character_is_split_by_normal_forms() -> None:
    """Composed and decomposed text give the same words."""
    text = "Ünïté Ё Й 서울에서 ガイド हिन्दी ạ̈ É.U.'s"
    assert words(unicodedata.normalize("NFD", text)) == words(unicodedata.normalize("NFC", text))


# --- what always holds -------------------------------------------------------------------------------------------


@given(TEXTS)
@example("\u0345\u3c49")
@example("ﷺ")
def test_folding_twice_changes_nothing(text: str) -> None:
    """What is folded stays as it is."""
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("plane", range(0x110000 // 0x1000))
def test_each_character_folds_to_what_folds_to_itself(plane: int) -> None:
    """Folding is idempotent for every single character of Unicode, and its words are words again."""
    for code in range(plane * 0x1000, (plane + 1) * 0x1000):
        folded = fold(chr(code))
        assert fold(folded) == folded
        for token in tokenize(chr(code)):
            assert [again.word for again in tokenize_query(token.word)] == [token.word]


@given(TEXTS)
@example("㈠a ʼ\ua8bb")
@example("ʼ\ua8bbx")
@example("ຫ\u0edd")
@example("ヿ日")
@example("日\u1049")
@example("\uffa0日")
def test_a_word_is_one_word_again(text: str) -> None:
    """Typing a word of the index as a query looks for that word."""
    for token in tokenize(text):
        assert [again.word for again in tokenize_query(token.word)] == [token.word]


@given(TEXTS)
def test_offsets_and_positions_are_in_order(text: str) -> None:
    """Offsets lie inside the text and ascend; positions start at 0 and go up by one or stay."""
    tokens = list(tokenize(text))
    assert all(0 <= token.start < token.end <= len(text) for token in tokens)
    assert [token.start for token in tokens] == sorted(token.start for token in tokens)
    steps = [b.position - a.position for a, b in pairwise(tokens)]
    assert all(step in (0, 1) for step in steps)
    assert not tokens or tokens[0].position == 0


@given(TEXTS)
def test_words_are_folded_and_no_longer_than_the_limit(text: str) -> None:
    """Every word is folded, holds a letter or digit, and keeps to `MAX_WORD_LENGTH`."""
    for word in words(text):
        assert word == fold(word)
        assert any(map(str.isalnum, word))
        assert len(word) <= MAX_WORD_LENGTH


@given(TEXTS)
def test_query_words_are_the_words_without_lone_last_characters(text: str) -> None:
    """The two analyses differ in lone characters that share a position, and in nothing else."""
    kept = [token for i, token in enumerate(list(tokenize(text))) if i == 0 or not _shares_position(text, i)]
    assert kept == list(tokenize_query(text))


def _shares_position(text: str, i: int) -> bool:
    tokens = list(tokenize(text))
    return tokens[i].position == tokens[i - 1].position


@given(ASCII_TEXTS)
@example("_U.S._ a'1.b")
def test_ascii_takes_the_same_way(text: str) -> None:
    """The fast pattern for ASCII text gives the tokens that the pattern for all scripts gives."""
    fast = list(tokenize(text))
    with mock.patch.object(analysis, "_ASCII_TOKEN", analysis._unicode_token()):
        assert list(tokenize(text)) == fast


@given(EUROPEAN_TEXTS)
@example("_Å.Ü._ é'1.b l’été ʼnʼ ①Ⓐ.ⓑ. 🙏a И.О.’s")
def test_european_text_takes_the_same_way(text: str) -> None:
    """The pattern for European text gives the tokens that the pattern for all scripts gives."""
    fast = list(tokenize(text))
    with (
        mock.patch.object(analysis, "_ASCII_TOKEN", analysis._unicode_token()),
        mock.patch.object(analysis, "_european_token", analysis._unicode_token),
    ):
        assert list(tokenize(text)) == fast


def test_european_text_holds_nothing_that_asks_for_more() -> None:
    """No marks, nothing invisible, no script that writes without spaces."""
    special = (
        f"[{analysis._UNSPACED}{analysis._IGNORABLE}{analysis._BREAKS}{analysis._ARABIC}{analysis._mark_ranges()}]"
    )
    european = [chr(c) for c in range(0x20000) if re.fullmatch(analysis._EUROPEAN_TEXT, chr(c))]
    assert "é" in european
    assert [c for c in european if re.match(special, c)] == []


@pytest.mark.parametrize("text", ["l’été", "Москва — это", "Αθήνα", "5 €", "go → 🎉", "Łódź"])
def test_european_text_is_known(text: str) -> None:
    """What most text beyond ASCII is needs no pattern for all scripts, which takes long to compile."""
    with mock.patch.object(analysis, "_unicode_token", side_effect=AssertionError):
        assert words(text)


@given(ASCII_TEXTS)
def test_text_behind_does_not_change_words_before(text: str) -> None:
    """What other scripts stand further on in a text does not change its ASCII words."""
    assert [t for t in tokenize(text + " — ж") if t.end <= len(text)] == list(tokenize(text))


# --- hostile text ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "piece",
    [
        "a.",
        "a'",
        "'",
        "’a",
        "é.",
        "é’",
        "a\u0301",
        "\u0301",
        "日",
        "日\u0301",
        "กำ",
        "9",
        "\u1100",
        "_a.",
        "ʼ",
        "\u00ad",
        "ﷺ",
    ],
)
def test_a_megabyte_of_one_thing_is_analysed(piece: str) -> None:
    """Endless acronyms, apostrophes, marks and runs are read in one pass (a quadratic one would not end)."""
    text = piece * (MEGABYTE // len(piece))
    assert sum(1 for _ in tokenize(text)) <= len(text)


def test_long_runs_are_cut() -> None:
    """A run longer than the limit is one word of the limit's length, alike in text and query."""
    assert words("A" * 1000) == ["a" * MAX_WORD_LENGTH]
    assert words("é" * 1000) == ["e" * MAX_WORD_LENGTH]
    assert words("日" + "\u0e49" * 1000 + "本")[0] == fold("日" + "\u0e49" * 1000)


def test_surrogates_and_unassigned_characters_part_words() -> None:
    """Undecodable bytes and unassigned code points are no letters and do no harm."""
    assert words("a\udcffb\U000e0fffc") == ["a", "b", "c"]


# --- stems -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "airstrike", "airstrikes"),
        ("en-US", "condemned", "condemns"),
        ("EN", "city", "cities"),
        ("fr", "frappe", "frappes"),
        ("de", "hauser", "hausern"),
        ("ru", "удар", "удары"),
        ("ar", "كتاب", "الكتاب"),
    ],
)
def test_inflections_share_a_stem(language: str, one: str, other: str) -> None:
    """The stemmer of a language, named by any tag that begins with it, unites inflections."""
    stem = stemmer(language)
    assert stem(one) == stem(other)


def test_other_words_do_not_share_a_stem() -> None:
    """Words that merely look alike keep apart."""
    stem = stemmer("en")
    assert len({stem(word) for word in ("strike", "stride", "string")}) == 3


def test_without_a_language_words_are_their_own_stems() -> None:
    """No language, no inflections."""
    assert stemmer(None)("airstrikes") == "airstrikes"


@pytest.mark.parametrize("language", STEMMERS)
def test_every_listed_language_has_a_stemmer(language: str) -> None:
    """Each language of the table can be stemmed in."""
    assert isinstance(stemmer(language)("word"), str)


def test_an_unknown_language_is_an_error_that_lists_the_known() -> None:
    """A language without a stemmer raises ValueError which names those that have one."""
    with pytest.raises(ValueError, match=r"no stemmer for language 'xx'.*en,"):
        stemmer("xx")


def test_the_places_where_marks_are_looked_for_hold_all_marks() -> None:
    """Every combining mark of Unicode belongs to the character class of marks."""
    pattern = re.compile(f"[{analysis._mark_ranges()}]")
    for code in range(0x110000):
        assert (unicodedata.category(chr(code))[0] == "M") == bool(pattern.match(chr(code)))
