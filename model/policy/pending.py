"""Between a notice and its day: a cancellation that is pending, moved earlier, or rescinded because somebody paid."""

from datetime import date, timedelta

from model.carrier import Carrier
from model.decider import Decision, Refusal
from model.jurisdiction import Law
from model.policy.commands import CancelPolicy, Command, GiveNotice, MoveCancellation, RescindCancellation
from model.policy.events import CancellationMoved, CancellationRescinded, Event, NoticeGiven
from model.policy.notices import INSURER_REASONS, cancellation_notice
from model.policy.offers import all_on_calendar, unknown_day
from model.policy.states import (
    Bound,
    Cancelled,
    Expired,
    InForce,
    PendingCancel,
    Quoted,
    Running,
    State,
    Unwritten,
)


def _wrong_state(command: Command, state: State) -> Refusal:
    return Refusal("wrong_state", f"{type(command).__name__} is not possible when the policy is {type(state).__name__}")


def notice(law: Law, carrier: Carrier, command: GiveNotice, state: State) -> Decision[Event]:
    match state:
        case InForce(period=period):
            if not all_on_calendar(command.on, command.mailed_on, command.effective, command.due_on):
                return unknown_day(command.mailed_on)
            for amount in (command.required, command.received):
                if amount is not None and amount.currency != carrier.currency:
                    return Refusal("wrong_currency", f"{carrier.name} writes in {carrier.currency}")
            found = cancellation_notice(law, carrier, period.terms, command)
            if isinstance(found, Refusal):
                return found
            if not period.terms.start <= found.effective < period.terms.end:
                return Refusal(
                    "outside_term", f"{found.effective} is outside {period.terms.start} to {period.terms.end}"
                )
            return (
                NoticeGiven(
                    policy_id=command.policy_id,
                    reason=command.reason,
                    mailed_on=found.mailed_on,
                    effective=found.effective,
                    earliest=found.earliest,
                    cure_until=found.cure_until,
                    row_id=found.row_id,
                    required=command.required,
                    on=command.on,
                    at=command.at,
                    asked_by=command.asked_by,
                ),
            )
        case PendingCancel(notice=given):
            same = (given.reason, given.effective) == (command.reason, command.effective or given.effective)
            return () if same else Refusal("notice_pending", f"it is already to be cancelled on {given.effective}")
        case Unwritten() | Quoted() | Bound() | Cancelled() | Expired():
            return _wrong_state(command, state)


def moved(law: Law, carrier: Carrier, command: MoveCancellation, state: State) -> Decision[Event]:
    _ = law, carrier
    match state:
        case PendingCancel(notice=given):
            if command.effective == given.effective:
                return ()
            if command.effective > given.effective:
                return Refusal("cancellation_not_later", "a later day takes a rescission and a new notice")
            if command.effective < max(given.earliest, state.terms.start):
                return Refusal("notice_too_short", f"it takes effect on {given.earliest} at the earliest")
            return (
                CancellationMoved(
                    policy_id=command.policy_id, effective=command.effective, on=command.on, at=command.at
                ),
            )
        case Unwritten() | Quoted() | Bound() | InForce() | Cancelled() | Expired():
            return _wrong_state(command, state)


def rescinded(law: Law, carrier: Carrier, command: RescindCancellation, state: State) -> Decision[Event]:
    """Paid in time and in full, the policy goes on as if no notice had been given; after that only reinstatement helps.
    A moratorium that holds the cancellation lengthens the time.
    """
    _ = law
    match state:
        case PendingCancel(notice=given):
            if command.asked_by and command.asked_by != given.asked_by:
                return ()
            paid, required = command.paid, given.required
            waits = any(isinstance(held, CancelPolicy) for held in state.docket.held)
            if not waits and command.on > max(given.cure_until, given.effective - timedelta(days=1)):
                return Refusal("cancellation_took_effect", f"it could be rescinded through {given.cure_until}")
            if paid is not None and paid.currency != carrier.currency:
                return Refusal("wrong_currency", f"{carrier.name} takes {carrier.currency}, not {paid.currency}")
            if paid is not None and required is not None and paid.minor < required.minor:
                return Refusal("not_enough_paid", f"{required} was asked for, {paid} came")
            return (CancellationRescinded(policy_id=command.policy_id, paid=paid, on=command.on, at=command.at),)
        case InForce():
            return ()
        case Unwritten() | Quoted() | Bound() | Cancelled() | Expired():
            return _wrong_state(command, state)


def not_of_this_notice(state: Running, asked_by: str) -> Refusal | None:
    """Why a process may not cancel, if not: the notice that it asked for was rescinded, or another stands."""
    if not asked_by or (isinstance(state, PendingCancel) and state.notice.asked_by == asked_by):
        return None
    return Refusal("notice_required", f"no notice that {asked_by} asked for is pending")


def unnoticed(carrier: Carrier, state: Running, reason: str, on: date) -> Refusal | None:
    """Why an insurer may not cancel on this day, if not. The insured may at any time."""
    if reason not in INSURER_REASONS:
        return None
    if isinstance(state, InForce):
        if carrier.policy.notice_check == "trust_caller":
            return None
        return Refusal("notice_required", f"a cancellation for {reason} takes a notice before")
    if on < state.notice.earliest:
        return Refusal("notice_too_short", f"it takes effect on {state.notice.earliest} at the earliest")
    if on > state.notice.effective:
        return Refusal("cancellation_not_later", f"it was to take effect on {state.notice.effective}")
    return None
