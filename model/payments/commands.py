"""What may be asked of a payment intent. `on` is the business day, `at` the instant of asking (UTC)."""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.money import Money

Purpose = Literal["collection", "payout"]


class StartPayment(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`reference` is what the money is for: a billing account, or the payment id of a claim (`subject` then names the
    claim).
    """

    intent_id: str
    purpose: Purpose
    subject: str
    reference: str
    party_id: str
    amount: Money
    on: date
    at: datetime


class ReportSuccess(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    intent_id: str
    on: date
    at: datetime


class ReportFailure(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The processor says that no money moved, and why."""

    intent_id: str
    reason: str
    on: date
    at: datetime


class ReportTimeout(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Nobody knows whether the money moved."""

    intent_id: str
    on: date
    at: datetime


class ReturnMoney(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The bank sends a collection back, with its return code."""

    intent_id: str
    reason: str
    on: date
    at: datetime


Command: TypeAlias = StartPayment | ReportSuccess | ReportFailure | ReportTimeout | ReturnMoney
