"""What is due when: for every machine that waits for an instant, when a stream of it is due and what tells it so.

    state --due_at--> an instant, or never          (that instant has come) --commands--> the stream hears of the time

Time does not pass by itself in a model. A host that keeps all states asks them (model.waiting); one that stores them
keeps beside each state when it is next due, and reads only what is. What is told twice changes nothing, and what is
told too early neither.
"""

from collections.abc import Callable, Iterator, Set
from datetime import UTC, datetime, time, timedelta
from typing import TypeAlias, cast

from msgspec import Struct

from model.billing import agenda
from model.billing.standing import Account
from model.core import Command, Core, Event, Machine, State, event_id
from model.decider import Decision
from model.payments import dispute, holds, intent
from model.payments.commands import TimePassed
from model.payments.dispute import ExpireDispute
from model.payments.holds import ExpireHolds
from model.payments.waiting import due_at
from model.processes import nonpayment_states, payout_states, renewal_states
from model.processes.nonpayment_messages import NonpaymentTimePassed
from model.processes.payout_messages import PayoutTimePassed
from model.processes.renewal_messages import RenewalTimePassed

DueAt: TypeAlias = Callable[[Core, State], datetime | None]
Commands: TypeAlias = Callable[[Core, str, datetime], tuple[Command, ...]]


class Timed(Struct, frozen=True, gc=False):
    """How the streams of a machine wait. `due_at` says of a state when it next wants to hear of the time, and None when
    never; `commands` are what then tells a stream that it is now some instant (UTC), one step of its schedule. What
    happens to a stream of `upset_by` may make another instant of all of them.
    """

    due_at: DueAt
    commands: Commands
    upset_by: str = ""


class Due(Struct, frozen=True, gc=False, order=True):
    """A stream and since when it is due; in order, what is longest overdue comes first."""

    at: datetime
    machine: str
    stream: str


def _payout_due(state: State) -> datetime | None:
    if not isinstance(state, payout_states.Payout) or payout_states.asks_now(state) is None:
        return None
    return state.until


def _nonpayment_due(state: State) -> datetime | None:
    if not isinstance(state, nonpayment_states.Under) or nonpayment_states.asks_now(state) is None:
        return None
    return state.until


def _renewal_due(state: State) -> datetime | None:
    if not isinstance(state, renewal_states.Renewing) or renewal_states.asks_now(state) is None:
        return None
    return state.until


def _dispute_due(state: State) -> datetime | None:
    """The first instant of the day after the last on which it could be answered."""
    if not isinstance(state, dispute.Opened):
        return None
    return datetime.combine(state.answer_by + timedelta(days=1), time(), UTC)


def _account_due(core: Core, state: State) -> datetime | None:
    if not isinstance(state, Account):
        return None
    day = agenda.next_due(core.law, core.carrier, core.heard_orders(), state, since=agenda.known_until(state))
    return None if day is None else agenda.begins_at(core.carrier, day)


def _account_told(core: Core, stream: str, at: datetime) -> tuple[Command, ...]:
    state = core.account(stream)
    if not isinstance(state, Account):
        return ()
    return agenda.commands_due(core.carrier, state, on=agenda.business_day(core.carrier, at), at=at)


TIMED: dict[str, Timed] = {
    "account": Timed(_account_due, _account_told, upset_by="order"),
    "claim_payout": Timed(
        lambda _, state: _payout_due(state),
        lambda _, stream, at: (PayoutTimePassed(payment_id=stream, on=at.date(), at=at),),
    ),
    "cancel_for_nonpayment": Timed(
        lambda _, state: _nonpayment_due(state),
        lambda _, stream, at: (NonpaymentTimePassed(process_id=stream, on=at.date(), at=at),),
    ),
    "renewal_bind": Timed(
        lambda _, state: _renewal_due(state),
        lambda _, stream, at: (RenewalTimePassed(policy_id=stream, on=at.date(), at=at),),
    ),
    "intent": Timed(
        lambda _, state: due_at(cast("intent.State", state)),
        lambda _, stream, at: (TimePassed(intent_id=stream, on=at.date(), at=at),),
    ),
    "fund": Timed(
        lambda _, state: holds.next_expiry(cast("holds.State", state)),
        lambda _, stream, at: (ExpireHolds(fund_id=stream, on=at.date(), at=at),),
    ),
    "dispute": Timed(
        lambda _, state: _dispute_due(state),
        lambda _, stream, at: (ExpireDispute(dispute_id=stream, on=at.date(), at=at),),
    ),
}
"""By the name of the machine. A machine that is not here waits for others, and never for the time."""


EVERYBODY: frozenset[str] = frozenset(TIMED)
PROCESSES: frozenset[str] = frozenset({"claim_payout", "cancel_for_nonpayment", "renewal_bind"})


def waiting(core: Core, of: Set[str] = EVERYBODY) -> Iterator[Due]:
    """Every stream of these machines that waits for an instant."""
    for machine in dict.fromkeys(core.machines.values()):
        timed = TIMED.get(machine.name)
        if timed is not None and machine.name in of:
            yield from _waiting_of(core, machine, timed)


def _waiting_of(core: Core, machine: Machine, timed: Timed) -> Iterator[Due]:
    for stream, state in machine.states.items():
        instant = timed.due_at(core, state)
        if instant is not None:
            yield Due(instant, machine.name, stream)


def tell(core: Core, machine_name: str, stream: str, at: datetime) -> tuple[Decision[Event], ...]:
    """Tells one stream that it is later now. What follows is caused by the last that happened to it, which nothing has
    answered until now.
    """
    answers: list[Decision[Event]] = []
    for command in TIMED[machine_name].commands(core, stream, at):
        machine = core.machines[type(command)]
        last = event_id(machine.name, stream, machine.sequences[stream])
        answers.append(core.submit(command, causation_id=last))
    return tuple(answers)
