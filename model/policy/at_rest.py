"""A policy as a row at rest: all of it, in about a seventh of what it takes written out."""

from model.money import Money
from model.policy.commands import BindJob, BindPolicy, CancelPolicy, GiveNotice
from model.policy.docket import Approval, Docket
from model.policy.edits import AdjustCharge, DropCoverage, SetCoverage
from model.policy.events import NoticeGiven
from model.policy.job_record import Issue, Job
from model.policy.proposals import (
    Audit,
    Cancellation,
    NonRenewal,
    PolicyChange,
    Reinstatement,
    Renewal,
    Rewrite,
    Submission,
)
from model.policy.states import Bound, Cancelled, Expired, InForce, PendingCancel, Quoted, State, Unwritten
from model.policy.terms import Charge, Coverage, Interest, Payer, Terms
from model.policy.versions import Period, Segment, Version
from model.row import Row, RowFormat

KINDS = (
    *(Unwritten, Quoted, Bound, InForce, PendingCancel, Cancelled, Expired),
    *(Money, Charge, Coverage, Payer, Terms),
    *(Period, Version, Segment, Docket, Job, Issue, NoticeGiven),
    *(Submission, PolicyChange, Cancellation, Reinstatement, Rewrite, Renewal, NonRenewal, Audit),
    *(SetCoverage, DropCoverage, AdjustCharge),
    *(BindPolicy, CancelPolicy, GiveNotice, BindJob),
    Approval,
    Interest,
)
"""Rows tell these by their place: more may be appended, and none is ever taken out or moved."""
FORMAT: RowFormat[State] = RowFormat(KINDS)


def at_rest(state: State) -> Row:
    """What is to be stored of a policy."""
    return FORMAT.row(state)


def restored(row: Row) -> State:
    """The policy that was stored."""
    return FORMAT.state(row)
