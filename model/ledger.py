"""Double entry: every movement of money is an entry whose postings add up to zero in each currency.

A debit is positive, a credit negative. Accounts go by name; a carrier's chart of accounts maps the names to its own
numbers.
"""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from model.money import Money

Account = Literal[
    "cash",
    "receivable_unbilled",
    "receivable_billed",
    "unapplied_cash",
    "disbursements_payable",
    "bad_debt",
    "unearned_premium",
    "earned_premium",
    "taxes_payable",
    "fee_income",
    "loss_reserve",
    "incurred_loss",
    "loss_recovery",
    "recovery_expense",
    "deductible_refunds_payable",
    "unclaimed_property",
    "suspense_liability",
    "returned_refunds_receivable",
    "commission_expense",
    "commission_payable",
    "commission_advances",
    "premium_trust_cash",
    "premium_trust_payable",
    "premium_trust_own_funds",
    "program_payables",
]


class Posting(Struct, frozen=True, gc=False):
    account: Account
    minor: int
    currency: str


class Entry(Struct, frozen=True):
    """`key` is the id of the event that caused it, so that the same event never posts twice."""

    key: str
    postings: tuple[Posting, ...]


class Unbalanced(ValueError):
    """An entry whose debits and credits differ: we are wrong, whoever asked."""


def transfer(amount: Money, *, debit: Account, credit: Account) -> tuple[Posting, ...]:
    """`amount` from the credit to the debit account; nothing when the amount is zero."""
    if amount.minor == 0:
        return ()
    return (Posting(debit, amount.minor, amount.currency), Posting(credit, -amount.minor, amount.currency))


def imbalance(entry: Entry) -> dict[str, int]:
    """Debits minus credits by currency, where they differ."""
    sums: dict[str, int] = {}
    for posting in entry.postings:
        sums[posting.currency] = sums.get(posting.currency, 0) + posting.minor
    return {currency: minor for currency, minor in sums.items() if minor}


class Ledger:
    """Balances by (account, currency), in minor units."""

    def __init__(self) -> None:
        self.balances: dict[tuple[str, str], int] = {}
        self._posted: set[str] = set()

    def post(self, entry: Entry) -> None:
        """Adds a balanced entry once; the same key again changes nothing. Raises Unbalanced."""
        wrong = imbalance(entry)
        if wrong:
            raise Unbalanced(f"entry {entry.key} is out of balance by {wrong}")
        if entry.key in self._posted:
            return
        self._posted.add(entry.key)
        for posting in entry.postings:
            key = (posting.account, posting.currency)
            self.balances[key] = self.balances.get(key, 0) + posting.minor

    def post_all(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self.post(entry)
