"""Dates in the words, digits and calendars of other languages."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.dates import dated_by, find_date_at_end, find_date_at_start, parse_article_date

MARCH_17 = date(2017, 3, 17)
HALF_PAST_TEN = datetime(2017, 3, 17, 10, 30)


@pytest.mark.parametrize(
    "text",
    [
        # Arabic: months of Egypt, of the Levant, both; digits of the east
        "17 مارس 2017", "الجمعة 17 مارس 2017", "الجمعة، 17 آذار 2017", "17 آذار/مارس 2017", "17 آذار (مارس) 2017",
        "١٧ مارس ٢٠١٧",
        "17 مارس 2017 م", "17 مارس، 2017",
        # Persian, Gregorian months
        "۱۷ مارس ۲۰۱۷", "جمعه ۱۷ مارس ۲۰۱۷",
        # Russian and Ukrainian
        "17 марта 2017", "17 марта 2017 г.", "17 марта 2017 года", "пятница, 17 марта 2017", "17 мар. 2017",
        "17 березня 2017",
        # Chinese and Japanese
        "2017年3月17日", "2017 年 3 月 17 日", "2017年3月17日 星期五", "二〇一七年三月十七日", "二零一七年三月十七日",
        "2017年3月17日(金)", "2017年3月17日（金曜日）", "２０１７年３月１７日", "星期五, 03/17/2017",
        # German
        "17. März 2017", "Freitag, 17. März 2017", "Freitag, den 17. März 2017", "Fr., 17. Mär. 2017",
        "Freitag, 17.03.2017",
        # French, Spanish, Portuguese, Italian, Dutch, Turkish
        "17 mars 2017", "vendredi 17 mars 2017", "17 de marzo de 2017", "viernes, 17 de marzo de 2017", "17 marzo 2017",
        "17 de marzo del 2017", "17 de março de 2017", "sexta-feira, 17 de março de 2017", "marzo 17, 2017",
        "17 maart 2017",
        "17 MARS 2017", "17 Mart 2017", "vendredi 17/03/2017",
    ],
)  # fmt: skip
def test_a_day_is_read_in_each_language(text: str) -> None:
    """Every form of the same day gives that day, and is told to be of no other calendar."""
    stated = parse_article_date(text)
    assert stated == MARCH_17 and type(stated) is date
    assert dated_by("byline", text, stated) == "byline"


@pytest.mark.parametrize(
    "months",
    [
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "Jänner Feb. Mrz. Apr. Mai Jun. Jul. Aug. Sept. Okt. Nov. Dez.",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "januari februari maart april mei juni juli augustus september oktober november december",
        "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
        "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
        "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر",
    ],
)
def test_every_month_has_its_name_in_each_language(months: str) -> None:
    """The twelve names of a language are the twelve months, behind a day with a stop as Germans write it or without."""
    read = [parse_article_date(f"17 {name} 2017") for name in months.split()]
    assert read == [date(2017, month, 17) for month in range(1, 13)]
    if months.startswith("J"):
        assert [parse_article_date(f"17. {name} 2017") for name in months.split()] == read


@pytest.mark.parametrize(
    "text",
    [
        "vendredi 17 mars 2017 à 10h30", "17/03/2017 10h30", "17 de marzo de 2017 a las 10:30",
        "17 de março de 2017 às 10h30",
        "Freitag, 17.03.2017, 10:30 Uhr", "17. März 2017 um 10.30 Uhr", "17 марта 2017, 10:30", "17 марта 2017 в 10:30",
        "2017年3月17日10時30分", "2017年3月17日 上午10:30", "2017年3月17日午前10時30分", "17 مارس 2017 - 10:30 ص",
        "الجمعة 17 مارس 2017 الساعة 10:30", "۱۷ مارس ۲۰۱۷ ساعت ۱۰:۳۰", "2017年3月17日 10:30", "星期五, 03/17/2017 - 10:30",
    ],
)  # fmt: skip
def test_a_time_is_read_in_each_language(text: str) -> None:
    """The words around a time are understood."""
    assert parse_article_date(text) == HALF_PAST_TEN


def test_hours_behind_noon_and_zones() -> None:
    """Afternoons become hours above 12; an offset gives UTC; a zone that is not known leaves the day."""
    assert parse_article_date("2017年3月17日下午3:05") == datetime(2017, 3, 17, 15, 5)
    assert parse_article_date("17 مارس 2017 - 3:05 م") == datetime(2017, 3, 17, 15, 5)
    assert parse_article_date("2017年3月17日18時31分(UTC+9)") == datetime(2017, 3, 17, 9, 31, tzinfo=UTC)
    assert parse_article_date("17 марта 2017, 10:30 мск") == MARCH_17
    assert parse_article_date("2017年3月17日3時5分") == datetime(2017, 3, 17, 3, 5)


@pytest.mark.parametrize(
    ("text", "calendar"),
    [
        ("۲۷ اسفند ۱۳۹۵", "Persian calendar"),
        ("جمعه ۲۷ اسفند ۱۳۹۵", "Persian calendar"),
        ("جمعه ۲۷ اسفندماه ۱۳۹۵", "Persian calendar"),
        ("27 حوت 1395", "Persian calendar"),
        ("27 اسفند 1395 هجری شمسی", "Persian calendar"),
        ("۱۳۹۵/۱۲/۲۷", "Persian calendar"),
        ("الجمعة 18 جمادى الآخرة 1438 هـ", "Islamic calendar"),
        ("الجمعة ١٨ جمادى الآخرة ١٤٣٨ هـ", "Islamic calendar"),
        ("平成29年3月17日", "era"),
        ("平成二十九年三月十七日", "era"),
        ("民國106年3月17日", "era"),
    ],
)
def test_a_day_of_another_calendar_is_converted_and_told(text: str, calendar: str) -> None:
    """The Gregorian day is given, and `date_source` names the calendar in which it was stated."""
    stated = parse_article_date(text)
    assert stated == MARCH_17
    assert dated_by("meta", text, stated) == f"meta, {calendar}"
    assert dated_by("meta", f"Published: {text} | X", stated) == f"meta, {calendar}"


def test_the_first_year_of_an_era_and_the_newest() -> None:
    """The first year is written with a word of its own."""
    assert parse_article_date("令和元年5月1日") == date(2019, 5, 1)
    assert parse_article_date("令和7年7月8日") == date(2025, 7, 8)


@pytest.mark.parametrize(
    "text",
    [
        "الجمعة 18 جمادى الآخرة 1438 هـ - 17 مارس 2017 م",
        "17 مارس 2017 - 18 جمادى الآخرة 1438 هـ",
        "18 جمادى الآخرة 1438 هـ الموافق 17 مارس 2017",
        "۲۷ اسفند ۱۳۹۵ - ۱۷ مارس ۲۰۱۷",
    ],
)
def test_of_two_calendars_the_gregorian_one_counts(text: str) -> None:
    """A day that is stated twice needs no conversion."""
    stated = parse_article_date(text)
    assert stated == MARCH_17 and dated_by("meta", text, stated) == "meta"


@pytest.mark.parametrize(
    "text",
    [
        "18 جمادى الآخرة 1438 هـ",  # an Islamic day is another one in another country
        "السبت 18 رجب 1438 هـ - 17 مارس 2017 م",  # the two are different days
        "1395/12/27",  # 27 Esfand, a day of the Islamic year 1395, or of the Middle Ages
        "1395-12-27",
        "١٣٩٥/١٢/٢٧",
        "30 février 2017",
        "31 اسفند 1395",
        "30 اسفند 1396",  # no leap year
        "17 mars 1396",
        "17 de marzo",
        "مارس 2017",
        "mars 2017",
        "令和7年13月8日",
        "二十月",
        "星期五, 05/09/2014",  # Friday in May as well as in September
        "12/07/2017 à 10h30",
        "17 mars 2017 quelque part",
        "第17軍",
    ],
)  # fmt: skip
def test_what_may_be_two_days_or_none_is_no_date(text: str) -> None:
    """Ambiguous, impossible and partial dates give None."""
    assert parse_article_date(text) is None


@pytest.mark.parametrize("language", ["pt", "pt-BR", "de", "fr", "ru", "es-MX"])
def test_the_language_of_an_article_settles_the_order_of_day_and_month(language: str) -> None:
    """Where one order alone is written, 12/07/2017 is the twelfth of July; a day that is plain stays as it is."""
    assert parse_article_date("12/07/2017", language) == date(2017, 7, 12)
    assert parse_article_date("12/07/2017 13h41", language) == datetime(2017, 7, 12, 13, 41)
    assert parse_article_date("03/17/2017", language) == MARCH_17


@pytest.mark.parametrize("language", [None, "en", "en-GB", "es-US", "fil"])
def test_a_language_with_both_orders_settles_nothing(language: str | None) -> None:
    """English is written with either first."""
    assert parse_article_date("12/07/2017", language) is None


def test_a_weekday_settles_the_order_of_day_and_month() -> None:
    """05/06/2014 was a Monday in May's reading only of the two, and a Thursday in the other."""
    assert date(2014, 5, 6).strftime("%a") == "Tue" and date(2014, 6, 5).strftime("%a") == "Thu"
    assert parse_article_date("星期二, 05/06/2014") == date(2014, 5, 6)
    assert parse_article_date("jeudi 05/06/2014") == date(2014, 6, 5)


@pytest.mark.parametrize(
    ("new_year", "year"),
    [
        # Days on which the spring equinox falls before noon in Tehran, as calendars of Iran printed them.
        ("1979-03-21", 1358), ("1996-03-20", 1375), ("2000-03-20", 1379), ("2001-03-21", 1380), ("2004-03-20", 1383),
        ("2005-03-21", 1384), ("2008-03-20", 1387), ("2009-03-21", 1388), ("2012-03-20", 1391), ("2013-03-21", 1392),
        ("2016-03-20", 1395), ("2017-03-21", 1396), ("2020-03-20", 1399), ("2021-03-21", 1400), ("2024-03-20", 1403),
        ("2025-03-21", 1404),
    ],
)  # fmt: skip
def test_persian_years_begin_at_the_equinox(new_year: str, year: int) -> None:
    """1 Farvardin is the known day of Nowruz, and the day before it the last of Esfand."""
    first = date.fromisoformat(new_year)
    assert parse_article_date(f"1 فروردین {year}") == first
    last = 30 if year - 1 in (1354, 1358, 1362, 1366, 1370, 1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403) else 29
    assert parse_article_date(f"{last} اسفند {year - 1}") == date.fromordinal(first.toordinal() - 1)
    assert parse_article_date(f"{last + 1} اسفند {year - 1}") is None


def test_dates_are_found_inside_lines() -> None:
    """A date is taken off either end of a line in other languages too."""
    assert find_date_at_end("Par Jean Dupont, 17 mars 2017") == ("Par Jean Dupont, ", MARCH_17)
    assert find_date_at_start("17 марта 2017 Москва") == (" Москва", MARCH_17)
    assert find_date_at_start("平成29年3月17日 東京") == (" 東京", MARCH_17)


@given(st.text("0123456789 /-.年月日〇一十元令和平成ماهسفندرجب۱۲۳١٢٣marsde", max_size=30))
def test_any_text_is_read_without_failing(text: str) -> None:
    """Whatever the text, there is a date or none."""
    stated = parse_article_date(text)
    assert stated is None or isinstance(stated, date)
    dated_by("meta", text, stated)
