"""What a loss pays.

The deductible is taken from the loss before the limit applies (practice; a carrier's form may order it the other way
round), a percentage hurricane deductible having become an amount when the policy was issued.
"""

from model.claims.coverage import InsuredCoverage
from model.claims.vocabulary import Cause
from model.money import Money


def deductible_for(coverage: InsuredCoverage, cause: Cause) -> Money:
    return coverage.hurricane_deductible if cause == "hurricane" else coverage.deductible


def payable(loss: Money, deductible: Money, limit: Money) -> Money:
    """min(max(loss - deductible, 0), limit)."""
    return Money(min(max((loss - deductible).minor, 0), limit.minor), loss.currency)
