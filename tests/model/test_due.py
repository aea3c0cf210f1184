"""What is due when: nobody is told too early, everybody in time, and each of them can be planted wrong."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures import histories
from fixtures.jurisdictions import florida
from fixtures.process_histories import ASKED_ON, PROCESS_HISTORIES, cancel_requested, process_history
from fixtures.settlement_histories import SETTLEMENT_HISTORIES, settlement_history
from model.core import Core
from model.due import TIMED, Due, tell, waiting
from model.payments import holds
from model.waiting import due, next_due, pass_time

MOMENT = timedelta(microseconds=1)
TOLD = [
    *[histories.history(name) for name in histories.HISTORIES],
    *[settlement_history(name) for name in SETTLEMENT_HISTORIES],
    *[process_history(name) for name in PROCESS_HISTORIES],
]
NOON = histories.at(histories.PAID)


def told() -> Iterator[Core]:
    """A core of its own after every step of every history in which somebody waits."""
    for history in TOLD:
        for steps in range(1, len(history.commands) + 1):
            core = Core(*florida())
            for command in history.commands[:steps]:
                core.submit(command)
                core.drain(at=command.at)
            yield core


def cancelling() -> Core:
    """Policy has given a notice for nonpayment, whose day has not come."""
    core = Core(*florida())
    for step in histories.IN_FORCE:
        core.submit(step(1))
    core.drain(at=histories.at(ASKED_ON))
    core.outbox.append(cancel_requested())
    core.drain(at=histories.at(ASKED_ON))
    return core


def funded(core: Core, *expiries: datetime | None) -> Core:
    moment: dict[str, Any] = {"on": NOON.date(), "at": NOON}
    core.submit(holds.FundAccount(fund_id="claims", funding_id="F", amount=histories.usd("90.00"), **moment))
    for number, expires in enumerate(expiries):
        hold = f"H-{number}"
        amount = histories.usd("10.00")
        core.submit(holds.PlaceHold(fund_id="claims", hold_id=hold, amount=amount, expires_at=expires, **moment))
    return core


def faults(core: Core) -> Iterator[str]:
    """What is told a moment too early changes nothing, and what is told in time changes something."""
    for one in tuple(waiting(core)):
        if any(answer != () for answer in tell(core, one.machine, one.stream, one.at - MOMENT)):
            yield f"{one.machine} was due before {one.at}"
        elif all(answer == () for answer in tell(core, one.machine, one.stream, one.at)):
            yield f"{one.machine} does nothing at {one.at}"


def test_whatever_waits_acts_at_its_instant_and_not_a_moment_before():
    seen = set[str]()
    for core in (*told(), funded(Core(*florida()), NOON + timedelta(days=1)), cancelling()):
        seen.update(one.machine for one in waiting(core))
        assert list(faults(core)) == []

    assert seen == set(TIMED), "no history waits for it, so that nothing was shown of it"


@pytest.mark.parametrize("wrong_by", [-timedelta(days=1), timedelta(days=1)])
def test_an_instant_that_is_wrong_by_a_day_is_found(monkeypatch, wrong_by):
    right = TIMED["fund"]

    def wrong(core: Core, state: Any) -> datetime | None:
        instant = right.due_at(core, state)
        return None if instant is None else instant + wrong_by

    monkeypatch.setitem(TIMED, "fund", replace(right, due_at=wrong))
    (fault,) = faults(funded(Core(*florida()), NOON + timedelta(days=7)))
    assert "fund" in fault


def test_holds_are_due_when_the_first_of_those_that_are_pending_expires():
    soon, late = NOON + timedelta(hours=1), NOON + timedelta(days=1)
    core = funded(Core(*florida()), late, soon, None)

    assert next_due(core) == soon
    assert due(core, soon) == (Due(soon, "fund", "claims"),)
    pass_time(core, soon)
    assert next_due(core) == late
    pass_time(core, late)
    assert next_due(core) is None


def test_the_longest_overdue_is_told_first():
    assert Due(NOON, "intent", "B") < Due(NOON + MOMENT, "intent", "A")
