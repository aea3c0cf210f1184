"""The published language, version 1: what the contexts tell each other and the world.

Each struct is a deliberate projection of something that happened inside, never the inside itself. Names are wire
names (snake_case), money is an Amount, days are ISO dates. `EVENT_TYPES` gives the CloudEvents type of each.
"""

from datetime import date
from typing import Literal, TypeAlias

from msgspec import Struct

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
    areas: tuple[str, ...] = ()


class PolicyCancelled(Struct, frozen=True, kw_only=True):
    """`returned` holds negative amounts. `plan` and `payers` are those of the cancelled term."""

    policy_id: str
    account_id: str
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


class MoratoriumActivated(Struct, frozen=True, kw_only=True):
    """`suspended` names operations of policy and of billing, on days [start, end) in any of `areas` (none: all of the
    states) for `products` (none: all); without `end` until it is released.
    """

    moratorium_id: str
    states: tuple[str, ...]
    areas: tuple[str, ...]
    products: tuple[str, ...]
    suspended: tuple[str, ...]
    start: date
    end: date | None


class MoratoriumReleased(Struct, frozen=True, kw_only=True):
    """`ends` is the first day on which it no longer holds."""

    moratorium_id: str
    ends: date


class InvoiceDue(Struct, frozen=True, kw_only=True):
    account_id: str
    invoice: int
    payer_id: str
    amount: Amount
    autopay: Literal["on", "off"]
    due_on: date


class InvoicePastDue(Struct, frozen=True, kw_only=True):
    """Grace is over; `amount` is what one policy still owes on the invoice."""

    account_id: str
    invoice: int
    policy_id: str
    payer_id: str
    amount: Amount
    due_on: date


class DelinquencyStarted(Struct, frozen=True, kw_only=True):
    delinquency_id: str
    account_id: str
    policy_id: str
    reason: Literal["past_due", "not_taken"]
    amount: Amount
    since: date


class DelinquencyHeld(Struct, frozen=True, kw_only=True):
    """Nothing is pursued until the hold ends; then grace begins anew."""

    delinquency_id: str
    account_id: str
    policy_id: str


class CancellationRequested(Struct, frozen=True, kw_only=True):
    """Billing asks, policy decides. `amount` paid before the cancellation takes effect makes it unnecessary."""

    delinquency_id: str
    account_id: str
    policy_id: str
    reason: Literal["past_due", "not_taken"]
    amount: Amount


class DelinquencyExited(Struct, frozen=True, kw_only=True):
    """`paid`: in time, by the event's effective day. `policy_cancelled`: what was owed went with the cover, or was paid
    after it. `held`: what was asked for is withdrawn, and asked anew after the hold. `reinstated`: cover is back.
    """

    delinquency_id: str
    account_id: str
    policy_id: str
    cause: Literal["paid", "policy_cancelled", "written_off", "held", "reinstated"]


class InvoiceDraftRequested(Struct, frozen=True, kw_only=True):
    """Autopay drafts it ahead of its due day."""

    account_id: str
    invoice: int
    payer_id: str
    amount: Amount
    due_on: date


class DisbursementRequested(Struct, frozen=True, kw_only=True):
    """Unapplied money is approved to go back to a party."""

    disbursement_id: str
    account_id: str
    party_id: str
    amount: Amount


class DisbursementExecuted(Struct, frozen=True, kw_only=True):
    disbursement_id: str
    account_id: str
    party_id: str
    amount: Amount


class ClaimPaymentRequested(Struct, frozen=True, kw_only=True):
    claim_id: str
    payment_id: str
    payee_id: str
    amount: Amount


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
    | MoratoriumActivated
    | MoratoriumReleased
    | InvoiceDue
    | InvoicePastDue
    | DelinquencyStarted
    | DelinquencyHeld
    | CancellationRequested
    | DelinquencyExited
    | InvoiceDraftRequested
    | DisbursementRequested
    | DisbursementExecuted
    | ClaimPaymentRequested
    | IntentSucceeded
    | IntentFailed
    | IntentReturned
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
    MoratoriumActivated: "insurance.ops.moratorium.activated.v1",
    MoratoriumReleased: "insurance.ops.moratorium.released.v1",
    InvoiceDue: "insurance.billing.invoice.due.v1",
    InvoicePastDue: "insurance.billing.invoice.past_due.v1",
    DelinquencyStarted: "insurance.billing.delinquency.started.v1",
    DelinquencyHeld: "insurance.billing.delinquency.held.v1",
    CancellationRequested: "insurance.billing.delinquency.cancel_requested.v1",
    DelinquencyExited: "insurance.billing.delinquency.exited.v1",
    InvoiceDraftRequested: "insurance.billing.invoice.draft_requested.v1",
    DisbursementRequested: "insurance.billing.disbursement.requested.v1",
    DisbursementExecuted: "insurance.billing.disbursement.executed.v1",
    ClaimPaymentRequested: "insurance.claims.payment.requested.v1",
    IntentSucceeded: "insurance.payments.intent.succeeded.v1",
    IntentFailed: "insurance.payments.intent.failed.v1",
    IntentReturned: "insurance.payments.return.received.v1",
}
