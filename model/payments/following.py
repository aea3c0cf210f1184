"""What payments does of itself when it has done something else, in the same transaction.

an attempt begins with a card        -> the card is tried
an attempt is answered               -> its card hears the issuer, its processor's health is noted
a run is funded, is closed           -> its hold is placed, is resolved
a dispute opens, is won               -> its payment is charged back, represented
a payment is for a person            -> a case is opened
a joint cheque lacks an endorsement  -> a case is opened
a return is late, a change is noticed -> a case is opened
an item of a run is sent, paid, void -> its intent hears it
"""

from collections.abc import Callable, Mapping
from typing import Literal, Protocol, TypeAlias, TypeVar, cast

from model.carrier import Carrier
from model.payments import card, commands, dispute, events, holds, intent, payout_events, processor, states, worklist
from model.payments.instrument import trying
from model.payments.naming import try_id
from model.payments.states import Attempt, Order

Command: TypeAlias = card.Command | processor.Command | holds.Command | commands.Command | worklist.OpenCase
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
            _of(events.PaymentParked, _parked),
            _of(events.SurplusFound, _surplus),
            _of(events.EndorsementMissed, _unendorsed),
            _of(events.MoneyReturned, _late_return),
            _of(events.ChangeNoticed, _change),
            _of(dispute.DisputeOpened, _charged_back),
            _of(dispute.DisputeWon, _represented),
            _of(payout_events.FundsReserved, _run_held),
            _of(payout_events.RunClosed, _run_resolved),
            _of(payout_events.PayoutEmitted, _payout_sent),
            _of(payout_events.PayoutPosted, _payout_paid),
            _of(payout_events.PayoutVoided, _payout_refused),
            *((_of(events.PaymentTimedOut, _processor_was_silent),) if watched else ()),
        )
    )


Answered: TypeAlias = events.PaymentSucceeded | events.AttemptFailed
"""Events that say what became of an attempt."""


def _attempt(recorded: Recorded, ordinal: int) -> tuple[Order, Attempt] | None:
    """An attempt as it was before it was answered; None for one of another stream, which no event of ours names."""
    before = recorded.before
    if type(before) is states.NoIntent:
        return None
    begun = cast("states.Begun", before)
    return (begun.order, begun.attempts[ordinal - 1]) if 1 <= ordinal <= len(begun.attempts) else None


def _card_tried_first(kept: Kept, event: events.PaymentStarted, recorded: Recorded) -> tuple[Command, ...]:
    _ = kept, recorded
    if event.card is None or event.purpose == "payout":
        return ()
    return (trying(event.card, intent_id=event.intent_id, ordinal=1, amount=event.amount, on=event.on, at=event.at),)


def _card_tried_again(kept: Kept, event: events.AttemptStarted, recorded: Recorded) -> tuple[Command, ...]:
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


def _run_held(kept: Kept, event: payout_events.FundsReserved, recorded: Recorded) -> tuple[Command, ...]:
    """One hold for the whole run: a hold for each payment would say nothing more and cost a stream each."""
    _ = kept, recorded
    if not event.fund_id:
        return ()
    return (
        holds.PlaceHold(
            fund_id=event.fund_id,
            hold_id=event.run_id,
            amount=event.amount,
            expires_at=None,
            on=event.on,
            at=event.at,
        ),
    )


def _run_resolved(kept: Kept, event: payout_events.RunClosed, recorded: Recorded) -> tuple[Command, ...]:
    """What was paid has left the account, and what was not is free again."""
    _ = kept, recorded
    if not event.fund_id:
        return ()
    if event.posted.minor == 0:
        return (holds.VoidHold(fund_id=event.fund_id, hold_id=event.run_id, on=event.on, at=event.at),)
    return (holds.PostHold(fund_id=event.fund_id, hold_id=event.run_id, amount=event.posted, on=event.on, at=event.at),)


def _begun(kept: Kept, item: payout_events.PayoutItem) -> states.Begun | None:
    state = kept.intent(item.payment_id)
    return None if isinstance(state, states.NoIntent) else state


def _payout_sent(kept: Kept, event: payout_events.PayoutEmitted, recorded: Recorded) -> tuple[Command, ...]:
    """A transfer is under way; a cheque in the mail is as good as paid until somebody stops it."""
    _ = recorded
    return _said(kept, event, transfer="accepted", cheque="succeeded")


def _payout_paid(kept: Kept, event: payout_events.PayoutPosted, recorded: Recorded) -> tuple[Command, ...]:
    """The bank has made the transfer, or has paid a cheque that was issued before."""
    _ = recorded
    return _said(kept, event, transfer="succeeded", cheque="cleared")


def _said(
    kept: Kept,
    event: payout_events.PayoutEmitted | payout_events.PayoutPosted,
    *,
    transfer: Literal["accepted", "succeeded"],
    cheque: Literal["succeeded", "cleared"],
) -> tuple[Command, ...]:
    state = _begun(kept, event.item)
    if state is None:
        return ()
    return (
        commands.HearProcessor(
            intent_id=event.item.payment_id,
            attempt=state.attempts[-1].ordinal,
            says=cheque if state.attempts[-1].method == "cheque" else transfer,
            endorsed_by=event.endorsed_by if isinstance(event, payout_events.PayoutPosted) else (),
            on=event.on,
            at=event.at,
        ),
    )


def _payout_refused(kept: Kept, event: payout_events.PayoutVoided, recorded: Recorded) -> tuple[Command, ...]:
    """What was never sent may be in another run; what the bank refused ends here, or comes back if it was issued."""
    _ = recorded
    state = _begun(kept, event.item)
    if state is None or event.cause == "withdrawn" or isinstance(state, states.Returned):
        return ()
    intent_id, reason, on, at = event.item.payment_id, event.reason, event.on, event.at
    if isinstance(state, states.Succeeded):
        return (commands.ReturnMoney(intent_id=intent_id, reason=reason, on=on, at=at),)
    return (commands.ReportFailure(intent_id=intent_id, reason=reason, on=on, at=at),)


def _charged_back(kept: Kept, event: dispute.DisputeOpened, recorded: Recorded) -> tuple[Command, ...]:
    """The one way in which a dispute takes a payment back. A part of a payment cannot be taken from an account that
    booked the whole, and is for a person.
    """
    _ = recorded
    disputed = event.disputed
    state = kept.intent(disputed.intent_id)
    if isinstance(state, states.NoIntent):
        return ()
    if disputed.amount == state.order.amount:
        return (commands.ChargeBack(intent_id=disputed.intent_id, reason=disputed.reason, on=event.on, at=event.at),)
    text = f"{disputed.amount} of {state.order.amount} is disputed"
    return (_case(state, disputed.intent_id, event, code="partly_disputed", text=text),)


def _represented(kept: Kept, event: dispute.DisputeWon, recorded: Recorded) -> tuple[Command, ...]:
    _ = recorded
    if not isinstance(kept.intent(event.disputed.intent_id), states.ChargedBack):
        return ()
    return (commands.RepresentCharge(intent_id=event.disputed.intent_id, on=event.on, at=event.at),)


def _parked(kept: Kept, event: events.PaymentParked, recorded: Recorded) -> tuple[Command, ...]:
    _ = recorded
    text = f"{event.network} {event.code}: {event.reason.replace('_', ' ')}".strip()
    return _cases(kept, event, code=event.reason, text=text)


def _surplus(kept: Kept, event: events.SurplusFound, recorded: Recorded) -> tuple[Command, ...]:
    _ = recorded
    if event.handling == "refunded":
        return ()
    return _cases(kept, event, code="surplus", text=f"attempt {event.attempt} moved {event.amount} too")


def _late_return(kept: Kept, event: events.MoneyReturned, recorded: Recorded) -> tuple[Command, ...]:
    """The bank is asked to take it back: a return after its day may be refused."""
    _ = recorded
    if event.late_after is None:
        return ()
    return _cases(kept, event, code="returned_late", text=f"{event.reason} could come back until {event.late_after}")


def _change(kept: Kept, event: events.ChangeNoticed, recorded: Recorded) -> tuple[Command, ...]:
    _ = recorded
    text = f"{event.code}, {event.says}: to be corrected by {event.correct_by}"
    return _cases(kept, event, code=f"notice_of_change_{event.code}", text=text)


def _unendorsed(kept: Kept, event: events.EndorsementMissed, recorded: Recorded) -> tuple[Command, ...]:
    _ = recorded
    text = f"the bank paid it without the endorsement of {', '.join(event.missing)}"
    return _cases(kept, event, code="endorsement_missing", text=text)


Matters: TypeAlias = (
    events.PaymentParked | events.SurplusFound | events.EndorsementMissed | events.MoneyReturned | events.ChangeNoticed
)
"""Events that leave something for a person to do."""


def _cases(kept: Kept, event: Matters, *, code: str, text: str) -> tuple[Command, ...]:
    state = kept.intent(event.intent_id)
    return () if isinstance(state, states.NoIntent) else (_case(state, event.intent_id, event, code=code, text=text),)


def _case(
    state: states.Begun,
    intent_id: str,
    event: Matters | dispute.DisputeOpened,
    *,
    code: str,
    text: str,
) -> worklist.OpenCase:
    return worklist.OpenCase(
        case_id=worklist.case_id(intent_id, code),
        matter=worklist.Matter(intent_id, state.order.story, code, text, state.order.amount),
        on=event.on,
        at=event.at,
    )
