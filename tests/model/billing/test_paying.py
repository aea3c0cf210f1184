"""What a billing account does with charges and with payments."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from fixtures.histories import at, usd
from model.billing.account import NoAccount
from model.billing.plan import Charge, Payer
from model.decider import Refusal
from tests.model.billing.one_account import (
    DUE,
    DUE_ON,
    FEE,
    INSURED,
    LATER,
    MACHINE,
    PLANNED,
    PREMIUM,
    SECOND,
    asked,
    bill,
    charge,
    credit,
    items,
    pay,
)

# --- charges


def test_an_instruction_is_booked_once_however_often_it_comes():
    once = asked(charge())

    assert asked(charge(), charge(), charge()) == once
    assert len(once.instructions) == 1
    assert once == PLANNED


@pytest.mark.parametrize("command", [charge(charges=(FEE,)), charge(policy_id="P-2")])
def test_an_instruction_id_is_not_used_for_anything_else(command, answered):
    assert answered(MACHINE.decide(command, PLANNED)) == "instruction_reused"


def test_what_a_payer_owes_on_one_day_for_two_policies_is_on_one_invoice_with_one_fee():
    both = asked(charge(), charge(instruction_id="B-2", policy_id="P-2", autopay="off"))

    assert [invoice.number for invoice in both.invoices] == [0, 1]
    assert [(item.policy_id, item.pattern) for item in both.invoices[1].items] == [
        ("P", "premium"), ("P", "fee"), ("P-2", "premium"),
    ]  # fmt: skip
    assert both.autopay == "off"


def test_a_second_policy_of_another_day_or_payer_has_invoices_of_its_own():
    other = charge(instruction_id="B-2", policy_id="P-2", on=LATER)
    bank = charge(instruction_id="B-3", policy_id="P-3", payers=(Payer("B", "mortgagee", 1),))

    assert [(i.payer_id, i.due_on) for i in asked(charge(), other, bank).invoices] == [
        ("I", DUE_ON), ("I", SECOND), ("I", LATER), ("I", date(2026, 12, 4)), ("B", DUE_ON), ("B", SECOND),
    ]  # fmt: skip


def test_two_policies_come_to_the_same_invoices_in_either_order():
    """INV-B15: the items of an invoice stand in the order in which they came, and nothing else differs."""
    one, other = charge(), charge(instruction_id="B-2", policy_id="P-2")
    there, back = asked(one, other), asked(other, one)

    def seen(account):
        return [
            (i.payer_id, i.bill_on, i.due_on, sorted((item.policy_id, item.pattern, item.amount) for item in i.items
             if item.instruction >= 0), i.open) for i in account.invoices
        ]  # fmt: skip

    assert seen(there) == seen(back)


def test_what_day_it_is_is_asked_where_the_insured_lives():
    """At 02:30 UTC on 2 June it is still 1 June in Florida."""
    night = datetime(2026, 6, 2, 2, 30, tzinfo=UTC)
    here, greenwich = asked(charge(at=night)), asked(charge(at=night, zone="Europe/London"))

    assert (here.invoices[0].due_on, here.instructions[0].today) == (DUE_ON, DUE_ON)
    assert greenwich.invoices[0].due_on == date(2026, 6, 2)


@pytest.mark.parametrize(
    "payers", [(replace(INSURED, weight=0),), (replace(INSURED, weight=2), Payer("B", "mortgagee", -1))]
)
def test_payers_whose_weights_divide_nothing_are_refused(payers, answered):
    assert answered(MACHINE.decide(charge(payers=payers), NoAccount())) == "no_payer"


def test_what_is_due_never_lies_in_the_past_when_the_instruction_came_late():
    late = asked(replace(charge(), at=at(SECOND)))

    assert [invoice.due_on for invoice in late.invoices] == [SECOND]
    assert items(late) == [("premium", 100000, 0, 0), ("fee", 2500, 0, 0)]


# --- payments


def test_a_payment_pays_fees_and_premium_of_what_is_billed_and_the_rest_waits():
    paid = asked(pay("M-1"), state=DUE)

    assert items(paid) == [
        ("premium", 60000, 60000, 0), ("fee", 2500, 2500, 0), ("premium", 40000, 0, 0), ("fee", 300, 0, 0),
    ]  # fmt: skip
    assert paid.unapplied == usd("75.00")


def test_a_payment_before_anything_is_billed_waits_as_a_whole():
    paid = asked(pay(), state=PLANNED)

    assert paid.unapplied == usd("700.00")
    assert paid.payments[0].parts == ()


def test_a_payment_of_a_stranger_is_refused():
    answer = MACHINE.decide(pay(payer_id="S"), DUE)

    assert isinstance(answer, Refusal)
    assert answer.code == "unknown_payer"


def test_a_payment_for_an_account_of_which_everything_was_taken_back_is_refused():
    back = tuple(Charge(one.pattern, -one.amount) for one in (PREMIUM, FEE))
    gone = asked(charge(), credit(charges=back))
    answer = MACHINE.decide(pay(), gone)

    assert isinstance(answer, Refusal)
    assert answer.code == "dead_account"


def test_several_payers_pay_their_own_shares():
    payers = (replace(INSURED, weight=2), Payer("B", "mortgagee", 1))
    account = asked(
        charge(payers=payers, plan="full_pay", charges=(Charge("premium", usd("100.00")),)),
        bill(0),
        bill(1),
        pay(amount=usd("66.67")),
    )

    assert [(i.payer_id, i.status, i.open) for i in account.invoices] == [("I", "paid", 0), ("B", "billed", 3333)]
