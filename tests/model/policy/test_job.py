"""The job: every command in every status, and what keeps a job from being bound."""

from datetime import date, timedelta
from functools import reduce
from typing import Any, get_args

import pytest

from fixtures.histories import END, at, terms, usd
from model.decider import Refusal
from model.policy.commands import (
    ApproveIssue,
    BindJob,
    CloseJob,
    EditJob,
    IssueJob,
    JobCommand,
    MergeJob,
    QuoteJob,
    RaiseIssue,
    RecordDecision,
)
from model.policy.edits import AdjustCharge
from model.policy.job import Facts, Job, Status, decide, evolve
from model.policy.job_events import (
    IssueApproved,
    IssueRaised,
    JobBound,
    JobClosed,
    JobEdited,
    JobEvent,
    JobIssued,
    JobMerged,
    JobOpened,
    JobPreempted,
    JobQuoted,
)
from model.policy.proposals import PolicyChange, Renewal
from model.policy.terms import Charge

DAY = date(2026, 8, 3)
EXPIRES = DAY + timedelta(days=30)
CHANGE = PolicyChange(date(2026, 9, 1), (AdjustCharge("premium", usd("365.00")),))
DEARER = PolicyChange(date(2026, 9, 1), (AdjustCharge("premium", usd("730.00")),))
LEVELS = ("agent", "underwriter", "manager")
FACTS = Facts(
    base=1, authority_levels=LEVELS, charges=(Charge("premium", usd("273.00")),), expires=EXPIRES, merged=DEARER
)


def of_job(command, on=DAY, **about) -> Any:
    return command(policy_id="P", job_id="J", on=on, at=at(on), **about)


DRAFT = Job("J", CHANGE, "draft", 1)
QUOTED = of_job(JobQuoted, charges=FACTS.charges, expires=EXPIRES)


def after(*events: JobEvent) -> Job:
    return reduce(evolve, events, DRAFT)


STATES = {
    "draft": DRAFT,
    "quoted": after(QUOTED),
    "bound": after(QUOTED, of_job(JobBound)),
    "issued": after(QUOTED, of_job(JobBound), of_job(JobIssued)),
    "declined": after(of_job(JobClosed, outcome="declined")),
    "withdrawn": after(of_job(JobClosed, outcome="withdrawn")),
    "not_taken": after(QUOTED, of_job(JobClosed, outcome="not_taken")),
    "expired": after(QUOTED, of_job(JobClosed, outcome="expired")),
    "preempted": after(QUOTED, of_job(JobPreempted, kind="policy_change", winner="K")),
}
COMMANDS = {
    "EditJob": of_job(EditJob, proposal=DEARER),
    "EditJob(same)": of_job(EditJob, proposal=CHANGE),
    "EditJob(other)": of_job(EditJob, proposal=Renewal(terms(1))),
    "QuoteJob": of_job(QuoteJob),
    "RaiseIssue": of_job(RaiseIssue, code="roof", blocks="bind", authority="underwriter"),
    "RaiseIssue(nobody)": of_job(RaiseIssue, code="roof", blocks="bind", authority="president"),
    "ApproveIssue": of_job(ApproveIssue, code="roof", authority="underwriter", until=END),
    "RecordDecision": of_job(RecordDecision, decision="accepted"),
    "BindJob": of_job(BindJob),
    "BindJob(late)": of_job(BindJob, on=EXPIRES + timedelta(days=1)),
    "IssueJob": of_job(IssueJob),
    "CloseJob(declined)": of_job(CloseJob, outcome="declined"),
    "CloseJob(withdrawn)": of_job(CloseJob, outcome="withdrawn"),
    "CloseJob(not_taken)": of_job(CloseJob, outcome="not_taken"),
    "CloseJob(expired)": of_job(CloseJob, outcome="expired", on=EXPIRES + timedelta(days=1)),
    "CloseJob(expired,early)": of_job(CloseJob, outcome="expired", on=EXPIRES),
    "MergeJob": of_job(MergeJob),
}
TABLE = """
#                        draft              quoted             bound              issued            declined     withdrawn    not_taken         expired           preempted
EditJob                  JobEdited          JobEdited          wrong_state        wrong_state       wrong_state  wrong_state  wrong_state       wrong_state       wrong_state
EditJob(same)            -                  JobEdited          wrong_state        wrong_state       wrong_state  wrong_state  wrong_state       wrong_state       wrong_state
EditJob(other)           wrong_kind         wrong_kind         wrong_state        wrong_state       wrong_state  wrong_state  wrong_state       wrong_state       wrong_state
QuoteJob                 JobQuoted          -                  wrong_state        wrong_state       wrong_state  wrong_state  wrong_state       wrong_state       stale_base
RaiseIssue               IssueRaised        IssueRaised        IssueRaised        wrong_state       wrong_state  wrong_state  wrong_state       wrong_state       IssueRaised
RaiseIssue(nobody)       unknown_authority  unknown_authority  unknown_authority  wrong_state       wrong_state  wrong_state  wrong_state       wrong_state       unknown_authority
ApproveIssue             unknown_issue      unknown_issue      unknown_issue      wrong_state       wrong_state  wrong_state  wrong_state       wrong_state       unknown_issue
RecordDecision           not_quoted         DecisionRecorded   DecisionRecorded   DecisionRecorded  not_quoted   not_quoted   DecisionRecorded  DecisionRecorded  DecisionRecorded
BindJob                  wrong_state        JobBound           -                  -                 wrong_state  wrong_state  wrong_state       quote_expired     stale_base
BindJob(late)            wrong_state        quote_expired      -                  -                 wrong_state  wrong_state  wrong_state       quote_expired     stale_base
IssueJob                 wrong_state        wrong_state        JobIssued          -                 wrong_state  wrong_state  wrong_state       wrong_state       wrong_state
CloseJob(declined)       JobClosed          JobClosed          wrong_state        wrong_state       -            wrong_state  wrong_state       wrong_state       JobClosed
CloseJob(withdrawn)      JobClosed          JobClosed          wrong_state        wrong_state       wrong_state  -            wrong_state       wrong_state       JobClosed
CloseJob(not_taken)      wrong_state        JobClosed          wrong_state        wrong_state       wrong_state  wrong_state  -                 wrong_state       wrong_state
CloseJob(expired)        wrong_state        JobClosed          wrong_state        wrong_state       wrong_state  wrong_state  wrong_state       -                 wrong_state
CloseJob(expired,early)  wrong_state        quote_still_open   wrong_state        wrong_state       wrong_state  wrong_state  wrong_state       -                 wrong_state
MergeJob                 wrong_state        wrong_state        wrong_state        wrong_state       wrong_state  wrong_state  wrong_state       wrong_state       JobMerged
"""


def decided(command, job, **facts) -> Any:
    about: dict[str, Any] = {"base": 1, "authority_levels": LEVELS, **facts}
    return decide(command, job, Facts(**about))


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(decide(command, state, FACTS)) == wanted


def test_the_table_has_every_command_and_every_status():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(JobCommand))
    assert set(STATES) == set(get_args(Status))
    assert all(job.status == status for status, job in STATES.items())


EVENTS = (
    JobOpened(policy_id="P", job_id="J", proposal=CHANGE, base=1, on=DAY, at=at(DAY)),
    of_job(JobEdited, proposal=DEARER),
    of_job(IssueRaised, code="roof", blocks="bind", authority="underwriter"),
    of_job(JobMerged, proposal=DEARER, base=2),
)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_edit_or_a_merge_makes_a_draft_without_a_quote(event):
    job = evolve(STATES["quoted"], event)

    voided = isinstance(event, JobEdited | JobMerged)
    assert (job.status, job.quote_expires) == (("draft", None) if voided else ("quoted", EXPIRES))


def test_two_quotes_stand_on_one_base_and_only_one_can_be_bound(answered):
    assert answered(decided(of_job(BindJob), STATES["quoted"], base=1)) == "JobBound"
    assert answered(decided(of_job(BindJob), STATES["quoted"], base=2)) == "stale_base"


@pytest.mark.parametrize(
    ("blocks", "command"),
    [("quote", of_job(QuoteJob)), ("bind", of_job(BindJob)), ("issue", of_job(IssueJob))],
)
def test_an_issue_blocks_its_step_until_somebody_with_authority_approves_it(blocks, command, answered):
    state = {"quote": "draft", "bind": "quoted", "issue": "bound"}[blocks]
    job = evolve(STATES[state], of_job(IssueRaised, code="roof", blocks=blocks, authority="underwriter"))
    approved = of_job(IssueApproved, code="roof", authority="manager", until=DAY)

    assert answered(decided(command, job)) == "issue_open"
    assert isinstance(decided(command, evolve(job, approved)), tuple)


def test_an_approval_runs_out(answered):
    job = evolve(STATES["quoted"], of_job(IssueRaised, code="roof", blocks="bind", authority="underwriter"))
    job = evolve(job, of_job(IssueApproved, code="roof", authority="manager", until=DAY))

    assert answered(decided(of_job(BindJob, on=DAY + timedelta(days=1)), job)) == "issue_open"


@pytest.mark.parametrize(
    ("authority", "answer"),
    [
        ("agent", "above_authority"),
        ("underwriter", "IssueApproved"),
        ("manager", "IssueApproved"),
        ("ceo", "unknown_authority"),
    ],
)
def test_an_issue_is_approved_by_its_authority_or_above(authority, answer, answered):
    job = evolve(STATES["quoted"], of_job(IssueRaised, code="roof", blocks="bind", authority="underwriter"))

    assert answered(decided(of_job(ApproveIssue, code="roof", authority=authority, until=END), job)) == answer


def test_a_decision_after_the_expiry_is_kept_beside_it():
    """Both facts stay in the record: the quote ran out, and then somebody accepted it."""
    late = of_job(RecordDecision, decision="accepted", on=EXPIRES + timedelta(days=5))
    events = decided(late, STATES["expired"])
    assert isinstance(events, tuple)
    job = reduce(evolve, events, STATES["expired"])

    assert (job.status, job.decision, job.quote_expires) == ("expired", "accepted", EXPIRES)
    assert decided(of_job(BindJob, on=late.on), job) == Refusal("quote_expired", f"the quote ran out on {EXPIRES}")


def test_a_bound_renewal_can_take_in_changes_and_be_withdrawn(answered):
    renewal = Job("J", Renewal(terms(1)), "bound", 1, EXPIRES)

    assert answered(decided(of_job(MergeJob), renewal, base=2, merged=Renewal(terms(1)))) == "JobMerged"
    assert answered(decided(of_job(CloseJob, outcome="withdrawn"), renewal)) == "JobClosed"
