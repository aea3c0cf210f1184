"""Counts by day: what belongs to which day, and what stands at its end."""

from simulations.engine import DAY, HOUR
from simulations.levels import Daily


def column(daily: Daily, name: str) -> list[int]:
    return daily.frame(0, (name,))[name].to_list()


def test_day_0_is_the_first_day_from_its_first_to_its_last_tick() -> None:
    daily = Daily(3)
    for tick in (0, DAY - 1, DAY, 2 * DAY + HOUR):
        daily.count("reported", tick)
    assert column(daily, "reported") == [2, 3, 4]


def test_what_happened_before_the_first_day_counts_on_it() -> None:
    daily = Daily(2)
    daily.count("reported", -5 * DAY)
    assert column(daily, "reported") == [1, 1]


def test_what_happens_after_the_last_day_is_not_counted() -> None:
    daily = Daily(2)
    daily.count("reported", 2 * DAY - 1)
    daily.count("reported", 2 * DAY)
    assert column(daily, "reported") == [0, 1]


def test_a_level_rises_and_falls_and_is_told_as_it_stands_at_the_end_of_a_day() -> None:
    daily = Daily(4)
    daily.count("open", HOUR)
    daily.count("open", HOUR)
    daily.count("open", 2 * HOUR, -1)
    daily.count("open", 2 * DAY, -1)
    assert column(daily, "open") == [1, 1, 0, 0]


def test_amounts_add_up() -> None:
    daily = Daily(2)
    daily.count("paid_minor", HOUR, 1_250)
    daily.count("paid_minor", DAY, 50)
    assert column(daily, "paid_minor") == [1_250, 1_300]


def test_a_frame_has_a_row_for_every_day_and_nothing_for_what_never_happened() -> None:
    frame = Daily(3).frame(7, ("reported", "closed"))
    assert frame.to_dict(as_series=False) == {
        "replication": [7, 7, 7],
        "day": [0, 1, 2],
        "reported": [0, 0, 0],
        "closed": [0, 0, 0],
    }
