"""Cover and exposures: what is insured, for whom and for which incident, and what was found of the loss.

An exposure is one claimant under one coverage for one incident. Cover is verified as of the instant of the loss; when
the policy changes in the past it is verified again, and where it then differs an investigator looks at the claim.
"""

from model.carrier import Carrier
from model.claims.commands import (
    AddIncident,
    CloseClaim,
    CloseExposure,
    OpenExposure,
    RecordInspection,
    ReverifyCoverage,
    VerifyCoverage,
)
from model.claims.coverage import Covered, InsuredCoverage, NotCovered, coverage_at, year_limited
from model.claims.damage import damaged
from model.claims.denials import DENIALS
from model.claims.events import (
    ClaimClosed,
    CoverageDenied,
    CoverageReverified,
    CoverageVerified,
    Event,
    ExposureClosed,
    ExposureOpened,
    IncidentAdded,
    LossInspected,
    PolicyUnmatched,
    ReserveChanged,
)
from model.claims.file import Closed, Notice, Open, exposure_of
from model.claims.reserve import LineKey, ReserveLine
from model.claims.tasks import task_of
from model.claims.vocabulary import PAID, PENDING, Outcome
from model.decider import Decision, Refusal
from model.money import Money


def verify(carrier: Carrier, command: VerifyCoverage, notice: Notice) -> Decision[Event]:
    claim_id, on, at = command.claim_id, command.on, command.at
    if command.policy is None and carrier.claims.unmatched_notice == "keep":
        known = task_of(notice.tasks, "match_policy") is not None
        return () if known else (PolicyUnmatched(claim_id=claim_id, on=on, at=at),)
    if command.policy is not None and command.policy.policy_id != notice.policy_id:
        return Refusal("other_policy", f"claim {claim_id} is under {notice.policy_id}, not {command.policy.policy_id}")
    found = coverage_at(command.policy, notice.loss_at, command.coverage, notice.cause)
    if isinstance(found, NotCovered):
        denial = DENIALS[found.reason]
        return (
            CoverageDenied(
                claim_id=claim_id, reason=found.reason, on=on, at=at, text=denial.text, clause=denial.clause
            ),
            ClaimClosed(claim_id=claim_id, outcome="denied", on=on, at=at),
        )
    foreign = _foreign(carrier, found.coverage)
    if foreign is not None:
        return foreign
    verified = CoverageVerified(
        claim_id=claim_id,
        exposure=1,
        coverage=found.coverage,
        warnings=command.warnings,
        on=on,
        at=at,
        policy_year=year_limited(command.policy, found.coverage, notice.loss_at),
    )
    average = _average(carrier, command, 1, found.coverage)
    return (verified, *average, *damaged(command, notice, found.coverage))


def _foreign(carrier: Carrier, coverage: InsuredCoverage) -> Refusal | None:
    """A claim is reserved and paid in one currency; a coverage in another is some other insurer's policy."""
    for amount in coverage.amounts:
        if amount.currency != carrier.currency:
            return Refusal("wrong_currency", f"{carrier.name} insures in {carrier.currency}, not {amount.currency}")
    return None


def _average(
    carrier: Carrier, command: VerifyCoverage | OpenExposure, exposure: int, coverage: InsuredCoverage
) -> tuple[ReserveChanged, ...]:
    """The reserve of a loss that nobody has seen."""
    average = carrier.average_reserve(coverage.code)
    if average.minor == 0:
        return ()
    return (
        ReserveChanged(
            claim_id=command.claim_id,
            line=LineKey(exposure, "claim_cost", coverage.code),
            change=average,
            reason="average",
            on=command.on,
            at=command.at,
        ),
    )


def reverify(command: ReverifyCoverage, claim: Open | Closed) -> Decision[Event]:
    exposure = exposure_of(claim.exposures, command.exposure)
    if exposure is None:
        return unknown_exposure(command.claim_id, command.exposure)
    if command.policy.policy_id != claim.notice.policy_id:
        return Refusal("other_policy", f"claim {command.claim_id} is under {claim.notice.policy_id}")
    found = coverage_at(command.policy, claim.notice.loss_at, exposure.coverage.code, claim.notice.cause)
    coverage = found.coverage if isinstance(found, Covered) else None
    reason = None if isinstance(found, Covered) else found.reason
    known = None if exposure.lost is not None else exposure.coverage
    if (coverage, reason) == (known, exposure.lost):
        return ()
    return (
        CoverageReverified(
            claim_id=command.claim_id,
            exposure=command.exposure,
            coverage=coverage,
            reason=reason,
            on=command.on,
            at=command.at,
            policy_year=year_limited(command.policy, coverage, claim.notice.loss_at),
        ),
    )


def add_incident(command: AddIncident, notice: Notice) -> Decision[Event]:
    """The same kind with the same words is the same incident."""
    if any((incident.kind, incident.text) == (command.kind, command.text) for incident in notice.incidents):
        return ()
    return (
        IncidentAdded(
            claim_id=command.claim_id,
            incident=len(notice.incidents) + 1,
            kind=command.kind,
            text=command.text,
            on=command.on,
            at=command.at,
        ),
    )


def open_exposure(carrier: Carrier, command: OpenExposure, claim: Open) -> Decision[Event]:
    if not 0 <= command.incident <= len(claim.notice.incidents):
        return Refusal("unknown_incident", f"claim {command.claim_id} has no incident {command.incident}")
    what = (command.claimant_id, command.coverage, command.incident)
    if any((one.claimant_id, one.coverage.code, one.incident) == what for one in claim.exposures):
        return ()
    found = coverage_at(command.policy, claim.notice.loss_at, command.coverage, claim.notice.cause)
    if isinstance(found, NotCovered):
        return Refusal(found.reason, f"{command.coverage} does not cover {command.claimant_id} for this loss")
    if command.policy is not None and command.policy.policy_id != claim.notice.policy_id:
        return Refusal("other_policy", f"claim {command.claim_id} is under {claim.notice.policy_id}")
    foreign = _foreign(carrier, found.coverage)
    if foreign is not None:
        return foreign
    number = len(claim.exposures) + 1
    opened = ExposureOpened(
        claim_id=command.claim_id,
        exposure=number,
        claimant_id=command.claimant_id,
        coverage=found.coverage,
        incident=command.incident,
        on=command.on,
        at=command.at,
        policy_year=year_limited(command.policy, found.coverage, claim.notice.loss_at),
    )
    average = _average(carrier, command, number, found.coverage)
    return (opened, *average, *damaged(command, claim.notice, found.coverage))


def close_exposure(command: CloseExposure, claim: Open) -> Decision[Event]:
    exposure = exposure_of(claim.exposures, command.exposure)
    if exposure is None:
        return unknown_exposure(command.claim_id, command.exposure)
    if exposure.status == "closed":
        return ()
    if any(one.line.exposure == exposure.number and one.status in PENDING for one in claim.payments):
        return Refusal("payment_pending", f"a payment of exposure {exposure.number} is still on its way")
    lines = tuple(line for line in claim.lines if line.key.exposure == exposure.number)
    return (
        *released(command, lines),
        ExposureClosed(claim_id=command.claim_id, exposure=exposure.number, on=command.on, at=command.at),
    )


def released(command: CloseExposure | CloseClaim, lines: tuple[ReserveLine, ...]) -> tuple[ReserveChanged, ...]:
    """What is still open on some lines, let go."""
    return tuple(
        ReserveChanged(
            claim_id=command.claim_id,
            line=line.key,
            change=Money(-line.open, line.currency),
            reason="released",
            on=command.on,
            at=command.at,
        )
        for line in lines
        if line.open
    )


def close_claim(command: CloseClaim, claim: Open) -> Decision[Event]:
    if any(payment.status in PENDING for payment in claim.payments):
        return Refusal("payment_pending", f"a payment of claim {command.claim_id} is still on its way")
    paid = any(payment.status in PAID for payment in claim.payments)
    outcome: Outcome = "paid" if paid else "unpaid"
    return (
        *released(command, claim.lines),
        ClaimClosed(claim_id=command.claim_id, outcome=outcome, on=command.on, at=command.at),
    )


def inspect(command: RecordInspection, claim: Open) -> Decision[Event]:
    exposure = exposure_of(claim.exposures, command.exposure)
    if exposure is None:
        return unknown_exposure(command.claim_id, command.exposure)
    currency = exposure.coverage.limit.currency
    if command.estimate.currency != currency:
        return Refusal("wrong_currency", f"the loss is insured in {currency}, not {command.estimate.currency}")
    if command.estimate.minor < 0:
        return Refusal("negative_amount", f"a loss cannot be {command.estimate}")
    if exposure.estimate == command.estimate:
        return ()
    return (
        LossInspected(
            claim_id=command.claim_id,
            exposure=command.exposure,
            estimate=command.estimate,
            on=command.on,
            at=command.at,
        ),
    )


def unknown_exposure(claim_id: str, exposure: int) -> Refusal:
    return Refusal("unknown_exposure", f"claim {claim_id} has no exposure {exposure}")
