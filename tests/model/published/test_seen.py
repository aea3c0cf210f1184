"""What can be seen of a state from outside, and that it is neither more nor less than what is so."""

from datetime import date
from typing import Any

import msgspec
import pytest

from fixtures.histories import (
    BOUND,
    CANCELLED,
    END,
    HISTORIES,
    INSPECTED,
    NOTICE,
    PAID,
    START,
    account_id,
    at,
    claim_id,
    history,
    intent_id,
    payment_id,
    payout_intent_id,
    play,
    policy_id,
)
from fixtures.jurisdictions import florida
from model.core import Core
from model.published.account_views import AccountView
from model.published.claim_views import ClaimView
from model.published.intent_views import IntentView
from model.published.policy_events import PublishedCharge
from model.published.policy_views import PolicyView
from model.published.seen import account_view, claim_view, intent_view, policy_view
from model.wire import Amount


def core_after(name: str) -> Core:
    core = Core(*florida())
    play(core, history(name))
    return core


def policy_after(name) -> Any:
    core = core_after(name)
    return policy_view(policy_id(1), core.policy(policy_id(1)), core.carrier)


def claim_after(name) -> Any:
    return claim_view(claim_id(1), core_after(name).claim(claim_id(1)))


def account_after(name) -> Any:
    return account_view(core_after(name).account(account_id(1)))


def usd(text):
    return Amount(text, "USD")


def test_nothing_is_seen_of_what_does_not_exist():
    core = Core(*florida())

    assert policy_view("P", core.policy("P"), core.carrier) is None
    assert account_view(core.account("A")) is None
    assert claim_view("C", core.claim("C")) is None
    assert intent_view("I", core.intent("I")) is None
    assert core.snapshot("P") is None
    assert core.known_policy("P") is None


@pytest.mark.parametrize(
    ("name", "status", "statuses"),
    [
        ("a quoted policy", "quoted", []),
        ("a bound policy", "bound", []),
        ("a policy in force", "in_force", ["in_force"]),
        ("a policy cancelled midway", "cancelled", ["in_force", "cancelled"]),
        ("an expired policy", "expired", ["in_force", "expired"]),
    ],
)
def test_a_policy_is_seen_with_its_status_and_its_versions(name, status, statuses):
    seen = policy_after(name)

    assert (seen.policy_id, seen.account_id, seen.start, seen.end) == (policy_id(1), account_id(1), START, END)
    assert seen.status == status
    assert [version.status for version in seen.versions] == statuses


def test_a_quote_is_seen_with_its_last_day_and_has_written_nothing():
    seen = policy_after("a quoted policy")

    assert (seen.quote_expires, seen.written) == (date(2026, 5, 31), ())


def test_a_cancelled_policy_is_seen_with_what_it_wrote_and_gave_back():
    seen = policy_after("a policy cancelled midway")

    assert seen.cancelled_on == CANCELLED
    assert seen.written[0] == PublishedCharge("premium", usd("2400.00"))
    assert seen.returned == (PublishedCharge("premium", usd("-1196.71")), PublishedCharge("tax", usd("-21.54")))
    assert [(version.effective, version.recorded) for version in seen.versions] == [
        (START, at(BOUND)),
        (CANCELLED, at(CANCELLED)),
    ]


def test_whoever_asks_about_cover_sees_an_issued_policy_only():
    assert core_after("a bound policy").snapshot(policy_id(1)) is None
    issued = core_after("a policy in force").snapshot(policy_id(1))
    cancelled = core_after("a policy cancelled midway").snapshot(policy_id(1))

    assert issued
    assert cancelled
    assert (issued.cancelled_on, cancelled.cancelled_on) == (None, CANCELLED)
    assert (issued.term_starts_at, issued.zone) == ("00:01", "America/New_York")


def test_an_account_is_seen_with_its_invoices_items_and_payments():
    seen = account_after("a policy with nine installments, three paid")
    first, second, fourth = seen.invoices[0], seen.invoices[1], seen.invoices[4]

    assert [invoice.status for invoice in seen.invoices] == ["paid"] * 4 + ["planned"] * 6
    assert [(item.pattern, item.amount.amount, item.paid.amount) for item in first.items] == [
        ("premium", "480.00", "480.00"),
        ("tax", "8.64", "8.64"),
        ("fee", "25.00", "25.00"),
    ]
    assert (first.due_on, second.due_on, fourth.due_on) == (START, date(2026, 7, 1), date(2026, 10, 1))
    assert [(payment.payment_id, payment.status) for payment in seen.payments] == [
        (intent_id(1, k), "received") for k in range(4)
    ]
    assert seen.payments[0].distributed == seen.payments[0].amount == usd("513.64")
    assert (seen.autopay, seen.unapplied) == ("on", usd("0.00"))


def test_a_returned_payment_is_seen_as_returned_and_its_invoice_as_due_with_a_fee():
    seen = account_after("a payment returned")

    assert [payment.status for payment in seen.payments] == ["returned"]
    assert seen.invoices[0].status == "due"
    assert [(item.pattern, item.amount.amount, item.paid.amount) for item in seen.invoices[0].items][-1] == (
        "fee", "15.00", "0.00",
    )  # fmt: skip


def test_a_credit_is_seen_on_the_items_that_it_closed():
    seen = account_after("a policy cancelled midway")
    credited = [
        item.credited.amount for invoice in seen.invoices for item in invoice.items if item.pattern == "premium"
    ]

    # 1,196.71 over planned installments of 213.34 and 213.33; the down payment was paid.
    assert credited == ["0.00", "213.34", "213.34", "213.34", "213.33", "213.33", "130.03", "0.00", "0.00", "0.00"]


@pytest.mark.parametrize(
    ("name", "status", "outcome", "denial"),
    [
        ("a claim reported", "reported", None, None),
        ("a claim open with a reserve", "open", None, None),
        ("a claim with a payment on its way", "open", None, None),
        ("a claim paid and closed", "closed", "paid", None),
        ("a claim denied", "closed", "denied", "coverage_absent"),
    ],
)
def test_a_claim_is_seen_with_its_status_and_outcome(name, status, outcome, denial):
    seen = claim_after(name)

    assert (seen.status, seen.outcome, seen.denial) == (status, outcome, denial)


def test_a_claim_is_seen_with_the_days_of_its_clocks():
    seen = claim_after("a claim paid and closed")

    assert (seen.notice_on, seen.acknowledged_on, seen.proof_on) == (NOTICE, NOTICE, INSPECTED)
    assert (seen.inspected_on, seen.decided_on) == (INSPECTED, PAID)


def test_a_payment_on_its_way_is_not_available_and_not_yet_paid():
    seen = claim_after("a claim with a payment on its way")
    (line,), (payment,) = seen.lines, seen.payments

    assert (line.open, line.available, line.paid, line.incurred) == (
        usd("14000.00"), usd("0.00"), usd("0.00"), usd("14000.00"),
    )  # fmt: skip
    assert (payment.payment_id, payment.status, payment.amount) == (payment_id(1), "requested", usd("14000.00"))
    assert seen.incurred == usd("14000.00")


def test_a_claim_without_a_line_has_no_incurred_rather_than_a_zero_without_currency():
    assert claim_after("a claim reported").incurred is None
    assert claim_after("a claim reported").lines == ()


@pytest.mark.parametrize(
    ("name", "intent", "status", "reason"),
    [
        ("a payment in unknown", intent_id(1, 0), "unknown", None),
        ("a payment returned", intent_id(1, 0), "returned", "R01"),
        ("a policy cancelled midway", intent_id(1, 0), "succeeded", None),
        ("a claim with a payment on its way", payout_intent_id(1), "processing", None),
        ("a claim paid and closed", payout_intent_id(1), "succeeded", None),
    ],
)
def test_an_intent_is_seen_with_its_status_and_reason(name, intent, status, reason):
    seen = intent_view(intent, core_after(name).intent(intent))

    assert seen
    assert (seen.status, seen.reason) == (status, reason)


@pytest.mark.parametrize("name", HISTORIES)
def test_every_view_reads_back_from_its_json_as_it_was(name):
    core = core_after(name)
    views = [
        (policy_view(policy_id(1), core.policy(policy_id(1)), core.carrier), PolicyView),
        (account_view(core.account(account_id(1))), AccountView),
        (claim_view(claim_id(1), core.claim(claim_id(1))), ClaimView),
        *((intent_view(key, core.intent(key)), IntentView) for key in core.intents.states),
    ]

    assert any(view is not None for view, _ in views)
    for view, kind in views:
        assert view is None or msgspec.json.decode(msgspec.json.encode(view), type=kind, strict=True) == view
