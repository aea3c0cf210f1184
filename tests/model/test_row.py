"""A row says everything once, and what comes back from it is the same."""

from datetime import UTC, date, datetime, timedelta, timezone

import msgspec
import pytest
from msgspec import Struct

from model.row import DAY, FIRST_STRUCT, INSTANT, TUPLE, Row, RowFormat


class Pair(Struct, frozen=True):
    left: object
    right: object = None


class Named(Struct, frozen=True, kw_only=True):
    name: str
    pairs: tuple[Pair, ...] = ()


PAIR, NAMED = FIRST_STRUCT, FIRST_STRUCT + 1
FORMAT: RowFormat[Struct] = RowFormat((Pair, Named))
NOON = datetime(2026, 5, 10, 12, 0, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "row"),
    [
        (Pair("a", 1), ("a", 1, (PAIR, 0, 1))),
        (Pair("a", "a"), ("a", (PAIR, 0, 0))),
        (Pair(None), (None, (PAIR, 0, 0))),
        (Pair((), ((), ())), ((TUPLE,), (TUPLE, 0, 0), (PAIR, 0, 1))),
        (Pair(Pair(1, 2), Pair(1, 2)), (1, 2, (PAIR, 0, 1), (PAIR, 2, 2))),
        (Pair(date(1, 1, 2), 2), ((DAY, 2), 2, (PAIR, 0, 1))),
        (Pair(NOON, 0), ((INSTANT, 20583, 43201, 2), 0, (PAIR, 0, 1))),
        (Named(name="n", pairs=(Pair(1),)), ("n", 1, None, (PAIR, 1, 2), (TUPLE, 3), (NAMED, 0, 4))),
        (Pair(-(10**30), ""), (-(10**30), "", (PAIR, 0, 1))),
    ],
)
def test_what_is_said_comes_back(state: Struct, row: Row):
    assert FORMAT.row(state) == row
    assert FORMAT.state(row) == state
    assert FORMAT.state(msgspec.json.decode(msgspec.json.encode(row), type=Row)) == state


def test_an_instant_of_another_zone_is_the_same_instant():
    abroad = Pair(NOON.astimezone(timezone(timedelta(hours=-5))))

    assert FORMAT.row(abroad) == FORMAT.row(Pair(NOON))
    assert FORMAT.state(FORMAT.row(abroad)) == abroad


def test_what_is_equal_comes_back_as_one_object():
    made = FORMAT.state(FORMAT.row(Pair(Pair(1, 2), Pair(1, 2))))

    assert isinstance(made, Pair)
    assert made.left is made.right


class LongerPair(Struct, frozen=True):
    left: object
    right: object = None
    under: str = "nothing"


class LongerNamed(Struct, frozen=True, kw_only=True):
    name: str
    pairs: tuple[LongerPair, ...] = ()
    also: str = "nothing"


def test_a_field_that_came_later_has_its_default_in_a_row_from_before():
    now: RowFormat[Struct] = RowFormat((LongerPair, LongerNamed))
    before = FORMAT.row(Named(name="n", pairs=(Pair(1, 2),)))

    assert now.state(before) == LongerNamed(name="n", pairs=(LongerPair(1, 2),))


def test_what_is_none_of_the_kinds_is_not_stored():
    class Stranger(Struct):
        pass

    with pytest.raises(KeyError):
        FORMAT.row(Pair(Stranger()))


def test_an_instant_of_no_zone_is_not_stored():
    with pytest.raises(TypeError):
        FORMAT.row(Pair(NOON.replace(tzinfo=None)))
