"""What claims knows of a policy: every command in every state, and every order of hearing it."""

from datetime import date
from functools import reduce
from itertools import permutations
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import BOUND, CANCELLED, at, insured
from model.claims.known_policy import (
    CancellationRecorded,
    Command,
    Event,
    Known,
    PolicyRecorded,
    RecordCancellation,
    RecordPolicy,
    State,
    Untold,
    decider,
    evolve,
)
from model.decider import Refusal

MACHINE = decider()
POLICY = insured(1)
EARLIER = date(2026, 7, 1)


def recorded(policy=POLICY):
    return RecordPolicy(policy=policy, on=BOUND, at=at(BOUND))


def cancelled(day=CANCELLED):
    return RecordCancellation(policy_id=POLICY.policy_id, cancelled_on=day, on=day, at=at(CANCELLED))


POLICY_RECORDED = PolicyRecorded(policy=POLICY, on=BOUND, at=at(BOUND))
CANCELLATION = CancellationRecorded(policy_id=POLICY.policy_id, cancelled_on=CANCELLED, on=CANCELLED, at=at(CANCELLED))


def folded(*events) -> Any:
    return reduce(evolve, events, MACHINE.initial)


STATES = {
    "Untold": folded(),
    "Untold(cancelled)": folded(CANCELLATION),
    "Known": folded(POLICY_RECORDED),
    "Known(cancelled)": folded(POLICY_RECORDED, CANCELLATION),
}
COMMANDS = {
    "RecordPolicy": recorded(),
    "RecordPolicy(other)": recorded(replace(POLICY, end=date(2027, 7, 1))),
    "RecordCancellation": cancelled(),
    "RecordCancellation(other)": cancelled(EARLIER),
}
TABLE = """
#                          Untold                Untold(cancelled)     Known                 Known(cancelled)
RecordPolicy               PolicyRecorded        PolicyRecorded        -                     -
RecordPolicy(other)        PolicyRecorded        PolicyRecorded        policy_conflict       policy_conflict
RecordCancellation         CancellationRecorded  -                     CancellationRecorded  -
RecordCancellation(other)  CancellationRecorded  CancellationRecorded  CancellationRecorded  CancellationRecorded
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_and_every_state():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State))


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_evolve_takes_every_event_in_every_state(state):
    assert {type(event) for event in (POLICY_RECORDED, CANCELLATION)} == set(get_args(Event))
    assert all(isinstance(evolve(state, event), get_args(State)) for event in (POLICY_RECORDED, CANCELLATION))


def heard(*commands) -> State:
    state: State = Untold()
    for command in commands:
        decision = MACHINE.decide(command, state)
        assert not isinstance(decision, Refusal), decision
        state = reduce(evolve, decision, state)
    return state


@pytest.mark.parametrize("order", list(permutations([recorded(), recorded(), cancelled(), cancelled()])))
def test_every_order_of_hearing_the_same_twice_ends_the_same(order):
    assert heard(*order) == Known(replace(POLICY, cancelled_on=CANCELLED))


@settings(derandomize=True, deadline=None, max_examples=50)
@given(st.lists(st.sampled_from([recorded(), cancelled()]), max_size=8))
def test_however_often_it_is_told_claims_knows_what_it_heard_last_of_each(told):
    state = heard(*told)
    ended = CANCELLED if cancelled() in told else None

    assert state == (Known(replace(POLICY, cancelled_on=ended)) if recorded() in told else Untold(ended))


def test_a_policy_that_arrives_already_cancelled_is_known_as_cancelled():
    """A snapshot that was asked for, not told by an event, says so itself."""
    assert heard(recorded(replace(POLICY, cancelled_on=CANCELLED))) == Known(replace(POLICY, cancelled_on=CANCELLED))


def test_what_was_told_of_a_cancellation_counts_more_than_an_old_snapshot():
    state = heard(cancelled(EARLIER), recorded(replace(POLICY, cancelled_on=CANCELLED)))

    assert state == Known(replace(POLICY, cancelled_on=EARLIER))


def test_a_conflict_changes_nothing():
    known = heard(recorded(), cancelled())

    assert isinstance(MACHINE.decide(recorded(replace(POLICY, zone="America/Chicago")), known), Refusal)
    assert known == STATES["Known(cancelled)"]
