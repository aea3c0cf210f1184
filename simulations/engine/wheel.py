"""The calendar: dated work in lists by day, driven by one process.

    wheel = DayWheel(clock, days=400, handler=fall_due, offset_ticks=6 * HOUR, spread_ticks=2 * HOUR)
    wheel.add(31, invoice)

A million policies with fourteen dated events each cost seconds so, and minutes as a process or a timer for each policy.
"""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

from simpy.events import ProcessGenerator

from simulations.engine.clock import DAY, Clock

Item = TypeVar("Item")


class DayWheel(Generic[Item]):
    """Hands the items of each day to `handler`, in the order in which they were added.

    Day 0 begins at tick 0. The pass over a day's items begins `offset_ticks` into the day. Without `spread_ticks` it
    all happens at that one tick; with it, item k of the n that are there at the beginning is handed over
    k * spread_ticks // n later, since fifty thousand invoices do not leave at one instant. What is added to a day while
    its pass is under way still belongs to it and is handed over at its end, right behind the last item. When the pass
    is over, so is the day.
    """

    __slots__ = ("_clock", "_handler", "_offset", "_spread", "_work", "day")

    def __init__(
        self,
        clock: Clock,
        *,
        days: int,
        handler: Callable[[Item], object],
        offset_ticks: int = 0,
        spread_ticks: int = 0,
    ) -> None:
        if offset_ticks < 0 or spread_ticks < 0 or offset_ticks + spread_ticks > DAY:
            raise ValueError(f"a pass lies within its day: offset {offset_ticks}, spread {spread_ticks}")
        self._clock: Final = clock
        self._handler: Final = handler
        self._offset: Final = offset_ticks
        self._spread: Final = spread_ticks
        self._work: Final[list[list[Item]]] = [[] for _ in range(days)]
        self.day = max(0, -((offset_ticks - clock.tick) // DAY))
        """The first day to which work can still be added."""
        clock.process(self._turn())

    def add(self, day: int, item: Item) -> None:
        """ValueError for a day whose pass is over, or that the wheel does not reach."""
        if not self.day <= day < len(self._work):
            raise ValueError(
                f"day {day} has passed, or lies beyond the wheel: {self.day} to {len(self._work) - 1} are left"
            )
        self._work[day].append(item)

    def _turn(self) -> ProcessGenerator:
        clock = self._clock
        while self.day < len(self._work):
            begin = self.day * DAY + self._offset
            yield clock.timeout(begin - clock.tick)
            items, handler = self._work[self.day], self._handler
            count = len(items)
            # The list may grow under this loop, which then goes on to what was added.
            for position, item in enumerate(items):
                later = begin + min(position, count - 1) * self._spread // count - clock.tick
                if later > 0:
                    yield clock.timeout(later)
                handler(item)
            self._work[self.day] = []
            self.day += 1
