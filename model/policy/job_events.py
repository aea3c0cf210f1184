"""What happened to a job, before and beside what it did to its policy."""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.policy.proposals import Proposal
from model.policy.terms import Charge
from model.policy.versions import Kind

Scope = Literal["job", "quote", "policy"]
"""What an approval goes with: the job, its quote, or the whole policy with all of its jobs."""


class JobOpened(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`base` is the version of the policy that the job stands on."""

    policy_id: str
    job_id: str
    proposal: Proposal
    base: int
    on: date
    at: datetime


class JobEdited(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    job_id: str
    proposal: Proposal
    on: date
    at: datetime


class JobQuoted(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`charges` is what binding it now would book, by pattern."""

    policy_id: str
    job_id: str
    charges: tuple[Charge, ...]
    expires: date
    on: date
    at: datetime


class IssueRaised(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    job_id: str
    code: str
    blocks: Literal["quote", "bind", "issue"]
    authority: str
    on: date
    at: datetime


class IssueApproved(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    job_id: str
    code: str
    authority: str
    until: date
    on: date
    at: datetime
    scope: Scope = "job"


class DecisionRecorded(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    job_id: str
    decision: Literal["accepted", "rejected"]
    on: date
    at: datetime


class JobBound(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    job_id: str
    on: date
    at: datetime


class JobIssued(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    job_id: str
    on: date
    at: datetime


class JobClosed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    job_id: str
    outcome: Literal["declined", "withdrawn", "not_taken", "expired"]
    on: date
    at: datetime


class JobPreempted(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Another job of the same base was bound first."""

    policy_id: str
    job_id: str
    kind: Kind
    winner: str
    on: date
    at: datetime


class JobMerged(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    job_id: str
    proposal: Proposal
    base: int
    on: date
    at: datetime


JobEvent: TypeAlias = (
    JobOpened
    | JobEdited
    | JobQuoted
    | IssueRaised
    | IssueApproved
    | DecisionRecorded
    | JobBound
    | JobIssued
    | JobClosed
    | JobPreempted
    | JobMerged
)
