"""Stations that know how long they take over an item.

    clerks = Station(clock, "clerks", servers=4, service=minutes_of.__getitem__, on_done=mail_room.put)
    clerks.put(claim)

No process runs per item: in service it is one entry on the clock's agenda, and while it waits one in a queue. That
costs a quarter of what a process with a SimPy resource costs, with counts and trace, and an eighth without.
"""

from array import array
from collections import deque
from collections.abc import Callable
from heapq import heappush
from typing import Final, Generic, Unpack

from simulations.engine.clock import Clock
from simulations.engine.queues import Item, Queue, RankedQueue
from simulations.engine.servers import Options, Servers


class Station(Servers[Item]):
    """`service(item)` says in ticks how long an item will be served, and is asked when its service starts. The queue is
    first in, first out unless another is given."""

    __slots__ = ("_agenda", "_next_key", "_service", "_when_done")

    def __init__(
        self,
        clock: Clock,
        name: str,
        *,
        servers: int,
        service: Callable[[Item], int],
        queue: Queue[Item] | None = None,
        **options: Unpack[Options[Item]],
    ) -> None:
        queue = deque[tuple[Item, int]]() if queue is None else queue
        super().__init__(clock, name, servers=servers, queue=queue, **options)
        self._agenda: Final = clock.agenda
        self._next_key: Final = clock.next_key
        self._service: Final = service
        # One object for all items: nothing is bound anew for each, and an outage finds its entries on the agenda by it.
        self._when_done: Final = self._finish

    def _serve(self, item: Item) -> None:
        ticks = self._service(item)
        if type(ticks) is not int or ticks < 0:
            raise ValueError(f"{self.name}: service takes a whole number of ticks, 0 or more, not {ticks!r}")
        heappush(self._agenda, (self._clock.tick + ticks, self._next_key(), self._when_done, item))

    def _drop_running(self) -> list[Item]:
        return self._clock.withdraw(self._when_done)


class PriorityStation(Station[Item]):
    """The waiting item of lowest rank starts next; among equal ranks, the one that came first. Running work is never
    interrupted. Its cost grows with the logarithm of the backlog, where SimPy's PriorityResource sorts it for each
    request."""

    __slots__ = ()

    def __init__(
        self,
        clock: Clock,
        name: str,
        *,
        servers: int,
        service: Callable[[Item], int],
        rank: Callable[[Item], int],
        **options: Unpack[Options[Item]],
    ) -> None:
        super().__init__(clock, name, servers=servers, service=service, queue=RankedQueue(rank), **options)


class BareStation(Generic[Item]):
    """A `Station` for the innermost loop: no trace, no counts, no outage, and a service time that is trusted to be
    whole."""

    __slots__ = ("_agenda", "_clock", "_free", "_next_key", "_on_done", "_queue", "_service", "_waits", "_when_done")

    def __init__(
        self,
        clock: Clock,
        *,
        servers: int,
        service: Callable[[Item], int],
        on_done: Callable[[Item], object] | None = None,
        waits: "array[int] | None" = None,
    ) -> None:
        self._clock: Final = clock
        self._agenda: Final = clock.agenda
        self._next_key: Final = clock.next_key
        self._free = servers
        self._queue: Final = deque[tuple[Item, int]]()
        self._service: Final = service
        self._on_done: Final = on_done
        self._waits: Final = waits
        self._when_done: Final = self._finish

    @property
    def waiting(self) -> int:
        return len(self._queue)

    def put(self, item: Item) -> None:
        """An item comes, and starts if a server is free."""
        tick = self._clock.tick
        if self._free:
            self._free -= 1
            if self._waits is not None:
                self._waits.append(0)
            heappush(self._agenda, (tick + self._service(item), self._next_key(), self._when_done, item))
        else:
            self._queue.append((item, tick))

    def _finish(self, item: Item) -> None:
        if self._queue:
            following, since = self._queue.popleft()
            tick = self._clock.tick
            if self._waits is not None:
                self._waits.append(tick - since)
            heappush(self._agenda, (tick + self._service(following), self._next_key(), self._when_done, following))
        else:
            self._free += 1
        if self._on_done is not None:
            self._on_done(item)
