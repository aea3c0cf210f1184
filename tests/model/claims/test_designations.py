"""Designations in the core: what a regulator declares with a catastrophe moves the clocks of its claims, by county and
day of loss, and the desk tells where a claim stands.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.carrier_profiles import load_carrier
from fixtures.designations import load_designations
from fixtures.histories import at, claim_id, history, insured_id, play, policy_id, report
from fixtures.jurisdictions import florida, state_law
from model.claims.catastrophe import Catastrophe, DeclareCatastrophe, ReviseCatastrophe
from model.claims.commands import RecordMilestone
from model.claims.designation import Designation
from model.claims.standing import standing_of
from model.core import Core
from model.decider import Refusal
from model.desk import Desk
from model.published.claim_views import ClaimClocksView
from model.published.requests import ClocksQuestion, ReportClaimRequest

C = claim_id(1)
BERYL = load_designations()["beryl_2024"]
LOSS, NOTICE = datetime(2024, 7, 8, 9, tzinfo=UTC), date(2024, 7, 10)
STORM = Catastrophe(
    "2442", "Beryl", datetime(2024, 7, 7, tzinfo=UTC), datetime(2024, 7, 11, tzinfo=UTC), ("TX",), ("hurricane", "wind"),
    designations=(BERYL,),
)  # fmt: skip
ABOUT: dict[str, Any] = {"on": NOTICE, "at": at(NOTICE)}
ACKNOWLEDGE, EXTENDED = date(2024, 7, 25), date(2024, 8, 9)


def claimed(county: str = "Harris", loss_at: datetime = LOSS, **designated: Any) -> Core:
    core = Core(state_law("TX", NOTICE), load_carrier("coastal_mutual"))
    told = replace(report(1), state="TX", county=county, loss_at=loss_at, **ABOUT)
    assert not isinstance(core.submit(told), Refusal)
    declared = core.submit(DeclareCatastrophe(catastrophe=replace(STORM, **designated), **ABOUT))
    assert not isinstance(declared, Refusal), declared
    return core


def last_day(core: Core, name: str = "acknowledge") -> Any:
    found: Any = standing_of(core, C, line="home", today=NOTICE)
    return next(one.due for one in (*found.running, *found.met, *found.missed) if one.name == name)


@pytest.mark.parametrize(
    ("county", "loss_at", "due"),
    [
        ("Harris", LOSS, EXTENDED),
        ("Dallas", LOSS, ACKNOWLEDGE),
        ("Harris", LOSS + timedelta(days=2), ACKNOWLEDGE),
        # Where nobody knows the policy yet, the day is that of the carrier's own zone: a minute to midnight.
        ("Harris", datetime(2024, 7, 10, 3, 59, tzinfo=UTC), EXTENDED),
    ],
)
def test_a_designation_of_a_declared_catastrophe_holds_by_county_and_local_day_of_loss(county, loss_at, due):
    assert last_day(claimed(county, loss_at)) == due


def test_without_an_act_of_the_regulator_a_catastrophe_changes_no_clock():
    assert last_day(claimed(designations=())) == ACKNOWLEDGE


def test_a_designation_that_comes_with_a_revision_lengthens_clocks_that_run_already():
    core = claimed(designations=())
    core.submit(ReviseCatastrophe(catastrophe=STORM, **ABOUT))

    found: Any = standing_of(core, C, line="home", today=date(2024, 8, 1))
    assert found.overlays == ("cat_tx_542_059",)
    assert "acknowledge" in {one.name for one in found.running}


@pytest.mark.parametrize(
    "wrong",
    [
        replace(BERYL, word="no_such_overlay"),
        replace(BERYL, state="LA"),
        replace(BERYL, losses_to=date(2024, 7, 6)),
    ],
)
def test_a_designation_that_changes_no_clock_of_the_catastrophe_is_refused(wrong):
    core = Core(*florida())
    answer = core.submit(DeclareCatastrophe(catastrophe=replace(STORM, designations=(wrong,)), **ABOUT))

    assert isinstance(answer, Refusal)
    assert answer.code == "bad_designation"


def test_nobody_stands_anywhere_who_reported_nothing():
    assert standing_of(Core(*florida()), C, line="home", today=NOTICE) is None


# --- at the desk


def clocks(core: Core, on: date, claim: str = C) -> Any:
    return Desk(core, lambda kind: f"{kind}-1").answer("read_clocks", claim, ClocksQuestion(on=on), at(on))


def test_the_desk_tells_which_clocks_run_were_met_and_were_missed_and_what_it_costs():
    core = Core(*florida())
    play(core, history("a claim with a payment on its way"))

    early, late = clocks(core, date(2026, 9, 16)), clocks(core, date(2027, 1, 31))

    assert isinstance(early, ClaimClocksView)
    assert {one.name: one.status for one in early.clocks}["pay_or_deny"] == "running"
    (missed,) = [one for one in late.clocks if one.name == "pay_or_deny"]
    assert (missed.status, missed.rule) == ("missed", "fl.claims.pay_or_deny_after_notice")
    assert missed.days_late == (date(2027, 1, 31) - missed.due).days == late.days_late
    assert (late.owed.amount, late.owed.currency) == ("14000.00", "USD")


def test_what_a_miss_costs_is_in_money_with_its_rows():
    carrier = load_carrier("coastal_mutual")
    core = Core(state_law("TX", date(2026, 9, 15)), carrier)
    play(core, history("a claim with a payment on its way"))
    done = date(2026, 9, 28)
    for milestone in ("items_received", "claim_complete", "accepted"):
        core.submit(RecordMilestone(claim_id=C, milestone=milestone, on=done, at=at(done)))

    view = clocks(core, date(2026, 12, 31))

    assert float(view.interest.amount) > 0
    assert view.cost_rules


@pytest.mark.parametrize(("by", "interest"), [("simple_365_days", "207.12"), ("simple_360_days", "210.00")])
def test_the_year_of_late_interest_is_the_carriers_choice(by, interest):
    carrier = load_carrier("coastal_mutual")
    carrier = replace(carrier, claims=replace(carrier.claims, late_interest=by))
    core = Core(state_law("TX", date(2026, 9, 15)), carrier)
    play(core, history("a claim with a payment on its way"))
    accepted = date(2026, 9, 28)
    core.submit(RecordMilestone(claim_id=C, milestone="accepted", on=accepted, at=at(accepted)))
    view = clocks(core, date(2026, 10, 1))
    due = next(one.due for one in view.clocks if one.name == "pay")

    found = clocks(core, due + timedelta(days=30))

    assert (found.days_late, found.interest.amount) == (30, interest)


def test_the_desk_knows_no_clocks_of_a_claim_that_it_does_not_know():
    answer = clocks(Core(*florida()), NOTICE)

    assert isinstance(answer, Refusal)
    assert answer.code == "unknown_claim"


def test_a_place_that_is_told_at_the_front_door_reaches_the_clocks():
    core = Core(*florida())
    play(core, history("a policy in force"))
    extension = Designation("fl_oir_extension", "FL", date(2026, 9, 1), date(2026, 9, 30))
    at_sea = Catastrophe(
        "2642", "Storm", datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 9, 30, tzinfo=UTC), ("FL",), ("hurricane",),
        designations=(extension,),
    )  # fmt: skip
    core.submit(DeclareCatastrophe(catastrophe=at_sea, on=date(2026, 9, 12), at=at(date(2026, 9, 12))))
    told = ReportClaimRequest(
        policy_id=policy_id(1), claimant_id=insured_id(1), coverage="dwelling", cause="hurricane",
        loss_at=datetime(2026, 9, 10, 18, tzinfo=UTC), intake="web", on=date(2026, 9, 15), state="FL", county="Monroe",
    )  # fmt: skip
    desk = Desk(core, lambda kind: f"{kind}-1")
    view: Any = desk.answer("report_claim", "", told, at(date(2026, 9, 15)))

    found = clocks(core, date(2026, 9, 20), view.claim_id)

    assert (view.state, view.county, view.catastrophe) == ("FL", "Monroe", "2642")
    assert found.overlays == ("fl_oir_extension",)
    (paying,) = [one for one in found.clocks if one.name == "pay_or_deny"]
    assert paying.due == date(2026, 9, 15) + timedelta(days=90)
