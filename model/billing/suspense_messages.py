"""What may be asked of suspense, and what happened to it.

`on` is the business day, `at` the instant (UTC).
"""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.money import Money

Reason = Literal[
    "unknown_account", "unknown_payer", "dead_account", "wrong_currency", "no_such_loan", "ambiguous", "over_sum",
    "short_sum", "bad_row", "refused",
]  # fmt: skip


class Part(Struct, frozen=True, gc=False):
    """What became of some of the money: a payment of `account_id`, or a refund to `party_id`."""

    part_id: str
    account_id: str
    party_id: str
    amount: Money


class SuspendMoney(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`told` is what the money said about itself: an account, a loan, a document. `payment_id` is the way's own id."""

    suspense_id: str
    payment_id: str
    reason: Reason
    told: str
    payer_id: str
    amount: Money
    on: date
    at: datetime


class ResolveSuspense(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`part_id` makes it idempotent: one sum may be for several accounts."""

    suspense_id: str
    part_id: str
    account_id: str
    payer_id: str
    amount: Money
    on: date
    at: datetime


class RefundSuspense(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    suspense_id: str
    part_id: str
    party_id: str
    amount: Money
    on: date
    at: datetime


class ReturnSuspended(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The bank took the money back: `reason` is its code."""

    suspense_id: str
    reason: str
    on: date
    at: datetime


Command: TypeAlias = SuspendMoney | ResolveSuspense | RefundSuspense | ReturnSuspended


class MoneySuspended(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    suspense_id: str
    payment_id: str
    reason: Reason
    told: str
    payer_id: str
    amount: Money
    on: date
    at: datetime


class SuspenseResolved(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`payment_id` is what the part is called as a payment of the account."""

    suspense_id: str
    part_id: str
    payment_id: str
    reason: Reason
    account_id: str
    payer_id: str
    amount: Money
    on: date
    at: datetime


class SuspenseRefunded(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    suspense_id: str
    part_id: str
    payment_id: str
    reason: Reason
    party_id: str
    amount: Money
    on: date
    at: datetime


class SuspendedMoneyReturned(Struct, frozen=True, kw_only=True, tag=True):
    """`held` was still in suspense, `refunded` had left to somebody, `parts` were payments by then."""

    suspense_id: str
    payment_id: str
    reason: str
    held: Money
    refunded: Money
    parts: tuple[Part, ...]
    on: date
    at: datetime


Event: TypeAlias = MoneySuspended | SuspenseResolved | SuspenseRefunded | SuspendedMoneyReturned
