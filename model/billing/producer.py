"""A producer: who sells, under whom, on which commission plan, and what is owed to it or by it.

    Unappointed --AppointProducer--> Appointed --PlaceUnder, PostCommission, PayCommission,--> Appointed
                                         |        NetCommission, AdvanceCommission
                                         +--TerminateProducer--> Appointed (earns nothing from that day on)

A sub-producer shares its agency's commission, a managing general agent takes an override on top of it; both hold from
a day. What is owed is one balance: posted - paid - netted - advanced. Below nothing it is a debit balance: an advance
not earned yet, or a chargeback of what was paid out.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from model.billing.producer_messages import (
    AdvanceCommission,
    AppointProducer,
    Command,
    CommissionMoved,
    Event,
    How,
    Kind,
    Link,
    Move,
    Moving,
    NetCommission,
    PayCommission,
    PlaceUnder,
    PostCommission,
    ProducerAppointed,
    ProducerPlaced,
    ProducerTerminated,
    TerminateProducer,
)
from model.carrier import Carrier
from model.decider import Decider, Decision, Refusal
from model.money import Money

__all__ = [
    "DEEPEST",
    "HOW",
    "REMEMBERED",
    "AdvanceCommission",
    "AppointProducer",
    "Appointed",
    "Command",
    "CommissionMoved",
    "Entry",
    "Event",
    "How",
    "Kind",
    "Link",
    "Move",
    "Moving",
    "NetCommission",
    "PayCommission",
    "Payee",
    "PlaceUnder",
    "PostCommission",
    "ProducerAppointed",
    "ProducerPlaced",
    "ProducerTerminated",
    "Producers",
    "State",
    "TerminateProducer",
    "Unappointed",
    "chain",
    "decider",
    "evolve",
    "link_on",
]

DEEPEST = 5
"""Levels of a hierarchy, so that a walk up ends."""
REMEMBERED = 1000
"""Postings by id that are known again. A posting follows from one event at once, so that a repeat comes soon."""


# --- states


class Entry(Struct, frozen=True, gc=False):
    entry_id: str
    how: Move
    amount: Money


class Unappointed(Struct, frozen=True, tag=True, gc=False):
    pass


class Appointed(Struct, frozen=True, tag=True):
    """`balance` is what is owed to the producer in minor units, `advanced` what of an advance is not earned yet."""

    producer_id: str
    kind: Kind
    commission_plan: str
    since: date
    terminated_on: date | None = None
    links: tuple[Link, ...] = ()
    balance: int = 0
    advanced: int = 0
    entries: tuple[Entry, ...] = ()

    @property
    def debit_balance(self) -> int:
        """What the producer owes."""
        return max(-self.balance, 0)


State: TypeAlias = Unappointed | Appointed
Producers: TypeAlias = Callable[[str], State]

# --- the hierarchy


class Payee(Struct, frozen=True, gc=False):
    """Who earns what part of commissionable premium. `rate` is exact: 0.125 for 12.5 percent."""

    producer_id: str
    rate: Decimal


def link_on(state: Appointed, on: date) -> Link | None:
    """Under whom the producer stands on a day: the last link that is effective by then, if it names a parent."""
    current = [link for link in state.links if link.effective <= on]
    return current[-1] if current and current[-1].parent_id else None


def chain(producers: Producers, carrier: Carrier, record_id: str, *, product: str, on: date) -> tuple[Payee, ...]:
    """Everybody who earns on a policy of a producer of record, from the record upwards. Shares divide the commission
    of the house (the first producer upwards that shares with nobody above); overrides come on top. Who is terminated
    by then earns nothing, and when that is the producer of record nobody does.
    """
    shares: list[tuple[str, Decimal]] = []
    payees: list[Payee] = []
    rest, house, record = Decimal(1), "", producers(record_id)
    at = record_id
    for _ in range(DEEPEST):
        state = producers(at)
        if not isinstance(state, Appointed) or not _active(state, on):
            break
        link = link_on(state, on)
        if not house and link is not None and link.how == "share":
            shares.append((at, rest * link.percent / 100))
            rest -= rest * link.percent / 100
        elif not house:
            house = state.commission_plan
            percent = carrier.commission_percent(house, product, on) / 100
            payees = [Payee(who, percent * part) for who, part in (*shares, (at, rest))]
        if link is None:
            break
        if link.how == "override" and _is_active(producers(link.parent_id), on):
            payees.append(Payee(link.parent_id, link.percent / 100))
        at = link.parent_id
    return tuple(payees) if _is_active(record, on) else ()


def _active(state: Appointed, on: date) -> bool:
    return state.since <= on and (state.terminated_on is None or on < state.terminated_on)


def _is_active(state: State, on: date) -> bool:
    return isinstance(state, Appointed) and _active(state, on)


def _loops(producers: Producers, command: PlaceUnder) -> bool:
    """Whether the parent already stands, on that day or by a later link, under the producer, or too deep."""
    at = command.parent_id
    for _ in range(DEEPEST - 1):
        if at == command.producer_id:
            return True
        state = producers(at)
        link = link_on(state, date.max) if isinstance(state, Appointed) else None
        if link is None:
            return False
        at = link.parent_id
    return True


# --- the machine


def decider(carrier: Carrier, producers: Producers) -> Decider[Command, State, Event]:
    """`producers` looks others up, so that nobody comes to stand above itself."""

    def decide(command: Command, state: State) -> Decision[Event]:
        match command, state:
            case AppointProducer(), Unappointed():
                return (
                    ProducerAppointed(
                        producer_id=command.producer_id,
                        kind=command.kind,
                        commission_plan=command.commission_plan,
                        on=command.on,
                        at=command.at,
                    ),
                )
            case AppointProducer(), Appointed(kind=kind, commission_plan=plan):
                same = (kind, plan) == (command.kind, command.commission_plan)
                return () if same else Refusal("producer_id_reused", f"{command.producer_id} was appointed otherwise")
            case (
                (
                    PlaceUnder()
                    | TerminateProducer()
                    | PostCommission()
                    | PayCommission()
                    | NetCommission()
                    | AdvanceCommission()
                ),
                Unappointed(),
            ):
                return Refusal("unknown_producer", f"{command.producer_id} was never appointed")
            case PlaceUnder(), Appointed():
                return _placed(producers, command, state)
            case TerminateProducer(on=on), Appointed(terminated_on=ended):
                if ended is not None:
                    return () if ended == on else Refusal("wrong_state", f"terminated on {ended}")
                return (ProducerTerminated(producer_id=command.producer_id, on=on, at=command.at),)
            case ((PostCommission() | PayCommission() | NetCommission() | AdvanceCommission()), Appointed()):
                return _moved(carrier, command, state)

    return Decider("producer", Unappointed(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.producer_id


def _placed(producers: Producers, command: PlaceUnder, state: Appointed) -> Decision[Event]:
    link = Link(command.parent_id, command.how, command.percent, command.on)
    if link in state.links:
        return ()
    if not 0 <= command.percent <= 100:
        return Refusal("not_a_percent", f"{command.percent} is not in 0..100")
    if state.links and command.on < state.links[-1].effective:
        return Refusal("out_of_order", f"the last change holds from {state.links[-1].effective}")
    if command.parent_id and isinstance(producers(command.parent_id), Unappointed):
        return Refusal("unknown_parent", f"{command.parent_id} was never appointed")
    if command.parent_id and _loops(producers, command):
        return Refusal("hierarchy_loop", f"{command.parent_id} stands under {command.producer_id}, or too deep")
    return (ProducerPlaced(producer_id=command.producer_id, link=link, on=command.on, at=command.at),)


HOW: dict[type[Moving], Move] = {
    PostCommission: "posted",
    PayCommission: "paid",
    NetCommission: "netted",
    AdvanceCommission: "advanced",
}


def _moved(carrier: Carrier, command: Moving, state: Appointed) -> Decision[Event]:
    how, amount = HOW[type(command)], command.amount
    for entry in state.entries:
        if entry.entry_id == command.entry_id:
            same = (entry.how, entry.amount) == (how, amount)
            return () if same else Refusal("entry_reused", f"{command.entry_id} was already another entry")
    if amount.currency != carrier.currency:
        return Refusal("wrong_currency", f"{carrier.name} pays producers in {carrier.currency}")
    if amount.minor <= 0 and how in ("paid", "advanced"):
        return Refusal("not_positive", f"{how} is more than nothing, not {amount}")
    if how == "paid" and amount.minor > state.balance:
        return Refusal("more_than_payable", f"{state.balance} minor units are payable to {command.producer_id}")
    repaid = min(amount.minor, state.advanced) if how == "posted" and amount.minor > 0 else 0
    return (
        CommissionMoved(
            producer_id=command.producer_id,
            entry_id=command.entry_id,
            how=how,
            amount=amount,
            repaid=Money(repaid, amount.currency),
            on=command.on,
            at=command.at,
        ),
    )


def evolve(state: State, event: Event) -> State:
    match event:
        case ProducerAppointed():
            return Appointed(event.producer_id, event.kind, event.commission_plan, event.on)
        case _ if isinstance(state, Unappointed):
            return state
        case ProducerPlaced(link=link):
            return replace(state, links=(*state.links, link))
        case ProducerTerminated(on=on):
            return replace(state, terminated_on=on)
        case CommissionMoved(how=how, amount=amount, repaid=repaid):
            signed = amount.minor if how == "posted" else -amount.minor
            more = amount.minor if how == "advanced" else 0
            return replace(
                state,
                balance=state.balance + signed,
                advanced=state.advanced + more - repaid.minor,
                entries=(*state.entries[1 - REMEMBERED :], Entry(event.entry_id, how, amount)),
            )
        case _:
            assert_never(event)
