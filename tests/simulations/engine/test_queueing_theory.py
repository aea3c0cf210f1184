"""The engine against queueing theory and against idiomatic SimPy.

M/M/10 at 90 % load has known answers, and customers whose variates are drawn beforehand have exactly one possible tick at
which to start. What keeps the check of theory honest is its power: it sees an error of 3 % nearly always, and rejects
servers that are 1 % too slow and a station with one server too many.
"""

from array import array
from collections.abc import Callable, Generator
from functools import cache
from math import sqrt
from random import Random
from typing import Any, NamedTuple

import numpy as np
import pytest
import simpy
from numpy.typing import NDArray

from simulations.engine import SECOND, BareStation, Clock, Station

ARRIVALS_PER_SECOND = 9
SERVERS = 10
REPLICATIONS = 40
CUSTOMERS = 20_000
WARM_UP = CUSTOMERS // 10


def erlang_c(offered: float, servers: int) -> float:
    """The share of customers of M/M/c that wait, by way of the recursion for Erlang's B (Erlang 1917)."""
    blocked = 1.0
    for count in range(1, servers + 1):
        blocked = offered * blocked / (count + offered * blocked)
    return blocked / (1 - offered / servers * (1 - blocked))


SHARE_THAT_WAITS = erlang_c(ARRIVALS_PER_SECOND, SERVERS)
MEAN_WAIT_SECONDS = SHARE_THAT_WAITS / (SERVERS - ARRIVALS_PER_SECOND)


class Customers(NamedTuple):
    arrivals: list[int]
    services: list[int]


def exponential_customers(seed: int) -> Customers:
    dice = np.random.default_rng((20, seed))
    gaps = dice.exponential(SECOND / ARRIVALS_PER_SECOND, CUSTOMERS).astype(np.int64)
    return Customers(np.cumsum(gaps).tolist(), dice.exponential(SECOND, CUSTOMERS).astype(np.int64).tolist())


def feed(clock: Clock, put: Callable[[int], object], arrivals: list[int]) -> None:
    def come(number: int) -> None:
        put(number)
        if number + 1 < len(arrivals):
            clock.call_at(arrivals[number + 1], come, number + 1)

    clock.call_at(arrivals[0], come, 0)


def waits_at_one_fast_server(customers: Customers) -> NDArray[Any]:
    """Seconds that the same customers wait for one server that is ten times as fast, by Lindley's recursion (1952).

    They go up and down with the waits for ten servers, and of M/M/1 at 90 % load it is known that 90 % wait, for 0.9
    seconds on average over all. What a sample is off there, it is also off for ten servers.
    """
    gaps = np.diff(np.array(customers.arrivals)) / SECOND
    served = np.array(customers.services[:-1]) / SECOND / SERVERS
    walk = np.concatenate([[0.0], np.cumsum(served - gaps)])
    return walk - np.minimum.accumulate(walk)


class Estimate(NamedTuple):
    mean: float
    error: float
    """The standard error of the mean."""

    def z(self, exact: float) -> float:
        return (self.mean - exact) / self.error


def controlled_mean(values: NDArray[Any], controls: NDArray[Any]) -> Estimate:
    """The mean of independent values after regression on controls of expectation 0 (Lavenberg and Welch 1981)."""
    design = np.column_stack([np.ones(len(values)), controls])
    coefficients = np.linalg.lstsq(design, values, rcond=None)[0]
    residuals = values - design @ coefficients
    variance = residuals @ residuals / (len(values) - design.shape[1])
    return Estimate(float(coefficients[0]), sqrt(variance * np.linalg.inv(design.T @ design)[0, 0]))


class Measured(NamedTuple):
    mean_wait_seconds: Estimate
    share_that_waits: Estimate


@cache
def measured(*, servers: int = SERVERS, slower: float = 1.0) -> Measured:
    """What the engine says of M/M/c over independent replications, with a planted defect if one is asked for."""
    values: list[tuple[Any, Any]] = []
    controls: list[tuple[Any, Any]] = []
    for seed in range(REPLICATIONS):
        customers = exponential_customers(seed)
        ticks = [int(served * slower) for served in customers.services]
        clock, waits = Clock(), array("q")
        station = Station(clock, "desk", servers=servers, service=ticks.__getitem__, waits=waits)
        feed(clock, station.put, customers.arrivals)
        clock.run()
        settled = np.array(waits)[WARM_UP:] / SECOND
        control = waits_at_one_fast_server(customers)[WARM_UP:]
        values.append((settled.mean(), (settled > 0).mean()))
        controls.append((control.mean() - 0.9, (control > 0).mean() - 0.9))
    table = np.array(values)
    return Measured(*(controlled_mean(table[:, column], np.array(controls)) for column in (0, 1)))


def test_erlang_c_has_the_tabulated_values() -> None:
    assert [round(erlang_c(offered, servers), 6) for offered, servers in ((9, 10), (4, 5), (90, 100))] == [
        0.668732,
        0.554113,
        0.216940,
    ]
    assert round(MEAN_WAIT_SECONDS, 6) == 0.668732


def test_the_mean_wait_of_ten_servers_is_that_of_erlang_c() -> None:
    estimate = measured().mean_wait_seconds
    assert abs(estimate.z(MEAN_WAIT_SECONDS)) < 3.3
    assert (3.3 + 1.65) * estimate.error < 0.03 * MEAN_WAIT_SECONDS, "an error of 3 % would be seen 19 times in 20"


def test_the_share_that_waits_for_ten_servers_is_that_of_erlang_c() -> None:
    estimate = measured().share_that_waits
    assert abs(estimate.z(SHARE_THAT_WAITS)) < 3.3
    assert (3.3 + 1.65) * estimate.error < 0.03 * SHARE_THAT_WAITS


@pytest.mark.parametrize("defect", [{"servers": 11}, {"servers": 9}, {"slower": 1.01}], ids=str)
def test_a_planted_defect_is_rejected_by_the_same_check(defect: dict[str, Any]) -> None:
    wrong = measured(**defect)
    assert abs(wrong.mean_wait_seconds.z(MEAN_WAIT_SECONDS)) > 3.3
    assert abs(wrong.share_that_waits.z(SHARE_THAT_WAITS)) > 3.3


def starts_in_simpy(env: simpy.Environment, customers: Customers) -> list[int]:
    """A process for each customer and a resource of SimPy's: the tick at which each starts."""
    desk = simpy.Resource(env, capacity=3)
    starts = [-1] * len(customers.arrivals)

    def customer(number: int) -> Generator[simpy.Event, Any, None]:
        yield env.timeout(customers.arrivals[number])
        with desk.request() as turn:
            yield turn
            starts[number] = int(env.now)
            yield env.timeout(customers.services[number])

    for number in range(len(starts)):
        env.process(customer(number))
    env.run()
    return starts


def starts_at_a_station(kind: type[Station[int]] | type[BareStation[int]], customers: Customers) -> list[int]:
    clock = Clock()
    starts = [-1] * len(customers.arrivals)

    def service(number: int) -> int:
        starts[number] = clock.now
        return customers.services[number]

    if kind is Station:
        put = Station(clock, "desk", servers=3, service=service).put
    else:
        put = BareStation(clock, servers=3, service=service).put
    feed(clock, put, customers.arrivals)
    clock.run()
    return starts


@pytest.mark.parametrize("spread", [7, 40, 1_000_000])
def test_every_customer_starts_at_the_tick_at_which_idiomatic_simpy_starts_it(spread: int) -> None:
    """At a spread of a few ticks, customers come and go at the same ticks all the time."""
    dice = Random(spread)
    arrivals = sorted(dice.randrange(1_500 * spread) for _ in range(4_000))
    customers = Customers(arrivals, [dice.randrange(2 * spread) for _ in arrivals])
    expected = starts_in_simpy(simpy.Environment(), customers)
    assert sum(start - arrival for start, arrival in zip(expected, arrivals, strict=True)) > 0
    assert starts_at_a_station(Station, customers) == expected
    assert starts_at_a_station(BareStation, customers) == expected
    assert starts_in_simpy(Clock(), customers) == expected
