"""What must hold of every claim."""

from model.invariants.judging import Invariant, minor
from model.published.views import ClaimView


def _reserves_never_negative(claim: ClaimView) -> str | None:
    for line in claim.lines or ():
        if minor(line.open) < 0 or minor(line.available) < 0:
            return f"{line.category}: open {line.open.amount}, available {line.available.amount}"
    return None


def _incurred_adds_up(claim: ClaimView) -> str | None:
    lines = claim.lines or ()
    for line in lines:
        if minor(line.incurred) != minor(line.open) + minor(line.paid):
            return f"{line.category}: incurred is {line.incurred.amount}, not {line.open.amount} + {line.paid.amount}"
    rolled_up = sum(minor(line.incurred) for line in lines)
    if claim.incurred is not None and minor(claim.incurred) != rolled_up:
        return f"the claim says {claim.incurred.amount} incurred, its lines add up to {rolled_up} minor units"
    issued = sum(minor(payment.amount) for payment in claim.payments or () if payment.status == "issued")
    paid = sum(minor(line.paid) for line in lines)
    return f"{paid} minor units paid on lines, {issued} issued in payments" if paid != issued else None


def _closed_means_settled(claim: ClaimView) -> str | None:
    if claim.status != "closed":
        return None
    if any(minor(line.open) for line in claim.lines or ()):
        return "a closed claim still has an open reserve"
    if any(payment.status == "requested" for payment in claim.payments or ()):
        return "a closed claim still has a payment on its way"
    return None


CLAIM_INVARIANTS: tuple[Invariant[ClaimView], ...] = (
    Invariant(
        "INV-C1",
        "open and available are never negative, a pending payment counting",
        ("lines",),
        _reserves_never_negative,
    ),
    Invariant("INV-C2", "incurred = open + paid, on each line and rolled up", ("lines", "payments"), _incurred_adds_up),
    Invariant(
        "INV-C6", "a closed claim has nothing open and nothing on its way", ("lines", "payments"), _closed_means_settled
    ),
)
