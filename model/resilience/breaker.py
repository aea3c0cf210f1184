"""A circuit breaker: who fails too often is left alone for a while, then probed.

    Closed --(too many of the last calls failed)--> Open --(pause over)--> HalfOpen --(probes succeed)--> Closed
                                                      ^                        |
                                                      +------(a probe fails)---+

The window counts calls, not time, so that a quiet hour forgets nothing. Every change of state begins a new generation,
and the outcome of a call counts only in the generation that permitted it: a late failure of before does not undo what
a probe has just found. Probes whose outcome never comes are given up after the pause, and others may try.
"""

from typing import TypeAlias

from msgspec import Struct


class BreakerPolicy(Struct, frozen=True, kw_only=True, gc=False):
    """Opens at a failure when at least `failures_percent` of the last `window` calls failed, once `least_calls` were
    seen; stays open for `pause` microseconds; closes after `probes` successes, as many of which may run at once.
    """

    window: int
    least_calls: int
    failures_percent: int
    pause: int
    probes: int


class Closed(Struct, frozen=True, gc=False, tag=True):
    """`outcomes` is a row of bits, the latest lowest, 1 for a failure."""

    generation: int = 0
    outcomes: int = 0
    calls: int = 0
    failures: int = 0


class Open(Struct, frozen=True, gc=False, tag=True):
    generation: int
    until: int


class HalfOpen(Struct, frozen=True, gc=False, tag=True):
    """`until` is when probes that have not answered are given up."""

    generation: int
    probing: int
    succeeded: int
    until: int


State: TypeAlias = Closed | Open | HalfOpen


class Rejected(Struct, frozen=True, gc=False):
    """The call is not to be made; `retry_after` in microseconds."""

    code: str
    retry_after: int


def permitted(policy: BreakerPolicy, state: State, *, now: int) -> State | Rejected:
    """The state in which a call may be made, whose generation belongs to its outcome, or why not."""
    if isinstance(state, Closed):
        return state
    if isinstance(state, HalfOpen) and now < state.until:
        if state.probing + state.succeeded >= policy.probes:
            return Rejected("circuit_half_open", state.until - now)
        return HalfOpen(state.generation, state.probing + 1, state.succeeded, state.until)
    if isinstance(state, Open) and now < state.until:
        return Rejected("circuit_open", state.until - now)
    return HalfOpen(state.generation + 1, 1, 0, now + policy.pause)


def succeeded(policy: BreakerPolicy, state: State, *, generation: int) -> State:
    """After a call that went well, permitted in `generation`."""
    if state.generation != generation or isinstance(state, Open):
        return state
    if isinstance(state, Closed):
        window = policy.window
        outcomes, calls, failures = state.outcomes, state.calls, state.failures
        if calls < window:
            return Closed(generation, outcomes << 1, calls + 1, failures)
        oldest = outcomes >> (window - 1)
        return Closed(generation, (outcomes << 1) & ((1 << window) - 1), calls, failures - oldest)
    if state.succeeded + 1 >= policy.probes:
        return Closed(generation + 1)
    return HalfOpen(generation, max(state.probing - 1, 0), state.succeeded + 1, state.until)


def failed(policy: BreakerPolicy, state: State, *, generation: int, now: int) -> State:
    """After a call that failed, permitted in `generation`."""
    if state.generation != generation or isinstance(state, Open):
        return state
    if isinstance(state, HalfOpen):
        return Open(generation + 1, now + policy.pause)
    window = policy.window
    calls, failures = state.calls + 1, state.failures + 1
    if calls > window:
        calls = window
        failures -= state.outcomes >> (window - 1)
    if calls >= policy.least_calls and failures * 100 >= policy.failures_percent * calls:
        return Open(generation + 1, now + policy.pause)
    return Closed(generation, ((state.outcomes << 1) | 1) & ((1 << window) - 1), calls, failures)
