"""What may be asked of a producer, and what happened to it.

`on` is the business day, `at` the instant (UTC).
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from msgspec import Struct

from model.money import Money

Kind = Literal["agency", "sub_producer", "managing_general_agent"]


How = Literal["share", "override"]


Move = Literal["posted", "paid", "netted", "advanced"]


class Link(Struct, frozen=True, gc=False):
    parent_id: str
    how: How
    percent: Decimal
    effective: date


class AppointProducer(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    producer_id: str
    kind: Kind
    commission_plan: str
    on: date
    at: datetime


class PlaceUnder(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """From `on` the producer stands under `parent_id` (empty: under nobody). `share`: the producer gets `percent` of
    the parent's commission. `override`: the parent gets `percent` of the premium on top of the producer's own.
    """

    producer_id: str
    parent_id: str
    how: How
    percent: Decimal
    on: date
    at: datetime


class TerminateProducer(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    producer_id: str
    on: date
    at: datetime


class HoldInTrust(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """From now on the producer keeps premium in `trust_id` until it remits it, and what it remits is of `program_id`;
    empty where it is neither. The duty is the producer's: premium that it receives is held for others (Cal. Ins. Code
    1733, 1734; N.Y. Ins. Law 2120: fixtures/rules/premium_payment.csv, `producer_premium_fiduciary`), by law or else by
    its contract.
    """

    producer_id: str
    trust_id: str
    program_id: str
    on: date
    at: datetime


class PostCommission(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """What a policy earned for the producer, or took back (negative)."""

    producer_id: str
    entry_id: str
    amount: Money
    on: date
    at: datetime


class PayCommission(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    producer_id: str
    entry_id: str
    amount: Money
    on: date
    at: datetime


class NetCommission(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The producer kept it from premium that it remitted (agency bill); negative when it remitted too much."""

    producer_id: str
    entry_id: str
    amount: Money
    on: date
    at: datetime


class AdvanceCommission(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Paid before it is earned."""

    producer_id: str
    entry_id: str
    amount: Money
    on: date
    at: datetime


Moving: TypeAlias = PostCommission | PayCommission | NetCommission | AdvanceCommission


Command: TypeAlias = AppointProducer | PlaceUnder | HoldInTrust | TerminateProducer | Moving


class ProducerAppointed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    producer_id: str
    kind: Kind
    commission_plan: str
    on: date
    at: datetime


class ProducerPlaced(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    producer_id: str
    link: Link
    on: date
    at: datetime


class ProducerTerminated(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    producer_id: str
    on: date
    at: datetime


class TrustNamed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    producer_id: str
    trust_id: str
    program_id: str
    on: date
    at: datetime


class CommissionMoved(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`repaid` is the part of a posting that only makes up for an advance."""

    producer_id: str
    entry_id: str
    how: Move
    amount: Money
    repaid: Money
    on: date
    at: datetime


Event: TypeAlias = ProducerAppointed | ProducerPlaced | TrustNamed | ProducerTerminated | CommissionMoved
