"""`catastrophe`: a hurricane strikes a book of Florida homeowners policies.

The book is written through the core, the storm's notices arrive as a real storm's did, people work them off, and the
ordinary billing of the book goes on beside it, over systems that are tied as the topology says and fail as the fault
says. One replication is one call of `run`; equal arguments give equal traces.
"""

import gc
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from fixtures.carrier_profiles import load_carrier
from fixtures.jurisdictions import state_law
from fixtures.portfolios import Portfolio, florida_homeowners
from fixtures.variates import Variates
from model.claims.catastrophe import FIRST_NUMBER, Catastrophe, DeclareCatastrophe
from model.claims.designation import Designation
from model.core import Core
from model.jurisdiction import Law
from simulations.book import STATE, ZONE, write_book
from simulations.business import Business, Habits
from simulations.catastrophe_scenario import ASSUMED, CALIBRATED, CatastropheScenario
from simulations.claims_floor import ClaimsFloor
from simulations.control import Control
from simulations.engine import DAY, HOUR, Clock
from simulations.faults import Outage, Repeats
from simulations.host import Host
from simulations.journeys import Journeys
from simulations.levels import Daily
from simulations.losses import Losses, storm_losses
from simulations.measures import Finished, measured
from simulations.recording import offer, wanted
from simulations.run import Kind, Progress, Run
from simulations.topologies import TOPOLOGIES, Topology
from simulations.working_time import WorkingTime

SETTING_UP = 0.3
"""The part of a replication that writing the book takes, for the progress bar."""


def run(scenario: CatastropheScenario, seed: int, replication: int, progress: Progress) -> Run:
    """One replication. Draws depend on seed and replication alone, so that settings are compared claim by claim."""
    with collector_off():
        clock = Clock(trace=wanted())
        finished = played(scenario, Variates(seed, replication=replication), clock, progress)
        offer(clock.trace)
        result = measured(finished, seed=seed, replication=replication)
        # Host, floor and clock hold each other, and the collector will walk all that they hold: the less, the better.
        for machine in finished.host.core.machines.values():
            machine.states.clear()
        return result


def played(scenario: CatastropheScenario, variates: Variates, clock: Clock, progress: Progress) -> Finished:
    """The storm from day 0 to the last tick of the horizon, with everything that it leaves behind."""
    # The claims floor and the banks play the processes' part here: who asks again and who gives up is what is studied.
    # Only the process that cancels for nonpayment is hosted, where the scenario asks for it.
    hosting = "contexts" if scenario.nonpayment == "requested" else "processes"
    core = Core(florida_law(scenario), load_carrier(scenario.carrier), hosting=hosting)
    portfolio = florida_homeowners(
        scenario.policies,
        variates,
        scenario.billing_mix(),
        scenario.landfall,
        autopay_share=scenario.autopay_share,
    )
    topology = topology_of(scenario)
    for number in write_book(core, portfolio, topology):
        if number % 1000 == 0:
            progress(SETTING_UP * number / scenario.policies)
    midnight = datetime.combine(scenario.landfall, time(), ZoneInfo(ZONE)).astimezone(ZoneInfo("UTC"))
    repeats = Repeats(scenario.duplicate_share, variates)
    host = Host(clock, core, topology, variates, repeats, midnight=midnight)
    journeys, daily = Journeys(), Daily(scenario.horizon_days)
    Business(host, portfolio, habits_of(scenario), variates, journeys, days=scenario.horizon_days)
    floor = ClaimsFloor(host, scenario, losses_of(scenario, portfolio, variates), variates, journeys, daily)
    Control(
        host,
        variates,
        clerks=scenario.reconciliation_clerks,
        minutes_mean=scenario.reconciliation_minutes_mean,
        hours=WorkingTime(8, 18, "every_day", scenario.landfall.weekday()),
        days=scenario.horizon_days,
    )
    declare(host, scenario)
    outage = outage_of(scenario)
    if outage is not None:
        host.strike(outage)
    for day in range(1, scenario.horizon_days + 1):
        # The last tick of the horizon still belongs to it, the first of the day after does not.
        clock.run(until=day * DAY - 1)
        progress(SETTING_UP + (1 - SETTING_UP) * day / scenario.horizon_days)
    return Finished(scenario, host, floor, journeys, daily, core.law, core.carrier)


def florida_law(scenario: CatastropheScenario) -> Law:
    return state_law("FL", scenario.law_as_of or scenario.landfall)


def declare(host: Host, scenario: CatastropheScenario) -> None:
    """The storm is declared a catastrophe on day 0 with what the regulator designates, where it designates anything: of
    its losses nobody tells the county, and a catastrophe that changes no clock is nothing that this run could see.
    """
    if scenario.designation == "undeclared":
        return
    day, midnight = scenario.landfall, host.at()
    extension = Designation("fl_oir_extension", STATE, day, day)
    storm = Catastrophe(
        f"{day:%y}{FIRST_NUMBER}", "Storm", midnight, midnight + timedelta(days=1), (STATE,), ("hurricane",),
        designations=(extension,),
    )  # fmt: skip
    host.submit(DeclareCatastrophe(catastrophe=storm, on=host.today(), at=midnight))


def losses_of(scenario: CatastropheScenario, portfolio: Portfolio, variates: Variates) -> Losses:
    return storm_losses(
        portfolio,
        variates,
        storm=scenario.storm,
        claim_share=scenario.claim_share,
        loss_share_mean=scenario.loss_share_mean,
        loss_share_cv=scenario.loss_share_cv,
        horizon_days=scenario.horizon_days,
    )


def outage_of(scenario: CatastropheScenario) -> Outage | None:
    if scenario.fault == "none" or scenario.outage_hours == 0.0:
        return None
    start = int(scenario.outage_starts_day * DAY)
    return Outage(start, start + int(scenario.outage_hours * HOUR))


def topology_of(scenario: CatastropheScenario) -> Topology:
    """The pattern with the protections that the scenario sets."""
    topology = TOPOLOGIES[scenario.topology]
    if scenario.outbox != "topology":
        topology = replace(topology, outbox=scenario.outbox)
    if scenario.inbox != "topology":
        topology = replace(topology, inbox=scenario.inbox)
    if "on" in (scenario.breaker, scenario.limit, scenario.rate):
        topology = replace(topology, breaker=scenario.breaker, limit=scenario.limit, rate=scenario.rate)
    return topology


def habits_of(scenario: CatastropheScenario) -> Habits:
    return Habits(**{name: getattr(scenario, name) for name in Habits.__struct_fields__})


@contextmanager
def collector_off() -> Generator[None]:
    """Many small states are kept for long and none of them is garbage: the cyclic collector would only walk them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


KIND: Kind[CatastropheScenario] = Kind(
    name="catastrophe",
    says="A hurricane strikes a book of Florida homeowners policies: claims, payments and the billing beside them.",
    scenario=CatastropheScenario,
    run=run,
    assumed=ASSUMED,
    calibrated=CALIBRATED,
)
