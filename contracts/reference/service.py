"""An operation from request to answer: one transaction, then the delivery of what it published."""

import logging
from collections.abc import Callable, Generator
from datetime import UTC, datetime

import msgspec
from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError

from contracts.reference.defects import Defects
from contracts.reference.idempotency import fingerprint, reused
from contracts.reference.problems import problem, status_of_refusal
from contracts.reference.relay import Relay
from contracts.reference.store import RecordedAnswer, SequenceConflict, Store, Transaction
from contracts.reference.time_passing import TimePassing
from contracts.reference.unit_of_work import UnitOfWork
from model.carrier import Carrier
from model.decider import Refusal
from model.desk import Desk
from model.jurisdiction import Law
from model.published.operations import Operation
from model.published.requests import Request

LOG = logging.getLogger(__name__)
ATTEMPTS = 5
"""When somebody else was first, by another process on the same database."""


class Answer(Struct, frozen=True):
    """What goes back: a view, or a problem. `replayed` answers are those that were recorded before."""

    status: int
    body: bytes
    replayed: bool = False


def utc_now() -> datetime:
    return datetime.now(UTC)


def refused(refusal: Refusal) -> Answer:
    return Answer(status_of_refusal(refusal.code), problem(refusal))


class Service:
    def __init__(
        self,
        store: Store,
        law: Law,
        carrier: Carrier,
        defects: Defects,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.store = store
        self.relay = Relay(store, self._unit_of_work, clock)
        self._time = TimePassing(store, self._unit_of_work, clock)
        self._law = law
        self._carrier = carrier
        self._defects = defects
        self._clock = clock

    def perform(self, operation: Operation, subject: str, request: Request, key: str | None) -> Answer:
        if operation.method == "GET":
            answer = self._read(operation, subject, request)
        else:
            answer = self._write(operation, subject, request, key)
        if answer.status >= 400:
            return answer
        return Answer(answer.status, self._defects.bent_answer(answer.body), answer.replayed)

    def begin(self) -> None:
        """Before anyone is answered: what is due is noted, and what a crash left in the outbox goes out."""
        self._time.begin()
        self.relay.deliver()

    def pass_time(self) -> int:
        """Tells everybody whose time is up that it is later now; how many there were."""
        return sum(self.time_passing())

    def time_passing(self) -> Generator[int]:
        """The same in steps short enough to answer others in between."""
        for told in self._time.tell_all():
            self._deliver()
            yield told

    def _unit_of_work(self, transaction: Transaction) -> UnitOfWork:
        unit = UnitOfWork(transaction, self._law, self._carrier)
        self._defects.bend(unit.core)
        return unit

    def _read(self, operation: Operation, subject: str, request: Request) -> Answer:
        with self.store.reading() as transaction:
            return self._asked(self._unit_of_work(transaction), operation, subject, request)

    def _write(self, operation: Operation, subject: str, request: Request, key: str | None) -> Answer:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer, published = self._write_once(operation, subject, request, key)
            except SequenceConflict:
                if attempt == ATTEMPTS:
                    raise
                continue
            if published:
                self._deliver()
            return answer
        raise AssertionError("the last attempt answers or raises")

    def _deliver(self) -> None:
        """What was committed is answered, delivered or not: what stays in the outbox goes out the next time."""
        try:
            self.relay.deliver()
        except (SequenceConflict, SQLAlchemyError):
            LOG.exception("events stay in the outbox")

    def _write_once(self, operation: Operation, subject: str, request: Request, key: str | None) -> tuple[Answer, int]:
        """The answer, and how many events were published."""
        asked = fingerprint(operation.name, subject, request) if key is not None else ""
        with self.store.writing() as transaction:
            recorded = transaction.answer(key) if key is not None else None
            if recorded is not None and key is not None:
                wrong = reused(recorded, key, asked)
                if wrong is not None:
                    return refused(wrong), 0
                if not self._defects.forgets(operation.name):
                    return Answer(recorded.status, recorded.body, replayed=True), 0
            unit = self._unit_of_work(transaction)
            answer = self._asked(unit, operation, subject, request)
            if answer.status < 400:
                unit.write()
            published = len(unit.core.outbox)
            if recorded is not None:
                return Answer(recorded.status, recorded.body, replayed=True), published
            if key is not None:
                transaction.record_answer(key, RecordedAnswer(asked, answer.status, answer.body))
            return answer, published

    def _asked(self, unit: UnitOfWork, operation: Operation, subject: str, request: Request) -> Answer:
        answer = Desk(unit.core, unit.new_id).answer(operation.name, subject, request, self._clock())
        if isinstance(answer, Refusal):
            return refused(answer)
        return Answer(operation.success, msgspec.json.encode(answer))
