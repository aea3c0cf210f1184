"""What every station is: servers, a queue before them, and counts that are always on.

    put --+--> rejected                            (no room)
          +--> waiting --+--> abandoned            (left the queue)
                         +--> busy --+--> finished
                                     +--> stopped  (called off)
                                     +--> lost     (by an outage)

Who starts at once is not counted as waiting.
"""

from abc import ABC, abstractmethod
from array import array
from collections.abc import Callable
from operator import index
from sys import maxsize
from typing import Any, Final, Generic, Literal, TypedDict, Unpack

from simulations.engine.clock import Clock
from simulations.engine.queues import Item, Queue

# Gives a whole number as it is, and a TypeError for anything else: by default items are known by their numbers.
ITSELF: Final[Any] = index


class Options(TypedDict, Generic[Item], total=False):
    """What any station may be told; nothing of it must be."""

    on_done: Callable[[Item], object]
    """Called with each item that is finished, after the next work has started."""
    on_reject: Callable[[Item], object]
    """Called with each item for which there was no room."""
    room: int
    """How many may wait, beside those in service. Without it, any number."""
    waits: "array[int]"
    """Gets the wait in ticks of every item that starts, in the order of their starts."""
    entity: Callable[[Item], int]
    """The number by which the trace knows an item. Without it, items are whole numbers."""


class Servers(ABC, Generic[Item]):
    """Some equal servers behind one queue; a subclass says what serving is.

    When work ends, the next work starts before `on_done` hears of the end. Nobody overtakes at the door: an item that
    comes while others wait goes behind them, even if a server has become free within the same call.

    At every moment `arrived == rejected + waiting + abandoned + started` and `started == busy + finished + stopped +
    lost`, and by Little's law `waiting_area` is the sum of all waits, those of the abandoned and of the still waiting
    included.
    """

    __slots__ = (
        "_busy_since",
        "_clock",
        "_entity",
        "_free",
        "_is_open",
        "_kind_arrived",
        "_kind_finished",
        "_note",
        "_on_done",
        "_on_reject",
        "_queue",
        "_room",
        "_servers",
        "_waiting_since",
        "_waits",
        "abandoned",
        "arrived",
        "finished",
        "lost",
        "name",
        "peak_waiting",
        "rejected",
        "started",
        "stopped",
    )

    def __init__(
        self,
        clock: Clock,
        name: str,
        *,
        servers: int,
        queue: Queue[Item],
        **options: Unpack[Options[Item]],
    ) -> None:
        if servers < 0:
            raise ValueError(f"{name}: {servers} servers")
        self.name: Final = name
        self.arrived = self.rejected = self.abandoned = self.started = self.finished = self.stopped = self.lost = 0
        self.peak_waiting = 0
        self._clock: Final = clock
        self._servers = self._free = servers
        self._is_open = True
        self._queue: Final = queue
        self._on_done: Final = options.get("on_done")
        self._on_reject: Final = options.get("on_reject")
        self._room: Final = options.get("room", maxsize)
        self._waits: Final = options.get("waits")
        self._entity: Final[Callable[[Item], int]] = options.get("entity", ITSELF)
        self._note: Final = clock.note
        self._kind_arrived: Final = self._kind("arrived")
        self._kind_finished: Final = self._kind("finished")
        # The area under a count is the sum of the ticks at which it fell minus the sum of those at which it rose.
        self._waiting_since = self._busy_since = 0

    @property
    def servers(self) -> int:
        """How many servers there are, working or not."""
        return self._servers

    @property
    def waiting(self) -> int:
        return len(self._queue)

    @property
    def busy(self) -> int:
        """How many items are in service: above `servers` for a while after their number was lowered."""
        return (self._servers if self._is_open else 0) - self._free

    @property
    def waiting_area(self) -> int:
        """The integral of `waiting` over time, in ticks times items."""
        return self._waiting_since + self.waiting * self._clock.tick

    @property
    def busy_area(self) -> int:
        """The integral of `busy` over time, in ticks times items."""
        return self._busy_since + self.busy * self._clock.tick

    def put(self, item: Item) -> None:
        """An item comes: it starts, waits, or is rejected for want of room, which `on_reject` hears."""
        tick = self._clock.tick
        self.arrived += 1
        self._note(tick, self._kind_arrived, self._entity(item))
        if self._free > 0 and not self._queue:
            self._free -= 1
            self.started += 1
            self._busy_since -= tick
            if self._waits is not None:
                self._waits.append(0)
            self._serve(item)
        elif len(self._queue) < self._room:
            self._queue.append((item, tick))
            self._waiting_since -= tick
            if len(self._queue) > self.peak_waiting:
                self.peak_waiting = len(self._queue)
        else:
            self._reject(item)

    def set_servers(self, servers: int) -> None:
        """More servers start waiting work at once; fewer let running work finish first."""
        if servers < 0:
            raise ValueError(f"{self.name}: {servers} servers")
        if self._is_open:
            self._free += servers - self._servers
        self._servers = servers
        self._start_waiting()

    def close(self, *, running: Literal["finish", "lose"]) -> list[Item]:
        """An outage begins: nothing starts, and what waits or comes stays in the queue. Running work may finish, or
        is lost and returned, in the order in which it would have ended. RuntimeError if the station is closed
        already."""
        if not self._is_open:
            raise RuntimeError(f"{self.name} is closed already: outages that overlap are one outage")
        self._is_open = False
        self._free -= self._servers
        if running == "finish":
            return []
        tick, kind = self._clock.tick, self._kind("lost")
        lost = self._drop_running()
        for item in lost:
            self.lost += 1
            self._free += 1
            self._busy_since += tick
            self._note(tick, kind, self._entity(item))
        return lost

    def open(self) -> None:
        """The outage is over, and waiting work starts. RuntimeError if there was none."""
        if self._is_open:
            raise RuntimeError(f"{self.name} is open already")
        self._is_open = True
        self._free += self._servers
        self._start_waiting()

    @abstractmethod
    def _serve(self, item: Item) -> None:
        """Begin to serve; `_finish` is due when that is done."""

    @abstractmethod
    def _drop_running(self) -> list[Item]:
        """Forget all items in service, so that none of them finishes; they are returned."""

    def _finish(self, item: Item) -> None:
        tick = self._clock.tick
        self.finished += 1
        self._busy_since += tick
        self._note(tick, self._kind_finished, self._entity(item))
        self._free += 1
        if self._queue:
            self._start_waiting()
        if self._on_done is not None:
            self._on_done(item)

    def _start_waiting(self) -> None:
        tick, queue = self._clock.tick, self._queue
        while queue and self._free > 0:
            item, since = queue.popleft()
            self._waiting_since += tick
            self._free -= 1
            self.started += 1
            self._busy_since -= tick
            if self._waits is not None:
                self._waits.append(tick - since)
            self._serve(item)

    def _abandon(self, item: Item) -> None:
        """Count out an item that has just left the queue unserved."""
        self.abandoned += 1
        self._waiting_since += self._clock.tick
        self._note(self._clock.tick, self._kind("abandoned"), self._entity(item))

    def _stop(self, item: Item) -> None:
        """Count out an item whose service ends here and now, unfinished."""
        tick = self._clock.tick
        self.stopped += 1
        self._busy_since += tick
        self._note(tick, self._kind("stopped"), self._entity(item))
        self._free += 1
        self._start_waiting()

    def _reject(self, item: Item) -> None:
        self.rejected += 1
        self._note(self._clock.tick, self._kind("rejected"), self._entity(item))
        if self._on_reject is not None:
            self._on_reject(item)

    def _kind(self, what: str) -> int:
        trace = self._clock.trace
        return 0 if trace is None else trace.kind(f"{self.name} {what}")
