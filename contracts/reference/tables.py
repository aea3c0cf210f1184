"""The tables of the store, and the statements that it asks of them."""

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    insert,
    select,
    update,
)

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
STREAM = select(STREAMS.c.sequence, STREAMS.c.state).where(
    STREAMS.c.machine == bindparam("machine"), STREAMS.c.stream == bindparam("stream")
)
STREAMS_OF = select(STREAMS.c.stream).where(STREAMS.c.machine == bindparam("machine")).order_by(STREAMS.c.stream)
ADVANCE = (
    update(STREAMS)
    .where(
        STREAMS.c.machine == bindparam("of_machine"),
        STREAMS.c.stream == bindparam("of_stream"),
        STREAMS.c.sequence == bindparam("expected"),
    )
    .values(sequence=bindparam("new_sequence"), state=bindparam("new_state"))
)
UNDELIVERED = (
    select(OUTBOX.c.position, OUTBOX.c.envelope).where(OUTBOX.c.delivered == 0).order_by(OUTBOX.c.position).limit(1)
)
DELIVERED = update(OUTBOX).where(OUTBOX.c.position == bindparam("of_position")).values(delivered=1)
PUBLISHED = (
    select(OUTBOX.c.position, OUTBOX.c.envelope)
    .where(OUTBOX.c.position > bindparam("after"))
    .order_by(OUTBOX.c.position)
    .limit(bindparam("most"))
)
HEARD = select(INBOX.c.event_id).where(
    INBOX.c.event_id == bindparam("event_id"), INBOX.c.context == bindparam("context")
)
BURIED = select(DEAD_LETTERS).order_by(DEAD_LETTERS.c.event_id, DEAD_LETTERS.c.context)
LAST = select(COUNTERS.c.last).where(COUNTERS.c.kind == bindparam("of_kind"))
COUNT = update(COUNTERS).where(COUNTERS.c.kind == bindparam("of_kind")).values(last=bindparam("new_last"))
ANSWER = select(ANSWERS.c.fingerprint, ANSWERS.c.status, ANSWERS.c.body).where(ANSWERS.c.key == bindparam("key"))
INSERTS = {table.name: insert(table) for table in TABLES.sorted_tables}
