"""Cover and exposures: what is insured, for whom and for which incident, and what the loss under it was.

An exposure is one claimant under one coverage for one incident. Cover is verified as of the instant of the loss; when
the policy changes in the past it is verified again, and where it then differs an investigator looks at the claim.
"""

from msgspec.structs import replace

from model.carrier import Carrier
from model.claims.commands import (
    AddIncident,
    CloseClaim,
    CloseExposure,
    OpenExposure,
    RecordInspection,
    ReverifyCoverage,
    SettleLoss,
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
    LossSettled,
    PolicyUnmatched,
    ReserveChanged,
)
from model.claims.file import Closed, Exposure, Notice, Open, exposure_of
from model.claims.payees import Interest
from model.claims.reserve import LineKey, ReserveLine
from model.claims.settlement import DeductibleLedger, Settlement, insured_part, settled, storm_deductible
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
        return _unknown_exposure(command.claim_id, command.exposure)
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
        return _unknown_exposure(command.claim_id, command.exposure)
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
        return _unknown_exposure(command.claim_id, command.exposure)
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


def settle(carrier: Carrier, command: SettleLoss, claim: Open) -> Decision[Event]:
    exposure = exposure_of(claim.exposures, command.exposure)
    if exposure is None:
        return _unknown_exposure(command.claim_id, command.exposure)
    refused = _bad_valuation(command, exposure.coverage.limit.currency) or _bad_payoff(command, exposure)
    if refused is not None:
        return refused
    own = _deductible(carrier, command, claim.notice, exposure.coverage)
    ledger = claim.deductible.of(carrier.claims.shared_deductible, own.minor)
    found = _settlement(carrier, command, exposure, ledger)
    if found == exposure.settlement and ledger.amount == claim.deductible.amount:
        return ()
    paid = sum(
        payment.amount.minor
        for payment in claim.payments
        if payment.line.exposure == exposure.number
        and payment.line.cost_type == "claim_cost"
        and (payment.status in PAID or payment.status in PENDING)
    )
    if found.payable.minor < paid:
        return Refusal("settled_below_paid", f"{paid} minor units were paid or asked for already")
    before = exposure.settlement.deductible.minor if exposure.settlement else 0
    given_back = sum(receipt.to_insured.minor for receipt in claim.receipts)
    if claim.deductible.taken - before + found.deductible.minor < given_back:
        return Refusal("deductible_given_back", f"{given_back} minor units of the deductible came back already")
    return (
        LossSettled(
            claim_id=command.claim_id,
            exposure=command.exposure,
            settlement=found,
            occurrence_deductible=ledger.amount,
            on=command.on,
            at=command.at,
        ),
    )


def _bad_valuation(command: SettleLoss, currency: str) -> Refusal | None:
    value = command.valuation
    parts = (
        value.replacement_cost,
        value.depreciation,
        value.non_recoverable,
        value.spent,
        value.insurable_value,
        value.salvage_kept,
    )
    for part in parts:
        if part is not None and part.currency != currency:
            return Refusal("wrong_currency", f"the loss is insured in {currency}, not {part.currency}")
        if part is not None and part.minor < 0:
            return Refusal("negative_amount", f"no part of a loss can be {part}")
    if value.actual_cash_value.minor < 0:
        return Refusal("depreciated_below_nothing", f"{value.replacement_cost} cannot lose more than all its value")
    if not 0 <= value.required_percent <= 100 or (value.insurable_value is None and value.required_percent):
        return Refusal("bad_coinsurance", f"{value.required_percent} percent of no value can be required")
    if command.taken_this_season < 0:
        return Refusal("negative_amount", "no deductible was taken backwards")
    return None


def _bad_payoff(command: SettleLoss, exposure: Exposure) -> Refusal | None:
    payoff, coverage = command.payoff, exposure.coverage
    if payoff is None:
        return None
    if Interest(payoff.lienholder_id, "lienholder") not in coverage.interests:
        return Refusal("unknown_lienholder", f"{payoff.lienholder_id} has no lien on what {coverage.code} insures")
    if payoff.amount.currency != coverage.limit.currency:
        return Refusal("wrong_currency", f"the loss is insured in {coverage.limit.currency}")
    if payoff.amount.minor < 0:
        return Refusal("negative_amount", f"nobody is owed {payoff.amount}")
    return None


def _deductible(carrier: Carrier, command: SettleLoss, notice: Notice, coverage: InsuredCoverage) -> Money:
    if notice.cause != "hurricane":
        return coverage.deductible
    taken = Money(command.taken_this_season, coverage.deductible.currency)
    return storm_deductible(
        coverage, trigger=command.storm, season=carrier.claims.hurricane_season, taken_this_season=taken
    )


def _settlement(carrier: Carrier, command: SettleLoss, exposure: Exposure, ledger: DeductibleLedger) -> Settlement:
    """What the exposure pays when it bears what the others have left of the deductible, as far as its loss reaches."""
    own = exposure.settlement.deductible.minor if exposure.settlement else 0
    value = command.valuation
    limit = exposure.coverage.limit
    insured = insured_part(value, value.replacement_cost - value.non_recoverable, limit, carrier.rounding)
    borne = Money(min(ledger.left + own, insured.minor), insured.currency)
    found = settled(carrier.claims.limit_order, value, borne, limit, carrier.rounding)
    return found if command.payoff is None else replace(found, payoff=command.payoff)


def _unknown_exposure(claim_id: str, exposure: int) -> Refusal:
    return Refusal("unknown_exposure", f"claim {claim_id} has no exposure {exposure}")


def with_settlement(claim: Open, event: LossSettled) -> Open:
    exposure = exposure_of(claim.exposures, event.exposure)
    if exposure is None:
        return claim
    before = exposure.settlement.deductible.minor if exposure.settlement else 0
    ledger = DeductibleLedger(event.occurrence_deductible, claim.deductible.taken)
    return replace(
        claim,
        exposures=tuple(
            replace(one, settlement=event.settlement) if one.number == event.exposure else one
            for one in claim.exposures
        ),
        deductible=ledger.with_taken(event.settlement.deductible.minor - before),
    )
