"""Parking a key: every question in every state, and the order after a redrive."""

from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from model.resilience.dead_letters import (
    EMPTY,
    Flowing,
    Letter,
    Parked,
    ParkingPolicy,
    Redriving,
    State,
    arrived,
    failed,
    next_letter,
    redriven,
    taken,
)

POLICY = ParkingPolicy(failures=1)
M1, M2 = Letter("m1", 2, "fault", "why", 1, 5), Letter("m2")
STATES: dict[str, Any] = {
    "Flowing": Flowing(),
    "Flowing(failing)": Flowing(Letter("m1", 1, "fault", "why", 1, 1)),
    "Parked": Parked((M1, M2)),
    "Redriving": Redriving((M1, M2)),
    "Redriving(last)": Redriving((M1,)),
}


def fail(failure):
    return lambda state: failed(POLICY, state, "m1", failure, code="fault", text="why", now=9)


COMMANDS: dict[str, Any] = {
    "arrive": lambda state: arrived(state, "m3"),
    "arrive(known)": lambda state: arrived(state, "m1"),
    "take": lambda state: taken(state, "m1"),
    "take(other)": lambda state: taken(state, "m2"),
    "fail(passing)": fail("passing"),
    "fail(lasting)": fail("lasting"),
    "redrive": redriven,
}
TABLE = """
#              Flowing  Flowing(failing)  Parked         Redriving      Redriving(last)
arrive         -        -                 Parked:1       Redriving:1    Redriving:1
arrive(known)  -        -                 -              -              -
take           -        Flowing:-1        -              Redriving:-1   Flowing:-1
take(other)    -        Flowing:-1        -              -              -
fail(passing)  Flowing:1  Parked:0        Parked:0       Parked:0       Parked:0
fail(lasting)  Parked:1   Parked:0        Parked:0       Parked:0       Parked:0
redrive        -        -                 Redriving:0    -              -
"""


def waiting(state) -> int:
    return (state.failing is not None) if isinstance(state, Flowing) else len(state.letters)


def test_every_cell_of_the_table(command, state, wanted):
    """The state that follows, and by how many letters it grew; `-` for no change."""
    after = command(state)

    seen = "-" if after == state else f"{type(after).__name__}:{waiting(after) - waiting(state)}"
    assert seen == wanted


def test_the_table_has_every_state():
    assert {type(state) for state in STATES.values()} == set(get_args(State))


def test_a_letter_says_what_failed_how_often_and_from_when_until_when():
    state: State = EMPTY
    for now in (10, 20):
        state = failed(POLICY, state, "m1", "passing", code="fault", text=f"at {now}", now=now)

    assert state == Parked((Letter("m1", 2, "fault", "at 20", 10, 20),))


def test_another_message_that_fails_for_now_does_not_inherit_the_failures_of_the_first():
    state = failed(POLICY, EMPTY, "m1", "passing", code="fault", text="", now=1)
    state = taken(state, "m1")

    assert isinstance(failed(POLICY, state, "m2", "passing", code="fault", text="", now=2), Flowing)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.data())
def test_whatever_fails_and_is_redriven_the_key_is_taken_once_and_in_its_order(data):
    """X6: messages of one key, some of which fail a few times, with redrives in between."""
    messages = [f"m{number}" for number in range(data.draw(st.integers(1, 6)))]
    bad = {name: data.draw(st.integers(0, 3)) for name in messages}
    state: State = EMPTY
    done: list[str] = []

    def hand(name):
        nonlocal state
        while True:
            if not bad[name]:
                done.append(name)
                state = taken(state, name)
                return
            bad[name] -= 1
            failure = data.draw(st.sampled_from(["passing", "lasting"]))
            state = failed(POLICY, state, name, failure, code="fault", text="", now=1)
            if not isinstance(state, Flowing):
                return

    def redrive():
        nonlocal state
        state = redriven(state)
        while (name := next_letter(state)) is not None:
            hand(name)

    for name in messages:
        state = arrived(state, name)
        if isinstance(state, Flowing):
            hand(name)
        if data.draw(st.booleans()):
            redrive()
    for _ in range(99):
        redrive()

    assert done == messages
    assert state == EMPTY
