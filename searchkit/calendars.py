"""Days of the Persian and the Islamic calendar, and years of eras, as days of the Gregorian calendar."""

from __future__ import annotations

from datetime import date

ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867, "民国": 1911, "民國": 1911}
"""Name of an era -> the year before its first."""

# Days before 1 January of the year 1: 18 March 622 (Gregorian 21 March) and 16 July 622, both of the Julian calendar.
_PERSIAN_EPOCH = 226_894
_ISLAMIC_EPOCH = 227_014


def persian_day(year: int, month: int, day: int) -> date:
    """A day of the solar calendar of Iran and Afghanistan. Raises ValueError for a day that it does not have.

    Leap years by the cycle of 33 years, which agrees with the observed equinox from 1178 to 1633 (AD 1799 to 2254).
    Source: the arithmetic of the Persian calendar in ICU; Borkowski, "The Persian calendar for 3000 years" (1996).
    """
    if not 1178 <= year <= 1633 or not 1 <= month <= 12:
        raise ValueError("no such year or month")
    length = 31 if month <= 6 else 30 if month < 12 or (25 * year + 11) % 33 < 8 else 29
    if not 1 <= day <= length:
        raise ValueError("no such day")
    before = 31 * (month - 1) - max(month - 7, 0)
    return date.fromordinal(_PERSIAN_EPOCH + 365 * (year - 1) + (8 * year + 21) // 33 + before + day)


def islamic_days(year: int, month: int, day: int) -> tuple[date, ...]:
    """The five days which a day of the Islamic calendar may be: that of the tabular calendar, and two on either side.

    Months begin when the moon is seen, or as a country computes it, so that one date is another day in another country.
    Raises ValueError for a day that no Islamic month has. Source: Reingold and Dershowitz, "Calendrical Calculations"
    (2018), chapter 7.
    """
    if not 1 <= year <= 2000 or not 1 <= month <= 12 or not 1 <= day <= 30:
        raise ValueError("no such day")
    tabular = _ISLAMIC_EPOCH + (year - 1) * 354 + (3 + 11 * year) // 30 + (59 * (month - 1) + 1) // 2 + day
    return tuple(date.fromordinal(tabular + shift) for shift in (-2, -1, 0, 1, 2))
