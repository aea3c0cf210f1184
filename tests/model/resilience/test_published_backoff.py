"""The published comparison of backoff and jitter, told again with `model.resilience.retry`.

M. Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015), whose program is public
(aws-samples/aws-arch-backoff-simulator): so many clients want to change one row under optimistic concurrency, each
reads it, writes with the version that it read, and begins again after a pause when somebody was first. A message takes
|N(10, 2)| ms; base 5 ms, cap 2000 ms; 100 trials. The numbers wanted are those of its own program.
"""

import heapq
from random import Random
from statistics import fmean

import pytest

from model.resilience.retry import (
    Backoff,
    DecorrelatedJitter,
    EqualJitter,
    Exponential,
    Fixed,
    FullJitter,
    RetryPolicy,
    TryAgain,
    after_failure,
    first_attempt,
)

MS = 1000
BASE, CAP = 5 * MS, 2000 * MS
CLIENTS = 100
TRIALS = 100
WITHIN = 0.05
# Calls and completion in ms for 100 clients.
PUBLISHED: dict[str, tuple[Backoff, int, int]] = {
    "no backoff": (Fixed(0), 2415, 2016),
    "exponential": (Exponential(BASE, CAP), 1857, 63757),
    "equal jitter": (EqualJitter(BASE, CAP), 814, 6672),
    "full jitter": (FullJitter(BASE, CAP), 796, 4911),
    "decorrelated jitter": (DecorrelatedJitter(BASE, CAP), 1001, 4593),
}


def contention(backoff: Backoff, clients: int, dice: Random) -> tuple[int, int]:
    """How many writes it took until every client had changed the row, and when the last one had, in microseconds."""

    def hop() -> int:
        return int(abs(dice.normalvariate(10 * MS, 2 * MS)))

    policy = RetryPolicy(backoff=backoff, attempts=10**9)
    version = writes = now = 0
    agenda = [(hop(), number, "read", 0, first_attempt(now=0)) for number in range(clients)]
    heapq.heapify(agenda)
    number = clients
    while agenda:
        now, _, kind, seen, attempted = heapq.heappop(agenda)
        number += 1
        if kind == "read":
            heapq.heappush(agenda, (now + hop() + hop(), number, "write", version, attempted))
            continue
        writes += 1
        if seen == version:
            version += 1
            continue
        again = after_failure(policy, attempted, now=now + hop(), variate=dice.random())
        assert isinstance(again, TryAgain)
        heapq.heappush(agenda, (again.at + hop(), number, "read", 0, again.attempted))
    return writes, now


def mean_of(backoff: Backoff, clients: int = CLIENTS, trials: int = TRIALS) -> tuple[float, float]:
    """Writes, and milliseconds until the last one was done."""
    dice = Random(2015)
    runs = [contention(backoff, clients, dice) for _ in range(trials)]
    return fmean(writes for writes, _ in runs), fmean(now for _, now in runs) / MS


@pytest.fixture(scope="module")
def measured():
    return {name: mean_of(backoff) for name, (backoff, _, _) in PUBLISHED.items()}


@pytest.mark.parametrize("name", PUBLISHED)
def test_calls_and_completion_are_those_that_were_published(name, measured):
    _, calls, milliseconds = PUBLISHED[name]

    assert measured[name] == (pytest.approx(calls, rel=WITHIN), pytest.approx(milliseconds, rel=WITHIN))


def test_jitter_more_than_halves_the_calls(measured):
    """The claim of the article, at 100 clients."""
    assert measured["exponential"][0] / measured["full jitter"][0] == pytest.approx(1857 / 796, rel=WITHIN)


def test_the_more_clients_the_more_jitter_saves():
    """At 190 clients: 5158 calls against 1772."""
    without, _ = mean_of(Exponential(BASE, CAP), clients=190, trials=20)
    jittered, _ = mean_of(FullJitter(BASE, CAP), clients=190, trials=20)

    assert (without, jittered) == (pytest.approx(5158, rel=WITHIN), pytest.approx(1772, rel=WITHIN))
