"""Jobs against each other, and a cancellation that is pending: one story each, good and bad."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import END, QUOTED, START, at, terms, usd
from fixtures.jurisdictions import florida
from model.choices.policy import Product
from model.core import Core
from model.money import Money
from model.policy import commands as ask
from model.policy.edits import AdjustCharge, DropCoverage, SetCoverage
from model.policy.proposals import (
    Cancellation,
    PolicyChange,
    Submission,
)
from model.policy.states import Cancelled, InForce, PendingCancel
from model.policy.terms import Coverage

LAW, COASTAL = florida()
D = date(2026, 8, 3)
NEXT = replace(terms(1), start=END, end=date(2028, 6, 1))


def more(minor, day=date(2026, 9, 1)) -> PolicyChange:
    return PolicyChange(day, (AdjustCharge("premium", Money(minor, "USD")),))


# --- jobs


def test_two_changes_of_one_base_have_one_winner_and_the_other_merges(in_force, answered):
    desk = in_force()
    flood = SetCoverage(Coverage("flood", usd("1000.00"), usd("10.00"), usd("10.00")))
    richer = SetCoverage(Coverage("flood", usd("2000.00"), usd("10.00"), usd("10.00")))
    day = date(2026, 9, 1)
    for job, edit in (("one", flood), ("other", richer)):
        desk.open(job, PolicyChange(day, (edit,)))
        desk.quote(job)

    assert answered(desk.bind("one")) == "JobBound+PolicyChanged+JobPreempted"
    assert answered(desk.bind("other")) == "stale_base"
    assert answered(desk.quote("other")) == "stale_base"
    merge = desk.about(D, job_id="other")
    assert answered(desk.ask(ask.MergeJob(**merge))) == "conflict_unresolved"
    assert answered(desk.ask(ask.MergeJob(**merge, choices=(ask.Choice("coverage.flood", "mine"),)))) == "JobMerged"
    assert answered(desk.bind("other")) == "wrong_state"
    desk.quote("other")
    assert answered(desk.bind("other")) == "JobBound+PolicyChanged"
    (flooded,) = [one for one in desk.state.period.cover[-1].coverages if one.code == "flood"]
    assert flooded.limit == usd("2000.00")


def test_what_yields_in_a_merge_is_dropped(in_force):
    desk = in_force()
    flood = SetCoverage(Coverage("flood", usd("1000.00"), usd("10.00"), usd("10.00")))
    for job in ("one", "other"):
        desk.open(job, PolicyChange(D, (flood, AdjustCharge("premium", usd("10.00")))))
        desk.quote(job)
    desk.bind("one")
    choices = (ask.Choice("coverage.flood", "theirs"),)
    (merged,) = desk.ask(ask.MergeJob(**desk.about(D, job_id="other"), choices=choices))

    assert merged.proposal.edits == (AdjustCharge("premium", usd("10.00")),)


def test_a_submission_goes_the_long_way_past_an_underwriter(answered):
    core = Core(LAW, COASTAL)
    about: dict[str, Any] = {"policy_id": "P", "job_id": "S", "on": QUOTED, "at": at(QUOTED)}
    issue_ = ask.RaiseIssue(**about, code="old_roof", blocks="bind", authority="underwriter")
    approval = ask.ApproveIssue(**about, code="old_roof", authority="agent", until=END)
    steps = [
        ask.OpenJob(**about, proposal=Submission(terms(1))),
        issue_,
        ask.QuoteJob(**about),
        ask.BindJob(**about),
        approval,
        replace(approval, authority="manager"),
        ask.BindJob(**about),
        ask.IssueJob(**about),
    ]

    assert [answered(core.submit(step)) for step in steps] == [
        "JobOpened",
        "IssueRaised",
        "JobQuoted",
        "issue_open",
        "above_authority",
        "IssueApproved",
        "JobBound+PolicyQuoted+PolicyBound",
        "JobIssued+PolicyIssued",
    ]
    assert isinstance(core.policy("P"), InForce)


def test_a_quote_of_a_change_runs_out(in_force, answered):
    desk = in_force()
    desk.open("J", more(1000))
    desk.quote("J")
    late = D + timedelta(days=31)

    assert answered(desk.bind("J", on=late)) == "quote_expired"
    assert answered(desk.ask(ask.CloseJob(**desk.about(late, job_id="J"), outcome="expired"))) == "JobClosed"
    assert (
        answered(desk.ask(ask.RecordDecision(**desk.about(late, job_id="J"), decision="accepted")))
        == "DecisionRecorded"
    )
    assert answered(desk.bind("J", on=late)) == "quote_expired"
    job = desk.state.docket.job("J")
    assert (job.status, job.decision) == ("expired", "accepted")


@pytest.mark.parametrize(
    ("edits", "day", "answer"),
    [
        ((), D, "nothing_changed"),
        ((DropCoverage("flood"),), D, "unknown_coverage"),
        ((DropCoverage("dwelling"), DropCoverage("contents")), D, "no_coverage"),
        ((AdjustCharge("premium", usd("-2400.01")),), D, "negative_charge"),
        ((AdjustCharge("surcharge", usd("1.00")),), D, "unknown_charge_pattern"),
        ((AdjustCharge("premium", Money(100, "EUR")),), D, "wrong_currency"),
        ((SetCoverage(Coverage("flood", Money(1, "EUR"), usd("0.00"), usd("0.00"))),), D, "wrong_currency"),
        ((SetCoverage(Coverage("flood", usd("-1.00"), usd("0.00"), usd("0.00"))),), D, "negative_amount"),
        ((AdjustCharge("premium", usd("1.00")),), START - timedelta(days=1), "outside_term"),
        ((AdjustCharge("premium", usd("1.00")),), END, "outside_term"),
    ],
)
def test_a_change_that_cannot_be_made_is_not_quoted(edits, day, answer, in_force, answered):
    desk = in_force()
    desk.open("J", PolicyChange(day, edits))

    assert answered(desk.quote("J")) == answer


def test_a_coverage_that_the_product_does_not_have_is_refused(in_force, answered):
    desk = in_force(products=(Product("homeowners", "home", ("dwelling", "contents")),))
    flood = Coverage("flood", usd("1.00"), usd("0.00"), usd("0.00"))
    desk.open("J", PolicyChange(D, (SetCoverage(flood),)))
    offered = ask.QuotePolicy(policy_id="Q", terms=replace(terms(1), coverages=(flood,)), on=D, at=at(D))

    assert answered(desk.quote("J")) == "unknown_coverage"
    assert answered(desk.ask(offered)) == "unknown_coverage"


# --- pending cancellation


def test_a_payment_before_the_day_rescinds_and_after_it_only_reinstatement_helps(in_force, answered):
    desk = in_force()
    (given_,) = desk.notice(required=usd("100.00"))
    assert given_.effective == D + timedelta(days=10)
    paid = ask.RescindCancellation(**desk.about(given_.effective - timedelta(days=1)), paid=usd("100.00"))
    assert answered(desk.core.submit(replace(paid, paid=usd("99.99")))) == "not_enough_paid"
    assert answered(desk.core.submit(replace(paid, paid=Money(10000, "EUR")))) == "wrong_currency"
    assert answered(desk.core.submit(replace(paid, on=given_.effective))) == "cancellation_took_effect"
    assert answered(desk.ask(paid)) == "CancellationRescinded"
    assert isinstance(desk.state, InForce)


def test_both_orders_of_payment_and_cancellation_end_where_the_payment_day_says(in_force):
    """The policy decides by the day on which the money came, not by the order in which it hears of things."""
    for paid_on, ends in ((9, InForce), (10, Cancelled)):
        desk = in_force()
        (notice,) = desk.notice(required=usd("100.00"))
        desk.ask(ask.RescindCancellation(**desk.about(D + timedelta(days=paid_on)), paid=usd("100.00")))
        if isinstance(desk.state, PendingCancel):
            desk.ask(ask.CancelPolicy(**desk.about(notice.effective), reason="nonpayment"))
        assert isinstance(desk.state, ends)


def test_a_scheduled_cancellation_moves_earlier_but_not_before_the_law_and_never_later(in_force, answered):
    desk = in_force()
    desk.notice(effective=D + timedelta(days=30))
    moves = [ask.MoveCancellation(**desk.about(D), effective=D + timedelta(days=days)) for days in (40, 9, 12)]

    assert [answered(desk.ask(move)) for move in moves] == [
        "cancellation_not_later",
        "notice_too_short",
        "CancellationMoved",
    ]
    assert desk.state.notice.effective == D + timedelta(days=12)


def test_a_carrier_that_checks_refuses_a_cancellation_without_its_notice(in_force, answered):
    desk = in_force(notice_check="refuse_unnoticed")
    hasty = ask.CancelPolicy(**desk.about(D), reason="nonpayment")

    assert answered(desk.ask(hasty)) == "notice_required"
    assert answered(desk.whole("J", Cancellation(D, "nonpayment"))) == "notice_required"
    desk.notice()
    assert answered(desk.ask(hasty)) == "notice_too_short"
    assert answered(desk.ask(replace(hasty, on=D + timedelta(days=10)))) == "PolicyCancelled+JobClosed"
