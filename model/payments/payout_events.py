"""What happened to a payment run and its items. `on` is the day it takes effect, `at` the instant (UTC)."""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.money import Money


class PayoutItem(Struct, frozen=True, gc=False):
    """One payment to one party; the bank details are behind a token. `payment_id` is the name of its intent."""

    payment_id: str
    party_id: str
    token: str
    amount: Money


WhyNot = Literal["payee_unverified", "screening_pending", "screening_hit", "cooling_off", "above_run_limit"]


class LeftOut(Struct, frozen=True, gc=False):
    """A payment that was asked for and is not in the run."""

    payment_id: str
    code: WhyNot


class RunFrozen(Struct, frozen=True, kw_only=True, tag=True):
    """`asked` is the hash of everything that was asked for, `manifest` that of the items that are in the run."""

    run_id: str
    items: tuple[PayoutItem, ...]
    left_out: tuple[LeftOut, ...]
    asked: str
    manifest: str
    total: Money
    frozen_by: str
    cut_off: datetime
    on: date
    at: datetime


class RunApproved(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    run_id: str
    manifest: str
    approved_by: str
    on: date
    at: datetime


class RunDiscarded(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    run_id: str
    reason: str
    on: date
    at: datetime


class FundsReserved(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`fund_id` is the account on which the money is held, where it is one of ours."""

    run_id: str
    amount: Money
    on: date
    at: datetime
    fund_id: str = ""


class PayoutEmitted(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The bank is asked to pay, under `instruction_id`."""

    run_id: str
    item: PayoutItem
    instruction_id: str
    on: date
    at: datetime


class PayoutPosted(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    run_id: str
    item: PayoutItem
    on: date
    at: datetime
    endorsed_by: tuple[str, ...] = ()


class PayoutVoided(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The item's money is free again: the bank refused it, or it was never sent."""

    run_id: str
    item: PayoutItem
    reason: str
    on: date
    at: datetime
    cause: Literal["refused_by_bank", "withdrawn"] = "refused_by_bank"


class RunClosed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    run_id: str
    posted: Money
    voided: Money
    on: date
    at: datetime
    fund_id: str = ""


Event: TypeAlias = (
    RunFrozen | RunApproved | RunDiscarded | FundsReserved | PayoutEmitted | PayoutPosted | PayoutVoided | RunClosed
)
