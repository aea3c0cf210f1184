"""The clocks that a notice starts, in the states that have them."""

from datetime import date

import pytest
from msgspec.structs import replace

from fixtures.histories import INSPECTED, LANDFALL, NOTICE, PAID
from fixtures.jurisdictions import state_law
from model.claims.clocks import deadlines, running
from model.claims.file import Notice

NOTICED = Notice("P", "I", "hurricane", LANDFALL, "phone", NOTICE)


def clocks(notice, state="FL", line="home"):
    law = state_law(state)
    return {clock.name: clock for clock in running(notice, law, deadlines(law, line))}


def test_florida_asks_for_an_answer_an_inspection_and_a_decision():
    started = clocks(replace(NOTICED, proof_on=INSPECTED))

    assert {name: clock.due for name, clock in started.items()} == {
        "acknowledge": date(2026, 9, 22),
        "inspect": date(2026, 10, 28),
        "pay_or_deny": date(2026, 11, 14),
    }


def test_the_clock_of_the_inspection_starts_with_the_proof_of_loss():
    assert set(clocks(NOTICED)) == {"acknowledge", "pay_or_deny"}
    assert clocks(replace(NOTICED, proof_on=INSPECTED))["inspect"].started_on == INSPECTED


@pytest.mark.parametrize(
    ("field", "name"), [("acknowledged_on", "acknowledge"), ("inspected_on", "inspect"), ("decided_on", "pay_or_deny")]
)
def test_each_clock_is_stopped_by_what_it_asks_for(field, name):
    stopped = clocks(replace(NOTICED, proof_on=INSPECTED, **{field: PAID}))

    assert {clock.name for clock in stopped.values() if clock.met_on == PAID} == {name}


@pytest.mark.parametrize(
    ("met_on", "today", "missed"),
    [
        (None, date(2026, 9, 22), False),
        (None, date(2026, 9, 23), True),
        (date(2026, 9, 22), date(2027, 1, 1), False),
        (date(2026, 9, 23), date(2026, 9, 23), True),
    ],
)
def test_a_clock_is_missed_when_it_was_stopped_late_or_still_runs_after_its_day(met_on, today, missed):
    clock = clocks(replace(NOTICED, acknowledged_on=met_on))["acknowledge"]

    assert clock.missed_by(today) is missed


def test_a_state_without_a_rule_has_no_such_clock():
    assert set(clocks(replace(NOTICED, proof_on=INSPECTED), "TX")) == {"acknowledge"}
    assert clocks(NOTICED, "TX")["acknowledge"].row_id == "tx.claims.acknowledge_claim"
