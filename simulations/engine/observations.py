"""What a run measured: whole ticks, one typed array a name, 8 bytes an observation."""

from array import array
from collections.abc import Iterable
from fractions import Fraction
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray


class Observations:
    """Series of ticks by name. Everything is kept, so that means and quantiles are exact at the end."""

    __slots__ = ("_series",)

    def __init__(self) -> None:
        self._series: Final[dict[str, array[int]]] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """In the order in which they were first used."""
        return tuple(self._series)

    def series(self, name: str) -> "array[int]":
        """The array under a name, new if there is none: what observes often keeps its `append`, a station its
        `waits`."""
        if name not in self._series:
            self._series[name] = array("q")
        return self._series[name]

    def append(self, name: str, ticks: int) -> None:
        """One more observation. TypeError for a float."""
        self.series(name).append(ticks)

    def count(self, name: str) -> int:
        return len(self._series.get(name, ()))

    def mean(self, name: str) -> float:
        """In ticks. ValueError if there are no observations."""
        observed = self._some(name)
        return sum(observed) / len(observed)

    def quantile(self, name: str, share: float) -> int:
        """The least observation that at least this share of all observations do not exceed; see `quantiles`."""
        return self.quantiles(name, (share,))[0]

    def quantiles(self, name: str, shares: Iterable[float]) -> tuple[int, ...]:
        """For each share from 0 to 1 the least observation x such that at least that share of all are x or less.

        That is the inverse of the empirical distribution function, type 1 of Hyndman and Fan (1996): always something
        that was observed, and never interpolated. A share of 0 gives the least. A share counts as the decimal it is
        written as, so that 0.07 of 100 observations are seven. ValueError if there are no observations, or for a
        share beyond 0 and 1.
        """
        ordered = np.sort(np.frombuffer(self._some(name), dtype=np.int64))
        return tuple(int(ordered[_position(share, len(ordered))]) for share in shares)

    def to_numpy(self, name: str) -> NDArray[np.int64]:
        """A copy, which later observations do not change."""
        return np.array(self._series.get(name, array("q")), dtype=np.int64)

    def _some(self, name: str) -> "array[int]":
        observed = self._series.get(name)
        if not observed:
            raise ValueError(f"nothing was observed under {name!r}")
        return observed


def _position(share: float, count: int) -> int:
    if not 0 <= share <= 1:
        raise ValueError(f"a share lies between 0 and 1, not at {share}")
    return max(ceil(Fraction(repr(share)) * count), 1) - 1
