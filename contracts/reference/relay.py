"""Delivers what was published: right after the commit that published it, and on start-up what a crash left behind.

An event reaches every context that reacts to it, each in a transaction of its own that also notes that the context
has heard it. So a crash at any moment leaves an event undelivered or delivered, never half, and whoever delivers it
again does nothing twice. What a context refuses, or fails at, is kept as a dead letter and does not hold up the
rest; the no to what a process asks goes back to the process instead.
"""

import logging
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from contracts.reference.store import Published, Store, Transaction
from contracts.reference.unit_of_work import UnitOfWork
from model.core import ASKED, Context, subscribers
from model.decider import Refusal
from model.published.envelope import Envelope, Source
from model.published.events import EVENT_TYPES, PublishedEvent

LOG = logging.getLogger(__name__)
DATA_TYPES: dict[str, type[PublishedEvent]] = {name: kind for kind, name in EVENT_TYPES.items()}


class Written(Struct, frozen=True, kw_only=True):
    """An envelope as it was stored; its type says how to read its data."""

    id: str
    source: Source
    type: str
    subject: str
    time: datetime
    effective: date
    sequence: int
    correlationid: str
    causationid: str
    data: msgspec.Raw


def envelope_of(stored: bytes) -> Envelope:
    written = msgspec.json.decode(stored, type=Written)
    data = msgspec.json.decode(written.data, type=DATA_TYPES[written.type])
    attributes: dict[str, Any] = asdict(written) | {"data": data}
    return Envelope(**attributes)


class Relay:
    def __init__(
        self, store: Store, unit_of_work: Callable[[Transaction], UnitOfWork], clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._unit_of_work = unit_of_work
        self._clock = clock

    def deliver(self) -> int:
        """Until nothing is left, what follows from a delivery included. How many events that were."""
        count = 0
        while (published := self._oldest()) is not None:
            self._hand_out(published)
            count += 1
        return count

    def _oldest(self) -> Published | None:
        with self._store.reading() as transaction:
            return transaction.undelivered()

    def _hand_out(self, published: Published) -> None:
        envelope = envelope_of(published.envelope)
        for context in subscribers(envelope.type):
            try:
                self._hand(envelope, context)
            except (ArithmeticError, LookupError, ValueError, TypeError, AssertionError, msgspec.MsgspecError) as error:
                LOG.exception("%s could not take %s", context, envelope.id)
                self._bury(envelope, context, error)
        with self._store.writing() as transaction:
            transaction.mark_delivered(published.position)

    def _hand(self, envelope: Envelope, context: Context) -> None:
        with self._store.writing() as transaction:
            if transaction.has_heard(context, envelope.id):
                return
            unit = self._unit_of_work(transaction)
            decisions = unit.core.deliver(envelope, to=context, at=self._clock())
            refused = [decision for decision in decisions if isinstance(decision, Refusal)]
            if refused and type(envelope.data) not in ASKED:
                codes, texts = " ".join(one.code for one in refused), "; ".join(one.text for one in refused)
                transaction.bury(context, envelope.id, code=codes, text=texts)
            unit.write()
            transaction.mark_heard(context, envelope.id)

    def _bury(self, envelope: Envelope, context: Context, error: Exception) -> None:
        with self._store.writing() as transaction:
            transaction.bury(context, envelope.id, code="fault", text=f"{type(error).__name__}: {error}")
            transaction.mark_heard(context, envelope.id)
