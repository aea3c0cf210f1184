"""What must hold of every policy."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from msgspec import convert

from model.daycount import DayCount, portion
from model.invariants.judging import Invariant, by_pattern, minor
from model.money import Rounding, divide
from model.published.policy_views import EarnedView, PeriodView, PolicyView, VersionView


def _return_within_written(policy: PolicyView) -> str | None:
    written = by_pattern((charge.pattern, minor(charge.amount)) for charge in policy.written or ())
    returned = by_pattern((charge.pattern, minor(charge.amount)) for charge in policy.returned or ())
    for pattern, back in returned.items():
        if not -written.get(pattern, 0) <= back <= 0:
            return f"{pattern}: {-back} minor units came back of {written.get(pattern, 0)} written"
    return None


def _status_follows_versions(policy: PolicyView) -> str | None:
    if policy.status in ("quoted", "bound"):
        return f"a {policy.status} policy has versions" if policy.versions else None
    versions = policy.versions or ()
    if not versions or _last_in_effect(versions).status != policy.status:
        return f"the policy is {policy.status} but the version that rules last is not"
    for version in versions:
        if not policy.start <= version.effective <= policy.end:
            return f"a version takes effect on {version.effective}, outside {policy.start} to {policy.end}"
    if any(later.recorded < earlier.recorded for earlier, later in pairwise(versions)):
        return "versions are not in the order in which they were recorded"
    return None


def _last_in_effect(versions: Sequence[VersionView]) -> VersionView:
    """What was recorded later rules where both take effect on one day."""
    return max(enumerate(versions), key=lambda entry: (entry[1].effective, entry[0]))[1]


def _segments_are_whole(policy: PolicyView) -> str | None:
    for period in policy.periods or ():
        segments = period.segments
        if not segments or segments[0].start != period.start or segments[-1].end != period.until:
            return f"the term from {period.start} to {period.until} is not what its segments cover"
        for one, other in pairwise(segments):
            if one.end != other.start:
                return f"a segment ends on {one.end} and the next begins on {other.start}"
        if any(one.end <= one.start for one in segments):
            return "a segment has no day"
    return None


def _booked_is_what_the_segments_cost(policy: PolicyView) -> str | None:
    """Computed anew from the segments alone: the first rate, and for every change what it makes for the rest."""
    for period in policy.periods or ():
        booked = by_pattern((charge.pattern, minor(charge.amount)) for charge in period.booked)
        kept = by_pattern((charge.pattern, minor(charge.amount)) for charge in period.retained)
        for pattern in period.prorated:
            cost = _cost_of_segments(period, pattern) + kept.get(pattern, 0)
            if cost != booked.get(pattern, 0):
                return f"{pattern}: the segments from {period.start} cost {cost}, {booked.get(pattern, 0)} was booked"
    return None


def _cost_of_segments(period: PeriodView, pattern: str) -> int:
    day_count, rounding = convert(period.day_count, DayCount), convert(period.rounding, Rounding)
    cost = before = 0
    for segment in period.segments:
        rates = by_pattern((rate.pattern, minor(rate.amount)) for rate in segment.rates)
        after = rates.get(pattern, 0) if segment.status == "in_force" else 0
        if segment.start < period.end:
            term = portion(day_count, start=period.start, end=period.end, on=segment.start)
            cost += divide((after - before) * min(term.remaining, term.basis), term.basis, rounding)
        before = after
    longer = (period.until - period.end).days
    if longer > 0 and period.extension == "pro_rata":
        cost += divide(before * longer, (period.end - period.start).days, rounding)
    return cost


def _earning_adds_up(policy: PolicyView) -> str | None:
    for period in policy.periods or ():
        changes = {segment.start for segment in period.segments}
        last: dict[str, EarnedView] = {}
        for seen in period.earned:
            written, earned, unearned = minor(seen.written), minor(seen.earned), minor(seen.unearned)
            if earned + unearned != written:
                return f"{seen.pattern} on {seen.on}: {earned} earned and {unearned} unearned are not {written}"
            if seen.on >= period.until and unearned:
                return f"{seen.pattern}: {unearned} minor units are unearned when the term is over"
            before = minor(last.get(seen.pattern, seen).earned)
            if earned < before:
                since = last[seen.pattern].on
                rounded = 1 if since in changes and _counts_no_day(period, since, seen.on) else 0
                if earned < before - rounded:
                    return f"{seen.pattern} on {seen.on}: {earned} earned, and more before"
            last[seen.pattern] = seen
    return None


def _counts_no_day(period: PeriodView, since: date, on: date) -> bool:
    """Whether the day count sees no day pass, as 30E/360 from the 30th to the 31st. What is earned stands still there,
    but for the one unit by which a change on the first of them rounds when it begins to count.
    """
    day_count = convert(period.day_count, DayCount)
    left = [portion(day_count, start=period.start, end=period.end, on=min(day, period.end)) for day in (since, on)]
    return left[0] == left[1]


def _one_winner_per_base(policy: PolicyView) -> str | None:
    """Renewals and notices of nonrenewal stand beside the term and move nothing in it when they are bound."""
    won: set[int] = set()
    for job in policy.jobs or ():
        if job.status in ("bound", "issued") and job.kind not in ("renewal", "non_renewal"):
            if job.base in won:
                return f"two jobs were bound on version {job.base}, the second being {job.job_id}"
            won.add(job.base)
        if policy.base is not None and job.base > policy.base:
            return f"{job.job_id} stands on version {job.base} of {policy.base}"
    return None


def _notice_gives_time(policy: PolicyView) -> str | None:
    notice = policy.notice
    if notice is None:
        return None
    if not notice.mailed_on < notice.earliest <= notice.effective:
        return f"mailed on {notice.mailed_on}, not before {notice.earliest}, it cancels on {notice.effective}"
    return None


POLICY_INVARIANTS: tuple[Invariant[PolicyView], ...] = (
    Invariant(
        "INV-P1",
        "segments lie end to end from the first day of a term to its last",
        ("periods",),
        _segments_are_whole,
    ),
    Invariant(
        "INV-P1",
        "versions lie inside the term, in the order recorded, and the one that rules last is the status",
        ("versions",),
        _status_follows_versions,
    ),
    Invariant("INV-P2", "what was booked is what the segments cost", ("periods",), _booked_is_what_the_segments_cost),
    Invariant(
        "INV-P3",
        "earned and unearned are what was written; earned never falls between changes and ends as written",
        ("periods",),
        _earning_adds_up,
    ),
    Invariant(
        "INV-P4",
        "what comes back of a charge is between nothing and what was written",
        ("written", "returned"),
        _return_within_written,
    ),
    Invariant(
        "INV-P8", "one job is bound on one version, and none on a later one", ("jobs", "base"), _one_winner_per_base
    ),
    Invariant("INV-P11", "a pending cancellation leaves the time that its notice takes", ("base",), _notice_gives_time),
)
