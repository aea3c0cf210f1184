"""The docket of a policy: its jobs by their ids, what a moratorium holds, what is approved for all of them, and
what is to become of the next term."""

from datetime import date, datetime
from typing import TypeAlias

from msgspec import Struct

from model.policy import job_record as jobs
from model.policy.commands import Direction, Suspendable
from model.policy.job_events import IssueApproved, JobClosed, JobEvent, JobOpened, JobPreempted
from model.policy.job_record import Job


class Approval(Struct, frozen=True, gc=False, array_like=True):
    """Somebody of `authority` approved an underwriting issue for all jobs of the policy, through `until`."""

    code: str
    authority: str
    until: date


class Docket(Struct, frozen=True, gc=False, array_like=True):
    """`nonrenewed_by` is the job that said so, empty without one; `direction` what somebody said of the next term."""

    jobs: tuple[Job, ...] = ()
    held: tuple[Suspendable, ...] = ()
    nonrenewed_by: str = ""
    direction: Direction | None = None
    approvals: tuple[Approval, ...] = ()

    def job(self, job_id: str) -> Job | None:
        for job in self.jobs:
            if job.job_id == job_id:
                return job
        return None


EMPTY = Docket()
Endings: TypeAlias = tuple[JobClosed | JobPreempted, ...]


def entered(docket: Docket, event: JobEvent) -> Docket:
    """The docket after something happened to one of its jobs."""
    known = docket.jobs
    if type(event) is JobOpened:
        changed = (*known, jobs.opened(event))
    elif len(known) == 1 and known[0].job_id == event.job_id:
        changed = (jobs.EVOLVES[type(event)](known[0], event),)
    else:
        changed = tuple([jobs.evolve(job, event) if job.job_id == event.job_id else job for job in known])
    nonrenewed_by = docket.nonrenewed_by
    if nonrenewed_by and type(event) is JobClosed and nonrenewed_by == event.job_id:
        nonrenewed_by = ""
    approvals = docket.approvals
    if type(event) is IssueApproved and event.scope == "policy":
        others = [one for one in approvals if one.code != event.code]
        approvals = (*others, Approval(event.code, event.authority, event.until))
    return Docket(changed, docket.held, nonrenewed_by, docket.direction, approvals)


def preempted(docket: Docket, policy_id: str, *, winner: str, on: date, at: datetime) -> Endings:
    """Every other job that is not bound stands on a version that is no longer the last."""
    if len(docket.jobs) == 1 and docket.jobs[0].job_id == winner:
        return ()
    return tuple(
        JobPreempted(policy_id=policy_id, job_id=job.job_id, kind=job.kind, winner=winner, on=on, at=at)
        for job in docket.jobs
        if job.status in ("draft", "quoted") and job.job_id != winner
    )


def lapsed(docket: Docket, policy_id: str, *, but: str = "", on: date, at: datetime) -> Endings:
    """When cover ends, what was on its way ends with it: drafts and quotes, and renewals that were not issued."""
    found: Endings = ()
    for job in docket.jobs:
        status = job.status
        if status == "issued" or job.job_id == but:
            continue
        if status in ("draft", "quoted", "preempted") or (status == "bound" and job.kind in ("renewal", "non_renewal")):
            closed = JobClosed(policy_id=policy_id, job_id=job.job_id, outcome="withdrawn", on=on, at=at)
            found = (*found, closed)
    return found
