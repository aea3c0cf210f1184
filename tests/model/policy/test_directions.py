"""What somebody said of the next term before its time, and approvals that hold for all jobs of a policy."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import END, terms, usd
from model.policy.at_rest import at_rest, restored
from model.policy.commands import ApproveIssue, CloseJob, DirectRenewal, ExpirePolicy, RaiseIssue
from model.policy.docket import Approval
from model.policy.edits import AdjustCharge
from model.policy.proposals import NonRenewal, PolicyChange, Renewal
from model.policy.referral import DIRECTED, MATERIAL_CHANGE
from model.policy.terms import Charge

OPENED = date(2027, 4, 5)
NEXT = replace(terms(1), start=END, end=date(2028, 6, 1))
REFERS: dict[str, Any] = {"renewal_referral": "on_material_change"}
PAID = usd("100.00")


def costing(premium: str) -> Renewal:
    others = tuple(charge for charge in NEXT.charges if charge.pattern != "premium")
    return Renewal(replace(NEXT, charges=(Charge("premium", usd(premium)), *others)))


def direct(desk, direction: Any, authority="underwriter", on=OPENED) -> Any:
    return desk.ask(DirectRenewal(**desk.about(on), direction=direction, authority=authority))


def offered(desk, premium="2400.00"):
    desk.open("R", costing(premium), on=OPENED)
    return desk.quote("R", on=OPENED)


# --- directions


def test_who_directs_that_it_be_renewed_lets_a_material_change_pass(in_force, answered):
    desk = in_force(**REFERS)
    assert answered(direct(desk, "renew")) == "RenewalDirected"

    assert answered(offered(desk, "4000.00")) == "JobQuoted"
    assert answered(desk.bind("R", on=OPENED, paid=PAID)) == "JobBound"


def test_who_directs_so_after_it_was_referred_approves_what_it_was_referred_for(in_force, answered):
    desk = in_force(**REFERS)
    assert answered(offered(desk, "4000.00")) == "JobQuoted+IssueRaised"

    assert answered(direct(desk, "renew")) == "RenewalDirected+IssueApproved"
    (issue,) = desk.state.docket.job("R").issues
    assert (issue.code, issue.approved_until) == (MATERIAL_CHANGE, END)
    assert answered(desk.bind("R", on=OPENED, paid=PAID)) == "JobBound"


def test_another_issue_is_not_approved_with_it(in_force, answered):
    desk = in_force()
    offered(desk)
    desk.ask(RaiseIssue(**desk.about(OPENED, job_id="R"), code="roof", blocks="bind", authority="underwriter"))

    assert answered(direct(desk, "renew")) == "RenewalDirected"
    assert answered(desk.bind("R", on=OPENED, paid=PAID)) == "issue_open"


@pytest.mark.parametrize("when", ["before", "after"])
def test_who_directs_that_it_be_referred_has_an_underwriter_look_at_what_changes_nothing(when, in_force, answered):
    desk = in_force()
    if when == "before":
        direct(desk, "refer", authority="agent")
        assert answered(offered(desk)) == "JobQuoted+IssueRaised"
    else:
        offered(desk)
        assert answered(direct(desk, "refer", authority="agent")) == "RenewalDirected+IssueRaised"

    assert [issue.code for issue in desk.state.docket.job("R").issues] == [DIRECTED]
    assert answered(desk.bind("R", on=OPENED, paid=PAID)) == "issue_open"


@pytest.mark.parametrize(("direction", "outcome"), [("non_renew", "declined"), ("not_taken", "not_taken")])
def test_a_renewal_is_taken_off_the_table_and_no_other_is_begun(direction, outcome, in_force, answered):
    desk = in_force()
    offered(desk)

    assert answered(direct(desk, direction, authority="agent")) == "RenewalDirected+JobClosed"
    assert desk.state.docket.job("R").status == outcome
    assert answered(desk.open("S", costing("2400.00"), on=OPENED)) == "renewal_directed"
    assert answered(desk.open("C", PolicyChange(OPENED, (AdjustCharge("premium", PAID),)), on=OPENED)) == "JobOpened"


def test_what_was_directed_may_be_directed_otherwise(in_force, answered):
    desk = in_force()
    direct(desk, "non_renew")
    assert answered(direct(desk, "non_renew")) == "-"
    assert answered(direct(desk, "renew")) == "RenewalDirected"

    assert answered(offered(desk)) == "JobQuoted"


@pytest.mark.parametrize(
    ("direction", "authority", "answer"),
    [
        ("renew", "agent", "above_authority"),
        ("renew", "manager", "RenewalDirected"),
        ("refer", "agent", "RenewalDirected"),
        ("not_taken", "ceo", "unknown_authority"),
    ],
)
def test_to_renew_whatever_changes_takes_the_authority_that_would_approve_it(
    direction, authority, answer, in_force, answered
):
    assert answered(direct(in_force(), direction, authority)) == answer


def test_nothing_is_directed_of_a_term_that_is_issued_or_that_a_notice_said_there_is_not(in_force, answered):
    issued, refused = in_force(), in_force(late_nonrenewal="extend_cover")
    issued.whole("R", costing("2400.00"), on=OPENED, paid=PAID)
    issued.issue("R", on=OPENED)
    assert answered(direct(issued, "not_taken")) == "already_renewed"

    refused.whole("N", NonRenewal(OPENED, "losses"), on=OPENED)
    assert answered(direct(refused, "renew")) == "nonrenewed"
    assert answered(direct(refused, "non_renew")) == "RenewalDirected"


def test_a_direction_is_of_one_term(in_force, answered):
    desk = in_force()
    direct(desk, "refer")
    offered(desk)
    approval = ApproveIssue(**desk.about(OPENED, job_id="R"), code=DIRECTED, authority="underwriter", until=END)
    desk.ask(approval)
    desk.bind("R", on=OPENED, paid=PAID)
    desk.issue("R", on=OPENED)
    assert desk.state.docket.direction == "refer"

    assert answered(desk.ask(ExpirePolicy(**desk.about(END)))) == "TermStarted"
    assert desk.state.docket.direction is None


# --- approvals of the policy

LATER = OPENED + timedelta(days=3)


def raised(desk, job, on=OPENED, authority="underwriter"):
    issue = RaiseIssue(**desk.about(on, job_id=job), code="roof", blocks="bind", authority=authority)
    return desk.ask(issue)


def approve(desk, job, scope: Any = "policy", authority="underwriter", until=LATER):
    about = desk.about(OPENED, job_id=job)
    return desk.ask(ApproveIssue(**about, code="roof", authority=authority, until=until, scope=scope))


def more(cents: str) -> PolicyChange:
    return PolicyChange(OPENED, (AdjustCharge("premium", usd(cents)),))


@pytest.mark.parametrize(("scope", "answer"), [("job", "IssueRaised"), ("policy", "IssueRaised+IssueApproved")])
def test_an_approval_of_the_policy_stands_for_jobs_to_come(scope, answer, in_force, answered):
    desk = in_force()
    desk.open("A", more("10.00"), on=OPENED)
    raised(desk, "A")
    approve(desk, "A", scope)
    desk.open("B", more("20.00"), on=OPENED)

    assert answered(raised(desk, "B")) == answer
    desk.quote("B", on=OPENED)
    bound = "JobBound+PolicyChanged+JobPreempted" if scope == "policy" else "issue_open"
    assert answered(desk.bind("B", on=OPENED)) == bound


def test_it_is_good_for_the_jobs_that_wait_already(in_force, answered):
    desk = in_force()
    for job in ("A", "B", "gone"):
        desk.open(job, more("10.00"), on=OPENED)
        raised(desk, job)
    desk.ask(CloseJob(**desk.about(OPENED, job_id="gone"), outcome="withdrawn"))

    assert answered(approve(desk, "A")) == "IssueApproved+IssueApproved"
    assert answered(approve(desk, "A")) == "-"
    assert [job.issues[0].scope for job in desk.state.docket.jobs] == ["policy", "policy", "job"]


@pytest.mark.parametrize(
    ("on", "authority", "answer"),
    [
        (LATER, "underwriter", "IssueRaised+IssueApproved"),
        (LATER + timedelta(days=1), "underwriter", "IssueRaised"),
        (LATER, "manager", "IssueRaised"),
    ],
)
def test_it_runs_out_and_reaches_no_further_than_its_authority(on, authority, answer, in_force, answered):
    desk = in_force()
    desk.open("A", more("10.00"), on=OPENED)
    raised(desk, "A")
    approve(desk, "A")
    desk.open("B", more("20.00"), on=on)

    assert answered(raised(desk, "B", on=on, authority=authority)) == answer


def test_a_referral_finds_the_approval_that_the_policy_has(in_force, answered):
    desk = in_force(**REFERS)
    offered(desk, "4000.00")
    about = desk.about(OPENED, job_id="R")
    desk.ask(ApproveIssue(**about, code=MATERIAL_CHANGE, authority="manager", until=END, scope="policy"))
    desk.ask(CloseJob(**about, outcome="withdrawn"))
    desk.open("S", costing("5000.00"), on=OPENED)

    assert answered(desk.quote("S", on=OPENED)) == "JobQuoted+IssueRaised+IssueApproved"


def test_directions_and_approvals_are_kept_at_rest(in_force):
    desk = in_force()
    direct(desk, "refer")
    desk.open("A", more("10.00"), on=OPENED)
    raised(desk, "A")
    approve(desk, "A")

    assert restored(at_rest(desk.state)) == desk.state
    assert desk.state.docket.approvals == (Approval("roof", "underwriter", LATER),)
