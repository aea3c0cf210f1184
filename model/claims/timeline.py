"""What policy told of one policy, and the cover that follows from it day by day.

    issued      first     [=========)
    changed     cut       [====|----)
    cancelled   ended     [====|-)              cover is erased from a day on
    reinstated  cut       [====|-) [-)          the days between are a gap
    renewed     next               ...[=====)
    nonrenewed  extended  [====|--------)       a late notice keeps cover up past the end, a later one in time does not

Each fact bears the sequence that it has in the policy's own stream. They are taken in that order, whatever the order
in which they were heard, so that a late or doubled message makes no difference once all have come.
"""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import pairwise
from typing import Literal, TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from model.claims.coverage import CoverChange, Gap, InsuredCoverage, InsuredPolicy


class Span(Struct, frozen=True):
    """What is insured on the days [start, end)."""

    start: date
    end: date
    coverages: tuple[InsuredCoverage, ...]


class TermWritten(Struct, frozen=True, kw_only=True, tag=True):
    """The first term, the next one, or one instead of what is left from its first day on."""

    place: Literal["first", "next", "instead"]
    start: date
    end: date
    zone: str
    term_starts_at: str
    coverages: tuple[InsuredCoverage, ...]


class CoverCut(Struct, frozen=True, tag=True):
    """A whole term as it stands now; days between spans have no cover."""

    spans: tuple[Span, ...]


class CoverEnded(Struct, frozen=True, tag=True, gc=False):
    """`on` is the first day without cover. A renewal that was not taken leaves nothing to be cancelled."""

    on: date
    cause: Literal["cancelled", "not_taken"]


class CoverExtended(Struct, frozen=True, tag=True, gc=False):
    """Cover goes on until a day without a term of its own, and never ends before the term that was agreed. Of several
    the last one holds, so that a day which an earlier one promised can be taken back.
    """

    until: date


Fact: TypeAlias = TermWritten | CoverCut | CoverEnded | CoverExtended


class Told(Struct, frozen=True):
    """`sequence` is the place in the policy's own stream, `recorded` the instant at which policy recorded it (UTC)."""

    sequence: int
    recorded: datetime
    fact: Fact


def with_told(told: tuple[Told, ...], more: Told) -> tuple[Told, ...]:
    """In the order in which it happened."""
    if not told or told[-1].sequence < more.sequence:
        return (*told, more)
    return tuple(sorted((*told, more), key=lambda one: one.sequence))


class Cover(Struct, frozen=True):
    """[start, end) is what the policy promises in all, `spans` what is insured of it, in the order of days. `offered`
    is what the last term insured on its first day. `extended_from` is the end that was agreed, once cover was kept up
    past it: a cancellation ends that too.
    """

    start: date
    end: date
    spans: tuple[Span, ...]
    offered: tuple[InsuredCoverage, ...]
    cancelled_on: date | None = None
    extended_from: date | None = None


def insured_from(policy_id: str, told: Iterable[Told]) -> InsuredPolicy | None:
    """The policy as all that was told makes it, in the order of sequence; None before its first term was told, since
    of days before the second nobody could say anything.
    """
    cover: Cover | None = None
    first: TermWritten | None = None
    for one in told:
        fact = one.fact
        if isinstance(fact, TermWritten) and fact.place == "first":
            first = fact
            cover = Cover(fact.start, fact.end, (Span(fact.start, fact.end, fact.coverages),), fact.coverages)
        elif cover is not None:
            cover = _after(cover, fact)
    if cover is None or first is None:
        return None
    return insured_by(cover, policy_id=policy_id, zone=first.zone, term_starts_at=first.term_starts_at)


def _after(cover: Cover, fact: Fact) -> Cover:
    match fact:
        case TermWritten(place=place, start=start, end=end, coverages=coverages):
            kept = _until(cover.spans, start) if place == "instead" else _without(cover.spans, start, end)
            return replace(
                cover, end=end, spans=_in_order((*kept, Span(start, end, coverages))), offered=coverages,
                cancelled_on=None, extended_from=None,
            )  # fmt: skip
        case CoverCut(spans=spans):
            if not spans:
                return replace(cover, cancelled_on=None)
            kept = _without(cover.spans, spans[0].start, spans[-1].end)
            end = max(cover.end, spans[-1].end)
            return replace(cover, end=end, spans=_in_order((*kept, *spans)), cancelled_on=None)
        case CoverEnded(on=on, cause="cancelled"):
            end = cover.extended_from or cover.end
            return replace(cover, end=end, spans=_until(cover.spans, on), cancelled_on=on, extended_from=None)
        case CoverEnded(on=on):
            return replace(cover, end=on, spans=_until(cover.spans, on))
        case CoverExtended(until=until):
            if not cover.spans or cover.spans[-1].end != cover.end:
                return cover
            agreed = cover.extended_from or cover.end
            end = max(until, agreed)
            # Nothing changes on the days past the agreed end, so that they lie in the last span.
            spans = (*cover.spans[:-1], replace(cover.spans[-1], end=end))
            return replace(cover, end=end, spans=spans, extended_from=None if end == agreed else agreed)
        case _:
            assert_never(fact)


def insured_by(cover: Cover, *, policy_id: str, zone: str, term_starts_at: str) -> InsuredPolicy:
    """The cover in the words in which a loss is decided: what was insured first, what changed when, and the gaps."""
    spans = cover.spans
    gaps = [Gap(one.end, other.start) for one, other in pairwise(spans) if one.end < other.start]
    if spans and cover.start < spans[0].start:
        gaps.insert(0, Gap(cover.start, spans[0].start))
    return InsuredPolicy(
        policy_id,
        cover.start,
        cover.end,
        zone,
        term_starts_at,
        cover.cancelled_on,
        spans[0].coverages if spans else cover.offered,
        tuple(gaps),
        tuple(
            CoverChange(other.start, other.coverages)
            for one, other in pairwise(spans)
            if one.coverages != other.coverages
        ),
    )


def _until(spans: tuple[Span, ...], day: date) -> tuple[Span, ...]:
    return tuple(replace(one, end=min(one.end, day)) for one in spans if one.start < day)


def _without(spans: tuple[Span, ...], start: date, end: date) -> tuple[Span, ...]:
    """The spans without the days [start, end)."""
    after = tuple(replace(one, start=max(one.start, end)) for one in spans if end < one.end)
    return (*_until(spans, start), *after)


def _in_order(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    return tuple(sorted(spans, key=lambda one: one.start))
