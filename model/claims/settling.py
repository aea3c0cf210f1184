"""What an exposure is settled for: its valuation held against cover, the deductible of the occurrence and a lien."""

from msgspec.structs import replace

from model.carrier import Carrier
from model.claims.commands import SettleLoss
from model.claims.coverage import InsuredCoverage
from model.claims.events import Event, LossSettled
from model.claims.exposing import unknown_exposure
from model.claims.file import Exposure, Notice, Open, exposure_of
from model.claims.payees import Interest
from model.claims.settlement import DeductibleLedger, Settlement, insured_part, settled, storm_deductible
from model.claims.vocabulary import PAID, PENDING
from model.decider import Decision, Refusal
from model.money import Money


def settle(carrier: Carrier, command: SettleLoss, claim: Open) -> Decision[Event]:
    exposure = exposure_of(claim.exposures, command.exposure)
    if exposure is None:
        return unknown_exposure(command.claim_id, command.exposure)
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
