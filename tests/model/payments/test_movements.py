"""What payments tells the others: ids that cannot be taken for each other, and every movement booked once."""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from fixtures.histories import (
    account_id,
    at,
    due_on,
    history,
    intent_id,
    payment_id,
    payout_intent_id,
    play,
    usd,
)
from fixtures.jurisdictions import florida
from model.core import Core
from model.decider import Refusal
from model.payments.commands import (
    AnswerInquiry,
    ChargeBack,
    HearProcessor,
    ReportTimeout,
    RepresentCharge,
    StartPayment,
    TimePassed,
)
from model.payments.naming import collection_id, payout_id
from model.published.seen import account_view, intent_view

LAW, CARRIER = florida()
INTENT = intent_id(1, 0)
LATER = due_on(0) + timedelta(days=11)


def after(name: str, **choices: Any) -> Core:
    core = Core(LAW, replace(CARRIER, payments=replace(CARRIER.payments, **choices)))
    assert not [decision for decision in play(core, history(name)) if isinstance(decision, Refusal)]
    return core


def told(core: Core, command: Any) -> None:
    assert not isinstance(core.submit(command), Refusal)
    assert core.drain(at=command.at) == ()


def booked(core: Core) -> list[tuple[str, str]]:
    view: Any = account_view(core.account(account_id(1)))
    return [(payment.payment_id, payment.status) for payment in view.payments]


def test_two_claims_with_the_same_payment_id_have_two_intents():
    assert payout_id("C-1", "PAY-1") != payout_id("C-2", "PAY-1")
    assert payout_intent_id(1) == f"payout:C-000001:{payment_id(1)}"


def test_a_doubled_draft_is_not_taken_for_a_doubled_booking():
    """Ids that put both marks at the end were one and the same."""
    doubled_draft = collection_id("A-1", "4", repeat="~2")
    doubled_booking = collection_id("A-1", "4") + "~2"

    assert doubled_draft != doubled_booking
    assert len({doubled_draft, doubled_booking, doubled_draft + "~2", collection_id("A-1", "4")}) == 4


def test_a_debit_that_is_presented_again_is_booked_beside_the_one_that_came_back():
    core = after("a payment returned", returned_debits="represent")
    told(core, TimePassed(intent_id=INTENT, on=LATER, at=at(LATER)))
    told(core, HearProcessor(intent_id=INTENT, attempt=2, says="succeeded", on=LATER, at=at(LATER)))

    assert booked(core) == [(INTENT, "returned"), (f"{INTENT}/2", "received")]
    view: Any = intent_view(INTENT, core.intent(INTENT))
    assert [attempt.status for attempt in view.attempts] == ["returned", "succeeded"]


def test_a_chargeback_takes_back_what_was_settled_and_what_is_won_is_booked_anew():
    core = after("a policy cancelled midway")
    told(core, ChargeBack(intent_id=INTENT, reason="13.1", on=LATER, at=at(LATER)))
    assert booked(core) == [(INTENT, "returned")]

    told(core, RepresentCharge(intent_id=INTENT, on=LATER, at=at(LATER)))
    assert booked(core) == [(INTENT, "returned"), (f"{INTENT}/won", "received")]


def test_that_a_payment_is_unknown_is_published_and_books_nothing():
    core = after("a claim with a payment on its way")
    core.submit(ReportTimeout(intent_id=payout_intent_id(1), on=LATER, at=at(LATER)))
    (envelope,) = core.outbox
    before = core.claim("C-000001")
    core.drain(at=at(LATER))

    assert envelope.type == "insurance.payments.intent.unknown.v1"
    assert core.claim("C-000001") == before
    told(core, AnswerInquiry(intent_id=payout_intent_id(1), attempt=1, found="succeeded", on=LATER, at=at(LATER)))
    assert payment_of(core) == "issued"


def test_a_payout_that_is_tried_again_is_told_to_claims_when_it_is_over_and_not_before():
    core = after("a claim with a payment on its way")
    moving, day = payout_intent_id(1), LATER
    declined = HearProcessor(
        intent_id=moving, attempt=1, says="failed", network="gateway", code="canceled", on=day, at=at(day)
    )
    told(core, declined)
    assert payment_of(core) == "requested"

    told(core, TimePassed(intent_id=moving, on=day, at=at(day) + timedelta(minutes=5)))
    told(core, replace(declined, attempt=2))
    assert payment_of(core) == "failed"


def payment_of(core: Core) -> str:
    claim: Any = core.claim("C-000001")
    return claim.payments[0].status


def test_the_day_on_which_a_payment_is_due_is_kept_over_all_its_attempts():
    core = Core(LAW, CARRIER)
    day = due_on(0)
    told(
        core,
        StartPayment(
            intent_id="payout:C:1",
            purpose="payout",
            subject="C",
            reference="1",
            party_id="I",
            amount=usd("1.00"),
            on=day,
            at=at(day),
        ),
    )
    told(
        core,
        HearProcessor(
            intent_id="payout:C:1", attempt=1, says="failed", network="US-VISA", code="51", on=LATER, at=at(LATER)
        ),
    )
    view: Any = intent_view("payout:C:1", core.intent("payout:C:1"))

    assert (view.status, view.due_on, view.next_at) == ("retrying", day, at(LATER) + timedelta(days=8))
