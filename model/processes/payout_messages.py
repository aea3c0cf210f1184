"""What the process that pays claims hears, and what it says. `on` is the day it takes effect, `at` the instant of
hearing (UTC).
"""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.money import Money

Asks = Literal["approval", "payout", "inquiry", "confirmation", "compensation", "person"]
Wish = Literal["within_authority", "above_authority"]
Because = Literal["", "approval_late", "approval_refused", "payout_failed", "ask_refused", "inquiries_exhausted"]


class StartPayout(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`story` is the correlation id that everything of this process bears. `joint_payees` have to endorse together."""

    payment_id: str
    claim_id: str
    payee_id: str
    amount: Money
    wish: Wish
    on: date
    at: datetime
    story: str = ""
    joint_payees: tuple[str, ...] = ()


class ApprovalGiven(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    payment_id: str
    on: date
    at: datetime


class ApprovalRefused(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    payment_id: str
    on: date
    at: datetime


class PayoutConfirmed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`story` counts only where the confirmation overtook what asked for the payment."""

    payment_id: str
    claim_id: str
    on: date
    at: datetime
    story: str = ""


class PayoutFailed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    payment_id: str
    claim_id: str
    on: date
    at: datetime
    story: str = ""


class PayoutUnknown(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Payments does not know whether the money moved."""

    payment_id: str
    claim_id: str
    on: date
    at: datetime
    story: str = ""


class NothingFound(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """An inquiry found that the payout was never sent: it can safely be sent."""

    payment_id: str
    on: date
    at: datetime


class PayoutAskRefused(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The context that was asked said no to the `step`-th step."""

    payment_id: str
    step: int
    code: str
    on: date
    at: datetime


class PayoutTimePassed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    payment_id: str
    on: date
    at: datetime


Command: TypeAlias = (
    StartPayout
    | ApprovalGiven
    | ApprovalRefused
    | PayoutConfirmed
    | PayoutFailed
    | PayoutUnknown
    | NothingFound
    | PayoutAskRefused
    | PayoutTimePassed
)


class PayoutStepTaken(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The process asks for something and waits until `until` for the answer (None: for ever). `payee_id` and `amount`
    are empty and None where an answer overtook what asked for the payment.
    """

    payment_id: str
    claim_id: str
    payee_id: str
    amount: Money | None
    asks: Asks
    because: Because
    step: int
    tries: int
    until: datetime | None
    story: str
    on: date
    at: datetime
    joint_payees: tuple[str, ...] = ()


Event: TypeAlias = PayoutStepTaken
