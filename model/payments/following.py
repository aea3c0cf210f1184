"""What payments does of itself when it has done something else, in the same transaction.

attempt begun with a card  -> the card is tried                an attempt answered -> the card hears its issuer
run funded, run closed     -> its hold is placed, resolved     an attempt answered -> its processor's health
"""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias, TypeVar, cast

from model.carrier import Carrier
from model.payments import card, events, intent, processor, states
from model.payments.naming import try_id
from model.payments.starting import trying
from model.payments.states import Attempt, Order

Command: TypeAlias = card.Command | processor.Command
E = TypeVar("E")
CARD_NETWORKS = frozenset({"US-VISA", "US-MC"})


class Kept(Protocol):
    """What is looked up beside the event: other streams of payments, as they are after it."""

    def intent(self, intent_id: str) -> intent.State: ...


class Recorded(Protocol):
    """The event as it was recorded, with the state of its stream before it."""

    @property
    def before(self) -> object: ...


Follower: TypeAlias = Callable[[Kept, object, Recorded], tuple[Command, ...]]


def _of(kind: type[E], follow: Callable[[Kept, E, Recorded], tuple[Command, ...]]) -> tuple[type[object], Follower]:
    return kind, cast("Follower", follow)


def followers(carrier: Carrier) -> Mapping[type[object], Follower]:
    """By the type of the event, for what the carrier chose."""
    watched = len(carrier.payments.routing.processors) > 1
    heard = _heard_by_card_and_processor if watched else _heard_by_card
    return dict(
        (
            _of(events.PaymentStarted, _card_tried_first),
            _of(events.AttemptStarted, _card_tried_again),
            _of(events.PaymentSucceeded, heard),
            _of(events.AttemptFailed, heard),
            *((_of(events.PaymentTimedOut, _processor_was_silent),) if watched else ()),
        )
    )


Answered: TypeAlias = events.PaymentSucceeded | events.AttemptFailed
"""Events that say what became of an attempt."""


def _attempt(recorded: Recorded, ordinal: int) -> tuple[Order, Attempt] | None:
    """An attempt as it was before it was answered; None for one of another stream, which no event of ours names."""
    before = recorded.before
    if isinstance(before, states.NoIntent):
        return None
    begun = cast("states.Begun", before)
    return (begun.order, begun.attempts[ordinal - 1]) if 1 <= ordinal <= len(begun.attempts) else None


def _card_tried_first(kept: Kept, event: events.PaymentStarted, recorded: Recorded) -> tuple[Command, ...]:
    _ = kept, recorded
    if event.card is None or event.purpose == "payout":
        return ()
    return (trying(event.card, intent_id=event.intent_id, ordinal=1, order=event, at=event),)


def _card_tried_again(kept: Kept, event: events.AttemptStarted, recorded: Recorded) -> tuple[Command, ...]:
    _ = kept
    found = _attempt(recorded, event.attempt - 1)
    if found is None or found[1].card is None:
        return ()
    order, last = found
    if last.card is None or order.purpose == "payout":
        return ()
    return (trying(last.card, intent_id=event.intent_id, ordinal=event.attempt, order=order, at=event),)


def _heard_by_card(kept: Kept, event: Answered, recorded: Recorded) -> tuple[Command, ...]:
    """A network's word counts against its card; what never reached the issuer does not."""
    _ = kept
    found = _attempt(recorded, event.attempt)
    if found is None or found[1].card is None or found[0].purpose == "payout":
        return ()
    refused = isinstance(event, events.AttemptFailed)
    if refused and event.network not in CARD_NETWORKS:
        return ()
    return (
        card.HearIssuer(
            card_id=found[1].card.card_id,
            try_id=try_id(event.intent_id, event.attempt),
            code=event.code if refused else "",
            on=event.on,
            at=event.at,
        ),
    )


def _heard_by_card_and_processor(kept: Kept, event: Answered, recorded: Recorded) -> tuple[Command, ...]:
    sent = not (isinstance(event, events.AttemptFailed) and event.failure == "technical_not_sent")
    return (*_heard_by_card(kept, event, recorded), *_noted(event, recorded, "good" if sent else "bad"))


def _processor_was_silent(kept: Kept, event: events.PaymentTimedOut, recorded: Recorded) -> tuple[Command, ...]:
    _ = kept
    return _noted(event, recorded, "bad")


def _noted(
    event: Answered | events.PaymentTimedOut, recorded: Recorded, answer: processor.Answer
) -> tuple[Command, ...]:
    found = _attempt(recorded, event.attempt)
    if found is None or not found[1].route:
        return ()
    return (
        processor.NoteAnswer(
            processor=found[1].route,
            try_id=try_id(event.intent_id, event.attempt),
            answer=answer,
            on=event.on,
            at=event.at,
        ),
    )
