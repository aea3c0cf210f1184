"""What happened on a billing account. `on` is the day it takes effect, `at` the instant it was recorded (UTC)."""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.billing.allocation import Distribution
from model.billing.plan import Charge, PlannedInvoice
from model.money import Money


class ChargesReceived(Struct, frozen=True, kw_only=True, tag=True):
    """`autopay` is None when the instruction does not say."""

    account_id: str
    instruction_id: str
    policy_id: str
    autopay: Literal["on", "off"] | None
    charges: tuple[Charge, ...]
    on: date
    at: datetime


class InvoicesPlanned(Struct, frozen=True, kw_only=True, tag=True):
    """`first` is the number of the first of the new invoices."""

    account_id: str
    policy_id: str
    first: int
    invoices: tuple[PlannedInvoice, ...]
    on: date
    at: datetime


class ReturnPremiumCredited(Struct, frozen=True, kw_only=True, tag=True):
    """What a return premium closed, and the rest by pattern that became unapplied money."""

    account_id: str
    policy_id: str
    credits: tuple[Distribution, ...]
    unapplied: tuple[Charge, ...]
    on: date
    at: datetime


class InvoiceBilled(Struct, frozen=True, kw_only=True, tag=True):
    account_id: str
    number: int
    payer_id: str
    amount: Money
    due_on: date
    on: date
    at: datetime


class InvoiceFellDue(Struct, frozen=True, kw_only=True, tag=True):
    account_id: str
    number: int
    payer_id: str
    amount: Money
    autopay: Literal["on", "off"]
    on: date
    at: datetime


class PaymentReceived(Struct, frozen=True, kw_only=True, tag=True):
    account_id: str
    payment_id: str
    payer_id: str
    amount: Money
    on: date
    at: datetime


class PaymentDistributed(Struct, frozen=True, kw_only=True, tag=True):
    account_id: str
    payment_id: str
    parts: tuple[Distribution, ...]
    unapplied: Money
    on: date
    at: datetime


class PaymentReturned(Struct, frozen=True, kw_only=True, tag=True):
    """`parts` and `unapplied` are what the payment had paid for, taken back."""

    account_id: str
    payment_id: str
    reason: str
    parts: tuple[Distribution, ...]
    unapplied: Money
    on: date
    at: datetime


class FeeCharged(Struct, frozen=True, kw_only=True, tag=True):
    """A fee on an open invoice, once for its trigger."""

    account_id: str
    policy_id: str
    number: int
    trigger: str
    amount: Money
    on: date
    at: datetime


Event: TypeAlias = (
    ChargesReceived
    | InvoicesPlanned
    | ReturnPremiumCredited
    | InvoiceBilled
    | InvoiceFellDue
    | PaymentReceived
    | PaymentDistributed
    | PaymentReturned
    | FeeCharged
)
