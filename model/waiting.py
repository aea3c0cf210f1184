"""Who waits for what: the processes under way in a core, those whose time is up, and those that are stuck.

Time does not pass by itself in a model. A host asks which processes are due and tells them, as often as it likes: what
is told twice changes nothing.
"""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from model.core import Command, Core, Event, event_id
from model.decider import Decision
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


class Stuck(Struct, frozen=True, gc=False):
    """A process that waits for a person, or for an answer that is overdue; `says` is one sentence about it."""

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
    """Who waits for a person, or for an answer that is overdue, since when; the one that waits longest first."""
    found = [
        _told(standing, because, at)
        for standing, because in under_way(core)
        if standing.of == "person" or (standing.until is not None and standing.until <= at)
    ]
    return tuple(sorted(found, key=lambda one: (one.since, one.process, one.process_id)))


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
