"""Rate and concurrency limits: what they let through, and that nothing is lost or invented on the way."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from model.resilience.breaker import Rejected
from model.resilience.concurrency import ConcurrencyPolicy, Occupied, entered, gave_up, left
from model.resilience.token_bucket import Bucket, BucketPolicy, full_bucket, taken

SECOND = 1_000_000
FEW = settings(derandomize=True, deadline=None, max_examples=100)


def test_a_burst_is_let_through_and_then_only_the_rate():
    policy = BucketPolicy(tokens=7, period=60 * SECOND, most=3)
    bucket = full_bucket(policy, now=0)
    let_through = []
    for now in range(0, 600 * SECOND, SECOND):
        answer = taken(policy, bucket, now=now)
        if isinstance(answer, Bucket):
            bucket = answer
            let_through.append(now)

    assert let_through[:3] == [0, SECOND, 2 * SECOND]
    assert len(let_through) == 3 + 7 * 10 - 1, "the burst, and seven a minute of which the last is not there yet"


def test_who_is_turned_away_is_told_when_to_come_and_gets_through_then_and_not_before():
    policy = BucketPolicy(tokens=3, period=SECOND, most=1)
    empty = taken(policy, full_bucket(policy, now=0), now=0)
    assert isinstance(empty, Bucket)

    answer = taken(policy, empty, now=1)

    assert answer == Rejected("rate_limited", 333_333)
    assert isinstance(taken(policy, empty, now=333_333), Rejected)
    assert isinstance(taken(policy, empty, now=333_334), Bucket)


def test_more_than_the_bucket_holds_is_refused_for_ever():
    policy = BucketPolicy(tokens=1, period=1, most=5)

    assert taken(policy, full_bucket(policy, now=0), now=10**9, tokens=6) == Rejected("above_burst", 0)


@FEW
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 3)), max_size=40), st.integers(1, 9), st.integers(1, 17))
def test_the_level_is_exact_for_every_rate(asks, tokens, period):
    """Against the same bucket in fractions."""
    policy = BucketPolicy(tokens=tokens, period=period, most=4)
    bucket, level, now, before = full_bucket(policy, now=0), Fraction(4), 0, 0
    for wait, wanted in asks:
        now += wait
        level = min(Fraction(4), level + Fraction((now - before) * tokens, period))
        before = now
        answer = taken(policy, bucket, now=now, tokens=wanted)
        assert isinstance(answer, Bucket) == (level >= wanted)
        if isinstance(answer, Bucket):
            bucket, level = answer, level - wanted
            assert Fraction(bucket.level, period) == level


def test_a_clock_that_goes_back_gives_nothing_away():
    policy = BucketPolicy(tokens=1, period=10, most=1)

    assert taken(policy, Bucket(0, 100), now=50) == Rejected("rate_limited", 10)


POLICY = ConcurrencyPolicy(running=2, waiting=1, retry_after=9)


def test_so_many_run_one_waits_and_the_next_is_told_to_come_back():
    occupied = Occupied()
    for wanted in (Occupied(1, 0), Occupied(2, 0), Occupied(2, 1)):
        answer = entered(POLICY, occupied)
        assert answer == wanted
        occupied = wanted

    assert entered(POLICY, occupied) == Rejected("overloaded", 9)
    assert left(POLICY, occupied) == Occupied(2, 0), "who waited runs now"
    assert gave_up(occupied) == Occupied(2, 0)


def test_nobody_overtakes_those_who_wait():
    assert entered(POLICY, Occupied(1, 0)) == Occupied(2, 0)
    assert entered(ConcurrencyPolicy(3, 2, 9), Occupied(2, 1)) == Occupied(2, 2)


def test_a_lowered_limit_lets_nobody_in_until_enough_have_left():
    lowered = ConcurrencyPolicy(running=1, waiting=5, retry_after=9)

    assert left(lowered, Occupied(3, 2)) == Occupied(2, 2)
    assert left(lowered, Occupied(2, 2)) == Occupied(1, 2)
    assert left(lowered, Occupied(1, 2)) == Occupied(1, 1)


@FEW
@given(st.lists(st.sampled_from(["enter", "leave", "give up"]), max_size=60))
def test_the_bounds_hold_and_nobody_is_lost(steps):
    """INV-X9: queue length within its bound, everyone accepted runs, waits, or has gone."""
    occupied, accepted, gone = Occupied(), 0, 0
    for step in steps:
        if step == "enter":
            answer = entered(POLICY, occupied)
            if isinstance(answer, Occupied):
                occupied, accepted = answer, accepted + 1
        elif step == "leave" and occupied.running:
            occupied, gone = left(POLICY, occupied), gone + 1
        elif step == "give up" and occupied.waiting:
            occupied, gone = gave_up(occupied), gone + 1
        assert occupied.running <= POLICY.running
        assert occupied.waiting <= POLICY.waiting
        assert occupied.running + occupied.waiting == accepted - gone
        assert not occupied.waiting or occupied.running == POLICY.running
