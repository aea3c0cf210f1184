"""A loan and its servicer: every command in every state, and whose the invoices are after a transfer."""

from datetime import date
from functools import reduce
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from fixtures.histories import at
from model.billing.invoice import Invoice, Item
from model.billing.loan import (
    Command,
    Event,
    LoanRegistered,
    LoanTransferred,
    RegisterLoan,
    Secured,
    State,
    TransferLoan,
    decider,
    evolve,
    repointed,
)

MACHINE = decider()
DAY, LATER = date(2026, 6, 1), date(2026, 7, 1)


def about(day) -> dict[str, Any]:
    return {"loan_number": "L-1", "on": day, "at": at(day)}


REGISTERED = LoanRegistered(servicer_id="BANK", secured=Secured("A", "P"), **about(DAY))
TRANSFERRED = LoanTransferred(
    old_servicer_id="BANK", new_servicer_id="NEXT", secured=(Secured("A", "P"),), **about(LATER)
)


def folded(*events) -> Any:
    return reduce(evolve, events, MACHINE.initial)


STATES = {"Unregistered": folded(), "Serviced": folded(REGISTERED), "Serviced(next)": folded(REGISTERED, TRANSFERRED)}


def register(**changes) -> RegisterLoan:
    return replace(RegisterLoan(servicer_id="BANK", account_id="A", policy_id="P", **about(DAY)), **changes)


COMMANDS = {
    "RegisterLoan": register(),
    "RegisterLoan(flood)": register(policy_id="F"),
    "RegisterLoan(next)": register(servicer_id="NEXT"),
    "TransferLoan": TransferLoan(servicer_id="NEXT", **about(LATER)),
    "TransferLoan(same)": TransferLoan(servicer_id="BANK", **about(LATER)),
    "TransferLoan(early)": TransferLoan(servicer_id="LAST", **about(date(2026, 5, 1))),
}
TABLE = """
#                    Unregistered    Serviced         Serviced(next)
RegisterLoan         LoanRegistered  -                other_servicer
RegisterLoan(flood)  LoanRegistered  LoanRegistered   other_servicer
RegisterLoan(next)   LoanRegistered  other_servicer   -
TransferLoan         no_such_loan    LoanTransferred  -
TransferLoan(same)   no_such_loan    -                LoanTransferred
TransferLoan(early)  no_such_loan    out_of_order     out_of_order
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_every_state_and_every_event():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State))
    assert {type(event) for event in (REGISTERED, TRANSFERRED)} == set(get_args(Event))


def test_the_past_servicers_are_known():
    assert STATES["Serviced(next)"].past_servicers == ("BANK",)


def invoice(number: int, payer: str, *items: Item, step: Any = "billed") -> Invoice:
    return Invoice(number, payer, DAY, DAY, step, items)


UNPAID, PARTLY, PAID = Item("P", "premium", 100, 0, 0), Item("P", "premium", 100, 40, 0), Item("P", "premium", 9, 9, 0)


@pytest.mark.parametrize(
    ("one", "goes"),
    [
        (invoice(0, "BANK", UNPAID), True),
        (invoice(0, "BANK", UNPAID, step="planned"), True),
        (invoice(0, "BANK", PARTLY), True),
        (invoice(0, "BANK", PAID), False),
        (invoice(0, "I", UNPAID), False),
        (invoice(0, "BANK", UNPAID, Item("F", "premium", 5, 0, 0)), False),
    ],
    ids=["billed", "planned", "partly paid", "paid", "another payer", "another policy too"],
)
def test_a_transfer_moves_what_is_not_paid_yet(one, goes):
    assert repointed((one,), policies=("P",), old="BANK", new="NEXT") == ((0,) if goes else ())


def test_a_transfer_to_the_same_servicer_moves_nothing():
    assert repointed((invoice(0, "BANK", UNPAID),), policies=("P",), old="BANK", new="BANK") == ()
