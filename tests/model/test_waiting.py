"""Who waits for whom: what is due, what is stuck, and that telling the time twice changes nothing."""

from datetime import timedelta
from typing import Any

import pytest

from fixtures.histories import IN_FORCE, INSPECTED, at, history, payment_id, play, policy_id
from fixtures.jurisdictions import florida
from fixtures.process_histories import ASKED_ON, OFFER, cancel_requested, delinquency_id, process_history
from model.core import Core
from model.due import PROCESSES, Due
from model.waiting import STEPS, due, next_due, pass_time, stuck, under_way

HOURS = timedelta(hours=1)


def paying() -> Core:
    core = Core(*florida())
    play(core, history("a claim with a payment on its way"))
    return core


def test_a_payout_is_due_when_its_patience_ends_and_not_a_moment_before():
    core, asked = paying(), at(INSPECTED)
    over = asked + 4 * HOURS

    assert next_due(core, PROCESSES) == over
    assert due(core, over - timedelta(microseconds=1), PROCESSES) == ()
    assert due(core, over, PROCESSES) == (Due(over, "claim_payout", payment_id(1)),)
    ((standing, _),) = under_way(core)
    assert (standing.asks, standing.of, standing.until) == ("payout", "payments", over)


def test_the_time_that_is_told_twice_is_heard_once():
    core, over = paying(), at(INSPECTED) + 4 * HOURS
    decisions: Any = pass_time(core, over, PROCESSES)
    ((step,),) = decisions

    assert step.asks == "inquiry"
    assert pass_time(core, over, PROCESSES) == ()


def test_an_answer_that_is_overdue_and_a_person_that_is_asked_are_stuck_the_longest_first():
    core = paying()
    play(core, process_history("a cancellation that policy refuses", 2))
    over = at(INSPECTED) + 4 * HOURS
    person, answer = stuck(core, over)

    assert (person.process, person.process_id, person.of) == ("cancel_for_nonpayment", delinquency_id(2), "person")
    assert person.because == "wrong_state"
    assert answer.says == f"claim_payout {payment_id(1)} waits for payments: payout, 4 h"
    assert "waits for a person" in person.says
    assert [one.process for one in stuck(core, over - HOURS)] == ["cancel_for_nonpayment"]


def test_a_day_that_is_waited_for_is_nobodys_fault_until_it_has_passed():
    core = Core(*florida())
    for step in IN_FORCE:
        core.submit(step(1))
    core.drain(at=at(ASKED_ON))
    core.outbox.append(cancel_requested())
    core.drain(at=at(ASKED_ON))

    (((standing, _)),) = under_way(core)
    assert (standing.asks, standing.of) == ("effective_day", "nobody")
    assert stuck(core, at(ASKED_ON)) == ()


def test_every_process_under_way_is_listed():
    core = paying()
    for step in OFFER:
        core.submit(step(2))
        core.drain(at=step(2).at)

    assert {(one.process, one.process_id) for one, _ in under_way(core)} == {
        ("claim_payout", payment_id(1)),
        ("renewal_bind", policy_id(2)),
    }


@pytest.mark.parametrize("process", STEPS)
def test_every_process_has_a_table_of_steps(process):
    assert len(STEPS[process]) > 4


def test_a_core_that_hosts_contexts_alone_has_no_processes_and_tells_them_nothing():
    core = Core(*florida(), hosting="contexts")
    play(core, history("a claim paid and closed"))

    assert list(under_way(core)) == []
    assert "processes" not in core.subscribers("insurance.policy.cancelled.v1")
