"""What can be seen of an account: its invoices, payments and credits, what is pursued, held and given up."""

from datetime import date
from typing import Literal

from msgspec import Struct

from model.published.policy_events import PublishedCharge
from model.wire import Amount


class DisbursementView(Struct, frozen=True, kw_only=True):
    """`approved_by` are the people who said yes; `requested_by` drafted it."""

    disbursement_id: str
    party_id: str
    amount: Amount
    status: Literal["draft", "approved", "executed", "rejected", "reversed"]
    requested_by: str
    approved_by: tuple[str, ...]


class WriteOffView(Struct, frozen=True, kw_only=True):
    write_off_id: str
    reason: str
    amount: Amount
    status: Literal["written_off", "reversed"]


class AccrualView(Struct, frozen=True, kw_only=True):
    """Earned evenly over the days [start, end); negative where it comes back."""

    start: date
    end: date
    amount: Amount


class PaidToView(Struct, frozen=True, kw_only=True):
    """The equity date: `paid` on what is earned with time pays for cover up to `on`, the first day that it does not pay
    for; cover ends on `ends`.
    """

    policy_id: str
    on: date
    ends: date
    paid: Amount
    accruals: tuple[AccrualView, ...]


class ItemView(Struct, frozen=True, kw_only=True):
    policy_id: str
    pattern: str
    amount: Amount
    paid: Amount
    credited: Amount
    written_off: Amount | None = None
    instruction: int | None = None


class InvoiceView(Struct, frozen=True, kw_only=True):
    """`payer_kind` is as what the payer pays for the policy of the first item: an agency by its statement, others by
    themselves.
    """

    number: int
    payer_id: str
    bill_on: date
    due_on: date
    status: Literal["planned", "billed", "due", "past_due", "paid", "carried"]
    items: tuple[ItemView, ...]
    payer_kind: Literal["insured", "mortgagee", "premium_finance", "agency"] | None = None


class PaymentView(Struct, frozen=True, kw_only=True):
    """`distributed` went to items; the rest is unapplied, held for a disbursement, or was disbursed."""

    payment_id: str
    payer_id: str
    status: Literal["received", "returned"]
    amount: Amount
    distributed: Amount
    unapplied: Amount | None = None
    held: Amount | None = None
    disbursed: Amount | None = None


class InstructionView(Struct, frozen=True, kw_only=True):
    """`waiting` is what of a return premium waits for its charges."""

    instruction_id: str
    policy_id: str
    charges: tuple[PublishedCharge, ...]
    waiting: tuple[PublishedCharge, ...] = ()


class DelinquencyView(Struct, frozen=True, kw_only=True):
    """`invoice` is the target where invoices are pursued one by one; `cancel_requests` counts those to policy."""

    delinquency_id: str
    policy_id: str
    invoice: int | None
    reason: Literal["past_due", "not_taken"]
    stage: Literal["pre_grace", "in_grace", "dunning", "cancel_requested", "collections", "written_off", "exited"]
    since: date
    cancel_requests: int
    cause: str | None = None


class CarriedView(Struct, frozen=True, kw_only=True):
    """What a hold kept back on an invoice of a payer, or what is billed in its place."""

    invoice: int
    payer_id: str
    amount: Amount


class HoldView(Struct, frozen=True, kw_only=True):
    """What of `policies` is or was kept back on days [since, released), and what was billed when it ended."""

    hold_id: str
    policies: tuple[str, ...]
    suspends: tuple[str, ...]
    since: date
    released: date | None
    strategy: str | None
    skipped: tuple[CarriedView, ...]
    replanned: tuple[CarriedView, ...]


class AccountView(Struct, frozen=True, kw_only=True):
    """`credits` are return premiums that closed nothing, by payer; `fees` the triggers that were charged."""

    account_id: str
    autopay: Literal["on", "off"]
    unapplied: Amount
    invoices: tuple[InvoiceView, ...] | None = None
    payments: tuple[PaymentView, ...] | None = None
    instructions: tuple[InstructionView, ...] | None = None
    delinquencies: tuple[DelinquencyView, ...] | None = None
    holds: tuple[HoldView, ...] | None = None
    credits: tuple[PaymentView, ...] | None = None
    disbursements: tuple[DisbursementView, ...] | None = None
    write_offs: tuple[WriteOffView, ...] | None = None
    paid_to: tuple[PaidToView, ...] | None = None
    fees: tuple[str, ...] | None = None
