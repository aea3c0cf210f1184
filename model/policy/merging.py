"""What a job takes in from the jobs that were bound before it."""

from msgspec.structs import replace

from model.policy.commands import MergeJob
from model.policy.edits import field_of
from model.policy.job import Job
from model.policy.proposals import PolicyChange, Proposal, Renewal, edits_of
from model.policy.renewals import with_changes
from model.policy.states import State, Written
from model.policy.versions import Version


def bound_since(job: Job, state: State) -> tuple[Version, ...]:
    """What was bound in the current term since the job began, reversals and repetitions left out."""
    if not isinstance(state, Written):
        return ()
    before = sum(len(period.versions) for period in state.earlier)
    return tuple(
        one
        for one in state.versions
        if before + one.number > job.base >= before and not one.reverses and not one.reapplication_of and one.edits
    )


def merged(command: MergeJob, job: Job, state: State) -> Proposal | None:
    """The proposal with what was bound meanwhile taken in; None while a field that both set has no choice."""
    made = bound_since(job, state)
    if isinstance(job.proposal, Renewal):
        return with_changes(job.proposal, made)
    if not isinstance(job.proposal, PolicyChange):
        return job.proposal
    theirs = {field for one in made for field in map(field_of, one.edits) if field is not None}
    keep = {choice.field: choice.keep for choice in command.choices}
    mine = edits_of(job.proposal)
    if any(field_of(edit) in theirs and field_of(edit) not in keep for edit in mine):
        return None
    kept = tuple(edit for edit in mine if field_of(edit) not in theirs or keep[str(field_of(edit))] == "mine")
    return replace(job.proposal, edits=kept)
