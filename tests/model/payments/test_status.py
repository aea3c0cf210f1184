"""The status of payments by correlation id: in any order, however often, and across the contexts of a story."""

from datetime import date, timedelta
from itertools import permutations
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from fixtures.histories import at, history, intent_id, payment_id, payout_intent_id
from fixtures.jurisdictions import florida
from fixtures.settlement_histories import settlement_history
from model.core import Core, subscribers
from model.payments.status import EMPTY, FINAL, SAYS, Board, Notice, told, unsettled
from model.published.envelope import Envelope
from model.wire import Amount

NOON = at(date(2026, 6, 1))
TYPE = "insurance.payments.{}.v1"


def notice(name: str, sequence: int, *, subject: str = "PAY-1", hours: int = 0, **data: Any) -> Notice:
    return Notice(
        type=TYPE.format(name),
        subject=subject,
        sequence=sequence,
        correlation_id="claim:C-1",
        at=NOON + timedelta(hours=hours),
        data={"intent_id": "PAY-1"} | data,
    )


def read(one: Envelope) -> Notice:
    return Notice(
        type=one.type,
        subject=one.subject,
        sequence=one.sequence,
        correlation_id=one.correlationid,
        at=one.time,
        data=one.data,
    )


def board(*notices: Notice) -> Board:
    current = EMPTY
    for one in notices:
        current = told(current, one)
    return current


STORY = (
    notice("intent.created", 1, amount={"amount": "100.00", "currency": "USD"}, reference="0"),
    notice("intent.unknown", 2, hours=1),
    notice("intent.succeeded", 3, hours=2),
    notice("dispute.opened", 1, subject="D-1", hours=3, reason="not recognised"),
)


def test_a_payment_is_what_its_latest_event_says_in_every_order_and_however_often():
    for order in permutations((*STORY, STORY[1], STORY[3])):
        (payment,) = board(*order).of("claim:C-1")
        assert (payment.reference, payment.amount) == ("0", Amount("100.00", "USD"))
        assert (payment.status, payment.since, payment.reason) == (
            "disputed",
            NOON + timedelta(hours=3),
            "not recognised",
        )


def test_what_only_the_first_event_says_is_kept():
    (payment,) = board(*STORY).of("claim:C-1")

    assert (payment.reference, payment.amount) == ("0", Amount("100.00", "USD"))


@pytest.mark.parametrize("name", [name.removeprefix("insurance.payments.").removesuffix(".v1") for name in SAYS])
def test_every_event_that_it_knows_gives_a_status(name):
    (payment,) = board(notice(name, 1)).of("claim:C-1")

    assert payment.status == SAYS[TYPE.format(name)]
    assert (unsettled(board(notice(name, 1))) == ()) == (payment.status in FINAL)


def test_an_event_that_it_does_not_know_does_no_harm_and_one_without_a_payment_is_an_error():
    assert board(notice("intent.pondered", 1)) == EMPTY
    with pytest.raises(msgspec.ValidationError):
        told(EMPTY, replace(STORY[0], data={}))


def test_an_item_of_a_payment_run_is_known_by_its_payment():
    core, current = Core(*florida()), EMPTY
    for command in settlement_history("a payment run of which one is refused").commands:
        core.submit(command)
    for one in core.outbox:
        current = told(current, read(one))

    assert [payment.status for payment in current.payments.values()] == ["paid_out", "failed"]
    assert next(iter(current.payments)) == payment_id(1)


def test_a_story_has_all_its_payments_in_their_order_and_nobody_elses():
    second = notice("intent.created", 1, subject="PAY-2")
    second = replace(second, data={"intent_id": "PAY-2"})
    other = replace(second, subject="PAY-3", correlation_id="policy:P-1", data={"intent_id": "PAY-3"})
    found = board(*STORY, second, other)

    assert [payment.intent_id for payment in found.of("claim:C-1")] == ["PAY-1", "PAY-2"]
    assert [payment.intent_id for payment in found.of("policy:P-1")] == ["PAY-3"]
    assert found.of("nobody") == ()
    assert [payment.intent_id for payment in unsettled(found)] == ["PAY-2", "PAY-3", "PAY-1"]


def test_a_payment_joins_the_story_in_which_it_began_even_if_that_is_heard_last():
    first = replace(STORY[2], correlation_id="intent:PAY-1")
    found = board(first, STORY[0])

    assert found.of("intent:PAY-1") == ()
    (payment,) = found.of("claim:C-1")
    assert (payment.status, payment.reference, payment.amount) == ("succeeded", "0", Amount("100.00", "USD"))


def test_what_the_core_publishes_is_understood():
    core, current = Core(*florida()), EMPTY
    told_of = (
        *history("a claim paid and closed").commands,
        *history("a policy with nine installments, three paid", 2).commands,
    )
    for command in told_of:
        core.submit(command)
        while core.outbox:
            one = core.outbox.pop(0)
            for context in subscribers(one.type):
                core.deliver(one, to=context, at=command.at)
            current = told(current, read(one))

    assert current.payments[payout_intent_id(1)].status == "succeeded"
    paid = [payment.intent_id for payment in current.payments.values() if payment.status == "succeeded"]
    assert set(paid) >= {intent_id(2, number) for number in range(3)}
