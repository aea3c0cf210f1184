"""On which day an instant falls, and which version ruled on a day by what was known when."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import BOUND, CANCELLED, END, QUOTED, START, at, usd
from model.claims.coverage import Covered, InsuredCoverage, InsuredPolicy, coverage_at
from model.policy.period import as_of, evolve, policy_day
from tests.model.policy.one_policy import (
    BOUND_EVENT,
    CANCELLED_EVENT,
    EXPIRED_EVENT,
    ISSUED_EVENT,
    QUOTED_EVENT,
    folded,
)

# --- cover is half open


ZONES = ("America/New_York", "America/Chicago", "America/Phoenix", "America/Puerto_Rico", "Pacific/Honolulu")
DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 6, 1, 4, 0, 59, tzinfo=UTC), date(2026, 5, 31)),
        (datetime(2026, 6, 1, 4, 1, 0, tzinfo=UTC), date(2026, 6, 1)),
        (datetime(2026, 6, 2, 4, 0, 59, 999999, tzinfo=UTC), date(2026, 6, 1)),
        # The clocks of New York go forward on 8 March and back on 1 November 2026: days of 23 and 25 hours.
        (datetime(2026, 3, 8, 5, 0, 59, tzinfo=UTC), date(2026, 3, 7)),
        (datetime(2026, 3, 8, 5, 1, tzinfo=UTC), date(2026, 3, 8)),
        (datetime(2026, 3, 9, 4, 0, 59, tzinfo=UTC), date(2026, 3, 8)),
        (datetime(2026, 3, 9, 4, 1, tzinfo=UTC), date(2026, 3, 9)),
        (datetime(2026, 11, 1, 4, 1, tzinfo=UTC), date(2026, 11, 1)),
        (datetime(2026, 11, 2, 4, 1, tzinfo=UTC), date(2026, 11, 1)),
        (datetime(2026, 11, 2, 5, 0, 59, tzinfo=UTC), date(2026, 11, 1)),
        (datetime(2026, 11, 2, 5, 1, tzinfo=UTC), date(2026, 11, 2)),
    ],
)
def test_a_policy_day_begins_one_minute_after_midnight_where_the_insured_lives(instant, day):
    assert policy_day(instant, zone="America/New_York", term_starts_at="00:01") == day


@settings(derandomize=True, deadline=None)
@given(day=DAYS, zone=st.sampled_from(ZONES), seconds=st.integers(0, 23 * 3600 - 1))
def test_policy_and_claims_agree_whether_an_instant_is_inside_a_term(day, zone, seconds):
    """INV-P10 for one policy: the day that policy sees and the cover that claims sees are the same."""
    start = datetime.combine(day, time(0, 1), ZoneInfo(zone))
    instant = datetime.fromtimestamp(start.timestamp() + seconds, UTC)
    coverage = InsuredCoverage("dwelling", usd("1.00"), usd("0.00"), usd("0.00"))
    policy = InsuredPolicy("P", START, END, zone, "00:01", None, (coverage,))

    seen = policy_day(instant, zone=zone, term_starts_at="00:01")

    assert seen == day
    assert (START <= seen < END) == isinstance(coverage_at(policy, instant, "dwelling"), Covered)


# --- two time axes


IN_FORCE = folded(QUOTED_EVENT, BOUND_EVENT, ISSUED_EVENT)


def ruled(state, effective, known_at):
    version = as_of(state, effective=effective, known_at=known_at)
    return version and (version.effective, version.recorded, version.status)


def test_what_was_known_then_stays_what_was_known_then():
    cancelled = evolve(IN_FORCE, CANCELLED_EVENT)
    before, after = at(date(2026, 11, 30)), at(CANCELLED)

    assert ruled(cancelled, date(2026, 12, 5), before) == (START, at(BOUND), "in_force")
    assert ruled(cancelled, date(2026, 12, 5), after) == (CANCELLED, after, "cancelled")
    assert ruled(cancelled, date(2026, 11, 30), after) == (START, at(BOUND), "in_force")


def test_a_backdated_cancellation_rules_from_its_own_day_once_it_is_known():
    backdated = replace(CANCELLED_EVENT, on=date(2026, 7, 1))
    cancelled = evolve(IN_FORCE, backdated)
    loss = date(2026, 8, 1)

    assert ruled(cancelled, loss, at(date(2026, 9, 1))) == (START, at(BOUND), "in_force")
    assert ruled(cancelled, loss, at(CANCELLED)) == (date(2026, 7, 1), at(CANCELLED), "cancelled")


def test_no_version_rules_before_the_term_or_before_the_policy_was_issued():
    assert as_of(IN_FORCE, effective=date(2026, 5, 31), known_at=at(END)) is None
    assert as_of(IN_FORCE, effective=START, known_at=at(QUOTED)) is None
    assert as_of(folded(QUOTED_EVENT, BOUND_EVENT), effective=START, known_at=at(END)) is None


@settings(derandomize=True, deadline=None)
@given(
    effective=st.dates(date(2026, 5, 1), date(2027, 7, 1)),
    known=st.integers(0, 400 * 24).map(lambda hours: at(QUOTED) + timedelta(hours=hours)),
    later=st.sampled_from([CANCELLED_EVENT, replace(CANCELLED_EVENT, on=START), EXPIRED_EVENT]),
)
def test_later_events_never_change_what_was_known_before_them(effective, known, later):
    """INV-P9."""
    before = as_of(IN_FORCE, effective=effective, known_at=known)

    after = as_of(evolve(IN_FORCE, later), effective=effective, known_at=known)

    assert after == before or known >= later.at
