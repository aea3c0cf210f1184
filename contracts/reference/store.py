"""Where the reference deployment keeps things: events, states, ids, what was published and what was answered.

One `Transaction` holds everything that a command changes, so that it happens as a whole or not at all. The tables are
plain SQLAlchemy Core; what is SQLite's own is in `_sqlite_engine`, so that another database needs another such
function and no more.
"""

import sqlite3
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Connection, Engine, Table, create_engine, event, inspect
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import StaticPool

from contracts.reference import tables

IN_MEMORY = ":memory:"
WRITER_WAITS_SECONDS = 10
READS = ("BEGIN",)
WRITES = ("PRAGMA synchronous=NORMAL", "BEGIN IMMEDIATE")
"""The writer's lock is taken at the start, so that what is read cannot be stale when it is written. A power cut may
cost the last commits but never tears them; an ended process costs nothing.
"""
WRITES_THROUGH = ("PRAGMA synchronous=FULL", "BEGIN IMMEDIATE")
"""A commit waits until the disk has it."""


class StoreUnusable(Exception):
    """The database cannot be opened or is none of ours. The message names it."""


class SequenceConflict(Exception):
    """Somebody else appended to the stream first: ask again from the state that is there now."""


class Stored(Struct, frozen=True):
    """A stream as it was stored: how many events made it, and its state."""

    sequence: int
    state: bytes


class NewEvent(Struct, frozen=True):
    recorded: str
    event: bytes


class Published(Struct, frozen=True):
    """`position` counts what was published, from 1."""

    position: int
    envelope: bytes


class DeadLetter(Struct, frozen=True):
    """An event that a context refused or failed at, with the codes and the reasons."""

    event_id: str
    context: str
    code: str
    text: str


class RecordedAnswer(Struct, frozen=True):
    """`at` is when it was given, in microseconds since 1970 (UTC)."""

    fingerprint: str
    status: int
    body: bytes
    at: int


class DueStream(Struct, frozen=True, gc=False):
    """A stream that is to hear of the time, and since when, in microseconds since 1970 (UTC)."""

    at: int
    machine: str
    stream: str


FIRST_DUE = DueStream(-(2**62), "", "")
"""Comes before every other."""


class Transaction:
    """Everything that is read and written together."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def stream(self, machine: str, stream: str) -> Stored | None:
        row = self._row(tables.STREAM, machine=machine, stream=stream)
        return Stored(row[0], row[1]) if row else None

    def streams(self, machine: str) -> tuple[str, ...]:
        """The names of all streams of a machine, in their order."""
        return tuple(row[0] for row in self._connection.execute(tables.NAMES, {"machine": machine}))

    def append(self, machine: str, stream: str, *, expected: int, events: Sequence[NewEvent], state: bytes) -> None:
        """Adds events after the `expected`-th of a stream. Raises SequenceConflict when that is not the last one."""
        sequence = expected + len(events)
        if expected:
            moved = self._connection.execute(
                tables.ADVANCE,
                {
                    "of_machine": machine,
                    "of_stream": stream,
                    "expected": expected,
                    "new_sequence": sequence,
                    "new_state": state,
                },
            )
            if moved.rowcount != 1:
                raise SequenceConflict(f"{machine} {stream} is no longer at {expected}")
        else:
            self._insert(tables.STREAMS, {"machine": machine, "stream": stream, "sequence": sequence, "state": state})
        rows = [
            {"machine": machine, "stream": stream, "sequence": number, "recorded": new.recorded, "event": new.event}
            for number, new in enumerate(events, expected + 1)
        ]
        self._insert(tables.EVENTS, *rows)

    def publish(self, event_id: str, envelope: bytes) -> None:
        self._insert(tables.OUTBOX, {"event_id": event_id, "envelope": envelope, "delivered": 0})

    def undelivered(self) -> Published | None:
        """The oldest that is not delivered to everyone."""
        row = self._row(tables.UNDELIVERED)
        return Published(row[0], row[1]) if row else None

    def count_undelivered(self) -> int:
        return self._row(tables.COUNT_UNDELIVERED)[0]

    def mark_delivered(self, position: int) -> None:
        self._connection.execute(tables.DELIVERED, {"of_position": position})

    def published(self, *, after: int, most: int) -> tuple[Published, ...]:
        rows = self._connection.execute(tables.PUBLISHED, {"after": after, "most": most})
        return tuple(Published(row[0], row[1]) for row in rows)

    def last_position(self) -> int:
        """Of what was published last; 0 before anything was."""
        return self._row(tables.LAST_POSITION)[0] or 0

    def has_heard(self, context: str, event_id: str) -> bool:
        return self._row(tables.HEARD, event_id=event_id, context=context) is not None

    def mark_heard(self, context: str, event_id: str) -> None:
        self._insert(tables.INBOX, {"event_id": event_id, "context": context})

    def bury(self, context: str, event_id: str, *, code: str, text: str) -> None:
        """Keeps an event that a context could not take, for a person to see."""
        self._insert(tables.DEAD_LETTERS, {"event_id": event_id, "context": context, "code": code, "text": text})

    def unbury(self, context: str, event_id: str) -> None:
        """The context has taken the event after all."""
        self._connection.execute(tables.UNBURY, {"of_event": event_id, "of_context": context})

    def parked(self, context: str, subject: str) -> tuple[bytes, ...]:
        """The letters of a key that is parked, in their order; none when its messages flow."""
        rows = self._connection.execute(tables.PARKED, {"context": context, "subject": subject})
        return tuple(row[0] for row in rows)

    def park(self, context: str, subject: str, letters: Sequence[bytes]) -> None:
        """These letters, and no others, wait for the key; without letters its messages flow again."""
        self._connection.execute(tables.UNPARK, {"of_context": context, "of_subject": subject})
        rows = [
            {"context": context, "subject": subject, "place": place, "letter": letter}
            for place, letter in enumerate(letters)
        ]
        if rows:
            self._insert(tables.PARKED_LETTERS, *rows)

    def parked_keys(self) -> tuple[tuple[str, str], ...]:
        """Context and subject of every key that is parked."""
        return tuple((row[0], row[1]) for row in self._connection.execute(tables.PARKED_KEYS))

    def envelope(self, event_id: str) -> bytes | None:
        """A published event by its id."""
        row = self._row(tables.ENVELOPE, event_id=event_id)
        return row[0] if row else None

    def dead_letters(self) -> tuple[DeadLetter, ...]:
        return tuple(DeadLetter(*row) for row in self._connection.execute(tables.BURIED))

    def due(self, *, now: int, after: DueStream, most: int) -> tuple[DueStream, ...]:
        """What is due by `now` and comes `after` another in the order of its instants: at most so many."""
        asked = {"now": now, "after": after.at, "after_machine": after.machine, "after_stream": after.stream}
        rows = self._connection.execute(tables.IS_DUE, asked | {"most": most})
        return tuple(DueStream(row[0], row[1], row[2]) for row in rows)

    def set_due(self, machine: str, stream: str, at: int | None) -> None:
        """When a stream is next to hear of the time; None for never."""
        self._connection.execute(tables.NOT_DUE, {"of_machine": machine, "of_stream": stream})
        if at is not None:
            self._insert(tables.DUE, {"machine": machine, "stream": stream, "at": at})

    def all_due(self, machine: str, at: int) -> None:
        """Every stream of a machine, those that wait for nothing too, hears of the time at an instant at the latest."""
        self._connection.execute(tables.SOONER_DUE, {"of_machine": machine, "new_at": at})
        self._connection.execute(tables.ALL_DUE, {"of_machine": machine, "new_at": at})

    def post(self, day: str, entry: bytes) -> None:
        """Keeps an entry of the ledger for the journal of its day."""
        self._insert(tables.POSTINGS, {"day": day, "entry": entry})

    def postings(self, *, until: str) -> tuple[tuple[str, bytes], ...]:
        """The entries of days up to one that are in no journal yet, each with its day, in the order of posting."""
        return tuple((row[0], row[1]) for row in self._connection.execute(tables.POSTED, {"until": until}))

    def unpost(self, day: str) -> None:
        """The entries of a day are in a journal."""
        self._connection.execute(tables.UNPOST, {"of_day": day})

    def last_number(self, kind: str) -> int:
        row = self._row(tables.LAST, of_kind=kind)
        return row[0] if row else 0

    def set_last_number(self, kind: str, last: int) -> None:
        if self._connection.execute(tables.COUNT, {"of_kind": kind, "new_last": last}).rowcount == 0:
            self._insert(tables.COUNTERS, {"kind": kind, "last": last})

    def answer(self, key: str) -> RecordedAnswer | None:
        row = self._row(tables.ANSWER, key=key)
        return RecordedAnswer(*row) if row else None

    def record_answer(self, key: str, answer: RecordedAnswer) -> None:
        """In the place of one that was given so long ago that it counts no more."""
        self._connection.execute(tables.FORGET, {"of_key": key})
        self._insert(tables.ANSWERS, {"key": key} | asdict(answer))

    def _row(self, statement: Any, **parameters: object) -> Any:
        return self._connection.execute(statement, parameters).first()

    def _insert(self, table: Table, *rows: Mapping[str, object]) -> None:
        try:
            self._connection.execute(tables.INSERTS[table.name], rows)
        except IntegrityError as error:
            raise SequenceConflict(f"{table.name}: {error.orig}") from error


class Store:
    """One database. It serves one thread: SQLite has one writer anyway, and a short write is cheaper than a hop."""

    def __init__(self, database: str) -> None:
        """`database` is a path, or `:memory:`. Raises StoreUnusable."""
        self._starts_with = READS
        self._engine = _sqlite_engine(database, lambda: self._starts_with)
        try:
            tables.TABLES.create_all(self._engine)
            _grow(self._engine)
            self._connection = self._engine.connect()
        except (DBAPIError, sqlite3.Error) as error:
            said = error.orig if isinstance(error, DBAPIError) else error
            raise StoreUnusable(f"database {database}: {said}") from None

    @contextmanager
    def reading(self) -> Generator[Transaction]:
        self._starts_with = READS
        with self._connection.begin():
            yield Transaction(self._connection)

    @contextmanager
    def writing(self) -> Generator[Transaction]:
        """Commits at the end, or rolls back when anything is raised."""
        self._starts_with = WRITES
        with self._connection.begin():
            yield Transaction(self._connection)

    @contextmanager
    def writing_through(self) -> Generator[Transaction]:
        """The same, and a power cut costs nothing either: for what nobody says again once we have answered."""
        self._starts_with = WRITES_THROUGH
        with self._connection.begin():
            yield Transaction(self._connection)

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()


def _grow(engine: Engine) -> None:
    """Gives an older database the columns that came later."""
    there = inspect(engine)
    for column in tables.ADDED:
        table = column.table.name
        if column.name not in {known["name"] for known in there.get_columns(table)}:
            with engine.begin() as connection:
                kind, default = column.type.compile(engine.dialect), "NOT NULL DEFAULT 0"
                connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {column.name} {kind} {default}")


def _sqlite_engine(database: str, begin: Callable[[], tuple[str, ...]]) -> Engine:
    place = "" if database == IN_MEMORY else f"/{database}"
    engine = create_engine(f"sqlite://{place}", poolclass=StaticPool, connect_args={"timeout": WRITER_WAITS_SECONDS})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        # The driver's own idea of when a transaction starts is too late for a writer.
        connection.isolation_level = None
        for setting in ("journal_mode=WAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        for statement in begin():
            connection.exec_driver_sql(statement)

    return engine
