"""Suspense: every command in every state, what is held, and how it ages."""

from datetime import timedelta
from functools import reduce
from typing import Any, get_args

import pytest

from fixtures.histories import account_id, insured_id, usd
from model.billing.suspense import (
    Aged,
    Command,
    Event,
    MoneySuspended,
    Part,
    ReturnSuspended,
    State,
    SuspendedMoneyReturned,
    SuspenseRefunded,
    SuspenseResolved,
    ageing,
    decider,
    evolve,
    held_minor,
)
from model.money import Money
from tests.model.billing.suspended import CORE, DAY, LATER, about, refund, resolve, suspend

MACHINE = decider(CORE.account)
HELD = MoneySuspended(
    payment_id="M-1", reason="no_such_loan", told="LOAN-9", payer_id="B", amount=usd("100.00"), **about(DAY)
)
RESOLVED = SuspenseResolved(
    part_id="1", payment_id="M-1/1", reason="no_such_loan", account_id=account_id(1), payer_id=insured_id(1),
    amount=usd("60.00"), **about(LATER),
)  # fmt: skip
REFUNDED = SuspenseRefunded(
    part_id="2", payment_id="M-1", reason="no_such_loan", party_id="B", amount=usd("40.00"), **about(LATER)
)
RETURNED = SuspendedMoneyReturned(
    payment_id="M-1", reason="R01", held=usd("40.00"), refunded=usd("0.00"),
    parts=(Part("1", account_id(1), "", usd("60.00")),), **about(LATER),
)  # fmt: skip


def folded(*events) -> Any:
    return reduce(evolve, events, MACHINE.initial)


STATES = {
    "NothingHeld": folded(),
    "Suspended": folded(HELD, RESOLVED),
    "Cleared": folded(HELD, RESOLVED, REFUNDED),
    "TakenBack": folded(HELD, RESOLVED, RETURNED),
}
COMMANDS = {
    "SuspendMoney": suspend(),
    "SuspendMoney(other)": suspend(amount=usd("5.00")),
    "SuspendMoney(nothing)": suspend(amount=usd("0.00")),
    "ResolveSuspense": resolve(),
    "ResolveSuspense(new)": resolve(part_id="9", amount=usd("10.00")),
    "ResolveSuspense(reused)": resolve(amount=usd("61.00")),
    "ResolveSuspense(more)": resolve(part_id="9", amount=usd("40.01")),
    "ResolveSuspense(nothing)": resolve(part_id="9", amount=usd("0.00")),
    "ResolveSuspense(euro)": resolve(part_id="9", amount=Money(100, "EUR")),
    "ResolveSuspense(account)": resolve(part_id="9", account_id="A-NONE", amount=usd("1.00")),
    "ResolveSuspense(payer)": resolve(part_id="9", payer_id="X", amount=usd("1.00")),
    "RefundSuspense": refund(),
    "RefundSuspense(new)": refund(part_id="9"),
    "RefundSuspense(more)": refund(part_id="9", amount=usd("40.01")),
    "ReturnSuspended": ReturnSuspended(reason="R01", **about(LATER)),
}
TABLE = """
#                         NothingHeld       Suspended               Cleared                 TakenBack
SuspendMoney              MoneySuspended    -                       -                       -
SuspendMoney(other)       MoneySuspended    suspense_reused         suspense_reused         suspense_reused
SuspendMoney(nothing)     not_positive      suspense_reused         suspense_reused         suspense_reused
ResolveSuspense           unknown_suspense  -                       -                       wrong_state
ResolveSuspense(new)      unknown_suspense  SuspenseResolved        wrong_state             wrong_state
ResolveSuspense(reused)   unknown_suspense  part_reused             part_reused             wrong_state
ResolveSuspense(more)     unknown_suspense  more_than_held          wrong_state             wrong_state
ResolveSuspense(nothing)  unknown_suspense  not_positive            wrong_state             wrong_state
ResolveSuspense(euro)     unknown_suspense  wrong_currency          wrong_state             wrong_state
ResolveSuspense(account)  unknown_suspense  unknown_account         wrong_state             wrong_state
ResolveSuspense(payer)    unknown_suspense  unknown_payer           wrong_state             wrong_state
RefundSuspense            unknown_suspense  SuspenseRefunded        -                       wrong_state
RefundSuspense(new)       unknown_suspense  SuspenseRefunded        wrong_state             wrong_state
RefundSuspense(more)      unknown_suspense  more_than_held          wrong_state             wrong_state
ReturnSuspended           unknown_suspense  SuspendedMoneyReturned  SuspendedMoneyReturned  -
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_every_state_and_every_event():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State))
    assert {type(event) for event in (HELD, RESOLVED, REFUNDED, RETURNED)} == set(get_args(Event))


def test_the_events_of_the_table_are_those_that_the_machine_records():
    assert MACHINE.decide(suspend(), folded()) == (HELD,)
    assert MACHINE.decide(resolve(), folded(HELD)) == (RESOLVED,)
    assert MACHINE.decide(refund(), folded(HELD, RESOLVED)) == (REFUNDED,)
    assert MACHINE.decide(COMMANDS["ReturnSuspended"], folded(HELD, RESOLVED)) == (RETURNED,)


def test_what_is_held_is_what_came_less_what_left():
    states = [folded(HELD), folded(HELD, RESOLVED), folded(HELD, RESOLVED, REFUNDED)]

    assert held_minor(states) == {"USD": 10000 + 4000}


@pytest.mark.parametrize(
    ("days", "band"), [(0, 0), (30, 0), (31, 30), (60, 30), (61, 60), (90, 60), (91, 90), (400, 90)]
)
def test_suspense_ages_in_bands(days, band):
    report = ageing([folded(HELD)], on=DAY + timedelta(days=days), bands=CORE.carrier.billing.suspense_ageing_days)

    assert report == (Aged("no_such_loan", band, 1, usd("100.00")),)


def test_what_is_cleared_does_not_age():
    assert ageing([folded(HELD, RESOLVED, REFUNDED), folded()], on=LATER, bands=(30,)) == ()
