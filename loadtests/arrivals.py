"""When each journey is meant to begin: a storm's days compressed into seconds.

The share of all arrivals that has come by second t is

    A(t) = e t/T + (1 - e) (F(day(t)) - F(from)) / (F(to) - F(from))

with the everyday share e, the published reporting curve F of the storm (fixtures.storms.FnolShape) and day(t) linear
from `from_day` to `to_day`. Arrivals are a Poisson process of that shape: unit-rate gaps, stretched by the inverse of
A. Nothing here depends on how the deployment answers, which is what makes the load open.
"""

import numpy as np

from fixtures.portable_math import Floats
from fixtures.storms import fnol_shape
from fixtures.variates import Variates
from loadtests.load_profiles import Arrivals

GRID = 4096


def arrived_share(arrivals: Arrivals, *, seconds: float, at: Floats) -> Floats:
    """A(t), 0 to 1, for every instant in seconds after the load began."""
    shape = fnol_shape(arrivals.storm)
    ends = shape.cumulatives(np.array([arrivals.from_day, arrivals.to_day]))
    days = arrivals.from_day + (arrivals.to_day - arrivals.from_day) * at / seconds
    reported = (shape.cumulatives(days) - ends[0]) / (ends[1] - ends[0])
    return arrivals.everyday_share * at / seconds + (1.0 - arrivals.everyday_share) * reported


def expected_arrivals(arrivals: Arrivals, *, seconds: float, peak: float) -> float:
    """How many journeys are meant to begin when `peak` of them a second begin at the height."""
    instants = np.linspace(0.0, seconds, GRID + 1)
    steepest = float(np.diff(arrived_share(arrivals, seconds=seconds, at=instants)).max()) * GRID / seconds
    return peak / steepest


def arrival_times(arrivals: Arrivals, *, seconds: float, peak: float, dice: Variates) -> Floats:
    """The instant of each arrival in seconds after the load began, in order."""
    expected = expected_arrivals(arrivals, seconds=seconds, peak=peak)
    # Six standard deviations more than expected are drawn, so that the last of them lies behind the end.
    drawn = int(expected + 6.0 * expected**0.5) + 20
    shares = np.cumsum(dice.exponentials("load_gap", np.arange(drawn), mean=1.0)) / expected
    instants = np.linspace(0.0, seconds, GRID + 1)
    heights = arrived_share(arrivals, seconds=seconds, at=instants)
    return np.interp(shares[shares < 1.0], heights, instants)


def intended_rate(arrivals: Arrivals, *, seconds: float, peak: float, at: Floats) -> Floats:
    """Arrivals a second around each instant, for a chart."""
    expected = expected_arrivals(arrivals, seconds=seconds, peak=peak)
    width = seconds / GRID
    before, after = np.maximum(at - width, 0.0), np.minimum(at + width, seconds)
    grown = arrived_share(arrivals, seconds=seconds, at=after) - arrived_share(arrivals, seconds=seconds, at=before)
    return expected * grown / (after - before)
