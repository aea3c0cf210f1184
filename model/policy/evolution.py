"""What is so of a policy after something happened to it. An event that finds no state of its own changes nothing."""

from collections.abc import Callable
from typing import TypeAlias, cast, get_args

from msgspec.structs import replace

from model.policy.commands import CancelPolicy
from model.policy.docket import entered
from model.policy.edits import added
from model.policy.events import (
    CancellationMoved,
    CancellationRescinded,
    Event,
    HeldReleased,
    NoticeGiven,
    OperationHeld,
    PolicyBound,
    PolicyCancelled,
    PolicyChanged,
    PolicyExpired,
    PolicyIssued,
    PolicyNonrenewed,
    PolicyQuoted,
    PolicyReinstated,
    PolicyRenewed,
    PolicyRewritten,
    RenewalDirected,
    RenewalNotTaken,
    TermStarted,
)
from model.policy.job_events import JobEdited, JobEvent, JobIssued, JobOpened
from model.policy.proposals import Renewal, Rewrite
from model.policy.states import Bound, Cancelled, Expired, InForce, PendingCancel, Quoted, State, Written
from model.policy.terms import like_before
from model.policy.versions import Period, Version, begun, ended, extended


def evolve(state: State, event: Event) -> State:
    return EVOLVES[type(event)](state, event)


# --- jobs, and what a moratorium holds


def _entered(state: State, event: JobEvent) -> State:
    docket = entered(state.docket, event)
    # Nearly every job belongs to a policy in force: naming its fields costs a third of replacing one.
    if type(state) is InForce:
        return InForce(state.period, docket, state.earlier, state.renewal)
    return replace(state, docket=docket)


def _proposed(state: State, event: JobOpened | JobEdited) -> State:
    """What is proposed for the next term, in place of the rest of this one, or again."""
    proposal = event.proposal
    if isinstance(proposal, (Renewal, Rewrite)) and isinstance(state, Written):
        proposal = replace(proposal, terms=like_before(state.terms, proposal.terms))
        event = replace(event, proposal=proposal)
    return _entered(state, event)


def _held(state: State, event: OperationHeld) -> State:
    return replace(state, docket=replace(state.docket, held=(*state.docket.held, event.command)))


def _released(state: State, event: HeldReleased) -> State:
    _ = event
    return replace(state, docket=replace(state.docket, held=state.docket.held[1:]))


# --- the first term


def _quoted(state: State, event: PolicyQuoted) -> State:
    return Quoted(event.terms, event.expires, state.docket)


def _bound(state: State, event: PolicyBound) -> State:
    _ = event
    return Bound(state.terms, state.docket) if isinstance(state, Quoted) else state


def _issued(state: State, event: PolicyIssued) -> State:
    """Issuing is the last step of the submission's job, where it had one."""
    docket = state.docket
    job_id = "submission"
    for job in docket.jobs:
        if job.kind == "submission" and job.status == "bound":
            job_id = job.job_id
            docket = entered(docket, JobIssued(policy_id=event.policy_id, job_id=job_id, on=event.on, at=event.at))
    version = Version(event.terms.start, event.at, "in_force", 1, "submission", job_id)
    return InForce(begun(event.terms, version), docket)


# --- what changes or ends a term


def _changed(state: State, event: PolicyChanged) -> State:
    if type(state) is InForce:
        return InForce(_with_change(state.period, event), state.docket, state.earlier, state.renewal)
    if not isinstance(state, (PendingCancel, Expired)):
        return state
    return replace(state, period=_with_change(state.period, event))


def _with_change(period: Period, event: PolicyChanged | PolicyReinstated) -> Period:
    booked = added(period.booked, event.charges) if event.charges else period.booked
    versions = period.versions + event.versions
    return Period(period.terms, versions, booked, event.cover, period.retained, period.until)


def _cancelled(state: State, event: PolicyCancelled) -> State:
    if not isinstance(state, (InForce, PendingCancel)):
        return state
    versions = event.versions
    if not versions:
        number = len(state.versions) + 1
        versions = (Version(event.on, event.at, "cancelled", number, "cancellation", event.job_id),)
    period = ended(state.period, versions, booked=event.returned)
    if event.retained != period.retained:
        period = replace(period, retained=event.retained)
    return Cancelled(period, state.docket, state.earlier, cancelled_on=event.on, returned=event.returned)


def _expired(state: State, event: PolicyExpired) -> State:
    if not isinstance(state, (InForce, PendingCancel)):
        return state
    last = Version(event.on, event.at, "expired", len(state.versions) + 1, "expiration", "")
    period = replace(state.period, versions=(*state.period.versions, last))
    return Expired(period, state.docket, state.earlier)


def _reinstated(state: State, event: PolicyReinstated) -> State:
    if not isinstance(state, Cancelled):
        return state
    return InForce(replace(_with_change(state.period, event), retained=()), state.docket, state.earlier)


# --- a cancellation that waits for its day


def _noticed(state: State, event: NoticeGiven) -> State:
    if not isinstance(state, InForce):
        return state
    return PendingCancel(state.period, state.docket, state.earlier, notice=event, renewal=state.renewal)


def _moved(state: State, event: CancellationMoved) -> State:
    if not isinstance(state, PendingCancel):
        return state
    return replace(state, notice=replace(state.notice, effective=event.effective))


def _rescinded(state: State, event: CancellationRescinded) -> State:
    """A cancellation that a moratorium held is answered by the payment."""
    _ = event
    if not isinstance(state, PendingCancel):
        return state
    held = tuple(one for one in state.docket.held if not isinstance(one, CancelPolicy))
    docket = replace(state.docket, held=held) if state.docket.held else state.docket
    return InForce(state.period, docket, state.earlier, state.renewal)


# --- the next term, or none


def _renewed(state: State, event: PolicyRenewed) -> State:
    if not isinstance(state, (InForce, PendingCancel)):
        return state
    version = Version(event.terms.start, event.at, "in_force", 1, "renewal", event.job_id)
    return replace(state, renewal=begun(event.terms, version))


def _started(state: State, event: TermStarted) -> State:
    _ = event
    if not isinstance(state, (InForce, PendingCancel)) or state.renewal is None:
        return state
    docket = replace(state.docket, direction=None) if state.docket.direction else state.docket
    return InForce(state.renewal, docket, (*state.earlier, state.period))


def _directed(state: State, event: RenewalDirected) -> State:
    return replace(state, docket=replace(state.docket, direction=event.direction))


def _nonrenewed(state: State, event: PolicyNonrenewed) -> State:
    if not isinstance(state, (InForce, PendingCancel)):
        return state
    until = event.ends if event.ends > state.terms.end else None
    period = extended(state.period, (), booked=event.charges, until=until)
    return replace(state, period=period, docket=replace(state.docket, nonrenewed_by=event.job_id))


def _rewritten(state: State, event: PolicyRewritten) -> State:
    if not isinstance(state, (InForce, PendingCancel)):
        return state
    old = ended(state.period, event.versions, booked=event.returned)
    if event.retained != old.retained:
        old = replace(old, retained=event.retained)
    version = Version(event.terms.start, event.at, "in_force", 1, "rewrite", event.job_id)
    return InForce(begun(event.terms, version), state.docket, (*state.earlier, old))


def _not_taken(state: State, event: RenewalNotTaken) -> State:
    """The period stays in the record, expired on its first day."""
    if not isinstance(state, Written):
        return state
    waiting = state.renewal if isinstance(state, (InForce, PendingCancel)) else None
    if waiting is not None and waiting.versions[0].job_id == event.job_id:
        return replace(state, renewal=None, earlier=(*state.earlier, _undone(waiting, event)))
    if state.period.versions[0].job_id == event.job_id:
        return Expired(_undone(state.period, event), state.docket, state.earlier)
    return state


def _undone(period: Period, event: RenewalNotTaken) -> Period:
    last = Version(event.on, event.at, "expired", len(period.versions) + 1, "expiration", event.job_id)
    return extended(period, (last,), booked=event.returned)


Evolves: TypeAlias = Callable[[State, Event], State]

# Looked up and not matched: a miss in a match costs 40 ns with these classes, and there are twenty-eight of them.
EVOLVES: dict[type[Event], Evolves] = {
    kind: cast("Evolves", becomes)
    for kind, becomes in (
        *((kind, _entered) for kind in get_args(JobEvent)),
        (JobOpened, _proposed),
        (JobEdited, _proposed),
        (PolicyQuoted, _quoted),
        (PolicyBound, _bound),
        (PolicyIssued, _issued),
        (PolicyChanged, _changed),
        (PolicyCancelled, _cancelled),
        (PolicyExpired, _expired),
        (PolicyReinstated, _reinstated),
        (PolicyRewritten, _rewritten),
        (NoticeGiven, _noticed),
        (CancellationMoved, _moved),
        (CancellationRescinded, _rescinded),
        (PolicyRenewed, _renewed),
        (RenewalNotTaken, _not_taken),
        (RenewalDirected, _directed),
        (TermStarted, _started),
        (PolicyNonrenewed, _nonrenewed),
        (OperationHeld, _held),
        (HeldReleased, _released),
    )
}
