"""What happened on a billing account. `on` is the day it takes effect, `at` the instant it was recorded (UTC)."""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.billing import dunning_events, money_events, repointing_messages
from model.billing.commands import InstructionKind
from model.billing.draft_terms import DraftTerms
from model.billing.orders import Place
from model.billing.parts import Applied, Distribution
from model.billing.plan import Charge, Payer, PlannedInvoice, PlannedItem
from model.money import Money


class ChargesReceived(Struct, frozen=True, kw_only=True, tag=True):
    """The whole instruction. `autopay` is None when it does not say; `today` is the insured's local day, `earned`
    the patterns of the carrier that are earned with time.
    """

    account_id: str
    instruction_id: str
    policy_id: str
    autopay: Literal["on", "off"] | None
    charges: tuple[Charge, ...]
    on: date
    at: datetime
    plan: str = ""
    payers: tuple[Payer, ...] = ()
    kind: InstructionKind = "term"
    starts: date | None = None
    ends: date | None = None
    zone: str = ""
    today: date | None = None
    earned: tuple[str, ...] = ()
    place: Place | None = None


class JoinedItems(Struct, frozen=True):
    """What is due with an invoice that is planned already, by its number."""

    number: int
    items: tuple[PlannedItem, ...]


class InvoicesPlanned(Struct, frozen=True, kw_only=True, tag=True):
    """`first` is the number of the first of the new invoices; `joined` is what goes on invoices that were planned."""

    account_id: str
    policy_id: str
    first: int
    invoices: tuple[PlannedInvoice, ...]
    on: date
    at: datetime
    joined: tuple[JoinedItems, ...] = ()


class PayerShare(Struct, frozen=True, gc=False):
    payer_id: str
    minor: int


class ReturnPremiumCredited(Struct, frozen=True, kw_only=True, tag=True):
    """What a return premium closed, and the rest by pattern that became unapplied money of the payers of the policy.
    `charges` are those of the instruction that this is for, when they had waited.
    """

    account_id: str
    policy_id: str
    credits: tuple[Distribution, ...]
    unapplied: tuple[Charge, ...]
    on: date
    at: datetime
    instruction_id: str = ""
    payers: tuple[PayerShare, ...] = ()
    charges: tuple[Charge, ...] = ()


class ReturnPremiumWaits(Struct, frozen=True, kw_only=True, tag=True):
    """Return premium (negative) beyond all that was ever charged: its charges are still on their way."""

    account_id: str
    instruction_id: str
    policy_id: str
    charges: tuple[Charge, ...]
    on: date
    at: datetime


class InvoiceBilled(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    account_id: str
    number: int
    payer_id: str
    amount: Money
    due_on: date
    on: date
    at: datetime


class InvoiceFellDue(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`terms` say what is drafted, where autopay drafts it."""

    account_id: str
    number: int
    payer_id: str
    amount: Money
    autopay: Literal["on", "off"]
    on: date
    at: datetime
    terms: DraftTerms | None = None


class PaymentReceived(Struct, frozen=True, kw_only=True, tag=True, gc=False):
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


class PaymentReturnWaits(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The return of a payment that has not come yet."""

    account_id: str
    payment_id: str
    reason: str
    on: date
    at: datetime


class InvoiceCarriedForward(Struct, frozen=True, kw_only=True, tag=True):
    """Too little to be billed by itself: invoice `to` takes its items."""

    account_id: str
    number: int
    to: int
    on: date
    at: datetime


class FeeCharged(Struct, frozen=True, kw_only=True, tag=True):
    """A fee on an open invoice, once for its trigger; `payment_id` is the returned payment that it is for, if one."""

    account_id: str
    policy_id: str
    number: int
    trigger: str
    amount: Money
    on: date
    at: datetime
    payment_id: str = ""


class FeeWaived(Struct, frozen=True, kw_only=True, tag=True):
    """The money of a returned payment came back, so that its fee is nobody's: `undone` was paid on it and is unapplied
    again, `withdrawn` leaves its invoice. Both are empty where no fee was charged, and none will be.
    """

    account_id: str
    payment_id: str
    undone: tuple[Applied, ...]
    withdrawn: tuple[Distribution, ...]
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
    | FeeWaived
    | ReturnPremiumWaits
    | PaymentReturnWaits
    | InvoiceCarriedForward
    | money_events.Event
    | repointing_messages.Event
    | dunning_events.Event
)
