"""Double entry: what does not balance is never posted, and nothing is posted twice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.histories import usd
from model.ledger import Entry, Ledger, Posting, Unbalanced, imbalance, transfer
from model.money import Money


def entry(key: str = "account:A#1", *postings: Posting) -> Entry:
    return Entry(key, postings or transfer(usd("5.00"), debit="cash", credit="unapplied_cash"))


def test_a_transfer_debits_one_account_and_credits_the_other():
    assert transfer(usd("5.00"), debit="cash", credit="unapplied_cash") == (
        Posting("cash", 500, "USD"),
        Posting("unapplied_cash", -500, "USD"),
    )
    assert transfer(usd("0.00"), debit="cash", credit="unapplied_cash") == ()


def test_an_entry_that_does_not_balance_is_never_posted():
    ledger = Ledger()
    wrong = entry("key", Posting("cash", 500, "USD"), Posting("unapplied_cash", -499, "USD"))

    assert imbalance(wrong) == {"USD": 1}
    with pytest.raises(Unbalanced, match=r"entry key is out of balance by \{'USD': 1\}"):
        ledger.post(wrong)
    assert ledger.balances == {}


def test_two_currencies_do_not_balance_each_other():
    mixed = entry("key", Posting("cash", 500, "USD"), Posting("unapplied_cash", -500, "EUR"))

    assert imbalance(mixed) == {"USD": 500, "EUR": -500}
    with pytest.raises(Unbalanced):
        Ledger().post(mixed)


def test_the_same_event_posts_once():
    ledger = Ledger()
    ledger.post_all([entry(), entry(), entry()])

    assert ledger.balances == {("cash", "USD"): 500, ("unapplied_cash", "USD"): -500}


def test_a_wrong_entry_under_a_known_key_is_still_an_error():
    ledger = Ledger()
    ledger.post(entry("key"))

    with pytest.raises(Unbalanced):
        ledger.post(entry("key", Posting("cash", 1, "USD")))


def test_each_currency_has_a_balance_of_its_own():
    ledger = Ledger()
    ledger.post(entry("1"))
    ledger.post(Entry("2", transfer(Money(7, "JPY"), debit="cash", credit="fee_income")))

    assert ledger.balances[("cash", "USD")] == 500
    assert ledger.balances[("cash", "JPY")] == 7


@settings(derandomize=True, deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(-(10**9), 10**9), st.sampled_from(["USD", "JPY"])), max_size=20)
)
def test_the_ledger_always_adds_up_to_zero_in_every_currency(moves):
    """INV-B3."""
    ledger = Ledger()
    for key, minor, currency in moves:
        ledger.post(Entry(f"{key}", transfer(Money(minor, currency), debit="cash", credit="fee_income")))

    for currency in ("USD", "JPY"):
        assert sum(minor for (_, held), minor in ledger.balances.items() if held == currency) == 0
