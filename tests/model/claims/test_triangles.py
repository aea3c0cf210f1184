"""Development triangles, built by hand and from the events of a core."""

from datetime import date
from typing import Any

import pytest

from fixtures.histories import history, play
from fixtures.jurisdictions import florida
from model.claims import events
from model.claims.triangles import Movement, Triangle, movements, triangle
from model.core import Core, Recorded

FIRST = date(2024, 1, 1)


def paid(loss: str, on: str, change: int) -> Movement:
    return Movement(date.fromisoformat(loss), date.fromisoformat(on), "paid", change)


MOVED = (
    paid("2024-03-01", "2024-06-01", 100),
    paid("2024-12-31", "2025-02-01", 50),
    paid("2024-05-05", "2026-01-01", 30),
    paid("2025-01-01", "2025-01-01", 80),
    paid("2025-07-01", "2026-03-31", -10),
    paid("2026-02-01", "2026-03-01", 7),
    paid("2023-12-31", "2024-06-01", 999),
    Movement(date(2024, 3, 1), date(2024, 6, 1), "incurred", 500),
)


def yearly(as_of: str, periods: int = 3) -> Triangle:
    return triangle(MOVED, "paid", months=12, first=FIRST, periods=periods, as_of=date.fromisoformat(as_of))


def test_a_triangle_grows_along_its_rows_and_knows_no_future():
    found = yearly("2026-03-31")

    assert found.origins == (date(2024, 1, 1), date(2025, 1, 1), date(2026, 1, 1))
    assert found.rows == ((100, 150, 180), (80, 70, None), (7, None, None))
    assert found.latest() == (180, 70, 7)


@pytest.mark.parametrize(
    ("as_of", "rows"),
    [
        ("2024-05-31", ((0, None, None), (None, None, None), (None, None, None))),
        ("2024-12-31", ((100, None, None), (None, None, None), (None, None, None))),
        ("2025-01-01", ((100, 100, None), (80, None, None), (None, None, None))),
        ("2030-01-01", ((100, 150, 180), (80, 70, 70), (7, 7, 7))),
    ],
)
def test_a_triangle_as_of_an_earlier_day_knows_less(as_of, rows):
    assert yearly(as_of).rows == rows


def test_development_from_age_to_age_is_weighted_by_volume():
    assert yearly("2026-03-31").age_to_age() == (220 / 180, 180 / 150)
    assert yearly("2024-05-31").age_to_age() == (None, None)


@pytest.mark.parametrize(("first", "months", "periods"), [(date(2024, 1, 2), 12, 3), (FIRST, 0, 3), (FIRST, 12, 0)])
def test_periods_begin_on_the_first_and_last(first, months, periods):
    with pytest.raises(ValueError, match="periods begin on the first"):
        triangle(MOVED, "paid", months=months, first=first, periods=periods, as_of=first)


# --- from events


@pytest.fixture
def observed() -> tuple[Core, list[Movement]]:
    core = Core(*florida())
    heard: list[Movement] = []

    def hear(recorded: Recorded) -> None:
        event: Any = recorded.event
        if recorded.machine == "claim":
            heard.extend(movements(event, date(2026, 9, 10)))

    core.observers.append(hear)
    play(core, history("a claim paid and closed"))
    play(core, history("a claim open with a reserve", 2))
    play(core, history("a claim denied", 3))
    return core, heard


@pytest.mark.parametrize(
    ("measure", "rows"),
    [
        ("reported", ((3, 3),)),
        ("closed", ((1, 2),)),
        ("paid", ((0, 1400000),)),
        ("incurred", ((2800000, 2800000),)),
        ("recovered", ((0, 0),)),
    ],
)
def test_the_last_diagonal_is_what_the_claims_say(observed, measure, rows):
    core, heard = observed
    found = triangle(heard, measure, months=1, first=date(2026, 9, 1), periods=2, as_of=date(2026, 10, 31))

    assert found.rows[:1] == rows
    states: list[Any] = [state for state in core.claims.states.values() if getattr(state, "lines", ())]
    sums = {
        "paid": sum(line.paid for state in states for line in state.lines),
        "incurred": sum(line.incurred for state in states for line in state.lines),
    }
    assert sum(found.latest()) == sums.get(measure, sum(found.latest()))


def moved(event: Any) -> dict[str, int]:
    return {one.measure: one.change for one in movements(event, FIRST)}


def test_what_was_never_reserved_moves_incurred_as_it_is_paid():
    core = Core(*florida())
    seen: list[Any] = []
    core.observers.append(lambda recorded: seen.append(recorded.event))
    play(core, history("a claim paid and closed"))
    [issued] = [event for event in seen if isinstance(event, events.PaymentIssued)]
    extra = events.PaymentIssued(
        claim_id="C", payment_id="PAY", line=issued.line, amount=issued.amount, kind="supplemental", on=issued.on,
        at=issued.at,
    )  # fmt: skip
    back = events.PaymentStopped(
        claim_id="C", payment_id="PAY", line=issued.line, amount=issued.amount, kind="supplemental", reason="", on=issued.on,
        at=issued.at,
    )  # fmt: skip

    assert moved(issued) == {"paid": 1400000}
    assert moved(extra) == {"paid": 1400000, "incurred": 1400000}
    assert moved(back) == {"paid": -1400000, "incurred": -1400000}
