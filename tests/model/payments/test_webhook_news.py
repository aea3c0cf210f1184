"""What a processor's webhook asks of the core, type by type."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from fixtures.histories import usd
from model.decider import Refusal
from model.payments.commands import HearProcessor, ReturnMoney
from model.payments.dispute import DecideDispute, Disputed, OpenDispute
from model.payments.webhook_in import Webhook
from model.payments.webhook_news import CONTENTS, SAYS, case_of, command_of
from model.payments.worklist import OpenCase

UPDATED = datetime(2026, 6, 1, 23, 59, tzinfo=UTC)
AT = UPDATED + timedelta(hours=3)
MOMENT: dict[str, Any] = {"on": date(2026, 6, 1), "at": AT}
HUNDRED = {"amount": "100.00", "currency": "USD"}
DISPUTE = {
    "payment_id": "PAY",
    "reference": "7",
    "network": "mastercard",
    "reason": "4853",
    "amount": HUNDRED,
    "paid_amount": HUNDRED,
    "paid_on": "2026-05-01",
}
DISPUTED = Disputed("PAY", "7", "mastercard", usd("100.00"), usd("100.00"), date(2026, 5, 1), "4853")


def asked(kind: str, **said: object) -> Any:
    webhook = Webhook(event_id="evt", kind=kind, object_id="X", updated=UPDATED)
    return command_of(webhook, msgspec.json.encode(said), at=AT)


WANTED: dict[str, tuple[dict[str, Any], Any]] = {
    "payment_accepted": ({"attempt": 2}, HearProcessor(intent_id="X", attempt=2, says="accepted", **MOMENT)),
    "payment_succeeded": (
        {"attempt": 1, "captured": HUNDRED},
        HearProcessor(intent_id="X", attempt=1, says="succeeded", captured=usd("100.00"), **MOMENT),
    ),
    "payment_failed": (
        {"attempt": 1, "network": "US-VISA", "code": "51"},
        HearProcessor(intent_id="X", attempt=1, says="failed", network="US-VISA", code="51", **MOMENT),
    ),
    "payment_cleared": ({"attempt": 1}, HearProcessor(intent_id="X", attempt=1, says="cleared", **MOMENT)),
    "payment_returned": ({"code": "R01"}, ReturnMoney(intent_id="X", reason="R01", **MOMENT)),
    "dispute_opened": (DISPUTE, OpenDispute(dispute_id="X", disputed=DISPUTED, **MOMENT)),
    "dispute_won": ({}, DecideDispute(dispute_id="X", outcome="won", **MOMENT)),
    "dispute_lost": ({}, DecideDispute(dispute_id="X", outcome="lost", **MOMENT)),
}


@pytest.mark.parametrize("kind", CONTENTS)
def test_every_type_asks_for_what_it_says_on_the_day_on_which_it_happened(kind):
    said, wanted = WANTED[kind]

    assert asked(kind, **said, a_field_of_theirs=[1]) == wanted


def test_a_type_that_nobody_knows_asks_for_nothing():
    assert asked("mandate_revoked") is None


@pytest.mark.parametrize("kind", [kind for kind, (said, _) in WANTED.items() if said])
def test_a_known_type_without_what_it_has_to_say_cannot_be_read(kind, answered):
    assert answered(asked(kind)) == "unreadable"


@pytest.mark.parametrize("kind", [*SAYS, "payment_returned", "dispute_opened"])
def test_a_card_number_is_refused_and_not_repeated(kind):
    digits = "4" + "1" * 15
    place = "reason" if kind == "dispute_opened" else "code"
    refusal = asked(kind, **(WANTED[kind][0] | {place: digits}))

    assert isinstance(refusal, Refusal)
    assert refusal.code == "card_number"
    assert digits not in refusal.text


@pytest.mark.parametrize("kind", CONTENTS)
def test_what_the_core_refuses_is_a_case_about_the_payment_or_the_dispute(kind):
    case = case_of(WANTED[kind][1], Refusal("wrong_state", "not like this"))

    assert isinstance(case, OpenCase)
    assert case.matter.intent_id == ("PAY" if kind == "dispute_opened" else "X")
    assert (case.matter.code, case.on, case.at) == ("wrong_state", MOMENT["on"], AT)
