"""What may be asked of the money on an account beside payments: send it back, write it off, charge a fee, plan anew."""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.billing.draft_terms import DraftMethod
from model.money import Money

FeeKind = Literal["late"]
Reslice = Literal["all", "planned", "not_fully_paid"]


class DraftDisbursement(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Unapplied money of a party is to go back to it: it is held from now on. `payer_id` is whose money it is when
    another party has a right to it (a lender to the return premium of what it financed).
    """

    account_id: str
    disbursement_id: str
    party_id: str
    amount: Money
    by: str
    on: date
    at: datetime
    payer_id: str = ""


class ApproveDisbursement(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """By another person than the one who drafted it; above the carrier's limit by two of them."""

    account_id: str
    disbursement_id: str
    by: str
    on: date
    at: datetime


class ExecuteDisbursement(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`paid_out`: payments says that the money went, whatever day it was to go."""

    account_id: str
    disbursement_id: str
    on: date
    at: datetime
    because: Literal["instructed", "paid_out"] = "instructed"


class RejectDisbursement(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`not_paid`: payments says that the money did not go, whatever was instructed."""

    account_id: str
    disbursement_id: str
    reason: str
    on: date
    at: datetime
    because: Literal["decided", "not_paid"] = "decided"


class ReverseDisbursement(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """It came back: a cheque that nobody cashed, a transfer that the bank returned. `sent_back`: payments says so, and
    this may overtake the news that it went.
    """

    account_id: str
    disbursement_id: str
    reason: str
    on: date
    at: datetime
    because: Literal["noticed", "sent_back"] = "noticed"


class WriteOff(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """What is open of an invoice, or of one item by its place, or `amount` of it in the order of the waterfall."""

    account_id: str
    write_off_id: str
    number: int
    reason: str
    on: date
    at: datetime
    item: int | None = None
    amount: Money | None = None


class ReverseWriteOff(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    account_id: str
    write_off_id: str
    on: date
    at: datetime


class AssessFee(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A fee of the carrier on an invoice, once for its `trigger` (what made it due, by name)."""

    account_id: str
    fee: FeeKind
    trigger: str
    number: int
    on: date
    at: datetime


class ChangePlan(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """From now on a policy pays by another plan. `reslice` says what is planned anew: what is not billed yet, also
    what is billed and not fully paid, or everything; due dates are counted from the first day of its term.
    """

    account_id: str
    change_id: str
    policy_id: str
    plan: str
    reslice: Reslice
    redistribute: Literal["yes", "no"]
    on: date
    at: datetime


class SetAutopay(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`method` is what the payer lets itself be drafted by; without one it stays as it was."""

    account_id: str
    autopay: Literal["on", "off"]
    on: date
    at: datetime
    method: DraftMethod | None = None


class DraftInvoice(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Have an invoice drafted, the carrier's days before it is due."""

    account_id: str
    number: int
    on: date
    at: datetime


Command: TypeAlias = (
    DraftDisbursement
    | ApproveDisbursement
    | ExecuteDisbursement
    | RejectDisbursement
    | ReverseDisbursement
    | WriteOff
    | ReverseWriteOff
    | AssessFee
    | ChangePlan
    | SetAutopay
    | DraftInvoice
)
