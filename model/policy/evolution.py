"""What is so of a policy after something happened to it."""

from typing import assert_never

from msgspec.structs import replace

from model.policy.commands import CancelPolicy
from model.policy.docket import Docket, entered
from model.policy.edits import summed
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
    RenewalNotTaken,
    TermStarted,
)
from model.policy.job_events import (
    DecisionRecorded,
    IssueApproved,
    IssueRaised,
    JobBound,
    JobClosed,
    JobEdited,
    JobIssued,
    JobMerged,
    JobOpened,
    JobPreempted,
    JobQuoted,
)
from model.policy.states import Bound, Cancelled, Expired, InForce, PendingCancel, Quoted, State, Written
from model.policy.versions import Period, Version, begun, ended, extended


def evolve(state: State, event: Event) -> State:
    match event:
        case PolicyQuoted(terms=terms, expires=expires):
            return Quoted(terms, expires, state.docket)
        case PolicyBound():
            return Bound(state.terms, state.docket) if isinstance(state, Quoted) else state
        case PolicyIssued():
            return _issued(state, event)
        case PolicyCancelled():
            return _cancelled(state, event)
        case PolicyChanged():
            if not isinstance(state, (InForce, PendingCancel, Expired)):
                return state
            return replace(state, period=_changed(state.period, event))
        case (
            JobOpened()
            | JobQuoted()
            | JobBound()
            | JobIssued()
            | JobEdited()
            | IssueRaised()
            | IssueApproved()
            | DecisionRecorded()
            | JobClosed()
            | JobPreempted()
            | JobMerged()
        ):
            return _with_docket(state, entered(state.docket, event))
        case PolicyExpired():
            if not isinstance(state, (InForce, PendingCancel)):
                return state
            last = Version(event.on, event.at, "expired", len(state.versions) + 1, "expiration", "")
            period = replace(state.period, versions=(*state.versions, last))
            return Expired(period, state.docket, state.earlier)
        case NoticeGiven():
            if not isinstance(state, InForce):
                return state
            return PendingCancel(state.period, state.docket, state.earlier, notice=event, renewal=state.renewal)
        case CancellationMoved(effective=effective):
            if not isinstance(state, PendingCancel):
                return state
            return replace(state, notice=replace(state.notice, effective=effective))
        case CancellationRescinded():
            if not isinstance(state, PendingCancel):
                return state
            # A cancellation that a moratorium held is answered by the payment.
            held = tuple(one for one in state.docket.held if not isinstance(one, CancelPolicy))
            docket = replace(state.docket, held=held) if state.docket.held else state.docket
            return InForce(state.period, docket, state.earlier, state.renewal)
        case PolicyReinstated():
            if not isinstance(state, Cancelled):
                return state
            return InForce(replace(_changed(state.period, event), retained=()), state.docket, state.earlier)
        case PolicyRewritten():
            return _rewritten(state, event)
        case PolicyRenewed(terms=terms, job_id=job_id):
            if not isinstance(state, (InForce, PendingCancel)):
                return state
            version = Version(terms.start, event.at, "in_force", 1, "renewal", job_id)
            return replace(state, renewal=begun(terms, version))
        case RenewalNotTaken():
            return _not_taken(state, event)
        case TermStarted():
            if not isinstance(state, (InForce, PendingCancel)) or state.renewal is None:
                return state
            return InForce(state.renewal, state.docket, (*state.earlier, state.period))
        case PolicyNonrenewed(ends=ends, charges=charges, job_id=job_id):
            if not isinstance(state, (InForce, PendingCancel)):
                return state
            until = ends if ends > state.terms.end else None
            period = extended(state.period, (), booked=charges, until=until)
            return replace(state, period=period, docket=replace(state.docket, nonrenewed_by=job_id))
        case OperationHeld(command=command):
            return _with_docket(state, replace(state.docket, held=(*state.docket.held, command)))
        case HeldReleased():
            return _with_docket(state, replace(state.docket, held=state.docket.held[1:]))
        case _:
            assert_never(event)


def _with_docket(state: State, docket: Docket) -> State:
    return replace(state, docket=docket)


def _changed(period: Period, event: PolicyChanged | PolicyReinstated) -> Period:
    booked = summed((*period.booked, *event.charges)) if event.charges else period.booked
    return replace(period, versions=(*period.versions, *event.versions), booked=booked, cover=event.cover)


def _issued(state: State, event: PolicyIssued) -> InForce:
    """Issuing is the last step of the submission's job, where it had one."""
    docket = state.docket
    job_id = "submission"
    for job in docket.jobs:
        if job.kind == "submission" and job.status == "bound":
            job_id = job.job_id
            docket = entered(docket, JobIssued(policy_id=event.policy_id, job_id=job_id, on=event.on, at=event.at))
    version = Version(event.terms.start, event.at, "in_force", 1, "submission", job_id)
    return InForce(begun(event.terms, version), docket)


def _cancelled(state: State, event: PolicyCancelled) -> State:
    if not isinstance(state, (InForce, PendingCancel)):
        return state
    number = len(state.versions) + 1
    versions = event.versions or (Version(event.on, event.at, "cancelled", number, "cancellation", event.job_id),)
    period = replace(ended(state.period, versions, booked=event.returned), retained=event.retained)
    return Cancelled(period, state.docket, state.earlier, cancelled_on=event.on, returned=event.returned)


def _rewritten(state: State, event: PolicyRewritten) -> State:
    if not isinstance(state, (InForce, PendingCancel)):
        return state
    old = ended(state.period, event.versions, booked=event.returned)
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
