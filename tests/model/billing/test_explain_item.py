"""Any cent of an invoice leads back to what was charged, and forward to what paid it."""

from datetime import date
from functools import reduce
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import at, usd
from fixtures.jurisdictions import florida
from model.billing.account import NoAccount, decider, evolve
from model.billing.commands import BillInvoice, ReceiveCharges, ReceivePayment
from model.billing.explain import ItemExplanation, Settled, explain, sentence
from model.billing.money_commands import AssessFee, ChangePlan, WriteOff
from model.billing.plan import Charge, Payer
from model.decider import Refusal

LAW, CARRIER = florida()
MACHINE = decider(LAW, CARRIER)
EARLY, DUE_ON, LATER = date(2026, 5, 10), date(2026, 6, 1), date(2026, 6, 8)
PAYERS = (Payer("I", "insured", 2), Payer("B", "mortgagee", 1))


def asked(*commands) -> Any:
    state: Any = NoAccount()
    for command in commands:
        decision = MACHINE.decide(command, state)
        assert not isinstance(decision, Refusal), decision
        state = reduce(evolve, decision, state)
    return state


def about(day) -> dict[str, Any]:
    return {"account_id": "A", "on": day, "at": at(day)}


def charge(instruction, amount, **more) -> ReceiveCharges:
    return ReceiveCharges(
        account_id="A",
        instruction_id=instruction,
        policy_id="P",
        plan="monthly",
        autopay="on",
        payers=PAYERS,
        charges=(Charge("premium", usd(amount)),),
        on=DUE_ON,
        at=at(EARLY),
        **more,
    )


PAID = asked(
    charge("B-1", "1234.56"),
    charge("B-2", "90.00", kind="endorsement"),
    BillInvoice(number=0, **about(DUE_ON)),
    ReceivePayment(payment_id="M", payer_id="I", amount=usd("100.00"), **about(LATER)),
    WriteOff(write_off_id="W", number=0, reason="goodwill", amount=usd("1.00"), **about(LATER)),
)


def explained(account, invoice, item) -> ItemExplanation:
    found = explain(CARRIER, account, invoice=invoice, item=item)
    assert not isinstance(found, Refusal)
    return found


def test_an_installment_is_a_slice_of_its_charge_by_plan_and_payer():
    found = explained(PAID, 0, 0)

    assert (found.rule, found.instruction_id, found.plan, found.weight) == ("plan_slice", "B-1", "monthly", (2, 3))
    assert (found.amount, found.charge, found.anchor) == (usd("164.61"), usd("1234.56"), DUE_ON)
    assert found.settled == (Settled("payment", "M", 10000), Settled("write_off", "W", 100))
    assert sentence(found) == (
        "premium of P, 164.61 USD due 2026-06-01: of 1234.56 USD that B-1 charged, sliced by plan monthly from "
        "2026-06-01 with odd cents first, 2 of 3 parts of it; settled 100.00 USD by payment M, 1.00 USD by "
        "write-off W; 63.61 USD is open"
    )


def test_a_fee_of_billings_own_and_an_endorsement_say_so():
    (fee,) = [k for k, item in enumerate(PAID.invoices[2].items) if item.instruction < 0]
    (more,) = [k for k, item in enumerate(PAID.invoices[2].items) if item.instruction == 1]

    assert explained(PAID, 2, fee).rule == "own_fee"
    assert "a fee of billing's own for the installment; nothing settled yet; 2.00 USD is open" in sentence(
        explained(PAID, 2, fee)
    )
    assert (explained(PAID, 2, more).rule, explained(PAID, 2, more).charge) == ("endorsement", usd("90.00"))
    assert "for a change that takes effect on 2026-06-01" in sentence(explained(PAID, 2, more))


def test_what_a_plan_change_moved_says_that_it_was_moved():
    change = ChangePlan(
        change_id="C", policy_id="P", plan="two_pay", reslice="planned", redistribute="no", **about(LATER)
    )
    decision: Any = MACHINE.decide(change, PAID)
    moved: Any = reduce(evolve, decision, PAID)
    last = len(moved.invoices) - 1
    places = [
        (k, n) for k in range(last + 1) for n, item in enumerate(moved.invoices[k].items) if item.instruction == 0
    ]
    rules = {explained(moved, invoice, item).rule for invoice, item in places}

    assert rules == {"plan_slice", "replanned"}


@pytest.mark.parametrize(("invoice", "item"), [(-1, 0), (99, 0), (0, 9), (0, -1)])
def test_what_is_on_no_invoice_cannot_be_explained(invoice, item, answered):
    assert answered(explain(CARRIER, PAID, invoice=invoice, item=item)) == "unknown_item"


def test_every_cent_of_an_invoice_is_explained():
    for invoice in PAID.invoices:
        for place, item in enumerate(invoice.items):
            found = explained(PAID, invoice.number, place)
            assert found.amount.minor == item.amount
            assert sum(one.minor for one in found.settled) == item.paid + item.written_off
            assert (found.rule == "own_fee") == (item.instruction < 0)


def test_a_fee_that_was_charged_for_a_trigger_is_not_an_installments():
    fee = AssessFee(fee="late", trigger="0", number=0, **about(LATER))
    costly = decider(LAW, replace(CARRIER, billing=replace(CARRIER.billing, late_fee_minor=1000)))
    decision = costly.decide(fee, PAID)
    assert not isinstance(decision, Refusal)
    account: Any = reduce(evolve, decision, PAID)
    found = explained(account, 0, len(account.invoices[0].items) - 1)

    assert (found.rule, found.instruction_id) == ("charged_fee", None)
    assert "a fee for what happened on the account, charged once; nothing settled yet" in sentence(found)
