"""Dates: what an article's metadata states (`parse_article_date`), and what a query asks for (`parse_date_range`).

Neither ever fills a missing part from today: what does not name a whole day is no date of an article, and in a query
it is the whole year or month.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache, lru_cache
from itertools import islice

# --- articles ----------------------------------------------------------------------------------------------------

_LONGEST = 80
"""Characters of the longest text that is tried as a date; also what keeps the patterns below fast on any text."""

_OTHER_YEARS = range(1300, 1500)
"""Years of the Persian or the Islamic calendar rather than of the Gregorian one: 1396/01/27 may be three days."""

_DAY_FIRST = frozenset(["de", "el", "es", "fr", "it", "nl", "pl", "pt", "ro", "ru", "tr", "uk"])
_EITHER_FIRST = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4})(?!\d)", re.ASCII)
_YEAR_INSIDE = re.compile(r"\d{4}|年")
_MONTH_NAMES = (
    "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
    "september sept sep", "october oct", "november nov", "december dec",
)  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
_DAY = r"(?P<day>\d{1,2})"
_ORDINAL = rf"(?:the\s+)?{_DAY}(?:st|nd|rd|th)?"
_MONTH = r"(?P<month>[a-z]{3,9})\.?"
_YEAR = r"(?P<year>\d{4})"
_TIME = (
    r"(?:(?:\s*T|,?\s+at\s+|,?\s+)(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?:\s*(?P<half>[ap])\.?m\b\.?)?(?:\s*(?P<zone>[+-]\d\d(?::?\d\d)?|(?-i:[A-Z]{1,5}|z)\b))?(?:\s*\([a-z ]+\))?)?"
)
_DATE_FORMS = (
    rf"{_YEAR}(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P=mark){_DAY}",
    rf"{_WEEKDAY}{_MONTH}\s+{_ORDINAL},?\s+{_YEAR}",
    rf"{_WEEKDAY}{_ORDINAL}(?:\s+of)?[\s-]+{_MONTH},?[\s-]+{_YEAR}",
    rf"{_YEAR}\s+{_MONTH}\s+{_DAY}",
    rf"{_WEEKDAY}{_DAY}\.\s?(?P<month>\d{{1,2}})\.\s?{_YEAR}",
    rf"{_WEEKDAY}(?P<either>\d{{1,2}})(?P<mark>[-/])(?P<other>\d{{1,2}})(?P=mark){_YEAR}",
    rf"{_YEAR}[年년]\s?(?P<month>\d{{1,2}})[月월]\s?{_DAY}[日일]",
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
    r"(?:T?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)
# The zone names of RFC 2822 (4.3) but CST, which is China's as well as Chicago's; others (BST, IST) name several too.
_ZONE_HOURS = {
    "z": 0,
    "ut": 0,
    "utc": 0,
    "gmt": 0,
    "est": -5,
    "edt": -4,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
}


def parse_article_date(text: str, language: str | None = None) -> date | datetime | None:
    """The date that `text`, a value of metadata or a date on a line of its own, states; None where it states none.

    Read are ISO 8601 (also as `20170317`), RFC 2822, dates written out in English (`March 17, 2017`, `Fri, 17 Mar. 2017`,
    `July 8th, 2025`), with dots (`17.03.2017`, day first), and with slashes or dashes (year first, or where only one
    order can be meant: `17/03/2017`, not `03/04/2017`); each with a time behind it or without. A date without time
    gives a `date`. A time with its zone gives an aware `datetime` in UTC, a time without zone a naive one, a time whose
    zone cannot be told (`10:00 BST`) only its `date`. Impossible dates, two-digit years and dates that lack a part
    give None. The name of a weekday is not checked. Read are also the words, digits and calendars of other languages
    (see `datewords`), as days of the Gregorian calendar: `dated_by` tells of another one. `language` (a tag) settles
    03/04/2017 if it is one that writes the day first.
    """
    text = " ".join(text.split()) if len(text) <= _LONGEST else ""
    if not text or (text.isascii() and not _YEAR_INSIDE.search(text)):
        return None
    stated = _in_forms(text)
    if stated is not None:
        return stated
    from searchkit.datewords import rewrite  # queries about dates need none of it

    if rewritten := rewrite(text):
        stated = _in_forms(rewritten.text)
    if stated is None and language and _writes_day_first(language) and (match := _EITHER_FIRST.match(text)):
        return parse_article_date(f"{match[4]}-{match[3]:0>2}-{match[1]:0>2}{text[match.end() :]}")
    return stated


def _parse_english(text: str) -> date | datetime | None:
    """The same for text that holds no word of another language."""
    return _in_forms(" ".join(text.split())) if _YEAR_INSIDE.search(text) else None


def _writes_day_first(language: str) -> bool:
    primary, _, region = language.lower().partition("-")
    return primary in _DAY_FIRST and region not in ("us", "pr", "pa")


def dated_by(evidence: str, text: str, published: date | None) -> str | None:
    """What `Article.date_source` says of a date that was read from `text`: the evidence, and the calendar if it is not
    the Gregorian one (`meta, Persian calendar`); None without a date."""
    if published is None:
        return None
    if text.isascii():
        return evidence
    from searchkit.datewords import calendar_of

    calendar = calendar_of(text, published)
    return f"{evidence}, {calendar}" if calendar else evidence


def parse_epoch(number: float) -> datetime | None:
    """The moment (aware, UTC) of a Unix time in seconds or milliseconds; None for a number that cannot be told to be one.

    From 10^8 (in 1973) below 10^10 (in 2286) it is in seconds, from 10^11 below 10^13 in milliseconds; other numbers are
    more often years, days written as `20170317`, or a zero for "unknown".
    """
    if 10**8 <= number < 10**10:
        return datetime.fromtimestamp(number, UTC)
    return datetime.fromtimestamp(number / 1000, UTC) if 10**11 <= number < 10**13 else None


def find_date_at_end(text: str) -> tuple[str, date | datetime] | None:
    """The text before the date with which `text` ends, and that date: `("By X,", date(2017, 3, 17))`; None without one.

    As much of the end as reads as one date is taken.
    """
    if not _YEAR_INSIDE.search(text[-_LONGEST:]):
        return None
    return _longest(((text[start:], text[:start]) for start in _word_starts(text)), text[-_LONGEST:])


def find_date_at_start(text: str) -> tuple[str, date | datetime] | None:
    """The text behind the date with which `text` begins, and that date; None without one."""
    if not _YEAR_INSIDE.search(text[:_LONGEST]):
        return None
    return _longest(((text[: match.end()], text[match.end() :]) for match in _first_words(text)), text[:_LONGEST])


@cache
def _date_patterns() -> tuple[re.Pattern[str], ...]:
    # Compiled when an article's date is first read: a query needs none of them.
    return tuple(re.compile(form + _TIME, re.IGNORECASE) for form in _DATE_FORMS)


def _first_words(text: str) -> Iterator[re.Match[str]]:
    for match in re.finditer(r"\S+", text[: 2 * _LONGEST]):
        if match.end() > _LONGEST:
            return
        yield match


def _word_starts(text: str) -> list[int]:
    tail = max(0, len(text) - _LONGEST)
    return [tail + match.start() for match in re.finditer(r"(?<!\S)\S", text[tail:])][::-1]


def _longest(candidates: Iterator[tuple[str, str]], within: str) -> tuple[str, date | datetime] | None:
    """Of (candidate, rest), growing, parts of `within`: the rest and the date of the longest candidate that is a date.

    A candidate may fail between two that do not ("Fri, 17 Mar" is none); more than the words of one date are not tried.
    """
    from searchkit.datewords import may_be_foreign

    parse, most = (parse_article_date, 13) if may_be_foreign(within) else (_parse_english, 9)
    found = None
    for candidate, rest in islice(candidates, most):
        stated = parse(candidate.strip(" ,;:()[]"))
        if stated is not None:
            found = (rest, stated)
    return found


@lru_cache(maxsize=4096)  # an archive has many articles of each day
def _in_forms(text: str) -> date | datetime | None:
    for form in (_COMPACT, *_date_patterns()):
        match = form.fullmatch(text)
        if match:
            return _stated(match.groupdict())
    return None


def _stated(parts: dict[str, str | None]) -> date | datetime | None:
    month, day = _month_and_day(parts)
    try:
        stated = date(int(parts["year"] or 0), month, day)
        if stated.year in _OTHER_YEARS:
            return None
        return _with_time(stated, parts) if parts["hour"] else stated
    except (ValueError, OverflowError):
        return None


def _month_and_day(parts: dict[str, str | None]) -> tuple[int, int]:
    """Month and day as numbers; 0 for a month that is none or cannot be told from the day."""
    if parts.get("either"):
        a, b = int(parts["either"] or 0), int(parts["other"] or 0)
        if a > 12 or a == b:
            return b, a
        return (a, b) if b > 12 else (0, 0)
    month = parts["month"] or ""
    return int(month) if month.isdecimal() else _MONTHS.get(month.lower(), 0), int(parts["day"] or 0)


def _with_time(day: date, parts: dict[str, str | None]) -> date | datetime:
    hour, half = int(parts["hour"] or 0), (parts.get("half") or "").lower()
    if half and not 1 <= hour <= 12:
        raise ValueError("no such hour")
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    microsecond = int((parts.get("fraction") or "0")[:6].ljust(6, "0"))
    moment = datetime(
        day.year, day.month, day.day, hour, int(parts["minute"] or 0), int(parts["second"] or 0), microsecond
    )
    zone = (parts.get("zone") or "").lower()
    if not zone:
        return moment
    if zone[0] in "+-":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        return moment.replace(tzinfo=timezone(-offset if zone[0] == "-" else offset)).astimezone(UTC)
    if zone not in _ZONE_HOURS:
        return day
    return moment.replace(tzinfo=timezone(timedelta(hours=_ZONE_HOURS[zone]))).astimezone(UTC)


# --- queries -----------------------------------------------------------------------------------------------------

_ACCEPTED = "write 2017, 2017-03, 2017-03-17, today, yesterday, A..B, A.., ..B, 2w.. (units d, w, m, y) or none"
_CALENDAR = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_RELATIVE = re.compile(r"([0-9]{1,6})([dwmy])")


def parse_date_range(text: str, today: date) -> tuple[date | None, date | None] | None:
    """The first and last day (both included, None: open) that the value of a query's `date:` means; None for `none`.

    A year or month stands for all its days: `2016..2017-03` is 2016-01-01 to 2017-03-31. `3d`, `2w`, `6m`, `1y` are the
    day that long before `today` (a month's last day where that month is shorter) and only mean something in a range.
    Raises ValueError whose text names the trouble and the forms that are accepted.
    """
    text = text.strip().lower()
    if text == "none":
        return None
    first, dots, last = (part.strip() for part in text.partition(".."))
    if not dots:
        if _RELATIVE.fullmatch(text):
            raise ValueError(f"{text} is one day in the past; for everything since then write {text}..")
        return _point(text, today)
    if not first and not last:
        raise ValueError(f"this range has no ends; {_ACCEPTED}")
    start = _point(first, today)[0] if first else None
    end = _point(last, today)[1] if last else None
    if start is not None and end is not None and start > end:
        raise ValueError(f"this range ends ({end}) before it starts ({start}); write the earlier day first")
    return start, end


def _point(text: str, today: date) -> tuple[date, date]:
    """The first and last day of one point of a range."""
    if text in ("today", "yesterday"):
        day = _days_before(today, 1 if text == "yesterday" else 0, text)
        return day, day
    relative = _RELATIVE.fullmatch(text)
    if relative:
        day = _before(today, int(relative[1]), relative[2], text)
        return day, day
    calendar = _CALENDAR.fullmatch(text)
    if calendar is None:
        raise ValueError(f"{text or 'nothing'!r} is not a date; {_ACCEPTED}")
    return _period(int(calendar[1]), int(calendar[2] or 0), int(calendar[3] or 0), text)


def _period(year: int, month: int, day: int, text: str) -> tuple[date, date]:
    parts = text.count("-")
    if year == 0:
        raise ValueError(f"{text} is not a date: years go from 0001 to 9999; {_ACCEPTED}")
    if parts and not 1 <= month <= 12:
        raise ValueError(f"{text} is not a date: there is no month {month:02}; {_ACCEPTED}")
    if parts == 2 and not 1 <= day <= _days_in(year, month):
        raise ValueError(f"{text} is not a date: that month has no day {day:02}; {_ACCEPTED}")
    if parts == 0:
        return date(year, 1, 1), date(year, 12, 31)
    return date(year, month, day or 1), date(year, month, day or _days_in(year, month))


def _before(today: date, count: int, unit: str, text: str) -> date:
    if unit in "dw":
        return _days_before(today, count * (7 if unit == "w" else 1), text)
    months = today.year * 12 + today.month - 1 - count * (12 if unit == "y" else 1)
    year, month = months // 12, months % 12 + 1
    if year < 1:
        raise ValueError(f"{text} before today lies before the year 1; write fewer")
    return date(year, month, min(today.day, _days_in(year, month)))


def _days_before(today: date, days: int, text: str) -> date:
    try:
        return today - timedelta(days=days)
    except OverflowError as exc:
        raise ValueError(f"{text} before today lies before the year 1; write fewer") from exc


def _days_in(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31
