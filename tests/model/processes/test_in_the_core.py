"""The processes in a whole core: what policy, billing, claims and payments really answer."""

from datetime import date, timedelta
from typing import Any

import pytest

from fixtures.histories import END, IN_FORCE, account_id, at, history, payout_intent_id, play, policy_id
from fixtures.jurisdictions import florida
from fixtures.process_histories import (
    ASKED_ON,
    cancel_requested,
    declare_hold,
    delinquency_id,
    end_hold,
    exited,
    process_history,
    release,
)
from model.core import Core
from model.due import PROCESSES
from model.policy.moratorium import DeclareMoratorium, EndMoratorium, Moratorium, Suspended
from model.policy.states import InForce, PendingCancel
from model.waiting import next_due, pass_time, stuck


def in_force() -> Core:
    core = Core(*florida())
    for step in IN_FORCE:
        core.submit(step(1))
        core.drain(at=step(1).at)
    return core


def hears(core: Core, envelope, when) -> None:
    core.outbox.append(envelope)
    core.drain(at=when)


def process(core: Core) -> Any:
    return core.nonpayments.states[delinquency_id(1)]


def days_go_by(core: Core, until) -> None:
    while (day := next_due(core, PROCESSES)) is not None and day <= until:
        pass_time(core, day, PROCESSES)
        core.drain(at=day)


def test_a_moratorium_that_refuses_notices_is_waited_out_and_the_notice_then_takes_its_days():
    core = in_force()
    order = Moratorium("ORDER", ("FL",), (), (), ASKED_ON, None, (Suspended("notice", "refuse"),))
    over = ASKED_ON + timedelta(days=14)
    core.submit(DeclareMoratorium(moratorium=order, on=ASKED_ON, at=at(ASKED_ON)))
    hears(core, cancel_requested(), at(ASKED_ON))
    assert (type(process(core)).__name__, process(core).because) == ("Deferred", "moratorium")
    days_go_by(core, at(over - timedelta(days=1)))
    assert isinstance(core.policy(policy_id(1)), InForce)

    core.submit(EndMoratorium(moratorium_id="ORDER", on=over, at=at(over)))
    days_go_by(core, at(over + timedelta(days=2)))
    state: Any = core.policy(policy_id(1))

    assert isinstance(state, PendingCancel)
    assert state.notice.mailed_on >= over
    assert state.notice.effective == state.notice.mailed_on + timedelta(days=10)
    assert process(core).effective == state.notice.effective


def test_a_notice_that_a_moratorium_holds_is_given_when_it_ends_without_being_asked_again():
    core = in_force()
    core.submit(declare_hold(1))
    hears(core, cancel_requested(), at(ASKED_ON))
    assert (type(process(core)).__name__, next_due(core, PROCESSES)) == ("Held", None)

    core.submit(end_hold(1))
    core.submit(release(1))
    core.drain(at=release(1).at)

    assert type(process(core)).__name__ == "Pending"
    assert isinstance(core.policy(policy_id(1)), PendingCancel)


def test_a_weekend_without_mail_puts_the_notice_off_to_monday():
    core = in_force()
    saturday = date(2026, 9, 26)
    hears(core, cancel_requested(on=saturday), at(saturday))
    assert process(core).because == "not_a_mailing_day"

    days_go_by(core, at(saturday + timedelta(days=2)))
    state: Any = core.policy(policy_id(1))

    assert state.notice.mailed_on == date(2026, 9, 28)


def test_a_policy_reinstated_by_late_news_of_money_in_time_has_no_gap_and_costs_the_same():
    core, paid_on = in_force(), ASKED_ON + timedelta(days=9)
    untouched: Any = in_force().policy(policy_id(1))
    hears(core, cancel_requested(), at(ASKED_ON))
    days_go_by(core, at(date(2026, 10, 2)))
    account: Any = core.account(account_id(1))
    assert type(core.policy(policy_id(1))).__name__ == "Cancelled"
    assert len(account.instructions) == 2

    late = at(date(2026, 10, 6))
    hears(core, exited(on=paid_on, said=late), late)
    state: Any = core.policy(policy_id(1))

    assert isinstance(state, InForce)
    assert state.period.booked == untouched.period.booked
    assert {one.status for one in state.period.cover} == {"in_force"}
    assert stuck(core, at(END)) == ()


def test_a_policy_that_has_no_days_left_for_a_notice_is_for_a_person():
    """Fourteen days after the policy ended by itself there is nothing left to give notice of."""
    core = in_force()
    hears(core, cancel_requested(on=END), at(END + timedelta(days=14)))

    (waits,) = stuck(core, at(END + timedelta(days=14)))
    assert (waits.process, waits.of, waits.because) == ("cancel_for_nonpayment", "person", "outside_term")


@pytest.mark.parametrize("hosting", ["processes", "contexts"])
def test_a_payout_has_one_intent_and_one_booking_with_the_process_or_without(hosting):
    core = Core(*florida(), hosting=hosting)
    play(core, history("a claim paid and closed"))

    assert list(core.intents.states) == [payout_intent_id(1)]


def test_a_renewal_whose_money_goes_back_is_undone_when_its_grace_is_over():
    core = Core(*florida())
    play(core, process_history("a renewal offered and paid"))
    state: Any = core.policy(policy_id(1))
    assert state.renewal is not None

    wanted = END + timedelta(days=1)
    hears(core, cancel_requested(reason="not_taken", on=wanted), at(wanted))
    undone: Any = core.policy(policy_id(1))

    assert undone.renewal is None
    assert type(core.renewals.states[policy_id(1)]).__name__ == "Undone"
    account: Any = core.account(account_id(1))
    assert sum(one.amount.minor for instruction in account.instructions[1:] for one in instruction.charges) == 0


def test_a_renewal_that_is_undone_too_early_is_asked_again_after_its_grace():
    core = Core(*florida())
    play(core, process_history("a renewal offered and paid"))
    early = END - timedelta(days=3)
    hears(core, cancel_requested(reason="not_taken", on=early), at(early))
    renewal: Any = core.renewals.states[policy_id(1)]
    assert (type(renewal).__name__, renewal.because) == ("Deferred", "grace_not_over")

    days_go_by(core, at(END + timedelta(days=3)))

    assert type(core.renewals.states[policy_id(1)]).__name__ == "Undone"
