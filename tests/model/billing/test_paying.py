"""What a billing account does with charges, credits, payments and payments that come back."""

from datetime import UTC, date, datetime
from functools import reduce
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import at, usd
from fixtures.jurisdictions import florida
from model.billing.account import NoAccount, decider, evolve
from model.billing.commands import (
    BillInvoice,
    CreditCharges,
    MarkInvoiceDue,
    ReceiveCharges,
    ReceivePayment,
    ReturnPayment,
)
from model.billing.money_commands import AssessFee
from model.billing.plan import Charge, Payer
from model.decider import Refusal

LAW, CARRIER = florida()
MACHINE = decider(LAW, CARRIER)
EARLY, BILL_ON, DUE_ON, LATER = date(2026, 5, 10), date(2026, 5, 12), date(2026, 6, 1), date(2026, 6, 4)
SECOND = date(2026, 12, 1)
PREMIUM, FEE = Charge("premium", usd("1000.00")), Charge("fee", usd("25.00"))
INSURED = Payer("I", "insured", 1)


def about(day) -> dict[str, Any]:
    return {"account_id": "A", "on": day, "at": at(day)}


def charge(**changes) -> ReceiveCharges:
    """600.00 and a fee of 25.00 on 1 June, 400.00 and an installment fee of 3.00 on 1 December."""
    command = ReceiveCharges(
        instruction_id="B-1",
        policy_id="P",
        plan="two_pay",
        autopay="on",
        payers=(INSURED,),
        charges=(PREMIUM, FEE),
        **about(DUE_ON),
    )
    return replace(command, **{"at": at(EARLY), **changes})


def credit(**changes) -> CreditCharges:
    charges = (Charge("premium", usd("-500.00")),)
    return replace(CreditCharges(instruction_id="B-9", policy_id="P", charges=charges, **about(LATER)), **changes)


def pay(payment_id="M-2", **changes) -> ReceivePayment:
    return replace(ReceivePayment(payment_id=payment_id, payer_id="I", amount=usd("700.00"), **about(LATER)), **changes)


def bounce(payment_id="M-1") -> ReturnPayment:
    return ReturnPayment(payment_id=payment_id, reason="R01", **about(LATER))


LATE = decider(LAW, replace(CARRIER, billing=replace(CARRIER.billing, late_fee_minor=1000)))


def bill(number, day=BILL_ON) -> BillInvoice:
    return BillInvoice(number=number, **about(day))


def asked(*commands, state: Any = None, machine=MACHINE) -> Any:
    """The account after commands that must all be accepted."""
    state = NoAccount() if state is None else state
    for command in commands:
        decision = machine.decide(command, state)
        assert not isinstance(decision, Refusal), decision
        state = reduce(evolve, decision, state)
    return state


PLANNED = asked(charge())
DUE = asked(bill(0), MarkInvoiceDue(number=0, **about(DUE_ON)), state=PLANNED)
PAID = asked(pay("M-1"), state=DUE)
RETURNED = asked(bounce(), state=PAID)


def items(account) -> list[tuple[str, int, int, int]]:
    return [(i.pattern, i.amount, i.paid, i.credited) for invoice in account.invoices for i in invoice.items]


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


def test_a_payment_of_a_stranger_pays_nobodys_invoice():
    paid = asked(pay(payer_id="S"), state=DUE)

    assert (paid.unapplied, paid.invoices) == (usd("700.00"), DUE.invoices)


def test_several_payers_pay_their_own_shares():
    payers = (replace(INSURED, weight=2), Payer("B", "mortgagee", 1))
    account = asked(
        charge(payers=payers, plan="full_pay", charges=(Charge("premium", usd("100.00")),)),
        bill(0),
        bill(1),
        pay(amount=usd("66.67")),
    )

    assert [(i.payer_id, i.status, i.open) for i in account.invoices] == [("I", "paid", 0), ("B", "billed", 3333)]


# --- return premium


def test_a_return_premium_beyond_what_was_charged_waits_for_its_charges():
    account = asked(credit(charges=(Charge("premium", usd("-1100.00")),)), state=DUE)

    assert items(account) == [
        ("premium", 60000, 0, 60000), ("fee", 2500, 0, 0), ("premium", 40000, 0, 40000), ("fee", 0, 0, 0),
    ]  # fmt: skip
    assert account.unapplied == usd("0.00")
    assert account.waiting[0].charges == (Charge("premium", usd("-100.00")),)
    more = asked(charge(instruction_id="B-2", charges=(Charge("premium", usd("300.00")),)), state=account)
    assert more.waiting == ()
    assert sum(item.credited for i in more.invoices for item in i.items) == 110000


def test_a_cancellation_that_overtakes_its_policy_comes_to_the_same_end():
    there, back = asked(charge(), credit()), asked(credit(), charge())

    assert back.waiting == ()
    assert replace(back, instructions=back.instructions[::-1]) == replace(
        there,
        invoices=tuple(
            replace(i, items=tuple(replace(item, instruction=1) if item.instruction == 0 else item for item in i.items))
            for i in there.invoices
        ),
    )


def test_a_return_premium_for_what_was_paid_becomes_unapplied_money():
    account = asked(credit(charges=(Charge("premium", usd("-600.00")),)), state=PAID)

    assert account.unapplied == usd("275.00")
    assert account.invoices[1].items[0].credited == 40000


def test_a_return_that_overtakes_its_payment_comes_to_the_same_end():
    assert replace(asked(bounce(), bounce(), pay("M-1"), state=DUE)) == RETURNED


def test_money_that_waited_pays_the_next_bill_where_the_carrier_chose_so():
    """75.00 were too much for the first invoice; the second one bills 403.00, its fee first."""
    keeping = decider(LAW, replace(CARRIER, billing=replace(CARRIER.billing, unapplied_money="keep_unapplied")))

    billed = asked(bill(1, SECOND), state=PAID)
    assert (items(billed)[2:], billed.unapplied) == ([("premium", 40000, 7200, 0), ("fee", 300, 300, 0)], usd("0.00"))
    assert billed.payments[0].unapplied == usd("0.00")
    kept = asked(bill(1, SECOND), state=PAID, machine=keeping)
    assert (kept.invoices[1].open, kept.unapplied) == (40300, usd("75.00"))


def test_return_premium_pays_what_is_billed_at_once_where_the_carrier_chose_so():
    """600.00 of premium are paid: 200.00 of the 600.00 that come back close nothing, and the fee for a bounce is open."""
    paying = decider(
        LAW, replace(CARRIER, billing=replace(CARRIER.billing, return_premium_remainder="pay_what_is_billed"))
    )
    account = asked(pay("M-1"), credit(charges=(Charge("premium", usd("-1000.00")),)), state=DUE, machine=paying)

    assert account.unapplied == usd("675.00")
    late = asked(AssessFee(fee="late", trigger="0", number=0, **about(LATER)), state=PAID, machine=LATE)
    assert asked(credit(charges=(Charge("premium", usd("-600.00")),)), state=late, machine=paying).unapplied == usd(
        "265.00"
    )


def test_a_return_premium_is_credited_once():
    once = asked(credit(), state=DUE)

    assert asked(credit(), credit(), state=DUE) == once


def test_two_return_charges_of_one_pattern_close_no_item_twice():
    twice = (Charge("premium", usd("-500.00")), Charge("premium", usd("-500.00")))
    account = asked(credit(charges=twice), state=DUE)

    assert [item[1:] for item in items(account) if item[0] == "premium"] == [(60000, 0, 60000), (40000, 0, 40000)]
    assert account.unapplied == usd("0.00")


# --- returned payments


def test_a_returned_payment_takes_back_what_was_recorded_not_what_a_new_run_would_give():
    """The first payment paid invoice 0; had it been run again it would have paid what the second one paid since."""
    account = asked(bill(1, SECOND), pay(payment_id="M-2", amount=usd("328.00")), state=PAID)
    assert account.invoices[1].items[0].paid == 40000
    returned = asked(bounce(), state=account)

    assert [payment.status for payment in returned.payments] == ["returned", "received"]
    assert items(returned) == [
        ("premium", 60000, 0, 0), ("fee", 2500, 0, 0), ("fee", 1500, 0, 0),
        ("premium", 40000, 32800, 0), ("fee", 300, 0, 0),
    ]  # fmt: skip
    assert returned.unapplied == usd("0.00")


def test_a_payment_and_its_return_leave_everything_as_it_was_but_the_fee_and_the_history():
    """INV-B6."""
    before = DUE
    after = asked(pay("M-1"), bounce(), state=before)

    first, *others = after.invoices
    assert first.items[-1].pattern == "fee"
    assert replace(first, items=first.items[:-1]) == before.invoices[0]
    assert (tuple(others), after.unapplied) == (before.invoices[1:], before.unapplied)


def test_the_fee_for_a_returned_payment_is_charged_once():
    assert asked(bounce(), bounce(), bounce(), state=PAID) == RETURNED


def test_the_fee_is_what_the_carrier_takes_but_at_most_what_the_state_allows():
    """Florida caps it at 15 dollars (Fla. Stat. 627.4035(1)(b)); this carrier would take 25."""
    free = decider(replace(LAW, rows={}), CARRIER)
    cheap = decider(LAW, replace(CARRIER, billing=replace(CARRIER.billing, returned_payment_fee_minor=999)))
    none = decider(LAW, replace(CARRIER, billing=replace(CARRIER.billing, returned_payment_fee_minor=0)))

    fees = [asked(bounce(), state=PAID, machine=m).invoices[0].items[2:] for m in (MACHINE, free, cheap, none)]

    assert [[item.amount for item in items] for items in fees] == [[1500], [2500], [999], []]


def test_a_payment_that_paid_nothing_bounces_without_a_fee():
    account = asked(pay(), bounce("M-2"), state=PLANNED)

    assert account.invoices == PLANNED.invoices
    assert account.unapplied == usd("0.00")


def test_a_payment_that_was_returned_can_come_again_under_a_new_id():
    account = asked(pay(payment_id="M-3", amount=usd("640.00")), state=RETURNED)

    assert account.invoices[0].status == "paid"
    assert account.unapplied == usd("0.00")


def test_an_installment_of_which_nothing_is_left_costs_no_fee():
    """B22: of the second installment everything comes back, of the fee that was charged for a trigger nothing."""
    late = AssessFee(fee="reinstatement", trigger="1", number=1, **about(LATER))
    costly = decider(LAW, replace(CARRIER, billing=replace(CARRIER.billing, reinstatement_fee_minor=2500)))
    whole = credit(charges=(Charge("premium", usd("-1000.00")),))
    account = asked(late, whole, state=PLANNED, machine=costly)

    assert [(item.pattern, item.open) for item in account.invoices[1].items] == [
        ("premium", 0), ("fee", 0), ("fee", 2500),
    ]  # fmt: skip
    part = asked(credit(charges=(Charge("premium", usd("-999.99")),)), state=PLANNED)
    assert [(item.pattern, item.open) for item in part.invoices[1].items] == [("premium", 1), ("fee", 300)]


def test_the_fee_of_an_installment_that_was_paid_in_part_stays_owed():
    billed = asked(bill(0), pay(amount=usd("1026.00")), bill(1, SECOND), state=PLANNED)
    account = asked(credit(charges=(Charge("premium", usd("-1000.00")),)), state=billed)

    assert account.invoices[1].items[0].paid > 0
    assert account.invoices[1].items[1].amount == 300
