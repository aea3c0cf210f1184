"""Observations: exact means and quantiles of whole ticks."""

from random import Random
from typing import Any

import numpy as np
import pytest

from simulations.engine import Clock, Observations, Station


def observed(*ticks: int) -> Observations:
    observations = Observations()
    for tick in ticks:
        observations.append("wait", tick)
    return observations


def test_a_quantile_is_the_least_observation_that_the_share_does_not_exceed() -> None:
    ten = observed(*range(10, 110, 10))
    assert ten.quantiles("wait", (0, 0.05, 0.1, 0.11, 0.5, 0.51, 0.9, 0.95, 1)) == (
        10,
        10,
        10,
        20,
        50,
        60,
        90,
        100,
        100,
    )
    assert ten.quantile("wait", 0.5) == 50


def test_a_share_counts_as_the_decimal_it_is_written_as() -> None:
    hundred = observed(*range(1, 101))
    assert [hundred.quantile("wait", percent / 100) for percent in range(1, 101)] == list(range(1, 101))
    assert 0.07 * 100 > 7, "in binary it is a little more"


def test_quantiles_agree_with_the_inverse_distribution_function_of_numpy() -> None:
    dice = Random(6)
    ticks = [dice.randrange(10**12) for _ in range(1_003)]
    shares = (0.01, 0.25, 0.333, 0.5, 0.95, 0.99, 0.999)
    expected = np.quantile(np.array(ticks), shares, method="inverted_cdf")
    assert observed(*ticks).quantiles("wait", shares) == tuple(int(tick) for tick in expected)


def test_means_and_counts() -> None:
    observations = observed(1, 2, 4)
    observations.append("age", -5)
    assert (observations.count("wait"), observations.mean("wait")) == (3, 7 / 3)
    assert (observations.count("age"), observations.mean("age"), observations.count("never")) == (1, -5, 0)
    assert observations.names == ("wait", "age")


def test_what_was_never_observed_has_no_mean_and_no_quantile() -> None:
    observations = Observations()
    observations.series("empty")
    for name in ("empty", "unknown"):
        with pytest.raises(ValueError, match=f"nothing was observed under '{name}'"):
            observations.mean(name)
        with pytest.raises(ValueError, match=f"nothing was observed under '{name}'"):
            observations.quantile(name, 0.5)
    assert observations.to_numpy("unknown").tolist() == []


@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan")])
def test_a_share_beyond_0_and_1_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        observed(1).quantile("wait", share)


def test_a_float_is_not_an_observation() -> None:
    observations = observed(1)
    half: Any = 0.5
    with pytest.raises(TypeError):
        observations.append("wait", half)
    assert observations.count("wait") == 1


def test_an_array_is_a_copy_and_lets_the_series_grow() -> None:
    observations = observed(3, 1)
    before = observations.to_numpy("wait")
    assert observations.quantile("wait", 1) == 3
    observations.append("wait", 2)
    assert before.tolist() == [3, 1]
    assert observations.to_numpy("wait").tolist() == [3, 1, 2]
    assert before.dtype == np.int64


def test_a_station_writes_its_waits_into_a_series() -> None:
    clock, observations = Clock(), Observations()
    desk = Station(clock, "desk", servers=1, service=lambda _: 10, waits=observations.series("desk"))
    for number in range(4):
        desk.put(number)
    clock.run()
    assert observations.to_numpy("desk").tolist() == [0, 10, 20, 30]
