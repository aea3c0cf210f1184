"""Where a job meets its policy: may it be opened, what would it cost, what happens when it is bound.

`worked` asks the job's own machine first and then does to the policy what the job proposes, in one decision: the job,
what it changes, and every other job that it takes the ground from.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeAlias, cast

from model.carrier import Carrier
from model.daycount import days_after
from model.decider import Decision, Refusal
from model.jurisdiction import Law
from model.policy import approvals
from model.policy import job as jobs
from model.policy.commands import (
    ApproveIssue,
    BindJob,
    CloseJob,
    Command,
    EditJob,
    IssueJob,
    JobCommand,
    MergeJob,
    OpenJob,
    QuoteJob,
    RaiseIssue,
    RecordDecision,
)
from model.policy.docket import lapsed, preempted
from model.policy.effects import EFFECTS, costs
from model.policy.events import (
    Event,
    PolicyEvent,
    PolicyIssued,
    PolicyRenewed,
    RenewalNotTaken,
)
from model.policy.job import Facts, Job
from model.policy.job_events import JobEvent, JobOpened
from model.policy.merging import merged
from model.policy.offers import FIRST_YEAR, LAST_YEAR, on_calendar, unknown_day
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
from model.policy.referral import directed_otherwise, referred
from model.policy.renewals import (
    accept_by,
    grace_over,
    kept_when_not_taken,
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
from model.policy.transactions import cancelled


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
    if type(event) is Refusal:
        return event
    if state.renewal is None and not state.docket.jobs:
        return (event,)
    return (*_renewal_falls(policy_id, state, at), event, *lapsed(state.docket, policy_id, but=job_id, on=on, at=at))


def _renewal_falls(policy_id: str, state: Running, at: datetime) -> tuple[RenewalNotTaken, ...]:
    if state.renewal is None:
        return ()
    return (not_taken(policy_id, state.renewal, state.renewal.versions[0].job_id, at),)


def opened(law: Law, carrier: Carrier, command: OpenJob, state: State) -> Decision[Event]:
    _ = law
    known = state.docket.job(command.job_id) if state.docket.jobs else None
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


BEGINS_IN: dict[type[Proposal], tuple[type[State], ...]] = {
    Submission: (Unwritten, Quoted),
    PolicyChange: (InForce, PendingCancel),
    Cancellation: (InForce, PendingCancel),
    Reinstatement: (Cancelled,),
    Rewrite: (InForce, PendingCancel),
    Renewal: (InForce, PendingCancel),
    NonRenewal: (InForce, PendingCancel),
    Audit: (InForce, PendingCancel, Expired),
}
"""The states of a policy in which a job of each kind can be begun."""


def _misplaced(carrier: Carrier, command: OpenJob, proposal: Proposal, state: State) -> Refusal | None:
    """Why a job of this kind cannot be begun in this state, if it cannot."""
    if type(state) not in BEGINS_IN[type(proposal)]:
        return Refusal("wrong_state", f"no {type(proposal).__name__} begins when the policy is {type(state).__name__}")
    if type(proposal) is Renewal and isinstance(state, (InForce, PendingCancel)):
        return directed_otherwise(state.docket) or not_yet_open(carrier, state, command.on)
    return None


def worked(law: Law, carrier: Carrier, command: JobCommand, state: State) -> Decision[Event]:
    for job in state.docket.jobs:
        if job.job_id == command.job_id:
            break
    else:
        return Refusal("unknown_job", f"there is no job {command.job_id}")
    if not FIRST_YEAR <= command.on.year <= LAST_YEAR:
        return unknown_day(command.on)
    return WORKS[type(command)](law, carrier, command, job, state)


def _noted(law: Law, carrier: Carrier, command: JobCommand, job: Job, state: State) -> Decision[Event]:
    """What concerns nobody but the job."""
    _ = law
    return jobs.decide(command, job, Facts(base_of(state), carrier.policy.authority_levels))


def _quoted(law: Law, carrier: Carrier, command: QuoteJob, job: Job, state: State) -> Decision[Event]:
    if job.status not in jobs.QUOTABLE:
        return _noted(law, carrier, command, job, state)
    charges = costs(law, carrier, command, job, state)
    if type(charges) is Refusal:
        return charges
    expires = days_after(command.on, carrier.quote_valid_days)
    if type(job.proposal) is Renewal:
        # An offer of the next term stands until it is too late to take it.
        expires = max(expires, accept_by(carrier, job.proposal.terms.start))
    answer = jobs.quote(command, job, charges, expires)
    if not answer or type(answer) is Refusal or type(job.proposal) is not Renewal:
        return answer
    if not isinstance(state, (InForce, PendingCancel)):
        return answer
    raised = referred(carrier, state, job.proposal, (issue.code for issue in job.issues), command)
    return (*answer, *raised, *approvals.approved_before(carrier, state.docket, raised))


def _merged(law: Law, carrier: Carrier, command: MergeJob, job: Job, state: State) -> Decision[Event]:
    _ = law
    facts = Facts(base_of(state), carrier.policy.authority_levels, merged=merged(command, job, state))
    return jobs.decide(command, job, facts)


def _closed(law: Law, carrier: Carrier, command: CloseJob, job: Job, state: State) -> Decision[Event]:
    if command.outcome == "not_taken" and job.kind == "renewal":
        answer = _renewal_not_taken(carrier, command, job, state)
        if answer is not None:
            return answer
    return _noted(law, carrier, command, job, state)


def _bound(law: Law, carrier: Carrier, command: BindJob, job: Job, state: State) -> Decision[Event]:
    answer = jobs.bind(command, job, base_of(state))
    if not answer or type(answer) is Refusal:
        return answer
    if type(job.proposal) in ACCEPTED:
        wrong = _not_accepted(carrier, command, job.proposal, state)
        if wrong is not None:
            return wrong
    done = EFFECTS[type(job.proposal)](law, carrier, command, job, job.proposal, state)
    if type(done) is Refusal:
        return done
    if type(job.proposal) in STAND_BESIDE:
        return _beside(command, job, state, answer, done)
    docket = state.docket
    if len(docket.jobs) == 1:
        return answer + done
    falls = preempted(docket, command.policy_id, winner=job.job_id, on=command.on, at=command.at)
    return (*answer, *done, *falls)


ACCEPTED: frozenset[type[Proposal]] = frozenset({Renewal, Cancellation})
"""Jobs that somebody or something has to accept before they are bound."""
STAND_BESIDE: frozenset[type[Proposal]] = frozenset({Renewal, NonRenewal, Cancellation, Rewrite})
"""Jobs that do more or less than to change the term and to take the ground from all others."""


def _beside(
    command: BindJob, job: Job, state: State, answer: tuple[JobEvent, ...], done: tuple[PolicyEvent, ...]
) -> tuple[Event, ...]:
    """A renewal is billed when it is issued; an issued one falls with the term, and with all cover every other job."""
    policy_id, on, at, kind = command.policy_id, command.on, command.at, job.kind
    if kind == "renewal":
        return answer
    if kind == "non_renewal":
        return (*answer, *done)
    fallen = _renewal_falls(policy_id, state, at) if isinstance(state, (InForce, PendingCancel)) else ()
    if kind == "cancellation":
        jobs_too = lapsed(state.docket, policy_id, but=job.job_id, on=on, at=at)
        return (*answer, *fallen, *done, *jobs_too)
    return (*answer, *fallen, *done, *preempted(state.docket, policy_id, winner=job.job_id, on=on, at=at))


def _not_accepted(carrier: Carrier, command: BindJob, proposal: Proposal, state: State) -> Refusal | None:
    """What has to come before: the premium of a renewal, the notice of a cancellation by the insurer."""
    if isinstance(proposal, Renewal):
        return unpaid(carrier, command.paid)
    if isinstance(proposal, Cancellation) and isinstance(state, (InForce, PendingCancel)):
        return unnoticed(carrier, state, proposal.reason, proposal.effective)
    return None


def _issued(law: Law, carrier: Carrier, command: IssueJob, job: Job, state: State) -> Decision[Event]:
    """Documents go out. Only submissions and renewals do something to the policy in this step: they are billed now."""
    _ = law
    answer = jobs.issue(command, job)
    if not answer or type(answer) is Refusal or type(job.proposal) is PolicyChange:
        return answer
    if isinstance(job.proposal, Submission) and isinstance(state, Bound):
        issued = PolicyIssued(policy_id=command.policy_id, terms=state.terms, on=state.terms.start, at=command.at)
        return (*answer, issued)
    if type(job.proposal) is Renewal:
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
    kept = kept_when_not_taken(carrier, period)
    undone = not_taken(command.policy_id, period, job.job_id, command.at, keeping=kept)
    if period is not state.period:
        return (undone,)
    return (undone, *lapsed(state.docket, command.policy_id, on=command.on, at=command.at))


Works: TypeAlias = Callable[[Law, Carrier, JobCommand, Job, State], Decision[Event]]

WORKS: dict[type[JobCommand], Works] = {
    kind: cast("Works", works)
    for kind, works in (
        (QuoteJob, _quoted),
        (BindJob, _bound),
        (IssueJob, _issued),
        (MergeJob, _merged),
        (CloseJob, _closed),
        (EditJob, _noted),
        (RaiseIssue, approvals.raised),
        (ApproveIssue, approvals.approved),
        (RecordDecision, _noted),
    )
}
