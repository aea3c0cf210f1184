"""What a context reads of another's event, and what it passes over unread."""

from typing import Any, Literal, get_args, get_type_hints

import msgspec
import pytest

from fixtures.histories import END, at, usd
from model.core import reaction_table
from model.published.events import EVENT_TYPES
from model.published.payment_events import IntentFailed
from model.reaction import Delivery, Unless, reaction
from model.wire import Amount, from_wire, to_wire

DELIVERY = Delivery("id", END, at(END))
PUBLISHED = {name: kind for kind, name in EVENT_TYPES.items()}
SELECTIVE = {
    f"{context} {event_type}": one
    for (event_type, context), reactions in reaction_table().items()
    for one in reactions
    if one.unless is not None
}


class Taken(msgspec.Struct, frozen=True):
    purpose: Literal["payout"]
    subject: str


def taking(unless: Unless | None) -> Any:
    return reaction("told", Taken, lambda taken, delivery: (taken.subject,), unless=unless)


def failed(purpose: Any) -> IntentFailed:
    return IntentFailed(intent_id="I", purpose=purpose, subject="S", reference="R", reason="no")


@pytest.mark.parametrize("told", [failed, lambda purpose: {"purpose": purpose, "subject": "S"}])
def test_what_is_for_others_is_passed_over_and_a_word_that_nobody_knows_is_refused(told):
    heed = taking(Unless("purpose", ("collection",))).commands

    assert heed(told("payout"), DELIVERY) == ("S",)
    assert heed(told("collection"), DELIVERY) == ()
    for strange in ("disbursement", "fee", None, ["collection"]):
        with pytest.raises(msgspec.ValidationError, match="purpose"):
            heed(told(strange), DELIVERY)


def test_what_is_for_others_is_not_even_read():
    only_the_word = {"purpose": "collection"}

    assert taking(Unless("purpose", ("collection",))).commands(only_the_word, DELIVERY) == ()
    with pytest.raises(msgspec.ValidationError):
        taking(None).commands(only_the_word, DELIVERY)
    with pytest.raises(msgspec.ValidationError):
        taking(Unless("purpose", ("collection",))).commands({}, DELIVERY)


@pytest.mark.parametrize("name", SELECTIVE)
def test_every_word_of_an_event_is_either_passed_over_or_read(name):
    one = SELECTIVE[name]
    assert one.unless is not None
    field, passed_over = one.unless.field, one.unless.words
    read = get_args(get_type_hints(one.reads)[field])
    said = get_type_hints(PUBLISHED[one.event_type])[field]
    words = get_args(said) or (said,)

    assert sorted((*passed_over, *read)) == sorted(words)


def test_what_the_publisher_does_not_promise_is_checked():
    class Loose(msgspec.Struct, frozen=True):
        purpose: str
        subject: str

    class Strict(msgspec.Struct, frozen=True):
        purpose: Literal["payout"]
        subject: str
        reason: str | None

    class Told(msgspec.Struct, frozen=True):
        purpose: Literal["payout"]
        subject: str
        reason: str

    heed = taking(None).commands

    assert heed(Told("payout", "S", "no"), DELIVERY) == ("S",)
    assert heed(Loose("payout", "S"), DELIVERY) == ("S",)
    with pytest.raises(msgspec.ValidationError, match="purpose"):
        heed(Loose("fee", "S"), DELIVERY)
    whole = reaction("told", Strict, lambda taken, delivery: (taken,)).commands
    assert whole(Told("payout", "S", "no"), DELIVERY) == (Strict("payout", "S", "no"),)
    with pytest.raises(msgspec.ValidationError, match="reason"):
        whole(Loose("payout", "S"), DELIVERY)


def test_an_amount_on_the_wire_is_the_same_however_often_it_crosses():
    money = usd("120.50")

    assert to_wire(money) == Amount("120.50", "USD")
    assert to_wire(usd("120.50")) is to_wire(money)
    assert from_wire(Amount("120.50", "USD")) == money
    assert from_wire(to_wire(usd("-120.50"))) == usd("-120.50")
