"""The published language, version 1: what the contexts tell each other and the world.

Each struct is a deliberate projection of something that happened inside, never the inside itself. Names are wire
names (snake_case), money is an Amount, days are ISO dates. `EVENT_TYPES` gives the CloudEvents type of each.
"""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.published.process_events import (
    AskRefused,
    CancelForNonpaymentAsked,
    ClaimPayoutAsked,
    ProcessEvent,
    RenewalBindAsked,
)
from model.wire import Amount


class PublishedCharge(Struct, frozen=True, gc=False):
    pattern: str
    amount: Amount


class PublishedPayer(Struct, frozen=True, gc=False):
    payer_id: str
    kind: Literal["insured", "mortgagee"]
    weight: int


class PublishedCoverage(Struct, frozen=True, gc=False):
    code: str
    limit: Amount
    deductible: Amount
    hurricane_deductible: Amount


class PolicyIssued(Struct, frozen=True, kw_only=True):
    policy_id: str
    account_id: str
    insured_id: str
    product: str
    state: str
    zone: str
    term_starts_at: str
    start: date
    end: date
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[PublishedPayer, ...]
    coverages: tuple[PublishedCoverage, ...]
    charges: tuple[PublishedCharge, ...]


class PolicyCancelled(Struct, frozen=True, kw_only=True):
    """`returned` holds negative amounts. `plan` and `payers` are those of the cancelled term."""

    policy_id: str
    account_id: str
    job_id: str
    reason: str
    cancelled_on: date
    returned: tuple[PublishedCharge, ...]


class PublishedCover(Struct, frozen=True):
    """What is insured on the days [start, end) of a term; days of a term that no cover names have none."""

    start: date
    end: date
    coverages: tuple[PublishedCoverage, ...]


class PolicyChanged(Struct, frozen=True, kw_only=True):
    """`charges` is the one net difference, signed, by pattern; `cover` the whole term as it stands after `version`."""

    policy_id: str
    account_id: str
    kind: str
    version: int
    effective: date
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[PublishedPayer, ...]
    charges: tuple[PublishedCharge, ...]
    cover: tuple[PublishedCover, ...]


class PolicyReinstated(Struct, frozen=True, kw_only=True):
    """Cover goes on from `effective`; a gap lies between `cancelled_on` and it where they differ."""

    policy_id: str
    account_id: str
    job_id: str
    version: int
    cancelled_on: date
    effective: date
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[PublishedPayer, ...]
    charges: tuple[PublishedCharge, ...]
    cover: tuple[PublishedCover, ...]


class PolicyRenewed(Struct, frozen=True, kw_only=True):
    """The next term, billed from `start`."""

    policy_id: str
    account_id: str
    job_id: str
    start: date
    end: date
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[PublishedPayer, ...]
    coverages: tuple[PublishedCoverage, ...]
    charges: tuple[PublishedCharge, ...]


class PolicyRewritten(Struct, frozen=True, kw_only=True):
    """New terms from `start` on; `returned` (negative) is what the old ones gave back to `returned_to`."""

    policy_id: str
    account_id: str
    returned_to: str
    returned: tuple[PublishedCharge, ...]
    start: date
    end: date
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[PublishedPayer, ...]
    coverages: tuple[PublishedCoverage, ...]
    charges: tuple[PublishedCharge, ...]


class PolicyNonrenewed(Struct, frozen=True, kw_only=True):
    """Cover ends on `ends`; `charges` is what days past the end of the term cost."""

    policy_id: str
    account_id: str
    reason: str
    mailed_on: date
    ends: date
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[PublishedPayer, ...]
    charges: tuple[PublishedCharge, ...]


class JobPreempted(Struct, frozen=True, kw_only=True):
    policy_id: str
    job_id: str
    kind: str
    winner: str


class NoticeGiven(Struct, frozen=True, kw_only=True):
    """Cover ends on `effective`, at the instant `takes_effect_at`, unless what was asked for is paid before.
    `asked_by` names the process that asked, empty where nobody else did.
    """

    policy_id: str
    account_id: str
    reason: str
    mailed_on: date
    earliest: date
    effective: date
    takes_effect_at: datetime
    asked_by: str


class NoticeRescinded(Struct, frozen=True, kw_only=True):
    """The policy goes on as if no notice had been given."""

    policy_id: str
    account_id: str
    effective: date
    asked_by: str


class OperationHeld(Struct, frozen=True, kw_only=True):
    """A moratorium suspends what was asked; policy decides it when the moratorium ends."""

    policy_id: str
    moratorium_id: str
    operation: str
    asked_by: str


class OperationReleased(Struct, frozen=True, kw_only=True):
    """What was held is decided; `refused` is the code when the answer was no."""

    policy_id: str
    operation: str
    refused: str | None
    asked_by: str


class RenewalOffered(Struct, frozen=True, kw_only=True):
    """The next term has a price. It is accepted by paying through `accept_by`, or `deemed` where nobody objects."""

    policy_id: str
    account_id: str
    job_id: str
    start: date
    end: date
    accept_by: date
    acceptance: Literal["payment", "deemed"]
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[PublishedPayer, ...]
    charges: tuple[PublishedCharge, ...]


class RenewalBound(Struct, frozen=True, kw_only=True):
    policy_id: str
    job_id: str


class RenewalClosed(Struct, frozen=True, kw_only=True):
    """The offer ended before it was issued: not taken, withdrawn, expired or declined."""

    policy_id: str
    job_id: str
    outcome: str


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


class DelinquencyCancelRequested(Struct, frozen=True, kw_only=True):
    """Billing asks that a policy be cancelled for what was not paid, or a renewal undone whose money went back."""

    delinquency_id: str
    account_id: str
    policy_id: str
    reason: Literal["past_due", "not_taken"]
    amount: Amount


class DelinquencyExited(Struct, frozen=True, kw_only=True):
    """The effective day of the event is the day on which the money counts."""

    delinquency_id: str
    account_id: str
    policy_id: str
    cause: Literal["paid", "policy_cancelled", "written_off", "held"]


class InvoiceDue(Struct, frozen=True, kw_only=True):
    account_id: str
    invoice: int
    payer_id: str
    amount: Amount
    autopay: Literal["on", "off"]
    due_on: date


class ClaimPaymentRequested(Struct, frozen=True, kw_only=True):
    claim_id: str
    payment_id: str
    payee_id: str
    amount: Amount


class ClaimPaymentHeld(Struct, frozen=True, kw_only=True):
    """A payment above the authority of who asked for it waits for somebody else's approval."""

    claim_id: str
    payment_id: str
    payee_id: str
    amount: Amount


class ClaimPaymentDenied(Struct, frozen=True, kw_only=True):
    claim_id: str
    payment_id: str
    reason: str


class IntentUnknown(Struct, frozen=True, kw_only=True):
    """Nobody knows whether the money moved."""

    intent_id: str
    purpose: Literal["collection", "payout"]
    subject: str
    reference: str


class IntentSucceeded(Struct, frozen=True, kw_only=True):
    intent_id: str
    purpose: Literal["collection", "payout"]
    subject: str
    reference: str
    party_id: str
    amount: Amount


class IntentFailed(Struct, frozen=True, kw_only=True):
    intent_id: str
    purpose: Literal["collection", "payout"]
    subject: str
    reference: str
    reason: str


class IntentReturned(Struct, frozen=True, kw_only=True):
    intent_id: str
    purpose: Literal["collection", "payout"]
    subject: str
    reference: str
    amount: Amount
    reason: str


PublishedEvent: TypeAlias = (
    PolicyIssued
    | PolicyCancelled
    | PolicyChanged
    | PolicyReinstated
    | PolicyRenewed
    | PolicyRewritten
    | PolicyNonrenewed
    | JobPreempted
    | NoticeGiven
    | NoticeRescinded
    | OperationHeld
    | OperationReleased
    | RenewalOffered
    | RenewalBound
    | RenewalClosed
    | RenewalBilled
    | RenewalPaid
    | DelinquencyCancelRequested
    | DelinquencyExited
    | InvoiceDue
    | ClaimPaymentRequested
    | ClaimPaymentHeld
    | ClaimPaymentDenied
    | IntentUnknown
    | IntentSucceeded
    | IntentFailed
    | IntentReturned
    | ProcessEvent
)

EVENT_TYPES: dict[type[PublishedEvent], str] = {
    PolicyIssued: "insurance.policy.issued.v1",
    PolicyCancelled: "insurance.policy.cancelled.v1",
    PolicyChanged: "insurance.policy.changed.v1",
    PolicyReinstated: "insurance.policy.reinstated.v1",
    PolicyRenewed: "insurance.policy.renewed.v1",
    PolicyRewritten: "insurance.policy.rewritten.v1",
    PolicyNonrenewed: "insurance.policy.nonrenewed.v1",
    JobPreempted: "insurance.policy.job.preempted.v1",
    NoticeGiven: "insurance.policy.notice.given.v1",
    NoticeRescinded: "insurance.policy.notice.rescinded.v1",
    OperationHeld: "insurance.policy.operation.held.v1",
    OperationReleased: "insurance.policy.operation.released.v1",
    RenewalOffered: "insurance.policy.renewal.offered.v1",
    RenewalBound: "insurance.policy.renewal.bound.v1",
    RenewalClosed: "insurance.policy.renewal.closed.v1",
    RenewalBilled: "insurance.billing.renewal.billed.v1",
    RenewalPaid: "insurance.billing.renewal.paid.v1",
    DelinquencyCancelRequested: "insurance.billing.delinquency.cancel_requested.v1",
    DelinquencyExited: "insurance.billing.delinquency.exited.v1",
    InvoiceDue: "insurance.billing.invoice.due.v1",
    ClaimPaymentRequested: "insurance.claims.payment.requested.v1",
    ClaimPaymentHeld: "insurance.claims.payment.held.v1",
    ClaimPaymentDenied: "insurance.claims.payment.denied.v1",
    IntentUnknown: "insurance.payments.intent.unknown.v1",
    IntentSucceeded: "insurance.payments.intent.succeeded.v1",
    IntentFailed: "insurance.payments.intent.failed.v1",
    IntentReturned: "insurance.payments.return.received.v1",
    ClaimPayoutAsked: "insurance.process.claim_payout.asked.v1",
    CancelForNonpaymentAsked: "insurance.process.cancel_for_nonpayment.asked.v1",
    RenewalBindAsked: "insurance.process.renewal_bind.asked.v1",
    AskRefused: "insurance.process.ask.refused.v1",
}
