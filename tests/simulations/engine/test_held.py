"""Held stations: the server of a caller stays busy while the caller waits."""

from random import Random

import pytest

from simulations.engine import SECOND, Clock, HeldStation, Station


def test_a_server_stays_busy_until_it_is_released() -> None:
    clock, started = Clock(), list[tuple[int, int]]()
    pool = HeldStation[int](clock, "pool", servers=1, on_start=lambda item: started.append((clock.now, item)))
    pool.put(1)
    pool.put(2)
    clock.call_at(1_000, pool.release, 1)
    clock.run()
    assert started == [(0, 1), (1_000, 2)]
    assert (pool.busy, pool.waiting, pool.finished) == (1, 0, 1)
    assert pool.holds(2)
    assert not pool.holds(1)
    assert (pool.busy_area, pool.waiting_area) == (1_000, 1_000)


def test_a_slow_core_takes_the_servers_of_its_callers_and_so_stops_calls_that_do_not_need_it() -> None:
    clock = Clock()
    quick = Station(clock, "documents", servers=50, service=lambda _: SECOND // 100)
    core_ticks = SECOND // 20
    core = Station(clock, "core", servers=10, service=lambda _: core_ticks)

    def ask(call: int) -> None:
        if call % 2:
            core.put(call)
        else:
            clock.call_in(SECOND // 100, gateway.release, call)

    gateway = HeldStation[int](clock, "gateway", servers=30, on_start=ask)
    core = Station(clock, "core", servers=10, service=lambda _: core_ticks, on_done=gateway.release)
    for call in range(6_000):
        clock.call_at(call * SECOND // 200, gateway.put, call)
    clock.run(until=10 * SECOND)
    assert (gateway.waiting, core.waiting, quick.arrived) == (0, 0, 0)
    assert gateway.peak_waiting == 0
    core_ticks = 2 * SECOND
    clock.run(until=20 * SECOND)
    assert gateway.busy == gateway.servers, "every thread of the gateway waits for the core"
    assert core.busy + core.waiting == gateway.servers, "so that the core never has more before it than that"
    assert gateway.waiting > 1_000, "and calls that have nothing to do with the core wait as well"


def test_a_backlog_whose_starts_release_at_once_is_no_recursion() -> None:
    clock, refused = Clock(), list[int]()

    def refuse(item: int) -> None:
        refused.append(item)
        pool.release(item)

    pool = HeldStation[int](clock, "pool", servers=3, on_start=refuse)
    pool.close(running="finish")
    for number in range(20_000):
        pool.put(number)
    pool.open()
    assert refused == list(range(20_000))
    assert (pool.busy, pool.waiting, pool.finished) == (0, 0, 20_000)


def test_who_comes_while_the_backlog_is_being_started_does_not_overtake_it() -> None:
    clock, started = Clock(), list[int]()

    def start(item: int) -> None:
        started.append(item)
        pool.release(item)
        if item < 3:
            pool.put(item + 10)

    pool = HeldStation[int](clock, "pool", servers=1, on_start=start)
    pool.close(running="finish")
    for number in range(4):
        pool.put(number)
    pool.open()
    assert started == [0, 1, 2, 3, 10, 11, 12]


def test_a_release_of_what_is_not_in_service_is_a_mistake() -> None:
    pool = HeldStation[int](Clock(), "pool", servers=1, on_start=lambda _: None)
    pool.put(1)
    pool.put(2)
    with pytest.raises(ValueError, match="pool does not serve 2"):
        pool.release(2)
    pool.release(1)
    with pytest.raises(ValueError, match="pool does not serve 1"):
        pool.release(1)


def test_the_same_item_twice_is_a_mistake() -> None:
    pool = HeldStation[int](Clock(), "pool", servers=2, on_start=lambda _: None)
    pool.put(1)
    with pytest.raises(ValueError, match="pool serves 1 already"):
        pool.put(1)
    full = HeldStation[int](Clock(), "full", servers=0, on_start=lambda _: None)
    full.put(1)
    with pytest.raises(ValueError, match="1 waits here already"):
        full.put(1)


def test_a_caller_that_gives_up_leaves_the_queue_and_never_gets_a_server() -> None:
    clock, started = Clock(), list[int]()
    pool = HeldStation[int](clock, "pool", servers=1, on_start=started.append)
    for number in (1, 2, 3):
        pool.put(number)
    clock.run(until=40)
    assert pool.leave(2)
    assert not pool.leave(2)
    assert not pool.leave(1), "a call that runs cannot leave the queue"
    pool.release(1)
    assert started == [1, 3]
    assert (pool.abandoned, pool.waiting_area) == (1, 80)


def test_an_outage_loses_what_is_held_and_opens_with_all_servers() -> None:
    clock, started = Clock(), list[int]()
    pool = HeldStation[int](clock, "pool", servers=2, on_start=started.append)
    for number in (5, 3, 4):
        pool.put(number)
    assert pool.close(running="lose") == [5, 3]
    assert not pool.holds(5)
    assert (pool.busy, pool.waiting, pool.lost) == (0, 1, 2)
    pool.open()
    assert started == [5, 3, 4]
    pool.put(3)
    assert pool.holds(3), "what was lost may come again"


def totals(clock: Clock, desk: HeldStation[int] | Station[int]) -> tuple[int | str, ...]:
    for number in range(500):
        clock.call_at(number * 12, desk.put, number)
    clock.run()
    assert clock.trace is not None
    return desk.finished, desk.rejected, desk.waiting_area, desk.busy_area, clock.trace.digest()


def test_counts_areas_and_trace_are_those_of_a_timed_station_with_the_same_services() -> None:
    dice = Random(8)
    ticks = [dice.randrange(1, 50) for _ in range(500)]
    clock = Clock()
    held = HeldStation[int](
        clock, "desk", servers=2, room=6, on_start=lambda item: clock.call_in(ticks[item], held.release, item)
    )
    other = Clock()
    timed = Station[int](other, "desk", servers=2, room=6, service=ticks.__getitem__)
    assert totals(clock, held) == totals(other, timed)
    assert held.rejected > 0
