"""Who waits for what in a core that has all its states: what is due, what is told so, and what is stuck.

A host asks what is due and tells it, as often as it likes: what is told twice changes nothing. Processes and payments
that nobody answers are listed, those that wait for a person among them.
"""

from collections.abc import Iterator, Set
from datetime import datetime
from typing import cast

from msgspec import Struct

from model.billing.account import Account
from model.billing.reactions import withdrawal_id
from model.claims import file
from model.claims.file import payment_of
from model.core import Core, Event
from model.decider import Decision
from model.due import EVERYBODY, Due, tell, waiting
from model.payments import intent
from model.payments.waiting import due_at
from model.processes import nonpayment_states, payout_states, renewal_states
from model.processes.nonpayment_states import Under as UnderNotice
from model.processes.payout_states import Payout
from model.processes.renewal_states import Renewing
from model.processes.shape import Asked, ProcessName, Standing, Step, step_of

STEPS: dict[ProcessName, tuple[Step, ...]] = {
    "claim_payout": payout_states.STEPS,
    "cancel_for_nonpayment": nonpayment_states.STEPS,
    "renewal_bind": renewal_states.STEPS,
}
"""What each process may ask, by its name: the tables that pages draw."""


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
    """Every process that is not at its end, each with what led to its present step, in the order of their streams. One
    is at its end when what it asked for last was done: no event says so, and whoever was asked shows it.
    """
    for payment_id, state in core.payouts.states.items():
        if isinstance(state, Payout):
            asks = payout_states.asks_now(state)
            if asks is not None and not _booked(core, payment_id, state):
                yield _standing("claim_payout", payment_id, asks, state.since, state.until), state.because
    for process_id, state in core.nonpayments.states.items():
        if isinstance(state, UnderNotice):
            asks = nonpayment_states.asks_now(state)
            if asks is not None:
                yield _standing("cancel_for_nonpayment", process_id, asks, state.since, state.until), state.because
    for policy_id, state in core.renewals.states.items():
        if isinstance(state, Renewing):
            asks = renewal_states.asks_now(state)
            if asks is not None and not _withdrawn(core, policy_id, state):
                yield _standing("renewal_bind", policy_id, asks, state.since, state.until), state.because


def _booked(core: Core, payment_id: str, state: Payout) -> bool:
    """Whether claims has confirmed the payment, or given its reserve back, as the process asked in the end."""
    if not isinstance(state, (payout_states.Paid, payout_states.Compensated)):
        return False
    claim = core.claim(state.claim_id)
    payment = payment_of(claim.payments, payment_id) if isinstance(claim, (file.Open, file.Closed)) else None
    return payment is not None and payment.status not in ("awaiting_approval", "requested")


def _withdrawn(core: Core, policy_id: str, state: Renewing) -> bool:
    """Whether billing has credited the bill of an offer that was not taken."""
    if not isinstance(state, renewal_states.NotTaken):
        return False
    offer = state.offer
    if not any(charge.amount.minor for charge in offer.charges):
        return True
    name = withdrawal_id(policy_id, offer.job_id, sum(charge.amount.minor for charge in offer.charges))
    account = core.account(offer.account_id)
    return isinstance(account, Account) and any(one.instruction_id.startswith(name) for one in account.instructions)


def _standing(process: ProcessName, process_id: str, asks: str, since: datetime, until: datetime | None) -> Standing:
    return Standing(process, process_id, asks, step_of(STEPS[process], asks).of, since, until)


def due(core: Core, at: datetime, of: Set[str] = EVERYBODY) -> tuple[Due, ...]:
    """What is due of these machines at an instant, the longest overdue first."""
    return tuple(sorted(one for one in waiting(core, of) if one.at <= at))


def next_due(core: Core, of: Set[str] = EVERYBODY) -> datetime | None:
    """When the next stream of these machines is due, None when none ever is: until then no time need be told."""
    return min((one.at for one in waiting(core, of)), default=None)


def pass_time(core: Core, at: datetime, of: Set[str] = EVERYBODY) -> tuple[Decision[Event], ...]:
    """Tells everything that is due that it is later now, one step each: a clock that jumped tells it again. What is
    asked then lies in the outbox of the core.
    """
    return tuple([answer for one in due(core, at, of) for answer in tell(core, one.machine, one.stream, at)])


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
