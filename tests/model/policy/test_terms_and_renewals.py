"""Reinstatement, rewrite, renewal and nonrenewal: one story each, good and bad."""

from datetime import date, timedelta

from msgspec.structs import replace

from fixtures.histories import END, START, at, cancel, policy_id, terms, usd
from fixtures.jurisdictions import florida
from model.money import Money
from model.policy import commands as ask
from model.policy.edits import AdjustCharge
from model.policy.job_events import JobClosed, JobPreempted
from model.policy.proposals import (
    NonRenewal,
    PolicyChange,
    Reinstatement,
    Renewal,
    Rewrite,
)
from model.policy.states import Expired, as_of
from model.policy.terms import Charge
from model.published.seen import policy_view

LAW, COASTAL = florida()
D = date(2026, 8, 3)
NEXT = replace(terms(1), start=END, end=date(2028, 6, 1))


def more(minor, day=date(2026, 9, 1)) -> PolicyChange:
    return PolicyChange(day, (AdjustCharge("premium", Money(minor, "USD")),))


# --- reinstatement and rewrite


def test_a_lapse_is_a_gap_without_cover_and_without_premium(in_force):
    desk = in_force()
    desk.ask(cancel(1))
    back = date(2026, 12, 11)
    (bound, reinstated) = desk.whole("R", Reinstatement(back), on=back)

    assert [(one.status, one.start) for one in desk.state.period.cover] == [
        ("in_force", START),
        ("gap", date(2026, 12, 1)),
        ("in_force", back),
    ]
    assert desk.state.terms.end == END
    assert {one.pattern: str(one.amount) for one in reinstated.charges} == {
        "premium": "1130.96 USD",
        "tax": "20.36 USD",
    }
    gap, cover = (as_of(desk.state, effective=day, known_at=at(END)) for day in (date(2026, 12, 5), back))
    assert (gap and gap.status, cover and cover.status) == ("cancelled", "in_force")
    assert type(bound).__name__ == "JobBound"


def test_nothing_ends_inside_a_gap(in_force, answered):
    desk = in_force(reinstatement_fee_minor=1500)
    desk.ask(cancel(1))
    desk.whole("R", Reinstatement(date(2026, 12, 11)), on=date(2026, 12, 11))

    again = ask.CancelPolicy(**desk.about(date(2026, 12, 5)), reason="insured_request")
    assert answered(desk.ask(again)) == "in_lapse"
    assert answered(desk.ask(replace(again, on=date(2026, 12, 11)))).startswith("PolicyCancelled")


def test_a_reinstatement_costs_its_fee_and_comes_too_late_one_day(in_force, answered):
    desk = in_force(reinstatement_fee_minor=1500, reinstatement_days=10)
    desk.ask(cancel(1))
    on = date(2026, 12, 1)
    desk.open("R", Reinstatement(on), on)
    assert answered(desk.quote("R", on + timedelta(days=11))) == "too_late_to_reinstate"
    (quoted,) = desk.quote("R", on + timedelta(days=10))

    assert {one.pattern: str(one.amount) for one in quoted.charges}["fee"] == "15.00 USD"


def test_a_rewrite_ends_the_old_terms_without_a_penalty_and_links_both(in_force):
    desk = in_force(insured_cancellation="short_rate_90")
    flat = replace(terms(1), charges=(Charge("premium", usd("2000.00")),))
    (_, rewritten) = desk.whole("W", Rewrite(flat))

    assert {one.pattern: str(one.amount) for one in rewritten.returned} == {
        "premium": "-2400.00 USD",
        "tax": "-43.20 USD",
    }
    (old,) = desk.state.earlier
    assert old.versions[-1].job_id == desk.state.period.versions[0].job_id == "W"


# --- renewal


def test_a_renewal_is_bound_on_payment_and_takes_over_when_the_term_ends(in_force, answered):
    desk = in_force()
    on = date(2027, 4, 15)
    assert answered(desk.open("R", Renewal(NEXT), on=date(2027, 4, 1))) == "not_yet"
    desk.open("R", Renewal(NEXT), on)
    desk.quote("R", on)
    assert answered(desk.bind("R", on)) == "payment_required"
    assert answered(desk.bind("R", on, paid=usd("500.00"))) == "JobBound"
    assert answered(desk.issue("R", on)) == "JobIssued+PolicyRenewed"
    view = policy_view(policy_id(1), desk.state, desk.core.carrier)
    assert view is not None
    assert view.has_renewal == "yes"
    assert answered(desk.ask(ask.ExpirePolicy(**desk.about(END)))) == "TermStarted"
    assert desk.state.terms.start == END
    assert [str(one.amount) for one in desk.state.period.booked][:1] == ["2400.00 USD"]


def test_a_renewal_deemed_accepted_and_never_paid_is_not_taken(in_force, answered):
    desk = in_force(renewal_acceptance="deemed", renewal_grace_days=10)
    on = date(2027, 4, 15)
    desk.whole("R", Renewal(NEXT), on=on)
    desk.issue("R", on)
    desk.ask(ask.ExpirePolicy(**desk.about(END)))
    close = ask.CloseJob(**desk.about(END + timedelta(days=10), job_id="R"), outcome="not_taken")

    assert answered(desk.ask(close)) == "grace_not_over"
    (undone,) = desk.ask(replace(close, on=END + timedelta(days=11)))
    assert isinstance(desk.state, Expired)
    assert sum(one.amount.minor for one in undone.returned) == -(240000 + 4320 + 2500)


def test_a_change_after_the_renewal_is_bound_leaves_it_alone_until_it_is_applied(in_force, answered):
    desk = in_force()
    on = date(2027, 4, 15)
    desk.whole("R", Renewal(NEXT), on=on, paid=usd("500.00"))
    changed = desk.whole("C", more(36500, date(2027, 5, 1)), on=on)
    assert not [event for event in changed if isinstance(event, JobPreempted)]
    job = desk.state.docket.job("R")
    assert job.proposal == Renewal(NEXT)
    assert answered(desk.ask(ask.MergeJob(**desk.about(on, job_id="R")))) == "JobMerged"
    merged = desk.state.docket.job("R")
    assert merged.status == "draft"
    assert str(merged.proposal.terms.charges[0].amount) == "2765.00 USD"


def test_a_cancellation_takes_the_renewal_and_everything_unissued_with_it(in_force, answered):
    desk = in_force(renewal_acceptance="deemed")
    on = date(2027, 4, 15)
    desk.whole("R", Renewal(NEXT), on=on)
    desk.issue("R", on)
    desk.open("C", more(100, date(2027, 5, 1)), on)
    answer = desk.ask(ask.CancelPolicy(**desk.about(date(2027, 5, 1)), reason="insured_request"))

    assert answered(answer) == "RenewalNotTaken+PolicyCancelled+JobClosed"
    assert answer[-1] == JobClosed(
        policy_id=policy_id(1), job_id="C", outcome="withdrawn", on=date(2027, 5, 1), at=at(date(2027, 5, 1))
    )


def test_a_late_nonrenewal_keeps_cover_up_and_charges_for_it(in_force, answered):
    desk = in_force()
    mailed = date(2027, 3, 1)
    (_, told) = desk.whole("N", NonRenewal(mailed, "losses"), on=mailed)

    assert told.latest == END - timedelta(days=120)
    assert told.ends == mailed + timedelta(days=120)
    assert str(told.charges[0].amount) == "184.11 USD"
    assert answered(desk.ask(ask.ExpirePolicy(**desk.about(END)))) == "term_not_over"
    desk.open("R", Renewal(NEXT), on=date(2027, 4, 15))
    assert answered(desk.quote("R", date(2027, 4, 15))) == "nonrenewed"
