"""What may be asked of a payment run. `on` is the business day, `at` the instant of asking (UTC)."""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.money import Money
from model.payments.payout_events import PayoutItem


class FreezeRun(Struct, frozen=True, kw_only=True, tag=True):
    """Whoever of `items` is not eligible is left out, and the run says why. `cut_off` is the last instant at which an
    item can be emitted.
    """

    run_id: str
    items: tuple[PayoutItem, ...]
    frozen_by: str
    cut_off: datetime
    on: date
    at: datetime


class ApproveRun(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`manifest` is what the approver has seen."""

    run_id: str
    manifest: str
    approved_by: str
    on: date
    at: datetime


class DiscardRun(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    run_id: str
    reason: str
    on: date
    at: datetime


class ReserveFunds(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The run is paid out of `fund_id`, where the whole of it is held, or out of an account elsewhere, which has so
    much `available` that nobody else has reserved.
    """

    run_id: str
    on: date
    at: datetime
    available: Money | None = None
    fund_id: str = ""


class EmitPayout(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    run_id: str
    payment_id: str
    on: date
    at: datetime


class ConfirmPayout(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The bank has paid the item; `endorsed_by` are the parties whose endorsements it saw on a cheque."""

    run_id: str
    payment_id: str
    on: date
    at: datetime
    endorsed_by: tuple[str, ...] = ()


class VoidPayout(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The item is not paid: the bank refused it, or it was never emitted."""

    run_id: str
    payment_id: str
    reason: str
    cause: Literal["refused_by_bank", "withdrawn"]
    on: date
    at: datetime


Command: TypeAlias = FreezeRun | ApproveRun | DiscardRun | ReserveFunds | EmitPayout | ConfirmPayout | VoidPayout
