"""The published language, version 1: what the contexts tell each other and the world.

Each struct is a deliberate projection of something that happened inside, never the inside itself. Names are wire
names (snake_case), money is an Amount, days are ISO dates. `EVENT_TYPES` gives the CloudEvents type of each.
"""

from datetime import date
from typing import Literal, TypeAlias

from msgspec import Struct

from model.published.settlement_events import SETTLEMENT_TYPES, SettlementEvent
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
    | InvoiceDue
    | ClaimPaymentRequested
    | IntentSucceeded
    | IntentFailed
    | IntentReturned
    | SettlementEvent
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
    InvoiceDue: "insurance.billing.invoice.due.v1",
    ClaimPaymentRequested: "insurance.claims.payment.requested.v1",
    IntentSucceeded: "insurance.payments.intent.succeeded.v1",
    IntentFailed: "insurance.payments.intent.failed.v1",
    IntentReturned: "insurance.payments.return.received.v1",
    **SETTLEMENT_TYPES,
}
