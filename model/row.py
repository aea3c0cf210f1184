"""A state as a row that says everything once.

A row is a list. A word, a number and nothing stand in it as they are; everything else is a list of numbers, its kind
and the places of what it is made of, which stand before it. What is equal stands there once however often it is said,
no field is named, and the last place is the state. Where `Money` is the tenth kind, USD 365.00 is

    36500, "USD", [12, 0, 1]

A field that a struct gets later, at its end and with a default, has its default in the rows from before.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Generic, TypeAlias, TypeVar, cast

from msgspec import Struct
from msgspec.structs import astuple

S = TypeVar("S", bound=Struct)

Said: TypeAlias = str | int | tuple[int, ...] | None
Row: TypeAlias = tuple[Said, ...]

TUPLE, DAY, INSTANT = range(3)
FIRST_STRUCT = 3
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RowFormat(Generic[S]):
    """The rows of one machine's states. `kinds` are all structs that its states can be made of. Rows tell them by their
    place: more may be appended, and none is ever taken out or moved, nor any of their fields.
    """

    def __init__(self, kinds: tuple[type[Struct], ...]) -> None:
        self._kinds = {kind: place for place, kind in enumerate(kinds, FIRST_STRUCT)}
        self._makers = tuple([_maker(kind) for kind in kinds])

    def row(self, state: S) -> Row:
        """What is to be stored. Raises KeyError where the state holds what is none of the kinds."""
        said: dict[Said, int] = {}
        _Saying(self._kinds, said).places((state,))
        return tuple(said)

    def state(self, row: Row) -> S:
        """What was stored; what is equal in it is one object."""
        made: list[object] = []
        makers = self._makers
        for said in row:
            if type(said) is not tuple:
                made.append(said)
            elif (kind := said[0]) >= FIRST_STRUCT:
                made.append(makers[kind - FIRST_STRUCT](*[made[place] for place in said[1:]]))
            elif kind == TUPLE:
                made.append(tuple([made[place] for place in said[1:]]))
            elif kind == DAY:
                made.append(date.fromordinal(said[1]))
            else:
                made.append(EPOCH + timedelta(*said[1:]))
        return cast("S", made[-1])


def _maker(kind: type[Struct]) -> Callable[..., Struct]:
    """From the values of its fields. What can be made by their places is, because to name them takes twice as long."""
    fields = kind.__struct_fields__
    if cast("tuple[str, ...]", getattr(kind, "__match_args__", ())) == fields:
        return kind
    return lambda *values: kind(**dict(zip(fields, values, strict=False)))


class _Saying:
    """One state on its way into its row. What was met before is known by its identity: the state keeps it alive."""

    def __init__(self, kinds: dict[type[Struct], int], said: dict[Said, int]) -> None:
        self._kinds = kinds
        self._said = said
        self._known: dict[int, int] = {}

    def places(self, values: Iterable[object]) -> list[int]:
        said, known = self._said, self._known
        found: list[int] = []
        for value in values:
            if value is None or isinstance(value, (str, int)):
                found.append(said.setdefault(value, len(said)))
            elif id(value) in known:
                found.append(known[id(value)])
            else:
                numbers = self._numbers(value)
                place = known[id(value)] = said.setdefault(numbers, len(said))
                found.append(place)
        return found

    def _numbers(self, value: object) -> tuple[int, ...]:
        if isinstance(value, Struct):
            return (self._kinds[type(value)], *self.places(astuple(value)))
        if isinstance(value, datetime):
            since = value - EPOCH
            return (INSTANT, since.days, since.seconds, since.microseconds)
        if isinstance(value, date):
            return (DAY, value.toordinal())
        return (TUPLE, *self.places(cast("tuple[object, ...]", value)))
