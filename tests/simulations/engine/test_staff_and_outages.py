"""More servers, fewer servers, and none for a while."""

from dataclasses import dataclass, field

import pytest

from simulations.engine import Clock, Station


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


def test_more_servers_start_waiting_work_at_once() -> None:
    clock = Clock()
    done = Log(clock)
    desk = Station(clock, "desk", servers=1, service=lambda _: 10, on_done=done)
    for number in range(4):
        desk.put(number)
    clock.call_at(5, desk.set_servers, 3)
    clock.run()
    assert done.rows == [(10, 0), (15, 1), (15, 2), (20, 3)]


def test_fewer_servers_let_running_work_finish() -> None:
    clock = Clock()
    done = Log(clock)
    desk = Station(clock, "desk", servers=3, service=lambda _: 10, on_done=done)
    for number in range(6):
        desk.put(number)
    desk.set_servers(1)
    assert (desk.busy, desk.servers) == (3, 1)
    clock.run()
    assert done.rows == [(10, 0), (10, 1), (10, 2), (20, 3), (30, 4), (40, 5)]


def test_a_station_can_be_without_servers_for_a_while() -> None:
    clock = Clock()
    done = Log(clock)
    desk = Station(clock, "desk", servers=0, service=lambda _: 10, on_done=done)
    desk.put(1)
    clock.call_at(100, desk.set_servers, 1)
    clock.run()
    assert done.rows == [(110, 1)]
    with pytest.raises(ValueError, match="desk: -1 servers"):
        desk.set_servers(-1)
    with pytest.raises(ValueError, match="post: -1 servers"):
        Station(clock, "post", servers=-1, service=lambda _: 1)


def test_an_outage_in_which_running_work_finishes() -> None:
    clock = Clock()
    done = Log(clock)
    desk = Station(clock, "desk", servers=2, service=lambda _: 10, on_done=done)
    for number in range(4):
        desk.put(number)
    clock.run(until=5)
    assert desk.close(running="finish") == []
    clock.call_at(7, desk.put, 4)
    clock.run(until=50)
    assert done.rows == [(10, 0), (10, 1)]
    assert (desk.waiting, desk.busy, desk.lost) == (3, 0, 0)
    desk.open()
    clock.run()
    assert done.rows[2:] == [(60, 2), (60, 3), (70, 4)]
    assert_counts_balance(desk)


def test_an_outage_in_which_running_work_is_lost() -> None:
    clock = Clock(trace="rows")
    done = Log(clock)
    desk = Station(clock, "desk", servers=2, service=[20, 10, 5, 5].__getitem__, on_done=done)
    other = Station(clock, "other", servers=1, service=lambda _: 30)
    other.put(9)
    for number in range(4):
        desk.put(number)
    clock.run(until=5)
    assert desk.close(running="lose") == [1, 0], "in the order in which they would have ended"
    clock.run(until=50)
    assert (done.rows, desk.lost, desk.busy, desk.waiting, other.finished) == ([], 2, 0, 2, 1)
    assert desk.busy_area == 2 * 5
    desk.open()
    clock.run()
    assert done.rows == [(55, 2), (55, 3)]
    assert_counts_balance(desk)
    assert clock.trace is not None
    assert (5, "desk lost", 1) in list(clock.trace.rows())


def test_staff_can_change_during_an_outage() -> None:
    clock = Clock()
    desk = Station(clock, "desk", servers=1, service=lambda _: 10)
    desk.close(running="finish")
    for number in range(3):
        desk.put(number)
    desk.set_servers(3)
    assert (desk.busy, desk.waiting, desk.servers) == (0, 3, 3)
    desk.open()
    assert (desk.busy, desk.waiting) == (3, 0)


def test_outages_that_overlap_are_a_mistake() -> None:
    desk = Station(Clock(), "desk", servers=1, service=lambda _: 10)
    with pytest.raises(RuntimeError, match="desk is open already"):
        desk.open()
    desk.close(running="finish")
    with pytest.raises(RuntimeError, match="desk is closed already"):
        desk.close(running="lose")
