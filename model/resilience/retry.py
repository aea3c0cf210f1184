"""Trying again: how long to wait after a failure, and when to give up.

    first_attempt --> Attempted --(failure)--> TryAgain --(at its time)--> Attempted ...
                          \\--(failure)--> GiveUp

The kinds of jitter are those of the published comparison of backoff by clients that contend for one row (M. Brooker,
"Exponential Backoff And Jitter", AWS Architecture Blog, 2015): the exponential ceiling after the n-th failure is
min(cap, base * 2**n), so that the first pause is twice the base. A retry budget bounds what all clients together add
to the load, which no pause of one of them can.
"""

from collections.abc import Callable
from typing import Literal, TypeAlias, TypeVar, cast

from msgspec import Struct

B = TypeVar("B", bound=Struct)

MOST_DOUBLINGS = 62
"""Beyond it every cap is reached."""
THOUSAND = 1000


class Fixed(Struct, frozen=True, gc=False, tag=True):
    pause: int


class Scheduled(Struct, frozen=True, tag=True):
    """The pauses one by one, the last of them for ever. `jitter_percent` moves each up to so much to either side."""

    pauses: tuple[int, ...]
    jitter_percent: int = 0


class Exponential(Struct, frozen=True, gc=False, tag=True):
    base: int
    cap: int


class FullJitter(Struct, frozen=True, gc=False, tag=True):
    """Anything between nothing and the exponential ceiling."""

    base: int
    cap: int


class EqualJitter(Struct, frozen=True, gc=False, tag=True):
    """Half of the exponential ceiling, and anything up to the other half."""

    base: int
    cap: int


class DecorrelatedJitter(Struct, frozen=True, gc=False, tag=True):
    """Anything between the base and three times the pause before."""

    base: int
    cap: int


Backoff: TypeAlias = Fixed | Scheduled | Exponential | FullJitter | EqualJitter | DecorrelatedJitter


class RetryPolicy(Struct, frozen=True, kw_only=True):
    """`attempts` counts the first one too. No attempt starts later than `within` microseconds after the first."""

    backoff: Backoff
    attempts: int
    within: int | None = None


class Attempted(Struct, frozen=True, gc=False):
    """A call after so many attempts, the first of which began at `began`; `pause` is the last wait."""

    attempts: int
    began: int
    pause: int = 0


class TryAgain(Struct, frozen=True, gc=False):
    """The next attempt is due at `at`, and makes the call what `attempted` says."""

    at: int
    attempted: Attempted


class GiveUp(Struct, frozen=True, gc=False):
    code: Literal["attempts_exhausted", "time_exhausted", "budget_exhausted"]


NO_MORE_ATTEMPTS = GiveUp("attempts_exhausted")
NO_MORE_TIME = GiveUp("time_exhausted")
NO_MORE_BUDGET = GiveUp("budget_exhausted")


def first_attempt(*, now: int) -> Attempted:
    return Attempted(1, now)


def after_failure(policy: RetryPolicy, attempted: Attempted, *, now: int, variate: float) -> TryAgain | GiveUp:
    """What follows when the last attempt of a call has failed."""
    if attempted.attempts >= policy.attempts:
        return NO_MORE_ATTEMPTS
    backoff = policy.backoff
    wait = _PAUSES[type(backoff)](backoff, attempted, variate)
    at = now + wait
    if policy.within is not None and at - attempted.began > policy.within:
        return NO_MORE_TIME
    return TryAgain(at, Attempted(attempted.attempts + 1, attempted.began, wait))


def _ceiling(backoff: Exponential | FullJitter | EqualJitter, attempted: Attempted) -> int:
    return min(backoff.cap, backoff.base << min(attempted.attempts, MOST_DOUBLINGS))


def _fixed(backoff: Fixed, attempted: Attempted, variate: float) -> int:
    _ = attempted, variate
    return backoff.pause


def _scheduled(backoff: Scheduled, attempted: Attempted, variate: float) -> int:
    pause = backoff.pauses[min(attempted.attempts, len(backoff.pauses)) - 1]
    reach = pause * backoff.jitter_percent // 100
    return pause - reach + int(variate * (2 * reach)) if reach else pause


def _exponential(backoff: Exponential, attempted: Attempted, variate: float) -> int:
    _ = variate
    return _ceiling(backoff, attempted)


def _full(backoff: FullJitter, attempted: Attempted, variate: float) -> int:
    return int(variate * _ceiling(backoff, attempted))


def _equal(backoff: EqualJitter, attempted: Attempted, variate: float) -> int:
    ceiling = _ceiling(backoff, attempted)
    half = ceiling // 2
    return half + int(variate * (ceiling - half))


def _decorrelated(backoff: DecorrelatedJitter, attempted: Attempted, variate: float) -> int:
    before = attempted.pause or backoff.base
    # A pause may be shorter than a third of the base only when the cap is, and then the base is what is waited.
    reach = max(before * 3 - backoff.base, 0)
    return min(backoff.cap, backoff.base + int(variate * reach))


Pause: TypeAlias = Callable[[Backoff, Attempted, float], int]


def _of(kind: type[B], pause: Callable[[B, Attempted, float], int]) -> tuple[type[Backoff], Pause]:
    """One line of the table: a pause is only ever asked for by its own kind."""
    return cast("type[Backoff]", kind), cast("Pause", pause)


_PAUSES: dict[type[Backoff], Pause] = dict(
    (
        _of(Fixed, _fixed),
        _of(Scheduled, _scheduled),
        _of(Exponential, _exponential),
        _of(FullJitter, _full),
        _of(EqualJitter, _equal),
        _of(DecorrelatedJitter, _decorrelated),
    )
)


class BudgetPolicy(Struct, frozen=True, gc=False):
    """Every first attempt earns `per_thousand` thousandths of a retry; at most `most` retries are kept."""

    per_thousand: int
    most: int


class Budget(Struct, frozen=True, gc=False):
    thousandths: int


def full_budget(policy: BudgetPolicy) -> Budget:
    return Budget(policy.most * THOUSAND)


def earned(policy: BudgetPolicy, budget: Budget) -> Budget:
    """After a first attempt."""
    return Budget(min(policy.most * THOUSAND, budget.thousandths + policy.per_thousand))


def spent(budget: Budget) -> Budget | GiveUp:
    """After a retry, or why there is none."""
    if budget.thousandths < THOUSAND:
        return NO_MORE_BUDGET
    return Budget(budget.thousandths - THOUSAND)
