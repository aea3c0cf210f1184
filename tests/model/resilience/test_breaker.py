"""The circuit breaker: every question in every state, and what it is there for."""

from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.resilience.breaker import (
    BreakerPolicy,
    Closed,
    HalfOpen,
    Open,
    Rejected,
    State,
    failed,
    permitted,
    succeeded,
)

POLICY = BreakerPolicy(window=10, least_calls=4, failures_percent=50, pause=100, probes=2)
STATES: dict[str, Any] = {
    "Closed": Closed(),
    "Closed(nearly)": Closed(0, 0b0101, 5, 2),
    "Open": Open(1, 500),
    "HalfOpen": HalfOpen(2, 1, 0, 600),
    "HalfOpen(full)": HalfOpen(2, 1, 1, 600),
}
COMMANDS: dict[str, Any] = {
    "ask(early)": lambda state: permitted(POLICY, state, now=450),
    "ask(late)": lambda state: permitted(POLICY, state, now=600),
    "succeed": lambda state: succeeded(POLICY, state, generation=state.generation),
    "fail": lambda state: failed(POLICY, state, generation=state.generation, now=450),
    "succeed(stale)": lambda state: succeeded(POLICY, state, generation=state.generation - 1),
    "fail(stale)": lambda state: failed(POLICY, state, generation=state.generation - 1, now=450),
}
TABLE = """
#               Closed       Closed(nearly)  Open           HalfOpen     HalfOpen(full)
ask(early)      -            -               circuit_open   HalfOpen     circuit_half_open
ask(late)       -            -               HalfOpen       HalfOpen     HalfOpen
succeed         Closed       Closed          -              HalfOpen     Closed
fail            Closed       Open            -              Open         Open
succeed(stale)  -            -               -              -            -
fail(stale)     -            -               -              -            -
"""


def test_every_cell_of_the_table(command, state, wanted):
    after = command(state)

    assert wanted == (after.code if isinstance(after, Rejected) else "-" if after == state else type(after).__name__)


def test_the_table_has_every_state():
    assert {type(state) for state in STATES.values()} == set(get_args(State))


def calls(policy, outcomes, *, state: State | None = None) -> State:
    """The breaker after calls one after the other, each permitted in the state that it found."""
    current: State = state or Closed()
    for now, good in enumerate(outcomes):
        asked = permitted(policy, current, now=now)
        if isinstance(asked, Rejected):
            continue
        generation = asked.generation
        current = (
            succeeded(policy, asked, generation=generation)
            if good
            else failed(policy, asked, generation=generation, now=now)
        )
    return current


def test_it_opens_when_half_of_the_calls_fail_and_not_before_enough_were_seen():
    assert calls(POLICY, [False] * 3) == Closed(0, 0b111, 3, 3)
    assert isinstance(calls(POLICY, [False] * 4), Open)
    assert isinstance(calls(POLICY, [True, True, False, False]), Open)
    assert isinstance(calls(POLICY, [True, True, True, False, False]), Closed)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.lists(st.booleans(), max_size=60), st.integers(1, 12))
def test_the_window_holds_exactly_the_last_calls(outcomes, window):
    policy = BreakerPolicy(window=window, least_calls=99, failures_percent=50, pause=1, probes=1)

    after = calls(policy, outcomes)

    last = outcomes[-window:]
    assert isinstance(after, Closed)
    assert (after.calls, after.failures) == (len(last), last.count(False))
    assert after.outcomes == int("".join("01"[not good] for good in last) or "0", 2)


def test_an_open_circuit_says_when_to_come_back_and_then_lets_probes_through():
    opened = calls(POLICY, [False] * 4)
    assert isinstance(opened, Open)
    assert permitted(POLICY, opened, now=opened.until - 30) == Rejected("circuit_open", 30)

    probing = permitted(POLICY, opened, now=opened.until)
    assert isinstance(probing, HalfOpen)
    both = permitted(POLICY, probing, now=opened.until)
    assert isinstance(both, HalfOpen)
    assert isinstance(permitted(POLICY, both, now=opened.until), Rejected), "two probes and no more"

    generation = both.generation
    closed = succeeded(POLICY, succeeded(POLICY, both, generation=generation), generation=generation)
    assert closed == Closed(generation + 1)


def test_a_late_failure_of_before_does_not_undo_what_the_probes_found():
    opened = calls(POLICY, [False] * 4)
    assert isinstance(opened, Open)
    probing = permitted(POLICY, opened, now=opened.until)
    assert isinstance(probing, HalfOpen)

    assert failed(POLICY, probing, generation=0, now=opened.until) is probing
    assert succeeded(POLICY, probing, generation=0) is probing


def test_probes_that_never_answer_do_not_hold_the_circuit_for_ever():
    stuck = HalfOpen(2, 2, 0, 600)

    assert permitted(POLICY, stuck, now=599) == Rejected("circuit_half_open", 1)
    assert permitted(POLICY, stuck, now=600) == HalfOpen(3, 1, 0, 700)


@pytest.mark.parametrize("healthy_after", [40, 400])
def test_a_dead_server_sees_hardly_any_calls_and_a_mended_one_sees_all_again(healthy_after):
    current: State = Closed()
    seen = {"dead": 0, "well": 0}
    for now in range(1000):
        asked = permitted(POLICY, current, now=now)
        if isinstance(asked, Rejected):
            continue
        good = now >= healthy_after
        seen["well" if good else "dead"] += 1
        generation = asked.generation
        current = (
            succeeded(POLICY, asked, generation=generation)
            if good
            else failed(POLICY, asked, generation=generation, now=now)
        )

    assert seen["dead"] <= 4 + 1 + healthy_after // POLICY.pause
    assert seen["well"] >= 1000 - healthy_after - POLICY.pause - 5
