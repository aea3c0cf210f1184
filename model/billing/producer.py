"""A producer: who sells, under whom, on which commission plan, and what is owed to it or by it.

    Unappointed --AppointProducer--> Appointed --PlaceUnder, HoldInTrust, PostCommission,--> Appointed
                                         |        PayCommission, NetCommission, AdvanceCommission
                                         +--TerminateProducer--> Appointed (earns nothing from that day on)

A sub-producer shares its agency's commission, a managing general agent takes an override on top of it; both hold from
a day. What is owed is one balance: posted - paid - netted - advanced. Below nothing it is a debit balance: an advance
not earned yet, or a chargeback of what was paid out.
"""

from collections.abc import Callable
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from model.billing.producer_messages import (
    AdvanceCommission,
    AppointProducer,
    Command,
    CommissionMoved,
    Event,
    HoldInTrust,
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
    TrustNamed,
)
from model.billing.producer_standing import (
    DEEPEST,
    Appointed,
    Entry,
    Payee,
    Producers,
    State,
    Unappointed,
    chain,
    link_on,
    loops,
)
from model.billing.program import Agreed
from model.billing.program import State as ProgramState
from model.billing.trust import Kept
from model.billing.trust import State as TrustState
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
    "HoldInTrust",
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
    "TrustNamed",
    "Trusts",
    "Unappointed",
    "chain",
    "decider",
    "evolve",
    "link_on",
]

REMEMBERED = 1000
"""Postings by id that are known again. A posting follows from one event at once, so that a repeat comes soon."""

# --- the machine


class Trusts(Struct, frozen=True):
    """Where premium may be held: trust accounts and programs, by id."""

    trust: Callable[[str], TrustState]
    program: Callable[[str], ProgramState]


def decider(carrier: Carrier, producers: Producers, trusts: Trusts) -> Decider[Command, State, Event]:
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
                    | HoldInTrust()
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
            case HoldInTrust(), Appointed():
                return _in_trust(trusts, command, state)
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
    if command.parent_id and loops(producers, command.producer_id, command.parent_id):
        return Refusal("hierarchy_loop", f"{command.parent_id} stands under {command.producer_id}, or too deep")
    return (ProducerPlaced(producer_id=command.producer_id, link=link, on=command.on, at=command.at),)


def _in_trust(trusts: Trusts, command: HoldInTrust, state: Appointed) -> Decision[Event]:
    if (command.trust_id, command.program_id) == (state.trust_id, state.program_id):
        return ()
    if command.trust_id:
        known = trusts.trust(command.trust_id)
        if not isinstance(known, Kept) or known.producer_id != command.producer_id:
            return Refusal("unknown_trust", f"{command.producer_id} keeps no trust {command.trust_id}")
    if command.program_id and not isinstance(trusts.program(command.program_id), Agreed):
        return Refusal("unknown_program", f"no shares are agreed for {command.program_id}")
    return (
        TrustNamed(
            producer_id=command.producer_id,
            trust_id=command.trust_id,
            program_id=command.program_id,
            on=command.on,
            at=command.at,
        ),
    )


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
        case TrustNamed(trust_id=trust_id, program_id=program_id):
            return replace(state, trust_id=trust_id, program_id=program_id)
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
