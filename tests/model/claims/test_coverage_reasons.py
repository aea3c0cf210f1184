"""Coverage: every reason by which a loss is not covered, as of the loss and as of the report."""

from datetime import UTC, date, datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from fixtures.histories import LANDFALL, NOTICE, insured, usd
from fixtures.jurisdictions import state_law
from model.claims.coverage import Covered, Gap, NotCovered, checked, coverage_at, late_notice
from model.claims.vocabulary import DenialReason

POLICY = insured(1)
DWELLING = POLICY.coverages[0]


def with_coverage(**fields) -> Any:
    return replace(POLICY, coverages=(replace(DWELLING, **fields),))


CASES: list[Any] = [
    (None, "unknown_policy"),
    (replace(POLICY, end=date(2026, 9, 10)), "not_in_force"),
    (replace(POLICY, cancelled_on=date(2026, 9, 10)), "cancelled_before_loss"),
    (replace(POLICY, gaps=(Gap(date(2026, 9, 1), date(2026, 9, 20)),)), "lapse_gap"),
    (replace(POLICY, coverages=POLICY.coverages[1:]), "coverage_absent"),
    (with_coverage(excluded=("hurricane",)), "excluded_peril"),
    (with_coverage(waiting_days=102), "waiting_period"),
]


@pytest.mark.parametrize(("policy", "reason"), CASES, ids=[reason for _, reason in CASES])
def test_a_loss_that_is_not_covered_has_its_reason(policy, reason):
    assert coverage_at(policy, LANDFALL, "dwelling", "hurricane") == NotCovered(reason)


def test_every_reason_has_its_case():
    assert {reason for _, reason in CASES} == set(get_args(DenialReason))


@pytest.mark.parametrize(
    "policy",
    [
        POLICY,
        replace(POLICY, gaps=(Gap(date(2026, 8, 1), date(2026, 9, 10)),)),
        with_coverage(excluded=("fire",)),
        with_coverage(waiting_days=101),
    ],
)
def test_a_gap_a_peril_or_a_wait_that_is_over_does_not_matter(policy):
    assert isinstance(coverage_at(policy, LANDFALL, "dwelling", "hurricane"), Covered)


def test_a_waiting_period_ends_at_the_minute_at_which_terms_begin():
    waiting = with_coverage(waiting_days=10)
    ends = datetime(2026, 6, 11, 0, 1, tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)

    assert isinstance(coverage_at(waiting, ends, "dwelling", "fire"), Covered)
    assert coverage_at(waiting, ends.replace(minute=0), "dwelling", "fire") == NotCovered("waiting_period")


# --- as of the loss and as of the report


def test_a_policy_that_says_the_same_now_and_then_raises_no_question():
    check = checked(now=POLICY, at_report=POLICY, loss_at=LANDFALL, coverage="dwelling", cause="hurricane")

    assert check.now == check.at_report == Covered(DWELLING)
    assert check.warnings == ()


@pytest.mark.parametrize(
    "then",
    [
        replace(POLICY, cancelled_on=date(2026, 9, 1)),
        with_coverage(limit=usd("100000.00")),
        replace(POLICY, coverages=POLICY.coverages[1:]),
    ],
    ids=["reinstated since", "limit raised since", "coverage added since"],
)
def test_a_change_behind_the_back_of_a_loss_is_a_warning(then):
    check = checked(now=POLICY, at_report=then, loss_at=LANDFALL, coverage="dwelling", cause="hurricane")

    assert isinstance(check.now, Covered)
    assert check.warnings == ("changed_after_report",)


def test_nobody_who_knew_nothing_at_the_report_is_suspicious():
    check = checked(now=POLICY, at_report=None, loss_at=LANDFALL, coverage="dwelling", cause="hurricane")

    assert check.warnings == ()


@pytest.mark.parametrize(
    ("notice_on", "warned"), [(date(2027, 9, 10), False), (date(2027, 9, 11), True), (NOTICE, False)]
)
def test_notice_more_than_a_year_after_the_loss_is_late_in_florida(notice_on, warned):
    found = late_notice(state_law("FL"), line="home", loss_on=date(2026, 9, 10), notice_on=notice_on)

    assert found == (("late_notice",) if warned else ())


def test_a_state_that_sets_no_limit_knows_no_late_notice():
    assert late_notice(state_law("TX"), line="home", loss_on=date(2016, 1, 1), notice_on=NOTICE) == ()
