"""Limits that several payments, people and claims share."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.histories import usd
from model.claims.limits import LimitLedger
from model.decider import Refusal
from model.money import Money

LOSS, PAID = date(2026, 12, 20), date(2027, 1, 15)
BY_LOSS = LimitLedger("USD", "by_date_of_loss", 100_000, 60_000, 150_000)
WHERE: dict[str, Any] = {"claim_id": "C-1", "person_id": "I", "loss_on": LOSS, "paid_on": PAID}


def taking(ledger: LimitLedger, number: int, amount: str, **where) -> Any:
    return ledger.taking(f"PAY-{number}", usd(amount), **{**WHERE, **where})


def test_each_limit_bounds_what_it_is_for():
    ledger = taking(BY_LOSS, 1, "600.00")

    assert taking(ledger, 2, "0.01") == Refusal("limit_exhausted", "0 minor units are left of the limits, not 1")
    other = taking(ledger, 2, "400.00", person_id="J")
    assert taking(other, 3, "0.01", person_id="K").code == "limit_exhausted"
    next_claim = taking(other, 3, "500.00", claim_id="C-2")
    assert taking(next_claim, 4, "0.01", claim_id="C-3", person_id="J").code == "limit_exhausted"


@pytest.mark.parametrize(("erosion", "year"), [("by_date_of_loss", 2026), ("by_date_of_payment", 2027)])
def test_which_year_a_payment_erodes_is_the_forms_choice(erosion, year):
    ledger = taking(LimitLedger("USD", erosion, None, None, 100), 1, "1.00")

    assert [one.year for one in ledger.taken] == [year]
    same_year = {"loss_on": date(year, 1, 1), "paid_on": date(year, 12, 31)}
    assert taking(ledger, 2, "0.01", **same_year).code == "limit_exhausted"
    other_year = {"loss_on": date(2030, 1, 1), "paid_on": date(2030, 1, 1)}
    assert isinstance(taking(ledger, 2, "1.00", **other_year), LimitLedger)


def test_a_payment_takes_once_and_gives_back_what_it_took():
    ledger = taking(BY_LOSS, 1, "600.00")

    assert taking(ledger, 1, "600.00") == ledger
    assert ledger.giving_back("PAY-1") == BY_LOSS
    assert ledger.giving_back("PAY-7") == ledger


def test_another_currency_is_refused_and_no_limit_is_no_limit():
    assert BY_LOSS.taking("PAY", Money(1, "EUR"), **WHERE) == Refusal("wrong_currency", "the limit is in USD, not EUR")
    assert LimitLedger("USD", "by_date_of_loss", None, None, None).left(**WHERE) is None


@settings(derandomize=True, deadline=None, max_examples=200)
@given(
    st.lists(
        st.tuples(st.sampled_from(["C-1", "C-2"]), st.sampled_from(["I", "J"]), st.integers(1, 90_000), st.booleans()),
        max_size=12,
    )
)
def test_no_order_of_payments_takes_more_than_a_limit(payments):
    """INV-C3 for the limits that are shared."""
    ledger = BY_LOSS
    for number, (claim, person, minor, comes_back) in enumerate(payments):
        found = taking(ledger, number, str(Money(minor, "USD")).split()[0], claim_id=claim, person_id=person)
        ledger = ledger if isinstance(found, Refusal) else found
        ledger = ledger.giving_back(f"PAY-{number}") if comes_back else ledger
    for claim in ("C-1", "C-2"):
        assert sum(one.minor for one in ledger.taken if one.claim_id == claim) <= 100_000
        for person in ("I", "J"):
            taken = [one.minor for one in ledger.taken if (one.claim_id, one.person_id) == (claim, person)]
            assert sum(taken) <= 60_000
    assert sum(one.minor for one in ledger.taken) <= 150_000
