"""A carrier's choices: what can be looked up, and every fault by its key."""

import pytest
from msgspec.structs import replace

from fixtures.jurisdictions import florida
from model.carrier import Carrier
from model.choices.billing import PaymentPlan
from model.choices.claims import AverageReserve
from model.money import Money

CARRIER = florida()[1]
MONTHLY = PaymentPlan("monthly", 20, 9, 1)


def billing(**changes) -> Carrier:
    return replace(CARRIER, billing=replace(CARRIER.billing, **changes))


def plan(**changes) -> Carrier:
    return billing(plans=(replace(MONTHLY, **changes),))


def test_the_shipped_carrier_has_no_fault():
    assert CARRIER.faults() == ()


def test_plans_patterns_and_reserves_are_found_by_name(answered):
    assert CARRIER.plan("monthly") == MONTHLY
    assert answered(CARRIER.plan("weekly")) == "unknown_payment_plan"
    assert answered(CARRIER.pattern("surcharge")) == "unknown_charge_pattern"
    assert CARRIER.average_reserve("dwelling") == Money(950000, "USD")
    assert CARRIER.average_reserve("contents") == Money(0, "USD")


@pytest.mark.parametrize(
    ("carrier", "fault"),
    [
        (replace(CARRIER, term_starts_at="24:00"), "term_starts_at: '24:00' is not a time HH:MM"),
        (replace(CARRIER, term_starts_at="9:00"), "term_starts_at: '9:00' is not a time HH:MM"),
        (replace(CARRIER, term_starts_at="00:1"), "term_starts_at: '00:1' is not a time HH:MM"),
        (replace(CARRIER, term_starts_at="0001"), "term_starts_at: '0001' is not a time HH:MM"),
        (replace(CARRIER, term_starts_at="00:01:00"), "term_starts_at: '00:01:00' is not a time HH:MM"),
        (replace(CARRIER, term_starts_at="00:01Z"), "term_starts_at: '00:01Z' is not a time HH:MM"),
        (replace(CARRIER, term_starts_at="٠٠:٠١"), "term_starts_at: '٠٠:٠١' is not a time HH:MM"),
        (replace(CARRIER, quote_valid_days=-1), "quote_valid_days: -1 is negative"),
        (replace(CARRIER, currency="DOGE"), "currency: 'DOGE' is unknown; known are CAD, EUR, GBP, JPY, KWD, MXN, USD"),
        (plan(down_payment_percent=0), "billing.plans.monthly.down_payment_percent: 0 is not in 1..100"),
        (plan(down_payment_percent=101), "billing.plans.monthly.down_payment_percent: 101 is not in 1..100"),
        (plan(down_payment_percent=100), "billing.plans.monthly.installments: 9 does not fit 100 % down"),
        (plan(installments=0), "billing.plans.monthly.installments: 0 does not fit 20 % down"),
        (plan(installments=-1), "billing.plans.monthly.installments: -1 is negative"),
        (plan(months_apart=0), "billing.plans.monthly.months_apart: 0 is not in 1..12"),
        (plan(months_apart=13), "billing.plans.monthly.months_apart: 13 is not in 1..12"),
        (billing(plans=(MONTHLY, MONTHLY)), "billing.plans: a payment plan is named twice"),
        (billing(installment_fee_minor=-1), "billing.installment_fee_minor: -1 is negative"),
        (billing(returned_payment_fee_minor=-1), "billing.returned_payment_fee_minor: -1 is negative"),
        (billing(bill_lead_days=-1), "billing.bill_lead_days: -1 is negative"),
        (replace(CARRIER, patterns=CARRIER.patterns[:1]), "patterns: 'premium' and 'fee' are needed"),
        (
            replace(CARRIER, patterns=(*CARRIER.patterns, CARRIER.patterns[0])),
            "patterns: a charge pattern is named twice",
        ),
        (
            replace(CARRIER, claims=replace(CARRIER.claims, average_reserves=(AverageReserve("dwelling", -1),))),
            "claims.average_reserves.dwelling: -1 is negative",
        ),
    ],
)
def test_a_fault_is_named_by_its_key(carrier, fault):
    assert carrier.faults() == (fault,)


@pytest.mark.parametrize(
    "carrier",
    [
        plan(down_payment_percent=1),
        plan(down_payment_percent=99),
        plan(months_apart=1),
        plan(months_apart=12),
        plan(down_payment_percent=100, installments=0, months_apart=0),
        billing(bill_lead_days=0, installment_fee_minor=0, returned_payment_fee_minor=0),
        replace(CARRIER, quote_valid_days=0),
        replace(CARRIER, term_starts_at="00:00"),
        replace(CARRIER, term_starts_at="23:59"),
    ],
)
def test_a_choice_at_its_limit_is_no_fault(carrier):
    assert carrier.faults() == ()


def test_all_faults_are_told_at_once():
    wrong = replace(plan(down_payment_percent=0, months_apart=0), quote_valid_days=-1)

    assert len(wrong.faults()) == 3
