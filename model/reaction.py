"""How one context answers another's published event: its own reading of it, and the commands that follow.

The reader names only the fields that it uses, in a struct of its own. Two sides can therefore mean different things
by one word, which is the drift that we want to be able to measure.
"""

from collections.abc import Callable
from datetime import date, datetime
from operator import attrgetter
from types import UnionType
from typing import Generic, Literal, TypeAlias, TypeVar, cast, get_args, get_origin

import msgspec
from msgspec import Struct
from msgspec.structs import fields

R = TypeVar("R", bound=Struct)
C = TypeVar("C")


class Delivery(Struct, frozen=True, gc=False):
    """One arrival of an event. `on` is the event's effective day, `at` the instant of arrival (UTC).

    `correlation_id` is the story that the event belongs to.

    `repeat` is empty when the receiver knows an event that it has seen before, which is what an idempotency key buys.
    Without one, every further arrival bears a mark of its own and everything that follows from it is new.

    `sequence` is the event's place in the stream that it comes from, `recorded` the instant at which its own context
    recorded it; 0 and None where whoever brought it did not say.
    """

    event_id: str
    on: date
    at: datetime
    repeat: str = ""
    sequence: int = 0
    recorded: datetime | None = None
    correlation_id: str = ""

    def key(self, natural: str) -> str:
        """The id of what follows from this arrival."""
        return natural + self.repeat


class Unless(Struct, frozen=True, gc=False):
    """Events that a context passes over unread: those whose `field` is one of `words`. One topic carries what is for
    several contexts, and most of a busy one is for somebody else. Whatever is neither passed over nor as the context
    reads it is refused: a word that is new is never passed over in silence.
    """

    field: str
    words: tuple[str, ...]

    def passes_over(self, data: object) -> bool:
        """Whether the data, as published or as decoded from JSON, says one of the words."""
        if type(data) is dict:
            return cast("dict[str, object]", data).get(self.field) in self.words
        return getattr(data, self.field, None) in self.words


class Reaction(Struct, Generic[C], frozen=True):
    """`event_type` is the CloudEvents type, `reads` the receiver's own struct for its data, `unless` what it does not
    read at all.
    """

    event_type: str
    reads: type[Struct]
    commands: Callable[[object, Delivery], tuple[C, ...]]
    unless: Unless | None = None


def reaction(
    event_type: str,
    reads: type[R],
    commands: Callable[[R, Delivery], tuple[C, ...]],
    *,
    unless: Unless | None = None,
) -> Reaction[C]:
    """A reaction whose `commands` may be called with the data as published or as decoded from JSON.

    Raises msgspec.ValidationError when the data does not hold what the receiver reads.
    """

    taken: dict[type[object], Taken | None] = {}

    def read_and_react(data: object, delivery: Delivery) -> tuple[C, ...]:
        kind = type(data)
        try:
            take = taken[kind]
        except KeyError:
            # Once for a type: whoever is told of an event is nearly always told of it in one form.
            take = taken[kind] = _taken_from(kind, reads)
        read = msgspec.convert(data, reads, from_attributes=True) if take is None else reads(*take(data))
        return commands(read, delivery)

    def read_what_concerns(data: object, delivery: Delivery) -> tuple[C, ...]:
        return () if passed_over(data) else read_and_react(data, delivery)

    if unless is None:
        return Reaction(event_type, reads, read_and_react)
    passed_over = unless.passes_over
    return Reaction(event_type, reads, read_what_concerns, unless)


Taken: TypeAlias = Callable[[object], tuple[object, ...]]
"""The values that a receiver reads, in the order of its fields."""


def _taken_from(told: type[object], reads: type[Struct]) -> Taken | None:
    """How the fields are taken from data of one type as they are; None where they are to be checked. A publisher's
    struct whose fields are of the types that the receiver asks for has nothing left to check.
    """
    wanted, positional = fields(reads), reads.__match_args__
    if not issubclass(told, Struct) or not len(positional) == len(wanted) > 1:
        return None
    offered = {field.name: field.type for field in fields(told)}
    if all(field.name in offered and _is_one(offered[field.name], field.type) for field in wanted):
        return attrgetter(*positional)
    return None


def _is_one(offered: object, wanted: object) -> bool:
    """Whether all values of one type are of another: the same type, one of a choice, or one word as any text."""
    if offered == wanted:
        return True
    if get_origin(offered) is Literal:
        return wanted is str and all(isinstance(word, str) for word in get_args(offered))
    return isinstance(wanted, UnionType) and offered in get_args(wanted)
