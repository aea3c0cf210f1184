"""Where the commission on a policy stands: who sold it, what each producer retains, and what came back beyond that."""

from datetime import date
from decimal import Decimal
from typing import TypeAlias

from msgspec import Struct

from model.money import Money, Rounding


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


class Carried(Struct, frozen=True, gc=False):
    """`base` minor units came back on a day, or days of its term, that were not retained."""

    since: date
    base: int


class Unassigned(Struct, frozen=True, tag=True, gc=False):
    pass


class Assigned(Struct, frozen=True, tag=True):
    """`terms` are the first days of the terms after the first, in their order."""

    policy_id: str
    assignments: tuple[Assignment, ...]
    terms: tuple[date, ...] = ()
    layers: tuple[Layer, ...] = ()
    entries: tuple[Entered, ...] = ()
    carried: tuple[Carried, ...] = ()


State: TypeAlias = Unassigned | Assigned


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
