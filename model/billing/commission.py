"""Commission on a policy: who its producer of record is, what was earned on which premium, and what was taken back.

    Unassigned --AssignProducer--> Assigned --AssignProducer, BeginCommissionTerm, EarnCommission--> Assigned

Commission is earned on commissionable premium as it is written, billed or paid (the carrier's basis). Premium that
comes back takes commission back at the rate and from the producers of the day on which it was earned: a transfer
re-points future earning only. Each amount is rounded by itself as the carrier rounds, half up meaning half away from
zero, also of a negative amount (12.5 percent of -598.36 is -74.80), and then moved by the cent that keeps what is
retained within one cent of rate times base retained; when no base is left, no commission is. Practice, no source.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from model.billing.producer import Payee
from model.carrier import Carrier
from model.decider import Decider, Decision, Refusal
from model.money import Money, Rounding

Chain: TypeAlias = Callable[[str, str, date], tuple[Payee, ...]]
"""Everybody who earns, by producer of record, product and day."""

# --- commands


class AssignProducer(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The producer of record of what takes effect from `on`: at the sale, or by an agency transfer."""

    policy_id: str
    producer_id: str
    product: str
    on: date
    at: datetime


class BeginCommissionTerm(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A renewal or rewrite begins: what comes back of it is not taken from the commission of terms before. A renewal is
    billed long before it begins, so that a rewrite may begin an earlier term after it.
    """

    policy_id: str
    on: date
    at: datetime


class EarnCommission(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`base` is commissionable premium, negative when it comes back."""

    policy_id: str
    entry_id: str
    base: Money
    on: date
    at: datetime


Command: TypeAlias = AssignProducer | BeginCommissionTerm | EarnCommission

# --- events


class ProducerAssigned(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    producer_id: str
    product: str
    on: date
    at: datetime


class CommissionTermBegun(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    on: date
    at: datetime


class CommissionEarned(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """By one producer. `slice` numbers premium of one term under the same rates; all its producers share its base.
    `asked` is the base of the whole entry.
    """

    policy_id: str
    entry_id: str
    slice: int
    term: int
    record_id: str
    producer_id: str
    rate: Decimal
    base: Money
    amount: Money
    asked: Money
    on: date
    at: datetime


class CommissionChargedBack(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`base` and `amount` are negative."""

    policy_id: str
    entry_id: str
    slice: int
    term: int
    record_id: str
    producer_id: str
    rate: Decimal
    base: Money
    amount: Money
    asked: Money
    on: date
    at: datetime


Event: TypeAlias = ProducerAssigned | CommissionTermBegun | CommissionEarned | CommissionChargedBack

# --- states


class Assignment(Struct, frozen=True, gc=False):
    producer_id: str
    product: str
    effective: date


class Layer(Struct, frozen=True, gc=False):
    """What one producer has of one slice: `base` retained, commission `earned` and `charged_back`, in minor units."""

    slice: int
    term: int
    record_id: str
    producer_id: str
    rate: Decimal
    base: int
    earned: int
    charged_back: int

    @property
    def kept(self) -> int:
        return self.earned - self.charged_back


class Entered(Struct, frozen=True, gc=False):
    entry_id: str
    base: Money


class Unassigned(Struct, frozen=True, tag=True, gc=False):
    pass


class Assigned(Struct, frozen=True, tag=True):
    """`terms` are the first days of the terms after the first, in their order."""

    policy_id: str
    assignments: tuple[Assignment, ...]
    terms: tuple[date, ...] = ()
    layers: tuple[Layer, ...] = ()
    entries: tuple[Entered, ...] = ()


State: TypeAlias = Unassigned | Assigned

# --- rules


def record_on(state: Assigned, on: date) -> Assignment | None:
    """The producer of record of what takes effect on a day."""
    current = [one for one in state.assignments if one.effective <= on]
    return current[-1] if current else None


def term_of(state: Assigned, on: date) -> int:
    return sum(1 for start in state.terms if start <= on)


def moved(layer: Layer, base: int, rounding: Rounding) -> int:
    """The commission on `base` more (or less) premium of a layer, signed, in minor units."""
    alone = Money(base, "").times(layer.rate, rounding).minor
    numerator, denominator = layer.rate.as_integer_ratio()
    least, odd = divmod((layer.base + base) * numerator, denominator)
    most = least + 1 if odd else least
    return min(max(layer.kept + alone, least), most) - layer.kept


def taken_from(state: Assigned, base: int, on: date) -> tuple[tuple[int, int], ...]:
    """(slice, minor units) that `base` coming back takes: of the term of the day first, then of those before it, and
    within a term in proportion to what each slice retains. What exceeds all of it never earned anything.
    """
    bases: dict[int, tuple[int, int]] = {layer.slice: (layer.term, layer.base) for layer in state.layers}
    found: list[tuple[int, int]] = []
    for term in range(term_of(state, on), -1, -1):
        slices = [(number, kept) for number, (of, kept) in bases.items() if of == term and kept > 0]
        taken = min(base, sum(kept for _, kept in slices))
        if taken > 0:
            parts = Money(taken, "").split_by([kept for _, kept in slices])
            found.extend((number, part.minor) for (number, _), part in zip(slices, parts, strict=True) if part.minor)
            base -= taken
    return tuple(found)


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
        return tuple(
            _event(command, layer, -part, carrier.rounding)
            for number, part in taken_from(state, -command.base.minor, command.on)
            for layer in state.layers
            if layer.slice == number
        )
    record = record_on(state, command.on)
    if record is None or not command.base.minor:
        return ()
    payees = chain(record.producer_id, record.product, command.on)
    return tuple(
        _event(command, layer, command.base.minor, carrier.rounding)
        for layer in _layers_for(state, record.producer_id, payees, term_of(state, command.on))
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


def _with_entry(entries: tuple[Entered, ...], event: CommissionEarned | CommissionChargedBack) -> tuple[Entered, ...]:
    """An entry has an event for each slice, and in each slice one for each producer."""
    if entries and entries[-1].entry_id == event.entry_id:
        return entries
    return (*entries, Entered(event.entry_id, event.asked))
