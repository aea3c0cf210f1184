"""Who waits for what: the processes under way in a core, those whose time is up, and those that are stuck.

Time does not pass by itself in a model. A host asks which processes and payments are due and tells them, as often as it
likes: what is told twice changes nothing. Payments wait for their own reasons (a retry, an inquiry, a payer who has to
authenticate) and are listed apart from the processes.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import cast

from msgspec import Struct

from model.core import Command, Core, Event, event_id
from model.decider import Decision
from model.payments import intent
from model.payments.commands import TimePassed
from model.payments.waiting import due_at
from model.processes import cancel_for_nonpayment, claim_payout, renewal_bind
from model.processes.cancel_for_nonpayment import Under as UnderNotice
from model.processes.claim_payout import Payout, PayoutTimePassed
from model.processes.nonpayment_messages import NonpaymentTimePassed
from model.processes.renewal_bind import Renewing
from model.processes.renewal_messages import RenewalTimePassed
from model.processes.shape import Asked, ProcessName, Standing, Step, step_of

STEPS: dict[ProcessName, tuple[Step, ...]] = {
    "claim_payout": claim_payout.STEPS,
    "cancel_for_nonpayment": cancel_for_nonpayment.STEPS,
    "renewal_bind": renewal_bind.STEPS,
}
"""What each process may ask, by its name: the tables that pages draw."""


class WaitingPayment(Struct, frozen=True, gc=False):
    """A payment and the instant at which the next step of its schedule is due."""

    intent_id: str
    due_at: datetime


class StuckPayment(Struct, frozen=True, gc=False):
    """A payment whose end nobody knows: with a person and why, or with an inquiry that is overdue."""

    intent_id: str
    since: datetime
    because: str


class Stuck(Struct, frozen=True, gc=False):
    """A process that waits for a person, for an answer that is overdue, or for news that may be lost; `says` is one
    sentence about it.
    """

    process: ProcessName
    process_id: str
    asks: str
    of: Asked
    since: datetime
    until: datetime | None
    because: str
    says: str


def under_way(core: Core) -> Iterator[tuple[Standing, str]]:
    """Every process that is not at its end, each with what led to its present step, in the order of their streams."""
    for payment_id, state in core.payouts.states.items():
        if isinstance(state, Payout):
            asks = claim_payout.asks_now(state)
            if asks is not None:
                yield _standing("claim_payout", payment_id, asks, state.since, state.until), state.because
    for process_id, state in core.nonpayments.states.items():
        if isinstance(state, UnderNotice):
            asks = cancel_for_nonpayment.asks_now(state)
            if asks is not None:
                yield _standing("cancel_for_nonpayment", process_id, asks, state.since, state.until), state.because
    for policy_id, state in core.renewals.states.items():
        if isinstance(state, Renewing):
            asks = renewal_bind.asks_now(state)
            if asks is not None:
                yield _standing("renewal_bind", policy_id, asks, state.since, state.until), state.because


def _standing(process: ProcessName, process_id: str, asks: str, since: datetime, until: datetime | None) -> Standing:
    return Standing(process, process_id, asks, step_of(STEPS[process], asks).of, since, until)


def due(core: Core, at: datetime) -> tuple[Standing, ...]:
    """The processes whose time is up at an instant, the longest overdue first."""
    overdue = [standing for standing, _ in under_way(core) if standing.until is not None and standing.until <= at]
    return tuple(sorted(overdue, key=lambda one: (one.until or at, one.process, one.process_id)))


def next_due(core: Core) -> datetime | None:
    """When the next process is due, None when none ever is: until then no time need be told."""
    return min((standing.until for standing, _ in under_way(core) if standing.until is not None), default=None)


def waiting_payments(core: Core) -> Iterator[WaitingPayment]:
    """Every payment that waits for an instant, in the order of their streams."""
    for intent_id, state in core.intents.states.items():
        instant = due_at(cast("intent.State", state))
        if instant is not None:
            yield WaitingPayment(intent_id, instant)


def due_payments(core: Core, at: datetime) -> tuple[WaitingPayment, ...]:
    """The payments whose next step is due at an instant, the longest overdue first."""
    overdue = [one for one in waiting_payments(core) if one.due_at <= at]
    return tuple(sorted(overdue, key=lambda one: (one.due_at, one.intent_id)))


def pass_time_of_payments(core: Core, at: datetime) -> tuple[Decision[Event], ...]:
    """Tells every payment that is due that it is later now, one step each: a clock that jumped tells them again."""
    return tuple(
        [core.submit(TimePassed(intent_id=one.intent_id, on=at.date(), at=at)) for one in due_payments(core, at)]
    )


def stuck_payments(core: Core, at: datetime) -> tuple[StuckPayment, ...]:
    """Payments left unknown, collections and payouts: those that a person has, and those whose inquiry or whose other
    step is overdue; the one that waits longest first.
    """
    found: list[StuckPayment] = []
    for intent_id, stored in core.intents.states.items():
        state = cast("intent.State", stored)
        instant = due_at(state)
        if isinstance(state, intent.Unknown) and (state.inquire_at is None or state.inquire_at <= at):
            found.append(StuckPayment(intent_id, state.since, state.person or "inquiry_overdue"))
        elif instant is not None and instant <= at and not isinstance(state, intent.Unknown):
            found.append(StuckPayment(intent_id, instant, "step_overdue"))
    return tuple(sorted(found, key=lambda one: (one.since, one.intent_id)))


def time_passed(standing: Standing, at: datetime) -> Command:
    """What tells a process that it is later now."""
    on, process_id = at.date(), standing.process_id
    match standing.process:
        case "claim_payout":
            return PayoutTimePassed(payment_id=process_id, on=on, at=at)
        case "cancel_for_nonpayment":
            return NonpaymentTimePassed(process_id=process_id, on=on, at=at)
        case "renewal_bind":
            return RenewalTimePassed(policy_id=process_id, on=on, at=at)


def tell_time(core: Core, standing: Standing, at: datetime) -> Decision[Event]:
    """Tells one process that it is later now. What follows is caused by the step that was not answered."""
    machine = core.machines[type(time_passed(standing, at))]
    asked = event_id(machine.name, standing.process_id, machine.sequences[standing.process_id])
    return core.submit(time_passed(standing, at), causation_id=asked)


def pass_time(core: Core, at: datetime) -> tuple[Decision[Event], ...]:
    """Tells every process that is due. What they then ask lies in the outbox of the core."""
    return tuple([tell_time(core, standing, at) for standing in due(core, at)])


def stuck(core: Core, at: datetime) -> tuple[Stuck, ...]:
    """Who waits for a person, for an answer that is overdue, or for news so long that they may be lost, since when; the
    one that waits longest first.
    """
    found = [_told(standing, because, at) for standing, because in under_way(core) if _is_stuck(standing, at)]
    return tuple(sorted(found, key=lambda one: (one.since, one.process, one.process_id)))


def _is_stuck(standing: Standing, at: datetime) -> bool:
    if standing.of == "person":
        return True
    if standing.until is not None:
        return standing.until <= at
    looked_at = step_of(STEPS[standing.process], standing.asks).looked_at
    return looked_at is not None and standing.since + looked_at <= at


def _told(standing: Standing, because: str, at: datetime) -> Stuck:
    waited = (at - standing.since).total_seconds() / 3600
    whom = {"person": "a person", "nobody": "its day"}.get(standing.of, standing.of)
    why = f" ({because})" if because else ""
    says = f"{standing.process} {standing.process_id} waits for {whom}: {standing.asks}, {waited:.0f} h{why}"
    return Stuck(
        standing.process,
        standing.process_id,
        standing.asks,
        standing.of,
        standing.since,
        standing.until,
        because,
        says,
    )
