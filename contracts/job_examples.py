"""Examples of what is asked about jobs, notices and moratoria, of the home that the named histories tell of."""

from datetime import date

from fixtures import histories as told
from fixtures.policy_histories import CHANGED, NONRENEWED, RENEWED
from model.policy.terms import Coverage
from model.published import job_requests as jobs
from model.published import requests as ask
from model.published.operations import OperationName
from model.wire import to_wire

NUMBER = 1
JOB = "J-1"


def coverages(of: tuple[Coverage, ...]) -> tuple[ask.AskedCoverage, ...]:
    return tuple(
        ask.AskedCoverage(one.code, to_wire(one.limit), to_wire(one.deductible), to_wire(one.hurricane_deductible))
        for one in of
    )


def payers() -> tuple[ask.AskedPayer, ...]:
    return tuple(ask.AskedPayer(payer.payer_id, payer.kind, payer.weight) for payer in told.terms(NUMBER).payers)


def charges() -> tuple[ask.AskedCharge, ...]:
    return tuple(ask.AskedCharge(charge.pattern, to_wire(charge.amount)) for charge in told.terms(NUMBER).charges)


def _change() -> jobs.Change:
    dwelling = coverages(told.terms(NUMBER).coverages)[0]
    more = jobs.AdjustCharge("premium", to_wire(told.usd("120.00")))
    return jobs.Change(CHANGED, (jobs.SetCoverage(dwelling), jobs.DropCoverage("contents"), more))


def _rewrite() -> jobs.Rewrite:
    terms = told.terms(NUMBER)
    offered = coverages(terms.coverages)
    return jobs.Rewrite(CHANGED, "with_the_term", terms.plan, terms.autopay, payers(), offered, charges())


def _renewal() -> jobs.Renewal:
    terms = told.terms(NUMBER)
    return jobs.Renewal(terms.plan, terms.autopay, payers(), coverages(terms.coverages), charges())


def _opened(proposal: jobs.Proposal, on: date) -> ask.Request:
    return jobs.OpenJobRequest(job_id=JOB, proposal=proposal, on=on)


def job_examples() -> dict[OperationName, dict[str, ask.Request]]:
    on_day = jobs.JobOnDayRequest(job_id=JOB, on=CHANGED)
    return {
        "open_job": {
            "a_change": _opened(_change(), CHANGED),
            "a_cancellation": _opened(jobs.Cancellation(told.CANCELLED, "insured_request"), CHANGED),
            "a_reinstatement": _opened(jobs.Reinstatement(told.CANCELLED), told.CANCELLED),
            "a_rewrite": _opened(_rewrite(), CHANGED),
            "a_renewal": _opened(_renewal(), RENEWED),
            "a_nonrenewal": _opened(jobs.NonRenewal(NONRENEWED, "losses"), NONRENEWED),
        },
        "quote_job": {"on_the_same_day": on_day},
        "bind_job": {
            "on_the_same_day": jobs.BindJobRequest(job_id=JOB, on=CHANGED),
            "a_renewal_by_paying": jobs.BindJobRequest(job_id=JOB, on=RENEWED, paid=to_wire(told.usd("500.00"))),
        },
        "issue_job": {"on_the_same_day": on_day},
        "close_job": {"thought_better": jobs.CloseJobRequest(job_id=JOB, outcome="withdrawn", on=CHANGED)},
        "raise_issue": {
            "an_old_roof": jobs.RaiseIssueRequest(
                job_id=JOB, code="roof", blocks="bind", authority="underwriter", on=CHANGED
            )
        },
        "approve_issue": {
            "for_this_job": jobs.ApproveIssueRequest(
                job_id=JOB, code="roof", authority="underwriter", until=told.END, on=CHANGED
            ),
            "for_the_whole_policy": jobs.ApproveIssueRequest(
                job_id=JOB, code="roof", authority="manager", until=told.END, on=CHANGED, scope="policy"
            ),
        },
        "direct_renewal": {
            "the_insured_leaves": jobs.DirectRenewalRequest(direction="not_taken", authority="agent", on=RENEWED)
        },
        "give_notice": {
            "nothing_was_paid": jobs.GiveNoticeRequest(
                reason="nonpayment",
                mailed_on=CHANGED,
                due_on=told.START,
                required=to_wire(told.usd("268.20")),
                on=CHANGED,
            )
        },
        "rescind_cancellation": {
            "it_was_paid": jobs.RescindCancellationRequest(on=CHANGED, paid=to_wire(told.usd("268.20")))
        },
        "release_held": {"when_it_is_over": ask.OnDayRequest(on=told.NOTICE)},
        "declare_moratorium": {
            "a_storm_watch": jobs.DeclareMoratoriumRequest(
                start=date(2026, 9, 8),
                end=date(2026, 9, 12),
                states=("FL",),
                areas=("county:Lee",),
                suspended=(jobs.AskedSuspension("bind", "refuse"), jobs.AskedSuspension("cancel", "hold")),
                on=date(2026, 9, 8),
            )
        },
        "end_moratorium": {"the_storm_is_gone": ask.OnDayRequest(on=date(2026, 9, 11))},
    }
