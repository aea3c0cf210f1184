"""Webhooks that go out: every command in every state, the schedule to the minute, the order of a key, the same bytes."""

from datetime import date, timedelta
from functools import reduce
from itertools import pairwise
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import at
from fixtures.jurisdictions import florida
from model.decider import Refusal
from model.payments.webhook_out import (
    PAUSES,
    Command,
    Enabled,
    EnableEndpoint,
    EndpointDisabled,
    EndpointEnabled,
    Event,
    QueueWebhook,
    ReplayWebhook,
    ReportAnswer,
    State,
    WebhookDelivered,
    WebhookGivenUp,
    WebhookQueued,
    WebhookTryFailed,
    decider,
    due,
    evolve,
)

CARRIER = florida()[1]
MACHINE = decider(CARRIER)
EXACT = decider(replace(CARRIER, settlement=replace(CARRIER.settlement, webhook_jitter_percent=0)))
DAY = date(2026, 6, 1)
NOON = at(DAY)
ABOUT: dict[str, Any] = {"endpoint_id": "E-1", "on": DAY, "at": NOON}
QUEUED = WebhookQueued(event_id="evt_1", key="P-1", body=b"{}", kind="live", **ABOUT)
DELIVERED = WebhookDelivered(event_id="evt_1", **ABOUT)
FAILED = WebhookTryFailed(event_id="evt_1", attempt=1, status=500, next_at=NOON + timedelta(minutes=1), **ABOUT)
GIVEN_UP = WebhookGivenUp(event_id="evt_1", status=500, **ABOUT)


def folded(*events) -> Any:
    return reduce(evolve, events, MACHINE.initial)


ON, OFF = EndpointEnabled(**ABOUT), EndpointDisabled(**ABOUT)
STATES: dict[str, Any] = {
    "NoEndpoint": folded(),
    "Enabled": folded(ON),
    "Queued": folded(ON, QUEUED),
    "Tried": folded(ON, QUEUED, FAILED),
    "Delivered": folded(ON, QUEUED, DELIVERED),
    "GivenUp": folded(ON, QUEUED, FAILED, GIVEN_UP),
    "Disabled": folded(ON, QUEUED, OFF),
}
QUEUE = QueueWebhook(event_id="evt_1", key="P-1", body=b"{}", **ABOUT)
REPLAY = ReplayWebhook(event_id="evt_1", key="P-1", body=b"{}", **ABOUT)
ANSWER = ReportAnswer(event_id="evt_1", attempt=1, status=200, variate=0.5, **ABOUT)
COMMANDS: dict[str, Any] = {
    "EnableEndpoint": EnableEndpoint(**ABOUT),
    "QueueWebhook": QUEUE,
    "QueueWebhook(changed)": replace(QUEUE, body=b"{ }"),
    "ReportAnswer(200)": ANSWER,
    "ReportAnswer(500)": replace(ANSWER, status=500),
    "ReportAnswer(none)": replace(ANSWER, status=0),
    "ReportAnswer(410)": replace(ANSWER, status=410),
    "ReportAnswer(other)": replace(ANSWER, event_id="evt_9"),
    "ReplayWebhook": REPLAY,
    "ReplayWebhook(changed)": replace(REPLAY, body=b"{ }"),
    "ReplayWebhook(other)": replace(REPLAY, event_id="evt_9"),
}
TABLE = """
#                       NoEndpoint        Enabled          Queued             Tried            Delivered        GivenUp          Disabled
EnableEndpoint          EndpointEnabled   -                -                  -                -                -                EndpointEnabled
QueueWebhook            unknown_endpoint  WebhookQueued    -                  -                -                -                -
QueueWebhook(changed)   unknown_endpoint  WebhookQueued    body_changed       body_changed     body_changed     body_changed     body_changed
ReportAnswer(200)       unknown_endpoint  unknown_webhook  WebhookDelivered   -                -                -                WebhookDelivered
ReportAnswer(500)       unknown_endpoint  unknown_webhook  WebhookTryFailed   -                -                -                WebhookTryFailed
ReportAnswer(none)      unknown_endpoint  unknown_webhook  WebhookTryFailed   -                -                -                WebhookTryFailed
ReportAnswer(410)       unknown_endpoint  unknown_webhook  EndpointDisabled   -                -                -                -
ReportAnswer(other)     unknown_endpoint  unknown_webhook  unknown_webhook    unknown_webhook  unknown_webhook  unknown_webhook  unknown_webhook
ReplayWebhook           unknown_endpoint  unknown_webhook  -                  -                WebhookQueued    WebhookQueued    -
ReplayWebhook(changed)  unknown_endpoint  unknown_webhook  body_changed       body_changed     body_changed     body_changed     body_changed
ReplayWebhook(other)    unknown_endpoint  unknown_webhook  unknown_webhook    unknown_webhook  unknown_webhook  unknown_webhook  unknown_webhook
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_and_every_state():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State))


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_evolve_takes_every_event_in_every_state(state):
    events = (ON, OFF, QUEUED, DELIVERED, FAILED, GIVEN_UP)

    assert {type(event) for event in events} == set(get_args(Event))
    assert all(isinstance(evolve(state, event), get_args(State)) for event in events)


def tries(machine, *, variate: float) -> list[timedelta]:
    """When each try is made after the webhook was queued, if none ever succeeds."""
    state, made = folded(ON, QUEUED), list[timedelta]()
    now = NOON
    while waiting := due(state, at=now + timedelta(days=1)):
        (queued,) = waiting
        now = queued.next_at
        made.append(now - NOON)
        answer = replace(ANSWER, status=503, attempt=queued.attempt, variate=variate, at=now)
        state = reduce(evolve, machine.decide(answer, state), state)
    return made


def test_the_schedule_is_sixteen_retries_in_1441_minutes():
    """V14: 1, 5 x 2, 10 x 5, 60 x 5, 360 x 3 minutes."""
    made = tries(EXACT, variate=0.0)

    assert len(made) == 1 + 16
    assert made[-1] == timedelta(minutes=1441)
    assert [(later - earlier) // timedelta(minutes=1) for earlier, later in pairwise(made)] == [
        *[1],
        *[5] * 2,
        *[10] * 5,
        *[60] * 5,
        *[360] * 3,
    ]


@pytest.mark.parametrize(("variate", "share"), [(0.0, 0.9), (0.5, 1.0), (0.999999, 1.1)])
def test_each_pause_is_moved_by_a_tenth_at_most(variate, share):
    made = tries(MACHINE, variate=variate)

    assert len(made) == 17
    assert made[-1] / timedelta(minutes=1441) == pytest.approx(share, abs=0.0001)


def test_only_the_oldest_of_a_key_is_under_way_and_other_keys_do_not_wait():
    second = replace(QUEUED, event_id="evt_2")
    other = replace(QUEUED, event_id="evt_3", key="P-2")
    state = folded(ON, QUEUED, second, other, FAILED)

    assert [one.event_id for one in due(state, at=NOON)] == ["evt_3"]
    assert [one.event_id for one in due(state, at=FAILED.next_at)] == ["evt_1", "evt_3"]
    assert [one.event_id for one in due(evolve(state, DELIVERED), at=NOON)] == ["evt_2", "evt_3"]


def test_nothing_is_sent_to_an_endpoint_that_is_gone_until_somebody_enables_it():
    disabled = STATES["Disabled"]

    assert due(disabled, at=NOON) == due(STATES["NoEndpoint"], at=NOON) == ()
    assert [one.event_id for one in due(evolve(disabled, ON), at=NOON)] == ["evt_1"]


def test_a_late_answer_to_an_earlier_try_does_not_end_the_present_one():
    assert MACHINE.decide(replace(ANSWER, status=500), STATES["Tried"]) == ()
    assert MACHINE.decide(replace(ANSWER, attempt=2), STATES["Tried"]) == (DELIVERED,)


def test_of_what_was_delivered_so_many_are_remembered_and_what_is_queued_always_is():
    few = decider(replace(CARRIER, settlement=replace(CARRIER.settlement, webhooks_remembered=2)))
    state: Any = few.evolve(few.initial, ON)
    for number in range(6):
        state = few.evolve(state, replace(QUEUED, event_id=f"evt_{number}"))
        if number % 2 == 0:
            state = few.evolve(state, replace(DELIVERED, event_id=f"evt_{number}"))

    assert [one.event_id for one in state.queue] == ["evt_1", "evt_3", "evt_5"]
    assert list(state.bodies) == ["evt_1", "evt_2", "evt_3", "evt_4", "evt_5"]
    again = replace(REPLAY, event_id="evt_0")
    assert few.decide(again, state) == Refusal("unknown_webhook", "evt_0 was never queued for E-1")


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.data())
def test_the_receiver_gets_every_webhook_with_the_same_bytes_and_each_key_in_its_order(data):
    """Y9: answers that get lost, failures and repetitions; every try carries what was queued."""
    bodies = {f"evt_{number}": f"body {number}".encode() for number in range(6)}
    state: Any = folded(ON)
    for event_id, body in bodies.items():
        key = data.draw(st.sampled_from(["P-1", "P-2"]))
        decision = MACHINE.decide(replace(QUEUE, event_id=event_id, key=key, body=body), state)
        assert not isinstance(decision, Refusal)
        state = reduce(evolve, decision, state)
    keys = {one.event_id: one.key for one in state.queue}
    got = list[str]()
    now = NOON
    while isinstance(state, Enabled) and state.queue:
        now = max(now, min(one.next_at for one in due(state, at=now + timedelta(days=9))))
        sent = data.draw(st.sampled_from(due(state, at=now)))
        assert sent.body == bodies[sent.event_id]
        fate = data.draw(st.sampled_from(["answered", "answer lost", "never came"]))
        got += [] if fate == "never came" or sent.event_id in got else [sent.event_id]
        status = 200 if fate == "answered" else 0
        answer = replace(ANSWER, event_id=sent.event_id, attempt=sent.attempt, status=status, at=now)
        decision = MACHINE.decide(answer, state)
        assert not isinstance(decision, Refusal)
        given_up = any(isinstance(event, WebhookGivenUp) for event in decision)
        state = reduce(evolve, decision, state)
        if given_up:
            return

    assert sorted(got) == sorted(bodies)
    for key in ("P-1", "P-2"):
        mine = [event_id for event_id in got if keys[event_id] == key]
        assert mine == sorted(mine)


def test_there_are_sixteen_pauses():
    assert len(PAUSES) == 16
