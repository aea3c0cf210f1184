"""The trace hash: the same for the same run anywhere, and another if a single thing moves by a single tick."""

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from struct import pack
from typing import Any

import pytest

from simulations.engine import (
    DAY,
    Clock,
    DayWheel,
    RenegingStation,
    Station,
    TimeoutLane,
    Trace,
    combine,
    stable_number,
)
from simulations.engine.reneging import Ticket

HOUSE = Path(__file__).parents[3]


def small_world(*, moved_ticks: int = 0, question_at: int | None = None) -> str:
    """The trace hash of two stations, a lane and a wheel; one of 500 customers may come later by some ticks."""
    clock = Clock()
    lane = TimeoutLane(clock, 9_000, Ticket[int].leave)
    back = Station[int](clock, "back office", servers=2, service=lambda number: 1_000 + number * 37 % 900)
    front = RenegingStation(clock, "front", servers=3, service=lambda number: 2_000 + number % 7, on_done=back.put)
    wheel = DayWheel(clock, days=3, handler=back.put, offset_ticks=10, spread_ticks=5_000)
    for number in range(500):
        moved = moved_ticks if number == 250 else 0
        clock.call_at(number * 600 + moved, lambda customer: lane.arm(front.admit(customer)), number)
    for day in range(3):
        for number in range(20):
            wheel.add(day, 1_000 + number)
    if question_at is not None:
        clock.call_at(question_at, lambda _: clock.trace and clock.trace.digest(), None)
    clock.run(until=3 * DAY)
    assert clock.trace is not None
    return clock.trace.digest()


def test_the_digest_is_the_same_in_other_processes_with_other_hash_seeds() -> None:
    script = f"import runpy; print(runpy.run_path({str(Path(__file__))!r})['small_world']())"
    digests = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(HOUSE)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "4242")
    }
    assert digests == {small_world()}


def test_the_digest_is_that_of_the_rows_as_64_bit_numbers_and_so_the_same_in_every_version() -> None:
    trace = Trace()
    trace.note(5, 7, 11)
    trace.note(6, 7, -1)
    assert trace.digest() == sha256(pack("<6q", 5, 7, 11, 6, 7, -1)).hexdigest()[:32]
    assert trace.digest() == "d5b0f81a765929959d69a83b1c429fa7"


def test_a_single_event_moved_by_a_single_tick_changes_the_digest() -> None:
    assert small_world(moved_ticks=1) != small_world()


def test_who_asks_for_the_digest_on_the_way_does_not_change_it() -> None:
    assert small_world(question_at=123_456) == small_world()


def test_two_things_that_change_places_within_a_tick_change_the_digest() -> None:
    def digest(*entities: int) -> str:
        trace = Trace()
        for entity in entities:
            trace.note(1, 2, entity)
        return trace.digest()

    assert digest(1, 2) != digest(2, 1)
    assert digest(1, 2) == digest(1, 2)


def two_desks(clock: Clock) -> Trace:
    desk = Station(clock, "desk", servers=1, service=lambda _: 10)
    stand = Station(clock, "stand", servers=1, service=lambda _: 4, room=0)
    desk.put(3)
    stand.put(1)
    stand.put(2)
    clock.run()
    assert clock.trace is not None
    return clock.trace


def test_a_trace_that_keeps_rows_tells_what_happened() -> None:
    assert list(two_desks(Clock(trace="rows")).rows()) == [
        (0, "desk arrived", 3),
        (0, "stand arrived", 1),
        (0, "stand arrived", 2),
        (0, "stand rejected", 2),
        (4, "stand finished", 1),
        (10, "desk finished", 3),
    ]


def test_a_trace_that_keeps_rows_has_the_digest_of_one_that_does_not() -> None:
    assert two_desks(Clock(trace="rows")).digest() == two_desks(Clock()).digest()


def test_ten_thousand_rows_are_kept_in_order() -> None:
    trace = Trace(keep="rows")
    kind = trace.kind("counted")
    for number in range(10_000):
        trace.note(number, kind, -number)
    assert list(trace.rows()) == [(number, "counted", -number) for number in range(10_000)]


def test_a_trace_that_kept_only_its_hash_says_so_when_asked_for_rows() -> None:
    with pytest.raises(ValueError, match="keep='rows'"):
        list(Trace().rows())
    assert Trace().digest() == Trace(keep="rows").digest()


@pytest.mark.parametrize("entity", [1.5, "C-17", None, 1 << 63])
def test_a_row_that_is_not_three_whole_numbers_is_named(entity: Any) -> None:
    trace = Trace()
    trace.note(1, 2, 3)
    trace.note(4, 5, entity)
    with pytest.raises(TypeError, match=r"not \(4, 5, "):
        trace.digest()


def test_a_wrong_row_is_found_within_four_thousand_rows() -> None:
    trace = Trace()
    name: Any = "C-17"
    trace.note(1, 2, name)

    def four_thousand_more() -> None:
        for number in range(4_096):
            trace.note(number, 2, 3)

    with pytest.raises(TypeError, match="C-17"):
        four_thousand_more()


def test_a_kind_has_the_same_number_whatever_kinds_came_before_it() -> None:
    one, other = Trace(), Trace()
    one.kind("billed")
    assert one.kind("paid") == other.kind("paid") == other.kind("paid") == stable_number("paid")
    assert stable_number("paid") == 20192209170565670


def test_a_clock_without_a_trace_runs_the_same_and_notes_nothing() -> None:
    def finished(clock: Clock) -> list[tuple[int, int]]:
        seen: list[tuple[int, int]] = []
        desk = Station[int](
            clock, "desk", servers=1, service=lambda _: 3, on_done=lambda number: seen.append((clock.now, number))
        )
        for number in range(5):
            desk.put(number)
        clock.run()
        return seen

    assert Clock(trace="off").trace is None
    assert finished(Clock(trace="off")) == finished(Clock()) == [(3, 0), (6, 1), (9, 2), (12, 3), (15, 4)]


def test_replications_combine_in_their_order() -> None:
    assert combine(["aa", "bb"]) == combine(iter(["aa", "bb"]))
    assert combine(["aa", "bb"]) != combine(["bb", "aa"])
    assert combine(["aa", "bb"]) != combine(["aabb"])
    assert len(combine([])) == 32
