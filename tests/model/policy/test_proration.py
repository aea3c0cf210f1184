"""What comes back and what is earned are one charge, whatever the day count and the rounding."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.histories import usd
from model.daycount import months_after, portion
from model.money import Money
from model.policy.proration import earned, pro_rata_return

WRITTEN = st.integers(-(10**8), 10**8).map(lambda minor: Money(minor, "USD"))
STARTS = st.dates(date(2023, 1, 1), date(2030, 12, 31))
DAY_COUNTS = st.sampled_from(["actual/actual_in_term", "actual/365F", "30E/360", "three_decimal_factor"])
ROUNDINGS = st.sampled_from(["half_up", "half_even", "down", "up"])
bounded = settings(derandomize=True, deadline=None, max_examples=60)


def returns(written, day_count, rounding, start):
    """What comes back on each day of an annual term, its end included."""
    end = months_after(start, 12)
    days = [start + timedelta(days=k) for k in range((end - start).days + 1)]
    return [pro_rata_return(written, portion(day_count, start=start, end=end, on=day), rounding).minor for day in days]


@bounded
@given(WRITTEN, DAY_COUNTS, ROUNDINGS, STARTS, st.integers(0, 366))
def test_earned_and_returned_are_what_was_written(written, day_count, rounding, start, days):
    """INV-P3 and INV-P4."""
    end = months_after(start, 12)
    term = portion(day_count, start=start, end=end, on=min(start + timedelta(days=days), end))

    assert earned(written, term, rounding) + pro_rata_return(written, term, rounding) == written
    assert abs(pro_rata_return(written, term, rounding).minor) <= abs(written.minor)


@bounded
@given(WRITTEN, DAY_COUNTS, ROUNDINGS, STARTS)
def test_the_return_falls_from_everything_to_nothing(written, day_count, rounding, start):
    """INV-P3: what is earned never shrinks, and at expiration all of it is."""
    sizes = [abs(minor) for minor in returns(written, day_count, rounding, start)]

    assert sizes[0] == abs(written.minor)
    assert sizes[-1] == 0
    assert all(earlier >= later for earlier, later in pairwise(sizes))


def test_a_flat_divisor_gives_back_everything_after_the_first_day_of_a_leap_term():
    """The convention, not a mistake: 365 of 366 days remain and the divisor is 365."""
    assert returns(usd("366.00"), "actual/365F", "half_up", date(2023, 3, 1))[:3] == [36600, 36600, 36500]
