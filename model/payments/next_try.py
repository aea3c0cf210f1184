"""When the attempt after one that moved nothing begins, if one may.

    class of the code --> the carrier's schedule --> ACH: the network's presentments and days
                                                 \\-> Mastercard: not before the advised wait, within its counts

What a network says stands above the schedule: it can put a retry off or end it, never bring it forward. Where it ends
what the schedule had left, the payment is given up for the network's reason and not for the issuer's.
"""

from datetime import date, datetime

from model.jurisdiction import FailureClass
from model.payments.ach import Presentment, present_again
from model.payments.card import WINDOW, forbidden
from model.payments.commands import AnswerInquiry, HearProcessor
from model.payments.instrument import trying
from model.payments.retrying import business_retry_at, technical_retry_at
from model.payments.rulebook import Rulebook
from model.payments.states import IN_DOUBT, Attempt, Begun


def next_try(
    rules: Rulebook,
    command: HearProcessor | AnswerInquiry,
    state: Begun,
    attempt: Attempt,
    *,
    network: str,
    code: str,
    failure: FailureClass,
) -> datetime | str:
    """The instant of the next attempt, or why there is none."""
    if failure == "hard_decline":
        return code
    if failure == "technical_not_sent":
        failures = 1 + sum(one.failure == failure for one in state.attempts)
        return technical_retry_at(rules.choices, failures=failures, failed_at=command.at) or code
    failures = 1 + business_failures(state)
    scheduled = business_retry_at(rules.choices, failures=failures, due_on=state.due_on, failed_at=command.at)
    if scheduled is None:
        return code
    if network == "US-ACH":
        on = command.at.date()
        return code if present_again(rules.ach, presented(state, code, on), on=scheduled.date()) else scheduled
    return _as_advised(rules, command, state, attempt, code, scheduled) if network == "US-MC" else scheduled


def _as_advised(
    rules: Rulebook,
    command: HearProcessor | AnswerInquiry,
    state: Begun,
    attempt: Attempt,
    code: str,
    scheduled: datetime,
) -> datetime | str:
    """The scheduled instant, or the earliest that Mastercard advised where that is later. A try that the network's
    count or the carrier's own will refuse then is not waited for: no try is forgotten before its window ends, so that
    the answer of that day is known already.
    """
    wait = rules.advised_waits.get(code)
    at = scheduled if wait is None else max(scheduled, command.at + wait)
    if attempt.card is None:
        return at
    known = rules.known.card(attempt.card.card_id)
    at = at if known.not_before is None else max(at, known.not_before)
    ordinal, amount = len(state.attempts) + 1, state.order.amount
    about = trying(attempt.card, intent_id=command.intent_id, ordinal=ordinal, amount=amount, on=at.date(), at=at)
    refusal = forbidden(rules.cards, rules.choices, about, known)
    return at if refusal is None else refusal.code


def postponed(not_before: datetime | None, last: Attempt, *, at: datetime) -> datetime | None:
    """Until when a retry is put off whose card has to wait, by the advice that another payment was given; None when
    nothing is waited for, or when it lies past the network's window, counted from the attempt that failed.
    """
    if not_before is None or not_before <= at:
        return None
    return not_before if not_before <= (last.ended_at or last.started_at) + WINDOW else None


def business_failures(state: Begun) -> int:
    """How often the payer's side has said no so far, at once or by a return."""
    return sum((one.failure == "soft_decline") + (one.returned_at is not None) for one in state.attempts)


def presented(state: Begun, code: str, on: date) -> tuple[Presentment, ...]:
    """Every time that the network has sent the debit back, and this one, in the order in which it did."""
    back: list[tuple[datetime, Presentment]] = []
    for one in state.attempts:
        if one.network == "US-ACH" and one.code and one.ended_at and one.status not in IN_DOUBT:
            back.append((one.ended_at, Presentment(one.ended_at.date(), one.code)))
        if one.returned_at and one.settled_on:
            back.append((one.returned_at, Presentment(one.settled_on, one.return_code)))
    earlier = (presentment for _, presentment in sorted(back, key=lambda entry: entry[0]))
    return (*earlier, Presentment(on, code))
