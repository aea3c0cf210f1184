"""What may be asked of a billing account. `on` is the business day, `at` the instant of asking (UTC)."""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.billing import dunning_commands, money_commands, repointing_messages
from model.billing.orders import Place
from model.billing.plan import Charge, Payer
from model.money import Money

InstructionKind = Literal["term", "endorsement", "credit"]


class ReceiveCharges(Struct, frozen=True, kw_only=True, tag=True):
    """A billing instruction of positive charges: `instruction_id` makes it idempotent. `on` anchors the due dates.

    A `term` is billed under its plan, an `endorsement` as the carrier bills what changes within the term [`starts`,
    `ends`), from `on`. `zone` is the insured's (IANA), by which it is told what day it is; empty when nobody said.
    """

    account_id: str
    instruction_id: str
    policy_id: str
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[Payer, ...]
    charges: tuple[Charge, ...]
    on: date
    at: datetime
    kind: Literal["term", "endorsement"] = "term"
    starts: date | None = None
    ends: date | None = None
    zone: str = ""
    place: Place | None = None


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


class ReceivePayment(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`policy_id` directs it to one policy: what that does not need stays unapplied. `wins_back` names the payment that
    was lost and that this money is: the fee that the loss has cost is waived.
    """

    account_id: str
    payment_id: str
    payer_id: str
    amount: Money
    on: date
    at: datetime
    policy_id: str = ""
    wins_back: str = ""


class ReturnPayment(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The bank took the money back: `reason` is its code (R01 and the like)."""

    account_id: str
    payment_id: str
    reason: str
    on: date
    at: datetime


Command: TypeAlias = (
    ReceiveCharges
    | CreditCharges
    | BillInvoice
    | MarkInvoiceDue
    | ReceivePayment
    | ReturnPayment
    | money_commands.Command
    | dunning_commands.Command
    | repointing_messages.Command
)
