"""What must hold of every policy."""

from itertools import pairwise

from model.invariants.judging import Invariant, by_pattern, minor
from model.published.views import PolicyView


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
    if not versions or versions[-1].status != policy.status:
        return f"the policy is {policy.status} but its last version is not"
    for version in versions:
        if not policy.start <= version.effective <= policy.end:
            return f"a version takes effect on {version.effective}, outside {policy.start} to {policy.end}"
    if any(later.recorded < earlier.recorded for earlier, later in pairwise(versions)):
        return "versions are not in the order in which they were recorded"
    return None


POLICY_INVARIANTS: tuple[Invariant[PolicyView], ...] = (
    Invariant(
        "INV-P1",
        "versions lie inside the term, in the order recorded, and the last one is the status",
        ("versions",),
        _status_follows_versions,
    ),
    Invariant(
        "INV-P4",
        "what comes back of a charge is between nothing and what was written",
        ("written", "returned"),
        _return_within_written,
    ),
)
