"""When people work: a span of hours on every day, or on weekdays only."""

from typing import Literal

from msgspec import Struct

from simulations.engine import DAY, HOUR


class WorkingTime(Struct, frozen=True, gc=False):
    """From `opens` to `closes` o'clock, local time. `first_weekday` is the weekday of day 0, Monday being 0."""

    opens: int
    closes: int
    days: Literal["every_day", "weekdays"]
    first_weekday: int

    def next_open(self, tick: int) -> int:
        """The first tick at or after `tick` at which somebody works."""
        day, within = divmod(tick, DAY)
        if within >= self.closes * HOUR:
            day, within = day + 1, 0
        while not self._works_on(day):
            day, within = day + 1, 0
        return day * DAY + max(within, self.opens * HOUR)

    def after(self, tick: int, work: int) -> int:
        """The tick at which `work` ticks of working time that begin at or after `tick` are done."""
        tick = self.next_open(tick)
        left = tick // DAY * DAY + self.closes * HOUR - tick
        while work > left:
            work -= left
            tick = self.next_open(tick + left)
            left = (self.closes - self.opens) * HOUR
        return tick + work

    def _works_on(self, day: int) -> bool:
        return self.days == "every_day" or (self.first_weekday + day) % 7 < 5
