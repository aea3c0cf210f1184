"""What happens at one and the same tick: in the order of scheduling, unless the seed of a test shuffles it."""

from collections.abc import Generator
from random import Random
from typing import Any

import simpy

from simulations.engine import Clock

Story = Generator[simpy.Event, Any, Any]


def drift_of_a_ledger_closed_at_24(clock: Clock) -> int:
    """Payments posted at the very hour of the close: which of them the close sees, no rule of this model says."""
    dice, posted, snapshot = Random(7), list[int](), list[int]()

    def pay(number: int) -> Story:
        yield clock.timeout(dice.choice((23, 24)))
        posted.append(number)

    def close() -> Story:
        yield clock.timeout(12)
        yield clock.timeout(12)
        snapshot.append(len(posted))

    for number in range(1000):
        clock.process(pay(number))
    clock.process(close())
    clock.run()
    return len(posted) - snapshot[0]


def test_shuffled_ties_reveal_the_race_between_a_ledger_close_and_late_postings() -> None:
    assert drift_of_a_ledger_closed_at_24(Clock()) == 0
    drifts = [drift_of_a_ledger_closed_at_24(Clock(ties=seed)) for seed in range(8)]
    assert max(drifts) > 0
    assert drifts == [drift_of_a_ledger_closed_at_24(Clock(ties=seed)) for seed in range(8)]


def test_shuffling_touches_ties_only() -> None:
    orders: set[tuple[int, ...]] = set()
    for seed in range(8):
        clock, seen = Clock(ties=seed), list[int]()
        for number in range(20):
            clock.call_at(1 + number // 10, seen.append, number)
        clock.run(until=2)
        assert sorted(seen[:10]) == list(range(10))
        assert sorted(seen) == list(range(20)), "the end of the run comes behind every tie"
        orders.add(tuple(seen))
    assert len(orders) == 8
