"""Approvals of underwriting issues beyond their job: one in scope of the policy stands for the same issue of any other
job, present or to come, through its last day and as far as its authority goes.
"""

from collections.abc import Iterable

from model.carrier import Carrier
from model.decider import Decision, Refusal
from model.jurisdiction import Law
from model.policy import job as jobs
from model.policy.commands import ApproveIssue, RaiseIssue
from model.policy.docket import Docket
from model.policy.events import Event
from model.policy.job import Facts
from model.policy.job_events import IssueApproved, IssueRaised
from model.policy.job_record import OPEN, Job
from model.policy.states import State, base_of


def raised(law: Law, carrier: Carrier, command: RaiseIssue, job: Job, state: State) -> Decision[Event]:
    """An issue that the policy has an approval for is approved as it is raised."""
    _ = law
    answer = jobs.decide(command, job, Facts(base_of(state), carrier.policy.authority_levels))
    if isinstance(answer, Refusal):
        return answer
    found = [event for event in answer if isinstance(event, IssueRaised)]
    return (*answer, *approved_before(carrier, state.docket, found))


def approved(law: Law, carrier: Carrier, command: ApproveIssue, job: Job, state: State) -> Decision[Event]:
    """In scope of the policy, the same issue of its other jobs is approved with it."""
    _ = law
    answer = jobs.decide(command, job, Facts(base_of(state), carrier.policy.authority_levels))
    if isinstance(answer, Refusal) or not answer or command.scope != "policy":
        return answer
    others = [
        _approval(command, other.job_id)
        for other in state.docket.jobs
        if other.job_id != job.job_id and other.status in OPEN
        for issue in other.issues
        if issue.code == command.code
        and (issue.approved_until, issue.scope) != (command.until, command.scope)
        and _reaches(carrier, command.authority, issue.authority)
    ]
    return (*answer, *others)


def approved_before(carrier: Carrier, docket: Docket, found: Iterable[IssueRaised]) -> tuple[IssueApproved, ...]:
    """The approvals that the policy has already for issues that are raised."""
    if not docket.approvals:
        return ()
    return tuple(
        [
            IssueApproved(
                policy_id=issue.policy_id,
                job_id=issue.job_id,
                code=issue.code,
                authority=known.authority,
                until=known.until,
                on=issue.on,
                at=issue.at,
                scope="policy",
            )
            for issue in found
            for known in docket.approvals
            if known.code == issue.code
            and issue.on <= known.until
            and _reaches(carrier, known.authority, issue.authority)
        ]
    )


def _approval(command: ApproveIssue, job_id: str) -> IssueApproved:
    return IssueApproved(
        policy_id=command.policy_id,
        job_id=job_id,
        code=command.code,
        authority=command.authority,
        until=command.until,
        on=command.on,
        at=command.at,
        scope=command.scope,
    )


def _reaches(carrier: Carrier, authority: str, wanted: str) -> bool:
    levels = carrier.policy.authority_levels
    return authority in levels and wanted in levels and levels.index(authority) >= levels.index(wanted)
