"""Is this loss covered? Asked of the policy as it stood at the instant of the loss.

Claims keeps its own words for a policy: the fields that it needs to decide and nothing else. Whoever asks can hand in
the policy as known now or as known when the claim was reported, and compare.
"""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from msgspec import Struct

from model.claims.vocabulary import DenialReason
from model.money import Money


class InsuredCoverage(Struct, frozen=True, gc=False):
    """`hurricane_deductible` replaces `deductible` when a named hurricane caused the loss."""

    code: str
    limit: Money
    deductible: Money
    hurricane_deductible: Money


class InsuredPolicy(Struct, frozen=True):
    """A policy as claims sees it. Cover is [start, end), or [start, cancelled_on) once cancelled, from
    `term_starts_at` local time.
    """

    policy_id: str
    start: date
    end: date
    zone: str
    term_starts_at: str
    cancelled_on: date | None
    coverages: tuple[InsuredCoverage, ...]

    def coverage(self, code: str) -> InsuredCoverage | None:
        for coverage in self.coverages:
            if coverage.code == code:
                return coverage
        return None


class Covered(Struct, frozen=True, gc=False):
    coverage: InsuredCoverage


class NotCovered(Struct, frozen=True, gc=False):
    reason: DenialReason


def coverage_at(policy: InsuredPolicy | None, loss_at: datetime, coverage: str) -> Covered | NotCovered:
    """The decision for a loss at an instant (UTC); the reason is part of the contract with the claimant."""
    if policy is None:
        return NotCovered("unknown_policy")
    if not _instant(policy, policy.start) <= loss_at < _instant(policy, policy.end):
        return NotCovered("not_in_force")
    if policy.cancelled_on is not None and loss_at >= _instant(policy, policy.cancelled_on):
        return NotCovered("cancelled_before_loss")
    found = policy.coverage(coverage)
    return NotCovered("coverage_absent") if found is None else Covered(found)


def _instant(policy: InsuredPolicy, day: date) -> datetime:
    return datetime.combine(day, time.fromisoformat(policy.term_starts_at), ZoneInfo(policy.zone))
