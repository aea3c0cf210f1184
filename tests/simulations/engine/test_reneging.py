"""Customers that give up: they really leave, and what they leave running goes on unless it is told to stop."""

from array import array
from collections.abc import Generator
from random import Random
from typing import Any

import simpy

from simulations.engine import SECOND, Clock, RenegingStation, Ticket, TimeoutLane


def test_who_leaves_the_queue_never_wins_a_server_later() -> None:
    """With SimPy, a request that is left without being cancelled wins its resource later and holds it for ever."""
    env = simpy.Environment()
    desk, served = simpy.Resource(env, capacity=1), list[str]()

    def first() -> Generator[simpy.Event, Any, None]:
        with desk.request() as turn:
            yield turn
            yield env.timeout(10)

    def impatient() -> Generator[simpy.Event, Any, None]:
        yield desk.request() | env.timeout(5)

    def last() -> Generator[simpy.Event, Any, None]:
        yield env.timeout(6)
        with desk.request() as turn:
            yield turn
            served.append("last")

    for story in (first, impatient, last):
        env.process(story())
    env.run(until=1_000)
    assert (served, desk.count) == ([], 1)

    clock, finished = Clock(), list[str]()
    ours = RenegingStation[str](clock, "ours", servers=1, service=lambda _: 10, on_done=finished.append, entity=len)
    ours.admit("first")
    TimeoutLane(clock, 5, Ticket[str].leave).arm(ours.admit("impatient"))
    clock.call_at(6, ours.admit, "last")
    clock.run()
    assert finished == ["first", "last"]
    assert (ours.waiting, ours.busy, ours.abandoned) == (0, 0, 1)


def test_a_leaver_makes_room_in_a_full_queue() -> None:
    desk = RenegingStation[int](Clock(), "desk", servers=1, service=lambda _: 10, room=1)
    desk.admit(1)
    waiting = desk.admit(2)
    assert desk.admit(3).place == "gone"
    assert waiting.leave()
    assert desk.admit(4).place == "waiting"
    assert (desk.rejected, desk.abandoned) == (1, 1)


def test_abandoned_work_keeps_its_server_busy() -> None:
    clock, finished = Clock(), list[tuple[int, int]]()
    desk = RenegingStation[int](
        clock, "desk", servers=1, service=lambda _: 100, on_done=lambda item: finished.append((clock.now, item))
    )
    running = desk.admit(1)
    desk.admit(2)
    clock.run(until=10)
    assert not running.leave(), "it is too late to leave the queue"
    assert running.place == "running"
    clock.run()
    assert finished == [(100, 1), (200, 2)]
    assert desk.busy_area == 200


def test_stopped_work_frees_its_server_at_once_and_never_finishes() -> None:
    clock, finished = Clock(), list[tuple[int, int]]()
    desk = RenegingStation[int](
        clock, "desk", servers=1, service=lambda _: 100, on_done=lambda item: finished.append((clock.now, item))
    )
    running = desk.admit(1)
    desk.admit(2)
    clock.run(until=10)
    assert running.stop()
    assert not running.stop()
    clock.run()
    assert finished == [(110, 2)]
    assert (desk.stopped, desk.finished, desk.busy_area) == (1, 1, 110)


def test_to_stop_what_still_waits_is_to_leave() -> None:
    desk = RenegingStation[int](Clock(), "desk", servers=0, service=lambda _: 100)
    ticket = desk.admit(1)
    assert ticket.stop()
    assert (desk.abandoned, desk.stopped, desk.waiting) == (1, 0, 0)


def goodput_after_a_pause(give_up: str) -> float:
    """Calls a second that are answered in time, long after the server paused for three seconds. Nobody retries; each call
    has a second's patience, and the server could serve 100 calls a second where 95 come."""
    clock, in_time = Clock(), list[int]()
    desk = RenegingStation[int](
        clock,
        "desk",
        servers=1,
        service=lambda _: SECOND // 100,
        on_done=lambda call: timers[call].cancel() and in_time.append(clock.now),
    )

    def give_up_on(ticket: Ticket[int]) -> None:
        if give_up == "leave":
            ticket.leave()

    lane = TimeoutLane(clock, SECOND, give_up_on)
    timers = {}

    def call(number: int) -> None:
        ticket = desk.admit(number)
        timers[number] = lane.arm(ticket)

    for number in range(95 * 30):
        clock.call_at(number * SECOND // 95, call, number)
    clock.run(until=10 * SECOND)
    desk.close(running="finish")
    clock.run(until=13 * SECOND)
    desk.open()
    clock.run(until=20 * SECOND)
    return sum(tick > 15 * SECOND for tick in in_time) / 5


def test_callers_that_leave_the_queue_save_it_from_work_for_nobody() -> None:
    assert goodput_after_a_pause("stay") < 10
    assert goodput_after_a_pause("leave") > 90


def test_littles_law_counts_the_time_of_those_who_left() -> None:
    clock, dice, waits = Clock(), Random(2), array("q")
    left_after = 0
    tickets: list[tuple[int, Ticket[int]]] = []
    desk = RenegingStation[int](clock, "desk", servers=2, service=lambda _: dice.randrange(1, 60), waits=waits)

    def give_up(position: int) -> None:
        nonlocal left_after
        since, ticket = tickets[position]
        if ticket.leave():
            left_after += clock.now - since

    def come(number: int) -> None:
        clock.call_in(dice.randrange(1, 200), give_up, len(tickets))
        tickets.append((clock.now, desk.admit(number)))

    for number in range(2_000):
        clock.call_at(number * 13, come, number)
    clock.run()
    assert desk.abandoned > 100
    assert desk.waiting_area == sum(waits) + left_after
    assert desk.arrived == desk.abandoned + desk.finished == 2_000


def test_an_outage_loses_running_tickets_but_not_those_stopped_before() -> None:
    clock = Clock()
    desk = RenegingStation[int](clock, "desk", servers=3, service=lambda item: item * 10)
    tickets = [desk.admit(item) for item in (3, 2, 1, 4)]
    tickets[1].stop()
    assert [ticket.item for ticket in desk.close(running="lose")] == [1, 3, 4]
    assert (desk.busy, desk.lost, desk.stopped) == (0, 3, 1)
    assert {ticket.place for ticket in tickets} == {"gone"}
    desk.open()
    clock.run()
    assert desk.finished == 0
