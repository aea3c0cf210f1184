"""A webhook that comes in: whoever sent it signed these very bytes, and it is acted on once and never backwards.

    bytes --read--> Webhook --ReceiveWebhook--> WebhookTaken | WebhookPassedOver   (recorded, then answered with 2xx)
                \\--> bad_signature, unreadable  (answered with a problem, and not recorded)

The signature is checked over the raw bytes, before anything is parsed, and compared in constant time. An event id that
was recorded before changes nothing for as long as it is remembered, which has to be longer than the sender tries (16
retries within 1441 minutes for the processor that these rules come from). What is older than what the object has
already been told, or of a type that nobody here knows, is recorded, answered with 2xx and not acted on: a
sender that hears anything else sends it again. One stream for each object of each sender (Y8).
"""

import hmac
from datetime import date, datetime, timedelta
from hashlib import sha256, sha512
from typing import Annotated, Literal, TypeAlias, assert_never

import msgspec
from msgspec import Meta, Struct

from model.decider import Decider, Decision, Refusal

SENDER_TRIES_FOR = timedelta(minutes=1441)
"""V14: the whole of the processor's published schedule of retries."""


class SenderPolicy(Struct, frozen=True, kw_only=True):
    """`kinds` are the types that are acted on. `remembers` has to be longer than the sender tries (practice: a week).
    `clocks_apart` is how far the sender's clock may be ahead of ours (practice: five minutes).

    Raises ValueError when it is not.
    """

    kinds: frozenset[str]
    tries_for: timedelta = SENDER_TRIES_FOR
    remembers: timedelta = timedelta(days=7)
    clocks_apart: timedelta = timedelta(minutes=5)

    def __post_init__(self) -> None:
        if self.remembers <= self.tries_for:
            raise ValueError(f"what is forgotten after {self.remembers} can come again within {self.tries_for}")


class Webhook(Struct, frozen=True, kw_only=True, gc=False):
    """What was read; `digest` is of the raw bytes. Further fields are the sender's affair."""

    event_id: str
    kind: str
    object_id: str
    updated: datetime
    digest: str = ""


Named: TypeAlias = Annotated[str, Meta(min_length=1, max_length=100)]


class WrittenWebhook(Struct, frozen=True):
    """What every webhook says; what else it says is in the contents of its type (model.payments.webhook_news)."""

    event_id: Named
    type: Named
    object_id: Named
    updated: datetime


def signature(raw: bytes, secret: bytes) -> str:
    """HMAC-SHA512 in hexadecimal, as the sender writes it into its header."""
    return hmac.new(secret, raw, sha512).hexdigest()


def read(raw: bytes, signed: str, secrets: tuple[bytes, ...]) -> Webhook | Refusal:
    """What the bytes say, if one of the `secrets` signed them; there are two while a secret is being replaced."""
    if not any(hmac.compare_digest(signature(raw, secret).encode(), signed.encode()) for secret in secrets):
        return Refusal("bad_signature", "nobody who knows the secret signed these bytes")
    try:
        written = msgspec.json.decode(raw, type=WrittenWebhook)
    except msgspec.MsgspecError as error:
        return Refusal("unreadable", f"the bytes are signed and cannot be read: {error}")
    if written.updated.tzinfo is None:
        return Refusal("unreadable", "the bytes are signed and cannot be read: `updated` has no time zone")
    return Webhook(
        event_id=written.event_id,
        kind=written.type,
        object_id=written.object_id,
        updated=written.updated,
        digest=sha256(raw).hexdigest(),
    )


def untimely(policy: SenderPolicy, webhook: Webhook, *, at: datetime) -> Refusal | None:
    """Why a webhook that arrives now is none of today's: it is so old that nobody would know it again if it came twice,
    or it is ahead of the time, so that everything which really comes later would be taken for old.
    """
    if at - webhook.updated >= policy.remembers:
        return Refusal("webhook_too_old", f"{webhook.event_id} is of {webhook.updated.isoformat()}")
    if webhook.updated - at > policy.clocks_apart:
        return Refusal("webhook_not_yet", f"{webhook.event_id} is of {webhook.updated.isoformat()}, which is to come")
    return None


# --- commands, events


class ReceiveWebhook(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    sender: str
    webhook: Webhook
    on: date
    at: datetime


Command: TypeAlias = ReceiveWebhook


class WebhookTaken(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """It is news, and what follows from it may follow."""

    sender: str
    webhook: Webhook
    on: date
    at: datetime


class WebhookPassedOver(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    sender: str
    webhook: Webhook
    reason: Literal["stale", "unknown_type"]
    on: date
    at: datetime


Event: TypeAlias = WebhookTaken | WebhookPassedOver

# --- states


class Remembered(Struct, frozen=True, gc=False):
    digest: str
    at: datetime


class Told(Struct, frozen=True, tag=True):
    """What an object was told: events by id, and the latest `updated` that was acted on."""

    events: dict[str, Remembered] = {}
    updated: datetime | None = None


State: TypeAlias = Told

# --- the machine


def decider(policy: SenderPolicy) -> Decider[Command, State, Event]:
    """For one sender."""

    def decide(command: Command, state: State) -> Decision[Event]:
        webhook = command.webhook
        known = state.events.get(webhook.event_id)
        if known is not None and command.at - known.at < policy.remembers:
            same = known.digest == webhook.digest
            return () if same else Refusal("webhook_changed", f"{webhook.event_id} came before with other bytes")
        if webhook.kind not in policy.kinds:
            return (_passed_over(command, "unknown_type"),)
        if state.updated is not None and webhook.updated <= state.updated:
            return (_passed_over(command, "stale"),)
        return (WebhookTaken(sender=command.sender, webhook=webhook, on=command.on, at=command.at),)

    def evolve(state: State, event: Event) -> State:
        webhook = event.webhook
        kept = {name: one for name, one in state.events.items() if event.at - one.at < policy.remembers}
        kept[webhook.event_id] = Remembered(webhook.digest, event.at)
        match event:
            case WebhookTaken():
                return Told(kept, webhook.updated)
            case WebhookPassedOver():
                return Told(kept, state.updated)
            case _:
                assert_never(event)

    return Decider("webhook_in", Told(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return f"{command.sender}/{command.webhook.object_id}"


def _passed_over(command: ReceiveWebhook, reason: Literal["stale", "unknown_type"]) -> WebhookPassedOver:
    return WebhookPassedOver(
        sender=command.sender, webhook=command.webhook, reason=reason, on=command.on, at=command.at
    )
