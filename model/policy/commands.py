"""What may be asked of a policy. `on` is the day it is to take effect, `at` the instant of asking (UTC).

QuotePolicy, BindPolicy and IssuePolicy are the short path of a submission, CancelPolicy that of a cancellation; the
commands of a job go the long way, with edits, underwriting issues and a version to stand on.
"""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.money import Money
from model.policy.job_events import Scope
from model.policy.proposals import Proposal
from model.policy.terms import Terms


class QuotePolicy(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    terms: Terms
    on: date
    at: datetime


class BindPolicy(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    on: date
    at: datetime


class IssuePolicy(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    on: date
    at: datetime


class CancelPolicy(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`on` is the first day without cover. With `asked_by` it carries out the notice that the same process asked for,
    and nothing else.
    """

    policy_id: str
    reason: str
    on: date
    at: datetime
    asked_by: str = ""


class ExpirePolicy(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Ends the term, or starts the next one where a renewal was issued."""

    policy_id: str
    on: date
    at: datetime


# --- notices

NoticeReason = Literal["nonpayment", "underwriting", "other"]


class GiveNotice(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The insurer says that it will cancel. `effective` None means as early as the law allows.

    For nonpayment: `due_on` is the due date that was or will be missed, `required` what rescinds the cancellation,
    `received` the premium received so far, for states that cancel no earlier than it reaches. `asked_by` names the
    process that asks, where one does.
    """

    policy_id: str
    reason: NoticeReason
    mailed_on: date
    effective: date | None = None
    due_on: date | None = None
    required: Money | None = None
    received: Money | None = None
    on: date
    at: datetime
    asked_by: str = ""


class MoveCancellation(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A scheduled cancellation may move earlier, never later."""

    policy_id: str
    effective: date
    on: date
    at: datetime


class RescindCancellation(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """What was asked for was paid (`paid`), or the insurer thinks better of it (None). With `asked_by` it answers the
    notice that the same process asked for, and leaves any other.
    """

    policy_id: str
    paid: Money | None = None
    on: date
    at: datetime
    asked_by: str = ""


# --- jobs


class OpenJob(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    job_id: str
    proposal: Proposal
    on: date
    at: datetime


class EditJob(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A new proposal of the same kind: whatever was quoted is void."""

    policy_id: str
    job_id: str
    proposal: Proposal
    on: date
    at: datetime


class QuoteJob(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    job_id: str
    on: date
    at: datetime


class RaiseIssue(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """An underwriting issue that blocks a step until somebody of `authority` or above approves it."""

    policy_id: str
    job_id: str
    code: str
    blocks: Literal["quote", "bind", "issue"]
    authority: str
    on: date
    at: datetime


class ApproveIssue(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Good through `until`, after which day the issue blocks again, and for all of the job; in `scope` of the quote,
    until the job is edited or takes in another; in that of the policy, for the same issue of its other jobs too.
    """

    policy_id: str
    job_id: str
    code: str
    authority: str
    until: date
    on: date
    at: datetime
    scope: Scope = "job"


class RecordDecision(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """What the customer said of a quote. A late decision is a fact too, kept beside the expiry."""

    policy_id: str
    job_id: str
    decision: Literal["accepted", "rejected"]
    on: date
    at: datetime


Direction = Literal["renew", "refer", "non_renew", "not_taken"]


class DirectRenewal(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Somebody of `authority` says what is to become of the next term, before or while it is offered: renewed whatever
    changes, looked at by an underwriter, not renewed by the insurer, or not taken by the insured.
    """

    policy_id: str
    direction: Direction
    authority: str
    on: date
    at: datetime


class BindJob(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`paid` accepts a renewal where the carrier binds on payment."""

    policy_id: str
    job_id: str
    paid: Money | None = None
    on: date
    at: datetime


class IssueJob(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    job_id: str
    on: date
    at: datetime


class CloseJob(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    job_id: str
    outcome: Literal["declined", "withdrawn", "not_taken", "expired"]
    on: date
    at: datetime


class Choice(Struct, frozen=True, gc=False):
    """Whose value a field has after a merge: the job's own, or that of the job that was bound first."""

    field: str
    keep: Literal["mine", "theirs"]


class MergeJob(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Takes in what was bound since the job began, with a choice for every field that both set; the job is a draft
    again. On a bound renewal it applies the changes of the current term.
    """

    policy_id: str
    job_id: str
    choices: tuple[Choice, ...] = ()
    on: date
    at: datetime


class ReleaseHeld(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A moratorium ended: what was held is decided now, in the order in which it came."""

    policy_id: str
    on: date
    at: datetime


JobCommand: TypeAlias = (
    EditJob | QuoteJob | RaiseIssue | ApproveIssue | RecordDecision | BindJob | IssueJob | CloseJob | MergeJob
)
Command: TypeAlias = (
    QuotePolicy
    | BindPolicy
    | IssuePolicy
    | CancelPolicy
    | ExpirePolicy
    | GiveNotice
    | MoveCancellation
    | RescindCancellation
    | OpenJob
    | JobCommand
    | DirectRenewal
    | ReleaseHeld
)
Suspendable: TypeAlias = BindPolicy | CancelPolicy | GiveNotice | BindJob
