"""What binding a job does to its policy, proposal by proposal, and what that books."""

from collections.abc import Callable
from typing import TypeAlias, cast

from model.carrier import Carrier
from model.decider import Refusal
from model.jurisdiction import Law
from model.policy.changes import changed, cost_of_change
from model.policy.commands import BindJob, QuoteJob
from model.policy.edits import summed
from model.policy.events import (
    PolicyBound,
    PolicyCancelled,
    PolicyChanged,
    PolicyEvent,
    PolicyNonrenewed,
    PolicyQuoted,
    PolicyReinstated,
    PolicyRenewed,
    PolicyRewritten,
)
from model.policy.job_record import Job
from model.policy.offers import unacceptable
from model.policy.proposals import (
    Audit,
    Cancellation,
    NonRenewal,
    PolicyChange,
    Proposal,
    Reinstatement,
    Renewal,
    Rewrite,
    Submission,
)
from model.policy.renewals import nonrenewed, unacceptable_renewal
from model.policy.states import Cancelled, Expired, InForce, PendingCancel, Quoted, State, Unwritten
from model.policy.terms import Charge
from model.policy.transactions import cancelled, reinstated, rewritten

Ask: TypeAlias = QuoteJob | BindJob
Effect: TypeAlias = tuple[PolicyEvent, ...]


def costs(law: Law, carrier: Carrier, ask: QuoteJob, job: Job, state: State) -> tuple[Charge, ...] | Refusal:
    """What binding the job now would book, by pattern."""
    proposal = job.proposal
    # A change is priced without being made: of all transactions it is the one that is quoted most.
    if isinstance(proposal, PolicyChange) and isinstance(state, (InForce, PendingCancel)):
        return cost_of_change(carrier, state, job.job_id, proposal, ask.at)
    found = EFFECTS[type(proposal)](law, carrier, ask, job, proposal, state)
    return found if type(found) is Refusal else _charges(found)


def _no_job_for(job: Job, state: State) -> Refusal:
    return Refusal("wrong_state", f"{job.kind} is not possible when the policy is {type(state).__name__}")


def _submission(law: Law, carrier: Carrier, ask: Ask, job: Job, proposal: Submission, state: State) -> Effect | Refusal:
    _ = law
    if not isinstance(state, (Unwritten, Quoted)):
        return _no_job_for(job, state)
    terms, policy_id, on, at = proposal.terms, ask.policy_id, ask.on, ask.at
    wrong = unacceptable(carrier, terms)
    if wrong is not None:
        return wrong
    quoted = PolicyQuoted(policy_id=policy_id, terms=terms, expires=job.quote_expires or on, on=on, at=at)
    return (quoted, PolicyBound(policy_id=policy_id, on=on, at=at))


def _change(law: Law, carrier: Carrier, ask: Ask, job: Job, proposal: PolicyChange, state: State) -> Effect | Refusal:
    _ = law
    if not isinstance(state, (InForce, PendingCancel)):
        return _no_job_for(job, state)
    quoted = job.charges if type(ask) is BindJob else None
    found = changed(carrier, ask.policy_id, state, job.job_id, proposal, ask.at, quoted)
    return (found,) if isinstance(found, PolicyChanged) else found


def _audit(law: Law, carrier: Carrier, ask: Ask, job: Job, proposal: Audit, state: State) -> Effect | Refusal:
    _ = law
    if not isinstance(state, (InForce, PendingCancel, Expired)):
        return _no_job_for(job, state)
    quoted = job.charges if isinstance(ask, BindJob) and not isinstance(state, Expired) else None
    return _alone(changed(carrier, ask.policy_id, state, job.job_id, proposal, ask.at, quoted))


def _cancellation(
    law: Law, carrier: Carrier, ask: Ask, job: Job, proposal: Cancellation, state: State
) -> Effect | Refusal:
    if not isinstance(state, (InForce, PendingCancel)):
        return _no_job_for(job, state)
    on, reason = proposal.effective, proposal.reason
    return _alone(cancelled(law, carrier, ask.policy_id, state, job_id=job.job_id, reason=reason, on=on, at=ask.at))


def _reinstatement(
    law: Law, carrier: Carrier, ask: Ask, job: Job, proposal: Reinstatement, state: State
) -> Effect | Refusal:
    if not isinstance(state, Cancelled):
        return _no_job_for(job, state)
    return _alone(reinstated(law, carrier, ask.policy_id, state, job.job_id, proposal, ask.on, ask.at))


def _rewrite(law: Law, carrier: Carrier, ask: Ask, job: Job, proposal: Rewrite, state: State) -> Effect | Refusal:
    if not isinstance(state, (InForce, PendingCancel)):
        return _no_job_for(job, state)
    return _alone(rewritten(law, carrier, ask.policy_id, state, job.job_id, proposal, ask.at))


def _renewal(law: Law, carrier: Carrier, ask: Ask, job: Job, proposal: Renewal, state: State) -> Effect | Refusal:
    _ = law
    if not isinstance(state, (InForce, PendingCancel)):
        return _no_job_for(job, state)
    wrong = unacceptable_renewal(carrier, state, proposal)
    if wrong is not None:
        return wrong
    terms = proposal.terms
    return (PolicyRenewed(policy_id=ask.policy_id, job_id=job.job_id, terms=terms, on=terms.start, at=ask.at),)


def _nonrenewal(law: Law, carrier: Carrier, ask: Ask, job: Job, proposal: NonRenewal, state: State) -> Effect | Refusal:
    if not isinstance(state, (InForce, PendingCancel)):
        return _no_job_for(job, state)
    return _alone(nonrenewed(law, carrier, ask.policy_id, state, job.job_id, proposal, ask.at))


def _alone(found: PolicyEvent | Refusal) -> Effect | Refusal:
    return found if type(found) is Refusal else (found,)


def _charges(effect: tuple[PolicyEvent, ...]) -> tuple[Charge, ...]:
    """What binding would book, by pattern."""
    found: list[Charge] = []
    for event in effect:
        match event:
            case PolicyQuoted(terms=terms) | PolicyRenewed(terms=terms):
                found.extend(terms.charges)
            case PolicyRewritten(terms=terms, returned=returned):
                found.extend((*returned, *terms.charges))
            case PolicyChanged(charges=charges) | PolicyReinstated(charges=charges) | PolicyNonrenewed(charges=charges):
                found.extend(charges)
            case PolicyCancelled(returned=returned):
                found.extend(returned)
            case _:
                continue
    return tuple([charge for charge in summed(tuple(found)) if charge.amount.minor])


Effects: TypeAlias = Callable[[Law, Carrier, Ask, Job, Proposal, State], Effect | Refusal]

# What binding a job does to its policy, or why it cannot.
EFFECTS: dict[type[Proposal], Effects] = {
    kind: cast("Effects", does)
    for kind, does in (
        (Submission, _submission),
        (PolicyChange, _change),
        (Audit, _audit),
        (Cancellation, _cancellation),
        (Reinstatement, _reinstatement),
        (Rewrite, _rewrite),
        (Renewal, _renewal),
        (NonRenewal, _nonrenewal),
    )
}
