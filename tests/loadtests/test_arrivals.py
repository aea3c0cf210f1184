"""The arrival curve of a storm, compressed."""

import numpy as np
import pytest

from fixtures.storms import fnol_shape
from fixtures.variates import Variates
from loadtests.arrivals import arrival_times, arrived_share, expected_arrivals, intended_rate
from loadtests.load_profiles import Arrivals

STORM = Arrivals(storm="irma", from_day=0.0, to_day=30.0)
EVENLY = Arrivals(everyday_share=1.0)


def test_a_day_of_the_storm_is_reached_when_its_share_of_the_seconds_is_over():
    shape = fnol_shape("irma")
    at = np.array([0.0, 10.0, 20.0, 60.0])
    shares = arrived_share(STORM, seconds=60.0, at=at)
    assert shares == pytest.approx([shape.cumulative(day) / shape.cumulative(30.0) for day in (0.0, 5.0, 10.0, 30.0)])


def test_the_height_of_the_curve_is_the_rate_that_was_asked_for():
    at = np.linspace(0.0, 60.0, 2_001)
    assert intended_rate(STORM, seconds=60.0, peak=25.0, at=at).max() == pytest.approx(25.0, rel=0.01)
    assert intended_rate(EVENLY, seconds=60.0, peak=25.0, at=at) == pytest.approx(np.full(2_001, 25.0))


def test_arrivals_follow_the_published_curve():
    """Kolmogorov and Smirnov: with n arrivals the distance stays below 1.63 / sqrt(n) in 99 of 100 loads."""
    times = arrival_times(STORM, seconds=60.0, peak=400.0, dice=Variates(3))
    expected = expected_arrivals(STORM, seconds=60.0, peak=400.0)
    assert len(times) == pytest.approx(expected, abs=4 * expected**0.5)
    empirical = (np.arange(len(times)) + 0.5) / len(times)
    distance = np.abs(arrived_share(STORM, seconds=60.0, at=times) - empirical).max()
    assert distance < 1.63 / len(times) ** 0.5


def test_gaps_of_an_even_load_are_exponential():
    gaps = np.diff(arrival_times(EVENLY, seconds=100.0, peak=100.0, dice=Variates(5)))
    assert gaps.mean() == pytest.approx(0.01, rel=0.05)
    assert gaps.std() == pytest.approx(gaps.mean(), rel=0.05)
    assert gaps.min() >= 0.0


def test_the_same_seed_brings_the_same_arrivals():
    one, again, other = (
        arrival_times(STORM, seconds=10.0, peak=20.0, dice=Variates(seed)).tolist() for seed in (1, 1, 2)
    )
    assert one == again
    assert one != other


def test_a_rate_of_almost_nothing_brings_nobody():
    assert arrival_times(EVENLY, seconds=1.0, peak=1e-6, dice=Variates(1)).size == 0
