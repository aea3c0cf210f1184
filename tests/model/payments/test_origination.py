"""A portfolio of debits against the network's return rates, counted from the payments themselves."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from fixtures.histories import usd
from fixtures.jurisdictions import florida
from model.core import Core
from model.decider import Refusal
from model.payments.ach import ach_rules, return_rates
from model.payments.commands import HearProcessor, ReportSuccess, ReturnMoney, StartPayment, TimePassed
from model.payments.origination import debits_of

LAW, CARRIER = florida()
RULES = ach_rules(LAW.network("US-ACH"))
NOON = datetime(2026, 6, 1, 16, tzinfo=UTC)
JUDGED_ON = NOON.date() + timedelta(days=30)


def portfolio(count: int, codes: dict[str, int], *, begins: datetime = NOON, method: Any = "ach") -> Core:
    """So many debits that settled, of which so many came back with each code."""
    core = Core(LAW, CARRIER)
    back = [code for code, times in codes.items() for _ in range(times)]
    for number in range(count):
        about: dict[str, Any] = {"intent_id": f"collect:A-{number}:1", "on": begins.date(), "at": begins}
        start = StartPayment(
            purpose="collection", subject=f"A-{number}", reference="1", party_id=f"I-{number}",
            amount=usd("9.00"), method=method, **about,
        )  # fmt: skip
        commands: list[Any] = [start, ReportSuccess(**about)]
        if number < len(back):
            commands.append(ReturnMoney(reason=back[number], **about))
        for command in commands:
            assert not isinstance(core.submit(command), Refusal)
    core.outbox.clear()
    return core


def rates(core: Core) -> Any:
    states: Any = core.intents.states.values()
    return return_rates(RULES, debits_of(states), as_of=JUDGED_ON)


@pytest.mark.parametrize(
    ("codes", "above"),
    [
        ({}, ()),
        ({"R10": 2}, ()),
        ({"R10": 3}, ("unauthorized",)),
        ({"R05": 1, "R07": 1, "R29": 1}, ("unauthorized",)),
        ({"R02": 12}, ()),
        ({"R02": 7, "R03": 6}, ("administrative",)),
        ({"R01": 60}, ()),
        ({"R01": 61}, ("overall",)),
        ({"R01": 50, "R04": 13, "R11": 3}, ("unauthorized", "administrative", "overall")),
    ],
    ids=str,
)
def test_four_hundred_debits_are_above_a_level_when_one_more_came_back_than_it_allows(codes, above):
    found = rates(portfolio(400, codes))
    assert found.entries == 400
    assert found.above == above
    assert found.overall == Decimal(100 * sum(codes.values())) / 400


def test_only_debits_over_the_network_count():
    assert rates(portfolio(5, {}, method="wallet")).entries == 0


def test_a_debit_counts_by_the_day_on_which_it_was_originated():
    assert rates(portfolio(5, {"R10": 5}, begins=NOON - timedelta(days=31))).entries == 0
    assert rates(portfolio(5, {"R10": 5}, begins=NOON - timedelta(days=29))).unauthorized == 100


def test_a_debit_that_is_presented_again_is_another_entry_and_its_return_another_return():
    core = Core(LAW, CARRIER)
    later = NOON + timedelta(days=8)
    about: dict[str, Any] = {"intent_id": "collect:A:1", "on": NOON.date(), "at": NOON}
    start = StartPayment(
        purpose="collection", subject="A", reference="1", party_id="I", amount=usd("9.00"), method="ach", **about
    )
    after: dict[str, Any] = {"intent_id": "collect:A:1", "on": later.date(), "at": later}
    for command in (
        start,
        HearProcessor(attempt=1, says="failed", network="US-ACH", code="R01", **about),
        TimePassed(**after),
        HearProcessor(attempt=2, says="failed", network="US-ACH", code="R01", **after),
    ):
        assert not isinstance(core.submit(command), Refusal)
    found = rates(core)
    assert (found.entries, found.overall) == (2, Decimal(100))


def test_what_never_left_the_house_is_no_entry():
    core = Core(LAW, CARRIER)
    about: dict[str, Any] = {"intent_id": "collect:A:1", "on": NOON.date(), "at": NOON}
    start = StartPayment(
        purpose="collection", subject="A", reference="1", party_id="I", amount=usd("9.00"), method="ach", **about
    )
    core.submit(start)
    assert rates(core).entries == 0
    core.submit(HearProcessor(attempt=1, says="failed", network="gateway", code="canceled", **about))
    assert rates(core).entries == 0
