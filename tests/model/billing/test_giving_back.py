"""What goes back: return premium to an account, and payments that are returned."""

import pytest
from msgspec.structs import replace

from fixtures.histories import usd
from model.billing.account import decider
from model.billing.money_commands import AssessFee
from model.billing.plan import Charge
from tests.model.billing.one_account import (
    CARRIER,
    DUE,
    LATE,
    LATER,
    LAW,
    MACHINE,
    PAID,
    PLANNED,
    RETURNED,
    SECOND,
    about,
    asked,
    bill,
    bounce,
    charge,
    credit,
    items,
    pay,
)

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
    late = AssessFee(fee="late", trigger="1", number=1, **about(LATER))
    costly = decider(LAW, replace(CARRIER, billing=replace(CARRIER.billing, late_fee_minor=2500)))
    whole = credit(charges=(Charge("premium", usd("-1000.00")),))
    account = asked(late, whole, state=PLANNED, machine=costly)

    assert [(item.pattern, item.open) for item in account.invoices[1].items] == [
        ("premium", 0), ("fee", 0), ("fee", 2500),
    ]  # fmt: skip
    part = asked(credit(charges=(Charge("premium", usd("-999.99")),)), state=PLANNED)
    assert [(item.pattern, item.open) for item in part.invoices[1].items] == [("premium", 1), ("fee", 300)]


@pytest.mark.parametrize("order", ["paid first", "credited first"])
def test_the_fee_of_an_installment_that_was_billed_stays_whichever_comes_first(order):
    """403.00 were billed; with everything given back, 3.00 of the money pay the fee."""
    billed = asked(bill(0), bill(1, SECOND), state=PLANNED)
    steps = (pay(amount=usd("403.00")), credit(charges=(Charge("premium", usd("-1000.00")),)))
    account = asked(*(steps if order == "paid first" else reversed(steps)), state=billed)

    assert account.invoices[1].items[1].amount == 300
    assert sum(invoice.open for invoice in account.invoices) + 40300 - account.unapplied.minor == 2800
