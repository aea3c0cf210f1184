"""Parts of sums, by the place they went to or came from."""

from collections.abc import Iterable
from itertools import chain
from typing import Literal

from msgspec import Struct
from msgspec.structs import astuple

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
    return tuple(chain.from_iterable(map(astuple, parts)))


def parts_of(numbers: tuple[int, ...]) -> tuple[Distribution, ...]:
    return tuple(map(Distribution, numbers[::3], numbers[1::3], numbers[2::3]))


def sum_of(parts: tuple[Distribution, ...]) -> int:
    minor = 0
    for part in parts:
        minor += part.minor
    return minor
