"""A job: one policy transaction on its way, from a draft to a document.

    draft --QuoteJob--> quoted --BindJob--> bound --IssueJob--> issued
      ^                    |
      +----EditJob---------+--CloseJob--> declined | withdrawn | not_taken | expired
      ^
      +--MergeJob-- preempted <-- (another job of the same base is bound first)

A job lives inside its policy, whose machine asks this one and then does to the policy what the job proposes. What a
job stands on is the policy as it was when it began: two jobs of one base cannot both be bound.
"""

from datetime import date
from typing import Literal, TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from model.decider import Decision, Refusal
from model.policy.commands import (
    ApproveIssue,
    BindJob,
    CloseJob,
    EditJob,
    IssueJob,
    JobCommand,
    MergeJob,
    QuoteJob,
    RaiseIssue,
    RecordDecision,
)
from model.policy.job_events import (
    DecisionRecorded,
    IssueApproved,
    IssueRaised,
    JobBound,
    JobClosed,
    JobEdited,
    JobEvent,
    JobIssued,
    JobMerged,
    JobOpened,
    JobPreempted,
    JobQuoted,
)
from model.policy.proposals import KIND_OF, Proposal
from model.policy.terms import Charge
from model.policy.versions import Kind

Status = Literal["draft", "quoted", "bound", "issued", "declined", "withdrawn", "not_taken", "expired", "preempted"]
OPEN: frozenset[Status] = frozenset({"draft", "quoted", "bound", "preempted"})


class Issue(Struct, frozen=True, gc=False):
    """An underwriting issue; approved through `approved_until`, None before anybody approved it."""

    code: str
    blocks: Literal["quote", "bind", "issue"]
    authority: str
    approved_until: date | None = None

    def stands_on(self, day: date) -> bool:
        return self.approved_until is None or day > self.approved_until


class Job(Struct, frozen=True):
    """`base` is the version of the policy it stands on; `quote_expires` the last day of its quote."""

    job_id: str
    proposal: Proposal
    status: Status
    base: int
    quote_expires: date | None = None
    charges: tuple[Charge, ...] = ()
    issues: tuple[Issue, ...] = ()
    decision: Literal["accepted", "rejected"] | None = None

    @property
    def kind(self) -> Kind:
        return KIND_OF[type(self.proposal)]


class Facts(Struct, frozen=True):
    """What the job's policy knows: its present version, authority levels from the lowest up, the charges that binding
    would book, until when a quote made now would hold, and what a merge would propose.
    """

    base: int
    authority_levels: tuple[str, ...]
    charges: tuple[Charge, ...] = ()
    expires: date = date.min
    merged: Proposal | None = None


Blocked: TypeAlias = Literal["quote", "bind", "issue"]


def decide(command: JobCommand, job: Job, facts: Facts) -> Decision[JobEvent]:
    match command:
        case QuoteJob():
            return _quote(command, job, facts)
        case BindJob():
            return _bind(command, job, facts)
        case IssueJob():
            return _issue(command, job)
        case EditJob():
            return _edit(command, job)
        case RaiseIssue():
            return _raise(command, job, facts)
        case ApproveIssue():
            return _approve(command, job, facts)
        case RecordDecision(policy_id=policy_id, job_id=job_id, decision=decision, on=on, at=at):
            if job.decision == decision:
                return ()
            if job.quote_expires is None:
                return Refusal("not_quoted", f"nobody can decide on {job_id}, which was never quoted")
            return (DecisionRecorded(policy_id=policy_id, job_id=job_id, decision=decision, on=on, at=at),)
        case CloseJob():
            return _close(command, job)
        case MergeJob():
            return _merge(command, job, facts)


def _wrong_state(command: JobCommand, job: Job) -> Refusal:
    return Refusal("wrong_state", f"{type(command).__name__} is not possible when {job.job_id} is {job.status}")


def _standing(job: Job, blocks: Blocked, on: date) -> Refusal | None:
    for issue in job.issues:
        if issue.blocks == blocks and issue.stands_on(on):
            return Refusal("issue_open", f"{issue.code} blocks {blocks}: it is for {issue.authority} to approve")
    return None


def _quote(command: QuoteJob, job: Job, facts: Facts) -> Decision[JobEvent]:
    if job.status == "quoted" and job.charges == facts.charges and job.quote_expires == facts.expires:
        return ()
    if job.status == "preempted":
        return Refusal("stale_base", f"{job.job_id} stands on version {job.base}, the policy is at {facts.base}")
    if job.status not in ("draft", "quoted"):
        return _wrong_state(command, job)
    stands = _standing(job, "quote", command.on)
    if stands is not None:
        return stands
    return (
        JobQuoted(
            policy_id=command.policy_id,
            job_id=command.job_id,
            charges=facts.charges,
            expires=facts.expires,
            on=command.on,
            at=command.at,
        ),
    )


def _bind(command: BindJob, job: Job, facts: Facts) -> Decision[JobEvent]:
    if job.status in ("bound", "issued"):
        return ()
    if job.status == "preempted" or (job.status == "quoted" and job.base != facts.base):
        return Refusal("stale_base", f"{job.job_id} stands on version {job.base}, the policy is at {facts.base}")
    if job.status == "expired":
        return Refusal("quote_expired", f"the quote ran out on {job.quote_expires}")
    if job.status != "quoted" or job.quote_expires is None:
        return _wrong_state(command, job)
    if command.on > job.quote_expires:
        return Refusal("quote_expired", f"the quote ran out on {job.quote_expires}")
    stands = _standing(job, "bind", command.on)
    if stands is not None:
        return stands
    return (JobBound(policy_id=command.policy_id, job_id=command.job_id, on=command.on, at=command.at),)


def _issue(command: IssueJob, job: Job) -> Decision[JobEvent]:
    if job.status == "issued":
        return ()
    if job.status != "bound":
        return _wrong_state(command, job)
    stands = _standing(job, "issue", command.on)
    if stands is not None:
        return stands
    return (JobIssued(policy_id=command.policy_id, job_id=command.job_id, on=command.on, at=command.at),)


def _edit(command: EditJob, job: Job) -> Decision[JobEvent]:
    if job.status not in ("draft", "quoted"):
        return _wrong_state(command, job)
    if type(command.proposal) is not type(job.proposal):
        return Refusal("wrong_kind", f"{job.job_id} is a {job.kind}")
    if job.status == "draft" and command.proposal == job.proposal:
        return ()
    return (
        JobEdited(
            policy_id=command.policy_id,
            job_id=command.job_id,
            proposal=command.proposal,
            on=command.on,
            at=command.at,
        ),
    )


def _raise(command: RaiseIssue, job: Job, facts: Facts) -> Decision[JobEvent]:
    if job.status not in OPEN:
        return _wrong_state(command, job)
    if command.authority not in facts.authority_levels:
        return Refusal("unknown_authority", f"nobody has the authority {command.authority!r}")
    if any(issue.code == command.code for issue in job.issues):
        return ()
    return (
        IssueRaised(
            policy_id=command.policy_id,
            job_id=command.job_id,
            code=command.code,
            blocks=command.blocks,
            authority=command.authority,
            on=command.on,
            at=command.at,
        ),
    )


def _approve(command: ApproveIssue, job: Job, facts: Facts) -> Decision[JobEvent]:
    if job.status not in OPEN:
        return _wrong_state(command, job)
    for issue in job.issues:
        if issue.code == command.code:
            break
    else:
        return Refusal("unknown_issue", f"{job.job_id} has no issue {command.code!r}")
    levels = facts.authority_levels
    if command.authority not in levels:
        return Refusal("unknown_authority", f"nobody has the authority {command.authority!r}")
    if levels.index(command.authority) < levels.index(issue.authority):
        return Refusal("above_authority", f"{issue.code} is for {issue.authority}, not for {command.authority}")
    if issue.approved_until == command.until:
        return ()
    return (
        IssueApproved(
            policy_id=command.policy_id,
            job_id=command.job_id,
            code=command.code,
            authority=command.authority,
            until=command.until,
            on=command.on,
            at=command.at,
        ),
    )


def _close(command: CloseJob, job: Job) -> Decision[JobEvent]:
    outcome = command.outcome
    if job.status == outcome:
        return ()
    withdrawable = outcome == "withdrawn" and job.status == "bound" and job.kind in ("renewal", "non_renewal")
    if job.status not in ("draft", "quoted", "preempted") and not withdrawable:
        return _wrong_state(command, job)
    if outcome in ("not_taken", "expired") and job.status != "quoted":
        return _wrong_state(command, job)
    if outcome == "expired" and job.quote_expires is not None and command.on <= job.quote_expires:
        return Refusal("quote_still_open", f"the quote holds through {job.quote_expires}")
    return (
        JobClosed(policy_id=command.policy_id, job_id=command.job_id, outcome=outcome, on=command.on, at=command.at),
    )


def _merge(command: MergeJob, job: Job, facts: Facts) -> Decision[JobEvent]:
    applicable = job.status == "bound" and job.kind == "renewal"
    if job.status != "preempted" and not applicable:
        return _wrong_state(command, job)
    if facts.merged is None:
        return Refusal("conflict_unresolved", f"{job.job_id} and what was bound set the same fields: choose")
    return (
        JobMerged(
            policy_id=command.policy_id,
            job_id=command.job_id,
            proposal=facts.merged,
            base=facts.base,
            on=command.on,
            at=command.at,
        ),
    )


def evolve(job: Job, event: JobEvent) -> Job:
    match event:
        case JobOpened():
            return job
        case JobEdited(proposal=proposal):
            return replace(job, proposal=proposal, status="draft", quote_expires=None, charges=(), decision=None)
        case JobQuoted(charges=charges, expires=expires):
            return replace(job, status="quoted", quote_expires=expires, charges=charges)
        case IssueRaised(code=code, blocks=blocks, authority=authority):
            return replace(job, issues=(*job.issues, Issue(code, blocks, authority)))
        case IssueApproved(code=code, until=until):
            issues = tuple(replace(one, approved_until=until) if one.code == code else one for one in job.issues)
            return replace(job, issues=issues)
        case DecisionRecorded(decision=decision):
            return replace(job, decision=decision)
        case JobBound():
            return replace(job, status="bound")
        case JobIssued():
            return replace(job, status="issued")
        case JobClosed(outcome=outcome):
            return replace(job, status=outcome)
        case JobPreempted():
            return replace(job, status="preempted", charges=())
        case JobMerged(proposal=proposal, base=base):
            return replace(job, proposal=proposal, base=base, status="draft", quote_expires=None, charges=())
        case _:
            assert_never(event)


def opened(event: JobOpened) -> Job:
    return Job(event.job_id, event.proposal, "draft", event.base)
