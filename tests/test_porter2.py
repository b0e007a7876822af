"""Porter's second stemmer: word for word what the Snowball project's own implementation gives."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from snowballstemmer.english_stemmer import EnglishStemmer

from searchkit.analysis import stemmer
from searchkit.porter2 import stem

SNOWBALL = EnglishStemmer()

_SUFFIXES = """
    s ss us ies ied sses ed eed ing edly eedly ingly ly y e l ll
    tional enci anci abli entli izer ization ational ation ator alism aliti alli fulness ousli ousness iveness iviti
    biliti bli ogi logi ogist fulli lessli li icate ative alize iciti ical ful ness al ance ence er ic able ible ant
    ement ment ent ism ate iti ous ive ize ion sion tion
    ations ators ently ality ability ably ology ologist ively fully lessly isms
"""
_STEMS = "a b y ay yy beau boy c cree do f gener happ hop inter nat past prob quay sk spy univers x"
SUFFIXES, STEMS = _SUFFIXES.split(), _STEMS.split()
BEGINNINGS = ("arsen", "commun", "emerg", "gener", "inter", "later", "organ", "past", "univers")

# The material of each kind of decision in the algorithm.
WORDS = {
    "whole words with a stem of their own": """
        skis skies sky skying idly gently ugly early only singly news newsy howe howes atlas atlases cosmos bias biases
        andes dying lying tying vying hying aying inning innings outing outings canning cannings herring herrings
        earring earrings evening evenings sevening proceed proceeds proceeded proceedly exceed exceedly exceeding
        succeed succeeds succeedly misproceed unsucceed howed uglyly earlyly buglying scanning shouting dinning
    """,
    "first and vowel-following y": """
        yes yell yellow yet year young youth yy yyy yyyy ay aye ayes ayy ayyy eye eyes eyed eying enjoy enjoyed enjoying
        enjoyment say says saying sayer day days key keys monkey monkeys boy boys boyish buy buying by bye my fly flies
        flying cry cries cried crying try tries tried dry dryly syzygy syzygies gypsy gypsies happy happily happiness
        yearly daily gay gayly gaily employ employer employment payable playful joyous yoyo yoyos yahoo bayyed toyyly
        by1y 1y 11y y1s y11 yly yyly ayly youly yed ying yying toying
    """,
    "plurals": """
        s ss sss as is us bus gas gases this kiwis gaps gaos cats ties tied dies died lies lied cries cried flies bees
        caresses ponies pony stress stresses focus focuses virus viruses thus 1990s 90s xs bs abs ads aps ms mps mp3s
        tvs ngos ies ied sses asses ssess aids aides series species oasis crisis analysis basis hss ess esses pluss
    """,
    "past tenses and participles": """
        agreed agreedly feed feeds feeding bleed need freed indeed seed seeds reed reeds speed ed eed ing bed red led
        bing king ring sing thing string plastered bled motoring sing conflated troubled sized hopping hoped hoping
        tanned falling hissing fizzed failing filing add added adding adds egg egged egging ebb ebbed ebbing off offed
        off odd odds oddly err erred erring inned abbed affing ugged putting getting bigger wrapped stopped stop luxuriated
        excitedly amazingly seemingly repeatedly supposedly allegedly guaranteed refereed disagreeing seeing being skiing
        taxiing fixed boxing snowed showing played paying wasted pasted pasting past pastes repasting use used using
        ice iced icing age aged aging eve owed owing axed eyed ached acing oozed inged eding ating iting bling bled
    """,
    "derivations": """
        rational rationally relational conditional valenci hesitanci digitizer conformabli radicalli differentli vileli
        analogousli vietnamization predication operator feudalism decisiveness hopefulness callousness formaliti
        sensitiviti sensibiliti sensibility possibly probably probability psychology psychologist psychological apology
        apologist apologies analogy pedagogy pedagogi geologist logi ologi ogist fearlessly carelessly wholly fully
        hopefully finally national nationally nationalism nationality nationalization station stations nation ration
        triplicate formative formalize electriciti electrical hopeful goodness native negative talkative comparative
        revival allowance inference airliner gyroscopic adjustable defensible irritant replacement adjustment dependent
        adoption homologou communism activate angulariti homologous effective bowdlerize vision session onion union
        million religion champion opinion region legion lion ion cement element elements moment comment government
        governments parliament basement statement easement implement tenement agreement agreements
    """,
    "last e and l": """
        probate rate cease controll roll rolls rolled controlling enroll fulfill fulfil parallel parallell ale ole use
        ape apes eke one ones era are ate owe axe dye bye lye paste pastes taste name time time1e bale beetle bottle able
        table cable stable there here were where these those little people google apple facebooke syllable mile while
    """,
    "regions": """
        general generals generally generate generated generation generic generous generically gener generes genered
        communism community communities communication communist commune communal arsenal arsenic arsenals arsenation
        universe universal university universities univers universally universality emergency emergence emerging emerged
        later lateral laterally lately internal international internationally interest interested interesting interior
        inter inters interate interment organ organs organic organize organization organizations organise past pastor
        pastoral pasta paste beautiful beauty beau animadversion sprinkled eucharist
    """,
    "digits and other scripts": """
        2016 2016s 1980ed b2b b2bs covid19 covid19s mp3 g20 4ing 4a4ed 4aing 100th 3ed москвы москваs наed étés ñandes
        δελταs 東京 東京s straße straßes aßed aßing øre øres ﬁes aльed 9ly a9ly ab9ly ab9ness q9ation
    """,
    "apostrophes": """
        ' '' ''' '''' ''s 's' 's s' s's s's' 'a 'as 'ab 'abs 'yes 'yed 'sky 'univers univers' univers's 'news news' news's
        dog's dogs' dog's' 'tis 'twas don't o'brien o'briens rock'n'roll generals' 'generally y' 'y 'y' 'ying sky's past's
    """,
}  # fmt: skip

SPELLINGS = st.text("aeioubcdglmnprstvyz", max_size=6)
ODD_SPELLINGS = st.text("aeiouy'sldgt1éжß", max_size=8)
SUFFIXED = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "", "", "'", "y", *BEGINNINGS]),
    SPELLINGS,
    st.lists(st.sampled_from([*SUFFIXES, "'", "'s", "y", "yed"]), max_size=4).map("".join),
)


def assert_as_snowball(words):
    differences = [
        (word, stem(word), SNOWBALL.stemWord(word)) for word in words if stem(word) != SNOWBALL.stemWord(word)
    ]
    assert differences == []


@settings(max_examples=1500, deadline=None)
@given(word=SUFFIXED)
def test_a_generated_word_has_snowballs_stem(word):
    """A word made of letters and suffixes has the stem that Snowball gives it."""
    assert stem(word) == SNOWBALL.stemWord(word)


@settings(max_examples=500, deadline=None)
@given(word=ODD_SPELLINGS)
def test_any_spelling_has_snowballs_stem(word):
    """Vowels, y, apostrophes, digits and foreign letters in any order give the stem that Snowball gives."""
    assert stem(word) == SNOWBALL.stemWord(word)


@pytest.mark.parametrize("kind", WORDS)
def test_chosen_words_have_snowballs_stems(kind):
    """The words on which each decision of the algorithm turns have Snowball's stems."""
    assert_as_snowball(WORDS[kind].split())


def test_every_pair_of_suffixes_has_snowballs_stem():
    """Two suffixes on any of several stems are taken off as Snowball takes them off."""
    assert_as_snowball(map("".join, product(STEMS, SUFFIXES, SUFFIXES)))


def test_triples_of_suffixes_have_snowballs_stems():
    """Three suffixes on a stem are taken off as Snowball takes them off; the stems take turns."""
    triples = list(product(SUFFIXES, repeat=3))[::19]
    assert_as_snowball(STEMS[turn % len(STEMS)] + "".join(triple) for turn, triple in enumerate(triples))


def test_every_short_word_has_snowballs_stem():
    """All words of up to four letters, drawn from the letters that matter most, have Snowball's stems."""
    assert_as_snowball("".join(letters) for length in range(5) for letters in product("aeydgls't", repeat=length))


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_region_beginnings_have_snowballs_stems(beginning):
    """A beginning which R1 follows is one only when whole and at the front of the word."""
    fronts = [beginning[:cut] for cut in range(2, len(beginning) + 1)] + [f"re{beginning}", f"'{beginning}"]
    assert_as_snowball(map("".join, product(fronts, ["", *SUFFIXES], ["", "s", "ly", "ed", "ing"])))


@pytest.mark.parametrize(
    ("word", "expected"),
    [("generalizations", "general"), ("happiness", "happi"), ("dying", "die"), ("news", "news"), ("enjoyed", "enjoy")],
)
def test_stems_by_name(word, expected):
    """Some stems, written down: inflections meet, words that only look inflected stay apart."""
    assert stem(word) == expected


@pytest.mark.parametrize("tag", ["en", "en-GB", "EN"])
def test_english_uses_this_stemmer(tag):
    """Every tag of English gives this stemmer."""
    assert stemmer(tag) is stem


def test_other_languages_keep_snowballs_stemmers():
    """German words are stemmed by Snowball's German algorithm."""
    assert stemmer("de")("häuser") == "haus"
