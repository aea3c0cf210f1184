"""From a record to one exit code: what counts, what does not, and which code wins."""

import polars as pl
import pytest
from msgspec.structs import replace

from loadtests.audit import Audit
from loadtests.findings import Finding
from loadtests.load_profiles import Profile, ServiceLevels
from loadtests.record import SCHEMA
from loadtests.verdict import judged, measure

PROFILE = Profile(
    seconds=10.0,
    rate=1.0,
    warm_up_seconds=1.0,
    mix={"claim": 1.0},
    service_levels=ServiceLevels({"report_claim": 100.0}, max_generator_lag_ms=20.0, max_unanswered_share=0.1),
)
AUDIT = Audit(deployment="d", read={"claim": 1}, judgements=3, findings=(), skipped=(), off_minor=0)
WRONG_MONEY = replace(AUDIT, findings=(Finding("AUD-2", "A-1", "20.00 USD twice", 2000),), off_minor=2000)
BLIND = replace(AUDIT, judgements=0)


def rows(
    count: int,
    *,
    begin: float = 2.0,
    lag_ms: float = 1.0,
    took_ms: float = 10.0,
    verdict: str = "good",
    operation: str = "report_claim",
    step: int = 0,
) -> list[dict[str, object]]:
    """Requests a tenth of a second apart."""
    nothing: dict[str, object] = {**dict.fromkeys(SCHEMA)}
    dropped = verdict == "dropped"
    found: list[dict[str, object]] = []
    for number in range(count):
        intended = begin + number / 10.0
        times = {"intended": intended, "sent": intended + lag_ms / 1e3, "done": intended + took_ms / 1e3}
        if dropped:
            times |= {"sent": None, "done": None}
        what = {
            "arrival": number,
            "step": step,
            "operation": operation,
            "status": 200,
            "says": "why",
            "journey": "claim",
        }
        found.append(nothing | times | what | {"verdict": verdict, "dropped": dropped})
    return found


def frame(*parts: list[dict[str, object]]) -> pl.DataFrame:
    return pl.DataFrame([row for part in parts for row in part], schema=SCHEMA)


def code(record: pl.DataFrame, audit: Audit | None = AUDIT, *, lost: str = "") -> int:
    return judged(measure(PROFILE, record), audit, lost=lost)[0]


GOOD = rows(20)
SLOW = rows(20, took_ms=200.0)
LATE = rows(20, lag_ms=50.0)
DROPPED = rows(1, verdict="dropped")
WRONG = rows(1, verdict="wrong")
UNANSWERED = rows(5, verdict="unanswered")


@pytest.mark.parametrize(
    ("record", "audit", "expected"),
    [
        (frame(GOOD), AUDIT, 0),
        (frame(SLOW), AUDIT, 3),
        (frame(GOOD, UNANSWERED), AUDIT, 3),
        (frame(LATE), AUDIT, 6),
        (frame(GOOD, DROPPED), AUDIT, 6),
        (frame(GOOD), BLIND, 4),
        (frame(GOOD), WRONG_MONEY, 1),
        (frame(GOOD, WRONG), AUDIT, 1),
        (frame(rows(20, operation="pay_claim")), AUDIT, 5),
        (frame(), AUDIT, 5),
    ],
)
def test_each_fault_has_its_code(record, audit, expected):
    assert code(record, audit) == expected


def test_of_several_codes_the_one_that_leaves_least_to_say_wins():
    slow_and_late = frame(rows(20, took_ms=200.0, lag_ms=50.0))
    assert code(slow_and_late) == 6
    assert code(slow_and_late, BLIND) == 4
    assert code(frame(rows(20, took_ms=200.0, lag_ms=50.0), WRONG), BLIND) == 1
    assert code(frame(rows(20, operation="pay_claim", lag_ms=50.0)), BLIND) == 5
    assert code(frame(rows(20, operation="pay_claim")), WRONG_MONEY) == 1
    assert code(frame(WRONG), None, lost="nobody answers") == 7


def test_every_reason_is_told_the_decisive_one_first():
    measured = measure(PROFILE, frame(SLOW, DROPPED, WRONG))
    exit_code, reasons = judged(measured, WRONG_MONEY)
    assert exit_code == 1
    assert reasons == (
        "1 wrong answers to report_claim: why",
        "the audit found 1 things wrong, 2000 cents off; first AUD-2: 20.00 USD twice",
        "1 of 22 arrivals were dropped: as many journeys as max_in_flight allows were under way",
        "report_claim: 95 % within 200 ms, 100 ms were promised",
    )


def test_latency_counts_from_the_intended_instant_and_is_exact():
    measured = measure(PROFILE, frame(rows(95, took_ms=10.0), rows(5, begin=9.0, took_ms=70.0)))
    (level,) = measured.levels
    assert (level.requests, level.holds) == (100, True)
    assert [round(value or 0.0, 6) for value in (level.p50_ms, level.p95_ms, level.p99_ms)] == [10.0, 10.0, 70.0]


def test_the_warm_up_and_the_book_are_not_judged_by_service_levels():
    measured = measure(PROFILE, frame(GOOD, rows(9, begin=0.0, took_ms=900.0), rows(9, begin=-99.0, took_ms=900.0)))
    assert {level.operation: level.requests for level in measured.levels} == {"report_claim": 20}
    assert judged(measured, AUDIT)[0] == 0


def test_a_wrong_answer_counts_even_before_the_load_began():
    assert code(frame(GOOD, rows(1, begin=-99.0, verdict="wrong"))) == 1


def test_only_what_the_arrival_curve_set_can_be_late():
    """What follows in a journey begins when its answer before came, whenever that was."""
    measured = measure(PROFILE, frame(GOOD, rows(20, lag_ms=500.0, step=1)))
    assert measured.generator.holds
    assert measured.generator.p99_ms == pytest.approx(1.0)


def test_an_operation_without_a_promise_is_shown_and_not_judged():
    measured = measure(PROFILE, frame(GOOD, rows(3, operation="read_claim", took_ms=9_000.0)))
    assert {level.operation: level.holds for level in measured.levels} == {"read_claim": None, "report_claim": True}
    assert judged(measured, AUDIT)[0] == 0
