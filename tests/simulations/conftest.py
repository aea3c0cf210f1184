"""Storms over small books, played once for all tests that look at them, and hosts whose storm a test makes itself.

Whoever looks at a storm changes nothing.
"""

import gc
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Literal, NamedTuple, Protocol

import pytest
from msgspec.structs import replace

from fixtures.jurisdictions import florida
from fixtures.portfolios import Portfolio, florida_homeowners
from fixtures.variates import Variates
from model.core import Core
from model.core import Hosting as Processes
from simulations.book import write_book
from simulations.catastrophe import collector_off, played
from simulations.catastrophe_scenario import CatastropheScenario
from simulations.engine import Clock
from simulations.faults import Repeats
from simulations.host import Host
from simulations.measures import Finished, measured
from simulations.run import Run
from simulations.topologies import TOPOLOGIES

THURSDAY = date(2026, 9, 10)
MIDNIGHT = datetime(2026, 9, 10, 4, tzinfo=UTC)
"""Day 0 of every host: the local midnight of a Thursday in Florida's summer."""
PLANS = {"mortgagee": 0.2, "full_pay": 0.2, "two_pay": 0.2, "four_pay": 0.2, "monthly": 0.2}


class Storm(NamedTuple):
    """What a storm left behind, and what was measured of it."""

    finished: Finished
    run: Run


class Storms(Protocol):
    def __call__(self, *, policies: int = 400, seed: int = 1, **parameters: Any) -> Storm: ...


@cache
def storm_of(scenario: CatastropheScenario, seed: int) -> Storm:
    with collector_off():
        finished = played(scenario, Variates(seed), Clock(), lambda done: None)
        kept = Storm(finished, measured(finished, seed=seed, replication=0))
        # What is kept until the last test need not be walked by the collector in between.
        gc.freeze()
    return kept


@pytest.fixture(scope="session")
def storm() -> Storms:
    """A storm by the parameters that differ from the defaults; a book of 400 unless it says otherwise."""

    def found(*, policies: int = 400, seed: int = 1, **parameters: Any) -> Storm:
        return storm_of(CatastropheScenario(policies=policies, **parameters), seed)

    return found


class Hosted(NamedTuple):
    """A host over a small book of all billing plans, at the first tick of day 0."""

    host: Host
    portfolio: Portfolio
    variates: Variates


class Hosting(Protocol):
    def __call__(
        self,
        topology: str = "point_to_point",
        *,
        policies: int = 20,
        outbox: Literal["on", "off"] | None = None,
        inbox: Literal["on", "off"] | None = None,
        repeated: float = 0.0,
        ties: Literal["fifo"] | int = "fifo",
        seed: int = 1,
        processes: Processes = "contexts",
    ) -> Hosted: ...


@pytest.fixture(scope="session")
def hosting() -> Hosting:
    def hosted(
        topology: str = "point_to_point",
        *,
        policies: int = 20,
        outbox: Literal["on", "off"] | None = None,
        inbox: Literal["on", "off"] | None = None,
        repeated: float = 0.0,
        ties: Literal["fifo"] | int = "fifo",
        seed: int = 1,
        processes: Processes = "contexts",
    ) -> Hosted:
        pattern = TOPOLOGIES[topology]
        pattern = replace(pattern, outbox=outbox or pattern.outbox, inbox=inbox or pattern.inbox)
        variates = Variates(seed)
        portfolio = florida_homeowners(policies, variates, PLANS, THURSDAY)
        core = Core(*florida(), hosting=processes)
        assert list(write_book(core, portfolio, pattern)) == list(range(policies))
        repeats = Repeats(repeated, variates)
        return Hosted(Host(Clock(ties=ties), core, pattern, variates, repeats, midnight=MIDNIGHT), portfolio, variates)

    return hosted
