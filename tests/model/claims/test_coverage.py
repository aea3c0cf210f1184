"""Whether a loss is covered is decided at its very instant, where the insured lives."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from fixtures.histories import insured
from model.claims.coverage import Covered, NotCovered, coverage_at

POLICY = insured(1)
CANCELLED = replace(POLICY, cancelled_on=date(2026, 12, 1))
SECOND = timedelta(seconds=1)
# A term starts and ends at 00:01 in New York, which is 04:01 UTC in summer and 05:01 in winter.
STARTS, ENDS = datetime(2026, 6, 1, 4, 1, tzinfo=UTC), datetime(2027, 6, 1, 4, 1, tzinfo=UTC)
CANCELS = datetime(2026, 12, 1, 5, 1, tzinfo=UTC)


def at(policy, instant, coverage="dwelling"):
    found = coverage_at(policy, instant, coverage)
    return found.reason if isinstance(found, NotCovered) else "covered"


@pytest.mark.parametrize(
    ("policy", "instant", "answer"),
    [
        (POLICY, STARTS - SECOND, "not_in_force"),
        (POLICY, STARTS, "covered"),
        (POLICY, ENDS - SECOND, "covered"),
        (POLICY, ENDS, "not_in_force"),
        (CANCELLED, CANCELS - SECOND, "covered"),
        (CANCELLED, CANCELS, "cancelled_before_loss"),
        (CANCELLED, ENDS, "not_in_force"),
        (None, STARTS, "unknown_policy"),
    ],
)
def test_cover_is_half_open(policy, instant, answer):
    assert at(policy, instant) == answer


def test_a_loss_at_the_instant_of_expiration_is_not_covered_in_local_time_either():
    local = datetime(2027, 6, 1, 0, 1, tzinfo=ZoneInfo("America/New_York"))

    assert at(POLICY, local) == "not_in_force"
    assert at(POLICY, local - SECOND) == "covered"


def test_the_hour_is_that_of_the_insureds_own_zone():
    chicago = replace(POLICY, zone="America/Chicago")

    assert at(chicago, STARTS) == "not_in_force"
    assert at(chicago, STARTS + timedelta(hours=1)) == "covered"


def test_a_carrier_may_start_at_noon():
    noon = replace(POLICY, term_starts_at="12:00")

    assert at(noon, datetime(2026, 6, 1, 15, 59, tzinfo=UTC)) == "not_in_force"
    assert at(noon, datetime(2026, 6, 1, 16, 0, tzinfo=UTC)) == "covered"


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 11, 2), 24)])
def test_a_policy_cancelled_after_one_day_covers_as_many_hours_as_that_day_has(day, hours):
    policy = replace(POLICY, start=day, end=date(2027, 12, 31), cancelled_on=day + timedelta(days=1))
    start = datetime(day.year, day.month, day.day, 0, 1, tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)

    assert at(policy, start - SECOND) == "not_in_force"
    assert at(policy, start) == "covered"
    assert at(policy, start + timedelta(hours=hours) - SECOND) == "covered"
    assert at(policy, start + timedelta(hours=hours)) == "cancelled_before_loss"


def test_both_hours_of_the_night_when_the_clocks_go_back_are_covered():
    policy = replace(POLICY, cancelled_on=date(2026, 11, 2))
    twice = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/New_York"))

    assert at(policy, twice) == at(policy, twice.replace(fold=1)) == "covered"


def test_a_flat_cancellation_covers_nothing():
    flat = replace(POLICY, cancelled_on=POLICY.start)

    assert at(flat, STARTS) == "cancelled_before_loss"


def test_a_coverage_that_was_not_bought_is_absent_and_one_that_was_comes_with_its_amounts():
    assert at(POLICY, STARTS, "flood") == "coverage_absent"
    assert coverage_at(POLICY, STARTS, "contents") == Covered(POLICY.coverages[1])


def test_the_reason_says_first_that_the_policy_was_not_in_force():
    assert at(POLICY, ENDS, "flood") == "not_in_force"
    assert at(CANCELLED, CANCELS, "flood") == "cancelled_before_loss"
