"""What then is so: every event of a payment intent. Nothing is refused here."""

from datetime import date
from typing import assert_never

from msgspec.structs import replace

from model.payments import events
from model.payments.events import Event
from model.payments.states import (
    Attempt,
    Begun,
    ChargedBack,
    Failed,
    NoIntent,
    Order,
    Processing,
    Refund,
    RequiresAction,
    Retrying,
    Returned,
    State,
    Succeeded,
    Unknown,
)


def story_of(state: object) -> str:
    """The correlation id of what led to a payment; empty where nothing did, or nothing has begun."""
    order = getattr(state, "order", None)
    return order.story if type(order) is Order else ""


def evolve(state: State, event: Event) -> State:
    if type(event) is events.PaymentStarted:
        order = Order(
            event.purpose, event.subject, event.reference, event.party_id, event.amount, event.story, event.joint_payees
        )
        return Processing(order, (_first(event),), event.on)
    if type(state) is NoIntent:
        return state
    if type(event) is events.PaymentSucceeded:
        # By far the most frequent, and a search through both unions costs as much as the event.
        return Succeeded(state.order, _succeeded(state.attempts, event), state.due_on)
    if isinstance(event, events.MoneyEvent):
        return _money_moved(state, event)
    return _attempt_went_on(state, event)


def _money_moved(state: Begun, event: events.MoneyEvent) -> State:
    order, due_on = state.order, state.due_on
    match event:
        case events.PaymentRefused(reason=reason):
            return Failed(order, _given_up(state.attempts, event), due_on, reason)
        case events.MoneyReturned(attempt=ordinal, reason=reason, retry_at=retry_at):
            attempts = _returned(state.attempts, ordinal, event)
            if retry_at is not None:
                return Retrying(order, attempts, due_on, retry_at)
            return Returned(order, attempts, due_on, reason)
        case events.MoneyRefunded(refund_id=refund_id, amount=amount):
            return _refunded(state, Refund(refund_id, amount))
        case events.PayoutCleared(attempt=ordinal, on=on):
            return replace(state, attempts=_cleared(state.attempts, ordinal, on))
        case events.EndorsementMissed(attempt=ordinal, missing=missing):
            return replace(
                state,
                attempts=tuple(
                    replace(one, unendorsed=missing) if one.ordinal == ordinal else one for one in state.attempts
                ),
            )
        case events.PayoutStopped(attempt=ordinal, reason=reason):
            return Returned(order, _returned(state.attempts, ordinal, event), due_on, reason)
        case events.ChargedBackByIssuer(reason=reason):
            return ChargedBack(order, _charged_back(state.attempts, reason), due_on, reason)
        case events.ChargeRepresented():
            return Succeeded(order, _represented(state.attempts), due_on)
        case _:
            assert_never(event)


def _attempt_went_on(state: Begun, event: events.AttemptEvent) -> State:
    order, attempts, due_on = state.order, state.attempts, state.due_on
    match event:
        case events.AttemptFailed(retry_at=retry_at):
            failed = _failed(attempts, event)
            if retry_at is not None:
                return Retrying(order, failed, due_on, retry_at)
            return replace(state, attempts=failed)
        case events.ChangeNoticed(attempt=ordinal, code=code):
            told = tuple(
                replace(one, changes=(*one.changes, code)) if one.ordinal == ordinal else one for one in attempts
            )
            return replace(state, attempts=told)
        case events.RetryPostponed(retry_at=retry_at):
            put_off = replace(attempts[-1], postponed_to=retry_at)
            return Retrying(order, (*attempts[:-1], put_off), due_on, retry_at)
        case events.AttemptStarted():
            return Processing(order, (*attempts, _again(attempts[-1], event)), due_on)
        case events.AttemptAccepted(attempt=ordinal):
            taken = tuple(replace(one, status="processing") if one.ordinal == ordinal else one for one in attempts)
            return Processing(order, taken, due_on)
        case events.ActionRequired(until=until):
            return RequiresAction(order, _waiting(attempts, event), due_on, until)
        case events.PaymentTimedOut(inquire_at=inquire_at, at=at):
            return Unknown(order, _in_doubt(attempts, event), due_on, at, inquire_at)
        case events.InquiryMade(number=number, next_at=next_at):
            return replace(state, inquire_at=next_at, inquiries=number) if isinstance(state, Unknown) else state
        case events.PaymentParked():
            return _parked(state, event)
        case events.SurplusFound() | events.SurplusRefunded():
            return replace(state, attempts=_surplus(attempts, event))
        case _:
            assert_never(event)


def _first(event: events.PaymentStarted) -> Attempt:
    return Attempt(
        1,
        "init",
        event.method,
        event.route,
        event.at,
        routed=event.routed,
        card=event.card,
        fee=event.fee,
        account_id=event.account_id,
    )


def _again(last: Attempt, event: events.AttemptStarted) -> Attempt:
    """With what the attempt before it was made with."""
    return Attempt(
        event.attempt,
        "init",
        event.method,
        event.route,
        event.at,
        routed=event.routed,
        card=last.card,
        fee=last.fee,
        account_id=last.account_id,
    )


def _succeeded(attempts: tuple[Attempt, ...], event: events.PaymentSucceeded) -> tuple[Attempt, ...]:
    if len(attempts) == 1:
        return (_moved(attempts[0], event),)
    return tuple(_moved(one, event) if one.ordinal == event.attempt else one for one in attempts)


def _moved(attempt: Attempt, event: events.PaymentSucceeded) -> Attempt:
    if attempt.status in ("failed", "errored"):
        return replace(attempt, status="succeeded", settled_on=event.on)
    return replace(
        attempt, status="succeeded", settled_on=event.on, ended_at=event.at, network="", code="", failure=None
    )


def _given_up(attempts: tuple[Attempt, ...], event: events.PaymentRefused) -> tuple[Attempt, ...]:
    """Whatever was still in doubt is no longer: that is what giving up says."""
    last = attempts[-1]
    if last.status not in ("init", "processing", "requires_action", "unknown"):
        return attempts
    return (*attempts[:-1], replace(last, status="failed", ended_at=event.at, code=event.reason))


def _returned(
    attempts: tuple[Attempt, ...], ordinal: int, event: events.MoneyReturned | events.PayoutStopped
) -> tuple[Attempt, ...]:
    return tuple(
        replace(one, status="returned", returned_at=event.at, return_code=event.reason, unendorsed=())
        if one.ordinal == ordinal
        else one
        for one in attempts
    )


def _refunded(state: Begun, refund: Refund) -> State:
    if not isinstance(state, Succeeded):
        return state
    refunds = (*state.refunds, refund)
    whole = sum(one.amount.minor for one in refunds) >= state.order.amount.minor
    status = "refunded" if whole else "refunded_partial"
    attempts = tuple(
        replace(one, status=status) if one.status in ("succeeded", "refunded_partial", "represented") else one
        for one in state.attempts
    )
    return Succeeded(state.order, attempts, state.due_on, refunds)


def _cleared(attempts: tuple[Attempt, ...], ordinal: int, on: date) -> tuple[Attempt, ...]:
    return tuple(replace(one, cleared_on=on, unendorsed=()) if one.ordinal == ordinal else one for one in attempts)


def _charged_back(attempts: tuple[Attempt, ...], reason: str) -> tuple[Attempt, ...]:
    return tuple(
        replace(one, status="charged_back", return_code=reason) if one.status == "succeeded" else one
        for one in attempts
    )


def _represented(attempts: tuple[Attempt, ...]) -> tuple[Attempt, ...]:
    return tuple(replace(one, status="represented") if one.status == "charged_back" else one for one in attempts)


def _failed(attempts: tuple[Attempt, ...], event: events.AttemptFailed) -> tuple[Attempt, ...]:
    status = "errored" if event.failure == "technical_not_sent" else "failed"
    return tuple(
        replace(one, status=status, ended_at=event.at, network=event.network, code=event.code, failure=event.failure)
        if one.ordinal == event.attempt
        else one
        for one in attempts
    )


def _waiting(attempts: tuple[Attempt, ...], event: events.ActionRequired) -> tuple[Attempt, ...]:
    return tuple(
        replace(one, status="requires_action", network=event.network, code=event.code, failure="auth_required")
        if one.ordinal == event.attempt
        else one
        for one in attempts
    )


def _in_doubt(
    attempts: tuple[Attempt, ...], event: events.PaymentTimedOut | events.PaymentParked
) -> tuple[Attempt, ...]:
    return tuple(
        replace(one, status="unknown", network=event.network, code=event.code) if one.ordinal == event.attempt else one
        for one in attempts
    )


def _parked(state: Begun, event: events.PaymentParked) -> State:
    """A payment that came back stays that; whatever else nobody understands is unknown."""
    if isinstance(state, Returned):
        return replace(state, person=event.reason)
    if isinstance(state, Unknown):
        doubtful = _in_doubt(state.attempts, event)
        return replace(state, attempts=doubtful, inquire_at=None, escalated_at=event.at, person=event.reason)
    return Unknown(
        state.order,
        _in_doubt(state.attempts, event),
        state.due_on,
        event.at,
        None,
        escalated_at=event.at,
        person=event.reason,
    )


def _surplus(attempts: tuple[Attempt, ...], event: events.SurplusFound | events.SurplusRefunded) -> tuple[Attempt, ...]:
    person = isinstance(event, events.SurplusFound) and event.handling == "person"
    return tuple(
        one
        if one.ordinal != event.attempt
        else replace(one, surplus="person")
        if person
        else replace(one, status="refunded", surplus="refunded")
        for one in attempts
    )
