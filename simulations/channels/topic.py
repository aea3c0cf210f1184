"""A topic on a broker: the sender's relay publishes what was committed, consumers take it in the order of its key.

    commit --> outbox --> relay --> broker --> partition by subject --> consumer

While the broker is down nothing is published. With an outbox it waits there and goes out in its order; without one,
the sender publishes right after the commit, which then fails, and the message is lost.
"""

from collections import deque

from fixtures.variates import Variates
from model.resilience.outbox import EMPTY, acknowledged, committed, next_batch
from model.vocabulary import Context
from simulations.channels.message import CONTEXTS, Deliver, Lose, Message
from simulations.engine import SECOND, Clock, Station
from simulations.engine.servers import Servers

SERVICE_MEAN = SECOND // 20
SERVICE_CV = 1.0
RELAY_EVERY = SECOND // 2
BROKER_HOP = SECOND // 50
PARTITIONS = 4


class TopicChannel:
    """One topic, `PARTITIONS` single-threaded consumers in each context."""

    def __init__(
        self,
        clock: Clock,
        variates: Variates,
        deliver: Deliver,
        *,
        lose: Lose | None,
        contexts: tuple[Context, ...] = CONTEXTS,
    ) -> None:
        """`lose` hears of a message that could not be published; None keeps it in the outbox."""
        self._clock = clock
        self._variates = variates
        self._lose = lose
        self._down = False
        self._row: deque[Message] = deque()
        self._outbox = EMPTY
        self._relaying = False
        self.consumers = {
            context: tuple(
                Station(
                    clock,
                    f"{context} consumer {partition}",
                    servers=1,
                    service=self._service,
                    on_done=deliver,
                    entity=_number,
                )
                for partition in range(PARTITIONS)
            )
            for context in contexts
        }

    def send(self, message: Message) -> None:
        if self._lose is None:
            self._row.append(message)
            self._wake()
        elif self._down:
            self._lose(message)
        else:
            self._publish((message,))

    def fail(self) -> None:
        self._down = True

    def recover(self) -> None:
        self._down = False
        self._wake()

    def stations(self) -> tuple[Servers[Message], ...]:
        return tuple(station for partitions in self.consumers.values() for station in partitions)

    @property
    def is_down(self) -> bool:
        return self._down

    def _wake(self) -> None:
        if self._row and not self._relaying and not self._down:
            self._relaying = True
            self._clock.call_in(RELAY_EVERY, self._relay, None)

    def _relay(self, _: None) -> None:
        self._relaying = False
        if self._down:
            return
        # Counted here and not at each commit, which costs a message nothing: nobody asks before the relay does.
        outbox = committed(self._outbox, messages=len(self._row))
        batch = next_batch(outbox)
        if batch is not None:
            self._publish(tuple(self._row.popleft() for _ in range(batch.first, batch.end)))
            self._outbox = acknowledged(batch.after, through=batch.end)

    def _publish(self, messages: tuple[Message, ...]) -> None:
        # All on one entry of the agenda, because the broker keeps their order and the agenda may shuffle ties.
        self._clock.call_in(BROKER_HOP, self._arrive, messages)

    def _arrive(self, messages: tuple[Message, ...]) -> None:
        for message in messages:
            self.consumers[message.to][message.key % PARTITIONS].put(message)

    def _service(self, message: Message) -> int:
        ticks = self._variates.lognormal(
            "topic.service", message.number, message.deliveries, mean=SERVICE_MEAN, cv=SERVICE_CV
        )
        return int(ticks) + 1


def _number(message: Message) -> int:
    return message.number
