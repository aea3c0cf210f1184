"""Where a job meets its policy: may it be opened, what would it cost, what happens when it is bound.

`worked` asks the job's own machine first and then does to the policy what the job proposes, in one decision: the job,
what it changes, and every other job that it takes the ground from.
"""

from datetime import date, datetime, timedelta

from model.carrier import Carrier
from model.decider import Decision, Refusal
from model.jurisdiction import Law
from model.policy import job as jobs
from model.policy.commands import (
    BindJob,
    CloseJob,
    Command,
    IssueJob,
    JobCommand,
    MergeJob,
    OpenJob,
    QuoteJob,
)
from model.policy.docket import lapsed, preempted
from model.policy.edits import summed
from model.policy.events import (
    Event,
    PolicyBound,
    PolicyCancelled,
    PolicyChanged,
    PolicyEvent,
    PolicyIssued,
    PolicyNonrenewed,
    PolicyQuoted,
    PolicyReinstated,
    PolicyRenewed,
    PolicyRewritten,
    RenewalNotTaken,
)
from model.policy.job import Facts, Job
from model.policy.job_events import JobOpened
from model.policy.merging import merged
from model.policy.offers import on_calendar, unacceptable, unknown_day
from model.policy.pending import unnoticed
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
from model.policy.renewals import (
    accept_by,
    grace_over,
    nonrenewed,
    not_taken,
    not_yet_open,
    renewal_of,
    unacceptable_renewal,
    unpaid,
)
from model.policy.states import (
    Bound,
    Cancelled,
    Expired,
    InForce,
    PendingCancel,
    Quoted,
    Running,
    State,
    Unwritten,
    base_of,
)
from model.policy.terms import Charge
from model.policy.transactions import cancelled, changed, reinstated, rewritten


def _wrong_state(command: Command, state: State) -> Refusal:
    return Refusal("wrong_state", f"{type(command).__name__} is not possible when the policy is {type(state).__name__}")


def ended(
    law: Law,
    carrier: Carrier,
    policy_id: str,
    state: Running,
    *,
    job_id: str,
    reason: str,
    on: date,
    at: datetime,
) -> tuple[PolicyEvent, ...] | Decision[Event]:
    """A cancellation with everything that falls with it: an issued renewal, and all jobs on their way."""
    event = cancelled(law, carrier, policy_id, state, job_id=job_id, reason=reason, on=on, at=at)
    if isinstance(event, Refusal):
        return event
    return (*_renewal_falls(policy_id, state, at), event, *lapsed(state.docket, policy_id, but=job_id, on=on, at=at))


def _renewal_falls(policy_id: str, state: Running, at: datetime) -> tuple[RenewalNotTaken, ...]:
    if state.renewal is None:
        return ()
    return (not_taken(policy_id, state.renewal, state.renewal.versions[0].job_id, at),)


def opened(carrier: Carrier, command: OpenJob, state: State) -> Decision[Event]:
    known = state.docket.job(command.job_id)
    if known is not None:
        same = known.proposal == command.proposal
        return () if same else Refusal("job_reused", f"{command.job_id} was already used for another proposal")
    if not on_calendar(command.on):
        return unknown_day(command.on)
    wrong = _misplaced(carrier, command, command.proposal, state)
    if wrong is not None:
        return wrong
    return (
        JobOpened(
            policy_id=command.policy_id,
            job_id=command.job_id,
            proposal=command.proposal,
            base=base_of(state),
            on=command.on,
            at=command.at,
        ),
    )


def _misplaced(carrier: Carrier, command: OpenJob, proposal: Proposal, state: State) -> Refusal | None:
    """Why a job of this kind cannot be begun in this state, if it cannot."""
    running = isinstance(state, (InForce, PendingCancel))
    match proposal:
        case Submission():
            fits = isinstance(state, (Unwritten, Quoted))
        case Reinstatement():
            fits = isinstance(state, Cancelled)
        case Audit():
            fits = running or isinstance(state, Expired)
        case PolicyChange() | Cancellation() | Rewrite() | Renewal() | NonRenewal():
            fits = running
    if not fits:
        return Refusal("wrong_state", f"no {type(proposal).__name__} begins when the policy is {type(state).__name__}")
    if isinstance(proposal, Renewal) and isinstance(state, (InForce, PendingCancel)):
        return not_yet_open(carrier, state, command.on)
    return None


def worked(law: Law, carrier: Carrier, command: JobCommand, state: State) -> Decision[Event]:
    job = state.docket.job(command.job_id)
    if job is None:
        return Refusal("unknown_job", f"there is no job {command.job_id}")
    if not on_calendar(command.on):
        return unknown_day(command.on)
    if isinstance(command, CloseJob) and job.kind == "renewal" and command.outcome == "not_taken":
        answer = _renewal_not_taken(carrier, command, job, state)
        if answer is not None:
            return answer
    facts = _facts(law, carrier, command, job, state)
    if isinstance(facts, Refusal):
        return facts
    answer = jobs.decide(command, job, facts)
    if isinstance(answer, Refusal) or not answer:
        return answer
    if isinstance(command, BindJob):
        return _bound(law, carrier, command, job, state, answer)
    if isinstance(command, IssueJob):
        return _issued(carrier, command, job, state, answer)
    return answer


def _facts(law: Law, carrier: Carrier, command: JobCommand, job: Job, state: State) -> Facts | Refusal:
    levels = carrier.policy.authority_levels
    if isinstance(command, QuoteJob) and job.status in ("draft", "quoted"):
        effect = _effect(law, carrier, command, job, state)
        if isinstance(effect, Refusal):
            return effect
        expires = command.on + timedelta(days=carrier.quote_valid_days)
        if isinstance(job.proposal, Renewal):
            # An offer of the next term stands until it is too late to take it.
            expires = max(expires, accept_by(carrier, job.proposal.terms.start))
        return Facts(base_of(state), levels, charges=_charges(effect), expires=expires)
    if isinstance(command, MergeJob):
        return Facts(base_of(state), levels, merged=merged(command, job, state))
    return Facts(base_of(state), levels)


def _bound(
    law: Law, carrier: Carrier, command: BindJob, job: Job, state: State, answer: tuple[Event, ...]
) -> Decision[Event]:
    if isinstance(job.proposal, Renewal):
        wrong = unpaid(carrier, command.paid)
        if wrong is not None:
            return wrong
    if isinstance(job.proposal, Cancellation) and isinstance(state, (InForce, PendingCancel)):
        wrong = unnoticed(carrier, state, job.proposal.reason, job.proposal.effective)
        if wrong is not None:
            return wrong
    effect = _effect(law, carrier, command, job, state)
    if isinstance(effect, Refusal):
        return effect
    if isinstance(job.proposal, Renewal):
        return answer
    if isinstance(job.proposal, (Cancellation, Rewrite)) and isinstance(state, (InForce, PendingCancel)):
        effect = (*_renewal_falls(command.policy_id, state, command.at), *effect)
    if isinstance(job.proposal, Cancellation):
        falls = lapsed(state.docket, command.policy_id, but=job.job_id, on=command.on, at=command.at)
    elif isinstance(job.proposal, NonRenewal):
        falls = ()
    else:
        falls = preempted(state.docket, command.policy_id, winner=job.job_id, on=command.on, at=command.at)
    return (*answer, *effect, *falls)


def _issued(carrier: Carrier, command: IssueJob, job: Job, state: State, answer: tuple[Event, ...]) -> Decision[Event]:
    """Documents go out. Only submissions and renewals do something to the policy in this step: they are billed now."""
    if isinstance(job.proposal, Submission) and isinstance(state, Bound):
        issued = PolicyIssued(policy_id=command.policy_id, terms=state.terms, on=state.terms.start, at=command.at)
        return (*answer, issued)
    if isinstance(job.proposal, Renewal):
        if not isinstance(state, (InForce, PendingCancel)):
            return _wrong_state(command, state)
        wrong = unacceptable_renewal(carrier, state, job.proposal)
        if wrong is not None:
            return wrong
        terms = job.proposal.terms
        renewed = PolicyRenewed(
            policy_id=command.policy_id, job_id=job.job_id, terms=terms, on=terms.start, at=command.at
        )
        return (*answer, renewed)
    return answer


def _renewal_not_taken(carrier: Carrier, command: CloseJob, job: Job, state: State) -> Decision[Event] | None:
    """An offer that nobody paid is closed after its grace days; a renewal that was issued is undone. None where the
    job's own machine decides.
    """
    if not isinstance(job.proposal, Renewal) or job.status not in ("quoted", "issued"):
        return None
    wrong = grace_over(carrier, job.proposal.terms.start, command.on)
    if wrong is not None:
        return wrong
    if job.status == "quoted" or not isinstance(state, (InForce, PendingCancel)):
        return None
    period = renewal_of(state, job.job_id)
    if period is None or len(period.versions) > 1:
        return Refusal("wrong_state", f"{job.job_id} was changed since: cancel it")
    undone = not_taken(command.policy_id, period, job.job_id, command.at)
    if period is not state.period:
        return (undone,)
    return (undone, *lapsed(state.docket, command.policy_id, on=command.on, at=command.at))


def _effect(
    law: Law, carrier: Carrier, command: QuoteJob | BindJob, job: Job, state: State
) -> tuple[PolicyEvent, ...] | Refusal:
    """What binding the job does to its policy, or why it cannot."""
    policy_id, at = command.policy_id, command.at
    proposal = job.proposal
    found: PolicyEvent | Refusal
    match proposal, state:
        case Submission(terms=terms), Unwritten() | Quoted():
            wrong = unacceptable(carrier, terms)
            if wrong is not None:
                return wrong
            expires = job.quote_expires or command.on
            quoted = PolicyQuoted(policy_id=policy_id, terms=terms, expires=expires, on=command.on, at=at)
            return (quoted, PolicyBound(policy_id=policy_id, on=command.on, at=at))
        case ((PolicyChange() | Audit()), (InForce() | PendingCancel())):
            quoted = job.charges if isinstance(command, BindJob) else None
            found = changed(carrier, policy_id, state, job.job_id, proposal, at, quoted)
        case Audit(), Expired():
            found = changed(carrier, policy_id, state, job.job_id, proposal, at)
        case Cancellation(effective=effective, reason=reason), (InForce() | PendingCancel()):
            found = cancelled(law, carrier, policy_id, state, job_id=job.job_id, reason=reason, on=effective, at=at)
        case Reinstatement(), Cancelled():
            found = reinstated(carrier, policy_id, state, job.job_id, proposal, command.on, at)
        case Rewrite(), (InForce() | PendingCancel()):
            found = rewritten(law, carrier, policy_id, state, job.job_id, proposal, at)
        case Renewal(terms=terms), (InForce() | PendingCancel()):
            wrong = unacceptable_renewal(carrier, state, proposal)
            if wrong is not None:
                return wrong
            found = PolicyRenewed(policy_id=policy_id, job_id=job.job_id, terms=terms, on=terms.start, at=at)
        case NonRenewal(), (InForce() | PendingCancel()):
            found = nonrenewed(law, carrier, policy_id, state, job.job_id, proposal, at)
        case _:
            found = Refusal("wrong_state", f"{job.kind} is not possible when the policy is {type(state).__name__}")
    return found if isinstance(found, Refusal) else (found,)


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
    return tuple([charge for charge in summed(found) if charge.amount.minor])
