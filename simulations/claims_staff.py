"""Who works on claims: phone agents and triage clerks in queues, adjusters in pools; and how a story waits."""

from collections.abc import Callable

from simpy import Event
from simpy.events import ProcessGenerator

from fixtures.variates import Variates
from simulations.adjusters import Adjuster, Pool, kinds_of_adjusters
from simulations.catastrophe_scenario import CatastropheScenario
from simulations.engine import DAY, HOUR, MINUTE, Clock, Station
from simulations.working_time import WorkingTime

ADJUSTERS_WORK = (8, 18)
CLERKS_WORK = (8, 20)
"""ASSUMED: working hours on every day of the week, as after a hurricane."""


class ClaimsStaff:
    """`touches` counts how often somebody took a claim in hand."""

    def __init__(self, clock: Clock, scenario: CatastropheScenario, variates: Variates) -> None:
        self._clock = clock
        self._scenario = scenario
        self._variates = variates
        self.touches = 0
        self._arrivals: dict[int, Event] = {}
        weekday = scenario.landfall.weekday()
        self._clerks_work = WorkingTime(*CLERKS_WORK, "every_day", weekday)
        adjusters_work = WorkingTime(*ADJUSTERS_WORK, "every_day", weekday)
        per_book = scenario.policies / 10_000
        self.phone = self._station("phone agents", scenario.phone_agents_per_10000_policies * per_book, self._call)
        self.triage = self._station(
            "triage clerks", scenario.triage_clerks_per_10000_policies * per_book, self._routing
        )
        self.field = Pool(clock, cap=scenario.field_caseload, hours=adjusters_work)
        self.desk = Pool(clock, cap=scenario.desk_caseload, hours=adjusters_work)
        self._hire()

    def stations(self) -> tuple[Station[int], ...]:
        return (self.phone, self.triage)

    def _station(self, name: str, people: float, service: Callable[[int], int]) -> Station[int]:
        return Station(self._clock, name, servers=max(round(people), 1), service=service, on_done=self._served)

    def _call(self, number: int) -> int:
        minutes = self._variates.exponential("phone.minutes", number, mean=self._scenario.phone_minutes_mean)
        return int(minutes * MINUTE) + MINUTE

    def _routing(self, number: int) -> int:
        minutes = self._variates.exponential("triage.minutes", number, mean=self._scenario.triage_minutes_mean)
        return self._clerks_work.after(self._clock.tick, int(minutes * MINUTE) + MINUTE) - self._clock.tick

    def _hire(self) -> None:
        """Adjusters on hand at landfall, and the others one by one over the ramp."""
        scenario = self._scenario
        expected = scenario.policies * scenario.claim_share / 1000
        asked = scenario.adjusters_asked_per_1000_claims * expected
        found = max(round(asked * scenario.adjusters_found_share), 2)
        at_once = min(max(round(asked * scenario.adjusters_found_at_landfall_share), 2), found)
        for person, kind in enumerate(kinds_of_adjusters(found, desk_share=scenario.desk_share)):
            pool = self.desk if kind == "desk" else self.field
            late = max(person - at_once + 1, 0)
            arrival = late * scenario.ramp_days * DAY // max(found - at_once, 1)
            self._clock.call_at(arrival, pool.hire, 1)

    # --- what a story waits for

    def called(self, number: int) -> ProcessGenerator:
        """Until a phone agent took the notice."""
        self.touches += 1
        yield self._queued(self.phone, number)

    def routed(self, number: int) -> ProcessGenerator:
        """Until a triage clerk gave the claim its way."""
        yield self._queued(self.triage, number)
        self.touches += 1

    def assigned(self, pool: Pool) -> ProcessGenerator:
        """Until an adjuster of the pool has room; returns who."""
        event = self._clock.event()
        pool.assign(lambda adjuster: _tell(event, adjuster))
        adjuster = yield event
        return adjuster

    def worked(self, adjuster: Adjuster, what: str, number: int, hours_mean: float) -> ProcessGenerator:
        """Until an adjuster is done with what lies before and with this."""
        self.touches += 1
        event = self._clock.event()
        hours = self._variates.lognormal(f"adjuster.{what}", number, mean=hours_mean, cv=0.5)
        adjuster.do(int(hours * HOUR) + MINUTE, lambda: _tell(event))
        yield event

    def _queued(self, station: Station[int], number: int) -> Event:
        event = self._arrivals[number] = self._clock.event()
        station.put(number)
        return event

    def _served(self, number: int) -> None:
        _tell(self._arrivals.pop(number))


def _tell(event: Event, value: object = None) -> None:
    event.succeed(value)
