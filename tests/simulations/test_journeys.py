"""Journeys: from the first start to the first end, of what has both."""

import pytest

from simulations.engine import DAY, HOUR
from simulations.journeys import UNITS, Journeys


def test_a_journey_lasts_from_its_first_start_to_its_first_end() -> None:
    journeys = Journeys()
    for tick in (5, 9):
        journeys.start("quote_to_bind", "P1", tick)
    for tick in (25, 40):
        journeys.end("quote_to_bind", "P1", tick)
    assert journeys.lengths("quote_to_bind") == [20]


def test_what_never_started_does_not_end_and_what_has_not_ended_has_no_length() -> None:
    journeys = Journeys()
    journeys.end("quote_to_bind", "nobody", 10)
    journeys.start("quote_to_bind", "P1", 5)
    journeys.start("approve_to_pay", "P2", 5)
    journeys.end("quote_to_bind", "P2", 10)
    assert journeys.lengths("quote_to_bind") == []
    assert journeys.lengths("approve_to_pay") == []


def test_a_frame_tells_every_journey_begun_with_its_measure_and_null_while_it_goes_on() -> None:
    journeys = Journeys()
    journeys.start("quote_to_bind", "P1", 5)
    journeys.end("quote_to_bind", "P1", 7)
    journeys.start("approve_to_pay", "C1", 6)
    assert journeys.frame(3, "storm").rows(named=True) == [
        {"replication": 3, "measure": "quote_to_bind", "journey": "storm", "entity": "P1", "start": 5, "end": 7},
        {"replication": 3, "measure": "approve_to_pay", "journey": "storm", "entity": "C1", "start": 6, "end": None},
    ]


def test_a_frame_without_journeys_has_the_same_columns() -> None:
    empty, other = Journeys(), Journeys()
    other.start("quote_to_bind", "P1", 5)
    assert empty.frame(0, "storm").height == 0
    assert empty.frame(0, "storm").schema == other.frame(0, "storm").schema


@pytest.mark.parametrize(
    ("measure", "unit"), [("fnol_to_assignment", ("hours", HOUR)), ("quote_to_bind", ("days", DAY))]
)
def test_units_are_whole_ticks_of_the_clock(measure, unit: tuple[str, int]) -> None:
    assert UNITS[measure] == unit
