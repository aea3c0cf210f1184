"""Retries: each backoff to the microsecond, the limits, and what a budget saves."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.resilience.retry import (
    Attempted,
    BudgetPolicy,
    DecorrelatedJitter,
    EqualJitter,
    Exponential,
    Fixed,
    FullJitter,
    GiveUp,
    RetryPolicy,
    Scheduled,
    TryAgain,
    after_failure,
    earned,
    first_attempt,
    full_budget,
    spent,
)

MS = 1000
BASE, CAP = 5 * MS, 100 * MS
BACKOFFS = {
    "fixed": (Fixed(7 * MS), [7, 7, 7, 7, 7, 7]),
    "scheduled": (Scheduled((1 * MS, 5 * MS)), [1, 5, 5, 5, 5, 5]),
    "exponential": (Exponential(BASE, CAP), [10, 20, 40, 80, 100, 100]),
    "full": (FullJitter(BASE, CAP), [5, 10, 20, 40, 50, 50]),
    "equal": (EqualJitter(BASE, CAP), [7.5, 15, 30, 60, 75, 75]),
    "decorrelated": (DecorrelatedJitter(BASE, CAP), [10, 17.5, 28.75, 45.625, 70.937, 100]),
}


def pauses(policy, *, variate, failures):
    """The waits in microseconds after each of so many failures, each of which happens at once."""
    now, attempted, waits = 1_000_000, first_attempt(now=1_000_000), []
    for _ in range(failures):
        answer = after_failure(policy, attempted, now=now, variate=variate)
        if isinstance(answer, GiveUp):
            return waits, answer.code
        waits.append(answer.at - now)
        now, attempted = answer.at, answer.attempted
    return waits, None


@pytest.mark.parametrize("name", BACKOFFS)
def test_every_backoff_waits_as_it_is_defined_when_the_die_falls_in_the_middle(name):
    backoff, wanted = BACKOFFS[name]

    waits, code = pauses(RetryPolicy(backoff=backoff, attempts=99), variate=0.5, failures=6)

    assert [wait / MS for wait in waits] == pytest.approx(wanted, abs=0.001)
    assert code is None


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    variates=st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=80),
    name=st.sampled_from(["full", "equal", "decorrelated"]),
)
def test_jitter_stays_within_its_bounds_however_the_dice_fall_and_however_long_it_lasts(variates, name):
    backoff = BACKOFFS[name][0]
    attempted = first_attempt(now=0)
    for failures, variate in enumerate(variates, 1):
        before = attempted.pause or BASE
        answer = after_failure(RetryPolicy(backoff=backoff, attempts=99), attempted, now=0, variate=variate)
        assert isinstance(answer, TryAgain)
        ceiling = min(CAP, BASE * 2**failures)
        low, high = {
            "full": (0, ceiling),
            "equal": (ceiling // 2, ceiling),
            "decorrelated": (BASE, min(CAP, 3 * before)),
        }[name]
        assert low <= answer.at <= high
        attempted = answer.attempted


def test_a_jittered_schedule_lies_around_its_pauses():
    policy = RetryPolicy(backoff=Scheduled((60 * MS, 600 * MS), jitter_percent=10), attempts=9)

    assert pauses(policy, variate=0.0, failures=2)[0] == [54 * MS, 540 * MS]
    assert pauses(policy, variate=0.5, failures=2)[0] == [60 * MS, 600 * MS]


def test_a_call_is_given_up_after_its_last_attempt():
    """INV-Y4: never more than the policy allows, the first one counted."""
    for attempts in (1, 2, 5):
        waits, code = pauses(RetryPolicy(backoff=Fixed(1), attempts=attempts), variate=0.0, failures=9)
        assert (len(waits), code) == (attempts - 1, "attempts_exhausted")


def test_no_attempt_starts_after_the_time_is_up():
    policy = RetryPolicy(backoff=Fixed(10), attempts=99, within=35)

    assert pauses(policy, variate=0.0, failures=9) == ([10, 10, 10], "time_exhausted")


def test_the_same_failure_asked_about_twice_is_answered_alike():
    policy = RetryPolicy(backoff=FullJitter(BASE, CAP), attempts=4)

    assert after_failure(policy, Attempted(2, 0, 9), now=7, variate=0.3) == after_failure(
        policy, Attempted(2, 0, 9), now=7, variate=0.3
    )


def load_under(policy: BudgetPolicy, *, calls: int, retries: int) -> float:
    """Attempts for each call when every one of them fails and each is retried as often as the budget gives."""
    budget, attempts = full_budget(policy), 0
    for _ in range(calls):
        budget = earned(policy, budget)
        attempts += 1
        for _ in range(retries):
            answer = spent(budget)
            if isinstance(answer, GiveUp):
                assert answer.code == "budget_exhausted"
                break
            budget, attempts = answer, attempts + 1
    return attempts / calls


def test_a_budget_of_a_tenth_lets_a_dead_server_see_a_tenth_more_and_the_start_balance():
    """The published comparison of retry strategies: load 1.12 = 1 + 0.1 + 400 tokens of 20,000 calls."""
    assert load_under(BudgetPolicy(100, 400), calls=20_000, retries=3) == pytest.approx(1.12, abs=0.0001)


def test_without_a_budget_three_retries_are_four_times_the_load():
    assert load_under(BudgetPolicy(3000, 1000), calls=2000, retries=3) == 4.0


def test_a_budget_never_grows_beyond_its_most():
    policy = BudgetPolicy(500, 2)
    budget = full_budget(policy)
    for _ in range(10):
        budget = earned(policy, budget)

    assert budget == full_budget(policy)


def test_pauses_of_an_exponential_grow_until_the_cap():
    waits, _ = pauses(RetryPolicy(backoff=Exponential(1, 10**9), attempts=99), variate=0.0, failures=98)

    assert all(one <= other for one, other in pairwise(waits))
    assert waits[-1] == 10**9
