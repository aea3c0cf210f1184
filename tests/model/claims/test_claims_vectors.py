"""Claims agree with the golden vectors, which were computed without them."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fixtures.histories import usd
from fixtures.jurisdictions import state_law
from model.claims.clocks import ClaimDays, clock_book, clocks_of
from model.claims.recovery import shared
from model.claims.settlement import Valuation, coinsured, payable, payable_in_order, percentage_deductible, settled

VECTORS = Path(__file__).parents[3] / "fixtures" / "vectors"
ADDED_BY = {"TX": frozenset({"cat_tx_542_059"})}
DESIGNATED = {"LA pay after a catastrophe": frozenset({"cat_la_22_1892_2"})}


def each(name: str):
    with (VECTORS / name).open(encoding="utf-8", newline="") as file:
        rows: list[dict[str, Any]] = list(csv.DictReader(line for line in file if not line.startswith("#")))
    return pytest.mark.parametrize("row", [pytest.param(row, id=row["case"]) for row in rows])


def money(row, *names) -> Any:
    return tuple(usd(row[name]) for name in names)


@each("limit_orders.csv")
def test_the_order_of_deductible_and_limit(row):
    terms = money(row, "loss", "deductible", "limit")

    assert payable_in_order("deductible_then_limit", *terms) == usd(row["deductible_then_limit"])
    assert payable_in_order("limit_then_deductible", *terms) == usd(row["limit_then_deductible"])
    assert payable(*terms) == usd(row["deductible_then_limit"])


@each("depreciation.csv")
def test_what_is_paid_first_and_what_is_held_back(row):
    cost, falling, lost = money(row, "replacement_cost", "depreciation", "non_recoverable")
    value = Valuation(cost, falling, lost, usd(row["spent"]) if row["spent"] else None)
    found = settled("deductible_then_limit", value, *money(row, "deductible", "limit"))

    assert (found.first, found.holdback) == money(row, "first", "holdback")


@each("coinsurance.csv")
def test_a_loss_when_too_little_was_carried(row):
    loss, carried, value, deductible = money(row, "loss", "carried", "value", "deductible")
    insured = coinsured(
        loss, carried=carried, value=value, required_percent=int(row["required_percent"]), rounding="half_up"
    )

    assert payable(insured, deductible, carried) == usd(row["payable"])


@each("subrogation.csv")
def test_who_gets_what_of_a_recovery(row):
    paid, deductible, recovered, expense = money(row, "paid", "deductible", "recovered", "expense")
    found = shared(
        row["strategy"],
        row["expense_share"],
        recovered=recovered,
        expense=expense,
        paid=paid,
        deductible_left=deductible,
        rounding="half_up",
    )

    assert found.insured == usd(row["to_insured"])


@each("clock_days.csv")
def test_the_last_day_of_a_clock(row):
    started = date.fromisoformat(row["started"])
    facts: dict[Any, date] = {"notice": started, row["fact"]: started}
    words = ADDED_BY[row["state"]] if int(row["added"]) else DESIGNATED.get(row["case"], frozenset())
    found = clocks_of(ClaimDays(facts), clock_book(state_law(row["state"]), "home"), words)

    assert [clock.due for clock in found if clock.name == row["clock"]] == [date.fromisoformat(row["due"])]


def test_two_percent_of_a_dwelling_is_its_hurricane_deductible():
    assert percentage_deductible(usd("350000.00"), Decimal(2), "half_up") == usd("7000.00")
