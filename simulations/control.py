"""The morning's control and the desk that mends what it finds.

At six every morning the systems are held against each other. What differs for longer than a few hours goes to clerks,
who send again what was lost. What was doubled they can only write down: the money has to be asked back, which takes
longer than any run of ours.
"""

from simpy.events import ProcessGenerator

from fixtures.variates import Variates
from simulations.auditor import Key
from simulations.engine import DAY, HOUR, MINUTE, Station, stable_number
from simulations.host import Host
from simulations.working_time import WorkingTime

AT = 6 * HOUR
SETTLED_AFTER = 4 * HOUR
"""ASSUMED: differences younger than this are taken to be on their way."""


class Control:
    """Runs every morning of a run."""

    def __init__(
        self, host: Host, variates: Variates, *, clerks: int, minutes_mean: float, hours: WorkingTime, days: int
    ) -> None:
        self._host = host
        self._variates = variates
        self._minutes_mean = minutes_mean
        self._hours = hours
        self._days = days
        self._desk: Station[Key] = Station(
            host.clock, "reconciliation desk", servers=clerks, service=self._takes, on_done=host.resend, entity=_number
        )
        host.clock.process(self._every_morning())

    def _every_morning(self) -> ProcessGenerator:
        clock = self._host.clock
        for day in range(self._days):
            yield clock.timeout(day * DAY + AT - clock.tick)
            self._host.auditor.tick = clock.tick
            for key in self._host.auditor.control(older_than=clock.tick - SETTLED_AFTER):
                self._desk.put(key)

    def _takes(self, key: Key) -> int:
        minutes = self._variates.exponential("control.minutes", _number(key), mean=self._minutes_mean)
        clock = self._host.clock
        return self._hours.after(clock.tick, int(minutes * MINUTE) + MINUTE) - clock.tick


def _number(key: Key) -> int:
    return stable_number("/".join(key))
