"""The model agrees with the golden vectors, which were computed without it."""

import csv
from datetime import date
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import DWELLING, INSPECTED, at, usd
from fixtures.jurisdictions import florida
from model.billing.allocation import distributed
from model.billing.invoice import Invoice, Item
from model.billing.plan import Charge, Payer, planned_invoices
from model.choices.billing import PaymentPlan
from model.claims.claim import decider, evolve
from model.claims.commands import ConfirmPayment, RequestPayment, SetReserve
from model.claims.coverage import InsuredCoverage
from model.claims.file import Exposure, Notice, Open
from model.claims.settlement import deductible_for, payable
from model.daycount import months_after, portion
from model.policy.proration import earned, pro_rata_return

VECTORS = Path(__file__).parents[2] / "fixtures" / "vectors"
LAW, CARRIER = florida()


def rows(name: str) -> list[dict[str, Any]]:
    with (VECTORS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def each(name: str):
    return pytest.mark.parametrize("row", [pytest.param(row, id=row["case"]) for row in rows(name)])


@each("pro_rata.csv")
def test_what_comes_back_of_a_term(row):
    start, end, on = (date.fromisoformat(row[key]) for key in ("start", "end", "on"))
    charge, term = usd(row["written"]), portion(row["day_count"], start=start, end=end, on=on)

    assert (term.elapsed, term.remaining, term.basis) == tuple(int(row[k]) for k in ("elapsed", "remaining", "basis"))
    assert pro_rata_return(charge, term, row["rounding"]) == usd(row["returned"])
    assert earned(charge, term, row["rounding"]) == usd(row["earned"])
    assert earned(charge, term, row["rounding"]) + pro_rata_return(charge, term, row["rounding"]) == charge


@each("installments.csv")
def test_how_a_charge_is_spread(row):
    plan = PaymentPlan("plan", int(row["down_payment_percent"]), int(row["installments"]), 1)
    billing = replace(CARRIER.billing, leftover=row["leftover"], installment_fee_minor=0)
    invoices = planned_invoices(
        replace(CARRIER, billing=billing, rounding="half_up"),
        policy_id="P",
        plan=plan,
        payers=(Payer("I", "insured", 1),),
        charges=(Charge("premium", usd(row["charge"])),),
        anchor=date(2026, 6, 1),
        today=date(2026, 5, 1),
    )
    assert isinstance(invoices, tuple)
    spread = [str(item.amount) for invoice in invoices for item in invoice.items]
    wanted = [f"{amount} USD" for amount in (row["down_payment"], *row["amounts"].split())]
    # A slot without money has no invoice.
    assert spread == [amount for amount in wanted if amount != "0.00 USD"]


@each("due_dates.csv")
def test_when_an_installment_is_due(row):
    assert months_after(date.fromisoformat(row["anchor"]), int(row["months"])) == date.fromisoformat(row["due"])


def account(row) -> list[Invoice]:
    """One invoice for each due date, with the items in their order in the row."""
    items = [item.split("/") for item in row["items"].split()]
    return [
        Invoice(
            number,
            "I",
            date.fromisoformat(due),
            date.fromisoformat(due),
            next(step for item_due, step, _, _ in items if item_due == due),
            tuple(
                Item("P", pattern, usd(amount).minor, 0, 0) for item_due, _, pattern, amount in items if item_due == due
            ),
        )
        for number, due in enumerate(sorted({due for due, _, _, _ in items}))
    ]


@each("waterfall.csv")
def test_what_a_payment_pays(row):
    invoices = account(row)
    priority = {pattern: place for place, pattern in enumerate(row["order"].split())}

    parts, rest = distributed(tuple(invoices), "I", usd(row["payment"]).minor, priority)

    paid = {(part.invoice, part.item): part.minor for part in parts}
    places = [(invoice.number, place) for invoice in invoices for place in range(len(invoice.items))]
    assert [paid.get(place, 0) for place in places] == [usd(amount).minor for amount in row["paid"].split()]
    assert rest == usd(row["unapplied"]).minor


@each("settlement.csv")
def test_what_a_loss_pays(row):
    loss, deductible, limit = (usd(row[key]) for key in ("loss", "deductible", "limit"))

    assert payable(loss, deductible, limit) == usd(row["payable"])


def test_a_hurricane_takes_the_hurricane_deductible_and_nothing_else_does():
    coverage = InsuredCoverage("dwelling", usd("350000.00"), usd("1000.00"), usd("7000.00"))

    assert deductible_for(coverage, "hurricane") == usd("7000.00")
    assert deductible_for(coverage, "wind") == usd("1000.00")


@pytest.mark.parametrize("case", dict.fromkeys(row["case"] for row in rows("reserves.csv")))
def test_how_a_reserve_moves(case):
    machine: Any = decider(LAW, CARRIER)
    coverage = InsuredCoverage("dwelling", usd("300000.00"), usd("1000.00"), usd("6000.00"))
    notice = Notice("P", "I", "fire", at(INSPECTED), "phone", INSPECTED)
    claim: Any = Open(notice, (Exposure(1, "I", coverage, None),), (), ())
    about: dict[str, Any] = {"claim_id": "C", "on": INSPECTED, "at": at(INSPECTED)}
    for row in (row for row in rows("reserves.csv") if row["case"] == case):
        amount = usd(row["amount"])
        already = claim.lines[0].open if claim.lines else 0
        if row["action"] == "reserve":
            commands = [SetReserve(line=DWELLING, amount=replace(amount, minor=already + amount.minor), **about)]
        else:
            kind: Any = row["action"].removeprefix("pay_")
            what: dict[str, Any] = {
                "payment_id": row["step"],
                "line": DWELLING,
                "amount": amount,
                "kind": kind,
                "payee_id": "I",
            }
            commands = [RequestPayment(**what, **about), ConfirmPayment(payment_id=row["step"], **about)]
        for command in commands:
            claim = reduce(evolve, machine.decide(command, claim), claim)
        line = claim.lines[0]
        wanted = tuple(usd(row[key]).minor for key in ("open", "paid", "incurred"))
        assert (line.open, line.paid, line.incurred) == wanted
