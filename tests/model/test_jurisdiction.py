"""The law of a state: which rows are law, which of them counts, and when a clock runs out."""

from datetime import date

import pytest
from msgspec.structs import replace

from fixtures.jurisdictions import TODAY, florida, florida_law, state_law
from fixtures.rule_rows import load_rules
from model.daycount import NO_HOLIDAYS
from model.jurisdiction import Deadline, Law, LawMissing, RuleRow, law
from model.money import Money


def row(**changes) -> RuleRow:
    """An acknowledgement clock of seven days for any line, from 2023-03-01."""
    plain = RuleRow(
        id="xx.claims.acknowledge",
        jurisdiction="XX",
        line="any",
        rule="acknowledge",
        value="7",
        unit="calendar_day",
        trigger="notice",
        calendar="calendar",
        roll="none",
        overlay="",
        effective_from=date(2023, 3, 1),
        effective_to=None,
        citation="XX Code 1",
        source="https://example.org",
        confidence="confirmed-primary",
    )
    return replace(plain, **changes)


def law_of(*rows: RuleRow, as_of: date = TODAY) -> Law:
    return law(rows, jurisdiction="XX", as_of=as_of, holidays=NO_HOLIDAYS)


# --- which row counts


def test_a_row_for_the_line_of_business_counts_more_than_one_for_any_line():
    both = law_of(row(), row(id="xx.home", line="home", value="14"))

    assert both.row("acknowledge", "home").value == "14"
    assert both.row("acknowledge", "personal_auto").value == "7"
    assert both.row("acknowledge").value == "7"


def test_a_row_for_one_line_says_nothing_about_another():
    home = law_of(row(line="home"))

    assert home.has("acknowledge", "home")
    assert not home.has("acknowledge", "personal_auto")
    with pytest.raises(LawMissing, match="no rule 'acknowledge' for personal_auto in XX as of 2026-06-01"):
        home.row("acknowledge", "personal_auto")


@pytest.mark.parametrize("confidence", ["low", "from-memory"])
def test_what_nobody_saw_in_a_good_source_is_not_law(confidence):
    assert not law_of(row(confidence=confidence)).has("acknowledge")


@pytest.mark.parametrize("confidence", ["confirmed-primary", "confirmed-secondary"])
def test_what_was_confirmed_is_law(confidence):
    assert law_of(row(confidence=confidence)).has("acknowledge")


@pytest.mark.parametrize(
    ("as_of", "holds"),
    [(date(2023, 2, 28), False), (date(2023, 3, 1), True), (date(2024, 6, 30), True), (date(2024, 7, 1), False)],
)
def test_a_row_holds_from_its_first_to_its_last_day(as_of, holds):
    assert law_of(row(effective_to=date(2024, 6, 30)), as_of=as_of).has("acknowledge") is holds


def test_a_row_without_days_holds_for_ever():
    timeless = row(effective_from=None)

    assert law_of(timeless, as_of=date(1900, 1, 1)).has("acknowledge")
    assert law_of(timeless, as_of=date(2999, 1, 1)).has("acknowledge")


def test_the_law_of_another_state_is_not_ours():
    assert not law_of(row(jurisdiction="YY")).has("acknowledge")


def test_no_weak_row_is_in_the_law_of_any_state():
    weak = {found.id for found in load_rules() if found.confidence in ("low", "from-memory")}
    states = {found.jurisdiction for found in load_rules()}

    held = {found.id for state in states for found in state_law(state).rows.values()}

    assert weak
    assert held.isdisjoint(weak)


# --- what a row says


@pytest.mark.parametrize(
    "changes",
    [
        {"value": "promptly", "unit": "text"},
        {"value": "20 to 40", "unit": "day"},
        {"value": "18", "unit": "percent_per_year"},
        {"value": "1", "unit": "year"},
    ],
)
def test_what_is_not_a_count_of_days_is_no_deadline(changes):
    with pytest.raises(LawMissing, match="not a count of days"):
        law_of(row(**changes)).deadline("acknowledge")


def test_a_deadline_leads_back_to_its_row():
    assert law_of(row()).deadline("acknowledge") == Deadline(
        "xx.claims.acknowledge", "notice", 7, "calendar_day", "none"
    )


@pytest.mark.parametrize(("value", "amount"), [("15", 1500), ("0.75", 75), ("27.5", 2750)])
def test_an_amount_is_dollars(value, amount):
    assert law_of(row(value=value, unit="usd")).usd("acknowledge") == Money(amount, "USD")


@pytest.mark.parametrize(
    ("value", "unit"), [("20 to 40", "usd"), ("a fee", "usd"), ("15", "day"), ("15", "percent"), ("15", "usd_per_day")]
)
def test_what_is_not_an_amount_of_dollars_is_no_amount(value, unit):
    with pytest.raises(LawMissing, match="not one amount"):
        law_of(row(value=value, unit=unit)).usd("acknowledge")


# --- when it is due


def due(state: str, rule: str, line: str, since: date, as_of: date = TODAY) -> date:
    found = state_law(state, as_of)
    return found.deadline(rule, line).due(since, found.holidays)


@pytest.mark.parametrize(
    ("state", "rule", "line", "since", "wanted"),
    [
        ("FL", "acknowledge_communication", "home", date(2026, 9, 15), date(2026, 9, 22)),
        ("FL", "pay_or_deny_after_notice", "home", date(2026, 9, 15), date(2026, 11, 14)),
        ("FL", "complete_physical_inspection", "home", date(2026, 9, 28), date(2026, 10, 28)),
        ("TX", "acknowledge_claim", "home", date(2026, 6, 10), date(2026, 6, 25)),
        ("TX", "accept_or_reject_after_all_items", "home", date(2026, 6, 24), date(2026, 7, 15)),
        ("TX", "pay_after_notice_of_acceptance", "home", date(2026, 7, 15), date(2026, 7, 22)),
        ("TX", "return_premium_personal", "home", date(2026, 10, 1), date(2026, 10, 23)),
        ("CA", "accept_or_deny_after_proof_of_claim", "home", date(2026, 3, 2), date(2026, 4, 11)),
        ("CA", "return_premium_personal", "home", date(2026, 10, 1), date(2026, 11, 6)),
        ("GA", "affirm_or_deny_fire_ec_after_proof", "home", date(2026, 3, 2), date(2026, 5, 1)),
        ("GA", "affirm_or_deny_motor_vehicle_after_proof", "personal_auto", date(2026, 3, 2), date(2026, 3, 17)),
        ("PA", "accept_or_deny_after_proof_of_loss", "home", date(2026, 5, 15), date(2026, 6, 8)),
        ("LA", "pay_catastrophic_residential", "home", date(2026, 9, 1), date(2026, 10, 31)),
        ("US-ACH", "return_R10_timeframe", "any", date(2026, 6, 18), date(2026, 8, 17)),
        ("US-ACH", "reinitiation_window", "any", date(2026, 6, 18), date(2026, 12, 15)),
    ],
)
def test_a_clock_of_the_shipped_rules_runs_out_on_its_day(state, rule, line, since, wanted):
    assert due(state, rule, line, since) == wanted


def test_florida_was_slower_before_march_2023():
    then, now = date(2022, 10, 1), date(2023, 10, 1)

    assert due("FL", "acknowledge_communication", "home", then, as_of=then) == date(2022, 10, 15)
    assert due("FL", "acknowledge_communication", "home", now, as_of=now) == date(2023, 10, 8)
    assert due("FL", "pay_or_deny_after_notice", "home", then, as_of=then) == date(2022, 12, 30)


def test_a_deadline_that_rolls_moves_to_the_next_business_day_and_one_that_does_not_stays():
    thanksgiving = frozenset({date(2026, 11, 26)})
    on_saturday = Deadline("id", "notice", 60, "calendar_day", "none")

    assert on_saturday.due(date(2026, 9, 15), thanksgiving) == date(2026, 11, 14)
    assert replace(on_saturday, roll="forward").due(date(2026, 9, 15), thanksgiving) == date(2026, 11, 16)
    assert replace(on_saturday, roll="forward").due(date(2026, 9, 27), thanksgiving) == date(2026, 11, 27)


def test_the_day_of_the_trigger_is_not_counted():
    assert Deadline("id", "notice", 1, "calendar_day", "none").due(date(2026, 9, 15), NO_HOLIDAYS) == date(2026, 9, 16)
    assert Deadline("id", "notice", 1, "business_day", "none").due(date(2026, 9, 18), NO_HOLIDAYS) == date(2026, 9, 21)


def test_a_fee_that_florida_caps_is_an_amount_with_a_citation():
    found = florida_law()

    assert found.usd("insurer_nsf_fee_cap") == Money(1500, "USD")
    assert found.row("insurer_nsf_fee_cap").citation == "Fla. Stat. 627.4035(1)(b)"


def test_florida_comes_with_the_carrier_that_writes_there():
    found, carrier = florida()

    assert (found.jurisdiction, found.as_of, carrier.name) == ("FL", TODAY, "Coastal Mutual")
