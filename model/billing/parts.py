"""Parts of sums, by the place they went to or came from."""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

SourceKind = Literal["payment", "credit"]


class Distribution(Struct, frozen=True, gc=False, array_like=True):
    """`minor` units to one item of one invoice, both by their place."""

    invoice: int
    item: int
    minor: int


class Applied(Struct, frozen=True):
    """What unapplied money of one source paid. A credit is return premium, its source the instruction."""

    kind: SourceKind
    source_id: str
    parts: tuple[Distribution, ...]


class Taken(Struct, frozen=True, gc=False):
    """`minor` units of the unapplied money of one source."""

    kind: SourceKind
    source_id: str
    minor: int


def numbers_of(parts: Iterable[Distribution]) -> tuple[int, ...]:
    """Invoice, item and minor units of each part, one after the other: half of what they take as objects."""
    return tuple([number for part in parts for number in (part.invoice, part.item, part.minor)])


def parts_of(numbers: tuple[int, ...]) -> tuple[Distribution, ...]:
    return tuple([Distribution(*numbers[place : place + 3]) for place in range(0, len(numbers), 3)])


def sum_of(parts: tuple[Distribution, ...]) -> int:
    minor = 0
    for part in parts:
        minor += part.minor
    return minor
