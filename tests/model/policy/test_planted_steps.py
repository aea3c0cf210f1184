"""Every invariant over the steps of a policy can fail: the random lives find what was planted for it, and a fresh
cancellation that was undone, or a hold that was let go too early, stays found.
"""

from datetime import date
from typing import Any

import pytest
from hypothesis.stateful import run_state_machine_as_test
from msgspec.structs import replace

from fixtures.histories import END, at
from model.daycount import months_after
from model.invariants.policy_steps import ordered_otherwise, split_otherwise
from model.money import Money
from model.policy import commands as ask
from model.policy import events as happened
from model.policy.edits import AdjustCharge
from model.policy.moratorium import DeclareMoratorium, Moratorium, Suspended
from model.policy.period import NO_ORDERS
from model.policy.proposals import PolicyChange, Reinstatement
from model.policy.proration import earning
from model.policy.states import InForce
from tests.model.policy.lives import settings_for
from tests.model.policy.whole_lives import WholeLife


def dearer(charges, cents):
    first, *others = charges
    return (replace(first, amount=Money(first.amount.minor + cents, "USD")), *others)


class KeepsACentOfACancellation(WholeLife):
    judges = frozenset({"INV-P4"})

    def happen(self, event, state):
        kept = isinstance(event, happened.PolicyCancelled) and event.returned
        return replace(event, returned=dearer(event.returned, 1)) if kept else event


class ForgetsAChargeWhenItReinstates(WholeLife):
    judges = frozenset({"INV-P5"})

    def happen(self, event, state):
        return replace(event, charges=event.charges[1:]) if isinstance(event, happened.PolicyReinstated) else event


class RoundsEveryChangeUpByTwo(WholeLife):
    judges = frozenset({"INV-P6"})

    def happen(self, event, state):
        changed = isinstance(event, happened.PolicyChanged) and event.charges
        return replace(event, charges=dearer(event.charges, 2)) if changed else event


class ChargesForApplyingAgain(WholeLife):
    judges = frozenset({"INV-P7"})

    def happen(self, event, state):
        again = [one for one in getattr(event, "versions", ()) if one.reapplication_of]
        if isinstance(event, happened.PolicyChanged) and again and event.charges:
            return replace(event, charges=dearer(event.charges, 2 * len(again)))
        return event


class RewritesHistory(WholeLife):
    judges = frozenset({"INV-P9"})

    def become(self, before, event):
        after: Any = super().become(before, event)
        if isinstance(event, happened.PolicyCancelled):
            last = replace(after.period.versions[-1], number=1)
            return replace(after, period=replace(after.period, versions=(last,)))
        return after


class TakesMessagesAsTheyCome(WholeLife):
    judges = frozenset({"INV-P10"})

    def told(self, envelopes, _dice):
        return [(data, replace(one, sequence=place)) for place, (data, one) in enumerate(envelopes)]


class HearsOfNoMoratorium(WholeLife):
    judges = frozenset({"INV-P11"})

    def heard_by_the_machine(self):
        return NO_ORDERS


class MailsADayTooLate(WholeLife):
    judges = frozenset({"INV-P11"})

    def become(self, before, event):
        if isinstance(event, happened.NoticeGiven):
            event = replace(event, mailed_on=months_after(event.mailed_on, 1))
        return super().become(before, event)


@pytest.mark.parametrize(
    "defective",
    [
        KeepsACentOfACancellation,
        ForgetsAChargeWhenItReinstates,
        RoundsEveryChangeUpByTwo,
        ChargesForApplyingAgain,
        RewritesHistory,
        TakesMessagesAsTheyCome,
        HearsOfNoMoratorium,
        MailsADayTooLate,
    ],
)
def test_a_planted_defect_is_found(defective):
    (code,) = defective.judges

    with pytest.raises(AssertionError, match=code):
        run_state_machine_as_test(defective, settings=settings_for(200))


# --- what the lives found


def test_what_a_cancellation_keeps_is_earned_on_its_day_and_not_on_that_of_one_that_was_undone(in_force):
    desk = in_force(insured_cancellation="short_rate_90")
    about = desk.about(date(2026, 8, 3), reason="insured_request")
    desk.ask(ask.CancelPolicy(**about | {"on": date(2026, 11, 21)}))
    desk.whole("R", Reinstatement(date(2026, 11, 21)))
    desk.ask(ask.CancelPolicy(**about | {"on": date(2026, 9, 27)}))

    assert desk.state.period.retained
    assert [seen.unearned for seen in earning(desk.core.carrier, desk.state.period, date(2026, 9, 27))] == [0, 0, 0]


def test_what_a_moratorium_still_suspends_goes_on_waiting(in_force, answered):
    desk = in_force()
    day = date(2026, 9, 9)
    order = Moratorium("WATCH", ("FL",), (), (), day, END, (Suspended("cancel", "hold"), Suspended("notice", "hold")))
    desk.core.submit(DeclareMoratorium(moratorium=order, on=day, at=at(day)))

    assert answered(desk.notice(on=day)) == "OperationHeld"
    assert answered(desk.ask(ask.ReleaseHeld(**desk.about(date(2026, 10, 1))))) == "-"
    assert len(desk.state.docket.held) == 1
    assert isinstance(desk.state, InForce)
    assert answered(desk.ask(ask.ReleaseHeld(**desk.about(END)))) == "HeldReleased"


def test_a_change_is_held_to_its_halves_and_to_the_order_of_days(in_force):
    """The predicates look at terms like this one, and not at nothing."""

    desk = in_force()
    for job, day, cents in (("A", date(2026, 12, 1), 36501), ("B", date(2026, 9, 1), 10001)):
        desk.whole(job, PolicyChange(day, (AdjustCharge("premium", Money(cents, "USD")),)))
    period = desk.state.period
    first, *others = period.booked
    off = replace(period, booked=(replace(first, amount=Money(first.amount.minor + 2, "USD")), *others))

    assert split_otherwise(desk.core.carrier, "P", period) is None
    assert ordered_otherwise(desk.core.carrier, "P", period) is None
    assert "INV-P6" in str(split_otherwise(desk.core.carrier, "P", off))
    assert "INV-P7" in str(ordered_otherwise(desk.core.carrier, "P", off))
