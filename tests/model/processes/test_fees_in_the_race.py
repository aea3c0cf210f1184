"""What a carrier charges for a reinstatement or for being late decides no race between payment and cancellation.

A cancellation that was only quicker than the money for it is undone by a reinstatement of the process's own: in other
orders of arrival nothing was cancelled, so that it costs nothing either.
"""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import at
from model.core import Core
from model.policy import commands as policy
from model.policy.proposals import Reinstatement
from tests.model.processes import test_payment_against_cancel as race

QUICKER = tuple(
    order for order in race.EVERY_ORDER if race.before(order, "returned", "nights", "request", "hour", "paid")
)
"""Orders in which the notice takes effect before news of the money comes: those that reinstate, among others."""
SOME = QUICKER + race.EVERY_ORDER[::12]


@pytest.fixture
def costly(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The same race with a carrier that charges for what this is about."""

    def prepared(*, reinstatement: int = 0, late: int = 0) -> Core:
        carrier = race.CARRIER
        choices = replace(carrier.policy, reinstatement_fee_minor=reinstatement)
        carrier = replace(carrier, policy=choices, billing=replace(carrier.billing, late_fee_minor=late))
        monkeypatch.setattr(race, "CARRIER", carrier)
        monkeypatch.setattr(race, "PREPARED", race.prepared())
        return race.PREPARED

    return prepared


def test_a_reinstatement_fee_is_not_charged_for_a_cancellation_that_money_in_time_undoes(costly):
    costly(reinstatement=2500)
    races = [race.raced(order, race.IN_TIME, "at_once") for order in SOME]

    assert "a reinstatement" in {one.came_to() for one in races}
    assert {one.end() for one in races} == {race.KEPT}


def test_a_person_who_reinstates_charges_it_once(costly):
    core = race.copied(costly(reinstatement=2500))
    on = race.EFFECTIVE
    about: Any = {"policy_id": race.POLICY, "on": on, "at": at(on)}
    core.submit(policy.CancelPolicy(reason="insured_request", **about))
    core.drain(at=at(on))
    job: Any = {"job_id": "BACK", **about}
    core.submit(policy.OpenJob(proposal=Reinstatement(on), **job))
    for ask in (policy.QuoteJob, policy.BindJob, policy.BindJob):
        core.submit(ask(**job))
        core.drain(at=at(on + timedelta(days=1)))
    account: Any = core.account(race.ACCOUNT)
    fees = [
        item.amount for invoice in account.invoices for item in invoice.items
        if item.pattern == "fee" and item.instruction >= 0
    ]  # fmt: skip

    assert sorted(fees) == [2500, 2500]


def test_who_pays_what_was_asked_for_in_time_keeps_the_policy_in_every_order_late_fee_or_not(costly, monkeypatch):
    """A night that comes after the money finds nothing late: then the fee is the insured's own money again."""
    costly(late=1000)
    monkeypatch.setattr(race, "FEE", race.FEE + 1000)
    ends = {race.raced(order, race.IN_TIME, "at_once").end() for order in SOME}

    assert {(end[0], end[2]) for end in ends} == {("InForce", 0)}
    assert {(end[3], "late:1" in end[4]) for end in ends} == {(0, True), (1000, False)}
