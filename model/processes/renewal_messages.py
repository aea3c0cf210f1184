"""What the process that binds renewals hears, and what it says. `on` is the day it takes effect, `at` the instant of
hearing (UTC). A policy has one such process, which begins anew with the offer of each term.
"""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.money import Money

Asks = Literal[
    "bill", "payment", "bind", "issue", "by_hand", "not_taken", "withdrawal", "undo", "later", "person", "issued", "end"
]
Acceptance = Literal["payment", "deemed"]


class OfferedCharge(Struct, frozen=True, gc=False):
    pattern: str
    amount: Money


class OfferedPayer(Struct, frozen=True, gc=False):
    payer_id: str
    kind: Literal["insured", "mortgagee", "agency"]
    weight: int


class Offer(Struct, frozen=True):
    """The next term as policy offers it, from `start`. It is accepted by paying through `accept_by`, or `deemed`."""

    job_id: str
    account_id: str
    start: date
    end: date
    zone: str
    accept_by: date
    acceptance: Acceptance
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[OfferedPayer, ...]
    charges: tuple[OfferedCharge, ...]


class Paid(Struct, frozen=True, gc=False):
    """What one payment paid of one invoice."""

    payment_id: str
    invoice: int
    amount: Money


class OfferRenewal(Struct, frozen=True, kw_only=True, tag=True):
    """`story` is the correlation id that everything of this process bears."""

    policy_id: str
    offer: Offer
    on: date
    at: datetime
    story: str = ""


class HearBilled(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The offer is billed from invoice number `first` on; `due` is what the first due date asks for."""

    policy_id: str
    job_id: str
    first: int
    due: Money
    on: date
    at: datetime


class HearPaid(Struct, frozen=True, kw_only=True, tag=True):
    """`on` is the day on which the money counts."""

    policy_id: str
    paid: tuple[Paid, ...]
    on: date
    at: datetime


class HearBound(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    job_id: str
    on: date
    at: datetime


class HearRenewed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    job_id: str
    on: date
    at: datetime


class HearClosed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The offer is off the table before it was issued: not taken, withdrawn, expired, declined."""

    policy_id: str
    job_id: str
    outcome: str
    on: date
    at: datetime


class HearApproved(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """An underwriting issue of the offer was approved: what it blocked may be asked again."""

    policy_id: str
    job_id: str
    on: date
    at: datetime


class HearUndone(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The renewal had been issued and is as if it had never been."""

    policy_id: str
    job_id: str
    on: date
    at: datetime


class HearMoneyReturned(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Billing asks that a renewal be undone: the money that bound it went back."""

    policy_id: str
    on: date
    at: datetime


class RenewalAskRefused(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Whoever was asked said no to the `step`-th step."""

    policy_id: str
    step: int
    code: str
    on: date
    at: datetime


class RenewalTimePassed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    on: date
    at: datetime


Command: TypeAlias = (
    OfferRenewal
    | HearBilled
    | HearPaid
    | HearBound
    | HearRenewed
    | HearClosed
    | HearApproved
    | HearUndone
    | HearMoneyReturned
    | RenewalAskRefused
    | RenewalTimePassed
)


class RenewalStepTaken(Struct, frozen=True, kw_only=True, tag=True):
    """The process asks for something. `first` and `due` are those of the bill once it is known, `paid` what came."""

    policy_id: str
    offer: Offer
    asks: Asks
    because: str
    resumes: Asks
    first: int | None
    due: Money | None
    paid: tuple[Paid, ...]
    step: int
    tries: int
    until: datetime | None
    story: str
    on: date
    at: datetime


Event: TypeAlias = RenewalStepTaken
