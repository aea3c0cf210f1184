"""Carries what was published to whoever asked for it by webhook: at least once, each key in its order, the same bytes.

    outbox --in order--> queued for an endpoint --breaker?--> POST --> answer recorded --> next
                                                   \\--> left alone for a while

What is sent is the envelope as it was stored, on a retry too (X4, Y9). When a try is due and what follows from its
answer is the model's affair (model.payments.webhook_out): 410 disables the endpoint until somebody enables it again. An
endpoint whose tries keep failing is left alone by a breaker of its own; a try that the breaker does not permit is none,
and stays due.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import cast

from contracts.reference.instants import microseconds
from contracts.reference.relay import Written, written
from contracts.reference.settings import Endpoint
from contracts.reference.store import Store, Transaction
from contracts.reference.unit_of_work import UnitOfWork
from model.payments import webhook_out
from model.payments.webhook_out import EnableEndpoint, Queued, QueueWebhook, ReportAnswer
from model.resilience import breaker
from model.resilience.breaker import BreakerPolicy, Rejected

SECOND = 1_000_000
BREAKER = BreakerPolicy(window=10, least_calls=5, failures_percent=50, pause=30 * SECOND, probes=1)
"""Practice."""
GONE = 410
WINDOW = 50
"""How many wait at most for one endpoint beside the outbox, where the rest waits."""

Send = Callable[[Endpoint, str, bytes], Awaitable[int]]
"""Posts a body under an event id, and says the HTTP status, or 0 when no answer came. Never raises for either."""


class Courier:
    """`variate` in [0, 1) moves each pause a little."""

    def __init__(
        self,
        store: Store,
        unit_of_work: Callable[[Transaction], UnitOfWork],
        clock: Callable[[], datetime],
        *,
        endpoints: tuple[Endpoint, ...],
        send: Send,
        variate: Callable[[], float],
    ) -> None:
        self._store = store
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._endpoints = endpoints
        self._send = send
        self._variate = variate
        self.breakers: dict[str, breaker.State] = {}

    async def round(self) -> int:
        """Takes up what is new and tries once whatever is due; how many tries that were."""
        # Side by side, so that the timeouts of one hold up no other; no transaction is open while anybody waits.
        return sum(await asyncio.gather(*[self._serve(endpoint) for endpoint in self._endpoints]))

    async def _serve(self, endpoint: Endpoint) -> int:
        tries = 0
        self._take_up(endpoint)
        for queued in self._due(endpoint):
            generation = self._permitted(endpoint)
            if generation is None:
                break
            status = await self._send(endpoint, queued.event_id, queued.body)
            self._learn(endpoint, generation, status)
            self._report(endpoint, queued, status)
            tries += 1
            if status == GONE:
                break
        return tries

    def _take_up(self, endpoint: Endpoint) -> None:
        """Queues what was published since the last time, in its order, as long as there is room. An endpoint that is
        new hears of what is to come; what was is at /events.
        """
        counter = f"sent:{endpoint.id}"
        with self._store.reading() as transaction:
            state, last = self._state(transaction, endpoint), transaction.last_position()
            position = transaction.last_number(counter)
            room = WINDOW - len(state.queue) if isinstance(state, webhook_out.Enabled) else 0
            published = transaction.published(after=position, most=room) if room > 0 else ()
        if isinstance(state, webhook_out.NoEndpoint):
            at = self._clock()
            self._write(EnableEndpoint(endpoint_id=endpoint.id, on=at.date(), at=at), counter=counter, position=last)
        elif published:
            wanted = [(written(one.envelope), one.envelope) for one in published]
            asked = [_queueing(endpoint, told, raw, self._clock()) for told, raw in wanted if _wanted(endpoint, told)]
            self._write(*asked, counter=counter, position=published[-1].position)

    def _state(self, transaction: Transaction, endpoint: Endpoint) -> webhook_out.State:
        machine = self._unit_of_work(transaction).core.webhooks_out
        return cast("webhook_out.State", machine.states.get(endpoint.id, machine.initial))

    def _due(self, endpoint: Endpoint) -> tuple[Queued, ...]:
        with self._store.reading() as transaction:
            return webhook_out.due(self._state(transaction, endpoint), at=self._clock())

    def _permitted(self, endpoint: Endpoint) -> int | None:
        state = self.breakers.get(endpoint.id, breaker.Closed())
        after = breaker.permitted(BREAKER, state, now=microseconds(self._clock()))
        if isinstance(after, Rejected):
            return None
        self.breakers[endpoint.id] = after
        return after.generation

    def _learn(self, endpoint: Endpoint, generation: int, status: int) -> None:
        """Whoever answers is well, whatever it says; whoever does not, or cannot, is not."""
        state, now = self.breakers[endpoint.id], microseconds(self._clock())
        if status == 0 or status >= 500:
            after = breaker.failed(BREAKER, state, generation=generation, now=now)
        else:
            after = breaker.succeeded(BREAKER, state, generation=generation)
        self.breakers[endpoint.id] = after

    def _report(self, endpoint: Endpoint, queued: Queued, status: int) -> None:
        at = self._clock()
        self._write(
            ReportAnswer(
                endpoint_id=endpoint.id,
                event_id=queued.event_id,
                attempt=queued.attempt,
                status=status,
                variate=self._variate(),
                on=at.date(),
                at=at,
            )
        )

    def _write(self, *commands: webhook_out.Command, counter: str = "", position: int = 0) -> None:
        """What was asked, and how far the outbox was read with it, in one transaction."""
        with self._store.writing() as transaction:
            unit = self._unit_of_work(transaction)
            for command in commands:
                unit.core.submit(command)
            unit.write()
            if counter:
                transaction.set_last_number(counter, position)


def _wanted(endpoint: Endpoint, envelope: Written) -> bool:
    return not endpoint.types or envelope.type in endpoint.types


def _queueing(endpoint: Endpoint, envelope: Written, body: bytes, at: datetime) -> QueueWebhook:
    return QueueWebhook(
        endpoint_id=endpoint.id, event_id=envelope.id, key=envelope.subject, body=body, on=at.date(), at=at
    )
