"""The engine against idiomatic SimPy on one queue, M/M/10 at 90 % load, with the same customers at the same ticks.

Both get their variates drawn beforehand, as whole ticks, and both report the wait of every customer.
"""

from array import array
from collections.abc import Callable
from functools import cache

import numpy as np
import simpy
from rounds import Benchmark, Round
from simpy.events import ProcessGenerator

from simulations.engine import SECOND, BareStation, Clock, Station

CUSTOMERS = 50_000
SERVERS = 10


@cache
def arrivals() -> list[int]:
    """The tick at which each customer comes: nine a second."""
    gaps = np.random.default_rng(1).exponential(SECOND / 9, CUSTOMERS)
    return np.cumsum(gaps.astype(np.int64)).tolist()


@cache
def services() -> list[int]:
    """The ticks that each customer is served: a second on average."""
    return np.random.default_rng(2).exponential(SECOND, CUSTOMERS).astype(np.int64).tolist()


def prepare() -> None:
    """Draw the variates, so that no measurement pays for that."""
    arrivals()
    services()


def idiomatic() -> list[int]:
    """A process for each customer and a SimPy resource; the wait of each."""
    env = simpy.Environment()
    desk = simpy.Resource(env, capacity=SERVERS)
    waits = [0] * CUSTOMERS
    service = services()

    def customer(number: int) -> ProcessGenerator:
        arrived = env.now
        with desk.request() as turn:
            yield turn
            waits[number] = int(env.now - arrived)
            yield env.timeout(service[number])

    def source() -> ProcessGenerator:
        for number, tick in enumerate(arrivals()):
            yield env.timeout(tick - env.now)
            env.process(customer(number))

    env.process(source())
    env.run()
    return waits


def feed(clock: Clock, put: Callable[[int], object]) -> None:
    """Customers come at their ticks, with one entry on the agenda at a time."""
    ticks = arrivals()

    def come(number: int) -> None:
        put(number)
        if number + 1 < CUSTOMERS:
            clock.call_at(ticks[number + 1], come, number + 1)

    clock.call_at(ticks[0], come, 0)


def engine() -> "array[int]":
    """A station with everything on: trace hash, counts, waits."""
    clock = Clock()
    waits = array("q")
    station = Station(clock, "desk", servers=SERVERS, service=services().__getitem__, waits=waits)
    feed(clock, station.put)
    clock.run()
    return waits


def bare_engine() -> "array[int]":
    """The same without trace hash and counts."""
    clock = Clock(trace="off")
    waits = array("q")
    station = BareStation(clock, servers=SERVERS, service=services().__getitem__, waits=waits)
    feed(clock, station.put)
    clock.run()
    return waits


def idiomatic_customer(current: Round) -> float:
    """Seconds for one customer of idiomatic SimPy in this round: the unit in which other speeds are told."""
    prepare()
    return current.seconds("idiomatic SimPy M/M/10", idiomatic) / CUSTOMERS


def speedup(current: Round) -> float:
    return idiomatic_customer(current) * CUSTOMERS / current.seconds("engine M/M/10", engine)


def bare_speedup(current: Round) -> float:
    return idiomatic_customer(current) * CUSTOMERS / current.seconds("bare engine M/M/10", bare_engine)


BENCHMARKS = (
    Benchmark(name="engine_speedup", unit="x idiomatic SimPy", sense=">=", bound=3.5, measure=speedup),
    Benchmark(name="engine_speedup_bare", unit="x idiomatic SimPy", sense=">=", bound=5.0, measure=bare_speedup),
)
