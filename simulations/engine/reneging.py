"""A station whose customers may give up."""

from collections.abc import Callable
from typing import Final, Generic, Literal, TypeVar, Unpack

from simulations.engine.clock import Clock
from simulations.engine.queues import Item, LeavingQueue
from simulations.engine.servers import ITSELF, Options
from simulations.engine.station import Station

Result = TypeVar("Result")


class Ticket(Generic[Item]):
    """One item's stay in a `RenegingStation`, and the way to end it early."""

    __slots__ = ("_station", "item", "place")

    def __init__(self, item: Item, station: "RenegingStation[Item]") -> None:
        self.item: Final = item
        self.place: Literal["waiting", "running", "gone"] = "waiting"
        """`gone` is whatever was finished, rejected, abandoned, stopped or lost."""
        self._station: Final = station

    def leave(self) -> bool:
        """Leave the queue. Whether the item was still waiting: work that runs goes on, for nobody, on its server.

        Most servers are like that, since they do not learn that their caller is gone, and it is what keeps an overload
        alive after its cause has passed.
        """
        return self._station.leave(self)

    def stop(self) -> bool:
        """Leave, or if the item is in service, end that here and free its server. Whether there was anything to end."""
        return self._station.stop(self)


class RenegingStation(Station[Ticket[Item]]):
    """A `Station` that gives out a ticket for each item. Functions are called with the item, `close` returns
    tickets."""

    __slots__ = ("_leaving",)

    def __init__(
        self,
        clock: Clock,
        name: str,
        *,
        servers: int,
        service: Callable[[Item], int],
        **options: Unpack[Options[Item]],
    ) -> None:
        self._leaving: Final = LeavingQueue[Ticket[Item]]()
        super().__init__(
            clock,
            name,
            servers=servers,
            service=_of_item(service),
            queue=self._leaving,
            **_for_tickets(options),
        )

    def admit(self, item: Item) -> Ticket[Item]:
        """An item comes: it starts, waits, or is rejected."""
        ticket = Ticket(item, self)
        self.put(ticket)
        return ticket

    def leave(self, ticket: Ticket[Item]) -> bool:
        """See `Ticket.leave`."""
        if not self._leaving.leave(ticket):
            return False
        ticket.place = "gone"
        self._abandon(ticket)
        return True

    def stop(self, ticket: Ticket[Item]) -> bool:
        """See `Ticket.stop`."""
        if ticket.place != "running":
            return self.leave(ticket)
        ticket.place = "gone"
        self._stop(ticket)
        return True

    def _serve(self, item: Ticket[Item]) -> None:
        item.place = "running"
        super()._serve(item)

    def _finish(self, item: Ticket[Item]) -> None:
        # The end of work that was stopped is still on the agenda and comes up for nothing.
        if item.place == "running":
            item.place = "gone"
            super()._finish(item)

    def _drop_running(self) -> list[Ticket[Item]]:
        dropped = [ticket for ticket in super()._drop_running() if ticket.place == "running"]
        for ticket in dropped:
            ticket.place = "gone"
        return dropped

    def _reject(self, item: Ticket[Item]) -> None:
        item.place = "gone"
        super()._reject(item)


def _of_item(function: Callable[[Item], Result]) -> Callable[[Ticket[Item]], Result]:
    return lambda ticket: function(ticket.item)


def _for_tickets(options: Options[Item]) -> Options[Ticket[Item]]:
    wrapped = Options[Ticket[Item]](entity=_of_item(options.get("entity", ITSELF)))
    if "on_done" in options:
        wrapped["on_done"] = _of_item(options["on_done"])
    if "on_reject" in options:
        wrapped["on_reject"] = _of_item(options["on_reject"])
    if "room" in options:
        wrapped["room"] = options["room"]
    if "waits" in options:
        wrapped["waits"] = options["waits"]
    return wrapped
