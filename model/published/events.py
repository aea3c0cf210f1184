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


class PolicyCancelled(Struct, frozen=True, kw_only=True):
    """`returned` holds negative amounts. `plan` and `payers` are those of the cancelled term."""

    policy_id: str
    account_id: str
    reason: str
    cancelled_on: date
    returned: tuple[PublishedCharge, ...]


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
    | InvoiceDue
    | ClaimPaymentRequested
    | IntentSucceeded
    | IntentFailed
    | IntentReturned
)

EVENT_TYPES: dict[type[PublishedEvent], str] = {
    PolicyIssued: "insurance.policy.issued.v1",
    PolicyCancelled: "insurance.policy.cancelled.v1",
    InvoiceDue: "insurance.billing.invoice.due.v1",
    ClaimPaymentRequested: "insurance.claims.payment.requested.v1",
    IntentSucceeded: "insurance.payments.intent.succeeded.v1",
    IntentFailed: "insurance.payments.intent.failed.v1",
    IntentReturned: "insurance.payments.return.received.v1",
}
