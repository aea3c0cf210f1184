"""An operation from request to answer: one transaction, then the delivery of what it published."""

import logging
from collections.abc import Callable, Generator
from datetime import UTC, datetime

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from contracts.reference.answer import Answer, refused
from contracts.reference.day_close import DayClose
from contracts.reference.defects import Defects
from contracts.reference.idempotency import Keyed, Keys, outcome_of
from contracts.reference.relay import Relay
from contracts.reference.store import SequenceConflict, Store, Transaction
from contracts.reference.time_passing import TimePassing
from contracts.reference.unit_of_work import UnitOfWork
from contracts.reference.webhooks import Webhooks
from model.carrier import Carrier
from model.decider import Refusal
from model.desk import Desk
from model.jurisdiction import Law
from model.published.operations import Operation
from model.published.requests import Request
from model.resilience.idempotency import KeyPolicy

REPLAY = KeyPolicy()
LOG = logging.getLogger(__name__)
ATTEMPTS = 5
"""When somebody else was first, by another process on the same database."""


def utc_now() -> datetime:
    return datetime.now(UTC)


class Service:
    def __init__(
        self,
        store: Store,
        law: Law,
        carrier: Carrier,
        defects: Defects,
        clock: Callable[[], datetime] = utc_now,
        *,
        keys: KeyPolicy = REPLAY,
        webhook_secrets: tuple[bytes, ...] = (),
    ) -> None:
        self.store = store
        self.relay = Relay(store, self.unit_of_work, clock)
        self._keys = Keys(keys)
        self._webhooks = Webhooks(store, self.unit_of_work, clock, webhook_secrets)
        self._time = TimePassing(store, self.unit_of_work, clock)
        self._close = DayClose(store, self.unit_of_work, clock)
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

    def hear_webhook(self, raw: bytes, signed: str) -> Answer:
        """What the processor tells of its own accord; `signed` is its signature of the raw bytes."""
        answer = self._webhooks.receive(raw, signed)
        if answer.status < 400:
            self._deliver()
        return answer

    def begin(self) -> None:
        """Before anyone is answered: what is due is noted, and what a crash left in the outbox goes out."""
        self._time.begin()
        self.relay.deliver()

    def pass_time(self) -> int:
        """Tells everybody whose time is up that it is later now, and closes the day before; how many were told."""
        return sum(self.time_passing())

    def time_passing(self) -> Generator[int]:
        """The same in steps short enough to answer others in between."""
        for told in self._time.tell_all():
            self._deliver()
            yield told
        for _ in self._close.close():
            yield 0

    def unit_of_work(self, transaction: Transaction) -> UnitOfWork:
        unit = UnitOfWork(transaction, self._law, self._carrier)
        self._defects.bend(unit.core)
        return unit

    def _read(self, operation: Operation, subject: str, request: Request) -> Answer:
        with self.store.reading() as transaction:
            return self._asked(self.unit_of_work(transaction), operation, subject, request, self._clock())

    def _write(self, operation: Operation, subject: str, request: Request, key: str | None) -> Answer:
        keyed = self._keys.keyed(key, operation.name, subject, request) if key is not None else None
        try:
            return self._write_at_last(operation, subject, request, keyed)
        except (SequenceConflict, SQLAlchemyError):
            if keyed is not None:
                self._burn(keyed)
            raise

    def _write_at_last(self, operation: Operation, subject: str, request: Request, keyed: Keyed | None) -> Answer:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer, published = self._write_once(operation, subject, request, keyed)
            except SequenceConflict:
                if attempt == ATTEMPTS:
                    raise
                continue
            if published:
                self._deliver()
            return answer
        raise AssertionError("the last attempt answers or raises")

    def _burn(self, keyed: Keyed) -> None:
        try:
            with self.store.writing() as transaction:
                self._keys.burn(transaction, keyed, self._clock())
        except (SequenceConflict, SQLAlchemyError):
            LOG.exception("the key %s is not burned", keyed.key)

    def _deliver(self) -> None:
        """What was committed is answered, delivered or not: what stays in the outbox goes out the next time."""
        try:
            self.relay.deliver()
        except (SequenceConflict, SQLAlchemyError):
            LOG.exception("events stay in the outbox")

    def _write_once(
        self, operation: Operation, subject: str, request: Request, keyed: Keyed | None
    ) -> tuple[Answer, int]:
        """The answer, and how many events were published."""
        with self.store.writing() as transaction:
            now = self._clock()
            recorded = transaction.answer(keyed.stored_as) if keyed is not None else None
            known: Answer | None = None
            if recorded is not None and keyed is not None:
                verdict = self._keys.verdict(recorded, keyed, now)
                if isinstance(verdict, Refusal):
                    return refused(verdict), 0
                known = Answer(recorded.status, recorded.body, replayed=True) if verdict == "replay" else None
            if known is not None and not self._defects.forgets(operation.name):
                return known, 0
            unit = self.unit_of_work(transaction)
            answer = self._asked(unit, operation, subject, request, now)
            outcome = "executed" if unit.keeps_money() else outcome_of(answer.status)
            if outcome == "executed":
                unit.write()
            published = len(unit.core.outbox)
            if known is not None:
                return known, published
            if keyed is not None:
                self._keys.settle(transaction, keyed, answer, now, outcome=outcome)
            return answer, published

    def _asked(self, unit: UnitOfWork, operation: Operation, subject: str, request: Request, now: datetime) -> Answer:
        answer = Desk(unit.core, unit.new_id).answer(operation.name, subject, request, now)
        if isinstance(answer, Refusal):
            return refused(answer)
        return Answer(operation.success, msgspec.json.encode(answer))
