"""What several replications say of one number: how well its mean is known, how far outcomes lie apart, what differs.

The error of a mean comes from Student's t over replications and from nothing else: observations inside one run depend
on each other, so that an interval drawn from them covers a tenth of what it claims.
"""

from collections.abc import Sequence
from math import ceil, isfinite, sqrt
from statistics import fmean, stdev

from msgspec import Struct
from scipy.special import stdtr, stdtrit

CONFIDENCE = 0.95


class Outcomes(Struct, frozen=True, gc=False):
    """One answer of every replication, in their order; None where nothing happened that could be measured."""

    unit: str
    values: tuple[float | None, ...]


class Estimate(Struct, frozen=True, gc=False):
    """`ci_low..ci_high` is the error of the mean, at 95 %; `p05..p95` is the range of outcomes, each of them one that
    came out. `runs` counts the replications that had an answer; with one of them there is neither error nor range."""

    mean: float | None
    ci_low: float | None
    ci_high: float | None
    p05: float | None
    p50: float | None
    p95: float | None
    runs: int
    unit: str


class PairedDifference(Struct, frozen=True, gc=False):
    """The second less the first, over replications in which both have an answer. `p` is the two-sided p-value of no
    difference."""

    mean: float | None
    ci_low: float | None
    ci_high: float | None
    p: float | None
    runs: int


def estimate(outcomes: Outcomes) -> Estimate:
    """Raises ValueError for an answer that is not a finite number: what was not measured is None."""
    values = sorted(_finite(value) for value in outcomes.values if value is not None)
    if not values:
        return Estimate(None, None, None, None, None, None, 0, outcomes.unit)
    mean, low, high = _mean_and_error(values)
    single = len(values) == 1
    return Estimate(
        mean=mean,
        ci_low=low,
        ci_high=high,
        p05=None if single else _quantile(values, 5),
        p50=_quantile(values, 50),
        p95=None if single else _quantile(values, 95),
        runs=len(values),
        unit=outcomes.unit,
    )


def paired_difference(first: Outcomes, second: Outcomes) -> PairedDifference:
    """Paired t: replication k of one against replication k of the other, which met the same dice.

    Raises ValueError when the two have different numbers of replications.
    """
    pairs = zip(first.values, second.values, strict=True)
    differences = [_finite(b) - _finite(a) for a, b in pairs if a is not None and b is not None]
    if not differences:
        return PairedDifference(None, None, None, None, 0)
    mean, low, high = _mean_and_error(differences)
    return PairedDifference(mean, low, high, _p_value(differences), len(differences))


def holm(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """The p-values adjusted for their number: reject where the result is below 0.05, and the chance of any false
    rejection is below 0.05 too.

    Holm: A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6 (1979). None stays None and does
    not count.
    """
    ranked = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for rank, (p, place) in enumerate(ranked):
        highest = max(highest, min(1.0, (len(ranked) - rank) * p))
        adjusted[place] = highest
    return tuple(adjusted)


def _mean_and_error(values: Sequence[float]) -> tuple[float, float | None, float | None]:
    mean = fmean(values)
    if len(values) == 1:
        return mean, None, None
    half = float(stdtrit(len(values) - 1, (1.0 + CONFIDENCE) / 2.0)) * stdev(values) / sqrt(len(values))
    return mean, mean - half, mean + half


def _p_value(differences: Sequence[float]) -> float | None:
    if len(differences) == 1:
        return None
    mean, spread = fmean(differences), stdev(differences)
    if spread == 0.0:
        # Every pair differs by the same amount: by nothing at all, or beyond doubt.
        return 1.0 if mean == 0.0 else 0.0
    return 2.0 * float(stdtr(len(differences) - 1, -abs(mean) * sqrt(len(differences)) / spread))


def _quantile(ordered: Sequence[float], percent: int) -> float:
    """The least value that `percent` of all do not exceed: type 1 of Hyndman and Fan (1996), never interpolated, so
    that an outcome in the middle of two humps is not invented."""
    return ordered[max(ceil(percent * len(ordered) / 100), 1) - 1]


def _finite(value: float) -> float:
    if not isfinite(value):
        raise ValueError(f"an answer is a finite number, or None where nothing was measured, not {value}")
    return value
