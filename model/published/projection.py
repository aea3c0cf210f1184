"""From what happened inside a context to what it publishes. What is not named here stays inside."""

from collections.abc import Callable
from typing import TypeVar, cast

from model.billing import events as billing
from model.carrier import Carrier
from model.claims import events as claims
from model.payments import events as payments
from model.policy import events as policy
from model.policy.period import Cancelled, Expired, InForce, State
from model.policy.terms import Charge, Coverage, Terms
from model.published.events import (
    ClaimPaymentRequested,
    IntentFailed,
    IntentReturned,
    IntentSucceeded,
    InvoiceDue,
    PolicyCancelled,
    PolicyIssued,
    PublishedCharge,
    PublishedCoverage,
    PublishedEvent,
    PublishedPayer,
)
from model.published.views import PolicySnapshot
from model.wire import to_wire

E = TypeVar("E")
Projector = Callable[[object], PublishedEvent]


def projectors(carrier: Carrier) -> dict[type[object], Projector]:
    """The projector of each published event, by the type of the internal one."""
    return {
        policy.PolicyIssued: _of(policy.PolicyIssued, lambda event: _issued(carrier, event)),
        policy.PolicyCancelled: _of(policy.PolicyCancelled, _cancelled),
        billing.InvoiceFellDue: _of(billing.InvoiceFellDue, _due),
        claims.PaymentRequested: _of(claims.PaymentRequested, _requested),
        payments.PaymentSucceeded: _of(payments.PaymentSucceeded, _succeeded),
        payments.PaymentRefused: _of(payments.PaymentRefused, _refused),
        payments.MoneyReturned: _of(payments.MoneyReturned, _returned),
    }


def _of(kind: type[E], project: Callable[[E], PublishedEvent]) -> Projector:
    """The projector of one kind of event, as one of any: the table above calls it with that kind only."""
    _ = kind
    return cast("Projector", project)


def policy_snapshot(carrier: Carrier, policy_id: str, state: State) -> PolicySnapshot | None:
    """The policy as it stands for whoever asks about cover; None when it was never issued."""
    if not isinstance(state, (InForce, Cancelled, Expired)):
        return None
    terms = state.terms
    return PolicySnapshot(
        policy_id=policy_id,
        product=terms.product,
        state=terms.state,
        start=terms.start,
        end=terms.end,
        zone=terms.zone,
        term_starts_at=carrier.term_starts_at,
        cancelled_on=state.cancelled_on if isinstance(state, Cancelled) else None,
        coverages=_coverages(terms),
    )


def _issued(carrier: Carrier, event: policy.PolicyIssued) -> PolicyIssued:
    terms = event.terms
    return PolicyIssued(
        policy_id=event.policy_id,
        account_id=terms.account_id,
        insured_id=terms.insured_id,
        product=terms.product,
        state=terms.state,
        zone=terms.zone,
        term_starts_at=carrier.term_starts_at,
        start=terms.start,
        end=terms.end,
        plan=terms.plan,
        autopay=terms.autopay,
        payers=tuple(PublishedPayer(payer.payer_id, payer.kind, payer.weight) for payer in terms.payers),
        coverages=_coverages(terms),
        charges=_charges(terms.charges),
    )


def _cancelled(event: policy.PolicyCancelled) -> PolicyCancelled:
    return PolicyCancelled(
        policy_id=event.policy_id,
        account_id=event.account_id,
        reason=event.reason,
        cancelled_on=event.on,
        returned=_charges(event.returned),
    )


def _charges(charges: tuple[Charge, ...]) -> tuple[PublishedCharge, ...]:
    return tuple(PublishedCharge(charge.pattern, to_wire(charge.amount)) for charge in charges)


def _coverages(terms: Terms) -> tuple[PublishedCoverage, ...]:
    return tuple(_coverage(coverage) for coverage in terms.coverages)


def _coverage(coverage: Coverage) -> PublishedCoverage:
    return PublishedCoverage(
        coverage.code,
        to_wire(coverage.limit),
        to_wire(coverage.deductible),
        to_wire(coverage.hurricane_deductible),
    )


def _due(event: billing.InvoiceFellDue) -> InvoiceDue:
    return InvoiceDue(
        account_id=event.account_id,
        invoice=event.number,
        payer_id=event.payer_id,
        amount=to_wire(event.amount),
        autopay=event.autopay,
        due_on=event.on,
    )


def _requested(event: claims.PaymentRequested) -> ClaimPaymentRequested:
    return ClaimPaymentRequested(
        claim_id=event.claim_id, payment_id=event.payment_id, payee_id=event.payee_id, amount=to_wire(event.amount)
    )


def _succeeded(event: payments.PaymentSucceeded) -> IntentSucceeded:
    return IntentSucceeded(
        intent_id=event.intent_id,
        purpose=event.purpose,
        subject=event.subject,
        reference=event.reference,
        party_id=event.party_id,
        amount=to_wire(event.amount),
    )


def _refused(event: payments.PaymentRefused) -> IntentFailed:
    return IntentFailed(
        intent_id=event.intent_id,
        purpose=event.purpose,
        subject=event.subject,
        reference=event.reference,
        reason=event.reason,
    )


def _returned(event: payments.MoneyReturned) -> IntentReturned:
    return IntentReturned(
        intent_id=event.intent_id,
        purpose=event.purpose,
        subject=event.subject,
        reference=event.reference,
        amount=to_wire(event.amount),
        reason=event.reason,
    )
