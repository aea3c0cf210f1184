"""A policy is stored as a row: what comes back from it is the same, and a year of it is small."""

from datetime import UTC, date, datetime
from functools import cache
from typing import Any, ClassVar, Literal, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test
from msgspec import Struct
from msgspec.structs import replace

from fixtures.histories import policy_id
from fixtures.jurisdictions import florida
from fixtures.policy_histories import POLICY_HISTORIES, policy_history
from model.core import Core
from model.policy.at_rest import KINDS, at_rest, restored
from model.policy.evolution import evolve
from model.policy.states import Bound, Cancelled, InForce, PendingCancel, Quoted, State, Unwritten, Written
from model.row import Row
from tests.model.policy.lives import PolicyLife, settings_for

SAID = (str, int, date, datetime, type(None))
"""What a row says beside structs and tuples. A bool or a fraction would not come back as what it was."""


def stored(state: State) -> State:
    """Away and back, by way of the store."""
    return restored(msgspec.json.decode(msgspec.json.encode(at_rest(state)), type=Row))


def played(name: str) -> State:
    core = Core(*florida())
    for command in policy_history(name).commands:
        core.submit(command)
    return core.policy(policy_id(1))


@pytest.mark.parametrize("name", POLICY_HISTORIES)
def test_a_policy_comes_back_as_it_was_stored(name: str):
    state = played(name)

    assert stored(state) == state
    assert type(stored(state)) is type(state)


def test_a_policy_that_nobody_quoted_comes_back_too():
    assert stored(Unwritten()) == Unwritten()


class StoredLife(PolicyLife):
    """After everything that happens the policy is put away and taken up again."""

    judges = frozenset[str]()
    kinds: ClassVar[set[type]] = set()

    def stored(self, state: State) -> State:
        return stored(state)

    def become(self, before: Any, event: Any) -> Any:
        after = evolve(before, event)
        self.kinds.add(type(after))
        taken_up = self.stored(after)
        assert taken_up == after
        return taken_up


def test_a_life_that_is_put_away_after_everything_that_happens_is_the_same_life():
    run_state_machine_as_test(StoredLife, settings=settings_for(40))

    assert StoredLife.kinds >= {Quoted, Bound, InForce, PendingCancel, Cancelled}


class ForgetsReversals(StoredLife):
    """A planted defect: what is stored does not say which version a version reverses."""

    def stored(self, state: State) -> State:
        if not isinstance(state, Written):
            return stored(state)
        versions = tuple([replace(one, reverses=0) for one in state.versions])
        return stored(replace(state, period=replace(state.period, versions=versions)))


def test_a_row_that_loses_something_is_found_out():
    with pytest.raises(AssertionError):
        run_state_machine_as_test(ForgetsReversals, settings=settings_for(25))


# --- a row has no opinion


@cache
def kinds_in(hint: Any) -> frozenset[type]:
    """All types that a value of this type is made of."""
    if get_origin(hint) is Literal:
        return frozenset(type(each) for each in get_args(hint))
    if get_args(hint):
        return frozenset(found for each in get_args(hint) if each is not ... for found in kinds_in(each))
    if issubclass(hint, Struct):
        return frozenset({hint}).union(*(kinds_in(field) for field in get_type_hints(hint).values()))
    return frozenset({hint})


def test_a_row_tells_every_struct_that_a_policy_can_be_made_of_and_nothing_else():
    """A struct that is new here cannot be stored until the rows have it."""
    assert {kind for kind in kinds_in(State) if issubclass(kind, Struct)} == set(KINDS)
    assert {kind for kind in kinds_in(State) if not issubclass(kind, Struct)} == set(SAID)
    assert len(KINDS) == len(set(KINDS))


LEAVES: dict[type, st.SearchStrategy[Any]] = {
    str: st.sampled_from(("", "P", "premium", "Käse", "USD")),
    int: st.integers(-3, 300) | st.integers(-(10**20), 10**20),
    date: st.dates(date(1990, 1, 1), date(2060, 1, 1)),
    datetime: st.datetimes(timezones=st.just(UTC)),
    type(None): st.none(),
}


@cache
def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Any values of this type, whether a history makes them or not."""
    if get_origin(hint) is Literal:
        return st.sampled_from(get_args(hint))
    if get_origin(hint) is tuple:
        return st.lists(values_of(get_args(hint)[0]), max_size=2).map(tuple)
    if get_args(hint):
        return st.one_of([values_of(each) for each in get_args(hint)])
    if issubclass(hint, Struct):
        return st.builds(hint, **{name: values_of(field) for name, field in get_type_hints(hint).items()})
    return LEAVES[hint]


@given(values_of(State))
@settings(max_examples=60, deadline=None)
def test_whatever_a_policy_is_comes_back_from_its_row(state: State):
    assert stored(state) == state


def test_every_word_and_number_of_a_row_matters():
    state = played("a policy changed")
    row = at_rest(state)
    for place, said in enumerate(row):
        if isinstance(said, (str, int)):
            other = f"{said}!" if isinstance(said, str) else said + 1
            assert restored((*row[:place], other, *row[place + 1 :])) != state


def test_a_renewed_policy_is_under_six_hundred_bytes_at_rest():
    state = played("a policy renewed")

    assert len(msgspec.msgpack.encode(at_rest(state))) < 600
