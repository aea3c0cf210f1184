"""A rate limit: a bucket that fills steadily, and a token for every call.

The level is kept in tokens times the period, so that any rate (7 a minute, 3 a second) fills it exactly, without
fractions that add up to an error.
"""

from msgspec import Struct

from model.resilience.breaker import Rejected


class BucketPolicy(Struct, frozen=True, kw_only=True, gc=False):
    """`tokens` flow in every `period` microseconds; at most `most` are kept, which is the burst that may follow a
    pause.
    """

    tokens: int
    period: int
    most: int


class Bucket(Struct, frozen=True, gc=False):
    """`level` in tokens times the period, as of `at`."""

    level: int
    at: int


def full_bucket(policy: BucketPolicy, *, now: int) -> Bucket:
    return Bucket(policy.most * policy.period, now)


def taken(policy: BucketPolicy, bucket: Bucket, *, now: int, tokens: int = 1) -> Bucket | Rejected:
    """The bucket without the tokens, or when they will be there. More than the bucket holds never will."""
    period, most = policy.period, policy.most
    elapsed = now - bucket.at
    level = min(most * period, bucket.level + elapsed * policy.tokens) if elapsed > 0 else bucket.level
    left = level - tokens * period
    if left >= 0:
        return Bucket(left, max(now, bucket.at))
    if tokens > most:
        return Rejected("above_burst", 0)
    return Rejected("rate_limited", -(left // policy.tokens))
