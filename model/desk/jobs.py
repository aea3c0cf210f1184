"""Jobs, notices and moratoria at the front desk: what becomes of a policy between its first issue and its end."""

from datetime import date
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from model.daycount import months_after
from model.decider import Refusal
from model.desk.asking import Answer, Asked, Handler, money_or_none, reading, taking
from model.desk.policies import charges_of, coverages_of, done, payers_of, unknown_policy
from model.money import MoneyError
from model.policy import commands as policy
from model.policy import edits, proposals
from model.policy.moratorium import DeclareMoratorium, EndMoratorium, Moratorium, Suspended
from model.policy.states import Unwritten
from model.policy.terms import Terms
from model.published import job_requests as jobs
from model.published import requests as ask
from model.published.operations import OperationName
from model.published.seen import moratorium_view
from model.wire import from_wire


class Term(Struct, frozen=True, gc=False):
    """[start, end)."""

    start: date
    end: date


def _edit(asked: jobs.Edit) -> edits.Edit:
    match asked:
        case jobs.SetCoverage(coverage=coverage):
            return edits.SetCoverage(coverages_of((coverage,))[0])
        case jobs.DropCoverage(code=code):
            return edits.DropCoverage(code)
        case jobs.AdjustCharge(pattern=pattern, by=by):
            return edits.AdjustCharge(pattern, from_wire(by))
        case _:
            assert_never(asked)


def _proposal(asked: jobs.Proposal, terms: Terms) -> proposals.Proposal:
    """`terms` are those that the policy has now: what a rewrite or a renewal does not say stays.

    Raises MoneyError for an amount that is none, ValueError for a term that no calendar holds.
    """
    match asked:
        case jobs.Change(effective=effective, edits=changes):
            return proposals.PolicyChange(effective, tuple(map(_edit, changes)))
        case jobs.Cancellation(effective=effective, reason=reason):
            return proposals.Cancellation(effective, reason)
        case jobs.Reinstatement(effective=effective):
            return proposals.Reinstatement(effective)
        case jobs.Rewrite(start=start, ends=ends):
            end = terms.end if ends == "with_the_term" else months_after(start, 12)
            return proposals.Rewrite(_next_terms(asked, Term(start, end), terms))
        case jobs.Renewal():
            term = Term(terms.end, months_after(terms.end, 12))
            return proposals.Renewal(_next_terms(asked, term, terms))
        case jobs.NonRenewal(mailed_on=mailed_on, reason=reason):
            return proposals.NonRenewal(mailed_on, reason)
        case _:
            assert_never(asked)


def _next_terms(asked: jobs.Rewrite | jobs.Renewal, term: Term, terms: Terms) -> Terms:
    return replace(
        terms,
        start=term.start,
        end=term.end,
        plan=asked.plan,
        autopay=asked.autopay,
        payers=payers_of(asked.payers),
        coverages=coverages_of(asked.coverages),
        charges=charges_of(asked.charges),
    )


def _open(asked: Asked, request: jobs.OpenJobRequest) -> Answer:
    state = asked.core.policy(asked.subject)
    if isinstance(state, Unwritten):
        return unknown_policy(asked.subject)
    try:
        proposal = _proposal(request.proposal, state.terms)
    except MoneyError as error:
        return Refusal("bad_amount", str(error))
    except ValueError as error:
        return Refusal("unknown_day", str(error))
    command = policy.OpenJob(
        policy_id=asked.subject, job_id=request.job_id, proposal=proposal, on=request.on, at=asked.now
    )
    return done(asked, command)


def _quote(asked: Asked, request: jobs.JobOnDayRequest) -> Answer:
    return done(asked, policy.QuoteJob(policy_id=asked.subject, job_id=request.job_id, on=request.on, at=asked.now))


def _bind(asked: Asked, request: jobs.BindJobRequest) -> Answer:
    try:
        paid = money_or_none(request.paid)
    except MoneyError as error:
        return Refusal("bad_amount", str(error))
    command = policy.BindJob(policy_id=asked.subject, job_id=request.job_id, paid=paid, on=request.on, at=asked.now)
    return done(asked, command)


def _issue(asked: Asked, request: jobs.JobOnDayRequest) -> Answer:
    return done(asked, policy.IssueJob(policy_id=asked.subject, job_id=request.job_id, on=request.on, at=asked.now))


def _close(asked: Asked, request: jobs.CloseJobRequest) -> Answer:
    command = policy.CloseJob(
        policy_id=asked.subject, job_id=request.job_id, outcome=request.outcome, on=request.on, at=asked.now
    )
    return done(asked, command)


def _raise_issue(asked: Asked, request: jobs.RaiseIssueRequest) -> Answer:
    command = policy.RaiseIssue(
        policy_id=asked.subject,
        job_id=request.job_id,
        code=request.code,
        blocks=request.blocks,
        authority=request.authority,
        on=request.on,
        at=asked.now,
    )
    return done(asked, command)


def _approve_issue(asked: Asked, request: jobs.ApproveIssueRequest) -> Answer:
    command = policy.ApproveIssue(
        policy_id=asked.subject,
        job_id=request.job_id,
        code=request.code,
        authority=request.authority,
        until=request.until,
        scope=request.scope,
        on=request.on,
        at=asked.now,
    )
    return done(asked, command)


def _direct_renewal(asked: Asked, request: jobs.DirectRenewalRequest) -> Answer:
    command = policy.DirectRenewal(
        policy_id=asked.subject,
        direction=request.direction,
        authority=request.authority,
        on=request.on,
        at=asked.now,
    )
    return done(asked, command)


def _give_notice(asked: Asked, request: jobs.GiveNoticeRequest) -> Answer:
    try:
        required, received = money_or_none(request.required), money_or_none(request.received)
    except MoneyError as error:
        return Refusal("bad_amount", str(error))
    command = policy.GiveNotice(
        policy_id=asked.subject,
        reason=request.reason,
        mailed_on=request.mailed_on,
        effective=request.effective,
        due_on=request.due_on,
        required=required,
        received=received,
        on=request.on,
        at=asked.now,
    )
    return done(asked, command)


def _rescind(asked: Asked, request: jobs.RescindCancellationRequest) -> Answer:
    try:
        paid = money_or_none(request.paid)
    except MoneyError as error:
        return Refusal("bad_amount", str(error))
    command = policy.RescindCancellation(policy_id=asked.subject, paid=paid, on=request.on, at=asked.now)
    return done(asked, command)


def _release(asked: Asked, request: ask.OnDayRequest) -> Answer:
    return done(asked, policy.ReleaseHeld(policy_id=asked.subject, on=request.on, at=asked.now))


# --- moratoria


def _declare(asked: Asked, request: jobs.DeclareMoratoriumRequest) -> Answer:
    declared = Moratorium(
        moratorium_id=asked.new_id("moratorium"),
        states=request.states,
        areas=request.areas,
        products=request.products,
        start=request.start,
        end=request.end,
        suspended=tuple(Suspended(one.operation, one.answer) for one in request.suspended),
        except_reasons=request.except_reasons,
        citation=request.citation,
    )
    return _moratorium_after(asked, DeclareMoratorium(moratorium=declared, on=request.on, at=asked.now))


def _end(asked: Asked, request: ask.OnDayRequest) -> Answer:
    if moratorium_view(asked.core.moratorium(asked.subject)) is None:
        return _unknown_moratorium(asked.subject)
    return _moratorium_after(asked, EndMoratorium(moratorium_id=asked.subject, on=request.on, at=asked.now))


def _moratorium_after(asked: Asked, command: DeclareMoratorium | EndMoratorium) -> Answer:
    refused = asked.core.submit(command)
    if isinstance(refused, Refusal):
        return refused
    known = command.moratorium if isinstance(command, DeclareMoratorium) else command
    return _moratorium(asked, known.moratorium_id)


def _read_moratorium(asked: Asked) -> Answer:
    return _moratorium(asked, asked.subject)


def _moratorium(asked: Asked, moratorium_id: str) -> Answer:
    return moratorium_view(asked.core.moratorium(moratorium_id)) or _unknown_moratorium(moratorium_id)


def _unknown_moratorium(moratorium_id: str) -> Refusal:
    return Refusal("unknown_moratorium", f"there is no moratorium {moratorium_id}")


JOBS: dict[OperationName, Handler] = {
    "open_job": taking(jobs.OpenJobRequest, _open),
    "quote_job": taking(jobs.JobOnDayRequest, _quote),
    "bind_job": taking(jobs.BindJobRequest, _bind),
    "issue_job": taking(jobs.JobOnDayRequest, _issue),
    "close_job": taking(jobs.CloseJobRequest, _close),
    "raise_issue": taking(jobs.RaiseIssueRequest, _raise_issue),
    "approve_issue": taking(jobs.ApproveIssueRequest, _approve_issue),
    "direct_renewal": taking(jobs.DirectRenewalRequest, _direct_renewal),
    "give_notice": taking(jobs.GiveNoticeRequest, _give_notice),
    "rescind_cancellation": taking(jobs.RescindCancellationRequest, _rescind),
    "release_held": taking(ask.OnDayRequest, _release),
    "declare_moratorium": taking(jobs.DeclareMoratoriumRequest, _declare),
    "end_moratorium": taking(ask.OnDayRequest, _end),
    "read_moratorium": reading(_read_moratorium),
}
