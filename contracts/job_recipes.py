"""What a history asks about jobs, notices and repairs, as steps of public operations."""

from typing import Any

import msgspec
from msgspec import Struct

from contracts.deployment import Step
from model.core import Command
from model.money import Money
from model.policy import edits, proposals
from model.policy.commands import (
    ApproveIssue,
    BindJob,
    CloseJob,
    DirectRenewal,
    GiveNotice,
    IssueJob,
    OpenJob,
    QuoteJob,
    RaiseIssue,
    ReleaseHeld,
    RescindCancellation,
)
from model.policy.terms import Coverage, Terms
from model.published import job_requests as jobs
from model.published import requests as ask
from model.published.operations import OperationName
from model.wire import Amount, to_wire


def job_step(command: Command) -> Step | None:
    """The step of a command; None for one that is about no job and no notice, or that no operation stands for."""
    match command:
        case OpenJob(job_id=job_id, proposal=proposal, on=on):
            proposed = _proposal(proposal)
            if proposed is None:
                return None
            return _step("open_job", jobs.OpenJobRequest(job_id=job_id, proposal=proposed, on=on))
        case QuoteJob(job_id=job_id, on=on):
            return _step("quote_job", jobs.JobOnDayRequest(job_id=job_id, on=on))
        case BindJob(job_id=job_id, paid=paid, on=on):
            return _step("bind_job", jobs.BindJobRequest(job_id=job_id, paid=_amount(paid), on=on))
        case IssueJob(job_id=job_id, on=on):
            return _step("issue_job", jobs.JobOnDayRequest(job_id=job_id, on=on))
        case CloseJob(job_id=job_id, outcome=outcome, on=on):
            return _step("close_job", jobs.CloseJobRequest(job_id=job_id, outcome=outcome, on=on))
        case GiveNotice():
            return _step(
                "give_notice",
                jobs.GiveNoticeRequest(
                    reason=command.reason,
                    mailed_on=command.mailed_on,
                    effective=command.effective,
                    due_on=command.due_on,
                    required=_amount(command.required),
                    received=_amount(command.received),
                    on=command.on,
                ),
            )
        case RescindCancellation(paid=paid, on=on):
            return _step("rescind_cancellation", jobs.RescindCancellationRequest(paid=_amount(paid), on=on))
        case ReleaseHeld(on=on):
            return _step("release_held", ask.OnDayRequest(on=on))
        case _:
            return _underwriting_step(command)


def _underwriting_step(command: Command) -> Step | None:
    match command:
        case RaiseIssue(job_id=job_id, code=code, blocks=blocks, authority=authority, on=on):
            raised = jobs.RaiseIssueRequest(job_id=job_id, code=code, blocks=blocks, authority=authority, on=on)
            return _step("raise_issue", raised)
        case ApproveIssue():
            return _step(
                "approve_issue",
                jobs.ApproveIssueRequest(
                    job_id=command.job_id,
                    code=command.code,
                    authority=command.authority,
                    until=command.until,
                    scope=command.scope,
                    on=command.on,
                ),
            )
        case DirectRenewal(direction=direction, authority=authority, on=on):
            directed = jobs.DirectRenewalRequest(direction=direction, authority=authority, on=on)
            return _step("direct_renewal", directed)
        case _:
            return None


def _step(operation: OperationName, request: Struct) -> Step:
    built: dict[str, Any] = msgspec.to_builtins(request)
    return Step(operation, "${policy_id}", {name: value for name, value in built.items() if value is not None})


def _amount(money: Money | None) -> Amount | None:
    return None if money is None else to_wire(money)


def _proposal(proposal: proposals.Proposal) -> jobs.Proposal | None:
    match proposal:
        case proposals.PolicyChange(effective=effective, edits=changes):
            return jobs.Change(effective, tuple(map(_edit, changes)))
        case proposals.Cancellation(effective=effective, reason=reason):
            return jobs.Cancellation(effective, reason)
        case proposals.Reinstatement(effective=effective):
            return jobs.Reinstatement(effective)
        case proposals.Rewrite(terms=terms):
            return jobs.Rewrite(terms.start, "after_a_year", terms.plan, terms.autopay, *_offered(terms))
        case proposals.Renewal(terms=terms):
            return jobs.Renewal(terms.plan, terms.autopay, *_offered(terms))
        case proposals.NonRenewal(mailed_on=mailed_on, reason=reason):
            return jobs.NonRenewal(mailed_on, reason)
        case proposals.Submission() | proposals.Audit():
            return None


def _edit(edit: edits.Edit) -> jobs.Edit:
    match edit:
        case edits.SetCoverage(coverage=coverage):
            return jobs.SetCoverage(_coverage(coverage))
        case edits.DropCoverage(code=code):
            return jobs.DropCoverage(code)
        case edits.AdjustCharge(pattern=pattern, by=by):
            return jobs.AdjustCharge(pattern, to_wire(by))


def _coverage(one: Coverage) -> ask.AskedCoverage:
    return ask.AskedCoverage(
        one.code,
        to_wire(one.limit),
        to_wire(one.deductible),
        to_wire(one.hurricane_deductible),
        one.excluded,
        one.waiting_days,
        tuple(ask.AskedInterest(interest.party_id, interest.kind) for interest in one.interests),
        None if one.aggregate is None else to_wire(one.aggregate),
    )


def _offered(
    terms: Terms,
) -> tuple[tuple[ask.AskedPayer, ...], tuple[ask.AskedCoverage, ...], tuple[ask.AskedCharge, ...]]:
    return (
        tuple(ask.AskedPayer(payer.payer_id, payer.kind, payer.weight) for payer in terms.payers),
        tuple(map(_coverage, terms.coverages)),
        tuple(ask.AskedCharge(charge.pattern, to_wire(charge.amount)) for charge in terms.charges),
    )
