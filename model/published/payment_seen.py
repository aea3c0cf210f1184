"""What can be seen of a payment intent and its attempts."""

from typing import assert_never

from model.money import Money, zero
from model.payments import states
from model.payments.states import Attempt, Begun
from model.payments.waiting import due_at
from model.published.intent_views import AttemptView, IntentView
from model.wire import to_wire

CAPTURED = frozenset({"succeeded", "refunded", "refunded_partial", "represented", "returned", "charged_back"})


def intent_view(intent_id: str, state: states.State) -> IntentView | None:
    if isinstance(state, states.NoIntent):
        return None
    order = state.order
    unknown = state if isinstance(state, states.Unknown) else None
    return IntentView(
        intent_id=intent_id,
        purpose=order.purpose,
        subject=order.subject,
        reference=order.reference,
        party_id=order.party_id,
        amount=to_wire(order.amount),
        status=_status(state),
        reason=state.reason if isinstance(state, (states.Failed, states.Returned, states.ChargedBack)) else None,
        due_on=state.due_on,
        attempts=tuple(_attempt_view(attempt) for attempt in state.attempts),
        captured=to_wire(_captured(state)),
        refunded=to_wire(_refunded(state)),
        next_at=due_at(state),
        unknown_since=unknown.since if unknown else None,
        escalated_at=unknown.escalated_at if unknown else None,
        for_person=_for_person(state),
    )


def _status(state: Begun) -> states.Status:
    match state:
        case states.Processing():
            return "processing"
        case states.RequiresAction():
            return "requires_action"
        case states.Unknown():
            return "unknown"
        case states.Retrying():
            return "retrying"
        case states.Succeeded():
            return "refunded" if state.refunded == state.order.amount.minor else "succeeded"
        case states.Failed():
            return "failed"
        case states.Returned():
            return "returned"
        case states.ChargedBack():
            return "charged_back"
        case _:
            assert_never(state)


def _attempt_view(attempt: Attempt) -> AttemptView:
    return AttemptView(
        ordinal=attempt.ordinal,
        status=attempt.status,
        method=attempt.method,
        started_at=attempt.started_at,
        ended_at=attempt.ended_at,
        network=attempt.network or None,
        code=attempt.code or None,
        failure=attempt.failure,
        settled_on=attempt.settled_on,
        returned_at=attempt.returned_at,
        return_code=attempt.return_code or None,
        surplus=attempt.surplus,
        postponed_to=attempt.postponed_to,
    )


def _captured(state: Begun) -> Money:
    """What has moved at the last of the attempts that moved it, whether it stayed or not."""
    moved = any(one.status in CAPTURED and one.surplus == "none" for one in state.attempts)
    return state.order.amount if moved else zero(state.order.amount.currency)


def _refunded(state: Begun) -> Money:
    currency = state.order.amount.currency
    return Money(state.refunded, currency) if isinstance(state, states.Succeeded) else zero(currency)


def _for_person(state: Begun) -> str | None:
    """Why a person has to look at it: the payment as a whole first, then an attempt too many."""
    if isinstance(state, (states.Unknown, states.Returned)) and state.person:
        return state.person
    if any(one.unendorsed for one in state.attempts):
        return "endorsement_missing"
    return "surplus" if any(one.surplus == "person" for one in state.attempts) else None
