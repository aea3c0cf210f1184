"""Faults as data, drawn independently of the pattern that meets them, so that every pattern meets the same.

An outage strikes whatever carries the link: the callee where a call carries it, the broker where a topic does. A
repeated delivery is what every network does now and then: the acknowledgement is lost after the work was done.
"""

from msgspec import Struct

from fixtures.variates import Variates
from simulations.engine import SECOND

REPEAT_DELAY_MEAN = 30 * SECOND


class Outage(Struct, frozen=True, gc=False):
    """The carrier is down in [start, end), in ticks."""

    start: int
    end: int


class Repeats(Struct, frozen=True):
    """`share` of all messages arrive twice. The draw belongs to the message, not to the pattern."""

    share: float
    variates: Variates

    def after(self, message: int) -> int | None:
        """How many ticks after its first delivery a message is delivered again; None for those that are not."""
        if self.share == 0.0 or self.variates.uniform("fault.repeat", message) >= self.share:
            return None
        return int(self.variates.exponential("fault.repeat_delay", message, mean=REPEAT_DELAY_MEAN)) + 1
