"""Day counts divide a term without a rest, due dates stay at their anchor, business days skip what is closed."""

from calendar import monthrange
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.holidays import load_holidays
from model import daycount
from model.daycount import (
    MOST_DAYS,
    NO_HOLIDAYS,
    Portion,
    business_days_after,
    is_business_day,
    kept_day,
    kept_days,
    months_after,
    portion,
    rolled,
)

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
FED = load_holidays("us_federal_reserve")
bounded = settings(derandomize=True, deadline=None, max_examples=100)


@bounded
@given(DAYS, st.integers(0, 366), st.sampled_from(["actual/actual_in_term", "30E/360"]))
def test_what_has_run_and_what_remains_make_the_whole_term(start, days, day_count):
    end = months_after(start, 12)
    part = portion(day_count, start=start, end=end, on=min(start + timedelta(days=days), end))

    assert part.elapsed + part.remaining == part.basis
    assert min(part.elapsed, part.remaining) >= 0


@pytest.mark.parametrize(
    ("day_count", "start", "on", "wanted"),
    [
        ("actual/actual_in_term", date(2024, 1, 1), date(2024, 7, 1), Portion(182, 184, 366)),
        ("actual/actual_in_term", date(2025, 1, 1), date(2025, 7, 2), Portion(182, 183, 365)),
        ("actual/365F", date(2024, 1, 1), date(2024, 7, 1), Portion(182, 184, 365)),
        ("30E/360", date(2024, 1, 31), date(2024, 3, 31), Portion(60, 300, 360)),
        ("30E/360", date(2024, 1, 1), date(2024, 2, 29), Portion(58, 302, 360)),
    ],
)
def test_each_day_count_has_its_own_units(day_count, start, on, wanted):
    assert portion(day_count, start=start, end=months_after(start, 12), on=on) == wanted


# --- due dates


@bounded
@given(DAYS, st.integers(1, 400))
def test_due_dates_come_one_a_month_and_keep_the_day_of_their_anchor(anchor, months):
    """INV-B8: a 31st is every month's last day, and never slides to the 28th for good."""
    dues = [months_after(anchor, k) for k in range(months + 1)]

    assert dues[0] == anchor
    assert all(earlier < later for earlier, later in pairwise(dues))
    for k, due in enumerate(dues):
        assert (due.year * 12 + due.month) - (anchor.year * 12 + anchor.month) == k
        assert due.day == min(anchor.day, monthrange(due.year, due.month)[1])


@pytest.mark.parametrize("day", [28, 29, 30, 31])
def test_four_hundred_months_from_a_month_end_return_to_its_day(day):
    anchor = date(2025, 1, day)
    dues = [months_after(anchor, k) for k in range(401)]

    assert {due.day for due in dues if due.month in (1, 3, 5, 7, 8, 10, 12)} == {day}
    assert {due.day for due in dues if due.month == 2} == ({28} if day == 28 else {28, 29})
    assert len(set(dues)) == 401


@bounded
@given(DAYS, st.integers(0, 400))
def test_going_back_by_months_is_the_same_as_having_started_there(anchor, months):
    earlier = months_after(anchor, -months)

    assert (earlier.year * 12 + earlier.month) == (anchor.year * 12 + anchor.month) - months


# --- business days


def test_a_weekend_and_a_holiday_are_no_business_days():
    juneteenth = date(2026, 6, 19)

    assert not is_business_day(date(2026, 6, 20), NO_HOLIDAYS)
    assert is_business_day(juneteenth, NO_HOLIDAYS)
    assert not is_business_day(juneteenth, FED)


def test_a_day_that_does_not_roll_stays_and_one_that_does_moves_to_the_next_business_day():
    saturday = date(2026, 11, 14)

    assert rolled(saturday, "none", FED) == saturday
    assert rolled(saturday, "forward", FED) == date(2026, 11, 16)
    assert rolled(date(2026, 6, 19), "forward", FED) == date(2026, 6, 22)
    assert rolled(date(2026, 11, 13), "forward", FED) == date(2026, 11, 13)


@bounded
@given(DAYS, st.integers(1, 60))
def test_the_count_of_business_days_is_the_number_of_open_days_passed(day, count):
    due = business_days_after(day, count, FED)
    passed = [day + timedelta(days=k) for k in range(1, (due - day).days + 1)]

    assert is_business_day(due, FED)
    assert sum(is_business_day(each, FED) for each in passed) == count


def test_no_business_days_after_a_day_is_the_day_itself_even_when_it_is_closed():
    assert business_days_after(date(2026, 6, 20), 0, FED) == date(2026, 6, 20)


def test_a_day_that_is_kept_twice_is_one_object():
    once, twice = date(2026, 6, 1), date.fromordinal(date(2026, 6, 1).toordinal())

    assert once is not twice
    assert kept_day(once) == twice
    assert kept_day(once) is kept_day(twice)
    assert kept_days([twice, once]) == [once, twice]


def test_days_are_not_kept_without_end():
    century = [date.fromordinal(day) for day in range(1, MOST_DAYS + 10)]
    kept_days(century)
    kept_day(date(2026, 6, 1))

    assert len(daycount._DAYS) == 1
    kept_days(century)
    kept_days([date(2026, 6, 1)])

    assert len(daycount._DAYS) == 1
