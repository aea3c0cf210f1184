"""Timeouts of one length."""

from collections import deque
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from simulations.engine.clock import Clock

Item = TypeVar("Item")


class Timer(Generic[Item]):
    """One armed timeout. It has nothing to do with the work it was armed for: ending that is up to whoever hears of
    it."""

    __slots__ = ("due", "item", "pending")

    def __init__(self, item: Item, due: int) -> None:
        self.item: Final = item
        self.due: Final = due
        """The tick at which it runs out."""
        self.pending = True
        """Neither cancelled nor run out."""

    def cancel(self) -> bool:
        """Whether that came in time."""
        was_pending, self.pending = self.pending, False
        return was_pending


class TimeoutLane(Generic[Item]):
    """All timeouts of one length, with one entry on the clock's agenda between them.

    What is armed first runs out first, so a deque keeps them in order; a cancelled one is passed over when its turn
    comes. Thirty seconds of calls that were answered long ago would otherwise fill the agenda with timers of no use.
    Timers that run out at the same tick do so in the order in which they were armed, also where ties are shuffled.
    """

    __slots__ = ("_armed", "_clock", "_on_timeout", "_ticks", "_timers")

    def __init__(self, clock: Clock, ticks: int, on_timeout: Callable[[Item], object]) -> None:
        if type(ticks) is not int or ticks <= 0:
            raise ValueError(f"a timeout takes a whole number of ticks, 1 or more, not {ticks!r}")
        self._clock: Final = clock
        self._ticks: Final = ticks
        self._on_timeout: Final = on_timeout
        self._timers: Final = deque[Timer[Item]]()
        self._armed = False

    def arm(self, item: Item) -> Timer[Item]:
        """`on_timeout(item)` is called after the lane's length, unless the timer is cancelled before."""
        timer = Timer(item, self._clock.tick + self._ticks)
        self._timers.append(timer)
        if not self._armed:
            self._armed = True
            self._clock.call_at(timer.due, self._run_out, None)
        return timer

    def _run_out(self, _: None) -> None:
        tick, timers = self._clock.tick, self._timers
        while timers and not (timers[0].pending and timers[0].due > tick):
            timer = timers.popleft()
            if timer.cancel():
                self._on_timeout(timer.item)
        if timers:
            self._clock.call_at(timers[0].due, self._run_out, None)
        else:
            self._armed = False
