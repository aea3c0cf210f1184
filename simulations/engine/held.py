"""A station whose servers are held until somebody releases them."""

from collections.abc import Callable
from typing import Final, Unpack

from simulations.engine.clock import Clock
from simulations.engine.queues import Leaver, LeavingQueue
from simulations.engine.servers import Options, Servers


class HeldStation(Servers[Leaver]):
    """The threads of a caller that waits for answers, or a pool of connections.

        def ask(call):
            core.put(call)  # on_done=gateway.release

        gateway = HeldStation(clock, "gateway", servers=200, on_start=ask)

    `on_start(item)` begins the work and the server stays busy until `release(item)`, whenever and by whomever that is
    called, also at once. So when whoever is asked grows slow, the servers of whoever asks run out, and then those of
    its own callers: a cascade comes about by itself. Items can be hashed and those inside differ from one another.
    """

    __slots__ = ("_held", "_leaving", "_on_start", "_starting")

    def __init__(
        self,
        clock: Clock,
        name: str,
        *,
        servers: int,
        on_start: Callable[[Leaver], object],
        **options: Unpack[Options[Leaver]],
    ) -> None:
        self._leaving: Final = LeavingQueue[Leaver]()
        super().__init__(clock, name, servers=servers, queue=self._leaving, **options)
        self._on_start: Final = on_start
        # A dictionary for its order: what an outage loses is returned in the order in which it started.
        self._held: Final[dict[Leaver, None]] = {}
        self._starting = False

    def holds(self, item: Leaver) -> bool:
        """Whether the item is in service: after an outage that lost it, it is not."""
        return item in self._held

    def release(self, item: Leaver) -> None:
        """The item is finished and its server free. ValueError if it is not in service."""
        if item not in self._held:
            raise ValueError(f"{self.name} does not serve {item!r}")
        del self._held[item]
        self._finish(item)

    def leave(self, item: Leaver) -> bool:
        """Take an item out of the queue, because whoever sent it has given up. Whether it was still waiting."""
        if not self._leaving.leave(item):
            return False
        self._abandon(item)
        return True

    def _serve(self, item: Leaver) -> None:
        if item in self._held:
            raise ValueError(f"{self.name} serves {item!r} already")
        self._held[item] = None
        self._on_start(item)

    def _start_waiting(self) -> None:
        # A start that releases its server at once comes back here: the loop under way takes up what is left. Starting
        # it from within would go one level deeper for every item of the backlog.
        if self._starting:
            return
        self._starting = True
        try:
            super()._start_waiting()
        finally:
            self._starting = False

    def _drop_running(self) -> list[Leaver]:
        dropped = list(self._held)
        self._held.clear()
        return dropped
