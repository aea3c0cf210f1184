"""A discrete-event engine on SimPy for millions of messages. It knows nothing of insurance.

Three tiers, each with its own price. Dated work goes into a `DayWheel`, 0.3 us an item. Messages go through stations,
lanes and latches, 1.1 us for a `Station` with its trace and counts, half a microsecond more if they may give up. What
has a story to tell (an operator, an outage, a batch window) is an ordinary SimPy process on the same clock: a resource
used by a new process costs 8 us, of which 1 us is for whole ticks and ties. What takes a run its speed is a process, or
a pending timer, for each of very many.
"""

from simulations.engine.clock import DAY, HOUR, MINUTE, PENDING_ADVISED, SECOND, TICK, Clock
from simulations.engine.held import HeldStation
from simulations.engine.lane import TimeoutLane, Timer
from simulations.engine.latch import Latch
from simulations.engine.observations import Observations
from simulations.engine.reneging import RenegingStation, Ticket
from simulations.engine.station import BareStation, PriorityStation, Station
from simulations.engine.trace import Trace, combine, stable_number
from simulations.engine.wheel import DayWheel

__all__ = [
    "DAY",
    "HOUR",
    "MINUTE",
    "PENDING_ADVISED",
    "SECOND",
    "TICK",
    "BareStation",
    "Clock",
    "DayWheel",
    "HeldStation",
    "Latch",
    "Observations",
    "PriorityStation",
    "RenegingStation",
    "Station",
    "Ticket",
    "TimeoutLane",
    "Timer",
    "Trace",
    "combine",
    "stable_number",
]
