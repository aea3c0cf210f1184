"""Delivers what was published: right after the commit that published it, and on start-up what a crash left behind.

An event reaches every context that reacts to it, each in a transaction of its own that also notes that the context
has heard it. So a crash at any moment leaves an event undelivered or delivered, never half, and whoever delivers it
again does nothing twice. What a context refuses is kept as a dead letter: a refusal is an answer. What it fails at
parks its key (the aggregate that published it) for this context: later events of the key wait behind it in their
order, until somebody has mended the cause and has the key redriven; nothing else is held up.
The no to what a process asks goes back to the process instead of among the dead letters.
"""

import logging
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from contracts.reference.instants import microseconds
from contracts.reference.store import Published, Store, Transaction
from contracts.reference.unit_of_work import FAULTS, UnitOfWork
from model.core import ASKED, Context, subscribers
from model.decider import Refusal
from model.published.envelope import Envelope, Source
from model.published.events import EVENT_TYPES, PublishedEvent
from model.resilience.dead_letters import (
    EMPTY,
    Flowing,
    Letter,
    Parked,
    ParkingPolicy,
    State,
    arrived,
    failed,
    next_letter,
    redriven,
    taken,
)
from model.vocabulary import SOURCES

LOG = logging.getLogger(__name__)
LETTER = msgspec.json.Decoder(Letter)
PARKING = ParkingPolicy(failures=0)
CONTEXTS: dict[str, Context] = {context: context for context in SOURCES}
"""By their names, for whoever has only a name."""
DATA_TYPES: dict[str, type[PublishedEvent]] = {name: kind for kind, name in EVENT_TYPES.items()}


Handed = Literal["arriving", "redriven"]


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


def written(stored: bytes) -> Written:
    return msgspec.json.decode(stored, type=Written)


def envelope_of(stored: bytes) -> Envelope:
    envelope = written(stored)
    data = msgspec.json.decode(envelope.data, type=DATA_TYPES[envelope.type])
    attributes: dict[str, Any] = asdict(envelope) | {"data": data}
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

    def redrive(self, context: Context, subject: str) -> int:
        """Hands the events on that wait for a parked key, the oldest first, until one fails again or none is left;
        then what follows from them. How many were taken.
        """
        with self._store.reading() as transaction:
            state = redriven(_key(transaction, context, subject))
        count = 0
        while (event_id := next_letter(state)) is not None:
            with self._store.reading() as transaction:
                stored = transaction.envelope(event_id)
            if stored is None:
                raise LookupError(f"{event_id} waits for {context} and was never published")
            state = self._hand(envelope_of(stored), context, "redriven")
            count += not isinstance(state, Parked)
        self.deliver()
        return count

    def _hand_out(self, published: Published) -> None:
        envelope = envelope_of(published.envelope)
        for context in subscribers(envelope.type):
            self._hand(envelope, context, "arriving")
        with self._store.writing() as transaction:
            transaction.mark_delivered(published.position)

    def _hand(self, envelope: Envelope, context: Context, how: Handed) -> State:
        """What becomes of the key, which flows or is being redriven."""
        try:
            return self._take(envelope, context, how)
        except FAULTS as error:
            # What the store raises is not among them and leaves the event in the outbox, for the next delivery.
            LOG.exception("%s could not take %s", context, envelope.id)
            return self._park(envelope, context, error)

    def _take(self, envelope: Envelope, context: Context, how: Handed) -> State:
        with self._store.writing() as transaction:
            # Read here and not before: another process on the same database may have added to the key meanwhile.
            state = _key(transaction, context, envelope.subject)
            if how == "redriven":
                state = redriven(state)
                if next_letter(state) != envelope.id:
                    return state
            if isinstance(state, Parked):
                _keep(transaction, context, envelope.subject, arrived(state, envelope.id))
                return state
            if not transaction.has_heard(context, envelope.id):
                unit = self._unit_of_work(transaction)
                decisions = unit.core.deliver(envelope, to=context, at=self._clock())
                if state != EMPTY:
                    transaction.unbury(context, envelope.id)
                refused = [decision for decision in decisions if isinstance(decision, Refusal)]
                if refused and type(envelope.data) not in ASKED:
                    codes, texts = " ".join(one.code for one in refused), "; ".join(one.text for one in refused)
                    transaction.bury(context, envelope.id, code=codes, text=texts)
                unit.write()
                transaction.mark_heard(context, envelope.id)
            after = taken(state, envelope.id)
            if after != state:
                _keep(transaction, context, envelope.subject, after)
            return after

    def _park(self, envelope: Envelope, context: Context, error: Exception) -> State:
        text = f"{type(error).__name__}: {error}"
        now = microseconds(self._clock())
        with self._store.writing() as transaction:
            state = arrived(_key(transaction, context, envelope.subject), envelope.id)
            after = failed(PARKING, state, envelope.id, "lasting", code="fault", text=text, now=now)
            transaction.unbury(context, envelope.id)
            transaction.bury(context, envelope.id, code="fault", text=text)
            _keep(transaction, context, envelope.subject, after)
        return after


def _key(transaction: Transaction, context: Context, subject: str) -> State:
    """What is with the events of a subject for a context."""
    letters = transaction.parked(context, subject)
    return Parked(tuple(LETTER.decode(letter) for letter in letters)) if letters else EMPTY


def _keep(transaction: Transaction, context: Context, subject: str, state: State) -> None:
    """A redrive that is under way is kept as parked, so that a crash in it leaves the key where it was."""
    letters = () if isinstance(state, Flowing) else state.letters
    transaction.park(context, subject, [msgspec.json.encode(letter) for letter in letters])
