"""Dates written in other words than English ones, and in other calendars -> the same dates as ISO 8601 has them.

`rewrite` turns one date into text that `dates` reads: `vendredi 17 mars 2017 à 10h30` -> `2017-03-17 10:30`,
`۲۷ فروردین ۱۳۹۶` -> `2017-04-16`, `令和7年7月8日` -> `2025-07-08`. Languages: Arabic, Chinese, Dutch, French, German,
Italian, Japanese, Persian (of Iran and Afghanistan), Portuguese, Russian, Spanish, Turkish, Ukrainian.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import NamedTuple

from searchkit.calendars import ERAS, islamic_days, persian_day

PERSIAN, ISLAMIC, ERA = "Persian calendar", "Islamic calendar", "era"

# For each month its names, parted by bars; abbreviations too. All are compared as `_plain` leaves them.
_GREGORIAN = (
    (
        "janvier|janv|enero|ene|janeiro|jan|januar|jänner|januari|gennaio|gen|ocak|oca|января|январь|янв|січня|січень"
        "|يناير|كانون الثاني|جانفي|ژانویه|ژانویهٔ"
    ),
    (
        "février|févr|fév|febrero|feb|fevereiro|fev|februar|februari|febbraio|şubat|şub|февраля|февраль|фев|февр|лютого|лютий"
        "|فبراير|شباط|فيفري|فوریه|فوریهٔ"
    ),
    "mars|marzo|mar|março|märz|mär|mrz|maart|mart|марта|март|мар|березня|березень|مارس|آذار",
    "avril|avr|abril|abr|april|apr|aprile|nisan|nis|апреля|апрель|апр|квітня|квітень|أبريل|نيسان|أفريل|آوریل",
    "mai|mayo|maio|mei|maggio|mag|mayıs|мая|май|травня|травень|مايو|أيار|ماي|می|مه",
    "juin|junio|jun|junho|juni|giugno|giu|haziran|haz|июня|июнь|июн|червня|червень|يونيو|يونيه|حزيران|جوان|ژوئن",
    (
        "juillet|juil|julio|jul|julho|juli|luglio|lug|temmuz|tem|июля|июль|июл|липня|липень|يوليو|يوليه|تموز|جويلية|يوليوز"
        "|ژوئیه|ژوییه|جولای"
    ),
    "août|agosto|ago|aug|august|augustus|ağustos|ağu|августа|август|авг|серпня|серпень|أغسطس|آب|أوت|غشت|اوت|آگوست",
    (
        "septembre|sept|septiembre|setiembre|sep|setembro|set|september|settembre|eylül|eyl|сентября|сентябрь|сен|сент"
        "|вересня|вересень|سبتمبر|أيلول|شتنبر|سپتامبر"
    ),
    (
        "octobre|oct|octubre|outubro|out|oktober|okt|ottobre|ott|ekim|eki|октября|октябрь|окт|жовтня|жовтень|أكتوبر"
        "|تشرين الأول|اکتبر"
    ),
    (
        "novembre|nov|noviembre|novembro|november|kasım|kas|ноября|ноябрь|ноя|нояб|листопада|листопад|نوفمبر|تشرين الثاني"
        "|نونبر|نوامبر"
    ),
    (
        "décembre|déc|diciembre|dic|dezembro|dez|dezember|december|dec|dicembre|aralık|ara|декабря|декабрь|дек|грудня"
        "|грудень|ديسمبر|كانون الأول|دجنبر|دسامبر"
    ),
)
_PERSIAN = (
    "فروردین|حمل", "اردیبهشت|ثور", "خرداد|جوزا", "تیر|سرطان", "مرداد|امرداد|اسد", "شهریور|سنبله", "مهر|میزان", "آبان|عقرب",
    "آذر|قوس", "دی|جدی", "بهمن|دلو", "اسفند|حوت",
)  # fmt: skip
_ISLAMIC = (
    "محرم", "صفر", "ربيع الأول|ربیع الاول", "ربيع الثاني|ربيع الآخر", "جمادى الأولى|جمادي الأول",
    "جمادى الآخرة|جمادى الثانية",
    "رجب", "شعبان", "رمضان", "شوال", "ذو القعدة|ذي القعدة|ذوالقعدة|ذي القعده", "ذو الحجة|ذي الحجة|ذوالحجة|ذی الحجه",
)  # fmt: skip
_WEEKDAYS = (
    (
        "lundi|lun|lunes|segunda-feira|segunda|montag|mo|maandag|lunedì|pazartesi|понедельник|пн|понеділок|الإثنين|الاثنين"
        "|دوشنبه|دو شنبه|星期一|周一|週一|月曜日|月曜|月"
    ),
    (
        "mardi|martes|terça-feira|terça|dienstag|di|dinsdag|martedì|salı|вторник|вт|вівторок|الثلاثاء|سه شنبه|سهشنبه|星期二"
        "|周二|週二|火曜日|火曜|火"
    ),
    (
        "mercredi|mer|miércoles|mié|quarta-feira|quarta|mittwoch|mi|woensdag|mercoledì|çarşamba|среда|среду|ср|середа"
        "|الأربعاء|چهارشنبه|چهار شنبه|星期三|周三|週三|水曜日|水曜|水"
    ),
    (
        "jeudi|jeu|jueves|jue|quinta-feira|quinta|donnerstag|do|donderdag|giovedì|perşembe|четверг|чт|четвер|الخميس"
        "|پنجشنبه|پنج شنبه|星期四|周四|週四|木曜日|木曜|木"
    ),
    (
        "vendredi|ven|viernes|vie|sexta-feira|sexta|freitag|fr|vrijdag|venerdì|cuma|пятница|пятницу|пт|п’ятниця|п'ятниця|الجمعة"
        "|جمعه|آدینه|星期五|周五|週五|金曜日|金曜|金"
    ),
    (
        "samedi|sam|sábado|sáb|samstag|sonnabend|sa|zaterdag|sabato|cumartesi|суббота|субботу|сб|субота|السبت|شنبه|星期六|周六"
        "|週六|土曜日|土曜|土"
    ),
    (
        "dimanche|dim|domingo|dom|sonntag|so|zondag|domenica|pazar|воскресенье|вс|неділя|الأحد|یکشنبه|یک شنبه|星期日|星期天"
        "|周日|週日|日曜日|日曜|日"
    ),
)
_DIGITS = {c: str(n) for n, c in enumerate("〇一二三四五六七八九")} | {"零": "0"}
_SAME_LETTER = str.maketrans(
    {
        "ي": "ی",
        "ى": "ی",
        "ك": "ک",
        "ة": "ه",
        "ۀ": "ه",
        "ہ": "ه",
        "ـ": "",
        "ı": "i",
        "،": ",",
        "٬": ",",
        "ª": "",
        "º": "",
    }
)
_INVISIBLE = dict.fromkeys(
    [*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF, 0xAD, 0x61C]
)


class Rewritten(NamedTuple):
    """A date as text that `dates` reads, and the calendar in which it was stated; None for the Gregorian one."""

    text: str
    calendar: str | None = None


def rewrite(text: str) -> Rewritten | None:
    """A date in other words or another calendar as ISO 8601 has it; None for text that is none, or that may be two days.

    Where a date stands in two calendars, the Gregorian one is taken, if both may be the same day. A date of the Islamic
    calendar, whose months begin on different days in different countries, needs its weekday. A weekday also settles
    whether 05/06/2014 is in May or in June.
    """
    if not may_be_foreign(text):
        return None
    plain = _plain(text)
    day, weekday, rest = _day(plain, text)
    if day is not None:
        day, rest = _beside(day, rest)
        if day is None:
            return None
        return Rewritten(f"{day.text}{_time(rest)}", day.calendar)
    if weekday is not None:
        rest = _settled(rest, weekday)
    rewritten = _numbered(rest)
    return Rewritten(rewritten) if rewritten != text else None


def may_be_foreign(text: str) -> bool:
    """Whether a text may hold a date that `rewrite` reads; False costs little and settles it for every part of it."""
    if not text.isascii():
        return True
    return not _foreign_words().isdisjoint(_ASCII_WORD.findall(text.lower())) or _CLOCK_WORD.search(text) is not None


class _Day(NamedTuple):
    """A day as ISO 8601 has it; `days` are all that it may be."""

    days: tuple[date, ...]
    calendar: str | None

    @property
    def text(self) -> str:
        return self.days[0].isoformat()


def _day(plain: str, text: str) -> tuple[_Day | None, int | None, str]:
    """The day with which a plain text begins, its weekday, and what follows; the whole rest where it begins with none."""
    weekday, rest = None, plain
    match = _weekday().match(rest)
    if match:
        weekday, rest = _weekday_numbers()[match[1]], rest[match.end() :]
    for pattern in _patterns():
        found = pattern.match(rest)
        if found is None:
            continue
        behind = rest[found.end() :]
        try:
            days, calendar = _days_of(found.groupdict(), any("۰" <= c <= "۹" for c in text))
        except ValueError:
            return None, weekday, rest
        after = _weekday_behind().match(behind)
        if after:
            weekday, behind = _weekday_numbers()[after[1] or after[2]], behind[after.end() :]
        if calendar == ISLAMIC and weekday is not None:
            days = tuple(day for day in days if day.weekday() == weekday)
        return _Day(days, calendar), weekday, behind
    return None, weekday, rest


def _days_of(parts: dict[str, str | None], persian_digits: bool) -> tuple[tuple[date, ...], str | None]:
    """The days that the parts of a match may mean, and their calendar. Raises ValueError for a day that there is not."""
    name, era, marked = parts.get("name") or "", parts.get("era"), parts.get("mark") or ""
    day = int(parts["day"] or 0)
    year = 1 if parts.get("eraofyear") == "元" else int(parts.get("year") or parts.get("eraofyear") or 0)
    if era:
        return (date(ERAS[era] + year, int(parts["month"] or 0), day),), ERA
    if not name:
        month = int(parts["month"] or 0)
        if not persian_digits and parts.get("slash"):
            raise ValueError("may be of another calendar")
        return ((persian_day(year, month, day),), PERSIAN) if parts.get("slash") else ((date(year, month, day),), None)
    calendar, month = _months()[name]
    second = parts.get("second")
    if second and _months()[second] != (calendar, month):
        raise ValueError("two months")
    if calendar == PERSIAN:
        if not 1300 <= year <= 1450:
            raise ValueError("no year of news")
        return (persian_day(year, month, day),), PERSIAN
    if calendar == ISLAMIC:
        if not 1300 <= year <= 1500:
            raise ValueError("no year of news")
        return islamic_days(year, month, day), ISLAMIC
    if marked.startswith("ه") or year < 1500:
        raise ValueError("a Gregorian month in a year of another calendar")
    return (date(year, month, day),), None


def _beside(day: _Day, rest: str) -> tuple[_Day | None, str]:
    """A day, or the same day in the Gregorian calendar behind it or before it, and what follows; None where the two are
    different days, or where it may be several."""
    parted = _BETWEEN.match(rest)
    other, _, behind = _day(rest[parted.end() :], "") if parted else (None, None, "")
    if other is None or (day.calendar is None) == (other.calendar is None):
        return (day if len(day.days) == 1 else None), rest
    gregorian, foreign = (day, other) if day.calendar is None else (other, day)
    return (gregorian if gregorian.days[0] in foreign.days else None), behind


_BETWEEN = re.compile(r"\s*(?:[-–—|/,(]|الموافق(?:\s+ل)?|برابر با|مطابق با|مطابق)+\s*")
_EITHER = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)")
_CLOCK = re.compile(
    r"[\s,;|·()–—-]*(?:(?:a las|a|as|um|alle|om|в|о|علی الساعه|الساعه|ساعت|saat)\s+)?(?P<early>上午|午前|凌晨|早上)?"
    r"(?P<late>下午|午後|午后|晚上)?\s*(?P<hour>\d{1,2})\s?(?:[:h.]|时|時|点|點)\s?(?P<minute>\d\d|\d(?=分))?(?:分|(?::|分)(?P<second>\d\d)秒?)?"
    r"(?:\s?(?:uhr|hs|h|ч|น)\b\.?)?(?:\s*(?P<half>ص|م|ق\.ظ|ب\.ظ|ق ظ|ب ظ)(?!\w))?"
)
_OFFSET = re.compile(r"\s*\(?(?:utc|gmt)\s?([+-])(\d{1,2})(?::?(\d\d))?\)?$")


def _time(rest: str) -> str:
    """The time behind a day as `dates` reads it; anything else as it stands, which is then no date."""
    match = _CLOCK.match(rest)
    if not match or not rest.strip(" ,.;()"):
        return rest.rstrip(" ,.;()")
    late = bool(match["late"]) or (match["half"] or "").startswith(("م", "ب"))
    early = bool(match["early"]) or (match["half"] or "").startswith(("ص", "ق"))
    half = " pm" if late and int(match["hour"]) <= 12 else " am" if early and int(match["hour"]) <= 12 else ""
    hour = "12" if half and match["hour"] in ("0", "00") else match["hour"]
    behind = rest[match.end() :].replace("мск", "MSK")
    offset = _OFFSET.fullmatch(behind)
    if offset:
        behind = f" {offset[1]}{offset[2]:0>2}:{offset[3] or '00'}"
    elif re.fullmatch(r"\s*[a-z]{1,5}", behind):
        behind = behind.upper()  # the name of a time zone
    second = f":{match['second']}" if match["second"] else ""
    return f" {hour}:{match['minute'] or '00':0>2}{second}{half}{behind}"


def _settled(rest: str, weekday: int) -> str:
    """A date as 05/06/2014 in the order that its weekday tells; as it stands where both orders or none fit."""
    match = _EITHER.match(rest)
    if match is None or match[2] == ".":
        return rest
    a, b, year = int(match[1]), int(match[3]), int(match[4])
    fitting = []
    for month, day in {(a, b), (b, a)}:
        try:
            stated = date(year, month, day)
        except ValueError:
            continue
        if stated.weekday() == weekday:
            fitting.append(stated)
    return fitting[0].isoformat() + rest[match.end() :] if len(fitting) == 1 else rest


def _numbered(rest: str) -> str:
    """A date in numbers with the time behind it as `dates` reads it."""
    match = re.match(r"\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\s?\d{1,2}\2\s?\d{4}", rest)
    if match is None or re.match(r"t?\d|\s+\d{1,2}:\d\d", rest[match.end() :]):
        return rest
    return match.group() + _time(rest[match.end() :])


def calendar_of(text: str, published: date) -> str | None:
    """The calendar other than the Gregorian one in which `text` states the day `published`, which was read from it.

    None where the text holds the Gregorian year as well.
    """
    if text.isascii():
        return None
    plain = _plain(text)
    if str(published.year) in plain:
        return None
    day = date(published.year, published.month, published.day)
    starts = [0, *(match.end() for match in re.finditer(r"\s|[^\w\s]|(?<=\D)(?=\d)", plain))]
    # A time of day may have moved to the day before or behind in UTC.
    for start in starts:
        for pattern in _patterns():
            found = pattern.match(plain, start)
            if found is None:
                continue
            try:
                days, calendar = _days_of(found.groupdict(), True)
            except ValueError:
                continue
            if calendar and any(abs((each - day).days) <= 1 for each in days):
                return calendar
    return None


def _plain(text: str) -> str:
    """Text without case, accents and invisible characters, its digits in ASCII, letters that look alike unified."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_SAME_LETTER).translate(_INVISIBLE))
    bare = "".join(c for c in decomposed if unicodedata.category(c) != "Mn")
    folded = unicodedata.normalize("NFC", bare.casefold()).translate(_SAME_LETTER)
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in folded)
    return re.sub(r"[〇零一二三四五六七八九十]+(?=\s?[年月日])", _from_ideographs, digits).strip()


def _from_ideographs(match: re.Match[str]) -> str:
    """`二〇一七` -> `2017`, `十七` -> `17`, `二十` -> `20`."""
    tens, ten, ones = match.group().partition("十")
    if not ten:
        return "".join(_DIGITS[c] for c in tens)
    if "十" in ones:
        return match.group()
    return (_DIGITS.get(tens, "1") if len(tens) < 2 else tens) + (_DIGITS.get(ones, "0") if len(ones) < 2 else ones)


def _names(rows: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    for number, row in enumerate(rows):
        for name in row.split("|"):
            yield _plain(name), number


@cache
def _months() -> dict[str, tuple[str | None, int]]:
    calendars = ((None, _GREGORIAN), (PERSIAN, _PERSIAN), (ISLAMIC, _ISLAMIC))
    return {name: (calendar, number + 1) for calendar, rows in calendars for name, number in _names(rows)}


@cache
def _weekday_numbers() -> dict[str, int]:
    return dict(_names(_WEEKDAYS))


def _any_of(names: Iterator[str] | list[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


@cache
def _weekday() -> re.Pattern[str]:
    # One ideograph is a weekday in brackets only; two Latin letters are one with a stop or a comma.
    short = [name for name in _weekday_numbers() if name.isascii() and len(name) == 2]
    long = [name for name in _weekday_numbers() if len(name) > 1 and name not in short]
    return re.compile(
        rf"(?:am |le |el |روز |یوم )?({_any_of(long)}|(?:{_any_of(short)})(?=[.,]))(?!\w)[.,]*\s*(?:,|den|dem|le|el)?\s*"
    )


@cache
def _weekday_behind() -> re.Pattern[str]:
    names = _any_of(list(_weekday_numbers()))
    ideographs = _any_of([name for name in _weekday_numbers() if name[0] in "星周週月火水木金土日" and len(name) > 1])
    return re.compile(rf"\s*(?:\(\s*({names})\s*\)|,?\s*({ideographs}))")


@cache
def _foreign_words() -> frozenset[str]:
    """The words of which an ASCII text must hold one to be a date in another language than English."""
    names = (name for name in (*_months(), *_weekday_numbers()) if name.isascii())
    return frozenset(word for name in names for word in _ASCII_WORD.findall(name))


_ASCII_WORD = re.compile("[a-z]{3,}")
_CLOCK_WORD = re.compile(r"\d\s?[hH]|\b[uU][hH][rR]\b")


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    names = _any_of(list(_months()))
    eras = _any_of(list(ERAS))
    return (
        re.compile(
            rf"(?P<day>\d{{1,2}})(?:er|o|-го|\.|°)?[\s-]*(?:de\s+|من\s+|ماه\s+)?(?P<name>{names})(?:\s*ماه)?\.?(?!\w)"
            rf"(?:\s*[/(]\s*(?P<second>{names})\s*\)?)?[\s,-]*(?:de\s+|del\s+|سال\s+)?(?P<year>\d{{4}})(?!\d)"
            r"(?:\s*(?P<mark>г\.|г(?!\w)|года\.?|року|р\."
            r"|هجری شمسی|هجری|هش|ه\.ش\.?|شمسی|خورشیدی|ه(?!\w)\.?|ه\.ق\.?|م(?!\w)\.?"
            r"|میلادیه|میلادی))?"
        ),
        re.compile(
            rf"(?P<name>{names})\.?\s+(?P<day>\d{{1,2}})(?:er|o)?\s*(?:,\s*|\s+de\s+|\s+del\s+|\s+)(?P<year>\d{{4}})(?!\d)"
        ),
        re.compile(
            rf"(?:中[华華])?(?:(?P<era>{eras})\s?(?P<eraofyear>\d{{1,3}}|元)|(?P<year>\d{{4}}))\s?年\s?(?P<month>\d{{1,2}})\s?月\s?"
            r"(?P<day>\d{1,2})\s?日"
        ),
        re.compile(r"(?P<year>1[34]\d\d)(?P<slash>[/.-])(?P<month>\d{1,2})(?P=slash)(?P<day>\d{1,2})(?!\d)"),
    )
