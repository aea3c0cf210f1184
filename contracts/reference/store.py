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
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import StaticPool

IN_MEMORY = ":memory:"
WRITER_WAITS_SECONDS = 10

TABLES = MetaData()
STREAMS = Table(
    "streams",
    TABLES,
    Column("machine", String(32), primary_key=True),
    Column("stream", String(200), primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("state", LargeBinary, nullable=False),
)
EVENTS = Table(
    "events",
    TABLES,
    Column("machine", String(32), primary_key=True),
    Column("stream", String(200), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("recorded", String(40), nullable=False),
    Column("event", LargeBinary, nullable=False),
    ForeignKeyConstraint(["machine", "stream"], ["streams.machine", "streams.stream"]),
)
OUTBOX = Table(
    "outbox",
    TABLES,
    Column("position", Integer, primary_key=True),
    Column("event_id", String(300), nullable=False, unique=True),
    Column("envelope", LargeBinary, nullable=False),
    Column("delivered", Integer, nullable=False, index=True),
    sqlite_autoincrement=True,
)
INBOX = Table(
    "inbox",
    TABLES,
    Column("event_id", String(300), primary_key=True),
    Column("context", String(32), primary_key=True),
)
DEAD_LETTERS = Table(
    "dead_letters",
    TABLES,
    Column("event_id", String(300), primary_key=True),
    Column("context", String(32), primary_key=True),
    Column("code", String(64), nullable=False),
    Column("text", String, nullable=False),
)
COUNTERS = Table("counters", TABLES, Column("kind", String(32), primary_key=True), Column("last", Integer))
ANSWERS = Table(
    "answers",
    TABLES,
    Column("key", String(255), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

# Built once: the compiled text of a statement is cached by the statement itself.
_STREAM = select(STREAMS.c.sequence, STREAMS.c.state).where(
    STREAMS.c.machine == bindparam("machine"), STREAMS.c.stream == bindparam("stream")
)
_ADVANCE = (
    update(STREAMS)
    .where(
        STREAMS.c.machine == bindparam("of_machine"),
        STREAMS.c.stream == bindparam("of_stream"),
        STREAMS.c.sequence == bindparam("expected"),
    )
    .values(sequence=bindparam("new_sequence"), state=bindparam("new_state"))
)
_UNDELIVERED = select(OUTBOX.c.position, OUTBOX.c.envelope).where(OUTBOX.c.delivered == 0).order_by(OUTBOX.c.position)
_DELIVERED = update(OUTBOX).where(OUTBOX.c.position == bindparam("of_position")).values(delivered=1)
_PUBLISHED = (
    select(OUTBOX.c.position, OUTBOX.c.envelope)
    .where(OUTBOX.c.position > bindparam("after"))
    .order_by(OUTBOX.c.position)
    .limit(bindparam("most"))
)
_HEARD = select(INBOX.c.event_id).where(
    INBOX.c.event_id == bindparam("event_id"), INBOX.c.context == bindparam("context")
)
_BURIED = select(DEAD_LETTERS).order_by(DEAD_LETTERS.c.event_id, DEAD_LETTERS.c.context)
_LAST = select(COUNTERS.c.last).where(COUNTERS.c.kind == bindparam("of_kind"))
_COUNT = update(COUNTERS).where(COUNTERS.c.kind == bindparam("of_kind")).values(last=bindparam("new_last"))
_ANSWER = select(ANSWERS.c.fingerprint, ANSWERS.c.status, ANSWERS.c.body).where(ANSWERS.c.key == bindparam("key"))


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
    fingerprint: str
    status: int
    body: bytes


class Transaction:
    """Everything that is read and written together."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def stream(self, machine: str, stream: str) -> Stored | None:
        row = self._row(_STREAM, machine=machine, stream=stream)
        return Stored(row[0], row[1]) if row else None

    def append(self, machine: str, stream: str, *, expected: int, events: Sequence[NewEvent], state: bytes) -> None:
        """Adds events after the `expected`-th of a stream. Raises SequenceConflict when that is not the last one."""
        sequence = expected + len(events)
        if expected:
            moved = self._connection.execute(
                _ADVANCE,
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
            self._insert(STREAMS, {"machine": machine, "stream": stream, "sequence": sequence, "state": state})
        rows = [
            {"machine": machine, "stream": stream, "sequence": number, "recorded": new.recorded, "event": new.event}
            for number, new in enumerate(events, expected + 1)
        ]
        self._insert(EVENTS, *rows)

    def publish(self, event_id: str, envelope: bytes) -> None:
        self._insert(OUTBOX, {"event_id": event_id, "envelope": envelope, "delivered": 0})

    def undelivered(self) -> Published | None:
        """The oldest that is not delivered to everyone."""
        row = self._row(_UNDELIVERED)
        return Published(row[0], row[1]) if row else None

    def mark_delivered(self, position: int) -> None:
        self._connection.execute(_DELIVERED, {"of_position": position})

    def published(self, *, after: int, most: int) -> tuple[Published, ...]:
        rows = self._connection.execute(_PUBLISHED, {"after": after, "most": most})
        return tuple(Published(row[0], row[1]) for row in rows)

    def has_heard(self, context: str, event_id: str) -> bool:
        return self._row(_HEARD, event_id=event_id, context=context) is not None

    def mark_heard(self, context: str, event_id: str) -> None:
        self._insert(INBOX, {"event_id": event_id, "context": context})

    def bury(self, context: str, event_id: str, *, code: str, text: str) -> None:
        """Keeps an event that a context could not take, for a person to see."""
        self._insert(DEAD_LETTERS, {"event_id": event_id, "context": context, "code": code, "text": text})

    def dead_letters(self) -> tuple[DeadLetter, ...]:
        return tuple(DeadLetter(*row) for row in self._connection.execute(_BURIED))

    def last_number(self, kind: str) -> int:
        row = self._row(_LAST, of_kind=kind)
        return row[0] if row else 0

    def set_last_number(self, kind: str, last: int) -> None:
        if self._connection.execute(_COUNT, {"of_kind": kind, "new_last": last}).rowcount == 0:
            self._insert(COUNTERS, {"kind": kind, "last": last})

    def answer(self, key: str) -> RecordedAnswer | None:
        row = self._row(_ANSWER, key=key)
        return RecordedAnswer(row[0], row[1], row[2]) if row else None

    def record_answer(self, key: str, answer: RecordedAnswer) -> None:
        self._insert(
            ANSWERS,
            {"key": key, "fingerprint": answer.fingerprint, "status": answer.status, "body": answer.body},
        )

    def _row(self, statement: Any, **parameters: object) -> Any:
        return self._connection.execute(statement, parameters).first()

    def _insert(self, table: Table, *rows: Mapping[str, object]) -> None:
        try:
            self._connection.execute(_INSERTS[table.name], rows)
        except IntegrityError as error:
            raise SequenceConflict(f"{table.name}: {error.orig}") from error


_INSERTS = {table.name: insert(table) for table in TABLES.sorted_tables}


class Store:
    """One database. It serves one thread: SQLite has one writer anyway, and a short write is cheaper than a hop."""

    def __init__(self, database: str) -> None:
        """`database` is a path, or `:memory:`. Raises StoreUnusable."""
        self._starts_with = "BEGIN"
        self._engine = _sqlite_engine(database, lambda: self._starts_with)
        try:
            TABLES.create_all(self._engine)
            self._connection = self._engine.connect()
        except (DBAPIError, sqlite3.Error) as error:
            said = error.orig if isinstance(error, DBAPIError) else error
            raise StoreUnusable(f"database {database}: {said}") from None

    @contextmanager
    def reading(self) -> Generator[Transaction]:
        self._starts_with = "BEGIN"
        with self._connection.begin():
            yield Transaction(self._connection)

    @contextmanager
    def writing(self) -> Generator[Transaction]:
        """Commits at the end, or rolls back when anything is raised."""
        # The writer's lock is taken at the start, so that what is read cannot be stale when it is written.
        self._starts_with = "BEGIN IMMEDIATE"
        with self._connection.begin():
            yield Transaction(self._connection)

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()


def _sqlite_engine(database: str, begin: Callable[[], str]) -> Engine:
    place = "" if database == IN_MEMORY else f"/{database}"
    engine = create_engine(f"sqlite://{place}", poolclass=StaticPool, connect_args={"timeout": WRITER_WAITS_SECONDS})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        # The driver's own idea of when a transaction starts is too late for a writer.
        connection.isolation_level = None
        # A power cut may cost the last commits but never tears them; an ended process costs nothing.
        for setting in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin())

    return engine
