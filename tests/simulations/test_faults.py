"""Faults: the same for every pattern that meets them."""

from typing import Literal

import pytest
from msgspec import convert

from fixtures.variates import Variates
from model.billing.account import Account
from model.core import Core
from simulations.catastrophe import outage_of
from simulations.catastrophe_scenario import CatastropheScenario
from simulations.engine import DAY, HOUR, MINUTE
from simulations.faults import Outage, Repeats
from simulations.host import Host

Topology = Literal["point_to_point", "events"]


def test_a_repeat_belongs_to_the_message_and_to_nothing_before_it() -> None:
    forwards, backwards = Repeats(0.3, Variates(1)), Repeats(0.3, Variates(1))
    first = [forwards.after(number) for number in range(500)]
    assert [backwards.after(number) for number in reversed(range(500))] == first[::-1]
    assert [Repeats(0.3, Variates(2)).after(number) for number in range(500)] != first


def test_as_many_messages_are_repeated_as_the_share_says_and_soon() -> None:
    repeats = Repeats(0.25, Variates(1))
    delays = [delay for number in range(4_000) if (delay := repeats.after(number)) is not None]
    assert abs(len(delays) - 1_000) < 4 * (4_000 * 0.25 * 0.75) ** 0.5
    assert min(delays) > 0
    assert sum(delays) / len(delays) == pytest.approx(MINUTE / 2, rel=0.15)
    assert [Repeats(0.0, Variates(1)).after(number) for number in range(100)] == [None] * 100
    assert None not in [Repeats(1.0, Variates(1)).after(number) for number in range(100)]


def test_more_repeats_repeat_what_fewer_did_and_more() -> None:
    few, many = Repeats(0.1, Variates(1)), Repeats(0.4, Variates(1))
    repeated = [{number for number in range(2_000) if one.after(number) is not None} for one in (few, many)]
    assert repeated[0] < repeated[1]


def doubled(core: Core) -> tuple[set[str], set[str], set[str]]:
    """Instructions, payments and intents that a second arrival of a message has made."""
    instructions, booked = set[str](), set[str]()
    for account in core.accounts.states.values():
        if isinstance(account, Account):
            instructions |= {one.instruction_id for one in account.instructions if "~" in one.instruction_id}
            booked |= {one.payment_id for one in account.payments if "~" in one.payment_id}
    return instructions, booked, {name for name in core.intents.states if "~" in name}


def test_the_same_messages_are_doubled_in_every_pattern(storm) -> None:
    def after(topology: Topology, *, seed: int = 1) -> tuple[set[str], set[str], set[str]]:
        finished, _ = storm(
            topology=topology, inbox="off", fault="none", duplicate_share=0.1, seed=seed, horizon_days=60
        )
        return doubled(finished.host.core)

    over_calls, over_topic = after("point_to_point"), after("events")
    assert over_calls == over_topic
    assert all(len(one) > 3 for one in over_calls)
    assert after("events", seed=2) != over_topic


def test_an_inbox_knows_every_repeat(storm) -> None:
    without = storm(topology="events", inbox="off", fault="none", duplicate_share=0.1, horizon_days=60)
    with_inbox = storm(topology="events", fault="none", duplicate_share=0.1, horizon_days=60)
    assert all(len(one) > 3 for one in doubled(without.finished.host.core))
    assert doubled(with_inbox.finished.host.core) == (set(), set(), set())


def watched(host: Host, ticks: list[int]) -> list[bool]:
    """Whether the carrier is down at these ticks."""
    seen = list[bool]()
    for tick in ticks:
        host.clock.call_at(tick, lambda _: seen.append(host.channel.is_down), None)
    host.clock.run()
    return seen


def test_an_outage_strikes_every_pattern_at_the_same_ticks(hosting) -> None:
    scenarios = [CatastropheScenario(topology=topology) for topology in ("point_to_point", "events")]
    outages = {outage_of(scenario) for scenario in scenarios}
    assert outages == {Outage(int(4.4 * DAY), int(4.4 * DAY) + 6 * HOUR)}
    (outage,) = outages
    assert outage is not None
    ticks = [outage.start - 1, outage.start + 1, outage.end - 1, outage.end + 1]
    for topology in ("point_to_point", "events"):
        host = hosting(topology, policies=1).host
        host.strike(outage)
        assert watched(host, ticks) == [False, True, True, False]


@pytest.mark.parametrize("calm", [{"fault": "none"}, {"outage_hours": 0.0}])
def test_without_a_fault_nothing_goes_down(calm: dict[str, object]) -> None:
    assert outage_of(convert(calm, CatastropheScenario)) is None
