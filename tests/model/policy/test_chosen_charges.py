"""What cover past the end of a term costs, and what a renewal that nobody took and a term that is written anew give back,
as the carrier chose; and the invariants hold of each.
"""

from datetime import date

import pytest
from msgspec.structs import replace

from fixtures.histories import END, policy_id, terms
from model.invariants import POLICY_INVARIANTS, judged
from model.policy.commands import CancelPolicy, CloseJob
from model.policy.explain import explain
from model.policy.proposals import NonRenewal, Renewal, Rewrite
from model.published.seen import policy_view

LATE = date(2027, 3, 1)
NEXT = replace(terms(1), start=END, end=date(2028, 6, 1))


def holds(desk) -> bool:
    view = policy_view(policy_id(1), desk.state, desk.core.carrier)
    return view is not None and list(judged(POLICY_INVARIANTS, policy_id(1), view)) == []


@pytest.mark.parametrize(("choice", "booked"), [("pro_rata", "2584.11 USD"), ("free", "2400.00 USD")])
def test_days_past_the_end_cost_what_the_carrier_says(choice, booked, in_force):
    """120 days' notice, given 92 days before the end: 28 days more, of 365, of 2,400.00 a year."""
    desk = in_force(extension_premium=choice)
    desk.whole("N", NonRenewal(LATE, "losses"), on=LATE)
    (premium, *_) = explain(desk.core.carrier, desk.state.period)

    assert desk.state.period.until is not None
    assert (desk.state.period.until - END).days == 28
    assert str(premium.booked) == booked
    assert sum(reason.amount.minor for reason in premium.reasons) == premium.booked.minor
    assert holds(desk)


@pytest.mark.parametrize(("choice", "kept"), [("pro_rata", 0), ("as_the_insured_cancels", 19857)])
def test_a_rewrite_gives_back_what_the_carrier_says(choice, kept, in_force):
    """63 of 365 days are earned; of 1,985.75 that are not, short rate gives nine tenths back, 1,787.18."""
    desk = in_force(rewrite_return=choice, insured_cancellation="short_rate_90")
    start = date(2026, 8, 3)
    desk.whole("W", Rewrite(replace(terms(1), start=start)), on=start)
    (old,) = desk.state.earlier

    assert sum(one.amount.minor for one in old.retained if one.pattern == "premium") == kept
    assert [one.amount.minor for one in old.booked if one.pattern == "premium"] == [41425 + kept]
    assert holds(desk)


@pytest.mark.parametrize(("choice", "kept"), [("pro_rata", False), ("as_the_insured_cancels", True)])
def test_a_cancellation_to_rewrite_elsewhere_gives_back_the_same(choice, kept, in_force):
    desk = in_force(rewrite_return=choice, insured_cancellation="short_rate_90")
    desk.ask(CancelPolicy(**desk.about(date(2026, 8, 3)), reason="rewritten"))

    assert bool(desk.state.period.retained) is kept
    assert holds(desk)


@pytest.mark.parametrize(("choice", "left"), [("everything", {}), ("all_but_fully_earned", {"fee": 2500})])
def test_a_renewal_that_nobody_took_gives_back_what_the_carrier_says(choice, left, in_force, answered):
    desk = in_force(not_taken_return=choice, renewal_acceptance="deemed")
    opened, late = date(2027, 4, 5), date(2027, 6, 3)
    desk.whole("R", Renewal(NEXT), on=opened)
    desk.issue("R", on=opened)
    assert desk.state.renewal is not None

    assert answered(desk.ask(CloseJob(**desk.about(late, job_id="R"), outcome="not_taken"))) == "RenewalNotTaken"
    (renewal,) = desk.state.earlier
    assert {one.pattern: one.amount.minor for one in renewal.booked if one.amount.minor} == left
    assert holds(desk)
