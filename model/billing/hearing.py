"""What billing makes of orders that suspend its work in an area."""

from datetime import date
from typing import TypeAlias

from msgspec import Struct

from model.billing.commands import Command
from model.billing.dunning_events import Suspends
from model.billing.orders import Command as OrderCommand
from model.billing.orders import HearOrder, LiftOrder, Order
from model.reaction import Delivery, Reaction, reaction

Heard: TypeAlias = Command | OrderCommand
OURS: tuple[Suspends, ...] = ("invoicing", "delinquency", "autopay")


class ActivatedMoratorium(Struct, frozen=True):
    moratorium_id: str
    states: tuple[str, ...]
    areas: tuple[str, ...]
    products: tuple[str, ...]
    suspended: tuple[str, ...]
    start: date
    end: date | None


class ReleasedMoratorium(Struct, frozen=True, gc=False):
    moratorium_id: str
    ends: date


def hear_order(moratorium: ActivatedMoratorium, delivery: Delivery) -> tuple[Heard, ...]:
    """A moratorium that suspends nothing of billing's is none here."""
    suspends: tuple[Suspends, ...] = tuple(word for word in OURS if word in moratorium.suspended)
    if not suspends:
        return ()
    order = Order(
        moratorium.moratorium_id,
        moratorium.states,
        moratorium.areas,
        moratorium.products,
        suspends,
        moratorium.start,
        moratorium.end,
    )
    return (HearOrder(order=order, on=delivery.on, at=delivery.at),)


def lift_order(moratorium: ReleasedMoratorium, delivery: Delivery) -> tuple[Heard, ...]:
    return (LiftOrder(order_id=moratorium.moratorium_id, on=moratorium.ends, at=delivery.at),)


ORDERS: tuple[Reaction[Heard], ...] = (
    reaction("insurance.ops.moratorium.activated.v1", ActivatedMoratorium, hear_order),
    reaction("insurance.ops.moratorium.released.v1", ReleasedMoratorium, lift_order),
)
