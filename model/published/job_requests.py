"""What anyone outside may ask about the jobs, notices and moratoria of policies, in wire words."""

from datetime import date
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from model.published.request_words import AskedCharge, AskedCoverage, AskedPayer, Identifier, Word
from model.wire import Amount

Coverages: TypeAlias = Annotated[tuple[AskedCoverage, ...], Meta(min_length=1, max_length=32)]
Charges: TypeAlias = Annotated[tuple[AskedCharge, ...], Meta(min_length=1, max_length=32)]
Payers: TypeAlias = Annotated[tuple[AskedPayer, ...], Meta(min_length=1, max_length=8)]


class SetCoverage(Struct, frozen=True, tag_field="edit", tag="set_coverage", forbid_unknown_fields=True):
    """Adds a coverage, or replaces the one of its code."""

    coverage: AskedCoverage


class DropCoverage(Struct, frozen=True, tag_field="edit", tag="drop_coverage", forbid_unknown_fields=True):
    code: Word


class AdjustCharge(Struct, frozen=True, tag_field="edit", tag="adjust_charge", forbid_unknown_fields=True):
    """`by` is the difference that a full year makes."""

    pattern: Word
    by: Amount


Edit: TypeAlias = SetCoverage | DropCoverage | AdjustCharge


class Change(Struct, frozen=True, tag_field="kind", tag="policy_change", forbid_unknown_fields=True):
    effective: date
    edits: Annotated[tuple[Edit, ...], Meta(min_length=1, max_length=32)]


class Cancellation(Struct, frozen=True, tag_field="kind", tag="cancellation", forbid_unknown_fields=True):
    """`effective` is the first day without cover."""

    effective: date
    reason: Word


class Reinstatement(Struct, frozen=True, tag_field="kind", tag="reinstatement", forbid_unknown_fields=True):
    """From the day of the cancellation without a lapse, from a later one with a gap."""

    effective: date


class Rewrite(Struct, frozen=True, tag_field="kind", tag="rewrite", forbid_unknown_fields=True):
    """New terms from `start` on in place of the rest, for a year of their own or until the term they replace ends."""

    start: date
    ends: Literal["after_a_year", "with_the_term"]
    plan: Word
    autopay: Literal["on", "off"]
    payers: Payers
    coverages: Coverages
    charges: Charges


class Renewal(Struct, frozen=True, tag_field="kind", tag="renewal", forbid_unknown_fields=True):
    """The year from the end of the term on."""

    plan: Word
    autopay: Literal["on", "off"]
    payers: Payers
    coverages: Coverages
    charges: Charges


class NonRenewal(Struct, frozen=True, tag_field="kind", tag="non_renewal", forbid_unknown_fields=True):
    mailed_on: date
    reason: Word


Proposal: TypeAlias = Change | Cancellation | Reinstatement | Rewrite | Renewal | NonRenewal


class OpenJobRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`job_id` is whoever asks it to be, once for each policy."""

    job_id: Identifier
    proposal: Proposal
    on: date


class JobOnDayRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    job_id: Identifier
    on: date


class BindJobRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`paid` accepts a renewal where the carrier binds on payment."""

    job_id: Identifier
    on: date
    paid: Amount | None = None


class CloseJobRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`expired` and `not_taken` are for quotes that nobody took."""

    job_id: Identifier
    outcome: Literal["withdrawn", "declined", "not_taken", "expired"]
    on: date


class RaiseIssueRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An underwriting issue that blocks a step of a job until somebody of `authority` or above approves it."""

    job_id: Identifier
    code: Word
    blocks: Literal["quote", "bind", "issue"]
    authority: Word
    on: date


class ApproveIssueRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Good through `until`: for the quote as it stands, the job, or the same issue of all jobs of the policy."""

    job_id: Identifier
    code: Word
    authority: Word
    until: date
    on: date
    scope: Literal["job", "quote", "policy"] = "job"


class DirectRenewalRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to become of the next term: renewed whatever changes, looked at by an underwriter, not renewed by the
    insurer, or not taken by the insured. A notice of nonrenewal is a job of its own.
    """

    direction: Literal["renew", "refer", "non_renew", "not_taken"]
    authority: Word
    on: date


class GiveNoticeRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The insurer says that it will cancel: on `effective`, or as early as the law allows. For nonpayment, `due_on` is
    the due date that was or will be missed, `required` what rescinds it, `received` the premium received so far.
    """

    reason: Literal["nonpayment", "underwriting", "other"]
    mailed_on: date
    on: date
    effective: date | None = None
    due_on: date | None = None
    required: Amount | None = None
    received: Amount | None = None


class RescindCancellationRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was asked for was paid, or the insurer thinks better of it."""

    on: date
    paid: Amount | None = None


class AskedSuspension(Struct, frozen=True, forbid_unknown_fields=True):
    operation: Literal["bind", "change", "renew", "notice", "cancel", "cancel_by_insured", "nonrenew"]
    answer: Literal["refuse", "hold"]


class DeclareMoratoriumRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is suspended on days [start, end), until it is ended where nobody says. No states, areas or products named
    means all of them.
    """

    start: date
    suspended: Annotated[tuple[AskedSuspension, ...], Meta(min_length=1, max_length=7)]
    on: date
    end: date | None = None
    states: Annotated[tuple[Word, ...], Meta(max_length=60)] = ()
    areas: Annotated[tuple[Word, ...], Meta(max_length=200)] = ()
    products: Annotated[tuple[Word, ...], Meta(max_length=32)] = ()
    except_reasons: Annotated[tuple[Word, ...], Meta(max_length=32)] = ()
    citation: Annotated[str, Meta(max_length=200)] = ""


JobRequest: TypeAlias = (
    OpenJobRequest
    | JobOnDayRequest
    | BindJobRequest
    | CloseJobRequest
    | RaiseIssueRequest
    | ApproveIssueRequest
    | DirectRenewalRequest
    | GiveNoticeRequest
    | RescindCancellationRequest
    | DeclareMoratoriumRequest
)
