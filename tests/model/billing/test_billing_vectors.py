"""The billing machines agree with the golden vectors of fixtures/vectors, which nothing of ours computed."""

import csv
from datetime import date, timedelta
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

import fixtures
from fixtures.histories import at
from fixtures.jurisdictions import florida
from model.billing.account import NoAccount, decider, evolve
from model.billing.commands import ReceiveCharges
from model.billing.equity import Accrual, equity_date, equity_date_by_walking
from model.billing.plan import Charge, Payer
from model.daycount import nearest_business_day
from model.money import Money, parse_amount

VECTORS = Path(fixtures.__file__).parent / "vectors"
LAW, CARRIER = florida()
START = date(2025, 1, 1)


def rows(name: str) -> list[dict[str, Any]]:
    with (VECTORS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def each(name: str):
    return pytest.mark.parametrize("row", rows(name), ids=lambda row: row["case"])


def cents(text: str) -> int:
    return parse_amount(text, "USD").minor


def told(instruction: str, amount: int, **changes) -> ReceiveCharges:
    command = ReceiveCharges(
        account_id="A",
        instruction_id=instruction,
        policy_id="P",
        plan="full_pay",
        autopay="off",
        payers=(Payer("I", "insured", 1),),
        charges=(Charge("premium", Money(amount, "USD")),),
        on=START,
        at=at(START),
        starts=START,
        ends=date(2026, 1, 1),
    )
    return replace(command, **changes)


@each("endorsements.csv")
def test_how_the_premium_of_an_endorsement_is_billed(row):
    """Each due date stands for a planned invoice of 100.00, made by a term charge of its own that is due then."""
    choices: Any = {"endorsement_premium": row["strategy"], "bill_lead_days": 0, "leftover": "first"}
    machine = decider(LAW, replace(CARRIER, billing=replace(CARRIER.billing, **choices)))
    dues = [date.fromisoformat(due) for due in row["dues"].split()]
    commands = [told(f"B-{k}", 10000, on=due) for k, due in enumerate(dues)]
    effective = date.fromisoformat(row["effective"])
    today = min([effective, *(due - timedelta(days=1) for due in dues)])
    more = told("E", cents(row["premium"]), kind="endorsement", on=effective, at=at(today))
    state: Any = NoAccount()
    for command in (*commands, more):
        decision: Any = machine.decide(command, state)
        state = reduce(evolve, decision, state)

    own = {
        invoice.due_on: sum(i.amount for i in invoice.items if i.instruction == len(dues)) for invoice in state.invoices
    }
    assert [own.get(due, 0) for due in dues] == [cents(part) for part in row["parts"].split()] or not row["parts"]
    at_once = sum(minor for due, minor in own.items() if due not in dues)
    assert at_once == cents(row["at_once"])


@each("equity_dates.csv")
def test_to_what_day_a_policy_is_paid(row):
    charges = [charge.split("/") for charge in row["charges"].split()]
    accruals = [Accrual(date.fromisoformat(a), date.fromisoformat(b), cents(amount)) for a, b, amount in charges]

    assert equity_date(accruals, cents(row["paid"])) == date.fromisoformat(row["equity_date"])


@each("repairs.csv")
def test_a_part_of_a_period(row):
    part = parse_amount(row["price"], "USD").share(int(row["days"]), int(row["of"]), "half_up")

    assert part == parse_amount(row["part"], "USD")


@each("rolled_days.csv")
@pytest.mark.parametrize("roll", ["none", "following", "preceding"])
def test_a_day_without_business_rolls(row, roll):
    holidays = frozenset(date.fromisoformat(day) for day in row["holidays"].split())

    assert nearest_business_day(date.fromisoformat(row["day"]), roll, holidays) == date.fromisoformat(row[roll])


DAYS = st.dates(date(2025, 1, 1), date(2026, 6, 30))
ACCRUALS = st.lists(st.builds(Accrual, DAYS, DAYS, st.integers(-50000, 200000)), min_size=1, max_size=5)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(ACCRUALS, st.integers(0, 300000), st.integers(0, 50000))
def test_the_equity_date_is_what_walking_day_by_day_gives_and_never_falls_with_money(accruals, paid, more):
    """INV-B11."""
    found = equity_date(accruals, paid)

    assert found == equity_date_by_walking(accruals, paid)
    richer = equity_date(accruals, paid + more)
    assert found is None or (richer is not None and found <= richer)


def test_nothing_paid_is_paid_to_the_first_day_and_all_paid_to_the_last():
    """INV-B11."""
    year = (Accrual(START, date(2026, 1, 1), 120000),)

    assert (equity_date(year, 0), equity_date(year, 120000)) == (START, date(2026, 1, 1))
    assert equity_date((), 100) is None
