"""A renewal that changes little is bound by itself; one that changes materially waits for an underwriter, where the
carrier wants so.
"""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import END, terms, usd
from model.money import Money
from model.policy.commands import ApproveIssue, EditJob, QuoteJob
from model.policy.edits import AdjustCharge, SetCoverage
from model.policy.proposals import PolicyChange, Renewal
from model.policy.referral import MATERIAL_CHANGE
from model.policy.terms import Charge, Coverage

OPENED = date(2027, 4, 5)
NEXT = replace(terms(1), start=END, end=date(2028, 6, 1))
REFERS: dict[str, Any] = {"renewal_referral": "on_material_change"}
PAID = usd("100.00")
FLOOD = Coverage("flood", usd("1000.00"), usd("10.00"), usd("10.00"))


def costing(premium: str, offered=NEXT) -> Renewal:
    others = tuple(charge for charge in offered.charges if charge.pattern != "premium")
    return Renewal(replace(offered, charges=(Charge("premium", usd(premium)), *others)))


@pytest.mark.parametrize(
    ("premium", "quoted", "bound"),
    [
        ("2400.00", "JobQuoted", "JobBound"),
        ("3000.00", "JobQuoted", "JobBound"),
        ("3000.01", "JobQuoted+IssueRaised", "issue_open"),
        ("1800.00", "JobQuoted", "JobBound"),
        ("1799.99", "JobQuoted+IssueRaised", "issue_open"),
    ],
)
def test_a_quarter_of_the_premium_more_or_less_is_for_an_underwriter(premium, quoted, bound, in_force, answered):
    desk = in_force(**REFERS)
    desk.open("R", costing(premium), on=OPENED)

    assert answered(desk.quote("R", on=OPENED)) == quoted
    assert answered(desk.bind("R", on=OPENED, paid=PAID)) == bound


def test_another_coverage_is_for_an_underwriter_too(in_force, answered):
    desk = in_force(**REFERS)
    more = Renewal(replace(NEXT, coverages=(*NEXT.coverages, FLOOD)))
    desk.open("R", more, on=OPENED)

    assert answered(desk.quote("R", on=OPENED)) == "JobQuoted+IssueRaised"


def test_what_counts_is_what_a_year_cost_last(in_force, answered):
    """A change in the term made it dearer already, and insured more: the renewal at that is the same."""
    desk = in_force(**REFERS)
    desk.whole("C", PolicyChange(date(2026, 9, 1), (AdjustCharge("premium", Money(120000, "USD")), SetCoverage(FLOOD))))
    desk.open("R", costing("3600.00", replace(NEXT, coverages=(*NEXT.coverages, FLOOD))), on=OPENED)

    assert answered(desk.quote("R", on=OPENED)) == "JobQuoted"


def test_who_may_approve_does_and_the_renewal_is_bound(in_force, answered):
    desk = in_force(**REFERS)
    desk.open("R", costing("4000.00"), on=OPENED)
    desk.quote("R", on=OPENED)
    approval = ApproveIssue(**desk.about(OPENED, job_id="R"), code=MATERIAL_CHANGE, authority="agent", until=END)

    assert answered(desk.ask(approval)) == "above_authority"
    assert answered(desk.ask(replace(approval, authority="underwriter"))) == "IssueApproved"
    assert answered(desk.bind("R", on=OPENED, paid=PAID)) == "JobBound"
    desk.ask(EditJob(**desk.about(OPENED, job_id="R"), proposal=costing("5000.00")))
    assert answered(desk.quote("R", on=OPENED)) == "wrong_state"


def test_it_is_raised_once_however_often_the_renewal_is_quoted(in_force, answered):
    desk = in_force(**REFERS)
    desk.open("R", costing("4000.00"), on=OPENED)
    desk.quote("R", on=OPENED)
    desk.ask(EditJob(**desk.about(OPENED, job_id="R"), proposal=costing("4100.00")))

    assert answered(desk.quote("R", on=OPENED)) == "JobQuoted"
    assert [issue.code for issue in desk.state.docket.job("R").issues] == [MATERIAL_CHANGE]


def test_a_carrier_that_refers_nothing_refers_nothing(in_force, answered):
    desk = in_force()
    desk.open("R", costing("9000.00"), on=OPENED)

    assert answered(desk.quote("R", on=OPENED)) == "JobQuoted"


def test_deemed_accepted_a_renewal_binds_itself_unless_it_is_referred(in_force):
    """The process that binds renewals is told no, and the job stays quoted for whoever approves it."""
    for premium, status, told in (("2400.00", "issued", []), ("4000.00", "quoted", ["issue_open"])):
        desk = in_force(**REFERS, renewal_acceptance="deemed")
        desk.open("R", costing(premium), on=OPENED)
        about: Any = desk.about(OPENED, job_id="R")
        desk.core.submit(QuoteJob(**about))
        refused = desk.core.drain(at=about["at"])

        assert [one.code for one in refused] == told
        assert desk.state.docket.job("R").status == status
