"""What may be asked of the commission on a policy, and what happened to it.

`on` is the business day, `at` the instant (UTC).
"""

from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from msgspec import Struct

from model.money import Money


class AssignProducer(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The producer of record of what takes effect from `on`: at the sale, or by an agency transfer."""

    policy_id: str
    producer_id: str
    product: str
    on: date
    at: datetime


class BeginCommissionTerm(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A renewal or rewrite begins: what comes back of it is not taken from the commission of terms before. A renewal is
    billed long before it begins, so that a rewrite may begin an earlier term after it.
    """

    policy_id: str
    on: date
    at: datetime


class EarnCommission(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`base` is commissionable premium, negative when it comes back."""

    policy_id: str
    entry_id: str
    base: Money
    on: date
    at: datetime


Command: TypeAlias = AssignProducer | BeginCommissionTerm | EarnCommission


class ProducerAssigned(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    producer_id: str
    product: str
    on: date
    at: datetime


class CommissionTermBegun(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    on: date
    at: datetime


class CommissionEarned(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """By one producer. `slice` numbers premium of one term under the same rates; all its producers share its base.
    `asked` is the base of the whole entry.
    """

    policy_id: str
    entry_id: str
    slice: int
    term: int
    record_id: str
    producer_id: str
    rate: Decimal
    base: Money
    amount: Money
    asked: Money
    on: date
    at: datetime


class CommissionChargedBack(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`base` and `amount` are negative."""

    policy_id: str
    entry_id: str
    slice: int
    term: int
    record_id: str
    producer_id: str
    rate: Decimal
    base: Money
    amount: Money
    asked: Money
    on: date
    at: datetime


class ReturnCarried(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Commissionable premium that came back beyond what is retained: `base` more of it (or less, when premium that
    takes effect later makes up for it) stands against the term of `since`. `asked` is the base of the whole entry.
    """

    policy_id: str
    entry_id: str
    since: date
    base: Money
    asked: Money
    on: date
    at: datetime


Event: TypeAlias = ProducerAssigned | CommissionTermBegun | CommissionEarned | CommissionChargedBack | ReturnCarried
