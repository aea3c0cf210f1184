"""From what happened inside a context to what it publishes. What is not named here stays inside."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar, cast

from model.billing import commission, finance, suspense
from model.billing import dunning_events as dunning
from model.billing import events as billing
from model.carrier import Carrier
from model.claims import events as claims
from model.claims.payees import joint
from model.payments import dispute
from model.payments import events as payments
from model.payments import payout_events as payouts
from model.payments import reconciliation_events as recon
from model.policy import events as policy
from model.policy import job_events as jobs
from model.policy import moratorium
from model.policy.states import Cancelled, Expired, InForce, PendingCancel, State, periods
from model.policy.terms import Charge, Coverage, Payer, Terms
from model.policy.versions import Segment
from model.published import money_projection as money
from model.published import payment_projection, settlement_projection
from model.published.account_projection import money_projectors
from model.published.billing_events import (
    CancellationRequested,
    DelinquencyExited,
    DelinquencyHeld,
    DelinquencyStarted,
    InvoiceDue,
    InvoicePastDue,
    NonpaymentNoticeSent,
)
from model.published.claim_events import (
    ClaimPaymentRequested,
    ClaimPaymentStopped,
    ClaimPaymentVoided,
    DwellingDamaged,
    DwellingRepaired,
)
from model.published.events import PublishedEvent
from model.published.policy_events import (
    JobPreempted,
    MoratoriumActivated,
    MoratoriumReleased,
    PolicyCancelled,
    PolicyChanged,
    PolicyIssued,
    PolicyNonrenewed,
    PolicyReinstated,
    PolicyRenewed,
    PolicyRewritten,
    PublishedCharge,
    PublishedCover,
    PublishedCoverage,
    PublishedInterest,
    PublishedPayer,
)
from model.published.policy_views import PolicySnapshot
from model.wire import to_wire

E = TypeVar("E")
Projector = Callable[[object], PublishedEvent]


def projectors(carrier: Carrier) -> dict[type[object], Projector]:
    """The projector of each published event, by the type of the internal one."""
    return {
        policy.PolicyIssued: _of(policy.PolicyIssued, lambda event: _issued(carrier, event)),
        policy.PolicyCancelled: _of(policy.PolicyCancelled, _cancelled),
        policy.PolicyChanged: _of(policy.PolicyChanged, _changed),
        policy.PolicyReinstated: _of(policy.PolicyReinstated, _reinstated),
        policy.PolicyRenewed: _of(policy.PolicyRenewed, lambda event: _renewed(carrier, event)),
        policy.PolicyRewritten: _of(policy.PolicyRewritten, lambda event: _rewritten(carrier, event)),
        policy.PolicyNonrenewed: _of(policy.PolicyNonrenewed, _nonrenewed),
        policy.RenewalNotTaken: _of(policy.RenewalNotTaken, _not_taken),
        jobs.JobPreempted: _of(jobs.JobPreempted, _preempted),
        moratorium.MoratoriumDeclared: _of(moratorium.MoratoriumDeclared, _activated),
        moratorium.MoratoriumEnded: _of(moratorium.MoratoriumEnded, _ended),
        billing.InvoiceFellDue: _of(billing.InvoiceFellDue, _due),
        **money_projectors(),
        dunning.InvoicePastDue: _of(dunning.InvoicePastDue, _past_due),
        dunning.NonpaymentNoticeSent: _of(dunning.NonpaymentNoticeSent, _nonpayment_notice),
        dunning.DelinquencyStarted: _of(dunning.DelinquencyStarted, _delinquent),
        dunning.DelinquencyHeld: _of(dunning.DelinquencyHeld, _held),
        dunning.CancellationRequested: _of(dunning.CancellationRequested, _cancel_requested),
        dunning.DelinquencyExited: _of(dunning.DelinquencyExited, _exited),
        suspense.MoneySuspended: _of(suspense.MoneySuspended, money.suspended),
        suspense.SuspenseResolved: _of(suspense.SuspenseResolved, money.resolved),
        suspense.SuspenseRefunded: _of(suspense.SuspenseRefunded, money.refunded),
        suspense.SuspendedMoneyReturned: _of(suspense.SuspendedMoneyReturned, money.taken_back),
        commission.CommissionEarned: _of(commission.CommissionEarned, money.earned),
        commission.CommissionChargedBack: _of(commission.CommissionChargedBack, money.charged_back),
        finance.CancellationOrdered: _of(finance.CancellationOrdered, money.cancellation_ordered),
        claims.PaymentRequested: _of(claims.PaymentRequested, _requested),
        claims.DwellingDamaged: _of(claims.DwellingDamaged, _damaged),
        claims.DwellingRepaired: _of(claims.DwellingRepaired, _repaired),
        claims.PaymentStopped: _of(claims.PaymentStopped, _stopped),
        claims.PaymentVoided: _of(claims.PaymentVoided, _voided),
        payments.PaymentStarted: _of(payments.PaymentStarted, payment_projection.created),
        payments.PayoutCleared: _of(payments.PayoutCleared, payment_projection.cleared),
        payments.PayoutStopped: _of(payments.PayoutStopped, payment_projection.stopped),
        payments.PaymentSucceeded: _of(payments.PaymentSucceeded, payment_projection.succeeded),
        payments.PaymentRefused: _of(payments.PaymentRefused, payment_projection.refused),
        payments.PaymentTimedOut: _of(payments.PaymentTimedOut, payment_projection.timed_out),
        payments.MoneyReturned: _of(payments.MoneyReturned, payment_projection.returned),
        payments.ChargedBackByIssuer: _of(payments.ChargedBackByIssuer, payment_projection.returned),
        payments.ChargeRepresented: _of(payments.ChargeRepresented, payment_projection.represented),
        dispute.DisputeOpened: _of(dispute.DisputeOpened, settlement_projection.dispute_opened),
        dispute.DisputeWon: _of(dispute.DisputeWon, settlement_projection.dispute_won),
        dispute.DisputeLost: _of(dispute.DisputeLost, settlement_projection.dispute_lost),
        payouts.PayoutEmitted: _of(payouts.PayoutEmitted, settlement_projection.payout_issued),
        payouts.PayoutPosted: _of(payouts.PayoutPosted, settlement_projection.payout_settled),
        payouts.PayoutVoided: _of(payouts.PayoutVoided, settlement_projection.payout_returned),
        recon.EntryMatched: _of(recon.EntryMatched, settlement_projection.matched),
        recon.EntryMismatched: _of(recon.EntryMismatched, settlement_projection.mismatched),
        recon.EntryMissed: _of(recon.EntryMissed, settlement_projection.missing),
    }


def _of(kind: type[E], project: Callable[[E], PublishedEvent]) -> Projector:
    """The projector of one kind of event, as one of any: the table above calls it with that kind only."""
    _ = kind
    return cast("Projector", project)


def policy_snapshot(carrier: Carrier, policy_id: str, state: State) -> PolicySnapshot | None:
    """The policy as it stands for whoever asks about cover; None when it was never issued."""
    if not isinstance(state, (InForce, PendingCancel, Cancelled, Expired)):
        return None
    terms, written = state.terms, periods(state)
    return PolicySnapshot(
        policy_id=policy_id,
        product=terms.product,
        state=terms.state,
        start=min(term.terms.start for term in written),
        end=_ends(state),
        zone=terms.zone,
        term_starts_at=carrier.term_starts_at,
        cancelled_on=state.cancelled_on if isinstance(state, Cancelled) else None,
        coverages=_coverages(terms),
        cover=tuple([cover for term in written for cover in _cover(term.cover)]),
    )


def _ends(state: InForce | PendingCancel | Cancelled | Expired) -> date:
    """A renewal that began and was not taken expired on its first day, and not at the end of its term; an audit of what
    has expired adds a version and no day.
    """
    if not isinstance(state, Expired):
        return state.period.end
    return next(one.effective for one in reversed(state.versions) if one.status == "expired")


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
        payers=_payers(terms),
        coverages=_coverages(terms),
        charges=_charges(terms.charges),
        areas=terms.areas,
    )


def _cancelled(event: policy.PolicyCancelled) -> PolicyCancelled:
    return PolicyCancelled(
        policy_id=event.policy_id,
        account_id=event.account_id,
        job_id=event.job_id,
        reason=event.reason,
        cancelled_on=event.on,
        returned=_charges(event.returned),
    )


def _changed(event: policy.PolicyChanged) -> PolicyChanged:
    terms = event.terms
    return PolicyChanged(
        policy_id=event.policy_id,
        account_id=event.account_id,
        kind=event.kind,
        version=event.versions[-1].number,
        effective=event.on,
        plan=terms.plan,
        autopay=terms.autopay,
        payers=_payers(terms),
        charges=_charges(event.charges),
        cover=_cover(event.cover),
    )


def _reinstated(event: policy.PolicyReinstated) -> PolicyReinstated:
    return PolicyReinstated(
        policy_id=event.policy_id,
        account_id=event.account_id,
        job_id=event.job_id,
        version=event.versions[-1].number,
        cancelled_on=event.cancelled_on,
        effective=event.on,
        plan=event.terms.plan,
        autopay=event.terms.autopay,
        payers=_payers(event.terms),
        charges=_charges(event.charges),
        cover=_cover(event.cover),
    )


def _renewed(carrier: Carrier, event: policy.PolicyRenewed) -> PolicyRenewed:
    terms = event.terms
    return PolicyRenewed(
        policy_id=event.policy_id,
        account_id=terms.account_id,
        zone=terms.zone,
        term_starts_at=carrier.term_starts_at,
        job_id=event.job_id,
        start=terms.start,
        end=terms.end,
        plan=terms.plan,
        autopay=terms.autopay,
        payers=_payers(terms),
        coverages=_coverages(terms),
        charges=_charges(terms.charges),
    )


def _rewritten(carrier: Carrier, event: policy.PolicyRewritten) -> PolicyRewritten:
    terms = event.terms
    return PolicyRewritten(
        policy_id=event.policy_id,
        account_id=terms.account_id,
        returned_to=event.account_id,
        returned=_charges(event.returned),
        zone=terms.zone,
        term_starts_at=carrier.term_starts_at,
        start=terms.start,
        end=terms.end,
        plan=terms.plan,
        autopay=terms.autopay,
        payers=_payers(terms),
        coverages=_coverages(terms),
        charges=_charges(terms.charges),
    )


def _nonrenewed(event: policy.PolicyNonrenewed) -> PolicyNonrenewed:
    return PolicyNonrenewed(
        policy_id=event.policy_id,
        account_id=event.account_id,
        reason=event.reason,
        mailed_on=event.mailed_on,
        ends=event.ends,
        plan=event.terms.plan,
        autopay=event.terms.autopay,
        payers=_payers(event.terms),
        charges=_charges(event.charges),
    )


def _not_taken(event: policy.RenewalNotTaken) -> PolicyCancelled:
    """For everybody outside, a renewal that is not taken ends on the day on which it would have begun."""
    return PolicyCancelled(
        policy_id=event.policy_id,
        account_id=event.account_id,
        job_id=event.job_id,
        reason="not_taken",
        cancelled_on=event.on,
        returned=_charges(event.returned),
    )


def _preempted(event: jobs.JobPreempted) -> JobPreempted:
    return JobPreempted(policy_id=event.policy_id, job_id=event.job_id, kind=event.kind, winner=event.winner)


def _payers(terms: Terms) -> tuple[PublishedPayer, ...]:
    return tuple(map(_payer, terms.payers))


def _payer(payer: Payer) -> PublishedPayer:
    return PublishedPayer(payer.payer_id, payer.kind, payer.weight)


def _cover(segments: tuple[Segment, ...]) -> tuple[PublishedCover, ...]:
    found: list[PublishedCover] = []
    insured: tuple[Coverage, ...] | None = None
    coverages: tuple[PublishedCoverage, ...] = ()
    for segment in segments:
        if segment.status == "in_force":
            # What changes in a term is mostly its price: neighbours insure the very same.
            if segment.coverages is not insured:
                insured = segment.coverages
                coverages = tuple(map(_coverage, insured))
            found.append(PublishedCover(segment.start, segment.end, coverages))
    return tuple(found)


def _charges(charges: tuple[Charge, ...]) -> tuple[PublishedCharge, ...]:
    return tuple(map(_charge, charges))


def _charge(charge: Charge) -> PublishedCharge:
    return PublishedCharge(charge.pattern, to_wire(charge.amount))


def _coverages(terms: Terms) -> tuple[PublishedCoverage, ...]:
    return tuple(map(_coverage, terms.coverages))


def _coverage(coverage: Coverage) -> PublishedCoverage:
    return PublishedCoverage(
        coverage.code,
        to_wire(coverage.limit),
        to_wire(coverage.deductible),
        to_wire(coverage.hurricane_deductible),
        coverage.excluded,
        coverage.waiting_days,
        tuple([PublishedInterest(one.party_id, one.kind) for one in coverage.interests]),
        None if coverage.aggregate is None else to_wire(coverage.aggregate),
    )


def _due(event: billing.InvoiceFellDue) -> InvoiceDue:
    terms = event.terms
    return InvoiceDue(
        account_id=event.account_id,
        invoice=event.number,
        payer_id=event.payer_id,
        amount=to_wire(event.amount),
        autopay=event.autopay,
        due_on=event.on,
        method=terms.method if terms else None,
        billing_model=terms.billed_to if terms else None,
        state=terms.state if terms else "",
        installment=terms.installment if terms else None,
        installments=terms.installments if terms else None,
    )


def _activated(event: moratorium.MoratoriumDeclared) -> MoratoriumActivated:
    declared = event.moratorium
    return MoratoriumActivated(
        moratorium_id=declared.moratorium_id,
        states=declared.states,
        areas=declared.areas,
        products=declared.products,
        suspended=tuple([suspended.operation for suspended in declared.suspended]),
        start=declared.start,
        end=declared.end,
    )


def _ended(event: moratorium.MoratoriumEnded) -> MoratoriumReleased:
    return MoratoriumReleased(moratorium_id=event.moratorium_id, ends=event.on)


def _past_due(event: dunning.InvoicePastDue) -> InvoicePastDue:
    return InvoicePastDue(
        account_id=event.account_id,
        invoice=event.number,
        policy_id=event.policy_id,
        payer_id=event.payer_id,
        amount=to_wire(event.amount),
        due_on=event.due_on,
    )


def _nonpayment_notice(event: dunning.NonpaymentNoticeSent) -> NonpaymentNoticeSent:
    return NonpaymentNoticeSent(
        account_id=event.account_id,
        invoice=event.number,
        policy_id=event.policy_id,
        payer_id=event.payer_id,
        amount=to_wire(event.amount),
        due_on=event.due_on,
        mailed_on=event.on,
        earliest=event.earliest,
    )


def _delinquent(event: dunning.DelinquencyStarted) -> DelinquencyStarted:
    return DelinquencyStarted(
        delinquency_id=event.delinquency_id,
        account_id=event.account_id,
        policy_id=event.policy_id,
        reason=event.reason,
        amount=to_wire(event.amount),
        since=event.on,
    )


def _held(event: dunning.DelinquencyHeld) -> DelinquencyHeld:
    return DelinquencyHeld(delinquency_id=event.delinquency_id, account_id=event.account_id, policy_id=event.policy_id)


def _cancel_requested(event: dunning.CancellationRequested) -> CancellationRequested:
    return CancellationRequested(
        delinquency_id=event.delinquency_id,
        account_id=event.account_id,
        policy_id=event.policy_id,
        reason=event.reason,
        amount=to_wire(event.amount),
        noticed_on=event.noticed_on,
        due_on=event.due_on,
        term=event.term,
        received=None if event.received is None else to_wire(event.received),
    )


def _exited(event: dunning.DelinquencyExited) -> DelinquencyExited:
    return DelinquencyExited(
        delinquency_id=event.delinquency_id,
        account_id=event.account_id,
        policy_id=event.policy_id,
        cause=event.cause,
    )


def _requested(event: claims.PaymentRequested) -> ClaimPaymentRequested:
    return ClaimPaymentRequested(
        claim_id=event.claim_id,
        payment_id=event.payment_id,
        payee_id=event.payee_id,
        amount=to_wire(event.amount),
        joint_payees=joint(event.payees),
    )


def _stopped(event: claims.PaymentStopped) -> ClaimPaymentStopped:
    return ClaimPaymentStopped(
        claim_id=event.claim_id, payment_id=event.payment_id, amount=to_wire(event.amount), reason=event.reason
    )


def _voided(event: claims.PaymentVoided) -> ClaimPaymentVoided:
    return ClaimPaymentVoided(
        claim_id=event.claim_id, payment_id=event.payment_id, amount=to_wire(event.amount), reason=event.reason
    )


def _damaged(event: claims.DwellingDamaged) -> DwellingDamaged:
    return DwellingDamaged(claim_id=event.claim_id, policy_id=event.policy_id)


def _repaired(event: claims.DwellingRepaired) -> DwellingRepaired:
    return DwellingRepaired(claim_id=event.claim_id, policy_id=event.policy_id)
