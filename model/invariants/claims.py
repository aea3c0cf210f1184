"""What must hold of every claim, and of claims together with what they belong to."""

from collections.abc import Iterable
from datetime import datetime

from model.carrier import Carrier
from model.claims.authority import above, authority_of
from model.claims.catastrophe import Catastrophe
from model.claims.coverage import InsuredPolicy, coverage_at
from model.claims.vocabulary import PAID, PENDING
from model.decider import Refusal
from model.invariants.judging import Invariant, Violation, minor
from model.published.claim_views import ClaimPaymentView, ClaimView


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
    issued = sum(minor(payment.amount) for payment in claim.payments or () if payment.status in PAID)
    paid = sum(minor(line.paid) for line in lines)
    if paid != issued:
        return f"{paid} minor units paid on lines, {issued} issued in payments"
    recovered = sum(minor(recovery.received) for recovery in claim.recoveries or ())
    if claim.recoveries is not None and claim.net_incurred is not None:
        net = minor(claim.net_incurred)
        if net != rolled_up - recovered:
            return f"{net} minor units are net incurred, not {rolled_up} less {recovered} recovered"
    return None


def _claim_cost(claim: ClaimView, exposures: set[int]) -> int:
    """Paid and asked for under some exposures, in minor units."""
    return sum(
        minor(payment.amount)
        for payment in claim.payments or ()
        if payment.cost_type == "claim_cost"
        and payment.exposure in exposures
        and (payment.status in PAID or payment.status in PENDING)
    )


def _within_limit_and_one_deductible(claim: ClaimView) -> str | None:
    exposures = claim.exposures or ()
    for exposure in exposures:
        alike = {one.exposure for one in exposures if one.coverage == exposure.coverage}
        paid = _claim_cost(claim, alike)
        if paid > minor(exposure.limit):
            return f"{exposure.coverage}: {paid} minor units of a limit of {exposure.limit.amount}"
    borne = sum(minor(exposure.deductible) for exposure in exposures if exposure.deductible is not None)
    if claim.deductible is not None and borne > minor(claim.deductible):
        return f"{borne} minor units of deductible were taken of {claim.deductible.amount} for the occurrence"
    return None


def _within_settlement(claim: ClaimView) -> str | None:
    for exposure in claim.exposures or ():
        paid = _claim_cost(claim, {exposure.exposure})
        if exposure.settled is not None and paid > minor(exposure.settled):
            return f"exposure {exposure.exposure}: {paid} minor units paid, settled for {exposure.settled.amount}"
    return None


def _one_cheque_of_a_lineage(claim: ClaimView) -> str | None:
    """A payment that was replaced does not count as paid beside the one that replaced it."""
    payments = {payment.payment_id: payment for payment in claim.payments or ()}
    for payment in payments.values():
        older = payments.get(payment.replaces or "")
        if payment.replaces is not None and (older is None or older.status != "reissued"):
            return f"{payment.payment_id} replaces {payment.replaces}, which was not given up"
        if payment.status == "reissued" and payment.replaced_by not in payments:
            return f"{payment.payment_id} was replaced by nothing"
    return None


def _closed_means_settled(claim: ClaimView) -> str | None:
    if claim.status != "closed":
        return None
    if any(minor(line.open) for line in claim.lines or ()):
        return "a closed claim still has an open reserve"
    if any(payment.status in PENDING and payment.kind != "supplemental" for payment in claim.payments or ()):
        return "a closed claim still has a payment on its way"
    return None


def _recoveries_have_a_source(claim: ClaimView) -> str | None:
    for recovery in claim.recoveries or ():
        received, to_insured = minor(recovery.received), minor(recovery.to_insured)
        if received > minor(recovery.expected) or received < 0:
            return f"{recovery.category}: {received} minor units came of {recovery.expected.amount} expected"
        if to_insured < 0 or to_insured > received:
            return f"{recovery.category}: the insured's part of {received} is {to_insured}"
    given_back = sum(minor(recovery.to_insured) for recovery in claim.recoveries or ())
    borne = sum(minor(one.deductible) for one in claim.exposures or () if one.deductible is not None)
    return f"{given_back} minor units of a deductible of {borne} were given back" if given_back > borne else None


def _paid_with_cover_and_consent(claim: ClaimView) -> str | None:
    covered = {exposure.exposure for exposure in claim.exposures or ()}
    for payment in claim.payments or ():
        if payment.exposure not in covered:
            return f"payment {payment.payment_id} is for exposure {payment.exposure}, which has no cover"
        if payment.approved_by is not None and payment.approved_by == payment.by:
            return f"payment {payment.payment_id} was approved by {payment.by}, who asked for it"
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
        "INV-C3",
        "a coverage pays at most its limit for one occurrence, and the deductible is taken once",
        ("exposures", "payments"),
        _within_limit_and_one_deductible,
    ),
    Invariant(
        "INV-C4", "an exposure pays at most what it was settled for", ("exposures", "payments"), _within_settlement
    ),
    Invariant(
        "INV-C5", "of a cheque and the one in its place only one counts", ("payments",), _one_cheque_of_a_lineage
    ),
    Invariant(
        "INV-C6", "a closed claim has nothing open and nothing on its way", ("lines", "payments"), _closed_means_settled
    ),
    Invariant(
        "INV-C7",
        "no more comes back than is expected, nor more of the deductible than was borne",
        ("recoveries", "exposures"),
        _recoveries_have_a_source,
    ),
    Invariant(
        "INV-C9",
        "money goes out under cover, and nobody approves their own request",
        ("payments", "exposures"),
        _paid_with_cover_and_consent,
    ),
)


def outside_catastrophe(claim: ClaimView, catastrophe: Catastrophe) -> Violation | None:
    """INV-C8: a claim that is tagged with a catastrophe satisfies its window, area and peril, or somebody said so."""
    if claim.catastrophe != catastrophe.code or claim.catastrophe_basis == "override":
        return None
    text = f"{claim.cause} in {claim.state} at {claim.loss_at} is not of {catastrophe.code}"
    return None if _inside(claim, catastrophe) else Violation("INV-C8", claim.claim_id, text)


def untagged(claim: ClaimView, declared: Iterable[Catastrophe]) -> Violation | None:
    """INV-C8, the other way round: a claim that fits a declared catastrophe is tagged with one that it fits, or
    somebody said otherwise. Without it nothing shows that a late declaration reached every claim.
    """
    if claim.catastrophe_basis == "override":
        return None
    fitting = [one.code for one in declared if _inside(claim, one)]
    if claim.catastrophe in fitting or (not fitting and claim.catastrophe is None):
        return None
    text = f"tagged {claim.catastrophe or 'with none'}, fits {', '.join(fitting) or 'none'}"
    return Violation("INV-C8", claim.claim_id, text)


def _inside(claim: ClaimView, catastrophe: Catastrophe) -> bool:
    return (
        catastrophe.starts_at <= claim.loss_at < catastrophe.ends_at
        and (claim.state in catastrophe.areas or f"{claim.state}/{claim.county}" in catastrophe.areas)
        and claim.cause in catastrophe.perils
    )


def unauthorised(carrier: Carrier, claim: ClaimView, payment: ClaimPaymentView, role: str) -> Violation | None:
    """INV-C9: a payment above the authority of the role that asked for it was approved by somebody."""
    if payment.status in ("awaiting_approval", "denied") or payment.approved_by is not None:
        return None
    authority = authority_of(carrier, role)
    if isinstance(authority, Refusal):
        return Violation("INV-C9", claim.claim_id, f"{payment.payment_id}: {authority.text}")
    refused = above(authority, payment=minor(payment.amount), incurred=0)
    return None if refused is None else Violation("INV-C9", claim.claim_id, f"{payment.payment_id}: {refused.text}")


def eroded_by(coverage: str, claims: Iterable[ClaimView]) -> int:
    """What claims of one policy and year took of a coverage, in minor units: claim cost paid and asked for."""
    minors = 0
    for claim in claims:
        under = {one.exposure for one in claim.exposures or () if one.coverage == coverage}
        minors += sum(
            minor(payment.amount)
            for payment in claim.payments or ()
            if payment.exposure in under
            and payment.cost_type == "claim_cost"
            and (payment.status in PAID or payment.status in PENDING)
        )
    return minors


def above_aggregate(policy_id: str, coverage: str, limit: int, claims: Iterable[ClaimView]) -> Violation | None:
    """INV-C3: what the claims of a policy took in one policy year is at most the aggregate limit of the coverage."""
    taken = eroded_by(coverage, claims)
    if taken <= limit:
        return None
    return Violation("INV-C3", policy_id, f"{taken} minor units of {coverage} in a year whose aggregate is {limit}")


def decided_otherwise(
    policy_id: str, *, asked: InsuredPolicy | None, told: InsuredPolicy | None, loss_at: datetime, coverage: str
) -> Violation | None:
    """INV-P10: for the instant of a loss, the policy as policy answers it and as claims was told of it decide alike."""
    answers, knows = coverage_at(asked, loss_at, coverage), coverage_at(told, loss_at, coverage)
    if answers == knows:
        return None
    return Violation("INV-P10", policy_id, f"{coverage} at {loss_at}: policy says {answers}, claims {knows}")
