"""Every movement of money on an account is a balanced entry between accounts that say what it was."""

from datetime import date
from functools import reduce
from typing import Any

import pytest

from fixtures.histories import at, usd
from fixtures.jurisdictions import florida
from model.billing.account import NoAccount, evolve
from model.billing.accounting import entry
from model.billing.allocation import Distribution
from model.billing.events import (
    ChargesReceived,
    FeeCharged,
    InvoiceBilled,
    InvoiceFellDue,
    InvoicesPlanned,
    PaymentDistributed,
    PaymentReceived,
    PaymentReturned,
    ReturnPremiumCredited,
)
from model.billing.plan import Charge, PlannedInvoice, PlannedItem
from model.ledger import imbalance

CARRIER = florida()[1]
DAY = date(2026, 6, 1)
ABOUT: dict[str, Any] = {"account_id": "A", "on": DAY, "at": at(DAY)}
ITEMS = (
    PlannedItem("P", "premium", usd("100.00")),
    PlannedItem("P", "tax", usd("2.00")),
    PlannedItem("P", "fee", usd("25.00")),
)
CHARGED = ChargesReceived(
    instruction_id="B-1", policy_id="P", autopay=None, charges=(Charge("premium", usd("127.00")),), **ABOUT
)
PLANNED = InvoicesPlanned(policy_id="P", first=0, invoices=(PlannedInvoice("I", DAY, DAY, ITEMS),), **ABOUT)
BILLED = InvoiceBilled(number=0, payer_id="I", amount=usd("127.00"), due_on=DAY, **ABOUT)
DUE = InvoiceFellDue(number=0, payer_id="I", amount=usd("127.00"), autopay="on", **ABOUT)
RECEIVED = PaymentReceived(payment_id="M", payer_id="I", amount=usd("30.00"), **ABOUT)
PARTS = (Distribution(0, 1, 200), Distribution(0, 2, 2500))
DISTRIBUTED = PaymentDistributed(payment_id="M", parts=PARTS, unapplied=usd("3.00"), **ABOUT)
RETURNED = PaymentReturned(payment_id="M", reason="R01", parts=PARTS, unapplied=usd("3.00"), **ABOUT)
FEE = FeeCharged(policy_id="P", number=0, trigger="returned:M", amount=usd("15.00"), **ABOUT)
CREDITED = ReturnPremiumCredited(
    policy_id="P",
    credits=(Distribution(0, 0, 10000), Distribution(0, 1, 150)),
    unapplied=(Charge("premium", usd("7.00")), Charge("tax", usd("0.50"))),
    **ABOUT,
)


def state_after(*events) -> Any:
    return reduce(evolve, events, NoAccount())


def posted(event, before) -> dict[str, int]:
    found = entry(CARRIER, "key", event, before)
    if found is None:
        return {}
    assert imbalance(found) == {}
    sums: dict[str, int] = {}
    for posting in found.postings:
        sums[posting.account] = sums.get(posting.account, 0) + posting.minor
    return {account: minor for account, minor in sums.items() if minor}


@pytest.mark.parametrize(
    ("event", "history", "wanted"),
    [
        (CHARGED, (), {}),
        (
            PLANNED,
            (CHARGED,),
            {"receivable_unbilled": 12700, "unearned_premium": -10000, "taxes_payable": -200, "fee_income": -2500},
        ),
        (BILLED, (CHARGED, PLANNED), {"receivable_billed": 12700, "receivable_unbilled": -12700}),
        (DUE, (CHARGED, PLANNED, BILLED), {}),
        (RECEIVED, (CHARGED, PLANNED, BILLED), {"cash": 3000, "unapplied_cash": -3000}),
        (DISTRIBUTED, (CHARGED, PLANNED, BILLED, RECEIVED), {"unapplied_cash": 2700, "receivable_billed": -2700}),
        (
            RETURNED,
            (CHARGED, PLANNED, BILLED, RECEIVED, DISTRIBUTED),
            {"receivable_billed": 2700, "unapplied_cash": 300, "cash": -3000},
        ),
        (FEE, (CHARGED, PLANNED, BILLED), {"receivable_billed": 1500, "fee_income": -1500}),
        (
            CREDITED,
            (CHARGED, PLANNED),
            {"unearned_premium": 10700, "taxes_payable": 200, "receivable_unbilled": -10150, "unapplied_cash": -750},
        ),
        (
            CREDITED,
            (CHARGED, PLANNED, BILLED),
            {"unearned_premium": 10700, "taxes_payable": 200, "receivable_billed": -10150, "unapplied_cash": -750},
        ),
        (CREDITED, (), {"unearned_premium": 700, "taxes_payable": 50, "unapplied_cash": -750}),
    ],
)
def test_an_event_is_booked_where_its_money_goes(event, history, wanted):
    assert posted(event, state_after(*history)) == wanted


def test_a_payment_and_its_return_cancel_out_in_the_books():
    history = (CHARGED, PLANNED, BILLED)
    sums: dict[str, int] = {}
    for event in (RECEIVED, DISTRIBUTED, RETURNED):
        for account, minor in posted(event, state_after(*history)).items():
            sums[account] = sums.get(account, 0) + minor
        history = (*history, event)

    assert set(sums.values()) == {0}
