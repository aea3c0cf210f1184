"""What happened to a payment intent. `on` is the day it takes effect, `at` the instant it was recorded (UTC)."""

from datetime import date, datetime
from typing import TypeAlias

from msgspec import Struct

from model.money import Money
from model.payments.commands import Purpose


class PaymentStarted(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    intent_id: str
    purpose: Purpose
    subject: str
    reference: str
    party_id: str
    amount: Money
    on: date
    at: datetime


class PaymentSucceeded(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    intent_id: str
    purpose: Purpose
    subject: str
    reference: str
    party_id: str
    amount: Money
    on: date
    at: datetime


class PaymentRefused(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The processor or the bank said no; no money moved."""

    intent_id: str
    purpose: Purpose
    subject: str
    reference: str
    reason: str
    on: date
    at: datetime


class PaymentTimedOut(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    intent_id: str
    on: date
    at: datetime


class MoneyReturned(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    intent_id: str
    purpose: Purpose
    subject: str
    reference: str
    amount: Money
    reason: str
    on: date
    at: datetime


Event: TypeAlias = PaymentStarted | PaymentSucceeded | PaymentRefused | PaymentTimedOut | MoneyReturned
