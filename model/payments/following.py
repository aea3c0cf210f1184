"""What payments does of itself when it has done something else, in the same transaction.

an attempt begins with a card        -> the card is tried
an attempt is answered               -> its card hears the issuer, its processor's health is noted
a run is funded, is closed           -> its hold is placed, is resolved
a dispute opens, is won               -> its payment is charged back, represented
a payment is for a person            -> a case is opened
a joint cheque lacks an endorsement  -> a case is opened
a return is late, a change is noticed -> a case is opened
an entry comes back, a change is noticed -> its account hears it
a cheque is presented                  -> it is cleared, or a case is opened
a settlement file comes                -> its lines are matched, its bad rows are a case
an item of a run is sent, paid, void -> its intent hears it
"""

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias, TypeVar, cast

from model.carrier import Carrier
from model.payments import (
    bank_account,
    card,
    commands,
    dispute,
    events,
    holds,
    payout_events,
    positive_pay,
    presenting,
    processor,
    reconciliation_events,
    settlement_intake,
    states,
    worklist,
)
from model.payments.instrument_following import (
    Kept,
    Recorded,
    card_tried_again,
    card_tried_first,
    change_noticed,
    entry_returned,
    heard_by_card,
    heard_by_card_and_processor,
    processor_was_silent,
)

Command: TypeAlias = (
    bank_account.Command
    | card.Command
    | processor.Command
    | holds.Command
    | commands.Command
    | reconciliation_events.MatchSettlement
    | worklist.OpenCase
)
E = TypeVar("E")


Follower: TypeAlias = Callable[[Kept, object, Recorded], tuple[Command, ...]]


def _of(kind: type[E], follow: Callable[[Kept, E, Recorded], tuple[Command, ...]]) -> tuple[type[object], Follower]:
    return kind, cast("Follower", follow)


def followers(carrier: Carrier) -> Mapping[type[object], Follower]:
    """By the type of the event, for what the carrier chose."""
    watched = len(carrier.payments.routing.processors) > 1
    heard = heard_by_card_and_processor if watched else heard_by_card

    def presented(kept: Kept, event: presenting.ChequePresented, recorded: Recorded) -> tuple[Command, ...]:
        _ = recorded
        register = presenting.register_for(kept, event.cheque)
        return (positive_pay.answered(carrier.settlement, register, event.cheque, at=event.at),)

    return dict(
        (
            _of(events.PaymentStarted, card_tried_first),
            _of(events.AttemptStarted, card_tried_again),
            _of(events.PaymentSucceeded, heard),
            _of(events.AttemptFailed, heard),
            _of(events.PaymentParked, _parked),
            _of(events.SurplusFound, _surplus),
            _of(events.EndorsementMissed, _unendorsed),
            _of(events.MoneyReturned, _returned),
            _of(events.ChangeNoticed, _change),
            _of(dispute.DisputeOpened, _charged_back),
            _of(dispute.DisputeWon, _represented),
            _of(settlement_intake.SettlementReceived, _settled),
            _of(presenting.ChequePresented, presented),
            _of(payout_events.FundsReserved, _run_held),
            _of(payout_events.RunClosed, _run_resolved),
            _of(payout_events.PayoutEmitted, _payout_sent),
            _of(payout_events.PayoutPosted, _payout_paid),
            _of(payout_events.PayoutVoided, _payout_refused),
            *((_of(events.PaymentTimedOut, processor_was_silent),) if watched else ()),
        )
    )


def _settled(kept: Kept, event: settlement_intake.SettlementReceived, recorded: Recorded) -> tuple[Command, ...]:
    """Every good row is matched, whatever the others are; the bad ones are one case for a person."""
    _ = kept, recorded
    matching = [
        reconciliation_events.MatchSettlement(entry_id=line.entry_id, line=line, on=event.on, at=event.at)
        for line in event.lines
    ]
    if not event.bad:
        return tuple(matching)
    name = f"{event.processor}/{event.file_id}"
    text = "; ".join(f"line {row.line}: {row.text}" for row in event.bad)
    matter = worklist.Matter(name, "", "bad_rows", text, None)
    case = worklist.OpenCase(case_id=worklist.case_id(name, "bad_rows"), matter=matter, on=event.on, at=event.at)
    return (*matching, case)


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


def _returned(kept: Kept, event: events.MoneyReturned, recorded: Recorded) -> tuple[Command, ...]:
    """The bank is asked to take one back that comes after its day: it may be refused."""
    heard = entry_returned(event, recorded)
    if event.late_after is None:
        return heard
    text = f"{event.reason} could come back until {event.late_after}"
    return (*heard, *_cases(kept, event, code="returned_late", text=text))


def _change(kept: Kept, event: events.ChangeNoticed, recorded: Recorded) -> tuple[Command, ...]:
    text = f"{event.code}, {event.says}: to be corrected by {event.correct_by}"
    case = _cases(kept, event, code=f"notice_of_change_{event.code}", text=text)
    return (*case, *change_noticed(event, recorded))


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
