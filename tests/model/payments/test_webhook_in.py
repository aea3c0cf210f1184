"""Webhooks that come in: whose bytes they are, what is news, and what is answered before it is recorded (nothing)."""

import hmac
from datetime import date, timedelta
from functools import reduce
from hashlib import sha512
from itertools import permutations
from typing import Any, get_args

import msgspec
import pytest
from msgspec.structs import replace

from fixtures.histories import at
from model.decider import Refusal
from model.payments.webhook_in import (
    SENDER_TRIES_FOR,
    Event,
    ReceiveWebhook,
    SenderPolicy,
    Webhook,
    WebhookPassedOver,
    WebhookTaken,
    decider,
    read,
    signature,
    untimely,
)

POLICY = SenderPolicy(kinds=frozenset({"payment_succeeded", "payment_failed"}))
MACHINE = decider(POLICY)
DAY = date(2026, 6, 1)
NOON = at(DAY)
SECRET, NEXT_SECRET = b"the old one", b"the new one"
BODY: dict[str, Any] = {
    "event_id": "evt_1",
    "type": "payment_succeeded",
    "object_id": "pay_1",
    "updated": "2026-06-01T15:00:00Z",
    "a_field_of_theirs": {"of": ["any", "kind"]},
}
RAW = msgspec.json.encode(BODY)


def webhook(event_id="evt_1", kind="payment_succeeded", minutes=0, digest="d") -> Webhook:
    updated = NOON + timedelta(minutes=minutes)
    return Webhook(event_id=event_id, kind=kind, object_id="pay_1", updated=updated, digest=digest)


def receive(one: Webhook, *, after: timedelta = timedelta(0)) -> ReceiveWebhook:
    return ReceiveWebhook(sender="processor", webhook=one, on=DAY, at=NOON + after)


def asked(*commands) -> Any:
    state: Any = MACHINE.initial
    for command in commands:
        decision = MACHINE.decide(command, state)
        assert not isinstance(decision, Refusal), decision
        state = reduce(MACHINE.evolve, decision, state)
    return state


STATES: dict[str, Any] = {
    "Untold": asked(),
    "Told": asked(receive(webhook())),
    "Told(later)": asked(receive(webhook()), receive(webhook("evt_2", minutes=5))),
    "PassedOver": asked(receive(webhook(kind="mandate_active", digest="f"))),
}
COMMANDS: dict[str, Any] = {
    "Receive": receive(webhook()),
    "Receive(changed)": receive(webhook(digest="e")),
    "Receive(newer)": receive(webhook("evt_9", minutes=1)),
    "Receive(older)": receive(webhook("evt_9", minutes=-1)),
    "Receive(unknown)": receive(webhook("evt_9", kind="mandate_active")),
    "Receive(horizon)": receive(webhook(), after=SENDER_TRIES_FOR),
    "Receive(next-week)": receive(webhook(), after=timedelta(days=7)),
}
TABLE = """
#                   Untold             Told               Told(later)        PassedOver
Receive             WebhookTaken       -                  -                  webhook_changed
Receive(changed)    WebhookTaken       webhook_changed    webhook_changed    webhook_changed
Receive(newer)      WebhookTaken       WebhookTaken       WebhookPassedOver  WebhookTaken
Receive(older)      WebhookTaken       WebhookPassedOver  WebhookPassedOver  WebhookTaken
Receive(unknown)    WebhookPassedOver  WebhookPassedOver  WebhookPassedOver  WebhookPassedOver
Receive(horizon)    WebhookTaken       -                  -                  webhook_changed
Receive(next-week)  WebhookTaken       WebhookPassedOver  WebhookPassedOver  WebhookTaken
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_evolve_takes_every_event_in_every_state(state):
    about: dict[str, Any] = {"sender": "processor", "webhook": webhook("evt_9"), "on": DAY, "at": NOON}
    events = (WebhookTaken(**about), WebhookPassedOver(reason="stale", **about))

    assert {type(event) for event in events} == set(get_args(Event))
    assert all("evt_9" in MACHINE.evolve(state, event).events for event in events)


def test_the_signature_is_an_hmac_of_the_raw_bytes():
    assert signature(RAW, SECRET) == hmac.digest(SECRET, RAW, sha512).hex()


@pytest.mark.parametrize("secret", [SECRET, NEXT_SECRET])
def test_what_either_secret_signed_is_read_while_one_replaces_the_other(secret):
    found = read(RAW, signature(RAW, secret), (SECRET, NEXT_SECRET))

    assert isinstance(found, Webhook)
    assert (found.event_id, found.kind, found.object_id) == ("evt_1", "payment_succeeded", "pay_1")
    assert found.updated == NOON


@pytest.mark.parametrize(
    ("raw", "signed", "code"),
    [
        (RAW, signature(RAW, b"a guess"), "bad_signature"),
        (RAW, "", "bad_signature"),
        (RAW, "ü", "bad_signature"),
        (RAW + b" ", signature(RAW, SECRET), "bad_signature"),
        (msgspec.json.format(RAW), signature(RAW, SECRET), "bad_signature"),
        (b"not json", signature(b"not json", SECRET), "unreadable"),
        (b"{}", signature(b"{}", SECRET), "unreadable"),
        (RAW.replace(b"00Z", b"00"), signature(RAW.replace(b"00Z", b"00"), SECRET), "unreadable"),
    ],
)
def test_what_nobody_signed_or_nobody_can_read_is_refused(raw, signed, code, answered):
    assert answered(read(raw, signed, (SECRET,))) == code


def test_one_who_has_no_secret_believes_nothing(answered):
    assert answered(read(RAW, signature(RAW, b""), ())) == "bad_signature"


def test_what_is_remembered_for_less_than_the_sender_tries_is_no_policy():
    """V14: 1441 minutes."""
    assert timedelta(minutes=1441) == SENDER_TRIES_FOR
    with pytest.raises(ValueError, match="can come again"):
        SenderPolicy(kinds=frozenset(), remembers=SENDER_TRIES_FOR)


@pytest.mark.parametrize(
    ("after", "code"),
    [
        (-timedelta(minutes=5, microseconds=1), "webhook_not_yet"),
        (-timedelta(minutes=5), None),
        (timedelta(0), None),
        (SENDER_TRIES_FOR, None),
        (timedelta(days=7) - timedelta(microseconds=1), None),
        (timedelta(days=7), "webhook_too_old"),
    ],
)
def test_what_is_too_old_to_be_known_again_or_ahead_of_the_time_is_none_of_today(after, code):
    refusal = untimely(POLICY, webhook(), at=NOON + after)

    assert (refusal.code if refusal else None) == code


def test_in_every_order_and_however_often_the_object_ends_as_its_newest_event_says():
    """Y8: three events, each twice, in all 720 orders."""
    news = [webhook(f"evt_{number}", minutes=number, digest=str(number)) for number in range(3)]
    for order in set(permutations([0, 0, 1, 1, 2, 2])):
        state: Any = MACHINE.initial
        taken = list[int]()
        for number in order:
            decision = MACHINE.decide(receive(news[number]), state)
            assert not isinstance(decision, Refusal)
            taken += [number for event in decision if isinstance(event, WebhookTaken)]
            state = reduce(MACHINE.evolve, decision, state)
        assert taken == sorted(set(taken)), "acted on once and never backwards"
        assert taken[-1] == 2
        assert state.updated == news[2].updated


def test_what_is_forgotten_makes_room():
    state = asked(receive(webhook()), receive(webhook("evt_2", minutes=1), after=timedelta(days=8)))

    assert set(state.events) == {"evt_2"}


def test_two_objects_of_one_sender_know_nothing_of_each_other():
    other = replace(receive(webhook()), webhook=replace(webhook(), object_id="pay_2"))

    assert MACHINE.stream(other) != MACHINE.stream(receive(webhook()))
