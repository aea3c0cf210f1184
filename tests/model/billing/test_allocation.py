"""What a payment pays and what a return premium closes: in the carrier's order, and to the cent."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import usd
from fixtures.jurisdictions import florida
from model.billing.allocation import Distribution, by_invoice, distributed, return_premium_credits
from model.billing.invoice import Invoice, Item, ItemsSettled, evolve
from model.billing.plan import Charge

CARRIER = florida()[1]
PRIORITY = {rule.pattern: rule.priority for rule in CARRIER.patterns}
bounded = settings(derandomize=True, deadline=None, max_examples=100)


def invoice(number, due_on, step, *items, payer="I", policy="P"):
    return Invoice(
        number, payer, due_on, due_on, step, tuple(Item(policy, pattern, amount, 0, 0) for pattern, amount in items)
    )


JUNE, JULY, AUGUST = date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1)
INVOICES = (
    invoice(0, JUNE, "due", ("fee", 1500), ("premium", 10000), ("tax", 500)),
    invoice(1, JULY, "billed", ("premium", 10000), ("fee", 500)),
    invoice(2, AUGUST, "planned", ("premium", 10000)),
)


def test_a_payment_pays_the_oldest_invoice_first_and_within_it_tax_fee_premium():
    assert distributed(INVOICES, "I", 12100, PRIORITY) == (
        (Distribution(0, 2, 500), Distribution(0, 0, 1500), Distribution(0, 1, 10000), Distribution(1, 1, 100)),
        0,
    )


def test_what_finds_nothing_to_pay_is_left_over_and_planned_invoices_are_not_paid():
    parts, rest = distributed(INVOICES, "I", 25000, PRIORITY)

    assert sum(part.minor for part in parts) == 22500
    assert rest == 2500
    assert {part.invoice for part in parts} == {0, 1}


def test_a_payment_pays_only_the_invoices_of_its_own_payer():
    shared = (INVOICES[0], replace(INVOICES[1], payer_id="B"))

    assert distributed(shared, "B", 50000, PRIORITY)[1] == 50000 - 10500
    assert distributed(shared, "stranger", 50000, PRIORITY) == ((), 50000)


def test_a_later_number_with_an_earlier_due_date_is_paid_first():
    late, early = invoice(0, JULY, "due", ("premium", 100)), invoice(1, JUNE, "due", ("premium", 100))

    assert distributed((late, early), "I", 100, PRIORITY) == ((Distribution(1, 0, 100),), 0)


def test_nothing_pays_nothing():
    assert distributed(INVOICES, "I", 0, PRIORITY) == ((), 0)


def after(invoices, parts):
    changed = list(invoices)
    for number, items in by_invoice(parts).items():
        changed[number] = evolve(changed[number], ItemsSettled(parts=items))
    return tuple(changed)


@bounded
@given(st.integers(1, 30000), st.integers(1, 30000))
def test_two_payments_at_once_pay_what_one_of_both_would(first, second):
    """INV-B7."""
    one, one_rest = distributed(INVOICES, "I", first + second, PRIORITY)
    half, half_rest = distributed(INVOICES, "I", first, PRIORITY)
    other, other_rest = distributed(after(INVOICES, half), "I", second, PRIORITY)

    assert after(after(INVOICES, half), other) == after(INVOICES, one)
    assert half_rest + other_rest == one_rest


@bounded
@given(st.integers(1, 30000))
def test_no_item_is_paid_while_one_before_it_in_the_order_is_open(minor):
    """INV-B7."""
    parts, rest = distributed(INVOICES, "I", minor, PRIORITY)
    paid = after(INVOICES, parts)
    order = [(0, 2), (0, 0), (0, 1), (1, 1), (1, 0)]
    opened = [paid[number].items[place].open for number, place in order]
    touched = [paid[number].items[place].paid > 0 for number, place in order]

    assert sum(part.minor for part in parts) + rest == minor
    first_open = next((k for k, amount in enumerate(opened) if amount), len(order))
    assert not any(touched[first_open + 1 :])


def test_parts_are_gathered_by_invoice_in_their_order():
    parts = (Distribution(1, 0, 5), Distribution(0, 2, 7), Distribution(1, 1, 9))

    assert by_invoice(parts) == {1: (parts[0], parts[2]), 0: (parts[1],)}
    assert by_invoice(parts[:1]) == {1: parts[:1]}
    assert by_invoice(()) == {}


# --- return premium


def credited(order, *charges, invoices=INVOICES, policy="P"):
    carrier = replace(CARRIER, billing=replace(CARRIER.billing, credit_order=order))
    credits, rest = return_premium_credits(
        carrier, invoices, policy, tuple(Charge(pattern, usd(amount)) for pattern, amount in charges)
    )
    return [(part.invoice, part.item, part.minor) for part in credits], [
        (charge.pattern, str(charge.amount)) for charge in rest
    ]


def test_a_return_premium_closes_what_is_billed_first_or_what_is_planned_first_as_the_carrier_chose():
    assert credited("billed_first", ("premium", "-150.00")) == ([(0, 1, 10000), (1, 0, 5000)], [])
    assert credited("planned_first", ("premium", "-150.00")) == ([(2, 0, 10000), (0, 1, 5000)], [])


def test_a_return_premium_closes_only_its_own_pattern_and_the_rest_is_left_over():
    assert credited("billed_first", ("tax", "-8.00")) == ([(0, 2, 500)], [("tax", "3.00 USD")])


def test_a_return_premium_closes_only_its_own_policy():
    assert credited("billed_first", ("premium", "-150.00"), policy="another") == ([], [("premium", "150.00 USD")])


def test_two_charges_of_one_pattern_close_no_item_twice():
    assert credited("billed_first", ("premium", "-60.00"), ("premium", "-60.00")) == (
        [(0, 1, 6000), (0, 1, 4000), (1, 0, 2000)],
        [],
    )


def test_what_was_paid_is_not_closed_again():
    paid = after(INVOICES, (Distribution(0, 1, 9000),))

    assert credited("billed_first", ("premium", "-20.00"), invoices=paid) == ([(0, 1, 1000), (1, 0, 1000)], [])
