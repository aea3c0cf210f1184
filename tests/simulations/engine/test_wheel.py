"""The day wheel against a process for each item, and its rules at the edges of a day."""

from collections.abc import Generator
from random import Random

import pytest
import simpy

from simulations.engine import DAY, HOUR, Clock, DayWheel

Seen = list[tuple[int, int]]


@pytest.mark.parametrize("offset", [0, 6 * HOUR])
def test_a_wheel_does_what_a_process_for_each_item_does(offset: int) -> None:
    dice = Random(3)
    days = [dice.randrange(60) for _ in range(3_000)]
    by_wheel, by_process = Seen(), Seen()

    clock = Clock()
    wheel = DayWheel[int](clock, days=60, handler=lambda item: by_wheel.append((clock.now, item)), offset_ticks=offset)
    for item, day in enumerate(days):
        wheel.add(day, item)
    assert clock.pending == 1
    clock.run()

    env = simpy.Environment()

    def policy(item: int, day: int) -> Generator[simpy.Event, None, None]:
        yield env.timeout(day * DAY + offset)
        by_process.append((int(env.now), item))

    for item, day in enumerate(days):
        env.process(policy(item, day))
    env.run()
    assert by_wheel == by_process


def test_what_is_added_to_a_day_at_work_belongs_to_the_same_pass() -> None:
    clock, seen = Clock(), Seen()

    def handle(item: int) -> None:
        seen.append((clock.now, item))
        if item < 2:
            wheel.add(1, item + 10)
            wheel.add(2, item + 20)

    wheel = DayWheel[int](clock, days=5, handler=handle)
    for item in range(3):
        wheel.add(1, item)
    clock.run()
    assert seen == [(DAY, item) for item in (0, 1, 2, 10, 11)] + [(2 * DAY, 20), (2 * DAY, 21)]


def test_a_day_that_has_been_worked_is_refused() -> None:
    clock = Clock()
    wheel = DayWheel[int](clock, days=5, handler=print)
    clock.run(until=2 * DAY)
    assert wheel.day == 3
    for day in (-1, 0, 2, 5):
        with pytest.raises(ValueError, match=f"day {day} has passed, or lies beyond the wheel: 3 to 4 are left"):
            wheel.add(day, 1)


def test_a_day_is_open_until_its_hour() -> None:
    clock, seen = Clock(), Seen()
    wheel = DayWheel[int](clock, days=2, handler=lambda item: seen.append((clock.now, item)), offset_ticks=9 * HOUR)
    clock.run(until=9 * HOUR - 1)
    wheel.add(0, 7)
    clock.run()
    assert seen == [(9 * HOUR, 7)]


def test_the_items_of_a_day_spread_over_its_window() -> None:
    clock, seen = Clock(), Seen()
    wheel = DayWheel[int](
        clock,
        days=2,
        handler=lambda item: seen.append((clock.now, item)),
        offset_ticks=8 * HOUR,
        spread_ticks=8 * HOUR,
    )
    for item in range(5_000):
        wheel.add(1, item)
    clock.run(until=DAY + 12 * HOUR)
    assert (len(seen), clock.pending) == (2_501, 1)
    wheel.add(1, 5_000)
    clock.run()
    begin = DAY + 8 * HOUR
    assert seen[:5_000] == [(begin + item * 8 * HOUR // 5_000, item) for item in range(5_000)]
    assert seen[5_000:] == [(seen[4_999][0], 5_000)], "what comes during the pass comes at its end"


def test_items_that_share_a_tick_of_the_window_keep_their_order() -> None:
    clock, seen = Clock(), Seen()
    wheel = DayWheel[int](clock, days=1, handler=lambda item: seen.append((clock.now, item)), spread_ticks=3)
    for item in range(7):
        wheel.add(0, item)
    clock.run()
    assert seen == [(item * 3 // 7, item) for item in range(7)]


def test_a_wheel_made_in_the_middle_of_a_run_begins_with_the_next_pass() -> None:
    clock, seen = Clock(), Seen()
    clock.run(until=3 * DAY + 9 * HOUR)
    morning = DayWheel[int](clock, days=6, handler=lambda item: seen.append((clock.now, item)), offset_ticks=8 * HOUR)
    evening = DayWheel[int](clock, days=6, handler=lambda item: seen.append((clock.now, item)), offset_ticks=9 * HOUR)
    assert (morning.day, evening.day) == (4, 3)
    morning.add(4, 1)
    evening.add(3, 2)
    clock.run()
    assert seen == [(3 * DAY + 9 * HOUR, 2), (4 * DAY + 8 * HOUR, 1)]


def test_a_window_that_leaves_its_day_is_refused() -> None:
    with pytest.raises(ValueError, match="a pass lies within its day"):
        DayWheel(Clock(), days=1, handler=print, offset_ticks=20 * HOUR, spread_ticks=5 * HOUR)
    with pytest.raises(ValueError, match="a pass lies within its day"):
        DayWheel(Clock(), days=1, handler=print, offset_ticks=-1)
