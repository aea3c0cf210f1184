"""An account is stored as a row: what comes back from it is the same, and a year of it is small."""

from datetime import date
from functools import reduce
from typing import Any, get_args

import msgspec
import pytest
from msgspec.structs import replace

from fixtures.histories import account_id, at, history, play, usd
from fixtures.jurisdictions import florida
from model.billing import at_rest as rows
from model.billing.account import Account, NoAccount, Payment, State, decider, evolve
from model.billing.at_rest import AccountRow, Row, at_rest, restored
from model.billing.commands import CreditCharges, InstructionKind, ReturnPayment
from model.billing.invoice import Invoice, Item, Step
from model.billing.parts import Distribution
from model.billing.plan import Charge, Payer
from model.billing.standing import Instruction
from model.core import Core
from model.decider import Refusal

NAMES = [
    "a policy in force",
    "a policy with nine installments, three paid",
    "a policy cancelled midway",
    "a payment returned",
]
FORMATS = ((msgspec.json.encode, msgspec.json.decode), (msgspec.msgpack.encode, msgspec.msgpack.decode))


def played(name: str) -> Any:
    core = Core(*florida())
    play(core, history(name))
    return core.account(account_id(1))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_stored_comes_back_the_same(name):
    account = played(name)

    for encode, decode in FORMATS:
        assert decode(encode(account), type=State) == account
        assert restored(decode(encode(at_rest(account)), type=Row)) == account


def test_an_account_that_nobody_opened_comes_back_too():
    for encode, decode in FORMATS:
        assert restored(decode(encode(at_rest(NoAccount())), type=Row)) == NoAccount()


def test_what_waits_is_stored_too():
    machine, on = decider(*florida()), date(2026, 6, 1)
    about: dict[str, Any] = {"account_id": "A", "on": on, "at": at(on)}
    credit = CreditCharges(instruction_id="B", policy_id="P", charges=(Charge("premium", usd("-1.00")),), **about)
    state: Any = NoAccount()
    for command in (credit, ReturnPayment(payment_id="M", reason="R01", **about)):
        decision = machine.decide(command, state)
        assert not isinstance(decision, Refusal)
        state = reduce(evolve, decision, state)

    assert len(state.waiting) == 2
    assert msgspec.json.decode(msgspec.json.encode(state), type=State) == state
    assert restored(at_rest(state)) == state


PREMIUM = Item("P", "premium", 1000, 0, 0, 0, 0)


@pytest.mark.parametrize(
    "item",
    [
        PREMIUM,
        replace(PREMIUM, paid=1000),
        replace(PREMIUM, paid=400),
        replace(PREMIUM, credited=1000),
        replace(PREMIUM, paid=400, credited=500, written_off=100),
        replace(PREMIUM, amount=0),
        replace(PREMIUM, paid=1000, credited=1),
        replace(PREMIUM, policy_id="Q", pattern="fee", instruction=-1),
    ],
)
def test_every_standing_of_an_item_comes_back(item):
    account = played("a policy in force")
    invoice = replace(account.invoices[0], items=(item, PREMIUM), told_on=date(2026, 1, 2), drafted_on=date(2027, 1, 2))
    changed = replace(account, invoices=(invoice, replace(invoice, number=1, due_on=date(2025, 1, 1))))

    assert restored(at_rest(changed)) == changed


@pytest.mark.parametrize(
    "part", [Distribution(0, 0, 1000), Distribution(0, 0, 1), Distribution(0, 1, 1000), Distribution(0, 7, 5)]
)
def test_every_part_of_a_payment_comes_back(part):
    account = played("a policy in force")
    invoice = replace(account.invoices[0], items=(PREMIUM, replace(PREMIUM, amount=2000)))
    payment = Payment("M-1", "SOMEBODY", usd("10.00"), "returned", (part, part), usd("3.00"), 200, 100)
    changed = replace(account, invoices=(invoice,), payments=(payment, replace(payment, payment_id="M-2")))

    assert restored(at_rest(changed)) == changed


def test_a_row_knows_every_field_of_what_it_packs():
    """A field that is new here is lost at rest until the row has it."""
    assert Item.__struct_fields__ == (
        "policy_id", "pattern", "amount", "paid", "credited", "written_off", "instruction",
    )  # fmt: skip
    assert Invoice.__struct_fields__ == (
        "number", "payer_id", "bill_on", "due_on", "step", "items", "told_on", "drafted_on",
    )  # fmt: skip
    assert Payment.__struct_fields__ == (
        "payment_id", "payer_id", "amount", "status", "parts", "unapplied", "held", "disbursed",
    )  # fmt: skip
    assert Instruction.__struct_fields__ == (
        "instruction_id", "policy_id", "charges", "plan", "autopay", "payers", "kind", "on", "starts", "ends", "zone",
        "today", "earned", "place",
    )  # fmt: skip


def test_what_a_row_tells_by_place_is_all_there_is():
    assert set(rows.STEPS) == set(get_args(Step))
    assert set(rows.KINDS) == set(get_args(InstructionKind))
    assert set(rows.PAYERS) == set(get_args(Payer.__annotations__["kind"]))
    assert set(rows.STATUSES) == set(get_args(Payment.__annotations__["status"]))


def test_a_row_that_lost_a_part_of_a_payment_is_another_account():
    account = played("a policy with nine installments, three paid")
    row: Any = at_rest(account)
    assert isinstance(row, AccountRow)
    robbed = replace(row.payments[0], parts=row.payments[0].parts[3:])

    assert restored(row) == account
    assert restored(replace(row, payments=(robbed, *row.payments[1:]))) != account


def test_the_row_of_an_account_with_nine_installments_is_under_a_kilobyte():
    account = played("a policy with nine installments, three paid")

    assert isinstance(account, Account)
    assert len(msgspec.msgpack.encode(at_rest(account))) < 1000
