"""The events that end a doubt, made from the order that they are about, and the refusal of what does not fit."""

from model.choices.payments import PaymentsChoices
from model.decider import Refusal
from model.payments import events
from model.payments.commands import Command
from model.payments.retrying import inquire_at
from model.payments.states import Attempt, Begun, State


def wrong_state(command: Command, state: State) -> Refusal:
    return Refusal(
        "wrong_state", f"{type(command).__name__} is not possible when the payment is {type(state).__name__}"
    )


def success(command: Command, state: Begun, attempt: Attempt, *, by: str = "") -> events.PaymentSucceeded:
    order = state.order
    return events.PaymentSucceeded(
        intent_id=command.intent_id,
        purpose=order.purpose,
        subject=order.subject,
        reference=order.reference,
        party_id=order.party_id,
        amount=order.amount,
        on=command.on,
        at=command.at,
        attempt=attempt.ordinal,
        by=by,
        fee=attempt.fee,
    )


def refused(command: Command, state: Begun, reason: str) -> events.PaymentRefused:
    order = state.order
    return events.PaymentRefused(
        intent_id=command.intent_id,
        purpose=order.purpose,
        subject=order.subject,
        reference=order.reference,
        reason=reason,
        on=command.on,
        at=command.at,
    )


def timed_out(
    choices: PaymentsChoices, command: Command, state: Begun, attempt: Attempt, *, network: str, code: str
) -> events.PaymentTimedOut:
    order = state.order
    return events.PaymentTimedOut(
        intent_id=command.intent_id,
        purpose=order.purpose,
        subject=order.subject,
        reference=order.reference,
        attempt=attempt.ordinal,
        inquire_at=inquire_at(choices, made=0, since=command.at),
        on=command.on,
        at=command.at,
        network=network,
        code=code,
    )
