"""What the card, the bank account and the processor of an attempt hear of it, in the same transaction."""

from typing import Protocol, TypeAlias, cast

from model.payments import bank_account, card, events, intent, processor, states
from model.payments.instrument import trying
from model.payments.naming import try_id
from model.payments.states import Attempt, Order

Command: TypeAlias = bank_account.Command | card.Command | processor.Command
CARD_NETWORKS = frozenset({"US-VISA", "US-MC"})


class Kept(Protocol):
    """What is looked up beside the event: other streams of payments, as they are after it."""

    def intent(self, intent_id: str) -> intent.State: ...


class Recorded(Protocol):
    """The event as it was recorded, with the state of its stream before it."""

    @property
    def before(self) -> object: ...


Answered: TypeAlias = events.PaymentSucceeded | events.AttemptFailed
"""Events that say what became of an attempt."""


def _attempt(recorded: Recorded, ordinal: int) -> tuple[Order, Attempt] | None:
    """An attempt as it was before it was answered; None for one of another stream, which no event of ours names."""
    before = recorded.before
    if type(before) is states.NoIntent:
        return None
    begun = cast("states.Begun", before)
    return (begun.order, begun.attempts[ordinal - 1]) if 1 <= ordinal <= len(begun.attempts) else None


def card_tried_first(kept: Kept, event: events.PaymentStarted, recorded: Recorded) -> tuple[Command, ...]:
    _ = kept, recorded
    if event.card is None or event.purpose == "payout":
        return ()
    return (trying(event.card, intent_id=event.intent_id, ordinal=1, amount=event.amount, on=event.on, at=event.at),)


def card_tried_again(kept: Kept, event: events.AttemptStarted, recorded: Recorded) -> tuple[Command, ...]:
    _ = kept
    found = _attempt(recorded, event.attempt - 1)
    if found is None or found[1].card is None:
        return ()
    order, last = found
    if last.card is None or order.purpose == "payout":
        return ()
    return (
        trying(
            last.card,
            intent_id=event.intent_id,
            ordinal=event.attempt,
            amount=order.amount,
            on=event.on,
            at=event.at,
        ),
    )


def heard_by_card(kept: Kept, event: Answered, recorded: Recorded) -> tuple[Command, ...]:
    """A network's word counts against its card; what never reached the issuer does not."""
    _ = kept
    found = _attempt(recorded, event.attempt)
    if found is not None and found[1].method == "ach":
        # What is tried again by schedule is no fault of the account; most that comes back is of that kind.
        if isinstance(event, events.AttemptFailed) and event.network == "US-ACH" and event.failure == "hard_decline":
            return _heard_by_account(found, event, event.code)
        return ()
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


def _heard_by_account(
    found: tuple[Order, Attempt], event: events.AttemptFailed | events.MoneyReturned, code: str
) -> tuple[Command, ...]:
    """An entry that came back stops its account or not; what we sent out came from no account of a payer."""
    order, attempt = found
    if order.purpose != "collection" or attempt.method != "ach":
        return ()
    account_id = attempt.account_id or order.party_id
    return (bank_account.HearReturn(account_id=account_id, code=code, on=event.on, at=event.at),)


def heard_by_card_and_processor(kept: Kept, event: Answered, recorded: Recorded) -> tuple[Command, ...]:
    sent = not (isinstance(event, events.AttemptFailed) and event.failure == "technical_not_sent")
    return (*heard_by_card(kept, event, recorded), *_noted(event, recorded, "good" if sent else "bad"))


def processor_was_silent(kept: Kept, event: events.PaymentTimedOut, recorded: Recorded) -> tuple[Command, ...]:
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


def entry_returned(event: events.MoneyReturned, recorded: Recorded) -> tuple[Command, ...]:
    found = _attempt(recorded, event.attempt)
    return () if found is None else _heard_by_account(found, event, event.reason)


def change_noticed(event: events.ChangeNoticed, recorded: Recorded) -> tuple[Command, ...]:
    """What a payee has to have corrected is for the person who gets the case: no account of a payer is wrong."""
    found = _attempt(recorded, event.attempt)
    if found is None or found[0].purpose != "collection":
        return ()
    return (
        bank_account.HearChange(
            account_id=found[1].account_id or found[0].party_id,
            code=event.code,
            correct_by=event.correct_by,
            on=event.on,
            at=event.at,
        ),
    )
