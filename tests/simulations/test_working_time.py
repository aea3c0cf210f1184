"""When people work: hours, nights, weekends, and work that outlasts a day."""

from random import Random

import pytest

from simulations.engine import DAY, HOUR, MINUTE
from simulations.working_time import WorkingTime

THURSDAY = 3
EVERY_DAY = WorkingTime(8, 18, "every_day", THURSDAY)
WEEKDAYS = WorkingTime(8, 18, "weekdays", THURSDAY)
"""Day 0 is a Thursday, so that days 2 and 3 are a weekend."""


@pytest.mark.parametrize(
    ("asked", "opens"),
    [
        (0, 8 * HOUR),
        (8 * HOUR - 1, 8 * HOUR),
        (8 * HOUR, 8 * HOUR),
        (12 * HOUR + 7, 12 * HOUR + 7),
        (18 * HOUR - 1, 18 * HOUR - 1),
        (18 * HOUR, DAY + 8 * HOUR),
        (DAY - 1, DAY + 8 * HOUR),
    ],
)
def test_the_door_opens_at_eight_and_closes_at_six(asked: int, opens: int) -> None:
    assert EVERY_DAY.next_open(asked) == opens


def test_nobody_works_on_a_weekend_who_works_on_weekdays() -> None:
    friday_evening, monday_morning = DAY + 18 * HOUR, 4 * DAY + 8 * HOUR
    assert WEEKDAYS.next_open(friday_evening) == monday_morning
    assert WEEKDAYS.next_open(2 * DAY + 12 * HOUR) == monday_morning
    assert WEEKDAYS.next_open(3 * DAY + 12 * HOUR) == monday_morning
    assert EVERY_DAY.next_open(2 * DAY + 12 * HOUR) == 2 * DAY + 12 * HOUR


def test_work_within_a_day_is_done_that_day_to_the_last_tick() -> None:
    assert EVERY_DAY.after(9 * HOUR, 2 * HOUR) == 11 * HOUR
    assert EVERY_DAY.after(8 * HOUR, 10 * HOUR) == 18 * HOUR
    assert EVERY_DAY.after(8 * HOUR, 10 * HOUR + 1) == DAY + 8 * HOUR + 1


def test_work_begun_in_the_evening_goes_on_in_the_morning() -> None:
    assert EVERY_DAY.after(17 * HOUR, 3 * HOUR) == DAY + 10 * HOUR


def test_work_given_at_night_begins_in_the_morning() -> None:
    assert EVERY_DAY.after(20 * HOUR, HOUR) == DAY + 9 * HOUR
    assert EVERY_DAY.after(3 * HOUR, HOUR) == 9 * HOUR


def test_work_of_many_days_takes_ten_hours_of_each_and_none_of_a_weekend() -> None:
    assert EVERY_DAY.after(8 * HOUR, 35 * HOUR) == 3 * DAY + 13 * HOUR
    assert WEEKDAYS.after(8 * HOUR, 35 * HOUR) == 5 * DAY + 13 * HOUR


def minute_by_minute(hours: WorkingTime, tick: int, work: int) -> int:
    """The end of `work`, found by watching the clock on the wall."""
    minute, left = tick // MINUTE, work // MINUTE
    while left:
        day, within = divmod(minute, 24 * 60)
        weekend = (hours.first_weekday + day) % 7 >= 5
        open_now = hours.opens * 60 <= within < hours.closes * 60 and not (weekend and hours.days == "weekdays")
        left -= open_now
        minute += 1
    return minute * MINUTE


@pytest.mark.parametrize(
    "hours", [EVERY_DAY, WEEKDAYS, WorkingTime(0, 24, "weekdays", 6), WorkingTime(22, 24, "every_day", 0)]
)
def test_the_end_of_any_work_is_what_the_clock_on_the_wall_says(hours: WorkingTime) -> None:
    dice = Random(4)
    for _ in range(60):
        tick, work = dice.randrange(10 * 24 * 60) * MINUTE, dice.randrange(1, 40 * 60) * MINUTE
        assert hours.after(tick, work) == minute_by_minute(hours, tick, work), (tick, work)


def test_work_in_two_parts_takes_as_long_as_in_one() -> None:
    dice = Random(5)
    for _ in range(200):
        tick, first, second = dice.randrange(14 * DAY), dice.randrange(1, 20 * HOUR), dice.randrange(1, 20 * HOUR)
        assert WEEKDAYS.after(WEEKDAYS.after(tick, first), second) == WEEKDAYS.after(tick, first + second)
