"""An order that billing heard of: a moratorium that suspends invoicing, delinquency or autopay in an area for a time.

    Unheard --HearOrder--> Standing --LiftOrder--> Lifted
       +--LiftOrder--> LiftHeard --HearOrder--> Lifted

Billing keeps what it was told in words of its own, and applies it to the accounts whose policies lie in the area. An
end that overtakes its beginning is kept until the beginning comes.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from model.billing.dunning_events import Suspends
from model.decider import Decider, Decision, Refusal


class Place(Struct, frozen=True):
    """Where a policy lies and what it is, for what is ordered area by area (`county:Lee`)."""

    state: str
    product: str
    areas: tuple[str, ...] = ()


class Order(Struct, frozen=True):
    """On days [start, end) (None: until it is lifted), for policies in any of `areas` (none named: all of the states)
    and of `products` (none named: all).
    """

    order_id: str
    states: tuple[str, ...]
    areas: tuple[str, ...]
    products: tuple[str, ...]
    suspends: tuple[Suspends, ...]
    start: date
    end: date | None

    def holds_on(self, on: date) -> bool:
        return self.start <= on and (self.end is None or on < self.end)

    def in_scope(self, place: Place) -> bool:
        return (
            (not self.states or place.state in self.states)
            and (not self.areas or not set(self.areas).isdisjoint(place.areas))
            and (not self.products or place.product in self.products)
        )


Orders = Callable[[], tuple[Order, ...]]
"""The orders that are known when it is asked."""


def none_heard() -> tuple[Order, ...]:
    return ()


# --- the machine


class HearOrder(Struct, frozen=True, kw_only=True, tag=True):
    order: Order
    on: date
    at: datetime


class LiftOrder(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`on` is the first day on which it no longer holds."""

    order_id: str
    on: date
    at: datetime


Command: TypeAlias = HearOrder | LiftOrder


class OrderHeard(Struct, frozen=True, kw_only=True, tag=True):
    order: Order
    on: date
    at: datetime


class OrderLifted(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    order_id: str
    on: date
    at: datetime


Event: TypeAlias = OrderHeard | OrderLifted


class Unheard(Struct, frozen=True, gc=False, tag=True):
    pass


class Standing(Struct, frozen=True, tag=True):
    order: Order


class LiftHeard(Struct, frozen=True, gc=False, tag=True):
    end: date


class Lifted(Struct, frozen=True, tag=True):
    order: Order


State: TypeAlias = Unheard | Standing | LiftHeard | Lifted


def decide(command: Command, state: State) -> Decision[Event]:
    match command, state:
        case HearOrder(order=order, on=on, at=at), (Unheard() | LiftHeard()):
            return (OrderHeard(order=order, on=on, at=at),)
        case HearOrder(order=order), (Standing(order=known) | Lifted(order=known)):
            if replace(order, end=None) == replace(known, end=None):
                return ()
            return Refusal("order_reused", f"{order.order_id} was already heard, and said something else")
        case LiftOrder(order_id=order_id, on=on, at=at), (Unheard() | Standing()):
            return (OrderLifted(order_id=order_id, on=on, at=at),)
        case LiftOrder(), (LiftHeard() | Lifted()):
            return ()


def evolve(state: State, event: Event) -> State:
    match event:
        case OrderHeard(order=order):
            return Lifted(replace(order, end=state.end)) if isinstance(state, LiftHeard) else Standing(order)
        case OrderLifted(on=on):
            return Lifted(replace(state.order, end=on)) if isinstance(state, Standing) else LiftHeard(on)
        case _:
            assert_never(event)


def order_of(state: State) -> Order | None:
    """The order as it stands, one that was lifted up to its last day; None while there is none."""
    return state.order if isinstance(state, (Standing, Lifted)) else None


def _stream(command: Command) -> str:
    return command.order.order_id if isinstance(command, HearOrder) else command.order_id


def decider() -> Decider[Command, State, Event]:
    return Decider("order", Unheard(), _stream, decide, evolve)
