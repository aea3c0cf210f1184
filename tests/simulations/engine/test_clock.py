"""The clock: whole ticks, one order for SimPy's events and plain calls, and an end that is included."""

from collections.abc import Callable, Generator
from random import Random
from typing import Any

import pytest
import simpy
from simpy.core import EmptySchedule

from simulations.engine import DAY, HOUR, SECOND, Clock

Story = Generator[simpy.Event, Any, Any]


def test_a_run_until_a_tick_includes_what_is_due_at_that_tick() -> None:
    closed_at: dict[str, float] = {}

    def window(env: simpy.Environment, name: str) -> Story:
        yield env.timeout(DAY)
        closed_at[name] = env.now

    stock, clock = simpy.Environment(), Clock()
    stock.process(window(stock, "SimPy"))
    clock.process(window(clock, "ours"))
    stock.run(until=DAY)
    clock.run(until=DAY)
    assert closed_at == {"ours": DAY}


def test_a_run_until_a_tick_includes_what_is_only_scheduled_at_that_tick() -> None:
    clock, seen = Clock(), list[str]()
    clock.call_at(5, lambda _: clock.call_in(0, seen.append, "later at 5"), None)
    clock.call_at(6, seen.append, "at 6")
    clock.run(until=5)
    assert (seen, clock.now, clock.pending) == (["later at 5"], 5, 1)
    clock.run(until=6)
    assert seen == ["later at 5", "at 6"]


def test_a_run_until_the_present_tick_does_what_is_still_due_now() -> None:
    clock, seen = Clock(), list[str]()
    clock.run(until=10)
    clock.call_at(10, seen.append, "now")
    clock.run(until=10)
    assert (seen, clock.now) == (["now"], 10)


def test_a_run_until_a_tick_ends_there_even_if_nothing_is_due() -> None:
    clock = Clock()
    clock.run(until=3 * HOUR)
    assert (clock.now, clock.tick, clock._now, clock.pending) == (3 * HOUR, 3 * HOUR, 3 * HOUR, 0)


def test_a_run_without_end_goes_on_until_nothing_is_left() -> None:
    clock, seen = Clock(), list[int]()
    clock.call_in(7, seen.append, 7)
    clock.run()
    assert (seen, clock.now) == ([7], 7)


def test_ten_tenths_of_a_second_meet_one_second() -> None:
    def arrivals(env: simpy.Environment, second: float) -> list[float]:
        arrived: list[float] = []

        def traveller(steps: int) -> Story:
            for _ in range(steps):
                yield env.timeout(second // steps if env is clock else second / steps)
            arrived.append(env.now)

        env.process(traveller(10))
        env.process(traveller(1))
        env.run()
        return arrived

    clock = Clock()
    assert arrivals(clock, SECOND) == [SECOND, SECOND]
    assert arrivals(simpy.Environment(), 1.0) == [0.9999999999999999, 1.0], "with floats they miss each other"


@pytest.mark.parametrize(
    "use",
    [
        lambda clock: clock.call_at(1.0, print, None),
        lambda clock: clock.call_in(0.1, print, None),
        lambda clock: clock.timeout(0.1),
        lambda clock: simpy.Timeout(clock, 2.0),
        lambda clock: clock.run(until=1.0),
        lambda clock: clock.call_in(True, print, None),
    ],
    ids=["call_at", "call_in", "timeout", "simpy.Timeout", "run", "a boolean"],
)
def test_a_time_that_is_not_a_whole_number_is_refused(use: Callable[[Clock], object]) -> None:
    clock = Clock()
    with pytest.raises(TypeError, match="whole number"):
        use(clock)
    assert clock.pending == 0


@pytest.mark.parametrize(
    "use",
    [
        lambda clock: clock.call_at(9, print, None),
        lambda clock: clock.call_in(-1, print, None),
        lambda clock: clock.timeout(-1),
        lambda clock: clock.schedule(clock.event(), delay=-1),
        lambda clock: clock.run(until=9),
    ],
    ids=["call_at", "call_in", "timeout", "schedule", "run"],
)
def test_a_time_that_has_passed_is_refused(use: Callable[[Clock], object]) -> None:
    clock = Clock()
    clock.run(until=10)
    with pytest.raises(ValueError, match=r"past|passed|Negative"):
        use(clock)
    assert clock.pending == 0


def test_plain_calls_and_processes_share_one_order() -> None:
    clock, seen = Clock(), list[str]()

    def story() -> Story:
        seen.append("process starts")
        clock.call_in(5, seen.append, "call of the process")
        yield clock.timeout(5)
        seen.append("process goes on")
        reply = clock.event()
        clock.call_in(2, reply.succeed, "an answer")
        seen.append((yield reply))

    clock.call_in(0, seen.append, "call before")
    clock.process(story())
    clock.call_in(5, seen.append, "call after")
    clock.run()
    assert seen == [
        "process starts",  # SimPy starts a process before all else at its tick
        "call before",
        "call after",
        "call of the process",
        "process goes on",
        "an answer",
    ]


def test_interrupts_conditions_and_resources_of_simpy_work_as_they_do_there() -> None:
    def world(env: simpy.Environment) -> list[tuple[float, str]]:
        seen: list[tuple[float, str]] = []
        desk = simpy.PriorityResource(env, capacity=1)

        def user(name: str, priority: int) -> Story:
            with desk.request(priority=priority) as turn:
                got = yield turn | env.timeout(25)
                seen.append((env.now, f"{name} {'served' if turn in got else 'left'}"))
                if turn in got:
                    yield env.timeout(10)

        def sleeper() -> Story:
            try:
                yield env.timeout(100)
            except simpy.Interrupt as interrupt:
                seen.append((env.now, f"woken by {interrupt.cause}"))
            yield env.timeout(1) & env.timeout(4)
            seen.append((env.now, "both"))

        def waker(sleeping: simpy.Process) -> Story:
            yield env.timeout(7)
            sleeping.interrupt("a bell")

        for name, priority in (("a", 0), ("b", 2), ("c", 1), ("d", 3)):
            env.process(user(name, priority))
        env.process(waker(env.process(sleeper())))
        env.run()
        return seen

    seen = world(Clock())
    assert seen == world(simpy.Environment())
    assert (25, "d left") in seen
    assert (7, "woken by a bell") in seen


def test_a_run_until_an_event_gives_its_value() -> None:
    clock = Clock()

    def story() -> Story:
        yield clock.timeout(4)
        return "done"

    process = clock.process(story())
    assert clock.run(until=process) == "done"
    assert clock.run(until=process) == "done"
    assert clock.now == 4


def test_what_waits_for_the_same_event_as_the_run_goes_on_in_the_next_run() -> None:
    clock, seen = Clock(), list[str]()
    bell = clock.event()
    bell.callbacks.append(lambda _: clock.call_in(0, seen.append, "call made by the bell"))
    clock.call_in(3, bell.succeed, "rung")
    clock.call_in(3, seen.append, "call of the same tick")

    def listener() -> Story:
        yield clock.timeout(1)
        yield bell
        seen.append("after")

    clock.process(listener())
    assert clock.run(until=bell) == "rung"
    assert seen == ["call of the same tick"]
    clock.run()
    assert seen == ["call of the same tick", "after", "call made by the bell"]


def test_a_run_until_an_event_that_cannot_happen_any_more_says_so() -> None:
    clock = Clock()
    with pytest.raises(RuntimeError, match="has not happened"):
        clock.run(until=clock.event())
    assert clock.now == 0


def test_a_failure_that_nobody_handles_ends_the_run() -> None:
    clock = Clock()

    def story() -> Story:
        yield clock.timeout(3)
        raise LookupError("no such claim")

    clock.process(story())
    with pytest.raises(LookupError, match="no such claim"):
        clock.run()
    assert clock.now == 3


def test_a_failed_event_that_is_handled_does_not_end_the_run() -> None:
    clock, seen = Clock(), list[str]()
    answer = clock.event()

    def story() -> Story:
        try:
            yield answer
        except ConnectionError as failure:
            seen.append(str(failure))

    clock.process(story())
    clock.call_in(2, answer.fail, ConnectionError("core is down"))
    clock.run()
    assert seen == ["core is down"]


def test_the_exception_of_a_call_comes_out_as_it_is_and_the_run_can_go_on() -> None:
    clock, seen = Clock(), list[str]()

    def fail(problem: Exception) -> None:
        raise problem

    problem = ArithmeticError("a cent is missing")
    clock.call_in(1, fail, problem)
    clock.call_in(2, seen.append, "after")
    with pytest.raises(ArithmeticError) as raised:
        clock.run(until=50)
    assert raised.value is problem
    assert clock.pending == 1, "the end of the broken run does not stay behind"
    clock.run()
    assert (seen, clock.now) == (["after"], 2)


def test_steps_do_what_a_run_does() -> None:
    clock, seen = Clock(), list[int]()
    for tick in (3, 1, 2):
        clock.call_at(tick, seen.append, tick)
    while clock.pending:
        assert clock.peek() == len(seen) + 1
        clock.step()
    assert (seen, clock.now) == ([1, 2, 3], 3)
    with pytest.raises(EmptySchedule):
        clock.step()


def test_withdrawn_calls_are_given_back_in_the_order_they_were_due() -> None:
    clock, dice, seen, mine = Clock(), Random(1), list[int](), list[int]()
    append = mine.append
    ticks = [dice.randrange(200) for _ in range(300)]
    for tick in ticks:
        clock.call_at(tick, append if tick % 3 else seen.append, tick)
    assert clock.withdraw(append) == sorted(tick for tick in ticks if tick % 3)
    clock.run()
    assert (seen, mine) == (sorted(tick for tick in ticks if tick % 3 == 0), [])
