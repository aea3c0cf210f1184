"""Stations: first in, first out, exact counts, room, staffing, outages and ranks."""

from array import array
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.engine import BareStation, Clock, Station
from simulations.engine.queues import RankedQueue


@dataclass
class Log:
    """What became of whom, and when."""

    clock: Clock
    rows: list[tuple[int, int]] = field(default_factory=list)

    def __call__(self, item: int) -> None:
        self.rows.append((self.clock.now, item))


def assert_counts_balance(station: Station) -> None:
    assert station.arrived == station.rejected + station.waiting + station.abandoned + station.started
    assert station.started == station.busy + station.finished + station.stopped + station.lost


def test_two_servers_take_customers_in_the_order_they_came() -> None:
    clock = Clock()
    done = Log(clock)
    desk = Station(clock, "desk", servers=2, service=[10, 3, 4, 5].__getitem__, on_done=done)
    for number in range(4):
        desk.put(number)
    assert (desk.busy, desk.waiting, desk.servers) == (2, 2, 2)
    clock.run()
    assert done.rows == [(3, 1), (7, 2), (10, 0), (12, 3)]
    assert (desk.arrived, desk.started, desk.finished, desk.peak_waiting) == (4, 4, 4, 2)


def test_a_bare_station_does_the_same_without_counting() -> None:
    dice = Random(5)
    ticks = [dice.randrange(1, 30) for _ in range(400)]
    waits = {"full": array("q"), "bare": array("q")}
    logs: list[list[tuple[int, int]]] = []
    backlogs: list[int] = []
    for kind, waited in waits.items():
        clock = Clock(trace="off" if kind == "bare" else "hash")
        done = Log(clock)
        if kind == "bare":
            desk = BareStation(clock, servers=3, service=ticks.__getitem__, on_done=done, waits=waited)
        else:
            desk = Station(clock, "desk", servers=3, service=ticks.__getitem__, on_done=done, waits=waited)
        for number in range(400):
            clock.call_at(number * 5, desk.put, number)
        clock.run(until=1_000)
        backlogs.append(desk.waiting)
        clock.run()
        logs.append(done.rows)
    assert logs[0] == logs[1]
    assert backlogs[0] == backlogs[1] > 0
    assert waits["full"] == waits["bare"]
    assert max(waits["full"]) > 0


def test_the_next_work_starts_before_anyone_hears_of_the_end() -> None:
    clock = Clock()
    seen: list[tuple[str, int]] = []

    def service(item: int) -> int:
        seen.append(("starts", item))
        return 5

    desk = Station[int](clock, "desk", servers=1, service=service, on_done=lambda item: seen.append(("done", item)))
    desk.put(1)
    desk.put(2)
    clock.run()
    assert seen == [("starts", 1), ("starts", 2), ("done", 1), ("done", 2)]


def test_an_item_may_come_back_to_the_station_that_has_just_finished_it() -> None:
    clock, laps = Clock(), list[int]()

    def again(item: int) -> None:
        laps.append(clock.now)
        if len(laps) < 2_000:
            desk.put(item)

    desk = Station[int](clock, "desk", servers=1, service=lambda _: 2, on_done=again)
    desk.put(1)
    clock.run()
    assert laps == list(range(2, 4_001, 2))


@pytest.mark.parametrize("ticks", [2.5, -1, True, None])
def test_a_service_time_that_is_not_a_whole_number_from_zero_on_is_refused(ticks: Any) -> None:
    desk = Station(Clock(), "desk", servers=1, service=lambda _: ticks)
    with pytest.raises(ValueError, match="desk: service takes a whole number"):
        desk.put(1)


def test_items_that_are_not_numbers_need_a_number_for_the_trace() -> None:
    clock = Clock(trace="rows")
    with pytest.raises(TypeError):
        Station(clock, "desk", servers=1, service=lambda _: 1).put("claim 17")
    named = Station[str](clock, "post", servers=1, service=len, entity=lambda text: int(text[6:]))
    named.put("claim 17")
    clock.run()
    assert clock.trace is not None
    assert list(clock.trace.rows()) == [(0, "post arrived", 17), (8, "post finished", 17)]


def test_littles_law_holds_exactly_at_every_station_of_a_line() -> None:
    clock, dice = Clock(), Random(11)
    ticks = [[dice.randrange(1, 200) for _ in range(1_000)] for _ in range(2)]
    waits = [array("q"), array("q")]
    second = Station(clock, "second", servers=2, service=ticks[1].__getitem__, waits=waits[1])
    first = Station(clock, "first", servers=2, service=ticks[0].__getitem__, waits=waits[0], on_done=second.put)
    for number in range(1_000):
        clock.call_at(number * 52 + dice.randrange(50), first.put, number)
    clock.run()
    for station, waited, served in zip((first, second), waits, ticks, strict=True):
        assert station.waiting_area == sum(waited) > 0
        assert station.busy_area == sum(served)
        assert len(waited) == station.started == station.finished == 1_000


def test_the_areas_are_the_integrals_of_the_counts_at_any_moment() -> None:
    clock, dice = Clock(), Random(12)
    desk = Station(clock, "desk", servers=3, service=lambda _: dice.randrange(1, 60), room=4)
    waiting_area = busy_area = 0
    for number in range(300):
        clock.call_at(number * 10 + dice.randrange(10), desk.put, number)
    for tick in range(3_000):
        clock.run(until=tick)
        assert (desk.waiting_area, desk.busy_area) == (waiting_area, busy_area)
        assert_counts_balance(desk)
        waiting_area += desk.waiting
        busy_area += desk.busy
    assert desk.rejected > 0


def test_a_full_queue_rejects() -> None:
    clock, turned_away = Clock(), list[int]()
    desk = Station(clock, "desk", servers=1, service=lambda _: 10, room=2, on_reject=turned_away.append)
    for number in range(5):
        desk.put(number)
    assert (turned_away, desk.rejected, desk.waiting, desk.peak_waiting) == ([3, 4], 2, 2, 2)
    clock.run()
    assert desk.finished == 3
    assert_counts_balance(desk)


def test_a_station_without_room_for_waiting_serves_or_rejects() -> None:
    clock = Clock()
    desk = Station(clock, "desk", servers=1, service=lambda _: 10, room=0)
    for tick in (0, 9, 11):
        clock.call_at(tick, desk.put, tick)
    clock.run()
    assert (desk.finished, desk.rejected) == (2, 1)


Program = list[tuple[str, int]]
PROGRAMS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(1, 40)),
        st.tuples(st.just("wait"), st.integers(0, 30)),
        st.tuples(st.just("servers"), st.integers(0, 4)),
        st.tuples(st.sampled_from(["finish", "lose", "open"]), st.just(0)),
    ),
    max_size=40,
)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(program=PROGRAMS, room=st.integers(0, 5), ranked=st.booleans())
def test_counts_balance_and_nothing_idles_beside_work_whatever_happens(
    program: Program, room: int, ranked: bool
) -> None:
    clock, waits, is_open = Clock(), array("q"), True
    ticks: list[int] = []
    queue = RankedQueue(ticks.__getitem__) if ranked else None
    desk = Station(clock, "desk", servers=2, service=ticks.__getitem__, room=room, waits=waits, queue=queue)
    for step, number in program:
        if step == "put":
            ticks.append(number)
            desk.put(len(ticks) - 1)
        elif step == "wait":
            clock.run(until=clock.now + number)
        elif step == "servers":
            desk.set_servers(number)
        elif (step == "open") != is_open:
            is_open = not is_open
            if is_open:
                desk.open()
            else:
                desk.close(running="lose" if step == "lose" else "finish")
        assert_counts_balance(desk)
        assert not (is_open and desk.waiting and desk.busy < desk.servers)
        assert desk.waiting <= room
    if not is_open:
        desk.open()
    desk.set_servers(1)
    clock.run()
    assert (desk.waiting, desk.busy) == (0, 0)
    assert desk.waiting_area == sum(waits)
    assert_counts_balance(desk)
