"""B22: the late fee, asked for by nobody: the night that finds an invoice past due charges it, once, up to the cap."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import at, usd
from fixtures.owing_accounts import EVERYTHING, INSURED, LAW, START, carrier_with
from model.billing.commands import BillInvoice, MarkInvoiceDue, ReceiveCharges, ReceivePayment, ReturnPayment
from model.billing.dunning_commands import AgeAccount, PlaceHold
from model.billing.fees import LATE_FEE_CAP
from model.billing.plan import Charge
from model.core import Core
from model.invariants import ACCOUNT_INVARIANTS, judged
from model.jurisdiction import Law, RuleRow
from model.published.seen import account_view

DUE, GRACE_OVER = date(2026, 7, 1), date(2026, 7, 6)


def law_with(value: str, unit: str = "usd", rule: str = LATE_FEE_CAP) -> Law:
    known = next(iter(LAW.rows.values()))
    row: RuleRow = replace(known, id=f"made_up.{rule}", rule=rule, line="any", value=value, unit=unit)
    return replace(LAW, rows={**LAW.rows, (rule, "any"): row})


class Night:
    """Two policies on one account, each monthly; the down payments are paid and nothing after them."""

    def __init__(self, *, late: int = 1000, law: Law = LAW) -> None:
        carrier = carrier_with()
        self.core = Core(law, replace(carrier, billing=replace(carrier.billing, late_fee_minor=late)))
        for policy in ("P", "Q"):
            self.core.submit(
                ReceiveCharges(
                    account_id="A", instruction_id=f"B-{policy}", policy_id=policy, plan="monthly", autopay="off",
                    payers=(INSURED,), charges=(Charge("premium", usd("1200.00")),), on=START,
                    at=at(START - timedelta(days=30)),
                )
            )  # fmt: skip
        self.pass_to(START)
        self.pay("480.00", START)
        self.pass_to(DUE)

    def pass_to(self, day: date) -> None:
        for invoice in self.account.invoices:
            for kind, since in ((BillInvoice, invoice.bill_on), (MarkInvoiceDue, invoice.due_on)):
                if since <= day:
                    self.core.submit(kind(account_id="A", number=invoice.number, on=day, at=at(day)))
        self.core.submit(AgeAccount(account_id="A", on=day, at=at(day)))

    def pay(self, text: str, on: date) -> None:
        name = f"M-{on}"
        self.core.submit(
            ReceivePayment(account_id="A", payment_id=name, payer_id="I", amount=usd(text), on=on, at=at(on))
        )

    @property
    def account(self) -> Any:
        return self.core.account("A")

    def fees(self) -> list[tuple[int, int]]:
        """The invoice of each, and its minor units."""
        return [
            (invoice.number, item.amount)
            for invoice in self.account.invoices
            for item in invoice.items
            if item.pattern == "fee"
        ]


def test_nothing_is_late_before_grace_is_over_and_an_invoice_for_two_policies_is_late_once():
    night = Night()
    night.pass_to(GRACE_OVER - timedelta(days=1))
    assert night.fees() == []

    night.pass_to(GRACE_OVER)
    assert night.fees() == [(1, 1000)]
    assert len({one.policy_id for one in night.account.delinquencies}) == 2
    night.pass_to(GRACE_OVER + timedelta(days=9))
    assert night.fees() == [(1, 1000)]


def test_each_invoice_that_is_past_due_costs_its_own():
    night = Night()
    for day in (GRACE_OVER, date(2026, 8, 1), date(2026, 8, 6)):
        night.pass_to(day)

    assert night.fees() == [(1, 1000), (2, 1000)]
    view = account_view(night.account)
    assert view is not None
    assert view.fees == ("late:1", "late:2")
    assert list(judged(ACCOUNT_INVARIANTS, "A", view)) == []


def test_an_invoice_that_is_past_due_again_after_its_payment_bounced_is_not_late_again():
    night = Night()
    night.pass_to(GRACE_OVER)
    paid_on = GRACE_OVER + timedelta(days=1)
    night.pay("223.34", paid_on)
    assert night.account.invoices[1].open == 0
    night.core.submit(
        ReturnPayment(account_id="A", payment_id=f"M-{paid_on}", reason="R01", on=paid_on, at=at(paid_on))
    )
    night.pass_to(paid_on + timedelta(days=1))

    assert night.account.fees == ("late:1", f"returned:M-{paid_on}")


def test_nothing_is_late_while_an_order_holds_delinquency():
    """As orders of regulators say in so many words (La. Emergency Rule 27: no late fee)."""
    night = Night()
    night.core.submit(PlaceHold(account_id="A", hold_id="H", suspends=EVERYTHING, on=DUE, at=at(DUE)))
    night.pass_to(GRACE_OVER)

    assert night.fees() == []


def test_a_carrier_without_a_late_fee_charges_none():
    night = Night(late=0)
    night.pass_to(GRACE_OVER)

    assert night.fees() == []


@pytest.mark.parametrize(
    ("law", "charged"),
    [
        (law_with("7.50"), 750),
        (law_with("25"), 1000),
        (law_with("greater of 5 or 1 percent", "text"), 1000),
        (law_with("5", rule="insurer_nsf_fee_cap"), 1000),
        (LAW, 1000),
    ],
    ids=["below the fee", "above it", "not one amount", "of another fee", "none on record"],
)
def test_the_state_caps_it_where_its_row_is_one_amount(law, charged):
    night = Night(law=law)
    night.pass_to(GRACE_OVER)

    assert night.fees() == [(1, charged)]
