"""What billing publishes, version 1: what falls due and what becomes of it, suspense, commission, money sent back."""

from datetime import date
from typing import Literal, TypeAlias

from msgspec import Struct

from model.wire import Amount


class RenewalBilled(Struct, frozen=True, kw_only=True):
    """The offer of a renewal is billed from invoice number `first` on; `due` is what its first due date asks for."""

    account_id: str
    policy_id: str
    job_id: str
    first: int
    due: Amount
    due_on: date


class PaidInvoice(Struct, frozen=True, gc=False):
    policy_id: str
    invoice: int
    amount: Amount


class RenewalPaid(Struct, frozen=True, kw_only=True):
    """What a payment paid of the invoices of policies whose renewal is billed."""

    account_id: str
    payment_id: str
    paid: tuple[PaidInvoice, ...]


class InvoiceDue(Struct, frozen=True, kw_only=True, gc=False):
    """Where autopay drafts it: `method` is what the payer lets itself be drafted by as far as billing knows,
    `installment` the place of the bill in its plan (0: the down payment) of `installments` after it, `state` that of
    the policy.
    """

    account_id: str
    invoice: int
    payer_id: str
    amount: Amount
    autopay: Literal["on", "off"]
    due_on: date
    method: Literal["ach", "card", "wallet"] | None = None
    billing_model: Literal["direct_bill", "agency_bill", "mortgagee_bill"] | None = None
    state: str = ""
    installment: int | None = None
    installments: int | None = None


class InvoicePastDue(Struct, frozen=True, kw_only=True, gc=False):
    """Grace is over; `amount` is what one policy still owes on the invoice."""

    account_id: str
    invoice: int
    policy_id: str
    payer_id: str
    amount: Amount
    due_on: date


class NonpaymentNoticeSent(Struct, frozen=True, kw_only=True, gc=False):
    """The notice of nonpayment went with the bill or ahead of the due day: unpaid, cover may end on `earliest`."""

    account_id: str
    invoice: int
    policy_id: str
    payer_id: str
    amount: Amount
    due_on: date
    mailed_on: date
    earliest: date


class DelinquencyStarted(Struct, frozen=True, kw_only=True, gc=False):
    delinquency_id: str
    account_id: str
    policy_id: str
    reason: Literal["past_due", "not_taken"]
    amount: Amount
    since: date


class DelinquencyHeld(Struct, frozen=True, kw_only=True, gc=False):
    """Nothing is pursued until the hold ends; then grace begins anew."""

    delinquency_id: str
    account_id: str
    policy_id: str


class CancellationRequested(Struct, frozen=True, kw_only=True, gc=False):
    """Billing asks, policy decides. `amount` paid before the cancellation takes effect makes it unnecessary. `due_on`
    is the due day that was missed; a notice that was mailed ahead of it, on `noticed_on`, is the notice. `received` is
    the premium that was paid for the term. A `renewal` that was not taken is undone, a `first` term is cancelled with
    notice.
    """

    delinquency_id: str
    account_id: str
    policy_id: str
    reason: Literal["past_due", "not_taken"]
    amount: Amount
    noticed_on: date | None = None
    due_on: date | None = None
    term: Literal["first", "renewal"] = "renewal"
    received: Amount | None = None


class DelinquencyExited(Struct, frozen=True, kw_only=True, gc=False):
    """`paid`: in time, by the event's effective day. `policy_cancelled`: what was owed went with the cover, or was paid
    after it. `held`: what was asked for is withdrawn, and asked anew after the hold. `reinstated`: cover is back.
    """

    delinquency_id: str
    account_id: str
    policy_id: str
    cause: Literal["paid", "policy_cancelled", "written_off", "held", "reinstated"]


class SuspenseCreated(Struct, frozen=True, kw_only=True, gc=False):
    """Money came in that matches nothing; `reason` says why."""

    suspense_id: str
    payment_id: str
    amount: Amount
    reason: str


class SuspenseResolved(Struct, frozen=True, kw_only=True, gc=False):
    """`amount` of it left suspense: paid on an account, refunded, or taken back by the bank."""

    suspense_id: str
    payment_id: str
    amount: Amount
    reason: str
    outcome: Literal["resolved", "refunded", "taken_back"]


class CommissionEarned(Struct, frozen=True, kw_only=True, gc=False):
    """`rate` is exact (`0.125` for 12.5 percent) of `base`, commissionable premium."""

    producer_id: str
    policy_id: str
    base: Amount
    rate: str
    amount: Amount


class CommissionChargedBack(Struct, frozen=True, kw_only=True, gc=False):
    """`base` and `amount` are negative; `rate` is that at which it was earned."""

    producer_id: str
    policy_id: str
    base: Amount
    rate: str
    amount: Amount


class FinanceCancellationOrdered(Struct, frozen=True, kw_only=True, gc=False):
    """A premium finance lender orders the cancellation as if the insured asked for it."""

    contract_id: str
    account_id: str
    policy_id: str
    lender_id: str
    effective: date


class InvoiceDraftRequested(Struct, frozen=True, kw_only=True, gc=False):
    """Autopay drafts it ahead of its due day; the rest is told as with an invoice that falls due."""

    account_id: str
    invoice: int
    payer_id: str
    amount: Amount
    due_on: date
    method: Literal["ach", "card", "wallet"] | None = None
    billing_model: Literal["direct_bill", "agency_bill", "mortgagee_bill"] | None = None
    state: str = ""
    installment: int | None = None
    installments: int | None = None


class DisbursementRequested(Struct, frozen=True, kw_only=True, gc=False):
    """Unapplied money is approved to go back to a party, not before `pay_on`."""

    disbursement_id: str
    account_id: str
    party_id: str
    amount: Amount
    pay_on: date


class DisbursementExecuted(Struct, frozen=True, kw_only=True, gc=False):
    disbursement_id: str
    account_id: str
    party_id: str
    amount: Amount


class DisbursementRejected(Struct, frozen=True, kw_only=True, gc=False):
    """It is not to be paid, and its money is unapplied again. `was` says whether it had been asked for."""

    disbursement_id: str
    account_id: str
    amount: Amount
    was: Literal["draft", "approved"]
    reason: str


BillingEvent: TypeAlias = (
    RenewalBilled
    | RenewalPaid
    | InvoiceDue
    | InvoicePastDue
    | NonpaymentNoticeSent
    | DelinquencyStarted
    | DelinquencyHeld
    | CancellationRequested
    | DelinquencyExited
    | SuspenseCreated
    | SuspenseResolved
    | CommissionEarned
    | CommissionChargedBack
    | FinanceCancellationOrdered
    | InvoiceDraftRequested
    | DisbursementRequested
    | DisbursementExecuted
    | DisbursementRejected
)

BILLING_TYPES: dict[type[BillingEvent], str] = {
    RenewalBilled: "insurance.billing.renewal.billed.v1",
    RenewalPaid: "insurance.billing.renewal.paid.v1",
    InvoiceDue: "insurance.billing.invoice.due.v1",
    InvoicePastDue: "insurance.billing.invoice.past_due.v1",
    NonpaymentNoticeSent: "insurance.billing.nonpayment_notice.sent.v1",
    DelinquencyStarted: "insurance.billing.delinquency.started.v1",
    DelinquencyHeld: "insurance.billing.delinquency.held.v1",
    CancellationRequested: "insurance.billing.delinquency.cancel_requested.v1",
    DelinquencyExited: "insurance.billing.delinquency.exited.v1",
    SuspenseCreated: "insurance.billing.suspense.created.v1",
    SuspenseResolved: "insurance.billing.suspense.resolved.v1",
    CommissionEarned: "insurance.billing.commission.earned.v1",
    CommissionChargedBack: "insurance.billing.commission.charged_back.v1",
    FinanceCancellationOrdered: "insurance.billing.finance.cancellation_ordered.v1",
    InvoiceDraftRequested: "insurance.billing.invoice.draft_requested.v1",
    DisbursementRequested: "insurance.billing.disbursement.requested.v1",
    DisbursementRejected: "insurance.billing.disbursement.rejected.v1",
    DisbursementExecuted: "insurance.billing.disbursement.executed.v1",
}
