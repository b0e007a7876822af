"""Dates: what an archive states, and what a query asks for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.dates import (
    find_date_at_end,
    find_date_at_start,
    parse_article_date,
    parse_date_range,
    parse_epoch,
)

MARCH_17 = date(2017, 3, 17)
AT_TEN = datetime(2017, 3, 17, 10, 0)
AT_TEN_UTC = AT_TEN.replace(tzinfo=UTC)
TODAY = date(2024, 2, 29)


@pytest.mark.parametrize(
    "text",
    [
        "2017-03-17", "2017-3-17", "20170317", "2017/03/17", "2017.03.17", "March 17, 2017", "March 17 2017",
        "MARCH 17, 2017", "Mar 17, 2017", "Mar. 17, 2017", "17 March 2017", "17 Mar. 2017", "17-Mar-2017",
        "17th March 2017", "17th of March, 2017", "the 17th of March 2017", "March 17th, 2017", "Fri, 17 Mar 2017",
        "Friday, March 17, 2017", "Friday 17 March 2017", "Fri. March 17, 2017", "17.03.2017", "17.3.2017",
        "17. 3. 2017", "17/03/2017", "03/17/2017", "17-03-2017", "2017 March 17", "2017年3月17日", "2017년 3월 17일",
        "  March  17,\n2017 ",
    ],
)  # fmt: skip
def test_a_day_is_read_in_each_form(text: str) -> None:
    """Every form of the same day gives that day, as a date without a time."""
    stated = parse_article_date(text)
    assert stated == MARCH_17 and type(stated) is date


@pytest.mark.parametrize(
    "text",
    [
        "2017-03-17T10:00:00Z", "2017-03-17T10:00Z", "2017-03-17T12:00:00+02:00", "2017-03-17T12:00:00+0200",
        "20170317T100000Z", "2017-03-17 05:00:00 -0500", "2017-03-17T10:00:00 UTC", "Fri, 17 Mar 2017 10:00:00 GMT",
        "Fri, 17 Mar 2017 10:00:00 +0000 (UTC)", "17 Mar 2017 06:00 EDT", "March 17, 2017 at 6:00 a.m. EDT",
        "March 17, 2017, 6:00 AM EDT", "2017-03-17T10:00:00.000000Z", "2017-03-16T22:00:00-12:00",
    ],
)  # fmt: skip
def test_a_time_with_zone_is_converted_to_utc(text: str) -> None:
    """A time whose zone is stated gives the moment in UTC."""
    stated = parse_article_date(text)
    assert stated == AT_TEN_UTC and isinstance(stated, datetime) and stated.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "text",
    ["2017-03-17 10:00:00", "2017-03-17T10:00", "20170317100000", "201703171000", "17.03.2017 10:00",
     "March 17, 2017 10:00", "17/03/2017 10:00 AM", "Friday, March 17, 2017 at 10:00 am"],
)  # fmt: skip
def test_a_time_without_zone_stays_without(text: str) -> None:
    """A time whose zone is not stated gives a naive datetime."""
    stated = parse_article_date(text)
    assert stated == AT_TEN and isinstance(stated, datetime) and stated.tzinfo is None


@pytest.mark.parametrize("text", ["17 Mar 2017 10:00 BST", "2017-03-17 10:00 CST", "March 17, 2017 10:00 AM ET"])
def test_an_ambiguous_zone_leaves_the_day(text: str) -> None:
    """A time in a zone that names several offsets gives only the day."""
    stated = parse_article_date(text)
    assert stated == MARCH_17 and type(stated) is date


@pytest.mark.parametrize(
    ("text", "hour"), [("12:30 am", 0), ("12:30 PM", 12), ("1:30 p.m.", 13), ("11:30pm", 23), ("23:30", 23)]
)
def test_hours_of_the_half_day_are_counted_right(text: str, hour: int) -> None:
    """Noon is 12 PM and midnight is 12 AM."""
    assert parse_article_date(f"May 3, 2017 {text}") == datetime(2017, 5, 3, hour, 30)


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_has_its_names(month: int) -> None:
    """Each month is read by its full name and its abbreviation of three letters."""
    day = date(2016, month, 9)
    assert parse_article_date(f"{day:%B} 9, 2016") == parse_article_date(f"9 {day:%b}. 2016") == day


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "2017", "2017-03", "March 2017", "March 17", "17 March", "Friday", "today", "03/04/2017", "3-4-2017",
        "3/16/19", "March 17, 17", "2017-02-30", "2017-13-01", "2017-00-10", "31 April 2017", "February 29, 2017",
        "29.02.2017", "32/13/2017", "13/13/2017", "0000-01-01", "20171317", "2017-03/17", "17 Foo 2017",
        "2017-03-17T25:00", "2017-03-17 10:61", "17:00", "March 17, 2017 13:00 PM", "in March 17, 2017",
        "March 17, 2017 and later", "1489744800", "2017-03-17T10:00+99:00",
        "0001-01-01T00:00:00+10:00", "9999-12-31T23:00:00-10:00", "x" * 200, "March 17, 2017" + " " * 90 + "x",
    ],
)  # fmt: skip
def test_what_is_no_certain_day_is_no_date(text: str) -> None:
    """Missing parts, ambiguous order, impossible days and other text give None."""
    assert parse_article_date(text) is None


def test_the_same_number_twice_is_not_ambiguous() -> None:
    """03/03/2017 is the third of March in either order."""
    assert parse_article_date("03/03/2017") == date(2017, 3, 3)


@given(st.dates(max_value=date(1299, 12, 31)) | st.dates(min_value=date(1500, 1, 1)))
def test_every_iso_date_is_read(day: date) -> None:
    """Any day in ISO 8601 gives that day."""
    assert parse_article_date(day.isoformat()) == day


@given(st.datetimes(min_value=datetime(1500, 1, 1), timezones=st.just(UTC)))
def test_every_iso_moment_is_read(moment: datetime) -> None:
    """Any moment in ISO 8601 gives that moment."""
    assert parse_article_date(moment.isoformat()) == moment


@given(st.text(max_size=100))
def test_no_text_makes_it_fail(text: str) -> None:
    """Any text gives a date or None, from each of the three functions."""
    for found in (parse_article_date(text), find_date_at_end(text), find_date_at_start(text)):
        assert found is None or isinstance(found, (date, tuple))


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("By X, March 17, 2017", "By X, "),
        ("By X, Friday, March 17, 2017", "By X, "),
        ("By X on 17 March 2017", "By X on "),
        ("MOSUL (2017-03-17)", "MOSUL "),
        ("March 17, 2017", ""),
        ("Headline of 2016 - 17.03.2017", "Headline of 2016 - "),
    ],
)
def test_a_date_at_the_end_is_found_whole(text: str, rest: str) -> None:
    """The longest date at the end is taken, and the text before it is left."""
    assert find_date_at_end(text) == (rest, MARCH_17)


def test_text_that_ends_otherwise_has_no_date_at_its_end() -> None:
    """A date inside a text, or a year at its end, is no date at its end."""
    assert find_date_at_end("On March 17, 2017 they left") is None
    assert find_date_at_end("The world in 2017") is None


def test_a_date_at_the_start_is_found_whole() -> None:
    """The longest date at the beginning is taken, and the text behind it is left."""
    assert find_date_at_start("2017-03-17: Strike") == (" Strike", MARCH_17)
    assert find_date_at_start("Friday, March 17, 2017 by Jane Doe") == (" by Jane Doe", MARCH_17)
    assert find_date_at_start("Strike of March 17, 2017") is None


def test_unix_times_are_told_by_their_size() -> None:
    """Seconds and milliseconds of the same moment give that moment in UTC."""
    assert parse_epoch(1489744800) == parse_epoch(1489744800000) == parse_epoch(1489744800.0) == AT_TEN_UTC


@pytest.mark.parametrize(
    "number", [0, -1, 2017, 20170317, 10**8 - 1, 10**10, 10**13, 10**400, float("inf"), float("nan")]
)
def test_other_numbers_are_no_unix_times(number: float) -> None:
    """Zero, years, days written as numbers and numbers beyond all times give None."""
    assert parse_epoch(number) is None


# --- queries -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2017", date(2017, 1, 1), date(2017, 12, 31)),
        ("2017-02", date(2017, 2, 1), date(2017, 2, 28)),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29)),
        ("1900-02", date(1900, 2, 1), date(1900, 2, 28)),
        ("2017-03-17", MARCH_17, MARCH_17),
        ("2016..2017", date(2016, 1, 1), date(2017, 12, 31)),
        ("2016-11..2017-02", date(2016, 11, 1), date(2017, 2, 28)),
        ("2017-03-17..2017-03-17", MARCH_17, MARCH_17),
        ("..2016", None, date(2016, 12, 31)),
        ("2016..", date(2016, 1, 1), None),
        ("0001..9999", date.min, date.max),
        ("today", TODAY, TODAY),
        ("Yesterday", date(2024, 2, 28), date(2024, 2, 28)),
        ("3d..", date(2024, 2, 26), None),
        ("2w..", date(2024, 2, 15), None),
        ("6m..", date(2023, 8, 29), None),
        ("1y..", date(2023, 2, 28), None),
        ("4y..", date(2020, 2, 29), None),
        ("0D..today", TODAY, TODAY),
        ("..1m", None, date(2024, 1, 29)),
        ("2m..1m", date(2023, 12, 29), date(2024, 1, 29)),
        ("2024-01..yesterday", date(2024, 1, 1), date(2024, 2, 28)),
    ],
)
def test_a_range_includes_both_days(text: str, start: date | None, end: date | None) -> None:
    """Each form gives its first and its last day."""
    assert parse_date_range(text, TODAY) == (start, end)


def test_months_back_end_with_the_month() -> None:
    """A month back from the 31st is the last day of a shorter month."""
    assert parse_date_range("1m..", date(2023, 3, 31)) == (date(2023, 2, 28), None)


def test_none_means_undated() -> None:
    """`none`, in any case, is not a range."""
    assert parse_date_range("none", TODAY) is None
    assert parse_date_range("None", TODAY) is None


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("2017-13", "there is no month 13"),
        ("2017-00", "there is no month 00"),
        ("2017-02-30", "no day 30"),
        ("2017-02-00", "no day 00"),
        ("2016..2017-04-31", "no day 31"),
        ("0000", "years go from 0001"),
        ("foo", "'foo' is not a date"),
        ("17", "'17' is not a date"),
        ("2017-3", "'2017-3' is not a date"),
        ("20170317", "'20170317' is not a date"),
        ("٢٠١٧", "is not a date"),
        ("2016...2017", "is not a date"),
        ("2016..2017..2018", "is not a date"),
        ("none..2017", "'none' is not a date"),
        ("", "is not a date"),
        ("..", "has no ends"),
    ],
)
def test_a_bad_date_is_an_error_that_tells_what_is_accepted(text: str, trouble: str) -> None:
    """The message names the trouble and the accepted forms."""
    with pytest.raises(ValueError, match=trouble) as error:
        parse_date_range(text, TODAY)
    assert "2017-03-17" in str(error.value) and "A..B" in str(error.value)


@pytest.mark.parametrize("text", ["2w", "3d", "6M", "1y"])
def test_a_relative_point_alone_suggests_the_range(text: str) -> None:
    """A relative point outside a range is an error that suggests the range since then."""
    with pytest.raises(ValueError, match=rf"write {text.lower()}\.\."):
        parse_date_range(text, TODAY)


def test_a_range_that_ends_before_it_starts_is_an_error() -> None:
    """The message names both ends."""
    with pytest.raises(ValueError, match=r"ends \(2016-12-31\) before it starts \(2017-01-01\)"):
        parse_date_range("2017..2016", TODAY)


@pytest.mark.parametrize("text", ["999999d..", "999999w..", "99999m..", "2024y.."])
def test_a_point_before_the_calendar_is_an_error(text: str) -> None:
    """More time back than the calendar has is an error, not an overflow."""
    with pytest.raises(ValueError, match="before the year 1"):
        parse_date_range(text, TODAY)


def test_yesterday_of_the_first_day_is_an_error() -> None:
    """There is no day before the first of the calendar."""
    with pytest.raises(ValueError, match="before the year 1"):
        parse_date_range("yesterday", date.min)


@given(st.text(alphabet="0123456789-.dwmy today", max_size=24), st.dates())
def test_any_text_is_a_range_or_a_value_error(text: str, today: date) -> None:
    """Whatever is typed, the answer is an ordered range, or a ValueError."""
    try:
        span = parse_date_range(text, today)
    except ValueError as error:
        assert str(error)
        return
    assert span is None or span[0] is None or span[1] is None or span[0] <= span[1]
