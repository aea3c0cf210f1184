"""The catastrophe as a whole: its invariants, its money, its counts."""

from typing import Literal

import pytest

from fixtures.variates import Variates
from model.claims import file
from model.core import Core
from model.invariants import (
    ACCOUNT_INVARIANTS,
    CLAIM_INVARIANTS,
    POLICY_INVARIANTS,
    Skipped,
    Violation,
    judged,
    moved_more_than_once,
)
from model.payments import intent
from model.published.seen import account_view, claim_view, intent_view, policy_view
from simulations.catastrophe import KIND, played, run, topology_of
from simulations.catastrophe_scenario import CatastropheScenario
from simulations.engine import DAY, Clock
from simulations.measures import CUMULATIVE, measured
from simulations.run import Run
from simulations.topologies import TOPOLOGIES

PATTERNS = ["point_to_point", "events"]
CALM: dict[str, object] = {"fault": "none", "duplicate_share": 0.0}
TRYING: dict[str, object] = {
    "duplicate_share": 0.1, "outage_hours": 20.0, "payment_failure_share": 0.1, "claim_share": 0.4,
}  # fmt: skip
"""The outage begins after one morning's control and is over before the next."""


def silent(done: float) -> None:
    assert 0.0 <= done <= 1.0


# --- invariants


def broken(core: Core) -> list[Violation | Skipped]:
    """Every violation in the stores, and every invariant that could not be judged."""
    found = list[Violation | Skipped]()
    for name in core.policies.states:
        policy = policy_view(name, core.policy(name), core.carrier)
        found += judged(POLICY_INVARIANTS, name, policy) if policy else ()
    for name in core.accounts.states:
        account = account_view(core.account(name))
        found += judged(ACCOUNT_INVARIANTS, name, account) if account else ()
    for name in core.claims.states:
        claim = claim_view(name, core.claim(name))
        found += judged(CLAIM_INVARIANTS, name, claim) if claim else ()
    return found


def moved_twice(core: Core) -> tuple[Violation, ...]:
    views = (intent_view(name, core.intent(name)) for name in core.intents.states)
    return moved_more_than_once(view for view in views if view)


@pytest.mark.parametrize("weather", [CALM, TRYING], ids=["calm", "trying"])
def test_events_keep_every_invariant_and_every_cent_whatever_happens(storm, weather: dict[str, object]) -> None:
    finished, measures = storm(topology="events", **weather)
    assert broken(finished.host.core) == []
    assert moved_twice(finished.host.core) == ()
    assert measures.frames.drift.height == 0
    assert [measures.answers[name].value for name in ("drift_count", "drift_dollars", "drift_dollar_days")] == [0, 0, 0]
    assert measures.frames.daily["drift_minor"].to_list() == [0] * measures.frames.daily.height


def test_calls_keep_every_invariant_and_every_cent_while_nothing_fails(storm) -> None:
    finished, measures = storm(topology="point_to_point", **CALM)
    assert broken(finished.host.core) == []
    assert moved_twice(finished.host.core) == ()
    assert measures.frames.drift.height == 0


def test_calls_drift_under_an_outage_and_repeats_and_the_books_of_each_context_are_whole_all_the_same(storm) -> None:
    finished, measures = storm(topology="point_to_point", **TRYING)
    drift = measures.frames.drift
    assert set(drift["cause"]) == {"lost", "doubled"}
    assert measures.answers["drift_count"].value == drift.height > 20
    dollars = measures.answers["drift_dollars"].value
    assert dollars == pytest.approx(drift["minor"].abs().sum() / 100)
    assert broken(finished.host.core) == [], "no context alone can see it"


def test_each_protection_is_worth_its_drift(storm) -> None:
    causes = {
        (outbox, inbox): set(storm(topology="events", outbox=outbox, inbox=inbox, **TRYING).run.frames.drift["cause"])
        for outbox in ("on", "off")
        for inbox in ("on", "off")
    }
    assert causes == {
        ("on", "on"): set(),
        ("off", "on"): {"lost"},
        ("on", "off"): {"doubled"},
        ("off", "off"): {"lost", "doubled"},
    }


def test_calls_with_an_outbox_and_an_inbox_do_not_drift_either(storm) -> None:
    finished, measures = storm(topology="point_to_point", outbox="on", inbox="on", **TRYING)
    assert moved_twice(finished.host.core) == ()
    assert broken(finished.host.core) == []
    assert measures.frames.drift.height == 0


def test_a_payout_moves_more_than_once_only_where_repeats_are_not_known(storm) -> None:
    without, with_inbox = (
        storm(topology="point_to_point", inbox=inbox, fault="none", duplicate_share=0.2, claim_share=0.5).finished
        for inbox in ("off", "on")
    )
    found = moved_twice(without.host.core)
    payouts = [one for one in found if one.subject.startswith("C")]
    assert {one.code for one in found} == {"INV-Y1"}
    assert len(payouts) > 5
    assert len(found) > len(payouts), "and drafts as well"
    assert moved_twice(with_inbox.host.core) == ()


@pytest.mark.parametrize("topology", PATTERNS)
def test_another_order_within_a_tick_breaks_nothing(topology: Literal["point_to_point", "events"]) -> None:
    scenario = CatastropheScenario(
        policies=250, horizon_days=60, topology=topology, duplicate_share=0.05, claim_share=0.4
    )
    in_order = played(scenario, Variates(1), Clock(), silent)
    for ties in (1, 2):
        shuffled = played(scenario, Variates(1), Clock(ties=ties), silent)
        assert broken(shuffled.host.core) == []
        drift = measured(shuffled, seed=1, replication=0).answers["drift_count"].value
        assert (drift == 0) == (topology == "events")
        assert len(shuffled.host.core.claims.states) == len(in_order.host.core.claims.states)


# --- money and levels


def issued_on(core: Core, name: str) -> int:
    claim = core.claim(name)
    payments = claim.payments if isinstance(claim, (file.Open, file.Closed)) else ()
    return sum(payment.amount.minor for payment in payments if payment.status == "issued")


def issued(core: Core) -> int:
    return sum(issued_on(core, name) for name in core.claims.states)


@pytest.mark.parametrize("topology", PATTERNS)
@pytest.mark.parametrize("weather", [CALM, TRYING], ids=["calm", "trying"])
def test_what_the_days_say_was_paid_is_what_claims_issued(storm, topology: str, weather: dict[str, object]) -> None:
    finished, measures = storm(topology=topology, **weather)
    paid = measures.frames.daily["paid_minor"]
    assert paid[-1] == issued(finished.host.core) > 0


@pytest.mark.parametrize("weather", [CALM, TRYING], ids=["calm", "trying"])
def test_under_events_the_money_that_left_is_the_money_that_claims_issued(storm, weather: dict[str, object]) -> None:
    """But for what left in the last second: see that the two differ by what is on its way."""
    finished, _ = storm(topology="events", **weather)
    core = finished.host.core
    left = sum(
        state.order.amount.minor
        for state in core.intents.states.values()
        if isinstance(state, intent.Succeeded) and state.order.purpose == "payout"
    )
    standing = finished.host.auditor.standing(older_than=finished.host.clock.now)
    on_its_way = sum(one.minor for one in standing if one.kind == "payout_bookings")
    assert left - on_its_way == issued(core)


@pytest.mark.parametrize("topology", PATTERNS)
@pytest.mark.parametrize("weather", [CALM, TRYING], ids=["calm", "trying"])
def test_counts_never_fall_and_no_more_is_closed_than_was_reported(
    storm, topology: str, weather: dict[str, object]
) -> None:
    daily = storm(topology=topology, **weather).run.frames.daily
    for name in CUMULATIVE:
        counts = daily[name].to_list()
        assert counts == sorted(counts)
        assert counts[0] >= 0
    assert (daily["closed"] <= daily["reported"]).all()
    assert (daily["closed_unpaid"] <= daily["closed"]).all()


def test_day_0_is_the_day_of_the_landfall_and_every_day_has_a_row(storm) -> None:
    finished, measures = storm(policies=4000)
    daily = measures.frames.daily
    assert daily["day"].to_list() == list(range(120))
    assert finished.host.clock.now == 120 * DAY - 1, "the last tick of the last day, and not the first of another"
    on_day_0 = sum(
        1
        for state in finished.host.core.claims.states.values()
        if isinstance(state, (file.Reported, file.Open, file.Closed))
        and state.notice.notice_on == finished.scenario.landfall
    )
    assert daily["reported"][0] == on_day_0 > 0


def test_a_question_about_a_day_beyond_the_horizon_has_no_answer() -> None:
    answers = run(CatastropheScenario(policies=250, horizon_days=40), 1, 0, silent).answers
    assert answers["closed_share_day_30"].value is not None
    assert answers["closed_share_day_60"].value is None
    assert answers["closed_share_day_90"].value is None


def test_every_promised_answer_is_there_with_its_unit(storm) -> None:
    measures: Run = storm().run
    quantiled = ("fnol_to_assignment", "approve_to_pay", "issue_to_invoice", "quote_to_bind")
    promised = {
        "reported", "closed_share_day_30", "closed_share_day_60", "closed_share_day_90", "first_payment_days_p50",
        "clocks_missed_share", "straight_through_share", "manual_touches_per_claim", "consumer_lag_p99", "drift_count",
        "drift_dollars", "drift_dollar_days", *(f"{one}_p{p}" for one in quantiled for p in (50, 95, 99)),
    }  # fmt: skip
    assert promised <= measures.answers.keys()
    assert all(answer.unit for answer in measures.answers.values())
    for one in quantiled:
        quantiles = [measures.answers[f"{one}_p{p}"].value or 0.0 for p in (50, 95, 99)]
        assert quantiles == sorted(quantiles)
        assert quantiles[0] > 0.0


def test_answers_are_what_the_frames_say(storm) -> None:
    finished, measures = storm(topology="point_to_point", **TRYING)
    answers = {name: answer.value for name, answer in measures.answers.items()}
    daily, drift = measures.frames.daily, measures.frames.drift.to_dicts()
    for day in (30, 60, 90):
        assert answers[f"closed_share_day_{day}"] == daily["closed"][day] / daily["reported"][day]
    end = finished.host.clock.now
    dollar_days = sum(abs(row["minor"]) / 100 * ((row["repaired_at"] or end) - row["at"]) / DAY for row in drift)
    assert answers["drift_dollar_days"] == pytest.approx(dollar_days)
    assert answers["reported"] == daily["reported"][-1] == len(finished.host.core.claims.states)
    waits = {
        row["entity"]: (row["end"] - row["start"]) / DAY
        for row in measures.frames.cycles.iter_rows(named=True)
        if row["measure"] == "notice_to_first_payment" and row["end"] is not None
    }
    paid = {name for name in finished.host.core.claims.states if issued_on(finished.host.core, name) > 0}
    assert waits.keys() == paid
    middle = sorted(waits.values())[(len(waits) - 1) // 2 : len(waits) // 2 + 1]
    assert middle[0] <= answers["first_payment_days_p50"] <= middle[-1]


def test_the_frames_of_a_run_have_their_columns(storm) -> None:
    frames = storm(topology="point_to_point", **TRYING).run.frames
    assert set(frames.daily.columns) >= {"replication", "day", *CUMULATIVE, "open", "backlog_intake", "backlog_payment"}
    assert frames.cycles.columns == ["replication", "measure", "journey", "entity", "start", "end"]
    assert frames.drift.columns == ["replication", "kind", "entity", "at", "found_at", "repaired_at", "minor", "cause"]
    assert frames.stations.height == 2 + 8
    assert frames.stations["busy_share"].max() <= 1.0


def test_drift_by_day_rises_when_it_arises_and_falls_when_it_is_mended(storm) -> None:
    _, measures = storm(topology="point_to_point", **TRYING)
    rows, daily = measures.frames.drift.to_dicts(), measures.frames.daily["drift_minor"].to_list()
    for day in range(len(daily)):
        end = (day + 1) * DAY
        there = [
            row for row in rows if row["at"] < end and not (row["repaired_at"] is not None and row["repaired_at"] < end)
        ]
        assert daily[day] == sum(abs(row["minor"]) for row in there), day


# --- parts


def test_the_protections_of_a_scenario_replace_those_of_its_pattern() -> None:
    assert topology_of(CatastropheScenario()) == TOPOLOGIES["point_to_point"]
    guarded = topology_of(CatastropheScenario(outbox="on", inbox="on"))
    assert (guarded.carrier, guarded.outbox, guarded.inbox) == ("call", "on", "on")
    bare = topology_of(CatastropheScenario(topology="events", outbox="off", inbox="off"))
    assert (bare.carrier, bare.outbox, bare.inbox) == ("topic", "off", "off")


def test_a_book_of_one_policy_and_a_horizon_of_one_day_can_be_played() -> None:
    tiny = run(CatastropheScenario(policies=1, horizon_days=1, claim_share=1.0), 1, 0, silent)
    assert tiny.frames.daily.height == 1
    assert tiny.answers["reported"].value in (0.0, 1.0)
    assert KIND.run is run
