"""What a loss pays: deductible, limit, depreciation, coinsurance, in the order that the form sets.

A percentage hurricane deductible has become an amount when the policy was issued. The deductible is taken once for an
occurrence, whatever the number of exposures and payments, so its ledger belongs to the claim. None of the formulas
here is law; each is practice and named, and which one holds is the carrier's choice.
"""

from decimal import Decimal
from typing import Literal

from msgspec import Struct

from model.choices.claims import LimitOrder, SeasonRule, SharedDeductible
from model.claims.coverage import InsuredCoverage
from model.claims.payees import Payoff
from model.claims.vocabulary import Cause
from model.money import Money, Rounding

StormTrigger = Literal["named_storm", "no_named_storm"]


def deductible_for(coverage: InsuredCoverage, cause: Cause) -> Money:
    return coverage.hurricane_deductible if cause == "hurricane" else coverage.deductible


def percentage_deductible(insured: Money, percent: Decimal, rounding: Rounding) -> Money:
    """Two percent of a dwelling insured for 350,000.00 is 7,000.00."""
    return insured.times(percent / 100, rounding)


def storm_deductible(
    coverage: InsuredCoverage, *, trigger: StormTrigger, season: SeasonRule, taken_this_season: Money
) -> Money:
    """The deductible of a windstorm loss.

    The hurricane deductible needs its trigger, a declared named storm at the place and instant of the loss; without
    one the ordinary deductible holds. `once_a_season` takes only what earlier storms of the season have left of it,
    and never less than the ordinary one (practice; several states ask for it, no row of ours says which).
    """
    if trigger == "no_named_storm":
        return coverage.deductible
    if season == "each_storm":
        return coverage.hurricane_deductible
    left = coverage.hurricane_deductible - taken_this_season
    return left if left.minor > coverage.deductible.minor else coverage.deductible


def payable(loss: Money, deductible: Money, limit: Money) -> Money:
    """min(max(loss - deductible, 0), limit)."""
    return Money(min(max((loss - deductible).minor, 0), limit.minor), loss.currency)


def payable_in_order(order: LimitOrder, loss: Money, deductible: Money, limit: Money) -> Money:
    """The carrier's order of deductible and limit: 120,000 less 5,000 under a limit of 100,000 is 100,000 when the
    deductible comes first, and 95,000 when the limit does.
    """
    if order == "deductible_then_limit":
        return payable(loss, deductible, limit)
    return Money(max(min(loss.minor, limit.minor) - deductible.minor, 0), loss.currency)


def coinsured(loss: Money, *, carried: Money, value: Money, required_percent: int, rounding: Rounding) -> Money:
    """The part of a loss that is insured when less was carried than the required share of the value:
    loss * min(1, carried / (required % * value)). Deductible and limit come afterwards.
    """
    required = value.minor * required_percent
    if carried.minor * 100 >= required:
        return loss
    return loss.share(carried.minor * 100, required, rounding)


def retained_salvage(settlement: Money, salvage: Money) -> Money:
    """The owner keeps the wreck: its value comes off the settlement, never below nothing."""
    return Money(max((settlement - salvage).minor, 0), settlement.currency)


class Valuation(Struct, frozen=True, gc=False):
    """What a loss is worth. `depreciation` is held back until repair is proven; `non_recoverable` is never paid.
    `spent` is what repair cost so far, None while nothing is proven. Where the form asks that `required_percent` of
    `insurable_value` be carried, less carried pays less (coinsurance); `salvage_kept` is what the owner keeps is worth.
    """

    replacement_cost: Money
    depreciation: Money
    non_recoverable: Money
    spent: Money | None = None
    insurable_value: Money | None = None
    required_percent: int = 0
    salvage_kept: Money | None = None

    @property
    def actual_cash_value(self) -> Money:
        return self.replacement_cost - self.depreciation - self.non_recoverable


class Settlement(Struct, frozen=True, gc=False):
    """What an exposure pays: `first` on the actual cash value, `holdback` once repair is proven. `deductible` is what
    this exposure bears of the deductible of the occurrence. `payoff` is what a lienholder is owed on a total loss.
    """

    valuation: Valuation
    deductible: Money
    first: Money
    holdback: Money
    payoff: Payoff | None = None

    @property
    def payable(self) -> Money:
        return self.first + self.holdback


def insured_part(valuation: Valuation, loss: Money, limit: Money, rounding: Rounding) -> Money:
    """What of a loss is insured: all of it, unless less than the required share of the value was carried."""
    if valuation.insurable_value is None:
        return loss
    value, required = valuation.insurable_value, valuation.required_percent
    return coinsured(loss, carried=limit, value=value, required_percent=required, rounding=rounding)


def settled(
    order: LimitOrder, valuation: Valuation, deductible: Money, limit: Money, rounding: Rounding = "half_up"
) -> Settlement:
    """first = payable(actual cash value); holdback = payable(min(spent, replacement cost)) - first, never negative.

    The deductible comes off the actual cash value; what that cannot bear comes off the holdback, because both are
    computed with the whole of it. Without proof of repair there is no holdback. Coinsurance cuts the loss before the
    deductible, with the limit as what was carried; what the owner keeps comes off in the end.
    """

    def pays(loss: Money) -> Money:
        due = payable_in_order(order, insured_part(valuation, loss, limit, rounding), deductible, limit)
        return due if valuation.salvage_kept is None else retained_salvage(due, valuation.salvage_kept)

    first = pays(valuation.actual_cash_value)
    holdback = Money(0, first.currency)
    if valuation.spent is not None:
        ceiling = valuation.replacement_cost - valuation.non_recoverable
        proven = ceiling if valuation.spent.minor > ceiling.minor else valuation.spent
        holdback = Money(max((pays(proven) - first).minor, 0), first.currency)
    return Settlement(valuation, deductible, first, holdback)


class DeductibleLedger(Struct, frozen=True, gc=False):
    """The deductible of one occurrence, in minor units: what it is, and what the exposures have borne of it."""

    amount: int
    taken: int

    @property
    def left(self) -> int:
        return self.amount - self.taken

    def of(self, rule: SharedDeductible, amount: int) -> "DeductibleLedger":
        """With the deductible of another exposure. Practice: exposures with different ones share the largest, or that
        of the first one which was settled (model.choices.claims.SharedDeductible).
        """
        stays = amount <= self.amount or (rule == "first_settled" and self.amount > 0)
        return self if stays else DeductibleLedger(amount, self.taken)

    def with_taken(self, minor: int) -> "DeductibleLedger":
        return DeductibleLedger(self.amount, self.taken + minor)


NO_DEDUCTIBLE = DeductibleLedger(0, 0)
