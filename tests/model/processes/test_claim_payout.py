"""The claim payout process: every message in every state, what time does to it, and who is stuck."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any, get_args

import pytest

from model.processes.claim_payout import (
    ApprovalGiven,
    ApprovalRefused,
    Command,
    Compensated,
    Inquiring,
    NothingFound,
    Ordered,
    Paid,
    Patience,
    PayoutConfirmed,
    PayoutFailed,
    StartPayout,
    State,
    Stuck,
    TimePassed,
    decider,
    evolve,
    stuck,
)

T0 = datetime(2026, 10, 1, 15, tzinfo=UTC)
PATIENCE = Patience(inquiries=2)
MACHINE = decider(PATIENCE)


def at(hours: float = 0) -> dict[str, Any]:
    return {"payment_id": "PAY", "at": T0 + timedelta(hours=hours)}


START = StartPayout(claim_id="C", wish="within_authority", **at())
START_ABOVE = StartPayout(claim_id="C", wish="above_authority", **at())


def asked(*commands, machine=MACHINE) -> Any:
    state: Any = machine.initial
    for command in commands:
        decision: Any = machine.decide(command, state)
        state = reduce(evolve, decision, state)
    return state


INQUIRED = (START, TimePassed(**at(4)))
GIVEN_UP = (*INQUIRED, TimePassed(**at(28)), TimePassed(**at(52)))
STATES: dict[str, Any] = {
    "NotStarted": asked(),
    "AwaitingApproval": asked(START_ABOVE),
    "Ordered": asked(START),
    "Inquiring": asked(*INQUIRED),
    "Stuck": asked(*GIVEN_UP),
    "Compensated": asked(START, PayoutFailed(**at(1))),
    "Paid": asked(START, PayoutConfirmed(**at(1))),
}
COMMANDS = {
    "StartPayout": START,
    "StartPayout(other)": StartPayout(claim_id="C-2", wish="within_authority", **at()),
    "ApprovalGiven": ApprovalGiven(**at(1)),
    "ApprovalRefused": ApprovalRefused(**at(1)),
    "PayoutConfirmed": PayoutConfirmed(**at(1)),
    "PayoutFailed": PayoutFailed(**at(1)),
    "NothingFound": NothingFound(**at(1)),
    "TimePassed(soon)": TimePassed(**at(1)),
    "TimePassed(late)": TimePassed(**at(500)),
}
TABLE = """
#                   NotStarted       AwaitingApproval  Ordered          Inquiring        Stuck            Compensated              Paid
StartPayout         PayoutStepTaken  -                 -                -                -                -                        -
StartPayout(other)  PayoutStepTaken  payment_reused    payment_reused   payment_reused   payment_reused   payment_reused           payment_reused
ApprovalGiven       wrong_state      PayoutStepTaken   -                -                -                wrong_state              -
ApprovalRefused     wrong_state      PayoutStepTaken   wrong_state      wrong_state      wrong_state      -                        wrong_state
PayoutConfirmed     wrong_state      wrong_state       PayoutDone       PayoutDone       PayoutDone       paid_after_compensation  -
PayoutFailed        wrong_state      wrong_state       PayoutStepTaken  PayoutStepTaken  PayoutStepTaken  -                        wrong_state
NothingFound        wrong_state      wrong_state       -                PayoutStepTaken  PayoutStepTaken  wrong_state              wrong_state
TimePassed(soon)    -                -                 -                -                -                -                        -
TimePassed(late)    -                PayoutStepTaken   PayoutStepTaken  PayoutStepTaken  -                -                        -
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_message_and_every_state():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State))


def asks(command, state) -> str:
    decision: Any = MACHINE.decide(command, state)
    return decision[0].asks


def test_a_payment_above_authority_asks_for_approval_and_then_for_the_payout():
    assert asks(START_ABOVE, STATES["NotStarted"]) == "approval"
    assert asks(ApprovalGiven(**at(1)), STATES["AwaitingApproval"]) == "payout"
    assert asks(START, STATES["NotStarted"]) == "payout"


def test_an_approval_that_never_comes_gives_the_reserve_back():
    assert MACHINE.decide(TimePassed(**at(119.9)), STATES["AwaitingApproval"]) == ()
    assert asks(TimePassed(**at(120)), STATES["AwaitingApproval"]) == "compensation"


def test_a_payout_that_nobody_answers_is_inquired_about_and_never_repeated():
    assert asks(TimePassed(**at(4)), STATES["Ordered"]) == "inquiry"
    assert MACHINE.decide(TimePassed(**at(27)), STATES["Inquiring"]) == ()
    assert asks(TimePassed(**at(28)), STATES["Inquiring"]) == "inquiry"
    assert asks(TimePassed(**at(52)), asked(*INQUIRED, TimePassed(**at(28)))) == "person"


def test_a_payout_that_was_never_sent_is_sent():
    assert asks(NothingFound(**at(5)), STATES["Inquiring"]) == "payout"
    assert isinstance(asked(*INQUIRED, NothingFound(**at(5))), Ordered)


@pytest.mark.parametrize("name", ["Ordered", "Inquiring", "Stuck"])
def test_a_confirmation_is_believed_however_late(name):
    decision: Any = MACHINE.decide(PayoutConfirmed(**at(900)), STATES[name])

    assert reduce(evolve, decision, STATES[name]) == Paid("C")


def test_money_that_left_after_it_was_given_up_is_a_fault_that_says_so(answered):
    assert answered(MACHINE.decide(PayoutConfirmed(**at(900)), STATES["Compensated"])) == "paid_after_compensation"


@pytest.mark.parametrize("orders", [(PayoutConfirmed, PayoutConfirmed), (PayoutFailed, PayoutFailed)])
def test_what_is_told_twice_counts_once(orders):
    first, second = orders
    state = asked(START, first(**at(1)))

    assert MACHINE.decide(second(**at(2)), state) == ()
    assert isinstance(state, Paid | Compensated)


def test_the_stuck_ones_are_found():
    processes = list(STATES.items())

    assert stuck(processes, at=T0) == ("Stuck",)
    assert stuck(processes, at=T0 + timedelta(hours=4)) == ("Ordered", "Stuck")
    assert stuck(processes, at=T0 + timedelta(days=9)) == ("AwaitingApproval", "Ordered", "Inquiring", "Stuck")


def test_inquiries_are_counted():
    assert STATES["Inquiring"].inquiries == 1
    assert isinstance(asked(*INQUIRED, TimePassed(**at(28))), Inquiring)
    assert isinstance(STATES["Stuck"], Stuck)


def test_patience_has_defaults():
    assert asked(START, machine=decider()).until == T0 + timedelta(hours=4)
