"""Timeout lanes and latches."""

from random import Random

import pytest

from simulations.engine import SECOND, Clock, Latch, TimeoutLane, Timer


def test_a_timer_runs_out_after_the_length_of_its_lane() -> None:
    clock, ran_out = Clock(), list[tuple[int, str]]()
    lane = TimeoutLane[str](clock, 30, lambda item: ran_out.append((clock.now, item)))
    clock.call_at(0, lane.arm, "a")
    clock.call_at(10, lane.arm, "b")
    clock.call_at(10, lane.arm, "c")
    clock.call_at(95, lane.arm, "d")
    clock.run()
    assert ran_out == [(30, "a"), (40, "b"), (40, "c"), (125, "d")]


def test_a_cancelled_timer_does_not_run_out() -> None:
    clock, ran_out = Clock(), list[str]()
    lane = TimeoutLane[str](clock, 30, ran_out.append)
    timers = {name: lane.arm(name) for name in "abc"}
    assert timers["b"].cancel()
    assert not timers["b"].cancel(), "only once"
    clock.run()
    assert ran_out == ["a", "c"]
    assert not timers["a"].cancel(), "too late"


def test_a_lane_has_one_entry_on_the_agenda_however_many_timers_wait() -> None:
    clock, dice, ran_out, expected = Clock(), Random(1), list[int](), list[int]()
    lane = TimeoutLane[int](clock, 30 * SECOND, ran_out.append)
    pending: list[int] = []

    def call(number: int) -> None:
        timer = lane.arm(number)
        if dice.random() < 0.99:
            clock.call_in(dice.randrange(SECOND), Timer[int].cancel, timer)
        else:
            expected.append(number)
        if number < 20_000:
            clock.call_in(SECOND // 1_000, call, number + 1)
        pending.append(clock.pending)

    clock.call_at(0, call, 0)
    clock.run()
    assert ran_out == expected
    assert len(expected) > 100
    assert max(pending) < 1_100, "those still to be answered within their second, the next call, and the lane"


def test_a_timer_armed_when_another_runs_out_takes_its_turn() -> None:
    clock, ran_out = Clock(), list[int]()

    def again(number: int) -> None:
        ran_out.append(clock.now)
        if number:
            lane.arm(number - 1)

    lane = TimeoutLane[int](clock, 7, again)
    lane.arm(2)
    clock.run()
    assert ran_out == [7, 14, 21]


def test_a_timer_may_be_cancelled_by_one_that_runs_out_at_the_same_tick() -> None:
    clock, ran_out = Clock(), list[int]()

    def cancel_the_other(number: int) -> None:
        ran_out.append(number)
        timers[1 - number].cancel()

    lane = TimeoutLane[int](clock, 7, cancel_the_other)
    timers = [lane.arm(0), lane.arm(1)]
    clock.run()
    assert ran_out == [0]


@pytest.mark.parametrize("ticks", [0, -1, 0.5])
def test_a_lane_without_length_is_refused(ticks: int) -> None:
    with pytest.raises(ValueError, match="a whole number of ticks"):
        TimeoutLane(Clock(), ticks, print)


def test_a_latch_calls_when_the_last_one_is_there() -> None:
    clock = Clock()
    all_there = clock.event()
    latch = Latch(3, all_there.succeed, "three")
    for tick in (30, 10, 20):
        clock.call_at(tick, lambda _: latch.count_down(), None)
    assert clock.run(until=all_there) == "three"
    assert (clock.now, latch.left) == (30, 0)


def test_a_latch_counted_twice_is_a_mistake() -> None:
    latch, seen = Latch(1, (seen := list[str]()).append, "there"), seen
    latch.count_down()
    with pytest.raises(RuntimeError, match="counted twice"):
        latch.count_down()
    assert seen == ["there"]
    with pytest.raises(ValueError, match="at least one"):
        Latch(0, seen.append, "never")
