"""What happened to the money on an account beside payments."""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.billing.draft_terms import DraftMethod, DraftTerms
from model.billing.money_commands import Reslice
from model.billing.parts import Applied, Distribution, Taken
from model.money import Money


class UnappliedDistributed(Struct, frozen=True, kw_only=True, tag=True):
    """Money that had waited, of payments and of return premiums, pays what is billed now."""

    account_id: str
    payer_id: str
    sources: tuple[Applied, ...]
    on: date
    at: datetime


class ItemsWrittenOff(Struct, frozen=True, kw_only=True, tag=True):
    account_id: str
    write_off_id: str
    reason: str
    parts: tuple[Distribution, ...]
    amount: Money
    on: date
    at: datetime


class WriteOffReversed(Struct, frozen=True, kw_only=True, tag=True):
    """The receivable is back, by somebody's decision or because a payment came for it."""

    account_id: str
    write_off_id: str
    parts: tuple[Distribution, ...]
    amount: Money
    on: date
    at: datetime
    payment_id: str = ""


class RecaptureCharged(Struct, frozen=True, kw_only=True, tag=True):
    """Money that was sent back to a party and was not there to be sent: its payment (`payment_id`) never came, or it
    had paid something else when the disbursement of that id went after all. A receivable on an invoice of its own, due
    at once.
    """

    account_id: str
    payment_id: str
    number: int
    policy_id: str
    payer_id: str
    amount: Money
    on: date
    at: datetime


class DisbursementDrafted(Struct, frozen=True, kw_only=True, tag=True):
    """`sources` is which unapplied money it holds; `payer_id` is whose, when it is not the party's own."""

    account_id: str
    disbursement_id: str
    party_id: str
    amount: Money
    sources: tuple[Taken, ...]
    by: str
    on: date
    at: datetime
    payer_id: str = ""


class DisbursementFirstApproved(Struct, frozen=True, kw_only=True, tag=True):
    """One of two people said yes."""

    account_id: str
    disbursement_id: str
    by: str
    on: date
    at: datetime


class DisbursementApproved(Struct, frozen=True, kw_only=True, tag=True):
    """It is paid out from `pay_on` on."""

    account_id: str
    disbursement_id: str
    party_id: str
    amount: Money
    by: str
    on: date
    at: datetime
    pay_on: date | None = None


class DisbursementExecuted(Struct, frozen=True, kw_only=True, tag=True):
    account_id: str
    disbursement_id: str
    party_id: str
    amount: Money
    on: date
    at: datetime


class DisbursementRejected(Struct, frozen=True, kw_only=True, tag=True):
    """What it held is unapplied again. `was` says whether payments had been asked for it."""

    account_id: str
    disbursement_id: str
    amount: Money
    reason: str
    on: date
    at: datetime
    was: Literal["draft", "approved"] = "draft"


class DisbursementPaidAfterRejection(Struct, frozen=True, kw_only=True, tag=True):
    """It was on its way when it was rejected, and went. `amount` is what of it was still unapplied, by `sources`;
    `short` became a receivable.
    """

    account_id: str
    disbursement_id: str
    party_id: str
    amount: Money
    short: Money
    sources: tuple[Taken, ...]
    on: date
    at: datetime


class DisbursementReversed(Struct, frozen=True, kw_only=True, tag=True):
    """The money is back and waits for its party."""

    account_id: str
    disbursement_id: str
    party_id: str
    amount: Money
    reason: str
    on: date
    at: datetime


class PlanChanged(Struct, frozen=True, kw_only=True, tag=True):
    """What is planned anew: `undone` was paid on it and is unapplied again, `withdrawn` leaves the invoices. What it
    becomes is planned right after.
    """

    account_id: str
    change_id: str
    policy_id: str
    plan: str
    reslice: Reslice
    undone: tuple[Applied, ...]
    withdrawn: tuple[Distribution, ...]
    on: date
    at: datetime


class InstallmentFeesDropped(Struct, frozen=True, kw_only=True, tag=True):
    """Fees of installments of which a return premium left nothing to pay: `parts` leave their invoices."""

    account_id: str
    parts: tuple[Distribution, ...]
    on: date
    at: datetime


class AutopaySet(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`method` is what the payer lets itself be drafted by from now on, None while nobody has told."""

    account_id: str
    autopay: Literal["on", "off"]
    on: date
    at: datetime
    method: DraftMethod | None = None


class AutopayChangeNoticed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The payer is told on `on` that the draft of `draft_on` differs from the last bill."""

    account_id: str
    number: int
    payer_id: str
    amount: Money
    previous: Money
    draft_on: date
    on: date
    at: datetime


class InvoiceDrafted(Struct, frozen=True, kw_only=True, tag=True):
    """Payments is asked to draft it ahead of its due date."""

    account_id: str
    number: int
    payer_id: str
    amount: Money
    due_on: date
    on: date
    at: datetime
    terms: DraftTerms | None = None


Event: TypeAlias = (
    UnappliedDistributed
    | ItemsWrittenOff
    | WriteOffReversed
    | RecaptureCharged
    | DisbursementDrafted
    | DisbursementFirstApproved
    | DisbursementApproved
    | DisbursementExecuted
    | DisbursementRejected
    | DisbursementPaidAfterRejection
    | DisbursementReversed
    | PlanChanged
    | InstallmentFeesDropped
    | AutopaySet
    | AutopayChangeNoticed
    | InvoiceDrafted
)
