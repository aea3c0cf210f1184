"""The two times of a term: every bound transaction says from which day it rules and at which instant it was recorded.

Nothing is ever changed or taken away. What is no longer so is reversed by a later version, what still holds after a
reversal is applied again by one that says of which it is the repetition, and what was known at an instant can be
asked for ever.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from model.policy.edits import Edit, Insured, added, edited, insured_at_start, summed
from model.policy.terms import Charge, Coverage, Terms

Status = Literal["in_force", "cancelled", "expired"]
Kind = Literal[
    "submission",
    "policy_change",
    "cancellation",
    "reinstatement",
    "rewrite",
    "renewal",
    "non_renewal",
    "audit",
    "expiration",
]
SUBMISSION = "submission"
"""The job of a policy's first term, when nobody names another."""


class Version(Struct, frozen=True, gc=False, array_like=True):
    """From `effective` on, as recorded at `recorded`, the policy is in this status with these edits made.

    `reverses` and `reapplication_of` are numbers of versions of the same term, 0 for none. A version that reverses
    another says nothing else.
    """

    effective: date
    recorded: datetime
    status: Status
    number: int = 1
    kind: Kind = "submission"
    job_id: str = SUBMISSION
    edits: tuple[Edit, ...] = ()
    reverses: int = 0
    reapplication_of: int = 0


class Segment(Struct, frozen=True, gc=False, array_like=True):
    """[start, end) of a term in which nothing changes. `rates` are annual: what a year costs, or in a gap, where
    nothing is covered and nothing accrues, what it would.
    """

    start: date
    end: date
    status: Literal["in_force", "gap"]
    coverages: tuple[Coverage, ...]
    rates: tuple[Charge, ...]


class Period(Struct, frozen=True, gc=False, array_like=True):
    """One term of a policy: what was agreed, all its versions, and what was charged for it, net, by pattern.

    `cover` is the term cut by its versions as they are known now; it follows from them and is kept because every
    question is asked of it. `retained` is what a cancellation kept beyond what was earned. `until` is set where the law
    made cover go on past the end of the term.
    """

    terms: Terms
    versions: tuple[Version, ...]
    booked: tuple[Charge, ...]
    cover: tuple[Segment, ...]
    retained: tuple[Charge, ...] = ()
    until: date | None = None

    @property
    def end(self) -> date:
        return self.until or self.terms.end


def begun(terms: Terms, version: Version) -> Period:
    """A period as its first version makes it: everything is charged that the terms charge."""
    rates = summed(terms.charges)
    return Period(terms, (version,), rates, (Segment(terms.start, terms.end, "in_force", terms.coverages, rates),))


def extended(
    period: Period, versions: Iterable[Version], *, booked: tuple[Charge, ...] = (), until: date | None = None
) -> Period:
    """The period with more versions and more booked, cut anew; `until` as given."""
    longer = replace(
        period,
        versions=(*period.versions, *versions),
        booked=added(period.booked, booked) if booked else period.booked,
        until=until,
    )
    return replace(longer, cover=cut(longer))


def ended(period: Period, versions: tuple[Version, ...], *, booked: tuple[Charge, ...]) -> Period:
    """The period ended early by the last of `versions`. Where that only takes its last segment apart, which is what
    most endings do, nothing needs to be cut anew.
    """
    last, tail = versions[-1], period.cover[-1]
    if len(versions) > 1 or tail.status == "gap" or last.effective <= tail.start or period.until is not None:
        return extended(period, versions, booked=booked)
    cover = (
        *period.cover[:-1],
        Segment(tail.start, last.effective, "in_force", tail.coverages, tail.rates),
        Segment(last.effective, tail.end, "gap", (), tail.rates),
    )
    return Period(period.terms, (*period.versions, last), added(period.booked, booked), cover, period.retained, None)


def active(versions: tuple[Version, ...], known_at: datetime | None = None) -> list[Version]:
    """The versions that hold, as far as was known, in the order in which they take effect."""
    if len(versions) == 1:
        return [one for one in versions if known_at is None or one.recorded <= known_at]
    known = [one for one in versions if known_at is None or one.recorded <= known_at]
    reversed_numbers = {one.reverses for one in known}
    holding = [one for one in known if not one.reverses and one.number not in reversed_numbers]
    return sorted(holding, key=_in_effect)


def _in_effect(version: Version) -> tuple[date, int]:
    return version.effective, version.number


def ruling(period: Period, *, effective: date, known_at: datetime | None = None) -> Version | None:
    """The version of a term that ruled on a day as far as was known; None before its first."""
    found = None
    for version in active(period.versions, known_at):
        if version.effective > effective:
            break
        found = version
    return found


def cut(period: Period, known_at: datetime | None = None) -> tuple[Segment, ...]:
    """The term cut where something changes, as far as was known; contiguous from its start to its end."""
    found: list[Segment] = []
    for segment in _segments(period, active(period.versions, known_at)):
        if found and _insures_the_same(found[-1], segment):
            found[-1] = replace(segment, start=found[-1].start)
        else:
            found.append(segment)
    return tuple(found)


def _insures_the_same(one: Segment, other: Segment) -> bool:
    return (one.status, one.coverages, one.rates) == (other.status, other.coverages, other.rates)


def _segments(period: Period, versions: list[Version]) -> Iterator[Segment]:
    end = period.end
    insured = insured_at_start(period.terms)
    place = 0
    while place < len(versions):
        since = versions[place].effective
        status: Literal["in_force", "gap"] = "in_force"
        while place < len(versions) and versions[place].effective == since:
            insured = edited(insured, versions[place].edits)
            status = "in_force" if versions[place].status == "in_force" else "gap"
            place += 1
        until = min(versions[place].effective, end) if place < len(versions) else end
        if since < until:
            coverages = insured.coverages if status == "in_force" else ()
            yield Segment(since, until, status, coverages, insured.rates)


def insured_on(period: Period, day: date) -> Insured | None:
    """What is insured on a day of the term; None where nothing is."""
    for segment in period.cover:
        if segment.start <= day < segment.end and segment.status == "in_force":
            return Insured(segment.coverages, segment.rates)
    return None
