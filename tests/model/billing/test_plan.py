"""A payment plan spreads what may be spread, to the cent, over days that stay at their anchor."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import usd
from fixtures.jurisdictions import florida
from model.billing.plan import Charge, Payer, planned_invoices
from model.choices.billing import PaymentPlan
from model.daycount import NO_HOLIDAYS
from model.money import Money

CARRIER = florida()[1]
MONTHLY = PaymentPlan("monthly", 20, 9, 1)
INSURED, BANK = Payer("I", "insured", 1), Payer("B", "mortgagee", 1)
CHARGES = (Charge("premium", usd("1234.56")), Charge("tax", usd("24.70")), Charge("fee", usd("25.00")))
START = date(2026, 6, 1)
bounded = settings(derandomize=True, deadline=None, max_examples=60)


def planned(
    *, plan=MONTHLY, payers=(INSURED,), charges=CHARGES, anchor=START, today=START, holidays=NO_HOLIDAYS, **choices
) -> Any:
    carrier = replace(CARRIER, billing=replace(CARRIER.billing, **choices))
    return planned_invoices(
        carrier, policy_id="P", plan=plan, payers=payers, charges=charges, anchor=anchor, today=today, holidays=holidays
    )


def spread(invoices, pattern) -> list[str]:
    return [str(item.amount)[:-4] for invoice in invoices for item in invoice.items if item.pattern == pattern]


def test_twenty_percent_down_and_nine_installments():
    invoices = planned(today=date(2026, 5, 1))

    assert spread(invoices, "premium") == ["246.91", *["109.74"] * 8, "109.73"]
    assert spread(invoices, "tax") == ["4.94", *["2.20"] * 5, *["2.19"] * 4]
    assert spread(invoices, "fee") == ["25.00", *["3.00"] * 9]


def test_the_installment_fee_is_on_every_installment_but_the_down_payment():
    assert spread(planned(charges=CHARGES[:1]), "fee") == ["3.00"] * 9
    assert spread(planned(charges=CHARGES[:1], installment_fee_minor=0), "fee") == []


def test_a_plan_that_is_paid_at_once_has_one_invoice_and_no_installment_fee():
    (invoice,) = planned(plan=PaymentPlan("full_pay", 100, 0, 0))

    assert [(item.pattern, str(item.amount)) for item in invoice.items] == [
        ("premium", "1234.56 USD"),
        ("tax", "24.70 USD"),
        ("fee", "25.00 USD"),
    ]


@pytest.mark.parametrize(
    ("plan", "dues"),
    [
        (PaymentPlan("full_pay", 100, 0, 0), ["2026-06-01"]),
        (PaymentPlan("two_pay", 60, 1, 6), ["2026-06-01", "2026-12-01"]),
        (PaymentPlan("four_pay", 40, 3, 3), ["2026-06-01", "2026-09-01", "2026-12-01", "2027-03-01"]),
    ],
)
def test_installments_are_due_as_many_months_apart_as_the_plan_says(plan, dues):
    assert [str(invoice.due_on) for invoice in planned(plan=plan)] == dues


def test_due_dates_are_anchored_to_a_month_end_for_the_whole_term():
    dues = [invoice.due_on for invoice in planned(anchor=date(2026, 1, 31), today=date(2026, 1, 1))]

    assert [due.isoformat()[5:] for due in dues] == [
        "01-31", "02-28", "03-31", "04-30", "05-31", "06-30", "07-31", "08-31", "09-30", "10-31",
    ]  # fmt: skip


def test_a_bill_goes_out_the_carriers_lead_time_before_it_is_due():
    early = planned(today=date(2026, 1, 1))

    assert {invoice.due_on - invoice.bill_on for invoice in early} == {timedelta(days=20)}
    assert {invoice.due_on - invoice.bill_on for invoice in planned(today=date(2026, 1, 1), bill_lead_days=0)} == {
        timedelta(days=0)
    }


def test_what_would_have_been_due_before_today_is_caught_up_on_one_invoice():
    today = date(2026, 9, 15)
    invoices = planned(today=today)

    assert [invoice.due_on for invoice in invoices[:3]] == [today, date(2026, 10, 1), date(2026, 11, 1)]
    assert all(today <= invoice.bill_on <= invoice.due_on for invoice in invoices)
    assert [str(item.amount) for item in invoices[0].items] == ["576.13 USD", "11.54 USD", "25.00 USD"]


@pytest.mark.parametrize(
    ("roll", "dues"),
    [
        ("none", ["2026-05-30", "2026-06-30", "2026-07-30", "2026-08-30"]),
        ("following", ["2026-06-01", "2026-06-30", "2026-07-30", "2026-08-31"]),
        ("preceding", ["2026-05-29", "2026-06-30", "2026-07-29", "2026-08-28"]),
    ],
)
def test_a_due_date_without_business_rolls_as_the_carrier_chose(roll, dues):
    """30 May and 30 August 2026 are a Saturday and a Sunday; 30 July is made a holiday for `preceding`."""
    holidays = frozenset({date(2026, 7, 30)}) if roll == "preceding" else frozenset()
    plan = PaymentPlan("plan", 25, 3, 1)
    invoices = planned(
        plan=plan, anchor=date(2026, 5, 30), today=date(2026, 5, 1), holidays=holidays, due_day_roll=roll
    )

    assert [str(invoice.due_on) for invoice in invoices] == dues


@pytest.mark.parametrize(
    ("roll", "due"), [("none", "2026-08-30"), ("following", "2026-08-31"), ("preceding", "2026-08-31")]
)
def test_what_is_caught_up_on_a_day_without_business_rolls_forward_and_never_back_behind_today(roll, due):
    """Today is Sunday, 30 August 2026."""
    today = date(2026, 8, 30)
    (first, *_) = planned(plan=PaymentPlan("plan", 25, 3, 1), anchor=date(2026, 8, 1), today=today, due_day_roll=roll)

    assert (first.bill_on, str(first.due_on)) == (today, due)


def test_installments_are_in_proportion_to_the_weights_of_the_plan():
    plan = replace(PaymentPlan("plan", 10, 3, 1), weights=(1, 2, 3))
    invoices = planned(plan=plan, charges=(Charge("premium", usd("100.01")),), installment_fee_minor=0)

    assert spread(invoices, "premium") == ["10.00", "15.00", "30.00", "45.01"]


def test_nobody_is_asked_for_odd_cents_that_are_written_off():
    plan = PaymentPlan("plan", 10, 3, 1)
    invoices = planned(plan=plan, charges=(Charge("premium", usd("100.00")), Charge("tax", usd("1.00"))),
        installment_fee_minor=0, leftover="write_off")  # fmt: skip
    asked = [item.amount.minor - item.written_off for invoice in invoices for item in invoice.items]

    assert asked == [1000, 10, 3000, 30, 3000, 30, 3000, 30]
    plan = PaymentPlan("plan", 10, 4, 1)
    (*_, last) = planned(plan=plan, charges=(Charge("premium", usd("100.02")),), leftover="write_off")
    assert (last.items[0].amount.minor, last.items[0].written_off) == (2252, 2)


def test_an_installment_without_money_makes_no_invoice():
    charges = (Charge("premium", usd("0.07")),)

    assert spread(planned(charges=charges), "premium") == ["0.01"] * 7


def test_only_what_may_be_spread_is_spread():
    (first, *others) = planned(charges=(Charge("fee", usd("25.00")),))

    assert [(item.pattern, str(item.amount)) for item in first.items] == [("fee", "25.00 USD")]
    assert others == []


def test_an_unknown_pattern_is_refused(answered):
    assert answered(planned(charges=(Charge("surcharge", usd("1.00")),))) == "unknown_charge_pattern"


def test_several_payers_share_every_item_to_the_cent():
    payers = (replace(INSURED, weight=2), replace(BANK, weight=1))
    invoices = planned(payers=payers, charges=(Charge("premium", usd("100.00")),), installment_fee_minor=0)

    down = {invoice.payer_id: str(invoice.items[0].amount) for invoice in invoices if invoice.due_on == START}
    assert down == {"I": "13.33 USD", "B": "6.67 USD"}
    assert sum(item.amount.minor for invoice in invoices for item in invoice.items) == 10000


def test_a_payer_of_nothing_gets_no_invoice():
    invoices = planned(payers=(INSURED, replace(BANK, weight=0)))

    assert {invoice.payer_id for invoice in invoices} == {"I"}


AMOUNT = st.integers(1, 10**7).map(lambda minor: Money(minor, "USD"))
PLAN = st.one_of(
    st.just(PaymentPlan("full_pay", 100, 0, 0)),
    st.builds(PaymentPlan, st.just("plan"), st.integers(1, 99), st.integers(1, 12), st.integers(1, 12)),
)
PAYERS = st.lists(st.integers(0, 9), min_size=1, max_size=3).filter(any).map(
    lambda weights: tuple(Payer(f"payer-{k}", "insured", weight) for k, weight in enumerate(weights))
)  # fmt: skip


@bounded
@given(
    charges=st.lists(st.builds(Charge, st.sampled_from(["premium", "tax", "fee"]), AMOUNT), min_size=1, max_size=4),
    plan=PLAN,
    payers=PAYERS,
    leftover=st.sampled_from(["first", "last", "write_off"]),
    anchor=st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    late=st.integers(-60, 400),
)
def test_every_cent_is_on_an_invoice_and_every_invoice_in_order(charges, plan, payers, leftover, anchor, late):
    """INV-B1 and INV-B8 for any plan: items = charges + installment fees, days in order and never in the past."""
    today = anchor + timedelta(days=late)
    invoices = planned(plan=plan, payers=payers, charges=tuple(charges), anchor=anchor, today=today, leftover=leftover)

    for pattern in ("premium", "tax"):
        invoiced = sum(item.amount.minor for i in invoices for item in i.items if item.pattern == pattern)
        assert invoiced == sum(charge.amount.minor for charge in charges if charge.pattern == pattern)
    fees = sum(item.amount.minor for i in invoices for item in i.items if item.pattern == "fee")
    charged = sum(charge.amount.minor for charge in charges if charge.pattern == "fee")
    assert 0 <= fees - charged <= 300 * plan.installments
    assert (fees - charged) % 300 == 0
    assert all(item.amount.minor > 0 for invoice in invoices for item in invoice.items)
    assert all(today <= invoice.bill_on <= invoice.due_on for invoice in invoices)
    assert len({(invoice.payer_id, invoice.due_on) for invoice in invoices}) == len(invoices)
    assert all(earlier.due_on <= later.due_on for earlier, later in pairwise(invoices))


@bounded
@given(st.dates(date(2024, 1, 1), date(2028, 12, 31)), st.integers(1, 12))
def test_due_dates_of_one_payer_strictly_increase_when_nothing_is_late(anchor, months_apart):
    plan = PaymentPlan("plan", 10, 400, months_apart)
    invoices = planned(plan=plan, charges=(Charge("premium", usd("9000.00")),), anchor=anchor, today=anchor)

    assert len(invoices) == 401
    assert all(earlier.due_on < later.due_on for earlier, later in pairwise(invoices))
