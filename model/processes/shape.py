"""The shape that all processes share.

A process is a machine like any other, and a table of steps: what each step asks, of whom, how long the answer may
take, what follows when none comes, what the step moves and which step takes that back. The machine says when a step is
taken; the table is data, so that a page can draw it and a test can hold every step to it. What is asked crosses to the
asked context as a published event and is answered by that context's own published events: nothing here calls anybody.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from msgspec import Struct

ProcessName: TypeAlias = Literal["claim_payout", "cancel_for_nonpayment", "renewal_bind"]
Asked: TypeAlias = Literal["policy", "billing", "claims", "payments", "person", "nobody"]
"""Whom a step asks: a context, a person, or nobody when it only waits for a day to come."""

RETRIED: frozenset[str] = frozenset({"moratorium", "grace_not_over", "not_a_mailing_day", "notice_too_early"})
"""Refusals that a later day mends by itself: the process waits and asks again. Any other is for a person."""


class Step(Struct, frozen=True, gc=False):
    """`waits` is how long, `named_day` until a day that an answer named, and None without a timeout, where `untimed`
    says why. `then` is asked when time is up. A step that waits for news of somebody who was not asked has no timeout,
    because no question could be asked anew; nor has the last thing that a process asks, which nobody publishes an
    answer to. Each is `looked_at` by a person when it has stood for so long, in case that the news or the ask was lost.
    What a step `moves` is taken back by `undone_by`, or `final` says why nothing need take it back.
    """

    asks: str
    of: Asked
    waits: timedelta | Literal["named_day"] | None
    untimed: str = ""
    then: str = ""
    moves: str = ""
    undone_by: str = ""
    final: str = ""
    looked_at: timedelta | None = None


class Begun(Struct, frozen=True, kw_only=True, gc=False):
    """Where a process stands: its `step`-th step, asked at `since`, with an answer due by `until` (None: whenever it
    comes). `story` is the correlation id of the process from its first step to its last; `tries` counts how often the
    present thing was asked in a row.
    """

    step: int
    since: datetime
    until: datetime | None
    story: str
    tries: int = 1

    def overdue(self, at: datetime) -> bool:
        return self.until is not None and at >= self.until


class Standing(Struct, frozen=True, gc=False):
    """One row of the list of processes under way: what it waits for, from whom and since when."""

    process: ProcessName
    process_id: str
    asks: str
    of: Asked
    since: datetime
    until: datetime | None


def step_of(steps: tuple[Step, ...], asks: str) -> Step:
    """The step of a name. Raises LookupError when the table has none, which no machine's own asks can bring about."""
    for step in steps:
        if step.asks == asks:
            return step
    raise LookupError(f"no step asks {asks!r}")


def until(step: Step, at: datetime, named: datetime | None = None) -> datetime | None:
    """When the answer to a step asked at an instant is due; `named` is the day that an answer named."""
    match step.waits:
        case "named_day":
            return named
        case timedelta() as waits:
            return at + waits
        case None:
            return None


def faults(steps: tuple[Step, ...]) -> Iterator[str]:
    """What is wrong with a table of steps: a step that can wait for ever without saying why, leads nowhere when time is
    up, or moves something that nothing takes back.
    """
    names = [step.asks for step in steps]
    for step in steps:
        if names.count(step.asks) > 1:
            yield f"{step.asks}: named twice"
        if (step.waits is None) != bool(step.untimed):
            yield f"{step.asks}: has no timeout and does not say why, or has both"
        if (step.waits is None) != (not step.then):
            yield f"{step.asks}: a timeout leads somewhere, and only a timeout does"
        if step.looked_at is not None and step.waits is not None:
            yield f"{step.asks}: has a timeout, and is looked at without one"
        if step.then and step.then not in names:
            yield f"{step.asks}: leads to {step.then}, which is no step"
        if bool(step.moves) != (bool(step.undone_by) != bool(step.final)):
            yield f"{step.asks}: moves something that no step takes back, or takes back what it never moved"
        if step.undone_by and step.undone_by not in names:
            yield f"{step.asks}: is undone by {step.undone_by}, which is no step"
