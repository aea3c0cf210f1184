"""Where the state says so, a dwelling that a storm damaged under a regulator's order keeps its cover until it has been
repaired for so many days, whatever the insurer chose; elsewhere, and without an order, it need not.
"""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import NOTICE, at, bind, claim_id, issue, policy_id, quote, report, verify
from fixtures.jurisdictions import florida, state_law
from fixtures.rule_rows import load_rules
from model.claims.commands import RecordRepair
from model.core import Core
from model.policy.commands import BindJob, CancelPolicy, OpenJob, QuoteJob, ReleaseHeld
from model.policy.moratorium import DeclareMoratorium, EndMoratorium, Moratorium, Suspended
from model.policy.proposals import NonRenewal
from model.policy.storm_rule import KEPT_AFTER_REPAIR

LAW, COASTAL = florida()
ORDER = Moratorium(
    "ORDER", ("FL",), (), (), NOTICE - timedelta(days=9), date(2026, 10, 1), (Suspended("cancel", "refuse"),),
    citation="Emergency Order 234790-18-EO",
)  # fmt: skip
SOON, REPAIRED = date(2026, 10, 5), date(2026, 11, 2)
LAST_KEPT = REPAIRED + timedelta(days=90)


def struck(order: Moratorium | None = ORDER, *, law=LAW, cause: Any = "hurricane", rule: Any = "no_rule") -> Core:
    """A policy whose dwelling was found damaged while the order stood."""
    core = Core(law, replace(COASTAL, policy=replace(COASTAL.policy, storm_rule=rule)))
    for step in (quote, bind, issue):
        core.submit(step(1))
    core.drain(at=at(NOTICE))
    if order is not None:
        core.submit(DeclareMoratorium(moratorium=order, on=order.start, at=at(order.start)))
    core.submit(replace(report(1), cause=cause))
    core.submit(verify(1))
    core.drain(at=at(NOTICE))
    return core


def cancelled(core: Core, on: date, reason: str = "other") -> Any:
    return core.submit(CancelPolicy(policy_id=policy_id(1), reason=reason, on=on, at=at(on)))


def repaired(core: Core) -> Core:
    core.submit(RecordRepair(claim_id=claim_id(1), on=REPAIRED, at=at(REPAIRED)))
    core.drain(at=at(REPAIRED))
    return core


def test_the_row_is_law_in_florida_homes_and_nowhere_else():
    rows = [row for row in load_rules() if row.rule in KEPT_AFTER_REPAIR]

    assert [(row.jurisdiction, row.line, row.value, row.overlay) for row in rows] == [
        ("FL", "home", "90", "fl_emergency_order")
    ]
    assert LAW.first_deadline(KEPT_AFTER_REPAIR, "home")
    assert LAW.first_deadline(KEPT_AFTER_REPAIR, "personal_auto") is None


def test_the_order_ends_and_the_damaged_dwelling_still_keeps_its_cover(answered):
    core = struck()
    assert answered(cancelled(core, date(2026, 9, 30))) == "moratorium"
    assert answered(cancelled(core, SOON)) == "dwelling_not_repaired"
    assert answered(cancelled(core, date(2027, 5, 30))) == "dwelling_not_repaired"


@pytest.mark.parametrize(("on", "answer"), [(LAST_KEPT, "dwelling_not_repaired"), (LAST_KEPT + timedelta(days=1), "")])
def test_the_state_counts_its_days_from_the_repair(on, answer, answered):
    found = answered(cancelled(repaired(struck()), on))

    assert found == answer or (not answer and found == "PolicyCancelled")


def test_it_may_not_be_non_renewed_either(answered):
    core, mailed = struck(), date(2026, 12, 1)
    about: dict[str, Any] = {"policy_id": policy_id(1), "job_id": "N", "on": mailed, "at": at(mailed)}
    core.submit(OpenJob(**about, proposal=NonRenewal(mailed, "losses")))
    core.submit(QuoteJob(**about))

    assert answered(core.submit(BindJob(**about))) == "dwelling_not_repaired"
    repaired(core)
    assert answered(core.submit(BindJob(**about))) == "JobBound+PolicyNonrenewed"


@pytest.mark.parametrize(
    "order",
    [
        None,
        replace(ORDER, citation=""),
        replace(ORDER, suspended=(Suspended("bind", "refuse"),)),
        replace(ORDER, end=NOTICE),
        replace(ORDER, states=("GA",)),
    ],
    ids=["none", "the insurer's own", "of binding alone", "ended before", "another state's"],
)
def test_without_the_regulators_order_over_the_damage_nothing_is_kept(order, answered):
    assert answered(cancelled(struck(order), SOON)) == "PolicyCancelled"


@pytest.mark.parametrize(("law", "cause"), [(state_law("TX"), "hurricane"), (LAW, "fire")])
def test_no_other_state_and_no_other_peril_keeps_it(law, cause, answered):
    assert answered(cancelled(struck(law=law, cause=cause), SOON)) == "PolicyCancelled"


@pytest.mark.parametrize("reason", ["insured_request", "nonpayment"])
def test_who_leaves_or_does_not_pay_is_not_kept(reason, answered):
    assert answered(cancelled(struck(), SOON, reason)) == "PolicyCancelled"


def test_the_law_holds_beside_what_the_insurer_chose(answered):
    core = repaired(struck(rule="until_repaired"))

    assert answered(cancelled(core, REPAIRED + timedelta(days=1))) == "dwelling_not_repaired"


def test_what_the_order_held_is_not_let_go_against_the_law():
    core = struck(replace(ORDER, suspended=(Suspended("cancel", "hold"),)))
    core.submit(CancelPolicy(policy_id=policy_id(1), reason="other", on=NOTICE, at=at(NOTICE)))
    core.submit(EndMoratorium(moratorium_id="ORDER", on=date(2026, 9, 20), at=at(date(2026, 9, 20))))

    answer: Any = core.submit(ReleaseHeld(policy_id=policy_id(1), on=SOON, at=at(SOON)))

    assert [one.refused for one in answer] == ["dwelling_not_repaired"]
