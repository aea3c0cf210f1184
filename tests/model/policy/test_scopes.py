"""What an approval is good for, what a moratorium has in its scope, and what is in force."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import END, START, cancel, terms, usd
from model.money import Money
from model.policy.commands import ApproveIssue, EditJob, RaiseIssue
from model.policy.edits import AdjustCharge
from model.policy.moratorium import Moratorium, Suspended, scopes, suspension
from model.policy.proposals import PolicyChange, Reinstatement
from model.policy.proration import in_force_premium
from model.policy.states import periods

D = date(2026, 8, 3)


def more(cents: int, day: date = D) -> PolicyChange:
    return PolicyChange(day, (AdjustCharge("premium", Money(cents, "USD")),))


# --- approvals


@pytest.mark.parametrize(("scope", "answer"), [("job", "JobBound+PolicyChanged"), ("quote", "issue_open")])
def test_an_approval_of_the_quote_goes_with_the_quote_and_one_of_the_job_stays(scope, answer, in_force, answered):
    desk = in_force()
    desk.open("J", more(1000))
    about: Any = desk.about(D, job_id="J")
    desk.ask(RaiseIssue(**about, code="roof", blocks="bind", authority="underwriter"))
    desk.ask(ApproveIssue(**about, code="roof", authority="manager", until=END, scope=scope))
    desk.ask(EditJob(**about, proposal=more(2000)))
    desk.quote("J")

    assert answered(desk.bind("J")) == answer


def test_an_approval_is_widened_by_another_and_asked_twice_answered_once(in_force, answered):
    desk = in_force()
    desk.open("J", more(1000))
    about: Any = desk.about(D, job_id="J")
    desk.ask(RaiseIssue(**about, code="roof", blocks="bind", authority="underwriter"))
    narrow = ApproveIssue(**about, code="roof", authority="manager", until=END, scope="quote")

    assert answered(desk.ask(narrow)) == "IssueApproved"
    assert answered(desk.ask(narrow)) == "-"
    assert answered(desk.ask(replace(narrow, scope="job"))) == "IssueApproved"


# --- moratoria


ONE = Moratorium("ONE", ("FL",), (), (), D, None, (Suspended("cancel", "hold"), Suspended("bind", "refuse")))
OTHER = Moratorium("OTHER", (), ("county:Lee",), (), D, END, (Suspended("cancel", "refuse"),))


def test_overlapping_moratoria_suspend_what_any_of_them_names():
    insured = replace(terms(1), areas=("county:Lee",))

    assert scopes((ONE, OTHER), insured, D) == {"cancel": ("ONE", "OTHER"), "bind": ("ONE",)}
    assert scopes((ONE, OTHER), terms(1), D) == {"cancel": ("ONE",), "bind": ("ONE",)}
    assert scopes((ONE, OTHER), insured, D - timedelta(days=1)) == {}
    assert scopes((OTHER,), insured, END) == {}


@pytest.mark.parametrize("day", [D - timedelta(days=1), D, END])
@pytest.mark.parametrize("operation", ["cancel", "bind", "renew"])
def test_a_policy_is_in_scope_exactly_where_its_operation_is_suspended(operation, day):
    insured = replace(terms(1), areas=("county:Lee",))
    suspended = suspension((ONE, OTHER), operation, insured, on=day, reason="")

    assert (operation in scopes((ONE, OTHER), insured, day)) is (suspended is not None)


# --- in force


def test_in_force_premium_is_what_a_year_of_the_day_costs(in_force):
    desk = in_force()
    desk.whole("A", more(36500, date(2026, 9, 1)))
    terms_of = periods(desk.state)
    days = (START - timedelta(days=1), START, date(2026, 8, 31), date(2026, 9, 1), END - timedelta(days=1), END)

    assert [str(in_force_premium(desk.core.carrier, terms_of, day)) for day in days] == [
        "0.00 USD", "2400.00 USD", "2400.00 USD", "2765.00 USD", "2765.00 USD", "0.00 USD",
    ]  # fmt: skip


def test_nothing_is_in_force_in_a_gap(in_force):
    desk = in_force()
    desk.ask(cancel(1))
    desk.whole("R", Reinstatement(date(2026, 12, 11)), on=date(2026, 12, 11))
    terms_of = periods(desk.state)

    found = [in_force_premium(desk.core.carrier, terms_of, date(2026, 12, day)) for day in (1, 10, 11)]
    assert found == [usd("0.00"), usd("0.00"), usd("2400.00")]
