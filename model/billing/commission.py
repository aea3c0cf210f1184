"""Commission on a policy: who its producer of record is, what was earned on which premium, and what was taken back.

    Unassigned --AssignProducer--> Assigned --AssignProducer, BeginCommissionTerm, EarnCommission--> Assigned

Commission is earned on commissionable premium as it is written, billed or paid (the carrier's basis). Premium that
comes back takes commission back at the rate and from the producers of the day on which it was earned: a transfer
re-points future earning only. Each amount is rounded by itself as the carrier rounds, half up meaning half away from
zero, also of a negative amount (12.5 percent of -598.36 is -74.80), and then moved by the cent that keeps what is
retained within one cent of rate times base retained; when no base is left, no commission is. Practice [K]; the rounding
is the carrier's choice (`rounding`), and the cent is none, since a producer who keeps nothing of a premium keeps no
commission on it (INV-B12).

What comes back beyond what is retained is carried: a payment may bounce after a return premium had taken back its
commission, and what is paid later makes up for that before it earns. So the base retained is what stands of all that
came and went, never more, and however it came to be.
"""

from collections.abc import Callable
from datetime import date
from typing import TypeAlias, assert_never

from msgspec.structs import replace

from model.billing.commission_messages import (
    AssignProducer,
    BeginCommissionTerm,
    Command,
    CommissionChargedBack,
    CommissionEarned,
    CommissionTermBegun,
    EarnCommission,
    Event,
    ProducerAssigned,
    ReturnCarried,
)
from model.billing.commission_standing import (
    Assigned,
    Assignment,
    Carried,
    Entered,
    Layer,
    State,
    Unassigned,
    moved,
    record_on,
    taken_from,
    term_of,
)
from model.billing.producer import Payee
from model.carrier import Carrier
from model.decider import Decider, Decision, Refusal
from model.money import Money, Rounding

__all__ = [
    "AssignProducer",
    "Assigned",
    "Assignment",
    "BeginCommissionTerm",
    "Carried",
    "Chain",
    "Command",
    "CommissionChargedBack",
    "CommissionEarned",
    "CommissionTermBegun",
    "EarnCommission",
    "Entered",
    "Event",
    "Layer",
    "ProducerAssigned",
    "ReturnCarried",
    "State",
    "Unassigned",
    "decider",
    "evolve",
    "moved",
    "record_on",
    "taken_from",
    "term_of",
]

Chain: TypeAlias = Callable[[str, str, date], tuple[Payee, ...]]
"""Everybody who earns, by producer of record, product and day."""

# --- the machine


def decider(carrier: Carrier, chain: Chain) -> Decider[Command, State, Event]:
    def decide(command: Command, state: State) -> Decision[Event]:
        match command, state:
            case AssignProducer(), _:
                return _assigned(chain, command, state)
            case ((BeginCommissionTerm() | EarnCommission()), Unassigned()):
                # Nobody sold it: a policy without a producer earns nobody anything, which is no mistake.
                return ()
            case BeginCommissionTerm(on=on), Assigned(terms=terms):
                if on in terms:
                    return ()
                return (CommissionTermBegun(policy_id=command.policy_id, on=on, at=command.at),)
            case EarnCommission(), Assigned():
                return _earned(carrier, chain, command, state)

    return Decider("commission", Unassigned(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.policy_id


def _assigned(chain: Chain, command: AssignProducer, state: State) -> Decision[Event]:
    one = Assignment(command.producer_id, command.product, command.on)
    known = state.assignments if isinstance(state, Assigned) else ()
    if one in known:
        return ()
    if known and command.on < known[-1].effective:
        return Refusal("out_of_order", f"{known[-1].producer_id} has it from {known[-1].effective}")
    if not chain(command.producer_id, command.product, command.on):
        return Refusal("unknown_producer", f"{command.producer_id} is not appointed on {command.on}")
    return (
        ProducerAssigned(
            policy_id=command.policy_id,
            producer_id=command.producer_id,
            product=command.product,
            on=command.on,
            at=command.at,
        ),
    )


def _earned(carrier: Carrier, chain: Chain, command: EarnCommission, state: Assigned) -> Decision[Event]:
    for entry in state.entries:
        if entry.entry_id == command.entry_id:
            same = entry.base == command.base
            return () if same else Refusal("entry_reused", f"{command.entry_id} was already on another base")
    if command.base.currency != carrier.currency:
        return Refusal("wrong_currency", f"{carrier.name} earns in {carrier.currency}")
    if command.base.minor < 0:
        return _returned(carrier, command, state)
    record = record_on(state, command.on)
    if record is None or not command.base.minor:
        return ()
    made_up = _made_up(command, state)
    base = command.base.minor + sum(event.base.minor for event in made_up)
    if not base:
        return made_up
    payees = chain(record.producer_id, record.product, command.on)
    return made_up + tuple(
        _event(command, layer, base, carrier.rounding)
        for layer in _layers_for(state, record.producer_id, payees, term_of(state, command.on))
    )


def _returned(carrier: Carrier, command: EarnCommission, state: Assigned) -> tuple[Event, ...]:
    """What is retained is charged back; what is not, of days on which somebody sold, is carried."""
    taken = taken_from(state, -command.base.minor, command.on)
    back = tuple(
        _event(command, layer, -part, carrier.rounding)
        for number, part in taken
        for layer in state.layers
        if layer.slice == number
    )
    beyond = -command.base.minor - sum(part for _, part in taken)
    if not beyond or record_on(state, command.on) is None:
        return back
    return (*back, _carried(command, command.on, beyond))


def _made_up(command: EarnCommission, state: Assigned) -> tuple[ReturnCarried, ...]:
    """What premium makes up for before it earns: what came back in its term or a later one, whose return would have
    taken its commission.
    """
    left, term = command.base.minor, term_of(state, command.on)
    found: list[ReturnCarried] = []
    for one in state.carried:
        part = min(left, one.base) if term_of(state, one.since) >= term else 0
        if part:
            found.append(_carried(command, one.since, -part))
            left -= part
    return tuple(found)


def _carried(command: EarnCommission, since: date, base: int) -> ReturnCarried:
    return ReturnCarried(
        policy_id=command.policy_id,
        entry_id=command.entry_id,
        since=since,
        base=Money(base, command.base.currency),
        asked=command.base,
        on=command.on,
        at=command.at,
    )


def _layers_for(state: Assigned, record_id: str, payees: tuple[Payee, ...], term: int) -> tuple[Layer, ...]:
    """The layers of the slice with this term, record and these rates; new ones where there is none yet."""
    slices: dict[int, list[Layer]] = {}
    for layer in state.layers:
        slices.setdefault(layer.slice, []).append(layer)
    for layers in slices.values():
        rates = tuple(Payee(layer.producer_id, layer.rate) for layer in layers)
        if rates == payees and (layers[0].term, layers[0].record_id) == (term, record_id):
            return tuple(layers)
    return tuple(Layer(len(slices), term, record_id, payee.producer_id, payee.rate, 0, 0, 0) for payee in payees)


def _event(
    command: EarnCommission, layer: Layer, base: int, rounding: Rounding
) -> CommissionEarned | CommissionChargedBack:
    currency = command.base.currency
    kind = CommissionEarned if base > 0 else CommissionChargedBack
    return kind(
        policy_id=command.policy_id,
        entry_id=command.entry_id,
        slice=layer.slice,
        term=layer.term,
        record_id=layer.record_id,
        producer_id=layer.producer_id,
        rate=layer.rate,
        base=Money(base, currency),
        amount=Money(moved(layer, base, rounding), currency),
        asked=command.base,
        on=command.on,
        at=command.at,
    )


def evolve(state: State, event: Event) -> State:
    match event:
        case ProducerAssigned():
            one = Assignment(event.producer_id, event.product, event.on)
            if isinstance(state, Unassigned):
                return Assigned(event.policy_id, (one,))
            return replace(state, assignments=(*state.assignments, one))
        case _ if isinstance(state, Unassigned):
            return state
        case CommissionTermBegun(on=on):
            return _with_term(state, on)
        case CommissionEarned() | CommissionChargedBack():
            return _with_layer(state, event)
        case ReturnCarried():
            return _with_carried(state, event)
        case _:
            assert_never(event)


def _with_term(state: Assigned, on: date) -> Assigned:
    """Terms that begin later count one up, and so does what is already theirs."""
    number = term_of(state, on) + 1
    layers = tuple(replace(one, term=one.term + 1) if one.term >= number else one for one in state.layers)
    return replace(state, terms=(*state.terms[: number - 1], on, *state.terms[number - 1 :]), layers=layers)


def _with_layer(state: Assigned, event: CommissionEarned | CommissionChargedBack) -> Assigned:
    layers, place = list(state.layers), len(state.layers)
    for k, known in enumerate(layers):
        if (known.slice, known.producer_id) == (event.slice, event.producer_id):
            place = k
    if place == len(layers):
        layers.append(Layer(event.slice, event.term, event.record_id, event.producer_id, event.rate, 0, 0, 0))
    layer, amount = layers[place], event.amount.minor
    layers[place] = replace(
        layer,
        base=layer.base + event.base.minor,
        earned=layer.earned + max(amount, 0),
        charged_back=layer.charged_back + max(-amount, 0),
    )
    return replace(state, layers=tuple(layers), entries=_with_entry(state.entries, event))


def _with_carried(state: Assigned, event: ReturnCarried) -> Assigned:
    before = sum(one.base for one in state.carried if one.since == event.since)
    others = tuple(one for one in state.carried if one.since != event.since)
    base = before + event.base.minor
    carried = (*others, Carried(event.since, base)) if base else others
    return replace(state, carried=carried, entries=_with_entry(state.entries, event))


def _with_entry(
    entries: tuple[Entered, ...], event: CommissionEarned | CommissionChargedBack | ReturnCarried
) -> tuple[Entered, ...]:
    """An entry has an event for each slice, and in each slice one for each producer."""
    if entries and entries[-1].entry_id == event.entry_id:
        return entries
    return (*entries, Entered(event.entry_id, event.asked))
