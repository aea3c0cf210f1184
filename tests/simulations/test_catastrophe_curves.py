"""The catastrophe against what is published of real storms, and against the clocks of the law."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from fixtures.storms import closure_shape, fnol_shape
from fixtures.variates import Variates
from model.claims import file
from simulations.catastrophe_scenario import CatastropheScenario
from simulations.losses import LOSS_AT_HOUR
from simulations.measures import overlays

# --- the published curves


def expected_reported(scenario: CatastropheScenario, day: int) -> float:
    """The part of all claims that is reported by the end of a day: notices as published, those of agents later."""
    shape, hours = fnol_shape(scenario.storm), (day + 1) * 24 - LOSS_AT_HOUR
    parts = 2_000
    late = [Variates(0).exponential("late", part, mean=scenario.agent_delay_hours_mean) for part in range(parts)]
    agents = 1.0 - scenario.phone_share - scenario.web_share
    delayed = sum(shape.cumulative((hours - wait) / 24) for wait in late) / parts
    return (1.0 - agents) * shape.cumulative(hours / 24) + agents * delayed


def farthest(reported: Iterable[int], scenario: CatastropheScenario) -> float:
    """How many binomial standard deviations the reported counts lie from the published shape, at most."""
    ultimate = round(scenario.policies * scenario.claim_share)
    counts, worst = list(reported), 0.0
    for day in (1, 2, 4, 7, 14, 21, 30, 45, 60, 90, 119):
        share = expected_reported(scenario, day)
        worst = max(worst, abs(counts[day] - ultimate * share) / (ultimate * share * (1 - share)) ** 0.5)
    return worst


def test_claims_are_reported_as_those_of_the_published_storms_were(storm) -> None:
    finished, measures = storm(policies=4000)
    reported = measures.frames.daily["reported"].to_list()
    assert farthest(reported, finished.scenario) < 4.0
    assert farthest(reported, replace(finished.scenario, storm="ian")) > 4.0, "and not as others were"


def test_claims_close_as_those_of_the_published_storms_did(storm) -> None:
    """Within eight points at days 30, 60 and 90, on a book whose 490 claims have a standard error of two points."""
    answers = storm(policies=4000).run.answers
    shape = closure_shape("pooled")
    for day in (30, 60, 90):
        assert answers[f"closed_share_day_{day}"].value == pytest.approx(shape.cumulative(day), abs=0.08)
    slower = storm(policies=4000, documents_days_mean=90.0, horizon_days=100).run.answers
    assert slower["closed_share_day_60"].value < shape.cumulative(60) - 0.08, "which other waits would miss"


# --- the clocks of the law


class Counted(NamedTuple):
    """Clocks whose last day has passed: how many, and the days on which one was found to be missed."""

    ended: int
    missed_on: list[int]

    @property
    def missed(self) -> int:
        return len(self.missed_on)

    @property
    def share(self) -> float:
        return self.missed / self.ended


def counted(finished, *, of: str, days: int) -> Counted:
    """One clock over all claims, by its length alone: from notice, or from proof of loss for the inspection."""
    landfall = finished.scenario.landfall
    last_day = landfall + timedelta(days=finished.scenario.horizon_days - 1)
    ended, missed_on = 0, list[int]()
    for state in finished.host.core.claims.states.values():
        if isinstance(state, file.Unreported):
            continue
        notice = state.notice
        start = notice.proof_on if of == "inspect" else notice.notice_on
        met = {"acknowledge": notice.acknowledged_on, "inspect": notice.inspected_on, "pay": notice.decided_on}[of]
        if start is not None and start + timedelta(days=days) < last_day:
            ended += 1
            if met is None or met > start + timedelta(days=days):
                missed_on.append((start - landfall).days + days + 1)
    return Counted(ended, missed_on)


def test_missed_clocks_are_counted_by_the_law_and_the_acknowledgement_apart(storm) -> None:
    finished, measures = storm(
        policies=1500, claim_share=0.3, horizon_days=70, phone_share=0.3, web_share=0.1, triage_minutes_mean=400.0
    )
    acknowledge = counted(finished, of="acknowledge", days=7)
    inspect, pay = counted(finished, of="inspect", days=30), counted(finished, of="pay", days=60)
    assert min(acknowledge.missed, pay.missed) > 5
    answers = measures.answers
    assert answers["acknowledge_missed_share"].value == acknowledge.share
    people = Counted(inspect.ended + pay.ended, inspect.missed_on + pay.missed_on)
    assert answers["clocks_missed_share"].value == people.share
    missed_on = acknowledge.missed_on + people.missed_on
    by_day = [sum(on <= day for on in missed_on) for day in range(70)]
    assert measures.frames.daily["clocks_missed"].to_list() == by_day


def test_fewer_adjusters_miss_more_clocks_of_the_same_claims(storm) -> None:
    missed = [
        storm(
            policies=1500, inspection_hours_mean=20.0, adjusters_found_share=share, adjusters_found_at_landfall_share=0.2
        ).run.answers["clocks_missed_share"].value
        for share in (1.0, 0.6, 0.4, 0.2)
    ]  # fmt: skip
    assert missed == sorted(missed)
    assert missed[-1] > 2 * missed[0] > 0.0, missed


def test_the_law_of_2017_gave_ninety_days_and_so_fewer_payments_were_late(storm) -> None:
    now, then = (
        storm(policies=1500, horizon_days=200, adjusters_found_share=0.32, law_as_of=as_of)
        for as_of in (None, date(2017, 9, 10))
    )
    assert now.finished.law.row("pay_or_deny_after_notice", "home").value == "60"
    assert then.finished.law.row("pay_or_deny_after_notice", "home").value == "90"
    sixty, ninety = counted(now.finished, of="pay", days=60), counted(then.finished, of="pay", days=90)
    assert ninety.share < sixty.share
    assert ninety.missed < sixty.missed
    assert then.run.answers["clocks_missed_share"].value == ninety.missed / ninety.ended, (
        "no clock for inspections then"
    )
    assert then.run.frames.daily["closed"].to_list() == now.run.frames.daily["closed"].to_list(), "people do the same"


def test_what_the_regulator_declared_gives_thirty_days_more_and_changes_nothing_else(storm) -> None:
    plain, extended = (
        storm(policies=800, claim_share=0.3, horizon_days=120, adjusters_found_share=0.32, designation=designation)
        for designation in ("undeclared", "regulator_extension")
    )
    sixty, ninety = counted(plain.finished, of="pay", days=60), counted(extended.finished, of="pay", days=90)
    assert 0 < ninety.missed < sixty.missed
    inspect = counted(plain.finished, of="inspect", days=30)
    for (_, measures), pay in ((plain, sixty), (extended, ninety)):
        people = Counted(inspect.ended + pay.ended, inspect.missed_on + pay.missed_on)
        assert measures.answers["clocks_missed_share"].value == people.share
    assert extended.run.frames.daily["closed"].to_list() == plain.run.frames.daily["closed"].to_list()
    assert overlays(extended.finished) == {"fl_oir_extension"}
    assert overlays(plain.finished) == frozenset()
