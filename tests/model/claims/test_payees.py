"""Payees: joint, several, mortgagees and lienholders."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.histories import usd
from model.claims.payees import Interest, Payee, named_on, shares, total_loss, unendorsed
from model.decider import Refusal
from model.money import Money

LENDER = Interest("BANK", "mortgagee")
INSURED, BANK = Payee("I", "insured"), Payee("BANK", "mortgagee")


@pytest.mark.parametrize(
    ("rule", "category", "interests", "payees"),
    [
        ("dwelling_payments", "dwelling", (LENDER,), (INSURED, BANK)),
        ("dwelling_payments", "contents", (LENDER,), (INSURED,)),
        ("dwelling_payments", "living_expenses", (LENDER,), (INSURED,)),
        ("dwelling_payments", "dwelling", (Interest("CREDIT", "lienholder"),), (INSURED,)),
        ("dwelling_payments", "dwelling", (), (INSURED,)),
        ("covered_property", "contents", (LENDER,), (INSURED, BANK)),
        ("never", "dwelling", (LENDER,), (INSURED,)),
    ],
)
def test_a_mortgagee_is_named_on_the_payments_that_the_carrier_chose(rule, category, interests, payees):
    assert named_on(rule, category, "I", interests) == payees


@pytest.mark.parametrize(
    ("endorsed", "missing"), [((), ("I", "BANK")), (("I",), ("BANK",)), (("BANK", "I"), ()), (("X",), ("I", "BANK"))]
)
def test_a_joint_cheque_needs_everyone(endorsed, missing):
    assert unendorsed((INSURED, BANK), endorsed) == missing


def test_a_single_payee_needs_no_telling():
    assert unendorsed((INSURED,), ()) == unendorsed((), ()) == ()


@pytest.mark.parametrize(
    ("amount", "payoff", "parts"),
    [
        ("20000.00", "15000.00", [("BANK", "15000.00"), ("I", "5000.00")]),
        ("20000.00", "25000.00", [("BANK", "20000.00")]),
        ("20000.00", "0.00", [("I", "20000.00")]),
    ],
)
def test_a_lienholder_comes_first_on_a_total_loss_up_to_the_payoff(amount, payoff, parts):
    found = total_loss(usd(amount), payoff=usd(payoff), lienholder_id="BANK", insured_id="I")

    assert [(payee.party_id, part) for payee, part in found] == [(party, usd(part)) for party, part in parts]


@pytest.mark.parametrize("payees", [(), (Payee("I", "insured", 1), Payee("J", "claimant", 0))])
def test_several_payees_each_need_a_share(payees):
    found = shares(usd("1.00"), payees)

    assert isinstance(found, Refusal)
    assert found.code == "bad_shares"


@settings(derandomize=True, deadline=None)
@given(st.integers(0, 10**9), st.lists(st.integers(1, 100), min_size=1, max_size=6))
def test_the_shares_of_several_payees_add_up(minor, weights):
    payees = tuple(Payee(str(number), "claimant", weight) for number, weight in enumerate(weights))
    found = shares(Money(minor, "USD"), payees)

    assert not isinstance(found, Refusal)
    assert sum(part.minor for _, part in found) == minor
    assert [payee for payee, _ in found] == list(payees)
