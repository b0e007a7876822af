"""Tests of languages: the language of a text, told by its script, its frequent words, or the model."""

from __future__ import annotations

import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest

from searchkit import languagemodel
from searchkit.article import Article
from searchkit.languages import SHORTEST, detect, with_language

TEXTS = {
    "en": "The ministers said on Tuesday that the bridge over the river would stay closed to traffic for two weeks.",
    "de": "Die Minister sagten am Dienstag, dass die Brücke über den Fluss mindestens zwei Wochen gesperrt bleiben werde.",
    "fr": "Les ministres ont annoncé mardi que le pont sur le fleuve resterait fermé pendant au moins deux semaines.",
    "es": "Los ministros dijeron el martes que el puente sobre el río permanecerá cerrado al tráfico durante dos semanas.",
    "pt": "Os ministros disseram na terça-feira que a ponte sobre o rio ficará fechada ao trânsito durante duas semanas.",
    "tr": "Bakanlar salı günü nehrin üzerindeki köprünün en az iki hafta boyunca trafiğe kapalı kalacağını söyledi.",
    "sw": "Mawaziri walisema Jumanne kwamba daraja la mto huo litafungwa kwa magari kwa muda wa wiki mbili zijazo.",
    "yo": "Àwọn mínísítà sọ ní ọjọ́ Ìṣẹ́gun pé wọn yóò ti afárá tó wà lórí odò náà pa fún ọ̀sẹ̀ méjì gbáko.",
    "ha": "Ministocin sun ce a ranar Talata cewa za a rufe gadar da ke kan kogin ga masu ababen hawa har makonni biyu.",
    "pcm": "Di ministers tok say dem go close di bridge wey dey on top di river for two weeks, pipo no fit pass.",
    "ru": "Министры заявили во вторник, что мост через реку будет закрыт для движения по меньшей мере на две недели.",
    "uk": "Міністри заявили у вівторок, що міст через річку буде закритий для руху щонайменше на два тижні.",
    "ar": "قال الوزراء يوم الثلاثاء إن الجسر فوق النهر سيظل مغلقا أمام حركة المرور لمدة أسبوعين على الأقل.",
    "fa": "وزیران روز سه‌شنبه گفتند که پل روی رودخانه دست‌کم دو هفته به روی رفت‌وآمد خودروها بسته خواهد بود.",
    "ur": "وزراء نے منگل کے روز کہا کہ دریا پر بنا پل کم از کم دو ہفتوں کے لیے ٹریفک کے لیے بند رہے گا۔",
    "hi": "मंत्रियों ने मंगलवार को कहा कि नदी पर बना पुल कम से कम दो सप्ताह तक यातायात के लिए बंद रहेगा।",
    "zh": "部长们星期二表示，河上的大桥将至少关闭两个星期，市民须绕道而行。",
    "ja": "大臣らは火曜日、川に架かる橋を少なくとも二週間通行止めにすると発表した。",
    "ko": "장관들은 화요일에 강을 가로지르는 다리를 적어도 두 주 동안 통제한다고 밝혔다.",
    "th": "รัฐมนตรีกล่าวเมื่อวันอังคารว่าสะพานข้ามแม่น้ำจะปิดการจราจรอย่างน้อยสองสัปดาห์เพื่อซ่อมแซม",
    "el": "Οι υπουργοί δήλωσαν την Τρίτη ότι η γέφυρα πάνω από τον ποταμό θα παραμείνει κλειστή για δύο εβδομάδες.",
    "he": "השרים אמרו ביום שלישי כי הגשר שמעל הנהר יישאר סגור לתנועה במשך שבועיים לפחות בשל עבודות.",
    "yi": "די מיניסטאָרן האָבן געזאָגט דינסטיק אַז די בריק איבער דעם טײַך װעט זײַן פֿאַרמאַכט צװײ װאָכן.",
    "am": "ሚኒስትሮቹ ማክሰኞ ዕለት በወንዙ ላይ ያለው ድልድይ ለሁለት ሳምንታት ያህል ለትራፊክ ዝግ እንደሚሆን አስታወቁ።",
    "ti": "ሚኒስተራት ኣብ ዝሓለፈ ሰሉስ ኣብ ልዕሊ ሩባ ዘሎ ድልድል ንኽልተ ሰሙን ካብ ምንቅስቓስ መካይን ዕጹው ከም ዝኸውን ኣፍሊጦም።",
    "bn": "মন্ত্রীরা মঙ্গলবার বলেছেন, নদীর ওপরের সেতুটি অন্তত দুই সপ্তাহ যান চলাচলের জন্য বন্ধ থাকবে।",
}


@pytest.mark.parametrize("language", TEXTS)
def test_the_language_of_a_sentence_is_told(language: str) -> None:
    """One sentence of news is enough, in the script of its language."""
    assert detect(TEXTS[language]) == language


def test_kirundi_is_not_taken_for_kinyarwanda() -> None:
    """The model knows one of the two neighbours; their spelling tells them apart."""
    kirundi = (
        "Abantu bose bavuka bishira bakizana kandi bangana mu iteka no mu ngingo zibubahiriza. Barahawe ubwenge canke "
        "umutima, bategerezwa kwubahana nk'abavukanyi. Ivyo bintu vyose biri mw'ibwirizwa rya mbere ry'ico gihugu."
    )
    kinyarwanda = (
        "Abantu bose bavukana umudendezo kandi bangana mu cyubahiro n'uburenganzira. Bose bafite ubwenge n'umutima, "
        "kandi bagomba kugirirana kivandimwe. Ibyo byose biri mu ngingo ya mbere y'icyo gihugu, cyane cyane."
    )
    assert detect(kirundi) == "rn"
    assert detect(kinyarwanda) == "rw"


@pytest.mark.parametrize("text", ["", "   ", "Oui", "12:30 / 45.6 – 78 %", "3" * 5000, "Mosul airstrike kills dozens"])
def test_what_is_too_short_has_no_language(text: str) -> None:
    """A few words are too little to be sure."""
    assert detect(text) is None


def test_the_threshold_counts_letters_not_characters() -> None:
    """Digits and blank space say nothing about a language; an ideograph says more than a letter."""
    assert detect("12 345, " * 40 + "une seule phrase en français") is None
    assert detect(TEXTS["zh"]) == "zh" and len(TEXTS["zh"]) < SHORTEST


def test_a_text_half_in_one_and_half_in_another_script_has_no_language() -> None:
    """What is as much Russian as Greek is neither."""
    assert detect(f"{TEXTS['ru']} {TEXTS['el']}") is None


def test_quotations_do_not_decide() -> None:
    """A long text in one language with a sentence of another has the language of most of it."""
    assert detect("\n\n".join([TEXTS["zh"]] * 8 + [TEXTS["en"]] + [TEXTS["zh"]] * 8)) == "zh"
    assert detect("\n\n".join([TEXTS["en"]] * 8 + [TEXTS["ar"]] + [TEXTS["en"]] * 8)) == "en"


def test_blank_space_does_not_hide_a_text() -> None:
    """Text laid out with long runs of blank space is found between them."""
    assert detect((" " * 150).join(TEXTS["zh"] * 20)) == "zh"


def test_a_few_kana_make_no_chinese_text_japanese() -> None:
    """A Chinese text may quote a Japanese name; a Japanese one may begin with names in ideographs alone."""
    assert detect(TEXTS["zh"] * 6 + "他喜欢「とトロ」。" + TEXTS["zh"] * 6) == "zh"
    assert detect("茨城県水戸市笠間市栃木県宇都宮市群馬県前橋市埼玉県熊谷市" * 3 + TEXTS["ja"] * 2) == "ja"


def test_plain_english_needs_no_model() -> None:
    """Neither English nor a script of one language loads the model, which takes half a second."""
    code = (
        "import sys; from searchkit.languages import detect; from tests.test_languages import TEXTS\n"
        "assert detect(TEXTS['en']) == 'en' and detect(TEXTS['ja']) == 'ja'\n"
        "assert 'py3langid' not in sys.modules and 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_expected_model_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for it while it is being loaded beside other work waits for that one."""
    begun, may_end, loads = threading.Event(), threading.Event(), []

    def load(*_: object, **__: object) -> object:
        loads.append(threading.get_ident())
        begun.set()
        assert may_end.wait(60)
        return SimpleNamespace(classify=lambda text: ("cy", 1.0))

    monkeypatch.setattr("py3langid.langid.LanguageIdentifier.from_model_file", load)
    languagemodel._loaded_model.cache_clear()
    try:
        threading.Thread(target=languagemodel.load_model, daemon=True).start()
        assert begun.wait(60)
        threading.Timer(0.05, may_end.set).start()
        assert detect(TEXTS["fr"]) == "cy"
        assert len(loads) == 1 and loads[0] != threading.get_ident()
    finally:
        may_end.set()
        languagemodel._loaded_model.cache_clear()


TABLE = """FIRST SAVINGS CORP <FSC> 4TH QTR LOSS
Shr loss 48 cts vs profit 77 cts
    Net loss 3,923,000 vs profit 11,551,000
    Year
    Shr profit 1.80 dlrs vs profit 2.32 dlrs
    Deposits 3.81 billion vs 3.28 billion
    Note: 1986 net includes gains of 25 cts a share.
"""
NAMES = """Votes and roll calls
- Sen. Patty Murray - Mayor Bill de Blasio - Rep. Rosa DeLauro - Gov. Bill Ritter
The Senate Budget Committee said on Friday that state taxes for this year and the next are on its agenda again. Members
- Sen. Barbara Boxer - Sen. Dick Lugar - Sen. Chuck Grassley - Sen. Maria Cantwell
have until the end of the week to ask for another meeting with the governor, who was away.
"""
RATES = "AMSTERDAM FIXING\n" + "US 2.0560\nDM 112.845\nSTG 3.3280\nFFR 33.915\nNKR 30.165\nDKR 29.940\n" * 10


def test_tables_of_english_news_need_no_model() -> None:
    """A company's results are English without a single plain sentence, and so is news of French names, whose `de` is a
    word of Pidgin too; columns of numbers have no language."""
    code = (
        "import sys; from searchkit.languages import detect; from tests.test_languages import NAMES, RATES, TABLE\n"
        "assert detect(TABLE) == detect(NAMES) == 'en' and detect(RATES) is None\n"
        "assert 'py3langid' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_spaced_out_letters_have_no_language() -> None:
    """Words that a scan broke into letters are not taken for those of some language that has short ones."""
    assert detect(" ".join(TEXTS["pcm"].replace(" ", "  ") * 4)) is None


def test_the_answer_does_not_depend_on_line_ends() -> None:
    """The same text in other lines has the same language."""
    for language, text in TEXTS.items():
        assert detect(text.replace(" ", "\r\n")) == language


def test_an_article_without_a_language_gets_a_marked_one() -> None:
    """What the text tells is told to be detected; what the record states stays as it is."""
    article = Article("a", "a.txt", "Titre", TEXTS["fr"], "0" * 64)
    assert with_language(article).language == "fr-x-detected"
    stated = Article("a", "a.txt", "Titre", TEXTS["fr"], "0" * 64, language="oc")
    assert with_language(stated) is stated
    short = Article("a", "a.txt", "Titre", "Court.", "0" * 64)
    assert with_language(short) is short


def test_a_title_helps_a_short_body() -> None:
    """Title and body together may be long enough."""
    half = len(TEXTS["ru"]) // 2
    article = Article("a", "a.txt", TEXTS["ru"][:half], TEXTS["ru"][half:], "0" * 64)
    assert detect(article.body) is None
    assert with_language(article).language == "ru-x-detected"
