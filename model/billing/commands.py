"""What may be asked of a billing account. `on` is the business day, `at` the instant of asking (UTC)."""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.billing.plan import Charge, Payer
from model.money import Money


class ReceiveCharges(Struct, frozen=True, kw_only=True, tag=True):
    """A billing instruction of positive charges: `instruction_id` makes it idempotent. `on` anchors the due dates."""

    account_id: str
    instruction_id: str
    policy_id: str
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[Payer, ...]
    charges: tuple[Charge, ...]
    on: date
    at: datetime


class CreditCharges(Struct, frozen=True, kw_only=True, tag=True):
    """A billing instruction of negative charges: return premium for a policy."""

    account_id: str
    instruction_id: str
    policy_id: str
    charges: tuple[Charge, ...]
    on: date
    at: datetime


class BillInvoice(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    account_id: str
    number: int
    on: date
    at: datetime


class MarkInvoiceDue(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    account_id: str
    number: int
    on: date
    at: datetime


class ReceivePayment(Struct, frozen=True, kw_only=True, tag=True):
    account_id: str
    payment_id: str
    payer_id: str
    amount: Money
    on: date
    at: datetime


class ReturnPayment(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The bank took the money back: `reason` is its code (R01 and the like)."""

    account_id: str
    payment_id: str
    reason: str
    on: date
    at: datetime


Command: TypeAlias = ReceiveCharges | CreditCharges | BillInvoice | MarkInvoiceDue | ReceivePayment | ReturnPayment
