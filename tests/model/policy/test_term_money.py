"""What a term costs, what comes back, and that no order of changes leaves a cent behind."""

import csv
from datetime import date, timedelta
from functools import reduce
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import at, terms, usd
from fixtures.jurisdictions import florida, state_law
from model.choices.policy import PolicyChoices, Product, ShortRateStep
from model.invariants import POLICY_INVARIANTS, Violation, judged
from model.money import Money
from model.policy.commands import BindJob, CancelPolicy, OpenJob, QuoteJob
from model.policy.edits import AdjustCharge, SetCoverage
from model.policy.events import PolicyChanged, PolicyIssued
from model.policy.period import decider, evolve
from model.policy.proposals import PolicyChange, Reinstatement
from model.policy.proration import earning
from model.policy.terms import Charge, Coverage
from model.published.seen import policy_view
from model.wire import to_wire

LAW, COASTAL = florida()
YEAR = (date(2025, 1, 1), date(2026, 1, 1))
TODAY = date(2025, 1, 2)
LIMITS = st.integers(1, 364)
EDITS = st.tuples(LIMITS, st.integers(-30000, 30000))


class Life:
    """A policy in force for 1200.00 of premium, or what is given, and what is asked of it."""

    def __init__(self, carrier=COASTAL, law=LAW, *, premium="1200.00", term=YEAR, **about):
        self.machine: Any = decider(law, carrier)
        self.carrier = carrier
        start, end = term
        offered = replace(terms(1), start=start, end=end, charges=(Charge("premium", usd(premium)),), **about)
        issued = PolicyIssued(policy_id="P", terms=offered, on=start, at=at(start))
        self.state: Any = evolve(self.machine.initial, issued)
        self.jobs = 0

    def ask(self, command):
        answer = self.machine.decide(command, self.state)
        if isinstance(answer, tuple):
            self.state = reduce(evolve, answer, self.state)
        return answer

    def bind(self, proposal, on=TODAY):
        self.jobs += 1
        about: dict[str, Any] = {"policy_id": "P", "job_id": f"J{self.jobs}", "on": on, "at": at(on)}
        self.ask(OpenJob(**about, proposal=proposal))
        self.ask(QuoteJob(**about))
        return self.ask(BindJob(**about))

    def change(self, day, minor, *more):
        return self.bind(PolicyChange(day, (AdjustCharge("premium", Money(minor, "USD")), *more)))

    def cancel(self, on, reason="insured_request"):
        return self.ask(CancelPolicy(policy_id="P", reason=reason, on=on, at=at(on)))

    @property
    def booked(self) -> str:
        return str(next(one.amount for one in self.state.period.booked if one.pattern == "premium"))


def returned(life, on, reason="insured_request"):
    (event,) = life.cancel(on, reason)
    return next((str(-one.amount) for one in event.returned if one.pattern == "premium"), "0.00 USD")


def choosing(**choices):
    return replace(COASTAL, policy=PolicyChoices(**choices))


# --- V1 and V2


def test_v1_pro_rata_returns_what_has_not_run():
    assert returned(Life(), date(2025, 7, 2)) == "601.64 USD"
    assert returned(Life(), date(2025, 1, 2)) == "1196.71 USD"


def test_v1_by_a_factor_of_three_decimals():
    wheel = replace(COASTAL, day_count="three_decimal_factor")
    assert returned(Life(wheel), date(2025, 7, 2)) == "601.20 USD"


def test_v1_short_rate_returns_nine_tenths_of_it():
    short = choosing(insured_cancellation="short_rate_90")
    assert returned(Life(short), date(2025, 7, 2)) == "541.48 USD"
    assert returned(Life(short), date(2025, 1, 2)) == "1077.04 USD"


def test_v1_a_leap_term_by_two_day_counts():
    leap = (date(2024, 1, 1), date(2025, 1, 1))
    assert returned(Life(term=leap), date(2024, 7, 1)) == "603.28 USD"
    fixed = replace(COASTAL, day_count="actual/365F")
    assert returned(Life(fixed, term=leap), date(2024, 7, 1)) == "604.93 USD"


def test_v2_a_change_costs_its_part_of_the_rest_of_the_term():
    life = Life(replace(COASTAL, day_count="actual/365F"), premium="365.00")
    first, second = life.change(date(2025, 5, 3), 36500), life.change(date(2025, 9, 2), 36500)

    assert [str(answer[1].charges[0].amount) for answer in (first, second)] == ["243.00 USD", "121.00 USD"]
    assert life.booked == "729.00 USD"


# --- methods


def test_the_insurer_never_takes_a_short_rate_penalty():
    short = choosing(insured_cancellation="short_rate_90", minimum_earned_percent=25)

    assert returned(Life(short), date(2025, 7, 2), "nonpayment") == "601.64 USD"
    assert returned(Life(short), date(2025, 7, 2), "rewritten") == "601.64 USD"


def test_a_table_says_what_is_earned_by_the_days_in_force():
    table = (ShortRateStep(1, 5), ShortRateStep(182, 60), ShortRateStep(366, 100))
    by_table = choosing(insured_cancellation="short_rate_table", short_rate_table=table)

    assert returned(Life(by_table), date(2025, 1, 2)) == "1140.00 USD"
    assert returned(Life(by_table), date(2025, 7, 2)) == "480.00 USD"
    assert returned(Life(by_table), date(2025, 7, 3)) == "0.00 USD"


@pytest.mark.parametrize(
    ("choices", "on", "back"),
    [
        ({"minimum_earned_percent": 25}, date(2025, 1, 31), "900.00 USD"),
        ({"minimum_earned_minor": 10000}, date(2025, 1, 11), "1100.00 USD"),
        ({"minimum_earned_percent": 25}, date(2025, 7, 2), "601.64 USD"),
        ({"minimum_earned_percent": 25}, date(2025, 1, 1), "1200.00 USD"),
        ({"minimum_earned_percent": 25, "flat_cancellation": "keeps_minimum"}, date(2025, 1, 1), "900.00 USD"),
    ],
)
def test_a_minimum_is_earned_but_for_a_flat_cancellation(choices, on, back):
    assert returned(Life(choosing(**choices)), on) == back


TEXAS = {"state": "TX", "product": "personal_auto"}
AUTO = PolicyChoices(
    products=(Product("personal_auto", "personal_auto"),),
    insured_cancellation="short_rate_90",
    minimum_earned_minor=20000,
)


@pytest.mark.parametrize(("as_of", "back"), [(date(2026, 8, 31), "541.48 USD"), (date(2026, 9, 1), "601.64 USD")])
def test_texas_bans_short_rate_from_september_2026(as_of, back):
    term = (date(2026, 3, 15), date(2027, 3, 15))
    short = replace(COASTAL, policy=replace(AUTO, minimum_earned_minor=0))
    on = term[0] + timedelta(days=182)

    assert returned(Life(short, state_law("TX", as_of), term=term, **TEXAS), on) == back


def test_florida_auto_keeps_at_most_a_tenth_of_unearned_premium_when_the_insured_leaves():
    greedy = replace(COASTAL, policy=replace(AUTO, short_rate_return_percent=50))

    assert returned(Life(greedy, state_law("FL"), product="personal_auto"), date(2025, 7, 2)) == "541.48 USD"


@settings(derandomize=True, deadline=None, max_examples=60)
@given(day=st.integers(1, 363))
def test_short_rate_returns_no_more_than_pro_rata_and_both_fall_with_time(day):
    """INV-P4."""
    short = choosing(insured_cancellation="short_rate_90")
    on = YEAR[0] + timedelta(days=day)
    dear, now, later = (
        Money(int(returned(Life(carrier), when).replace(".", "").split()[0]), "USD").minor
        for carrier, when in ((short, on), (COASTAL, on), (COASTAL, on + timedelta(days=1)))
    )

    assert dear <= now
    assert later < now


# --- order


@settings(derandomize=True, deadline=None, max_examples=40)
@given(changes=st.lists(EDITS, min_size=2, max_size=4, unique_by=lambda one: one[0]))
def test_changes_bound_in_any_order_cost_and_cover_the_same(changes):
    """INV-P7, without any tolerance: what is booked is what the term should cost, less what was booked."""
    outcomes = set()
    for order in permutations(changes):
        life = Life(premium="5000.00")
        for day, minor in order:
            life.change(YEAR[0] + timedelta(days=day), minor)
        outcomes.add((life.booked, life.state.period.cover))

    assert len(outcomes) == 1


@settings(derandomize=True, deadline=None, max_examples=60)
@given(day=LIMITS, minor=st.integers(2, 30000), part=st.integers(1, 30000))
def test_one_change_costs_what_its_two_halves_cost(day, minor, part):
    """INV-P6: the difference is at most one cent for each; here it is none at all."""
    on = YEAR[0] + timedelta(days=day)
    whole, halves = Life(), Life()
    whole.change(on, minor)
    halves.change(on, part % minor)
    halves.change(on, minor - part % minor)

    assert halves.booked == whole.booked


def test_an_earlier_change_reverses_the_later_ones_newest_first_and_applies_them_again():
    life = Life()
    jewels = Coverage("jewels", usd("5000.00"), usd("100.00"), usd("100.00"))
    life.change(date(2025, 6, 1), 10000, SetCoverage(jewels))
    life.change(date(2025, 9, 1), 20000)
    answer = life.change(date(2025, 3, 1), 30000, SetCoverage(replace(jewels, limit=usd("9000.00"))))
    (changed,) = [event for event in answer if isinstance(event, PolicyChanged)]

    assert [(one.reverses, one.reapplication_of, one.effective.month) for one in changed.versions] == [
        (3, 0, 9),
        (2, 0, 6),
        (0, 0, 3),
        (0, 2, 6),
        (0, 3, 9),
    ]
    assert changed.conflicts == ("coverage.jewels",)
    assert [str(charge.amount) for charge in changed.charges] == ["251.51 USD"]
    limits = [
        next((one.limit.minor for one in cut.coverages if one.code == "jewels"), 0) for cut in life.state.period.cover
    ]
    assert limits == [0, 900000, 500000, 500000]


# --- earning


def test_what_was_written_is_earned_day_by_day_and_a_gap_earns_nothing():
    life = Life()
    life.cancel(date(2025, 4, 1))
    life.bind(Reinstatement(date(2025, 5, 1)), on=date(2025, 5, 1))
    seen = [
        earning(COASTAL, life.state.period, day)[0] for day in (YEAR[0], date(2025, 4, 1), date(2025, 5, 1), YEAR[1])
    ]

    assert [(one.earned, one.unearned) for one in seen] == [(0, 110137), (29589, 80548), (29589, 80548), (110137, 0)]


def test_a_cancellation_and_its_reinstatement_without_a_lapse_come_to_nothing():
    """INV-P5."""
    life = Life(choosing(insured_cancellation="short_rate_90"))
    life.change(date(2025, 6, 1), 10000)
    before = life.state.period
    life.cancel(date(2025, 4, 1))
    life.bind(Reinstatement(date(2025, 4, 1)), on=date(2025, 4, 10))

    assert life.state.period.booked == before.booked
    assert life.state.period.cover == before.cover


VECTORS = Path(__file__).parents[3] / "fixtures" / "vectors" / "policy_terms.csv"
ROWS: list[dict[str, Any]] = list(
    csv.DictReader(line for line in VECTORS.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
)


@pytest.mark.parametrize("row", [pytest.param(row, id=row["case"]) for row in ROWS])
def test_the_model_agrees_with_the_vectors_of_whole_terms(row):
    start, end = date.fromisoformat(row["start"]), date.fromisoformat(row["end"])
    method = {"method": row["method"]} if row["method"] else {}
    carrier = replace(
        COASTAL, day_count=row["day_count"], policy=PolicyChoices(insured_cancellation=method.get("method", "pro_rata"))
    )
    life = Life(carrier, premium=row["annual"], term=(start, end))
    for change in row["changes"].split():
        day, amount = change.split("/")
        life.change(date.fromisoformat(day), usd(amount).minor)
    before = life.booked
    if row["cancelled"]:
        life.cancel(date.fromisoformat(row["cancelled"]))

    assert before == f"{row['written']} USD"
    assert life.booked == f"{row['kept']} USD"


@pytest.mark.parametrize(("earlier", "found"), [("0.01", []), ("0.02", ["INV-P3"]), ("1.00", ["INV-P3"])])
def test_a_change_on_the_30th_loses_at_most_a_cent_of_what_is_earned_on_the_31st(earlier, found):
    """30E/360 counts no day between them: 666.30 less 0.70 is left of the 30th, and each is rounded by itself."""
    carrier = replace(COASTAL, day_count="30E/360")
    life = Life(carrier, premium="2398.68", term=(date(2026, 6, 1), date(2027, 6, 1)))
    life.bind(PolicyChange(date(2027, 5, 30), (AdjustCharge("premium", Money(-252, "USD")),)), date(2026, 6, 2))
    view: Any = policy_view("P", life.state, carrier)
    (period,) = view.periods
    on_the_30th, on_the_31st = (next(one for one in period.earned if one.on == date(2027, 5, day)) for day in (30, 31))
    assert usd(on_the_30th.earned.amount) - usd(on_the_31st.earned.amount) == usd("0.01")

    more = usd(earlier) - usd("0.01")
    planted = replace(
        on_the_30th,
        earned=to_wire(usd(on_the_30th.earned.amount) + more),
        unearned=to_wire(usd(on_the_30th.unearned.amount) - more),
    )
    earned = tuple(planted if one == on_the_30th else one for one in period.earned)
    view = replace(view, periods=(replace(period, earned=earned),))

    broken = judged(POLICY_INVARIANTS, "P", view)
    assert [one.code for one in broken if isinstance(one, Violation)] == found
