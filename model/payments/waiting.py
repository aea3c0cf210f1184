"""What happens to a payment because time passes, or because a person has found out.

    Retrying --retry_at--> the next attempt          Unknown --inquire_at--> an inquiry --...--> a person
    RequiresAction --until--> given up

A host asks with TimePassed whenever something is due (`due_at`); one step is taken each time, so that a clock that has
jumped catches up by asking until nothing happens.
"""

from datetime import datetime, timedelta

from model.decider import Decision, Refusal
from model.payments import events
from model.payments.commands import DecideByHand, TimePassed
from model.payments.events import Event
from model.payments.outcomes import refused, success, wrong_state
from model.payments.retrying import inquire_at
from model.payments.rulebook import Rulebook
from model.payments.starting import start_again
from model.payments.states import (
    EFFECTIVE,
    Attempt,
    Begun,
    Failed,
    NoIntent,
    RequiresAction,
    Retrying,
    State,
    Unknown,
)

NOT_AUTHENTICATED = "not_authenticated"
BY_HAND = "by_hand"


def due_at(state: State) -> datetime | None:
    """When the next step of the schedule is due; None when the payment waits for nothing but others."""
    if isinstance(state, Retrying):
        return state.retry_at
    if isinstance(state, Unknown):
        return state.inquire_at
    return state.until if isinstance(state, RequiresAction) else None


def pass_time(rules: Rulebook, command: TimePassed, state: State) -> Decision[Event]:
    if isinstance(state, NoIntent):
        return wrong_state(command, state)
    due = due_at(state)
    if due is None or command.at < due:
        return ()
    if isinstance(state, Retrying):
        return start_again(rules, command, state)
    if isinstance(state, Unknown):
        return _inquire(rules, command, state, due)
    return _not_authenticated(command, state)


def _inquire(rules: Rulebook, command: TimePassed, state: Unknown, due: datetime) -> Decision[Event]:
    """The next inquiry; a person when they are used up or the time is (INV-Y7)."""
    attempt = state.attempts[-1]
    latest = state.since + timedelta(seconds=rules.choices.unknown_sla_seconds)
    if state.inquiries >= len(rules.choices.inquiry_seconds) or command.at >= latest:
        return (
            events.PaymentParked(
                intent_id=command.intent_id,
                attempt=attempt.ordinal,
                reason="unresolved",
                network=attempt.network,
                code=attempt.code,
                on=command.on,
                at=command.at,
            ),
        )
    following = inquire_at(rules.choices, made=state.inquiries + 1, since=due)
    return (
        events.InquiryMade(
            intent_id=command.intent_id,
            attempt=attempt.ordinal,
            number=state.inquiries + 1,
            next_at=latest if following is None else min(following, latest),
            on=command.on,
            at=command.at,
        ),
    )


def _not_authenticated(command: TimePassed, state: Begun) -> Decision[Event]:
    attempt = state.attempts[-1]
    over = events.AttemptFailed(
        intent_id=command.intent_id,
        attempt=attempt.ordinal,
        network=attempt.network,
        code=NOT_AUTHENTICATED,
        failure="auth_required",
        retry_at=None,
        on=command.on,
        at=command.at,
    )
    return (over, refused(command, state, NOT_AUTHENTICATED))


def decide_by_hand(rules: Rulebook, command: DecideByHand, state: State) -> Decision[Event]:
    """Only what is for a person; the one who decides is in the event that follows."""
    _ = rules
    if isinstance(state, NoIntent) or not 1 <= command.attempt <= len(state.attempts):
        return Refusal("unknown_attempt", f"{command.intent_id} has no attempt {command.attempt}")
    attempt = state.attempts[command.attempt - 1]
    if command.ruling == "refund_surplus":
        return _refund_surplus(command, state, attempt)
    if isinstance(state, Unknown) and state.person and attempt.status == "unknown":
        return _ruled(command, state, attempt)
    done = {
        "succeeded": attempt.status in EFFECTIVE,
        "retry": attempt.code == BY_HAND and not isinstance(state, Failed),
        "give_up": isinstance(state, Failed),
    }
    return () if done[command.ruling] else _not_for_a_person(command)


def _ruled(command: DecideByHand, state: Unknown, attempt: Attempt) -> Decision[Event]:
    if command.ruling == "succeeded":
        return (success(command, state, attempt, by=command.by),)
    over = events.AttemptFailed(
        intent_id=command.intent_id,
        attempt=attempt.ordinal,
        network="",
        code=BY_HAND,
        failure=None,
        retry_at=command.at if command.ruling == "retry" else None,
        by=command.by,
        on=command.on,
        at=command.at,
    )
    return (over,) if command.ruling == "retry" else (over, refused(command, state, BY_HAND))


def _refund_surplus(command: DecideByHand, state: Begun, attempt: Attempt) -> Decision[Event]:
    if attempt.surplus == "refunded":
        return ()
    if attempt.surplus == "none":
        return _not_for_a_person(command)
    return (
        events.SurplusRefunded(
            intent_id=command.intent_id,
            attempt=attempt.ordinal,
            amount=state.order.amount,
            by=command.by,
            on=command.on,
            at=command.at,
        ),
    )


def _not_for_a_person(command: DecideByHand) -> Refusal:
    return Refusal("not_for_a_person", f"nothing of attempt {command.attempt} of {command.intent_id} is for a person")
