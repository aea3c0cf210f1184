"""What a processor says of an attempt, and what the intent makes of it: early, late, twice, or against what it said.

A success of the attempt that is in doubt is believed, whenever it comes. One of an attempt that had failed is believed
as long as the intent only waits for its next try; once another attempt is under way or has moved the money, or the
payment was given up and everybody knows, it is surplus: refunded at once or for a person, by the carrier's choice.
"""

from datetime import timedelta

from model.decider import Decision, Refusal
from model.jurisdiction import FailureClass
from model.payments import events
from model.payments.commands import (
    AnswerInquiry,
    Command,
    HearProcessor,
    ReportFailure,
    ReportSuccess,
    ReportTimeout,
)
from model.payments.events import Event
from model.payments.failures import NOT_FOUND, classify
from model.payments.next_try import next_try
from model.payments.outcomes import refused, success, timed_out, wrong_state
from model.payments.rulebook import Rulebook
from model.payments.states import (
    EFFECTIVE,
    IN_DOUBT,
    LIVE,
    Attempt,
    Begun,
    Failed,
    NoIntent,
    Retrying,
    State,
    Unknown,
)
from model.payments.tokens import card_in


def report_success(rules: Rulebook, command: ReportSuccess, state: State) -> Decision[Event]:
    if type(state) is NoIntent:
        return wrong_state(command, state)
    if type(state) is Failed:
        return Refusal(
            "success_after_failure", f"{command.intent_id} was recorded as failed: reconcile before moving on"
        )
    return succeeded(rules, command, state, state.attempts[-1])


def report_failure(rules: Rulebook, command: ReportFailure, state: State) -> Decision[Event]:
    _ = rules
    if isinstance(state, (Failed, Retrying)):
        return ()
    if isinstance(state, NoIntent) or state.attempts[-1].status not in IN_DOUBT:
        return wrong_state(command, state)
    return card_in(command) or (refused(command, state, command.reason),)


def report_timeout(rules: Rulebook, command: ReportTimeout, state: State) -> Decision[Event]:
    if isinstance(state, NoIntent):
        return wrong_state(command, state)
    attempt = state.attempts[-1]
    if attempt.status not in ("init", "processing", "requires_action"):
        return ()
    return (timed_out(rules.choices, command, state, attempt, network="", code=""),)


def hear_processor(rules: Rulebook, command: HearProcessor, state: State) -> Decision[Event]:
    attempt = _attempt(command.attempt, state)
    if isinstance(state, NoIntent) or attempt is None:
        return Refusal("unknown_attempt", f"{command.intent_id} has no attempt {command.attempt}")
    if command.says == "accepted":
        if attempt.status not in ("init", "requires_action"):
            return ()
        return (
            events.AttemptAccepted(intent_id=command.intent_id, attempt=attempt.ordinal, on=command.on, at=command.at),
        )
    if command.says == "cleared":
        return cleared(command, state, attempt)
    if command.says == "failed":
        return failed(rules, command, state, attempt)
    usable = attempt.status in IN_DOUBT or (isinstance(state, Retrying) and attempt.status in ("failed", "errored"))
    if usable and command.captured is not None and command.captured != state.order.amount:
        return parked(command, state, attempt, "other_amount", network=command.network, code=str(command.captured))
    return succeeded(rules, command, state, attempt)


def cleared(command: HearProcessor, state: Begun, attempt: Attempt) -> Decision[Event]:
    """The bank has paid a cheque, which ends every doubt about it. One that was stopped and paid all the same is for a
    person, by its refusal; so is one of joint payees that the bank paid without the endorsements of all of them, since
    that discharges nobody (UCC 3-110(d)). A bank that says nothing of endorsements has shown none.
    """
    if attempt.cleared_on is not None:
        return ()
    if state.order.purpose != "payout" or attempt.status not in LIVE:
        return wrong_state(command, state)
    missing = tuple(payee for payee in state.order.joint_payees if payee not in command.endorsed_by)
    if missing and missing == attempt.unendorsed:
        return ()
    paid: events.PayoutCleared | events.EndorsementMissed
    if missing:
        paid = events.EndorsementMissed(
            intent_id=command.intent_id,
            attempt=attempt.ordinal,
            missing=missing,
            on=command.on,
            at=command.at,
        )
    else:
        paid = events.PayoutCleared(
            intent_id=command.intent_id,
            attempt=attempt.ordinal,
            subject=state.order.subject,
            reference=state.order.reference,
            on=command.on,
            at=command.at,
            endorsed_by=command.endorsed_by,
        )
    return (success(command, state, attempt), paid) if attempt.status in IN_DOUBT else (paid,)


def answer_inquiry(rules: Rulebook, command: AnswerInquiry, state: State) -> Decision[Event]:
    attempt = _attempt(command.attempt, state)
    if isinstance(state, NoIntent) or attempt is None:
        return Refusal("unknown_attempt", f"{command.intent_id} has no attempt {command.attempt}")
    match command.found:
        case "succeeded":
            return succeeded(rules, command, state, attempt)
        case "failed":
            return failed(rules, command, state, attempt)
        case "not_found":
            return _not_found(rules, command, state, attempt)
        case "pending":
            return ()


def _attempt(ordinal: int, state: State) -> Attempt | None:
    if isinstance(state, NoIntent) or not 1 <= ordinal <= len(state.attempts):
        return None
    return state.attempts[ordinal - 1]


def succeeded(rules: Rulebook, command: Command, state: Begun, attempt: Attempt) -> Decision[Event]:
    """The decision on a success of an attempt, whoever says so."""
    if attempt.status in IN_DOUBT:
        return (success(command, state, attempt),)
    if attempt.status not in ("failed", "errored") or attempt.surplus != "none":
        return ()
    if isinstance(state, Retrying):
        return (success(command, state, attempt),)
    refundable = rules.choices.late_success == "refund" and state.order.purpose == "collection"
    return (
        events.SurplusFound(
            intent_id=command.intent_id,
            attempt=attempt.ordinal,
            amount=state.order.amount,
            handling="refunded" if refundable else "person",
            on=command.on,
            at=command.at,
        ),
    )


def failed(rules: Rulebook, command: HearProcessor | AnswerInquiry, state: Begun, attempt: Attempt) -> Decision[Event]:
    """The decision on a failure of an attempt, by the class of its code."""
    if attempt.status in EFFECTIVE:
        return Refusal(
            "failure_after_success", f"attempt {attempt.ordinal} of {command.intent_id} was recorded as succeeded"
        )
    if attempt.status not in IN_DOUBT:
        return ()
    row = classify(rules.law, network=command.network, code=command.code)
    if row is None:
        return parked(command, state, attempt, "unknown_code", network=command.network, code=command.code)
    match row.failure:
        case "technical_unknown":
            if attempt.status == "unknown":
                return ()
            return (timed_out(rules.choices, command, state, attempt, network=command.network, code=command.code),)
        case "auth_required":
            return _step_up(rules, command, attempt)
        case "technical_not_sent" | "soft_decline" | "hard_decline":
            return given_back(
                rules, command, state, attempt, network=command.network, code=command.code, failure=row.failure
            )


def _not_found(rules: Rulebook, command: AnswerInquiry, state: Begun, attempt: Attempt) -> Decision[Event]:
    if attempt.status in EFFECTIVE:
        return Refusal(
            "failure_after_success", f"attempt {attempt.ordinal} of {command.intent_id} was recorded as succeeded"
        )
    if attempt.status not in IN_DOUBT:
        return ()
    return given_back(rules, command, state, attempt, network="", code=NOT_FOUND, failure="technical_not_sent")


def given_back(
    rules: Rulebook,
    command: HearProcessor | AnswerInquiry,
    state: Begun,
    attempt: Attempt,
    *,
    network: str,
    code: str,
    failure: FailureClass,
) -> Decision[Event]:
    """The attempt moved nothing: either the next one has its time, or the payment is given up."""
    following = next_try(rules, command, state, attempt, network=network, code=code, failure=failure)
    retry_at = None if isinstance(following, str) else following
    over = events.AttemptFailed(
        intent_id=command.intent_id,
        attempt=attempt.ordinal,
        network=network,
        code=code,
        failure=failure,
        retry_at=retry_at,
        on=command.on,
        at=command.at,
    )
    return (over, refused(command, state, following)) if isinstance(following, str) else (over,)


def _step_up(rules: Rulebook, command: HearProcessor | AnswerInquiry, attempt: Attempt) -> Decision[Event]:
    if attempt.status == "requires_action":
        return ()
    return (
        events.ActionRequired(
            intent_id=command.intent_id,
            attempt=attempt.ordinal,
            network=command.network,
            code=command.code,
            until=command.at + timedelta(hours=rules.choices.authentication_hours),
            on=command.on,
            at=command.at,
        ),
    )


def parked(
    command: HearProcessor | AnswerInquiry,
    state: Begun,
    attempt: Attempt,
    reason: events.Person,
    *,
    network: str,
    code: str,
) -> Decision[Event]:
    """For a person, once: the same words again say nothing new."""
    if isinstance(state, Unknown) and state.person == reason and state.attempts[attempt.ordinal - 1].code == code:
        return ()
    return (
        events.PaymentParked(
            intent_id=command.intent_id,
            attempt=attempt.ordinal,
            reason=reason,
            network=network,
            code=code,
            on=command.on,
            at=command.at,
        ),
    )
