"""Webhooks that go out to one endpoint: each at least once, in the order of its key, with the very bytes of the first
try.

    NoEndpoint --EnableEndpoint--> Enabled --(410 Gone)--> Disabled --EnableEndpoint--> Enabled

    a webhook: queued --(2xx)--> delivered
                   ^ \\--(anything else)--> tried again after a pause --(no pause left)--> given up

Only the oldest of a key is under way. The body is taken when the webhook is queued and never again: a retry that looked
at the state of the day would contradict its own id (X4). After the last retry a webhook is given up, so that its key
goes on, and it can be replayed: by id, with the same bytes or not at all. A body that was delivered is kept as a digest
alone, so whoever replays it brings it along; of so many as the insurer chose, the latest (practice). Y9; the pauses are
those of a processor's published schedule (V14), 16 retries in 1441 minutes, each moved a little so that a thousand
endpoints do not come back in the same second.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import chain
from typing import Literal, TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from model.carrier import Carrier
from model.decider import Decider, Decision, Refusal
from model.resilience.retry import Attempted, GiveUp, RetryPolicy, Scheduled, after_failure

MINUTE = 60_000_000
PAUSES = tuple(minutes * MINUTE for minutes in chain([1], [5] * 2, [10] * 5, [60] * 5, [360] * 3))


def retry_policy(carrier: Carrier) -> RetryPolicy:
    """The first try and one after each pause."""
    jitter = carrier.settlement.webhook_jitter_percent
    return RetryPolicy(backoff=Scheduled(PAUSES, jitter_percent=jitter), attempts=1 + len(PAUSES))


def digest(body: bytes) -> str:
    return sha256(body).hexdigest()


# --- commands


class EnableEndpoint(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    endpoint_id: str
    on: date
    at: datetime


class QueueWebhook(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`key` is the aggregate whose order is kept."""

    endpoint_id: str
    event_id: str
    key: str
    body: bytes
    on: date
    at: datetime


class ReportAnswer(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """What a try got: an HTTP status, or 0 when no answer came. `variate` in [0, 1) moves the next pause."""

    endpoint_id: str
    event_id: str
    attempt: int
    status: int
    variate: float
    on: date
    at: datetime


class ReplayWebhook(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Sends what was delivered or given up once more."""

    endpoint_id: str
    event_id: str
    key: str
    body: bytes
    on: date
    at: datetime


Command: TypeAlias = EnableEndpoint | QueueWebhook | ReportAnswer | ReplayWebhook

# --- events


class EndpointEnabled(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    endpoint_id: str
    on: date
    at: datetime


class EndpointDisabled(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The endpoint said that it is gone. What is queued waits until somebody enables it again."""

    endpoint_id: str
    on: date
    at: datetime


class WebhookQueued(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    endpoint_id: str
    event_id: str
    key: str
    body: bytes
    kind: Literal["live", "replay"]
    on: date
    at: datetime


class WebhookDelivered(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    endpoint_id: str
    event_id: str
    on: date
    at: datetime


class WebhookTryFailed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    endpoint_id: str
    event_id: str
    attempt: int
    status: int
    next_at: datetime
    on: date
    at: datetime


class WebhookGivenUp(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    endpoint_id: str
    event_id: str
    status: int
    on: date
    at: datetime


Event: TypeAlias = (
    EndpointEnabled | EndpointDisabled | WebhookQueued | WebhookDelivered | WebhookTryFailed | WebhookGivenUp
)

# --- states


class Queued(Struct, frozen=True, gc=False):
    """`attempt` is the number of the next try, which is due at `next_at`."""

    event_id: str
    key: str
    body: bytes
    attempt: int
    next_at: datetime


class NoEndpoint(Struct, frozen=True, gc=False, tag=True):
    pass


class Enabled(Struct, frozen=True, tag=True):
    """What waits in its order, and the digest of every body by its event id."""

    queue: tuple[Queued, ...] = ()
    bodies: dict[str, str] = {}


class Disabled(Struct, frozen=True, tag=True):
    queue: tuple[Queued, ...] = ()
    bodies: dict[str, str] = {}


State: TypeAlias = NoEndpoint | Enabled | Disabled


def due(state: State, *, at: datetime) -> tuple[Queued, ...]:
    """What is to be sent at an instant: of each key the oldest alone, if its time has come."""
    if not isinstance(state, Enabled):
        return ()
    return tuple(queued for queued in _heads(state) if queued.next_at <= at)


def _heads(state: Enabled) -> Iterator[Queued]:
    seen = set[str]()
    for queued in state.queue:
        if queued.key not in seen:
            seen.add(queued.key)
            yield queued


# --- the machine


def decider(carrier: Carrier) -> Decider[Command, State, Event]:
    policy = retry_policy(carrier)

    def decide(command: Command, state: State) -> Decision[Event]:
        match command, state:
            case EnableEndpoint(endpoint_id=endpoint, on=on, at=at), (NoEndpoint() | Disabled()):
                return (EndpointEnabled(endpoint_id=endpoint, on=on, at=at),)
            case EnableEndpoint(), Enabled():
                return ()
            case ((QueueWebhook() | ReportAnswer() | ReplayWebhook()), NoEndpoint()):
                return Refusal("unknown_endpoint", f"there is no endpoint {command.endpoint_id}")
            case QueueWebhook(), (Enabled() | Disabled()):
                return _queued(command, state)
            case ReplayWebhook(), (Enabled() | Disabled()):
                return _replayed(command, state)
            case ReportAnswer(), (Enabled() | Disabled()):
                return _answered(policy, command, state)

    remembered = carrier.settlement.webhooks_remembered

    def evolve_and_forget(state: State, event: Event) -> State:
        after = evolve(state, event)
        return _forgotten(after, remembered) if isinstance(event, WebhookQueued) else after

    return Decider("webhook_out", NoEndpoint(), _stream, decide, evolve_and_forget)


def _forgotten(state: State, remembered: int) -> State:
    """Without the digests of the oldest that were delivered or given up, once there are more than are remembered."""
    if isinstance(state, NoEndpoint) or len(state.bodies) - len(state.queue) <= remembered:
        return state
    queued = {one.event_id for one in state.queue}
    over = [event_id for event_id in state.bodies if event_id not in queued]
    forgotten = set(over[: len(over) - remembered])
    kept = {event_id: digest for event_id, digest in state.bodies.items() if event_id not in forgotten}
    return replace(state, bodies=kept)


def _stream(command: Command) -> str:
    return command.endpoint_id


def _queued(command: QueueWebhook, state: Enabled | Disabled) -> Decision[Event]:
    known = state.bodies.get(command.event_id)
    if known is not None:
        same = known == digest(command.body)
        return () if same else Refusal("body_changed", f"{command.event_id} was queued with other bytes")
    return (_new(command, "live"),)


def _replayed(command: ReplayWebhook, state: Enabled | Disabled) -> Decision[Event]:
    known = state.bodies.get(command.event_id)
    if known is None:
        return Refusal("unknown_webhook", f"{command.event_id} was never queued for {command.endpoint_id}")
    if known != digest(command.body):
        return Refusal("body_changed", f"{command.event_id} was queued with other bytes")
    if any(queued.event_id == command.event_id for queued in state.queue):
        return ()
    return (_new(command, "replay"),)


def _new(command: QueueWebhook | ReplayWebhook, kind: Literal["live", "replay"]) -> WebhookQueued:
    return WebhookQueued(
        endpoint_id=command.endpoint_id,
        event_id=command.event_id,
        key=command.key,
        body=command.body,
        kind=kind,
        on=command.on,
        at=command.at,
    )


def _answered(policy: RetryPolicy, command: ReportAnswer, state: Enabled | Disabled) -> Decision[Event]:
    """An answer to a try that was counted already changes nothing: only the present try can end."""
    queued = next((one for one in state.queue if one.event_id == command.event_id), None)
    if queued is None:
        if command.event_id in state.bodies:
            return ()
        return Refusal("unknown_webhook", f"{command.event_id} was never queued for {command.endpoint_id}")
    if command.attempt != queued.attempt:
        return ()
    endpoint, event_id, on, at = command.endpoint_id, command.event_id, command.on, command.at
    if 200 <= command.status < 300:
        return (WebhookDelivered(endpoint_id=endpoint, event_id=event_id, on=on, at=at),)
    if command.status == 410:
        return () if isinstance(state, Disabled) else (EndpointDisabled(endpoint_id=endpoint, on=on, at=at),)
    again = after_failure(policy, Attempted(command.attempt, 0), now=0, variate=command.variate)
    if isinstance(again, GiveUp):
        return (WebhookGivenUp(endpoint_id=endpoint, event_id=event_id, status=command.status, on=on, at=at),)
    return (
        WebhookTryFailed(
            endpoint_id=endpoint,
            event_id=event_id,
            attempt=command.attempt,
            status=command.status,
            next_at=at + timedelta(microseconds=again.at),
            on=on,
            at=at,
        ),
    )


def evolve(state: State, event: Event) -> State:
    if isinstance(state, NoEndpoint):
        return Enabled() if isinstance(event, EndpointEnabled) else state
    match event:
        case EndpointEnabled():
            return Enabled(state.queue, state.bodies)
        case EndpointDisabled():
            return Disabled(state.queue, state.bodies)
        case WebhookQueued(event_id=event_id, key=key, body=body, at=at):
            queued = Queued(event_id, key, body, 1, at)
            return replace(state, queue=(*state.queue, queued), bodies={**state.bodies, event_id: digest(body)})
        case WebhookDelivered(event_id=event_id) | WebhookGivenUp(event_id=event_id):
            return replace(state, queue=tuple(one for one in state.queue if one.event_id != event_id))
        case WebhookTryFailed(event_id=event_id, attempt=attempt, next_at=next_at):
            tried = tuple(
                replace(one, attempt=attempt + 1, next_at=next_at) if one.event_id == event_id else one
                for one in state.queue
            )
            return replace(state, queue=tried)
        case _:
            assert_never(event)
