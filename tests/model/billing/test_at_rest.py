"""An account is stored as a row: what comes back from it is the same, and a year of it is small."""

from datetime import date
from functools import reduce
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import account_id, at, history, play, usd
from fixtures.jurisdictions import florida
from model.billing import account_row as rows
from model.billing.account import Account, NoAccount, Payment, State, decider, evolve
from model.billing.account_row import AccountRow, Row
from model.billing.at_rest import at_rest, restored
from model.billing.commands import CreditCharges, InstructionKind, ReturnPayment
from model.billing.invoice import Invoice, Item, Step
from model.billing.parts import Distribution, numbers_of
from model.billing.plan import Charge, Payer
from model.billing.standing import Instruction
from model.core import Core
from model.decider import Refusal
from model.money import Money

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
    payment = Payment("M-1", "SOMEBODY", usd("10.00"), "returned", numbers_of((part, part)), usd("3.00"), 200, 100)
    changed = replace(account, invoices=(invoice,), payments=(payment, replace(payment, payment_id="M-2")))

    assert restored(at_rest(changed)) == changed


WORDS = st.sampled_from(("", "P", "Q", "premium", "collect:A:1", "collect:A:11", "Käse"))
MINOR = st.integers(0, 3) | st.integers(-(10**20), 10**20)
DAYS = st.dates(date(1990, 1, 1), date(2060, 1, 1))
ITEMS = st.lists(st.builds(Item, WORDS, WORDS, MINOR, MINOR, MINOR, MINOR, st.integers(-1, 3)), min_size=1, max_size=4)
MONEY = st.builds(Money, MINOR, st.just("USD"))
INSTRUCTIONS = st.builds(
    Instruction,
    instruction_id=WORDS,
    policy_id=WORDS,
    charges=st.lists(st.builds(Charge, WORDS, MONEY), max_size=3).map(tuple),
    payers=st.lists(st.builds(Payer, WORDS, weight=st.integers(0, 100)), max_size=2).map(tuple),
    earned=st.lists(WORDS, max_size=2).map(tuple),
)


@st.composite
def accounts(draw: Any) -> Account:
    """Accounts that no history need ever make: a row has no opinion."""
    lists = draw(st.lists(ITEMS.map(tuple), min_size=1, max_size=3))
    billed = st.tuples(WORDS, DAYS, DAYS, st.sampled_from(get_args(Step)), st.sampled_from(lists))
    told = st.tuples(st.none() | DAYS, st.none() | DAYS)
    invoices = tuple(Invoice(number, *draw(billed), *draw(told)) for number in range(draw(st.integers(1, 4))))
    part = st.builds(Distribution, st.integers(0, len(invoices) - 1), st.integers(0, 4), MINOR)
    payment = st.builds(
        Payment, WORDS, WORDS, MONEY, distributed=st.lists(part, max_size=3).map(numbers_of), unapplied=MONEY
    )
    return Account(
        account_id="A",
        autopay="on",
        instructions=tuple(draw(st.lists(INSTRUCTIONS, max_size=2))),
        invoices=invoices,
        payments=tuple(draw(st.lists(payment, max_size=3))),
        unapplied=draw(MONEY),
        credits=tuple(draw(st.lists(payment, max_size=2))),
    )


@given(accounts())
@settings(max_examples=60, deadline=None)
def test_whatever_an_account_is_comes_back_from_its_row(account):
    assert restored(msgspec.json.decode(msgspec.json.encode(at_rest(account)), type=Row)) == account


def test_a_row_knows_every_field_of_what_it_packs():
    """A field that is new here is lost at rest until the row has it."""
    assert Item.__struct_fields__ == (
        "policy_id", "pattern", "amount", "paid", "credited", "written_off", "instruction",
    )  # fmt: skip
    assert Invoice.__struct_fields__ == (
        "number", "payer_id", "bill_on", "due_on", "step", "items", "told_on", "drafted_on",
    )  # fmt: skip
    assert Payment.__struct_fields__ == (
        "payment_id", "payer_id", "amount", "status", "distributed", "unapplied", "held", "disbursed",
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
