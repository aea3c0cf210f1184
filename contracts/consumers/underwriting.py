"""The worklist of the underwriters: a job that lost its ground to another is merged with it or given up by a person."""

import msgspec
from msgspec import Struct

from contracts.consumers.expectation import MessageExpectation

CONSUMER = "underwriting"
PREEMPTED = "insurance.policy.job.preempted.v1"


class PreemptedJob(Struct, frozen=True):
    policy_id: str
    job_id: str
    kind: str
    winner: str


class WorkItem(Struct, frozen=True):
    """What an underwriter reads in the list."""

    policy_id: str
    job_id: str
    says: str


def worklist(data: bytes) -> tuple[WorkItem, ...]:
    """Raises msgspec.ValidationError for data that the worklist cannot read."""
    job = msgspec.json.decode(data, type=PreemptedJob)
    return (WorkItem(job.policy_id, job.job_id, f"merge this {job.kind} with {job.winner}, or give it up"),)


def _handle(data: bytes, event_id: str) -> int:
    _ = event_id
    return len(worklist(data))


EXPECTATIONS: tuple[MessageExpectation, ...] = (
    MessageExpectation("a job was preempted", "a change preempted by another", PREEMPTED, PreemptedJob, _handle),
)
