"""A policy: its terms, one after the other, and the jobs that make and change them.

    Unwritten --QuotePolicy--> Quoted --BindPolicy--> Bound --IssuePolicy--> InForce --ExpirePolicy--> Expired
                                                                              |  ^
                            PendingCancel <--GiveNotice-----------------------+  |
                                  |      --RescindCancellation----------------->-+
                                  +--CancelPolicy--> Cancelled --reinstatement-->+

Cover is half open: [start, end) at the carrier's hour in the insured's own zone. Every version keeps when it takes
effect and when it was recorded, so that "what did we know then about that day" has an answer for ever. What jobs do
is in model/policy/binding.py, what then is so in model/policy/evolution.py.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from operator import attrgetter
from types import MappingProxyType
from typing import Protocol, TypeAlias, cast, get_args
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from model.carrier import Carrier
from model.decider import Decider, Decision, Refusal
from model.jurisdiction import Law
from model.policy import binding, pending, referral
from model.policy.commands import (
    BindJob,
    BindPolicy,
    CancelPolicy,
    Command,
    DirectRenewal,
    ExpirePolicy,
    GiveNotice,
    IssuePolicy,
    JobCommand,
    MoveCancellation,
    OpenJob,
    QuotePolicy,
    ReleaseHeld,
    RescindCancellation,
    Suspendable,
)
from model.policy.docket import lapsed
from model.policy.dwelling import Damage
from model.policy.events import (
    Event,
    HeldReleased,
    OperationHeld,
    PolicyBound,
    PolicyExpired,
    PolicyIssued,
    PolicyQuoted,
    TermStarted,
)
from model.policy.evolution import evolve
from model.policy.moratorium import Moratorium, Suspension, declared
from model.policy.offers import FIRST_YEAR, LAST_YEAR, unacceptable, unknown_day
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
    as_of,
)
from model.policy.storm_rule import RESTRAINED, ends_cover_on, may_end_by_law, may_end_cover
from model.policy.suspending import SUSPENDABLE, suspended_by
from model.policy.versions import Version

__all__ = [
    "Bound",
    "Cancelled",
    "Expired",
    "InForce",
    "PendingCancel",
    "Quoted",
    "State",
    "Unwritten",
    "Version",
    "as_of",
    "decider",
    "evolve",
    "policy_day",
]

LAST_DAY = date.max.toordinal()


class Orders(Protocol):
    """The moratoria that are known when it is asked, by their streams."""

    @property
    def states(self) -> Mapping[str, object]: ...


class NoOrders:
    """Nothing was ever declared."""

    states: Mapping[str, object] = MappingProxyType({})


NO_ORDERS = NoOrders()
Damages = Callable[[str], tuple[Damage, ...]]
"""What is known of the dwelling of a policy when it is asked."""


def none_damaged(policy_id: str) -> tuple[Damage, ...]:
    _ = policy_id
    return ()


def policy_day(instant: datetime, *, zone: str, term_starts_at: str) -> date:
    """The policy day an instant belongs to: the local date, or the day before when the local hour of the term has not
    come yet.
    """
    local = instant.astimezone(ZoneInfo(zone))
    if local.time() < time.fromisoformat(term_starts_at):
        return date.fromordinal(local.toordinal() - 1)
    return local.date()


# --- the machine


def decider(
    law: Law, carrier: Carrier, orders: Orders = NO_ORDERS, damages: Damages = none_damaged
) -> Decider[Command, State, Event]:
    """The machine for a state's law and a carrier's choices, under the moratoria that are declared. `damages` is asked
    only where the carrier has a storm rule or a moratorium was declared.
    """

    restrained = RESTRAINED[carrier.policy.storm_nonpayment]

    def decide(command: Command, state: State) -> Decision[Event]:
        if orders.states:
            if isinstance(command, ReleaseHeld):
                return _release(law, carrier, command, state, kept, declared(orders.states))
            if type(command) in SUSPENDABLE:
                suspended = suspended_by(declared(orders.states), command, state)
                if suspended is not None:
                    return _suspended(suspended, command, state)
                wrong = kept(command, state)
                if wrong is not None:
                    return wrong
        return DECIDES[type(command)](law, carrier, command, state)

    def kept(command: Command, state: State) -> Refusal | None:
        on = ends_cover_on(command, state, restrained)
        if on is None or not isinstance(state, (InForce, PendingCancel)):
            return None
        told, line, chosen = damages(command.policy_id), carrier.line_of(state.terms.product), carrier.policy
        wrong = may_end_cover(chosen.storm_rule, told, on=on, days_after_repair=chosen.storm_days_after_repair)
        return wrong or may_end_by_law(law, line, state.terms, told, declared(orders.states), on=on)

    def decide_after_storm(command: Command, state: State) -> Decision[Event]:
        if isinstance(command, ReleaseHeld):
            return _release(law, carrier, command, state, kept, declared(orders.states))
        return kept(command, state) or decide(command, state)

    asks = carrier.policy.storm_rule != "no_rule"
    return Decider("policy", Unwritten(), STREAM, decide_after_storm if asks else decide, evolve)


STREAM: Callable[[Command], str] = attrgetter("policy_id")


def _wrong_state(command: Command, state: State) -> Refusal:
    return Refusal("wrong_state", f"{type(command).__name__} is not possible when the policy is {type(state).__name__}")


def _quote(law: Law, carrier: Carrier, command: QuotePolicy, state: State) -> Decision[Event]:
    _ = law
    match state:
        case Unwritten() | Quoted():
            terms, on = command.terms, command.on
            if type(state) is Quoted and state.terms == terms:
                return ()
            if not FIRST_YEAR <= on.year <= LAST_YEAR:
                return unknown_day(on)
            wrong = unacceptable(carrier, terms)
            if wrong is not None:
                return wrong
            last_day = on.toordinal() + carrier.quote_valid_days
            if last_day > LAST_DAY:
                return Refusal("unknown_day", f"no calendar holds the day on which a quote of {on} would expire")
            expires = date.fromordinal(last_day)
            return (PolicyQuoted(policy_id=command.policy_id, terms=terms, expires=expires, on=on, at=command.at),)
        case Bound() | InForce() | PendingCancel() | Cancelled() | Expired():
            return _wrong_state(command, state)


def _bind(law: Law, carrier: Carrier, command: BindPolicy, state: State) -> Decision[Event]:
    _ = law, carrier
    match state:
        case Quoted(expires=expires):
            if command.on > expires:
                return Refusal("quote_expired", f"the quote ran out on {expires}")
            return (PolicyBound(policy_id=command.policy_id, on=command.on, at=command.at),)
        case Bound() | InForce() | PendingCancel():
            return ()
        case Unwritten() | Cancelled() | Expired():
            return _wrong_state(command, state)


def _issue(law: Law, carrier: Carrier, command: IssuePolicy, state: State) -> Decision[Event]:
    _ = law, carrier
    match state:
        case Bound(terms=terms):
            return (PolicyIssued(policy_id=command.policy_id, terms=terms, on=terms.start, at=command.at),)
        case InForce() | PendingCancel():
            return ()
        case Unwritten() | Quoted() | Cancelled() | Expired():
            return _wrong_state(command, state)


def _cancel(law: Law, carrier: Carrier, command: CancelPolicy, state: State) -> Decision[Event]:
    match state:
        case InForce() | PendingCancel():
            unnoticed = pending.not_of_this_notice(state, command.asked_by) or pending.unnoticed(
                carrier, state, command.reason, command.on
            )
            if unnoticed is not None:
                return unnoticed
            return _ended(law, carrier, command, state)
        case Cancelled(cancelled_on=cancelled_on) if command.on == cancelled_on:
            return ()
        case Unwritten() | Quoted() | Bound() | Cancelled() | Expired():
            return _wrong_state(command, state)


def _expire(law: Law, carrier: Carrier, command: ExpirePolicy, state: State) -> Decision[Event]:
    _ = law, carrier
    match state:
        case InForce(period=period, renewal=renewal) | PendingCancel(period=period, renewal=renewal):
            if command.on < period.end:
                return Refusal("term_not_over", f"the term runs until {period.end}")
            policy_id, at = command.policy_id, command.at
            if renewal is not None:
                return (TermStarted(policy_id=policy_id, on=renewal.terms.start, at=at),)
            expired = PolicyExpired(policy_id=policy_id, on=period.end, at=at)
            return (expired, *lapsed(state.docket, policy_id, on=period.end, at=at))
        case Expired():
            return ()
        case Unwritten() | Quoted() | Bound() | Cancelled():
            return _wrong_state(command, state)


def _suspended(suspended: Suspension, command: Command, state: State) -> Decision[Event]:
    """Refused or held, as the order says; what is already held is answered."""
    if suspended.answer == "refuse" or not isinstance(command, (BindPolicy, CancelPolicy, GiveNotice, BindJob)):
        return Refusal("moratorium", f"suspended by {suspended.moratorium_id}")
    if command in state.docket.held:
        return ()
    return (
        OperationHeld(
            policy_id=command.policy_id,
            moratorium_id=suspended.moratorium_id,
            command=command,
            on=command.on,
            at=command.at,
        ),
    )


def _nothing_keeps(command: Command, state: State) -> Refusal | None:
    _ = command, state


def _release(
    law: Law,
    carrier: Carrier,
    command: ReleaseHeld,
    state: State,
    kept: Callable[[Command, State], Refusal | None] = _nothing_keeps,
    moratoria: tuple[Moratorium, ...] = (),
) -> Decision[Event]:
    """Decides everything that was held, in order, as of today: each on what the one before it made so. What a
    moratorium still suspends goes on waiting, and with it whatever came after it.
    """
    events: list[Event] = []
    for held in state.docket.held:
        on = max(held.on, command.on)
        again = replace(held, on=on, at=command.at)
        if isinstance(again, GiveNotice):
            again = replace(again, mailed_on=max(again.mailed_on, on), effective=None)
        if suspended_by(moratoria, again, state) is not None:
            break
        answer = kept(again, state) or _decide_released(law, carrier, again, state)
        refused = answer.code if isinstance(answer, Refusal) else None
        released = HeldReleased(policy_id=command.policy_id, refused=refused, on=on, at=command.at)
        for event in (released, *(answer if isinstance(answer, tuple) else ())):
            events.append(event)
            state = evolve(state, event)
    return tuple(events)


def _decide_released(law: Law, carrier: Carrier, command: Suspendable, state: State) -> Decision[Event]:
    """A cancellation that waited takes effect later than its notice said, which nobody could help."""
    if not isinstance(command, CancelPolicy) or not isinstance(state, PendingCancel):
        return DECIDES[type(command)](law, carrier, command, state)
    noticed = min(command.on, state.notice.effective)
    unnoticed = pending.unnoticed(carrier, state, command.reason, noticed)
    return unnoticed or _ended(law, carrier, command, state)


def _ended(law: Law, carrier: Carrier, command: CancelPolicy, state: Running) -> Decision[Event]:
    return binding.ended(
        law,
        carrier,
        command.policy_id,
        state,
        job_id=f"cancellation:{command.asked_by}" if command.asked_by else "cancellation",
        reason=command.reason,
        on=command.on,
        at=command.at,
    )


Decides: TypeAlias = Callable[[Law, Carrier, Command, State], Decision[Event]]

# Looked up and not matched, because a miss in a match costs 40 ns with these classes.
DECIDES: dict[type[Command], Decides] = {
    kind: cast("Decides", answers)
    for kind, answers in (
        (QuotePolicy, _quote),
        (BindPolicy, _bind),
        (IssuePolicy, _issue),
        (CancelPolicy, _cancel),
        (ExpirePolicy, _expire),
        (OpenJob, binding.opened),
        *((kind, binding.worked) for kind in get_args(JobCommand)),
        (GiveNotice, pending.notice),
        (MoveCancellation, pending.moved),
        (RescindCancellation, pending.rescinded),
        (DirectRenewal, referral.directed),
        (ReleaseHeld, _release),
    )
}
