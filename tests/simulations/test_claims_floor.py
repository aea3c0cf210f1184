"""The claims floor: who touches a claim, what it waits for, and what it is paid."""

from collections import Counter
from datetime import timedelta

import numpy as np
import pytest
from msgspec import convert

from fixtures.portfolios import florida_homeowners
from fixtures.variates import Variates
from model.claims import file
from model.claims.settlement import deductible_for, payable
from model.policy import period
from simulations.catastrophe import losses_of
from simulations.catastrophe_scenario import CatastropheScenario
from simulations.claims_floor import STAGES
from simulations.engine import DAY, HOUR
from simulations.losses import claim_id
from simulations.measures import Finished

AFTER_INTAKE = [f"backlog_{stage}" for stage in STAGES if stage != "intake"]
QUICK: dict[str, object] = {
    "claim_share": 0.5, "horizon_days": 200, "documents_days_mean": 8.0, "contractor_days_mean": 6.0,
    "appointment_days_mean": 2.0,
}  # fmt: skip
"""So many claims, and so quickly, that all but the latest can be closed."""
ROUGH: dict[str, object] = {
    **QUICK, "payment_failure_share": 0.3, "payment_unknown_share": 0.1, "duplicate_share": 0.1, "outage_hours": 40.0,
}  # fmt: skip
"""And everything that can go wrong on the way does."""


def claims(finished: Finished) -> dict[str, file.Open | file.Closed]:
    return {
        name: state
        for name, state in finished.host.core.claims.states.items()
        if isinstance(state, (file.Open, file.Closed))
    }


def issued(claim: file.Open | file.Closed) -> int:
    return sum(payment.amount.minor for payment in claim.payments if payment.status == "issued")


def owed(claim: file.Open | file.Closed) -> int:
    """The loss less the hurricane deductible, at most the limit."""
    (exposure,) = claim.exposures
    assert exposure.estimate is not None
    return payable(exposure.estimate, deductible_for(exposure.coverage, "hurricane"), exposure.coverage.limit).minor


# --- every claim


@pytest.mark.parametrize("topology", ["point_to_point", "events"])
@pytest.mark.parametrize("weather", [QUICK, ROUGH], ids=["nothing fails", "everything fails at times"])
def test_no_claim_is_forgotten_on_the_way(storm, topology: str, weather: dict[str, object]) -> None:
    finished, run = storm(topology=topology, **weather)
    reported_early = run.frames.daily["reported"][100]
    late = [
        name
        for name, state in claims(finished).items()
        if isinstance(state, file.Open) and state.notice.notice_on < finished.scenario.landfall + timedelta(days=100)
    ]
    assert reported_early > 100
    assert late == []


@pytest.mark.parametrize("topology", ["point_to_point", "events"])
@pytest.mark.parametrize("weather", [QUICK, ROUGH], ids=["nothing fails", "everything fails at times"])
def test_a_claim_closed_as_paid_was_paid_what_it_is_owed_to_the_cent(
    storm, topology: str, weather: dict[str, object]
) -> None:
    finished, _ = storm(topology=topology, **weather)
    outcomes = Counter[str]()
    for claim in claims(finished).values():
        if isinstance(claim, file.Closed) and claim.outcome != "denied":
            assert issued(claim) == owed(claim)
            assert (claim.outcome == "paid") == (owed(claim) > 0)
            outcomes[claim.outcome] += 1
    assert min(outcomes["paid"], outcomes["unpaid"]) > 20


@pytest.mark.parametrize("topology", ["point_to_point", "events"])
@pytest.mark.parametrize(
    "weather", [{}, QUICK, ROUGH, {"field_caseload": 1}], ids=["defaults", "quick", "rough", "few desks"]
)
def test_at_the_end_of_every_day_each_claim_is_in_one_place(storm, topology: str, weather: dict[str, object]) -> None:
    finished, run = storm(topology=topology, **weather)
    daily = run.frames.daily
    ends = (np.arange(daily.height) + 1) * DAY - 1
    scenario = finished.scenario
    noticed = np.searchsorted(notices(scenario, run.seed), ends, side="right").tolist()
    assert (daily["reported"] + daily["backlog_intake"]).to_list() == noticed, "noticed is reported or being taken in"
    assert (daily["reported"] - daily["closed"]).to_list() == daily["open"].to_list()
    assert daily.select(AFTER_INTAKE).sum_horizontal().to_list() == daily["open"].to_list()
    assert daily.select(AFTER_INTAKE).min_horizontal().min() == 0
    assert max(daily["open"]) > 10


def notices(scenario: CatastropheScenario, seed: int):
    variates = Variates(seed)
    book = florida_homeowners(scenario.policies, variates, scenario.billing_mix(), scenario.landfall)
    return losses_of(scenario, book, variates).notice


# --- intake and routing


def test_phone_and_web_are_acknowledged_on_the_spot_and_agents_by_the_clerk_who_routes(storm) -> None:
    finished, _ = storm(triage_minutes_mean=600.0)
    waits = {"phone": list[int](), "web": list[int](), "agent": list[int]()}
    for claim in claims(finished).values():
        if claim.notice.acknowledged_on is not None:
            waits[claim.notice.intake].append((claim.notice.acknowledged_on - claim.notice.notice_on).days)
    assert set(waits["phone"]) == set(waits["web"]) == {0}
    assert max(waits["agent"]) > 0


def test_notices_come_by_phone_web_and_agent_in_their_shares(storm) -> None:
    finished, _ = storm(policies=1500, phone_share=0.5, web_share=0.3, claim_share=0.5)
    intakes = Counter(claim.notice.intake for claim in claims(finished).values())
    everybody = intakes.total()
    for intake, share in (("phone", 0.5), ("web", 0.3), ("agent", 0.2)):
        assert abs(intakes[intake] - everybody * share) < 4 * (everybody * share * (1 - share)) ** 0.5


def test_more_people_at_the_phone_leave_fewer_callers_waiting(storm) -> None:
    few, many = (
        storm(claim_share=0.5, horizon_days=10, phone_share=1.0, web_share=0.0, phone_minutes_mean=300.0,
              phone_agents_per_10000_policies=people).run.frames.daily["backlog_intake"]
        for people in (25.0, 1000.0)
    )  # fmt: skip
    assert few[9] > 5 * max(many) > 0


def test_a_small_claim_from_the_web_goes_straight_through_and_nobody_touches_it(storm) -> None:
    finished, run = storm(phone_share=0.0, web_share=1.0, straight_through_share=1.0, straight_through_dollars=10.0**9)
    with_payment = [claim for claim in claims(finished).values() if claim.payments]
    assert len(with_payment) == finished.floor.untouched > 20
    # Once more where the bank sent it back.
    assert all(
        {payment.payment_id.split("-")[1] for payment in claim.payments} == {"straight"} for claim in with_payment
    )
    assert run.answers["straight_through_share"].value == len(with_payment) / run.answers["reported"].value


@pytest.mark.parametrize(
    "refused",
    [
        {"phone_share": 1.0, "web_share": 0.0},
        {"phone_share": 0.0, "web_share": 0.0},
        {"phone_share": 0.0, "web_share": 1.0, "straight_through_dollars": 0.0},
        {"phone_share": 0.0, "web_share": 1.0, "straight_through_share": 0.0},
    ],
    ids=["by phone", "by agent", "too large", "not chosen"],
)
def test_other_claims_do_not_go_straight_through(storm, refused: dict[str, object]) -> None:
    parameters: dict[str, object] = {"straight_through_share": 1.0, "straight_through_dollars": 10.0**9, **refused}
    finished, _ = storm(**parameters)
    assert finished.floor.untouched == 0
    assert finished.floor.staff.touches > 0


def test_a_straight_payment_is_at_most_what_the_scenario_allows(storm) -> None:
    finished, _ = storm(
        policies=1500, claim_share=0.5, phone_share=0.0, web_share=1.0, straight_through_share=1.0,
        straight_through_dollars=4_000.0,
    )  # fmt: skip
    straight = [
        payment for claim in claims(finished).values() for payment in claim.payments if "straight" in payment.payment_id
    ]
    assert len(straight) > 10
    assert max(payment.amount.minor for payment in straight) <= 4_000_00


# --- coverage


def test_who_asks_policy_waits_for_the_link_and_who_keeps_a_copy_does_not(storm) -> None:
    """A day of outage, and claims that wait for nobody but for the answer about their cover."""
    slowest = dict[str, int]()
    for topology in ("point_to_point", "events"):
        finished, run = storm(
            topology=topology, policies=1500, claim_share=0.5, horizon_days=10, phone_share=0.0, web_share=1.0,
            straight_through_share=1.0, straight_through_dollars=10.0**9, outage_starts_day=1.0, outage_hours=24.0,
        )  # fmt: skip
        straight = {
            name
            for name, claim in claims(finished).items()
            for payment in claim.payments
            if "straight" in payment.payment_id
        }
        waits = [
            row["end"] - row["start"] for row in run.frames.cycles.iter_rows(named=True)
            if row["measure"] == "fnol_to_assignment" and row["entity"] in straight and DAY < row["start"] < 2 * DAY
        ]  # fmt: skip
        assert len(waits) > 5
        slowest[topology] = max(waits)
    assert slowest["point_to_point"] > 16 * HOUR
    assert slowest["events"] == 0


def test_a_loss_after_the_last_day_of_cover_is_denied_and_closed(storm) -> None:
    finished, run = storm(policies=2500, claim_share=1.0, horizon_days=20, cancel_per_year_share=1.0)
    denied = {
        name: claim
        for name, claim in claims(finished).items()
        if isinstance(claim, file.Closed) and claim.outcome == "denied"
    }
    assert len(denied) > 0
    for claim in denied.values():
        assert claim.reason == "cancelled_before_loss"
        insured = finished.host.core.policy(claim.notice.policy_id)
        assert isinstance(insured, period.Cancelled)
        assert insured.cancelled_on == finished.scenario.landfall
        assert claim.payments == ()
    assert run.frames.daily["closed_unpaid"][-1] >= len(denied)


# --- adjusters


def test_as_many_adjusters_come_as_were_found_of_each_kind(storm) -> None:
    finished, _ = storm(policies=4000)
    found = round(4000 * 0.146 / 1000 * 38.65 * 0.60)
    staff = finished.floor.staff
    assert len(staff.field.adjusters) + len(staff.desk.adjusters) == found
    assert abs(len(staff.desk.adjusters) - 0.3 * found) <= 1
    assert all(adjuster.worked > 0 for adjuster in (*staff.field.adjusters, *staff.desk.adjusters))


@pytest.mark.parametrize("desk_share", [0.0, 0.04, 0.5, 1.0])
def test_a_book_of_any_size_has_adjusters_for_its_claims(storm, desk_share: float) -> None:
    finished, run = storm(policies=60, claim_share=0.3, desk_share=desk_share)
    assert run.frames.daily["backlog_assignment"][-1] == 0
    assert len(finished.floor.staff.field.adjusters) + len(finished.floor.staff.desk.adjusters) == 2


def test_a_desk_carries_no_more_than_its_caseload_and_the_rest_waits(storm) -> None:
    finished, run = storm(claim_share=0.5, field_caseload=3, desk_caseload=2, horizon_days=30)
    staff = finished.floor.staff
    assert max(adjuster.caseload for adjuster in staff.field.adjusters) == 3
    assert max(adjuster.caseload for adjuster in staff.desk.adjusters) == 2
    assert run.frames.daily["backlog_assignment"][-1] == staff.field.waiting + staff.desk.waiting > 50


def test_a_claim_that_is_closed_makes_room_on_a_desk(storm) -> None:
    finished, run = storm(**QUICK, field_caseload=4, desk_caseload=4)
    staff = finished.floor.staff
    places = 4 * (len(staff.field.adjusters) + len(staff.desk.adjusters))
    assert finished.floor.closed > 2 * places
    assert sum(adjuster.caseload for adjuster in (*staff.field.adjusters, *staff.desk.adjusters)) <= places
    assert max(run.frames.daily["backlog_assignment"]) > 10, "the places were all taken"


# --- money


def test_a_bank_that_says_no_is_asked_again_under_a_new_name_for_the_same_amount(storm) -> None:
    finished, _ = storm(**ROUGH)
    again = 0
    for name, claim in claims(finished).items():
        by_part: dict[str, list[file.ClaimPayment]] = {}
        for payment in claim.payments:
            _, part, attempt = payment.payment_id.rsplit("-", 2)
            by_part.setdefault(part, []).append(payment)
            assert int(attempt) == len(by_part[part])
        for attempts in by_part.values():
            assert {payment.amount for payment in attempts} == {attempts[0].amount}
            assert [payment.status for payment in attempts[:-1]] == ["failed"] * (len(attempts) - 1), name
            again += len(attempts) > 1
    assert again > 10


def test_what_waits_for_a_contractor_is_paid_last(storm) -> None:
    finished, _ = storm(**QUICK, contractor_share=1.0, held_back_share=0.25, advance_share=0.0)
    parts = Counter[tuple[str, ...]]()
    for claim in claims(finished).values():
        if isinstance(claim, file.Closed) and claim.outcome == "paid":
            by_part = {
                payment.payment_id.rsplit("-", 2)[1]: payment
                for payment in claim.payments
                if payment.status == "issued"
            }
            parts[tuple(by_part)] += 1
            if "first" in by_part:
                assert by_part["last"].amount.minor == int(owed(claim) * 0.25)
                assert (by_part["first"].kind, by_part["last"].kind) == ("partial", "final")
    assert parts["first", "last"] > 20
    assert set(parts) <= {("first", "last"), ("straight",)}


def test_an_advance_is_at_most_half_of_what_is_owed_and_what_the_scenario_allows(storm) -> None:
    finished, _ = storm(**QUICK, advance_share=1.0, advance_dollars=2_000.0)
    advances = [
        (payment.amount.minor, owed(claim))
        for claim in claims(finished).values()
        for payment in claim.payments
        if "advance" in payment.payment_id and payment.status == "issued"
    ]
    assert len(advances) > 20
    assert all(amount == min(2_000_00, whole // 2) for amount, whole in advances)


def test_a_claim_below_the_deductible_is_never_paid(storm) -> None:
    finished, run = storm(**QUICK, loss_share_mean=0.004, loss_share_cv=0.2)
    assert {claim.payments for claim in claims(finished).values()} == {()}
    daily = run.frames.daily
    assert daily["closed_unpaid"].to_list() == daily["closed"].to_list()
    assert daily["closed"][-1] > 100
    assert run.answers["first_payment_days_p50"].value is None


def test_claims_are_numbered_in_the_order_of_their_notices(storm) -> None:
    finished, run = storm()
    starts = {
        row["entity"]: row["start"]
        for row in run.frames.cycles.iter_rows(named=True)
        if row["measure"] == "fnol_to_assignment"
    }
    assert list(starts.values()) == sorted(starts.values())
    assert list(starts) == [claim_id(number) for number in range(len(starts))]
    assert convert({"policies": 400}, CatastropheScenario) == finished.scenario
