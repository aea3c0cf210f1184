"""What protection costs a call: one decision of each machine, as a multiple of an idiomatic SimPy customer of the same
round. Half a microsecond is a fourteenth of one.
"""

from functools import cache
from random import Random

from bench_engine import idiomatic_customer
from rounds import Benchmark, Round

from model.resilience.breaker import BreakerPolicy, Closed, Rejected, State, failed, permitted, succeeded
from model.resilience.retry import Attempted, FullJitter, RetryPolicy, after_failure
from model.resilience.token_bucket import Bucket, BucketPolicy, full_bucket, taken

CALLS = 50_000
HALF_A_MICROSECOND = 0.5 / 7
BREAKER = BreakerPolicy(window=100, least_calls=20, failures_percent=50, pause=5_000_000, probes=3)
RETRY = RetryPolicy(backoff=FullJitter(5_000, 2_000_000), attempts=3)
BUCKET = BucketPolicy(tokens=1000, period=1_000_000, most=1000)


@cache
def dice() -> list[float]:
    drawn = Random(1)
    return [drawn.random() for _ in range(CALLS)]


def breaker_calls() -> State:
    """Two decisions a call, may it be made and how did it go. One in fifty fails, which opens nothing."""
    state: State = Closed()
    for number, die in enumerate(dice()):
        asked = permitted(BREAKER, state, now=number)
        if isinstance(asked, Rejected):
            raise AssertionError("one failure in fifty opens nothing")
        if die < 0.02:
            state = failed(BREAKER, asked, generation=asked.generation, now=number)
        else:
            state = succeeded(BREAKER, asked, generation=asked.generation)
    return state


def retries() -> None:
    attempted = Attempted(1, 0)
    for number, die in enumerate(dice()):
        after_failure(RETRY, attempted, now=number, variate=die)


def tokens() -> None:
    bucket = full_bucket(BUCKET, now=0)
    for number in range(CALLS):
        answer = taken(BUCKET, bucket, now=number * 1000)
        if isinstance(answer, Bucket):
            bucket = answer


def breaker_decision(current: Round) -> float:
    dice()
    return current.seconds("closed breaker", breaker_calls) / (2 * CALLS) / idiomatic_customer(current)


def retry_decision(current: Round) -> float:
    dice()
    return current.seconds("retries", retries) / CALLS / idiomatic_customer(current)


def bucket_decision(current: Round) -> float:
    return current.seconds("tokens", tokens) / CALLS / idiomatic_customer(current)


BENCHMARKS = tuple(
    Benchmark(name=name, unit="x idiomatic SimPy customer", sense="<=", bound=bound, measure=measure)
    for name, bound, measure in (
        ("breaker_decision", HALF_A_MICROSECOND, breaker_decision),
        ("retry_decision", 2 * HALF_A_MICROSECOND, retry_decision),
        ("token_bucket_decision", 2 * HALF_A_MICROSECOND, bucket_decision),
    )
)
