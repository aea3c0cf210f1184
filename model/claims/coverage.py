"""Is this loss covered? Asked of the policy as it stood at the instant of the loss.

Claims keeps its own words for a policy: the fields that it needs to decide and nothing else. Whoever asks can hand in
the policy as known now and as known when the claim was reported; where the two disagree, a change was bound behind
the back of the loss, and somebody has to look.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from model.claims.payees import Interest
from model.claims.vocabulary import Cause, CoverageWarning, DenialReason
from model.daycount import months_after
from model.jurisdiction import Law
from model.money import Money


class InsuredCoverage(Struct, frozen=True):
    """`hurricane_deductible` replaces `deductible` when a named hurricane caused the loss. A loss within
    `waiting_days` of the day on which the coverage began, or by an excluded cause, is not covered.
    `interests` are who else has a right in what is insured; `aggregate` bounds all losses of one policy year, where
    there is such a limit.
    """

    code: str
    limit: Money
    deductible: Money
    hurricane_deductible: Money
    excluded: tuple[Cause, ...] = ()
    waiting_days: int = 0
    interests: tuple[Interest, ...] = ()
    aggregate: Money | None = None

    @property
    def amounts(self) -> tuple[Money, ...]:
        """Every amount of money that it names."""
        amounts = (self.limit, self.deductible, self.hurricane_deductible)
        return amounts if self.aggregate is None else (*amounts, self.aggregate)


class Gap(Struct, frozen=True, gc=False):
    """No cover in [start, end): cancelled and reinstated with a lapse."""

    start: date
    end: date


class CoverChange(Struct, frozen=True):
    """From `effective` on these are the coverages."""

    effective: date
    coverages: tuple[InsuredCoverage, ...]


class InsuredPolicy(Struct, frozen=True):
    """A policy as claims sees it. Cover is [start, end), or [start, cancelled_on) once cancelled, from
    `term_starts_at` local time, except in the gaps. `coverages` are those of the first day, `changes` what became of
    them, in the order of their days.
    """

    policy_id: str
    start: date
    end: date
    zone: str
    term_starts_at: str
    cancelled_on: date | None
    coverages: tuple[InsuredCoverage, ...]
    gaps: tuple[Gap, ...] = ()
    changes: tuple[CoverChange, ...] = ()

    def coverage(self, code: str, at: datetime) -> InsuredCoverage | None:
        """The coverage of a code at an instant (UTC)."""
        coverages = self.coverages
        for change in self.changes:
            if at < _instant(self, change.effective):
                break
            coverages = change.coverages
        for coverage in coverages:
            if coverage.code == code:
                return coverage
        return None


def policy_year(policy: InsuredPolicy, at: datetime) -> date:
    """The first day of the policy year in which an instant (UTC) lies: years begin when the terms do."""
    begins = time.fromisoformat(policy.term_starts_at)
    shifted = at.astimezone(ZoneInfo(policy.zone)) - timedelta(hours=begins.hour, minutes=begins.minute)
    years = max(shifted.year - policy.start.year, 0)
    found = months_after(policy.start, 12 * years)
    return found if found <= shifted.date() or years == 0 else months_after(policy.start, 12 * (years - 1))


def year_limited(policy: InsuredPolicy | None, coverage: InsuredCoverage | None, at: datetime) -> date | None:
    """The policy year of a loss where the coverage has a limit for a year; None where it has none."""
    if policy is None or coverage is None or coverage.aggregate is None:
        return None
    return policy_year(policy, at)


class Covered(Struct, frozen=True):
    coverage: InsuredCoverage


class NotCovered(Struct, frozen=True, gc=False):
    reason: DenialReason


class CoverageCheck(Struct, frozen=True):
    """The decision as known now, the one as known at report (None when nobody knows that), and what to look at."""

    now: Covered | NotCovered
    at_report: Covered | NotCovered | None
    warnings: tuple[CoverageWarning, ...]


def coverage_at(
    policy: InsuredPolicy | None, loss_at: datetime, coverage: str, cause: Cause | None = None
) -> Covered | NotCovered:
    """The decision for a loss at an instant (UTC); the reason is part of the contract with the claimant. Without a
    cause nothing is excluded.
    """
    if policy is None:
        return NotCovered("unknown_policy")
    if not _instant(policy, policy.start) <= loss_at < _instant(policy, policy.end):
        return NotCovered("not_in_force")
    if policy.cancelled_on is not None and loss_at >= _instant(policy, policy.cancelled_on):
        return NotCovered("cancelled_before_loss")
    for gap in policy.gaps:
        if _instant(policy, gap.start) <= loss_at < _instant(policy, gap.end):
            return NotCovered("lapse_gap")
    found = policy.coverage(coverage, loss_at)
    if found is None:
        return NotCovered("coverage_absent")
    if cause in found.excluded:
        return NotCovered("excluded_peril")
    if found.waiting_days and loss_at < _instant(policy, _since(policy, found, loss_at)):
        return NotCovered("waiting_period")
    return Covered(found)


def checked(
    *,
    now: InsuredPolicy | None,
    at_report: InsuredPolicy | None,
    loss_at: datetime,
    coverage: str,
    cause: Cause,
    late: tuple[CoverageWarning, ...] = (),
) -> CoverageCheck:
    """The loss under the policy as known now and as known when it was reported. `late` is what `late_notice` said."""
    decided = coverage_at(now, loss_at, coverage, cause)
    before = None if at_report is None else coverage_at(at_report, loss_at, coverage, cause)
    changed: tuple[CoverageWarning, ...] = ("changed_after_report",) if before not in (None, decided) else ()
    return CoverageCheck(decided, before, (*late, *changed))


NOTICE_RULE = "insured_deadline_new_or_reopened_claim"
MONTHS = {"month": 1, "year": 12}


def late_notice(law: Law, *, line: str, loss_on: date, notice_on: date) -> tuple[CoverageWarning, ...]:
    """Warns when the insured was later than the state allows (Florida: a year from the loss). A warning and not a
    denial: whether lateness defeats the claim is for a person, and mostly for a court.
    """
    rule = NOTICE_RULE
    if not law.has(rule, line):
        return ()
    row = law.row(rule, line)
    if row.unit not in MONTHS or not row.value.isdigit():
        return ()
    last = months_after(loss_on, int(row.value) * MONTHS[row.unit])
    return ("late_notice",) if notice_on > last else ()


def _since(policy: InsuredPolicy, coverage: InsuredCoverage, at: datetime) -> date:
    """The day from which a coverage that waits insures: so many days after it became part of the policy, and not after
    the policy itself began where an endorsement added it.
    """
    code = coverage.code
    added = policy.start if any(one.code == code for one in policy.coverages) else None
    for change in policy.changes:
        if at < _instant(policy, change.effective):
            break
        if not any(one.code == code for one in change.coverages):
            added = None
        elif added is None:
            added = change.effective
    return (added or policy.start) + timedelta(days=coverage.waiting_days)


def _instant(policy: InsuredPolicy, day: date) -> datetime:
    return datetime.combine(day, time.fromisoformat(policy.term_starts_at), ZoneInfo(policy.zone))
