"""The general ledger says the same as the states that it was kept from."""

from typing import Any

import pytest

from fixtures.histories import HISTORIES, history, play
from model.books import Books
from model.core import Core


def balance(books: Books, account: str) -> int:
    return books.ledger.balances.get((account, "USD"), 0)


def accounts(core: Core) -> list[Any]:
    return list(core.accounts.states.values())


@pytest.mark.parametrize("name", HISTORIES)
def test_debits_and_credits_add_up_to_zero(core, books, name):
    """INV-B3."""
    play(core, history(name))

    assert sum(books.ledger.balances.values()) == 0


@pytest.mark.parametrize("name", HISTORIES)
def test_the_books_hold_what_the_accounts_hold(core, books, name):
    play(core, history(name))
    invoices = [invoice for account in accounts(core) for invoice in account.invoices]
    payments = [payment for account in accounts(core) for payment in account.payments]

    unbilled = sum(invoice.open for invoice in invoices if invoice.step == "planned")
    assert balance(books, "receivable_unbilled") == unbilled
    assert balance(books, "receivable_billed") == sum(invoice.open for invoice in invoices) - unbilled
    assert balance(books, "unapplied_cash") == -sum(account.unapplied.minor for account in accounts(core))
    received = sum(payment.amount.minor for payment in payments if payment.status == "received")
    lines = [line for claim in core.claims.states.values() for line in getattr(claim, "lines", ())]
    assert balance(books, "cash") == received - sum(line.paid for line in lines)
    assert balance(books, "loss_reserve") == -sum(line.open for line in lines)
    assert balance(books, "incurred_loss") == sum(line.incurred for line in lines)


def test_a_history_leaves_the_books_as_one_would_write_them_by_hand(core, books):
    """2,400.00 premium, 43.20 tax and a 25.00 fee, of which half comes back of premium and tax on 1 December (182 of
    365 days remain), with a down payment of 513.64 paid and nine installment fees of 3.00. The credit leaves nothing of
    five installments, and a fee of 3.00 for each of them is owed no more.
    """
    play(core, history("a policy cancelled midway"))

    assert books.ledger.balances == {
        ("receivable_unbilled", "USD"): 249520 - 51364 - 119671 - 2154 - 1500,
        ("receivable_billed", "USD"): 0,
        ("unearned_premium", "USD"): -(240000 - 119671),
        ("taxes_payable", "USD"): -(4320 - 2154),
        ("fee_income", "USD"): -(2500 + 2700 - 1500),
        ("cash", "USD"): 51364,
        ("unapplied_cash", "USD"): 0,
    }


def test_an_observer_that_comes_late_hears_only_what_comes_after(core):
    play(core, history("a policy in force"))
    late = Books(core.carrier)
    core.observers.append(late)
    core.submit(HISTORIES["a policy with nine installments, three paid"][3](1))

    assert set(late.ledger.balances) == {("receivable_billed", "USD"), ("receivable_unbilled", "USD")}
