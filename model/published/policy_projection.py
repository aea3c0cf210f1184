"""What policy publishes, from what happened inside it, and the snapshot of a policy for whoever asks about cover."""

from datetime import date

from model.carrier import Carrier
from model.policy import events as policy
from model.policy import job_events as jobs
from model.policy import moratorium
from model.policy.states import Cancelled, Expired, InForce, PendingCancel, State, periods
from model.policy.terms import Charge, Coverage, Payer, Terms
from model.policy.versions import Segment
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


def issued(carrier: Carrier, event: policy.PolicyIssued) -> PolicyIssued:
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


def cancelled(event: policy.PolicyCancelled) -> PolicyCancelled:
    return PolicyCancelled(
        policy_id=event.policy_id,
        account_id=event.account_id,
        job_id=event.job_id,
        reason=event.reason,
        cancelled_on=event.on,
        returned=_charges(event.returned),
    )


def changed(event: policy.PolicyChanged) -> PolicyChanged:
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


def reinstated(event: policy.PolicyReinstated) -> PolicyReinstated:
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


def renewed(carrier: Carrier, event: policy.PolicyRenewed) -> PolicyRenewed:
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


def rewritten(carrier: Carrier, event: policy.PolicyRewritten) -> PolicyRewritten:
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


def nonrenewed(event: policy.PolicyNonrenewed) -> PolicyNonrenewed:
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


def not_taken(event: policy.RenewalNotTaken) -> PolicyCancelled:
    """For everybody outside, a renewal that is not taken ends on the day on which it would have begun."""
    return PolicyCancelled(
        policy_id=event.policy_id,
        account_id=event.account_id,
        job_id=event.job_id,
        reason="not_taken",
        cancelled_on=event.on,
        returned=_charges(event.returned),
    )


def preempted(event: jobs.JobPreempted) -> JobPreempted:
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


def activated(event: moratorium.MoratoriumDeclared) -> MoratoriumActivated:
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


def ended(event: moratorium.MoratoriumEnded) -> MoratoriumReleased:
    return MoratoriumReleased(moratorium_id=event.moratorium_id, ends=event.on)
