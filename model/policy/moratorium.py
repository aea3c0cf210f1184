"""A moratorium: operations that are suspended in an area for a time, ordered by a regulator or by the insurer itself.

    Undeclared --DeclareMoratorium--> Declared --EndMoratorium--> Ended

Nothing that is suspended is dropped: each operation is either refused, so that whoever asked knows, or held, and
decided when the moratorium ends. A binding suspension at a storm watch is a moratorium on `bind`. Moratoria overlap:
the first that suspends an operation answers for all.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Literal, TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from model.decider import Decider, Decision, Refusal
from model.policy.terms import Terms

Operation = Literal[
    "bind",
    "change",
    "renew",
    "notice",
    "cancel",
    "cancel_by_insured",
    "nonrenew",
    "invoicing",
    "delinquency",
    "autopay",
]
"""The last three are billing's, which hears of them: an order that names them suspends nothing here."""


class Suspended(Struct, frozen=True, gc=False):
    operation: Operation
    answer: Literal["refuse", "hold"]


class Moratorium(Struct, frozen=True, gc=False):
    """On days [start, end) (None: until it is ended), for risks in any of `areas` (none named: all of the states), for
    `products` (none named: all). What happens for one of `except_reasons` goes on: an order can leave nonpayment
    out, or not (Louisiana's Rules 49 and 27).
    """

    moratorium_id: str
    states: tuple[str, ...]
    areas: tuple[str, ...]
    products: tuple[str, ...]
    start: date
    end: date | None
    suspended: tuple[Suspended, ...]
    except_reasons: tuple[str, ...] = ()
    citation: str = ""

    def in_scope(self, terms: Terms, on: date) -> bool:
        return (
            self.start <= on
            and (self.end is None or on < self.end)
            and (not self.states or terms.state in self.states)
            and (not self.areas or not set(self.areas).isdisjoint(terms.areas))
            and (not self.products or terms.product in self.products)
        )


class Suspension(Struct, frozen=True, gc=False):
    moratorium_id: str
    answer: Literal["refuse", "hold"]


def suspension(
    moratoria: tuple[Moratorium, ...], operation: Operation, terms: Terms, *, on: date, reason: str
) -> Suspension | None:
    """Whether an operation is suspended for a policy on a day. Where one order refuses and another holds, it is held:
    what can wait is not sent away.
    """
    found: Suspension | None = None
    for one in moratoria:
        if reason in one.except_reasons or not one.in_scope(terms, on):
            continue
        for suspended in one.suspended:
            if suspended.operation == operation and (found is None or suspended.answer == "hold"):
                found = Suspension(one.moratorium_id, suspended.answer)
    return found


def scopes(moratoria: Iterable[Moratorium], terms: Terms, on: date) -> dict[Operation, tuple[str, ...]]:
    """What is suspended for a policy on a day, and by which moratoria: where they overlap, what any of them names."""
    found: dict[Operation, tuple[str, ...]] = {}
    for one in moratoria:
        if one.in_scope(terms, on):
            for suspended in one.suspended:
                found[suspended.operation] = (*found.get(suspended.operation, ()), one.moratorium_id)
    return found


# --- the machine


class DeclareMoratorium(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    moratorium: Moratorium
    on: date
    at: datetime


class EndMoratorium(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`on` is the first day on which it no longer holds."""

    moratorium_id: str
    on: date
    at: datetime


Command: TypeAlias = DeclareMoratorium | EndMoratorium


class MoratoriumDeclared(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    moratorium: Moratorium
    on: date
    at: datetime


class MoratoriumEnded(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    moratorium_id: str
    on: date
    at: datetime


Event: TypeAlias = MoratoriumDeclared | MoratoriumEnded


class Undeclared(Struct, frozen=True, gc=False, tag=True):
    pass


class Declared(Struct, frozen=True, tag=True, gc=False):
    moratorium: Moratorium


class Ended(Struct, frozen=True, tag=True, gc=False):
    moratorium: Moratorium


State: TypeAlias = Undeclared | Declared | Ended


def declared(states: Mapping[str, object]) -> tuple[Moratorium, ...]:
    """Every moratorium that was declared, one that ended up to its last day."""
    return tuple([state.moratorium for state in states.values() if isinstance(state, (Declared, Ended))])


def decide(command: Command, state: State) -> Decision[Event]:
    match command, state:
        case DeclareMoratorium(moratorium=moratorium, on=on, at=at), Undeclared():
            if not moratorium.suspended:
                return Refusal("nothing_suspended", "a moratorium suspends at least one operation")
            if moratorium.end is not None and moratorium.end <= moratorium.start:
                return Refusal("outside_term", f"a moratorium from {moratorium.start} cannot end on {moratorium.end}")
            return (MoratoriumDeclared(moratorium=moratorium, on=on, at=at),)
        case DeclareMoratorium(moratorium=moratorium), Declared(moratorium=known) if moratorium == known:
            return ()
        case EndMoratorium(on=on), Declared(moratorium=known) if on < known.start:
            return Refusal("outside_term", f"it begins on {known.start} and cannot end before")
        case EndMoratorium(moratorium_id=moratorium_id, on=on, at=at), Declared():
            return (MoratoriumEnded(moratorium_id=moratorium_id, on=on, at=at),)
        case EndMoratorium(), Ended():
            return ()
        case ((DeclareMoratorium() | EndMoratorium()), _):
            return Refusal("wrong_state", f"{type(command).__name__} is not possible when it is {type(state).__name__}")


def evolve(state: State, event: Event) -> State:
    match event:
        case MoratoriumDeclared(moratorium=moratorium):
            return Declared(moratorium)
        case MoratoriumEnded(on=on):
            return Ended(replace(state.moratorium, end=on)) if isinstance(state, Declared) else state
        case _:
            assert_never(event)


def _stream(command: Command) -> str:
    return command.moratorium.moratorium_id if isinstance(command, DeclareMoratorium) else command.moratorium_id


def decider() -> Decider[Command, State, Event]:
    return Decider("moratorium", Undeclared(), _stream, decide, evolve)
