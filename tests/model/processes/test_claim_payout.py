"""The claim payout process: every message in every state, what time does to it, and that a no reaches it."""

from datetime import UTC, date, datetime, timedelta
from functools import reduce
from typing import Any, get_args

import pytest

from model.money import Money
from model.processes.claim_payout import decider, evolve
from model.processes.payout_messages import (
    ApprovalGiven,
    ApprovalRefused,
    Asks,
    Command,
    NothingFound,
    PayoutAskRefused,
    PayoutConfirmed,
    PayoutFailed,
    PayoutTimePassed,
    PayoutUnknown,
    StartPayout,
)
from model.processes.payout_states import (
    ASKS_OF,
    STATE_OF,
    Compensated,
    Inquiring,
    Ordered,
    Paid,
    Patience,
    State,
    Stuck,
)

T0 = datetime(2026, 10, 1, 15, tzinfo=UTC)
PATIENCE = Patience(inquiries=2)
MACHINE = decider(PATIENCE)
AMOUNT = Money(1400000, "USD")


def at(hours: float = 0, **more) -> dict[str, Any]:
    return {"payment_id": "PAY", "on": date(2026, 10, 1), "at": T0 + timedelta(hours=hours), **more}


def moved(kind, hours: float = 1) -> Any:
    return kind(claim_id="C", story="told", **at(hours))


START = StartPayout(claim_id="C", payee_id="I", amount=AMOUNT, wish="within_authority", story="story", **at())
START_ABOVE = StartPayout(claim_id="C", payee_id="I", amount=AMOUNT, wish="above_authority", story="story", **at())


def asked(*commands, machine=MACHINE) -> Any:
    state: Any = machine.initial
    for command in commands:
        decision: Any = machine.decide(command, state)
        state = reduce(evolve, decision, state)
    return state


def later(hours) -> PayoutTimePassed:
    return PayoutTimePassed(**at(hours))


INQUIRED = (START, later(4))
GIVEN_UP = (*INQUIRED, later(28), later(52))
STATES: dict[str, Any] = {
    "NotStarted": asked(),
    "AwaitingApproval": asked(START_ABOVE),
    "Ordered": asked(START),
    "Inquiring": asked(*INQUIRED),
    "Stuck": asked(*GIVEN_UP),
    "GivenUp": asked(START_ABOVE, later(120)),
    "Denied": asked(START_ABOVE, ApprovalRefused(**at(1))),
    "Failed": asked(START, moved(PayoutFailed)),
    "Paid": asked(START, moved(PayoutConfirmed)),
}
COMMANDS = {
    "StartPayout": START,
    "StartPayout(other)": StartPayout(claim_id="C-2", payee_id="I", amount=AMOUNT, wish="within_authority", **at()),
    "ApprovalGiven": ApprovalGiven(**at(1)),
    "ApprovalRefused": ApprovalRefused(**at(1)),
    "PayoutConfirmed": moved(PayoutConfirmed),
    "PayoutFailed": moved(PayoutFailed),
    "PayoutUnknown": moved(PayoutUnknown),
    "NothingFound": NothingFound(**at(1)),
    "PayoutAskRefused(old)": PayoutAskRefused(step=0, code="wrong_currency", **at(1)),
    "PayoutTimePassed(soon)": later(1),
    "PayoutTimePassed(late)": later(500),
}
TABLE = """
#                       NotStarted       AwaitingApproval  Ordered          Inquiring        Stuck            GivenUp          Denied                   Failed                   Paid
StartPayout             PayoutStepTaken  -                 -                -                -                -                -                        -                        -
StartPayout(other)      PayoutStepTaken  payment_reused    payment_reused   payment_reused   payment_reused   payment_reused   payment_reused           payment_reused           payment_reused
ApprovalGiven           wrong_state      PayoutStepTaken   -                -                -                PayoutStepTaken  wrong_state              -                        -
ApprovalRefused         wrong_state      PayoutStepTaken   wrong_state      wrong_state      wrong_state      PayoutStepTaken  -                        -                        wrong_state
PayoutConfirmed         PayoutStepTaken  PayoutStepTaken   PayoutStepTaken  PayoutStepTaken  PayoutStepTaken  PayoutStepTaken  paid_after_compensation  paid_after_compensation  -
PayoutFailed            PayoutStepTaken  PayoutStepTaken   PayoutStepTaken  PayoutStepTaken  PayoutStepTaken  PayoutStepTaken  -                        -                        wrong_state
PayoutUnknown           PayoutStepTaken  PayoutStepTaken   PayoutStepTaken  -                -                PayoutStepTaken  -                        -                        -
NothingFound            wrong_state      wrong_state       -                PayoutStepTaken  PayoutStepTaken  wrong_state      wrong_state              wrong_state              wrong_state
PayoutAskRefused(old)   -                -                 -                -                -                -                -                        -                        -
PayoutTimePassed(soon)  -                -                 -                -                -                -                -                        -                        -
PayoutTimePassed(late)  -                PayoutStepTaken   PayoutStepTaken  PayoutStepTaken  -                -                -                        -                        -
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_message_and_every_state():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State))


def test_every_ask_has_its_state():
    assert set(STATE_OF) == set(get_args(Asks))
    assert set(ASKS_OF) == set(get_args(State)) - {type(STATES["NotStarted"])}


def asks(command, state) -> str:
    decision: Any = MACHINE.decide(command, state)
    return decision[0].asks


def test_a_payment_above_authority_asks_for_approval_and_then_for_the_payout():
    assert asks(START_ABOVE, STATES["NotStarted"]) == "approval"
    assert asks(ApprovalGiven(**at(1)), STATES["AwaitingApproval"]) == "payout"
    assert asks(START, STATES["NotStarted"]) == "payout"


def test_an_approval_that_never_comes_gives_the_reserve_back():
    assert MACHINE.decide(later(119.9), STATES["AwaitingApproval"]) == ()
    assert asks(later(120), STATES["AwaitingApproval"]) == "compensation"


def test_an_approval_that_was_given_when_the_process_gave_it_up_holds():
    assert asks(ApprovalGiven(**at(121)), STATES["GivenUp"]) == "payout"
    assert isinstance(asked(START_ABOVE, later(120), moved(PayoutConfirmed, 130)), Paid)


def test_a_payout_that_nobody_answers_is_inquired_about_and_never_repeated():
    assert asks(later(4), STATES["Ordered"]) == "inquiry"
    assert MACHINE.decide(later(27), STATES["Inquiring"]) == ()
    assert asks(later(28), STATES["Inquiring"]) == "inquiry"
    assert asks(later(52), asked(*INQUIRED, later(28))) == "person"


def test_a_payout_that_was_never_sent_is_sent():
    assert asks(NothingFound(**at(5)), STATES["Inquiring"]) == "payout"
    assert isinstance(asked(*INQUIRED, NothingFound(**at(5))), Ordered)


@pytest.mark.parametrize("name", ["NotStarted", "AwaitingApproval", "Ordered", "Inquiring", "Stuck", "GivenUp"])
def test_a_confirmation_is_believed_however_early_or_late(name):
    decision: Any = MACHINE.decide(moved(PayoutConfirmed, 900), STATES[name])

    assert isinstance(reduce(evolve, decision, STATES[name]), Paid)


def test_money_that_left_after_it_was_given_up_is_a_fault_that_says_so(answered):
    assert answered(MACHINE.decide(moved(PayoutConfirmed, 900), STATES["Failed"])) == "paid_after_compensation"


@pytest.mark.parametrize("kind", [PayoutConfirmed, PayoutFailed])
def test_what_is_told_twice_counts_once(kind):
    state = asked(START, moved(kind))

    assert MACHINE.decide(moved(kind, 2), state) == ()
    assert isinstance(state, Paid | Compensated)


@pytest.mark.parametrize("name", ["AwaitingApproval", "Ordered", "Inquiring", "Denied", "Paid"])
def test_a_no_to_the_present_step_is_for_a_person_and_an_old_one_for_nobody(name):
    state = STATES[name]
    decision: Any = MACHINE.decide(PayoutAskRefused(step=state.step, code="already_failed", **at(6)), state)
    (step,) = decision or (None,)
    stuck: Any = evolve(state, step) if step else None

    assert isinstance(stuck, Stuck)
    assert MACHINE.decide(PayoutAskRefused(step=state.step - 1, code="already_failed", **at(6)), state) == ()


def test_everything_that_a_process_does_belongs_to_the_story_in_which_it_began():
    assert {state.story for name, state in STATES.items() if name != "NotStarted"} == {"story"}
    assert asked(moved(PayoutConfirmed)).story == "told"


def test_inquiries_are_counted():
    assert STATES["Inquiring"].tries == 1
    assert asked(*INQUIRED, later(28)).tries == 2
    assert isinstance(asked(*INQUIRED, later(28)), Inquiring)
    assert isinstance(STATES["Stuck"], Stuck)


def test_patience_has_defaults():
    assert asked(START, machine=decider()).until == T0 + timedelta(hours=4)
