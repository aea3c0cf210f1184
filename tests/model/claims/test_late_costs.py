"""What a clock that was missed costs, and how a state judges all claims of an insurer."""

from datetime import date
from typing import Any

import pytest

from fixtures.histories import usd
from fixtures.jurisdictions import state_law
from model.claims.clocks import ClaimClock
from model.claims.lateness import late_cost, median_payment_period
from tests.model.claims.telling_clocks import NOTICED, TODAY

# --- what it costs


def cost(state: str, amount: str, due: date, paid: date | None, *words: str, line: str = "home") -> Any:
    law = state_law(state, date(2026, 6, 1))
    clock = ClaimClock("pay", "row", due, due, paid)
    return late_cost(law, [clock], due=usd(amount), today=TODAY, line=line, rounding="half_up", words=frozenset(words))


DUE, THIRTY_LATE = date(2026, 8, 1), date(2026, 8, 31)


@pytest.mark.parametrize(
    ("state", "amount", "interest", "penalty", "at_stake"),
    [
        ("TX", "10000.00", "147.95", "0.00", "0.00"),  # 10,000 * 18 % * 30 / 365
        ("MI", "10000.00", "98.63", "0.00", "0.00"),  # 12 %
        ("CO", "10000.00", "65.75", "3000.00", "20000.00"),  # 8 %, 100 a day, twice the benefit
        ("CO", "100.00", "0.66", "3000.00", "200.00"),
        ("FL", "10000.00", "0.00", "0.00", "0.00"),
        ("LA", "10000.00", "0.00", "0.00", "0.00"),
    ],
)
def test_thirty_days_late_cost_what_the_rows_say(state, amount, interest, penalty, at_stake):
    found = cost(state, amount, DUE, THIRTY_LATE)

    assert found.days_late == 30
    assert (found.interest, found.penalty, found.at_stake) == (usd(interest), usd(penalty), usd(at_stake))
    assert found.certain == usd(interest) + usd(penalty)
    assert bool(found.rows) is (state not in ("FL", "LA"))


@pytest.mark.parametrize(("amount", "at_stake"), [("10000.00", "5000.00"), ("4000.00", "2500.00")])
def test_louisiana_puts_half_of_what_is_due_at_stake_after_a_catastrophe(amount, at_stake):
    assert cost("LA", amount, DUE, THIRTY_LATE, "cat_la_22_1892_2").at_stake == usd(at_stake)


def test_small_claims_in_colorado_bear_at_most_twenty_dollars_of_interest():
    assert cost("CO", "100.00", date(2022, 8, 1), date(2026, 8, 1)).interest == usd("20.00")
    assert cost("CO", "100.01", date(2022, 8, 1), date(2026, 8, 1)).interest == usd("32.03")


def test_a_clock_that_was_met_or_that_is_not_about_money_costs_nothing():
    law = state_law("TX", NOTICED)
    late = ClaimClock("acknowledge", "row", DUE, DUE, None)

    assert cost("TX", "10000.00", DUE, DUE).certain == usd("0.00")
    found = late_cost(law, [late], due=usd("10000.00"), today=TODAY, line="home", rounding="half_up")
    assert (found.days_late, found.certain) == (0, usd("0.00"))


def test_what_is_still_unpaid_costs_more_every_day():
    assert cost("TX", "10000.00", DUE, None).days_late == 61


# --- tests of a portfolio


@pytest.mark.parametrize(
    ("periods", "party", "median", "holds"),
    [
        ([10, 40, 300], "first_party", 40.0, "yes"),
        ([10, 41, 300], "first_party", 41.0, "no"),
        ([20, 40, 41, 60], "first_party", 40.5, "no"),
        ([60, 60, 61], "third_party", 60.0, "yes"),
    ],
)
def test_illinois_judges_the_median_of_an_auto_insurers_payment_periods(periods, party, median, holds):
    found: Any = median_payment_period(state_law("IL"), periods, party=party)

    assert (found.median_days, found.holds) == (median, holds)


def test_a_state_without_a_portfolio_test_says_nothing():
    assert median_payment_period(state_law("TX"), [500], party="first_party") is None
    assert median_payment_period(state_law("IL"), [], party="first_party") is None
