"""A limit on how much happens at once: some run, some wait, the rest are told to come back.

    --enter--> running --leave--> done, and whoever waited longest runs
           \\--> waiting (bounded)
           \\--> Rejected

A queue without a bound turns overload into answers that come when nobody wants them any more; so the queue has one.
"""

from msgspec import Struct

from model.resilience.breaker import Rejected


class ConcurrencyPolicy(Struct, frozen=True, gc=False):
    """At most `running` at once and `waiting` behind them. Whoever is turned away is told to come after `retry_after`
    microseconds.
    """

    running: int
    waiting: int
    retry_after: int


class Occupied(Struct, frozen=True, gc=False):
    running: int = 0
    waiting: int = 0


def entered(policy: ConcurrencyPolicy, occupied: Occupied) -> Occupied | Rejected:
    """With one more: it runs if it made `running` grow, and waits if it made `waiting` grow."""
    if occupied.running < policy.running and not occupied.waiting:
        return Occupied(occupied.running + 1, 0)
    if occupied.waiting < policy.waiting:
        return Occupied(occupied.running, occupied.waiting + 1)
    return Rejected("overloaded", policy.retry_after)


def left(policy: ConcurrencyPolicy, occupied: Occupied) -> Occupied:
    """One that ran is done; its place goes to one that waited, unless the limit was lowered meanwhile."""
    running = occupied.running - 1
    if occupied.waiting and running < policy.running:
        return Occupied(running + 1, occupied.waiting - 1)
    return Occupied(running, occupied.waiting)


def gave_up(occupied: Occupied) -> Occupied:
    """One that waited has gone."""
    return Occupied(occupied.running, occupied.waiting - 1)
